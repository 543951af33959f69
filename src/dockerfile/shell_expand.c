/* SPDX-License-Identifier: Apache-2.0 */
/* Expansions: parameters, commands, arithmetic, processes, and the decoded quotes $'...'. */
#include "dockerfile/shell_private.h"

#include <string.h>

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

/* Sets where a part ends, which is here, and its source text. */
static struct stk_shell_part *finish(struct shell_parser *p, struct stk_shell_part *part, size_t begin)
{
	part->end = shell_end(p);
	part->text = (struct stk_str){ p->text + begin, p->at - begin };
	return part;
}

/* Digits of the base at *i, at most `most`. */
static uint32_t digits(struct stk_str s, size_t *i, unsigned base, unsigned most)
{
	uint32_t value = 0;
	for (unsigned n = 0; n < most && *i < s.n; n++, ++*i) {
		char c = stk_lower(s.p[*i]);
		unsigned digit = stk_is_digit(c)    ? (unsigned)(c - '0')
				 : stk_is_xdigit(c) ? (unsigned)(c - 'a') + 10
						    : 99;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	return value;
}

/* One escape of $'...'; *i stands behind the backslash. */
static void decode_escape(struct stk_buf *out, struct stk_str s, size_t *i)
{
	static const char letters[] = "abefnrtv\\'\"?", values[] = "\a\b\033\f\n\r\t\v\\'\"?";
	char c = s.p[(*i)++];
	const char *letter = c ? strchr(letters, c) : NULL;
	if (letter) {
		stk_buf_byte(out, values[letter - letters]);
	} else if (c >= '0' && c <= '7') {
		--*i;
		stk_buf_byte(out, (char)digits(s, i, 8, 3));
	} else if (c == 'x') {
		stk_buf_byte(out, (char)digits(s, i, 16, 2));
	} else if (c == 'u' || c == 'U') {
		stk_utf8_encode(out, digits(s, i, 16, c == 'u' ? 4 : 8));
	} else {
		stk_buf_byte(out, '\\');
		stk_buf_byte(out, c);
	}
}

/* $'...', bash's quote with C's escapes. It counts as a single quote whose text is the decoded value; four
   bytes out for one in are enough for \u. */
static struct stk_shell_part *read_ansi_quote(struct shell_parser *p)
{
	size_t begin = p->at, i = begin + 2;
	while (i < p->end && p->text[i] != '\'')
		i += 1 + (size_t)(p->text[i] == '\\');
	bool closed = i < p->end;
	if (!closed) {
		i = p->end;
		stk_shell_mark_broken(p, "a single quote is not closed");
	}
	struct stk_str raw = { p->text + begin + 2, i - begin - 2 };
	STK_BUF value = stk_buf_new(raw.n * 4 + 8);
	for (size_t k = 0; k < raw.n;) {
		char c = raw.p[k++];
		if (c == '\\' && k < raw.n)
			decode_escape(&value, raw, &k);
		else
			stk_buf_byte(&value, c);
	}
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_SINGLE, begin);
	p->at = i + closed;
	finish(p, part, begin);
	part->text = stk_arena_str(p->arena, stk_buf_str(&value));
	return part;
}

/* ${...}: the name is what begins it, the rest are parts. */
static struct stk_shell_part *read_braced(struct shell_parser *p, bool quoted)
{
	size_t begin = p->at, name = begin + 2;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_PARAMETER, begin);
	size_t n = stk_shell_name_length(p, name);
	for (; !n && name + n < p->end && stk_is_digit(p->text[name + n]); n++)
		;
	part->name = (struct stk_str){ p->text + name, n };
	p->at = name + n;
	if (stk_shell_enter(p)) {
		part->parts = stk_shell_read_parts(p, quoted ? SHELL_BRACED_QUOTED : SHELL_BRACED);
		p->depth--;
	}
	if (shell_peek(p, 0) == '}')
		p->at++;
	else
		stk_shell_mark_broken(p, "\"${\" is not closed");
	return finish(p, part, begin);
}

size_t stk_shell_find_arithmetic_end(struct shell_parser *p)
{
	size_t close = stk_shell_find_close(p, p->at, '(', ')', true);
	return close != SIZE_MAX && close + 1 < p->end && p->text[close + 1] == ')' ? close : SIZE_MAX;
}

/* $((...)); NULL, with nothing read, when it is a command substitution that begins with a subshell. */
static struct stk_shell_part *read_arithmetic(struct shell_parser *p)
{
	size_t begin = p->at;
	p->at += 3;
	size_t close = stk_shell_find_arithmetic_end(p);
	if (close == SIZE_MAX) {
		p->at = begin;
		return NULL;
	}
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_ARITHMETIC, begin);
	part->parts = stk_shell_read_inner(p, close, SHELL_DOCUMENT);
	p->at = close + 2;
	return finish(p, part, begin);
}

