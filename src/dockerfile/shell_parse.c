/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, pipelines and commands: a recursive descent that notes the first error and goes on behind it. */
#include "dockerfile/shell_private.h"

#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

void stk_shell_mark_broken(struct shell_parser *p, const char *why)
{
	if (p->shell->broken)
		return;
	p->shell->broken = true;
	p->shell->broken_at = shell_begin(p, p->at);
	p->shell->broken_why = why;
}

bool stk_shell_enter(struct shell_parser *p)
{
	if (p->depth < STK_LIMIT_DEPTH) {
		p->depth++;
		return true;
	}
	stk_shell_mark_broken(p, "nested too deeply");
	p->at = p->end;
	return false;
}

struct stk_shell_node *stk_shell_new_node(struct shell_parser *p, enum stk_shell_kind kind)
{
	struct stk_shell_node *node = STK_NEW(p->arena, struct stk_shell_node, 1);
	node->kind = kind;
	node->begin = shell_begin(p, p->at);
	return node;
}

struct stk_shell_node *stk_shell_close_node(struct shell_parser *p, struct stk_shell_node *node)
{
	/* Blanks behind the last command were read on the way to its separator. */
	bool holds_others = node->kind == STK_SHELL_LIST || node->kind == STK_SHELL_PIPELINE;
	node->end = holds_others && node->last_child ? node->last_child->end : shell_end(p);
	return node;
}

void stk_shell_append(struct stk_shell_node *parent, struct stk_shell_node *child)
{
	if (!child)
		return;
	child->parent = parent;
	*(parent->last_child ? &parent->last_child->next : &parent->children) = child;
	parent->last_child = child;
}

bool stk_shell_at_text(const struct shell_parser *p, const char *text)
{
	size_t n = strlen(text);
	return p->end - p->at >= n && memcmp(p->text + p->at, text, n) == 0;
}

/* Does the unquoted word `word` stand here, whole? */
bool stk_shell_at_word(const struct shell_parser *p, const char *word)
{
	return stk_shell_at_text(p, word) && stk_shell_is_word_end(shell_peek(p, strlen(word)));
}

bool stk_shell_accept_word(struct shell_parser *p, const char *word)
{
	if (!stk_shell_at_word(p, word))
		return false;
	p->at += strlen(word);
	return true;
}

/* Words that end a list when they stand where a command would begin. */
bool stk_shell_at_closing_word(const struct shell_parser *p)
{
	static const char *const words[] = { "then", "else", "elif", "fi", "do", "done", "esac", "}" };
	int c = shell_peek(p, 0);
	if (c != 't' && c != 'e' && c != 'f' && c != 'd' && c != '}')
		return false;
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_shell_at_word(p, words[i]))
			return true;
	return false;
}

bool stk_shell_at_case_end(const struct shell_parser *p)
{
	return stk_shell_at_text(p, ";;") || stk_shell_at_text(p, ";&");
}

bool stk_shell_at_list_end(const struct shell_parser *p)
{
	int c = shell_peek(p, 0);
	return c < 0 || c == ')' || stk_shell_at_closing_word(p) || stk_shell_at_case_end(p);
}

bool stk_shell_word_begins(const struct shell_parser *p)
{
	int c = shell_peek(p, 0);
	return !stk_shell_is_word_end(c) || ((c == '<' || c == '>') && shell_peek(p, 1) == '(');
}

/* Redirections behind a compound command; anything else there is an error. */
static void read_tail(struct shell_parser *p, struct stk_shell_node *node)
{
	struct stk_shell_redirect **last = &node->redirects, *redirect;
	stk_shell_close_node(p, node);
	for (stk_shell_skip_blanks(p); (redirect = stk_shell_read_redirect(p)); stk_shell_skip_blanks(p)) {
		*last = redirect;
		last = &redirect->next;
		stk_shell_close_node(p, node);
	}
	int c = shell_peek(p, 0);
	if ((stk_shell_word_begins(p) && c != '#' && !stk_shell_at_closing_word(p)) || c == '(')
		stk_shell_mark_broken(p, "unexpected word behind a compound command");
}

struct stk_shell_node *stk_shell_read_command(struct shell_parser *p)
{
	if (!stk_shell_enter(p))
		return NULL;
	struct stk_shell_node *node = stk_shell_read_compound(p);
	if (node)
		read_tail(p, node);
	else
		node = stk_shell_read_simple(p);
	p->depth--;
	return node;
}

/* "time" and its -p are a command of their own before the pipeline that they measure. */
static void read_time(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_SIMPLE);
	*STK_PUSH(p->arena, &p->shell->commands) = node;
	node->words = stk_shell_read_word(p, SHELL_WORD);
	stk_shell_close_node(p, node);
	stk_shell_finish_command(p->arena, node);
	stk_shell_skip_blanks(p);
	if (stk_shell_accept_word(p, "-p"))
		stk_shell_skip_blanks(p);
}

