/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Shared by the parser's files; nobody else includes it. The way of a line: dockerfile.c joins
 * continuations, parse_flags.c takes flags off (parse_mount.c reads RUN's mounts), parse_arguments.c asks parse_words.c
 * for the form that the keyword has, parse_heredoc.c reads the bodies behind; stages.c then ties instructions together.
 */

#include "dockerfile/dockerfile.h"

/* Where the parser is in the file. */
struct stk_parser {
	struct stk_arena *arena;
	struct stk_dockerfile *file;
	size_t at;     /* first byte of the next line */
	uint32_t line; /* lines read so far */
};

/* The logical line of an instruction and what is known when its arguments are read. */
struct stk_parse_line {
	struct stk_parser *parser;
	struct stk_instruction *instruction;
	const struct stk_source_text *line; /* keyword to end */
	struct stk_str rest;		    /* a slice of line->text: arguments behind keyword and flags, trimmed */
};

/* Length of the white space character (as Unicode has it) at the start of s, or 0. */
size_t stk_parse_space(struct stk_str s);
/* Without such white space at both ends. */
struct stk_str stk_parse_trim(struct stk_str s);
/* The blanks that separate words of list instructions: tab, \v, \f, \r and space. */
bool stk_parse_is_blank(char c);

/* An error about an instruction. `semantic`: the grammar is met, the content is not. */
void stk_parse_error(struct stk_parse_line *l, struct stk_str where, const char *fmt, ...) STK_PRINTF(3, 4);
void stk_parse_error_semantic(struct stk_parse_line *l, struct stk_str where, const char *fmt, ...) STK_PRINTF(3, 4);

/* The same at any place of the file; instruction may be NULL. */
void stk_parse_error_at(struct stk_dockerfile *file, struct stk_instruction *instruction, struct stk_span span,
			bool semantic, struct stk_str message);

/* Where a slice of the logical line stands in the file. */
struct stk_span stk_parse_span(const struct stk_parse_line *l, struct stk_str slice);
/* A word from a slice of the logical line: quotes and escapes are taken off for its value. */
struct stk_word stk_parse_word(const struct stk_parse_line *l, struct stk_str slice);
/* Without quotes and escapes, as BuildKit's word processing leaves it; variables stay. */
struct stk_str stk_parse_unquote(struct stk_arena *arena, struct stk_str raw, char escape);

/* Takes flags off l->rest (parse_flags.c). */
void stk_parse_flags(struct stk_parse_line *l);
/* Checks the flags against the keyword's and reads RUN's mounts. */
void stk_parse_check_flags(struct stk_parse_line *l);
/* Reads and checks one --mount (parse_mount.c). */
void stk_parse_mount(struct stk_parse_line *l, const struct stk_flag *flag);
/* Duration in Go's notation, in nanoseconds. */
bool stk_parse_duration(struct stk_str text, double *nanoseconds);

/* Words divided by blanks alone (parse_words.c). */
void stk_parse_list(struct stk_parse_line *l, struct stk_str text);
/* Words that keep quoted parts together. */
void stk_parse_quoted_list(struct stk_parse_line *l, struct stk_str text);
/* Exec form: fills words and json. STK_JSON_NO: it is no JSON array, read it as shell form. */
enum stk_parse_json { STK_PARSE_JSON, STK_PARSE_NO_JSON, STK_PARSE_NOT_STRINGS };
enum stk_parse_json stk_parse_json_form(struct stk_parse_line *l, struct stk_str text, struct stk_source_text *joined);

/* Reads l->rest as the keyword asks (parse_arguments.c). */
void stk_parse_arguments(struct stk_parse_line *l);
/* Reads an instruction from its logical line; ONBUILD calls it for the wrapped one. */
void stk_parse_instruction(struct stk_parser *parser, struct stk_instruction *instruction,
			   const struct stk_source_text *line);
/* Heredocs that the logical line announces, and their bodies from the following lines (parse_heredoc.c). */
void stk_parse_heredocs(struct stk_parser *parser, struct stk_instruction *instruction,
			const struct stk_source_text *line);
/* Does this word announce a heredoc? */
bool stk_parse_heredoc_marker(struct stk_arena *arena, struct stk_str word, struct stk_heredoc *out);

/* The next physical line, without its end; false at the end of the file. Counts it and notes where it starts. */
bool stk_parse_next_line(struct stk_parser *parser, struct stk_str *out);

/* Enters a stage, which is in file->stages already, under its name. */
void stk_parse_name_stage(struct stk_dockerfile *file, size_t stage);
/* Stages, their parents, the shell in effect, variables: what stands above single instructions (stages.c). */
void stk_parse_stages(struct stk_dockerfile *file, const struct stk_variables *build_args);