/* The list behind "$(", "<(" or ">(" and its parenthesis. */
static struct stk_shell_part *read_commands(struct shell_parser *p, enum stk_shell_part_kind kind)
{
	size_t begin = p->at;
	struct stk_shell_part *part = stk_shell_new_part(p, kind, begin);
	p->at += 2;
	if (stk_shell_enter(p)) {
		part->commands = stk_shell_read_list(p);
		p->depth--;
	}
	if (shell_peek(p, 0) == ')')
		p->at++;
	else
		stk_shell_mark_broken(p, "a substitution is not closed");
	return finish(p, part, begin);
}

struct stk_shell_part *stk_shell_read_process(struct shell_parser *p)
{
	return read_commands(p, STK_SHELL_PROCESS);
}

/* $[...], which bash still reads; NULL when no "]" closes it. */
static struct stk_shell_part *read_old_arithmetic(struct shell_parser *p)
{
	size_t begin = p->at, close = stk_shell_find_close(p, begin + 2, '[', ']', true);
	if (close == SIZE_MAX)
		return NULL;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_ARITHMETIC, begin);
	p->at += 2;
	part->parts = stk_shell_read_inner(p, close, SHELL_DOCUMENT);
	p->at = close + 1;
	return finish(p, part, begin);
}

/* $name, $1, $@ ...; NULL for a lone dollar sign. */
static struct stk_shell_part *read_plain_parameter(struct shell_parser *p)
{
	size_t begin = p->at, n = stk_shell_name_length(p, begin + 1);
	int next = shell_peek(p, 1);
	if (!n && next > 0 && (stk_is_digit((char)next) || strchr("@*#?$!-", next)))
		n = 1;
	if (!n)
		return NULL;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_PARAMETER, begin);
	part->name = (struct stk_str){ p->text + begin + 1, n };
	p->at = begin + 1 + n;
	return finish(p, part, begin);
}

struct stk_shell_part *stk_shell_read_dollar(struct shell_parser *p, bool quoted)
{
	struct stk_shell_part *part = NULL;
	switch (shell_peek(p, 1)) {
	case '{':
		return read_braced(p, quoted);
	case '[':
		return read_old_arithmetic(p);
	case '(':
		if (shell_peek(p, 2) == '(')
			part = read_arithmetic(p);
		return part ? part : read_commands(p, STK_SHELL_COMMAND);
	case '\'':
		return quoted ? NULL : read_ansi_quote(p);
	case '"': /* $"..." is a double quote whose dollar goes away */
		if (quoted)
			return NULL;
		part = stk_shell_new_part(p, STK_SHELL_LITERAL, p->at++);
		part->end = shell_end(p);
		part->text = S("");
		return part;
	default:
		return read_plain_parameter(p);
	}
}

/* The text between backquotes with \` \\ \$ undone. */
static struct stk_str undo_backslashes(struct shell_parser *p, struct stk_str raw)
{
	char *out = STK_NEW(p->arena, char, raw.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\\' && i + 1 < raw.n && strchr("`\\$", raw.p[i + 1]))
			i++;
		out[n++] = raw.p[i];
	}
	return (struct stk_str){ out, n };
}

/* Parses the inside in a parser state of its own, so that an unclosed quote cannot pass the closing backquote. */
static struct stk_shell_node *read_inside(struct shell_parser *p, size_t begin, size_t close)
{
	struct shell_parser inner = *p;
	struct stk_str raw = { p->text + begin + 1, close - begin - 1 };
	if (memchr(raw.p, '\\', raw.n)) {
		struct stk_str text = undo_backslashes(p, raw);
		if (!p->pinned)
			inner.pin_begin = begin, inner.pin_end = close + 1 < p->end ? close + 1 : p->end;
		inner.pinned = true;
		inner.text = text.p;
		inner.at = 0;
		inner.end = text.n;
	} else {
		inner.at = begin + 1;
		inner.end = close;
	}
	inner.pending.n = inner.pending.cap = 0;
	inner.pending.v = NULL;
	struct stk_shell_node *list = stk_shell_read_list(&inner);
	if (inner.at < inner.end)
		stk_shell_mark_broken(&inner, "unexpected word in backquotes");
	p->lookahead = inner.lookahead;
	return list;
}

struct stk_shell_part *stk_shell_read_backquote(struct shell_parser *p)
{
	size_t begin = p->at, close = begin + 1;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_COMMAND, begin);
	part->backquoted = true;
	while (close < p->end && p->text[close] != '`')
		close += 1 + (size_t)(p->text[close] == '\\');
	if (close >= p->end) {
		close = p->end;
		stk_shell_mark_broken(p, "a backquote is not closed");
	}
	if (stk_shell_enter(p)) {
		part->commands = read_inside(p, begin, close);
		p->depth--;
	}
	p->at = close < p->end ? close + 1 : p->end;
	return finish(p, part, begin);
}