static bool at_pipe(const struct shell_parser *p)
{
	return shell_peek(p, 0) == '|' && shell_peek(p, 1) != '|';
}

/* Commands joined by "|" or "|&". A single command without "!" stands for itself, with no pipeline around it. */
static struct stk_shell_node *read_pipeline(struct shell_parser *p)
{
	struct stk_shell_node *pipeline = stk_shell_new_node(p, STK_SHELL_PIPELINE), *command;
	while (stk_shell_at_word(p, "!") || stk_shell_at_word(p, "time") || stk_shell_at_word(p, "coproc")) {
		pipeline->negated ^= stk_shell_accept_word(p, "!");
		if (stk_shell_at_word(p, "time"))
			read_time(p);
		(void)stk_shell_accept_word(p, "coproc");
		stk_shell_skip_blanks(p);
	}
	for (;;) {
		size_t before = p->at;
		command = stk_shell_read_command(p);
		if (p->at == before)
			stk_shell_mark_broken(p, "a command is missing");
		stk_shell_append(pipeline, command);
		stk_shell_skip_blanks(p);
		if (!command || !at_pipe(p))
			break;
		size_t n = shell_peek(p, 1) == '&' ? 2 : 1;
		command->separator = (struct stk_str){ p->text + p->at, n };
		p->at += n;
		p->shell->n_pipes++;
		stk_shell_skip_lines(p);
		if (stk_shell_at_list_end(p)) {
			stk_shell_mark_broken(p, "a pipe to nothing");
			break;
		}
	}
	if (pipeline->negated || !pipeline->children || pipeline->children->next)
		return stk_shell_close_node(p, pipeline);
	return pipeline->children;
}

/* The separator behind a command; empty at the end of the list. Lines behind && and || are skipped. */
static struct stk_str read_separator(struct shell_parser *p)
{
	stk_shell_skip_blanks(p);
	struct stk_str rest = { p->text + p->at, p->end - p->at };
	if (stk_str_starts(rest, S("&&")) || stk_str_starts(rest, S("||"))) {
		p->at += 2;
		stk_shell_skip_lines(p);
		if (stk_shell_at_list_end(p))
			stk_shell_mark_broken(p, "no command behind && or ||");
		return stk_str_slice(rest, 0, 2);
	}
	if (!rest.n || stk_shell_at_case_end(p) || !strchr(";&\n#", rest.p[0]) || !rest.p[0])
		return S("");
	if (rest.p[0] == '#')
		return S("\n");
	p->at += rest.p[0] != '\n';
	return stk_str_slice(rest, 0, 1);
}

/* Reads on into a list, so that a stray closing word at the outermost level does not end it. */
static void read_into(struct shell_parser *p, struct stk_shell_node *list)
{
	for (stk_shell_skip_lines(p); !stk_shell_at_list_end(p); stk_shell_skip_lines(p)) {
		size_t before = p->at;
		struct stk_shell_node *child = read_pipeline(p);
		if (p->at > before) {
			stk_shell_append(list, child);
			child->separator = read_separator(p);
		}
		/* A command stopped at something that no separator is. */
		int c = shell_peek(p, 0);
		if (p->at == before || (!child->separator.n && (c == '(' || c == ';' || c == '&' || c == '|') &&
					!stk_shell_at_case_end(p))) {
			stk_shell_mark_broken(p, "unexpected operator");
			p->at++;
		}
	}
	stk_shell_close_node(p, list);
}

struct stk_shell_node *stk_shell_read_list(struct shell_parser *p)
{
	struct stk_shell_node *list = stk_shell_new_node(p, STK_SHELL_LIST);
	if (stk_shell_enter(p)) {
		read_into(p, list);
		p->depth--;
	}
	return list;
}

/* What ends a list but has nothing to close here. */
static void skip_stray(struct shell_parser *p)
{
	stk_shell_mark_broken(p, "unexpected closing word");
	if (stk_shell_at_case_end(p) || shell_peek(p, 0) == ')')
		p->at += stk_shell_at_case_end(p) ? 2 : 1;
	else
		(void)stk_shell_read_word(p, SHELL_WORD);
}

const struct stk_shell *stk_shell_parse(struct stk_arena *arena, struct stk_str text)
{
	struct stk_shell *shell = STK_NEW(arena, struct stk_shell, 1);
	struct shell_parser p = {
		.arena = arena,
		.shell = shell,
		.text = text.p,
		.end = text.n,
		.lookahead = text.n * 4 + STK_KIB(4),
	};
	shell->text = text;
	shell->root = stk_shell_new_node(&p, STK_SHELL_LIST);
	for (read_into(&p, shell->root); p.at < p.end; read_into(&p, shell->root))
		skip_stray(&p);
	return shell;
}
