/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the files of the shell parser share: shell_parse.c reads commands, shell_word.c words,
 * shell_expand.c expansions. Private to shell_*.c.
 *
 * Recursive descent over one text, with p->at moving forward; every function that recurses goes
 * through stk_shell_enter, and every look ahead is paid from p->lookahead, so that hostile text
 * costs linear time.
 */

#include "dockerfile/shell.h"

/* The state of one parse. Backquotes, whose text has to be decoded first, are read by a parser
   of their own with the same limits. */
struct shell_parser {
	struct stk_arena *arena;
	struct stk_shell *shell;
	const char *text;
	size_t at, end; /* bytes [at, end) are still to be read */
	unsigned depth;
	size_t lookahead; /* bytes that may still be read ahead: keeps hostile text linear */
	bool pinned;	  /* inside decoded backquotes: every position is that of the substitution */
	size_t pin_begin, pin_end;
	/* Here-documents whose bodies begin behind the next line end. */
	struct {
		struct stk_shell_redirect **v;
		size_t n, cap;
	} pending;
};

/* How a run of parts ends and what is special in it. */
enum shell_mode {
	SHELL_WORD,	     /* ends at a blank or operator */
	SHELL_REGEX,	     /* ends at a blank: behind =~ */
	SHELL_QUOTED,	     /* ends at a double quote */
	SHELL_BRACED,	     /* ends at "}": behind the name in ${x...} */
	SHELL_BRACED_QUOTED, /* the same within double quotes, where single quotes mean nothing */
	SHELL_ALL,	     /* ends with the text: patterns, arithmetic */
	SHELL_DOCUMENT,	     /* ends with the text; quotes mean nothing: here-documents, arithmetic */
};

static inline int shell_peek(const struct shell_parser *p, size_t ahead)
{
	return p->at + ahead < p->end ? (unsigned char)p->text[p->at + ahead] : -1;
}

static inline size_t shell_begin(const struct shell_parser *p, size_t at)
{
	return p->pinned ? p->pin_begin : at;
}

static inline size_t shell_end(const struct shell_parser *p)
{
	return p->pinned ? p->pin_end : p->at;
}

/* Notes that no shell would take the text; the first place counts. */
void stk_shell_mark_broken(struct shell_parser *p, const char *why);
bool stk_shell_is_word_end(int c);
bool stk_shell_is_name(struct stk_str s);
/* Length of the variable name at the place, 0 when there is none. */
size_t stk_shell_name_length(const struct shell_parser *p, size_t at);

/* shell_parse.c: a list up to its closing word or parenthesis, which is left. */
struct stk_shell_node *stk_shell_read_list(struct shell_parser *p);
/* A simple or compound command; NULL when it is nested too deeply. */
struct stk_shell_node *stk_shell_read_command(struct shell_parser *p);
struct stk_shell_node *stk_shell_new_node(struct shell_parser *p, enum stk_shell_kind kind);
/* Sets its end, which is here. */
struct stk_shell_node *stk_shell_close_node(struct shell_parser *p, struct stk_shell_node *node);
/* Adds a child; NULL adds none. */
void stk_shell_append(struct stk_shell_node *parent, struct stk_shell_node *child);
/* Do these bytes stand here? Does this unquoted word? And takes it when it does. */
bool stk_shell_at_text(const struct shell_parser *p, const char *text);
bool stk_shell_at_word(const struct shell_parser *p, const char *word);
bool stk_shell_accept_word(struct shell_parser *p, const char *word);
/* "then", "done", "}" ...: words that end a list where a command would begin. */
bool stk_shell_at_closing_word(const struct shell_parser *p);
/* ";;" or ";&" */
bool stk_shell_at_case_end(const struct shell_parser *p);
/* Any of these, ")" or the end. */
bool stk_shell_at_list_end(const struct shell_parser *p);
bool stk_shell_word_begins(const struct shell_parser *p);

/* shell_simple.c */
struct stk_shell_node *stk_shell_read_simple(struct shell_parser *p);
/* "()" behind a function's name: taken, or nothing is. */
bool stk_shell_accept_function_head(struct shell_parser *p);
struct stk_shell_node *stk_shell_read_function_body(struct shell_parser *p, struct stk_shell_node *node);

/* shell_compound.c: the compound command that begins here, or NULL. */
struct stk_shell_node *stk_shell_read_compound(struct shell_parser *p);

/* Deeper by one: false, with all the rest skipped, when that is too deep. Leave with p->depth--. */
bool stk_shell_enter(struct shell_parser *p);

/* shell_word.c: the next word; never NULL. The caller made sure that one begins here. */
struct stk_shell_word *stk_shell_read_word(struct shell_parser *p, enum shell_mode mode);
struct stk_shell_part *stk_shell_read_parts(struct shell_parser *p, enum shell_mode mode);
/* Reads [at, end) as parts of their own; p->at is `end` afterwards. */
struct stk_shell_part *stk_shell_read_inner(struct shell_parser *p, size_t end, enum shell_mode mode);
struct stk_shell_part *stk_shell_new_part(struct shell_parser *p, enum stk_shell_part_kind kind, size_t begin);
/* The text of stk_shell_word.text for a run of parts. */
struct stk_str stk_shell_text(struct stk_arena *arena, const struct stk_shell_part *parts);
/* Offset of the closing byte that belongs to an opening one before `from`, quotes skipped; SIZE_MAX when there is none
   before the text ends, or before a blank when blanks is false. */
size_t stk_shell_find_close(struct shell_parser *p, size_t from, char open, char close, bool blanks);

/* shell_expand.c: at "$", "`", "<(" or ">(". NULL: a plain dollar sign. */
struct stk_shell_part *stk_shell_read_dollar(struct shell_parser *p, bool quoted);
struct stk_shell_part *stk_shell_read_backquote(struct shell_parser *p);
struct stk_shell_part *stk_shell_read_process(struct shell_parser *p);
/* Is there an arithmetic "))" that belongs to the "((" before p->at? Its offset, or SIZE_MAX. */
size_t stk_shell_find_arithmetic_end(struct shell_parser *p);

/* shell_command.c: fills name and arguments of a simple command whose words are read. */
void stk_shell_finish_command(struct stk_arena *arena, struct stk_shell_node *command);
/* shell_redirect.c: a redirection at the place, or NULL. */
struct stk_shell_redirect *stk_shell_read_redirect(struct shell_parser *p);
/* The bodies of the here-documents that wait; p->at stands behind a line end. */
void stk_shell_read_documents(struct shell_parser *p);
/* Blanks and escaped line ends; and line ends and comments too. */
void stk_shell_skip_blanks(struct shell_parser *p);
void stk_shell_skip_lines(struct shell_parser *p);
