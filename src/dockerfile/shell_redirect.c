/* SPDX-License-Identifier: Apache-2.0 */
/* Redirections, here-documents, and the blanks between words. */
#include "dockerfile/shell_private.h"

#include <string.h>

#include "base/banned.h"

void stk_shell_skip_blanks(struct shell_parser *p)
{
	for (;;) {
		int c = shell_peek(p, 0);
		if (c == ' ' || c == '\t' || c == '\r')
			p->at++;
		else if (c == '\\' && shell_peek(p, 1) == '\n')
			p->at += 2;
		else
			return;
	}
}

void stk_shell_skip_lines(struct shell_parser *p)
{
	for (;;) {
		stk_shell_skip_blanks(p);
		int c = shell_peek(p, 0);
		if (c == '#') {
			const char *end = memchr(p->text + p->at, '\n', p->end - p->at);
			p->at = end ? (size_t)(end - p->text) : p->end;
		} else if (c == '\n') {
			p->at++;
			stk_shell_read_documents(p);
		} else {
			return;
		}
	}
}

/* The next line of the text without its end; p->at moves behind it. */
static struct stk_str take_line(struct shell_parser *p)
{
	struct stk_str rest = { p->text + p->at, p->end - p->at };
	struct stk_str line = stk_str_cut(&rest, '\n');
	p->at = p->end - rest.n;
	return line;
}

/* Takes the lines up to the delimiter, or all of them. A quoted delimiter means that the body is literal, as
   POSIX has it (2.7.4); "<<-" takes tabs off every line, the delimiter's too. */
static void read_document(struct shell_parser *p, struct stk_shell_redirect *redirect)
{
	bool tabs = stk_str_is(redirect->operator, "<<-");
	size_t begin = p->at, body_end = begin, behind = begin;
	bool closed = false;
	while (p->at < p->end && !closed) {
		size_t line_begin = p->at;
		struct stk_str line = take_line(p);
		while (tabs && line.n && line.p[0] == '\t')
			line = stk_str_slice(line, 1, line.n);
		closed = stk_str_eq(line, redirect->target->text);
		body_end = closed ? line_begin : p->at;
	}
	behind = p->at;
	redirect->body = (struct stk_str){ p->text + begin, body_end - begin };
	if (!redirect->target->quoted) {
		p->at = begin;
		redirect->parts = stk_shell_read_inner(p, body_end, SHELL_DOCUMENT);
	}
	p->at = behind;
}

void stk_shell_read_documents(struct shell_parser *p)
{
	/* Bodies may hold substitutions with here-documents of their own, so the queue is taken over first. */
	struct stk_shell_redirect **waiting = p->pending.v;
	size_t n = p->pending.n;
	p->pending.v = NULL;
	p->pending.n = p->pending.cap = 0;
	for (size_t i = 0; i < n; i++)
		read_document(p, waiting[i]);
}

/* Length of a descriptor ("2", "{name}") that stands directly before a redirection operator at the place. */
static size_t descriptor_length(const struct shell_parser *p)
{
	size_t n = 0;
	while (stk_is_digit((char)shell_peek(p, n)))
		n++;
	if (!n && shell_peek(p, 0) == '{') {
		size_t name = stk_shell_name_length(p, p->at + 1);
		n = name && shell_peek(p, 1 + name) == '}' ? name + 2 : 0;
	}
	int c = shell_peek(p, n);
	return c == '<' || c == '>' ? n : 0;
}

/* Longer ones first, as some begin with others. */
static struct stk_str operator_at(const struct shell_parser *p)
{
	static const char *const operators[] = {
		"<<<", "<<-", "&>>", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "<", ">"
	};
	struct stk_str rest = { p->text + p->at, p->end - p->at };
	for (size_t i = 0; i < STK_LEN(operators); i++)
		if (stk_str_starts(rest, stk_str_from(operators[i])))
			return stk_str_slice(rest, 0, strlen(operators[i]));
	return S("");
}

struct stk_shell_redirect *stk_shell_read_redirect(struct shell_parser *p)
{
	int first = shell_peek(p, 0);
	if (first != '<' && first != '>' && first != '&' && first != '{' && !stk_is_digit((char)first))
		return NULL; /* as most words */
	size_t begin = p->at, n = descriptor_length(p);
	p->at += n;
	struct stk_str operator= operator_at(p);
	int next = shell_peek(p, 1);
	if (!operator.n ||(operator.n == 1 && next == '(')) {
		p->at = begin;
		return NULL;
	}
	struct stk_shell_redirect *redirect = STK_NEW(p->arena, struct stk_shell_redirect, 1);
	redirect->begin = shell_begin(p, begin);
	redirect->descriptor = (struct stk_str){ p->text + begin, n };
	redirect->operator= operator;
	p->at += operator.n;
	stk_shell_skip_blanks(p);
	int c = shell_peek(p, 0);
	if (!stk_shell_is_word_end(c) || ((c == '<' || c == '>') && shell_peek(p, 1) == '('))
		redirect->target = stk_shell_read_word(p, SHELL_WORD);
	else
		stk_shell_mark_broken(p, "a redirection without a target");
	redirect->end = shell_end(p);
	if (redirect->target && (stk_str_is(operator, "<<") || stk_str_is(operator, "<<-")))
		*STK_PUSH(p->arena, &p->pending) = redirect;
	return redirect;
}
