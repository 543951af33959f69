/* SPDX-License-Identifier: Apache-2.0 */
/* Words and their parts: quotes, globs, braces. */
#include "dockerfile/shell_private.h"

#include <string.h>

#include "base/banned.h"

enum {
	BLANK = 1,    /* space, tab, line end */
	OPERATOR = 2, /* ; & | < > ( ) */
	QUOTING = 4,  /* \ " $ `: special almost everywhere */
	PATTERN = 8,  /* * ? [ { @ + !: special in plain words */
	SINGLE = 16,
	CLOSING = 32, /* } */
};

/* A byte is looked up once: most words hold nothing special, and their length is found by this table alone. */
static const unsigned char classes[256] = {
	[' '] = BLANK,	  ['\t'] = BLANK,   ['\n'] = BLANK,   [';'] = OPERATOR, ['&'] = OPERATOR, ['|'] = OPERATOR,
	['<'] = OPERATOR, ['>'] = OPERATOR, ['('] = OPERATOR, [')'] = OPERATOR, ['\\'] = QUOTING, ['"'] = QUOTING,
	['$'] = QUOTING,  ['`'] = QUOTING,  ['*'] = PATTERN,  ['?'] = PATTERN,	['['] = PATTERN,  ['{'] = PATTERN,
	['@'] = PATTERN,  ['+'] = PATTERN,  ['!'] = PATTERN,  ['\''] = SINGLE,	['}'] = CLOSING,
};

/* Bytes that interrupt a run of plain text. */
static const unsigned char interrupts[] = {
	[SHELL_WORD] = BLANK | OPERATOR | QUOTING | PATTERN | SINGLE,
	[SHELL_REGEX] = BLANK | QUOTING | SINGLE,
	[SHELL_QUOTED] = QUOTING,
	[SHELL_BRACED] = QUOTING | SINGLE | CLOSING,
	[SHELL_BRACED_QUOTED] = QUOTING | CLOSING,
	[SHELL_ALL] = QUOTING | SINGLE,
	[SHELL_DOCUMENT] = QUOTING,
};

/* Bytes that end the parts. */
static const unsigned char ends[] = {
	[SHELL_WORD] = BLANK | OPERATOR, [SHELL_REGEX] = BLANK, [SHELL_QUOTED] = 0,   [SHELL_BRACED] = CLOSING,
	[SHELL_BRACED_QUOTED] = CLOSING, [SHELL_ALL] = 0,	[SHELL_DOCUMENT] = 0,
};

bool stk_shell_is_word_end(int c)
{
	return c < 0 || classes[(unsigned char)c] & (BLANK | OPERATOR);
}

size_t stk_shell_name_length(const struct shell_parser *p, size_t at)
{
	size_t n = 0;
	while (at + n < p->end && (stk_is_alnum(p->text[at + n]) || p->text[at + n] == '_'))
		n++;
	return n && stk_is_digit(p->text[at]) ? 0 : n;
}

bool stk_shell_is_name(struct stk_str s)
{
	const struct shell_parser p = { .text = s.p, .end = s.n };
	return s.n && stk_shell_name_length(&p, 0) == s.n;
}

struct stk_shell_part *stk_shell_new_part(struct shell_parser *p, enum stk_shell_part_kind kind, size_t begin)
{
	struct stk_shell_part *part = STK_NEW(p->arena, struct stk_shell_part, 1);
	part->kind = kind;
	part->begin = shell_begin(p, begin);
	return part;
}

/* Sets where a part ends, which is here, and its source text. */
static struct stk_shell_part *close_part(struct shell_parser *p, struct stk_shell_part *part, size_t begin)
{
	part->end = shell_end(p);
	part->text = (struct stk_str){ p->text + begin, p->at - begin };
	return part;
}

/* Looks ahead for as long as p->lookahead pays for it: text of a thousand "{" would otherwise be searched to
   its end a thousand times. */
size_t stk_shell_find_close(struct shell_parser *p, size_t from, char open, char close, bool blanks)
{
	size_t depth = 1;
	char quote = 0;
	for (size_t i = from; i < p->end && p->lookahead; i++, p->lookahead--) {
		char c = p->text[i];
		if (c == '\\' && quote != '\'')
			i++;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c == close && --depth == 0)
			return i;
		else if (c == open)
			depth++;
		else if (!blanks && classes[(unsigned char)c] & BLANK)
			return SIZE_MAX;
	}
	return SIZE_MAX;
}

/* The end is lowered while the inside is read, so that no function in between has to know of the closing byte. */
struct stk_shell_part *stk_shell_read_inner(struct shell_parser *p, size_t end, enum shell_mode mode)
{
	size_t outer = p->end;
	struct stk_shell_part *parts = NULL;
	p->end = end;
	if (stk_shell_enter(p)) {
		parts = stk_shell_read_parts(p, mode);
		p->depth--;
	}
	p->end = outer;
	p->at = end;
	return parts;
}

/* "..."; p->at stands on the opening quote. One that is not closed takes the rest of the text. */
static struct stk_shell_part *read_double(struct shell_parser *p)
{
	size_t begin = p->at++;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_DOUBLE, begin);
	part->parts = stk_shell_read_parts(p, SHELL_QUOTED);
	if (shell_peek(p, 0) == '"')
		p->at++;
	else
		stk_shell_mark_broken(p, "a double quote is not closed");
	return close_part(p, part, begin);
}

/* '...': no byte inside is special, hence memchr. text is what stands between the quotes. */
static struct stk_shell_part *read_single(struct shell_parser *p)
{
	size_t begin = p->at;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_SINGLE, begin);
	const char *close = memchr(p->text + begin + 1, '\'', p->end - begin - 1);
	if (!close)
		stk_shell_mark_broken(p, "a single quote is not closed");
	p->at = close ? (size_t)(close - p->text) + 1 : p->end;
	close_part(p, part, begin);
	part->text = (struct stk_str){ p->text + begin + 1, p->at - begin - 1 - (close != NULL) };
	return part;
}

/* "[abc]" and "[!abc]", or a plain "[" when nothing closes it in this word. */
static struct stk_shell_part *read_set(struct shell_parser *p)
{
	size_t begin = p->at, i = begin + 1;
	if (i < p->end && (p->text[i] == '!' || p->text[i] == '^'))
		i++;
	size_t close = i < p->end && p->text[i] == ']' ? stk_shell_find_close(p, i + 1, 0, ']', false)
						       : stk_shell_find_close(p, i, 0, ']', false);
	bool set = close != SIZE_MAX && close > begin + 1;
	p->at = set ? close + 1 : begin + 1;
	return close_part(p, stk_shell_new_part(p, set ? STK_SHELL_GLOB : STK_SHELL_LITERAL, begin), begin);
}

/* Does the text of braces hold a comma or ".." outside quotes? Otherwise they are plain bytes, as in "{}". */
static bool is_brace_expansion(struct stk_str inside)
{
	return stk_str_find_byte(inside, ',') != SIZE_MAX || stk_str_find(inside, S("..")) != SIZE_MAX;
}

/* "{a,b}" and "{1..9}"; other braces are a plain "{" and what follows is read as ever. */
static struct stk_shell_part *read_brace(struct shell_parser *p)
{
	size_t begin = p->at++, close = stk_shell_find_close(p, p->at, '{', '}', false);
	struct stk_shell_part *part;
	if (close != SIZE_MAX && is_brace_expansion((struct stk_str){ p->text + p->at, close - p->at })) {
		part = stk_shell_new_part(p, STK_SHELL_BRACE, begin);
		part->parts = stk_shell_read_inner(p, close, SHELL_ALL);
		p->at = close + 1;
	} else {
		part = stk_shell_new_part(p, STK_SHELL_LITERAL, begin);
	}
	return close_part(p, part, begin);
}

/* "@(a|b)" and its sisters; NULL when no parenthesis follows or none closes it. */
static struct stk_shell_part *read_extended_glob(struct shell_parser *p)
{
	size_t begin = p->at, close = SIZE_MAX;
	if (shell_peek(p, 1) == '(')
		close = stk_shell_find_close(p, begin + 2, '(', ')', true);
	if (close == SIZE_MAX)
		return NULL;
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_EXTGLOB, begin);
	p->at += 2;
	part->parts = stk_shell_read_inner(p, close, SHELL_ALL);
	p->at = close + 1;
	return close_part(p, part, begin);
}

/* One of "* ? [ { @ + !" in a plain word. */
static struct stk_shell_part *read_pattern(struct shell_parser *p)
{
	size_t begin = p->at;
	char c = p->text[begin];
	if (c == '[')
		return read_set(p);
	if (c == '{')
		return read_brace(p);
	struct stk_shell_part *part = read_extended_glob(p);
	if (part)
		return part;
	p->at++;
	return close_part(p, stk_shell_new_part(p, c == '*' || c == '?' ? STK_SHELL_GLOB : STK_SHELL_LITERAL, begin),
			  begin);
}

/* Does a backslash before this byte quote it, and go away itself? */
static bool is_escape(enum shell_mode mode, int next)
{
	if (next < 0)
		return false;
	if (mode == SHELL_QUOTED || mode == SHELL_BRACED_QUOTED)
		return next == '"' || next == '$' || next == '`' || next == '\\' || next == '\n' || next == '}';
	if (mode == SHELL_DOCUMENT)
		return next == '$' || next == '`' || next == '\\' || next == '\n';
	return true;
}

/* An escaped byte: a literal part of one byte, or of none for a line end. */
static struct stk_shell_part *read_backslash(struct shell_parser *p, enum shell_mode mode)
{
	size_t begin = p->at;
	int next = shell_peek(p, 1);
	struct stk_shell_part *part = stk_shell_new_part(p, STK_SHELL_LITERAL, begin);
	bool escape = is_escape(mode, next);
	p->at += 1 + (size_t)escape;
	close_part(p, part, begin);
	if (escape)
		part->text = (struct stk_str){ p->text + begin + 1, next != '\n' };
	return part;
}

/* The first byte is taken whatever it is: read_special may have found that it means nothing here, and the
   caller's loop must go on. */
static struct stk_shell_part *read_plain(struct shell_parser *p, enum shell_mode mode)
{
	size_t begin = p->at;
	do
		p->at++;
	while (p->at < p->end && !(classes[(unsigned char)p->text[p->at]] & interrupts[mode]));
	return close_part(p, stk_shell_new_part(p, STK_SHELL_LITERAL, begin), begin);
}

/* The part that begins with a byte that is special; NULL when it is plain after all. */
static struct stk_shell_part *read_special(struct shell_parser *p, enum shell_mode mode)
{
	bool in_quotes = mode == SHELL_QUOTED || mode == SHELL_BRACED_QUOTED || mode == SHELL_DOCUMENT;
	switch (p->text[p->at]) {
	case '\\':
		return read_backslash(p, mode);
	case '$':
		return stk_shell_read_dollar(p, in_quotes);
	case '`':
		return stk_shell_read_backquote(p);
	case '"':
		return mode == SHELL_DOCUMENT ? NULL : read_double(p);
	case '\'':
		return read_single(p);
	default:
		return read_pattern(p);
	}
}

/* Is this the end of the parts in this mode? A "<(" in a word is a process substitution and does not end it. */
static bool at_end(const struct shell_parser *p, enum shell_mode mode)
{
	int c = shell_peek(p, 0);
	if (c < 0 || (mode == SHELL_QUOTED && c == '"'))
		return true;
	if (!(classes[c] & ends[mode]))
		return false;
	return mode != SHELL_WORD || !((c == '<' || c == '>') && shell_peek(p, 1) == '(');
}

struct stk_shell_part *stk_shell_read_parts(struct shell_parser *p, enum shell_mode mode)
{
	struct stk_shell_part *first = NULL, **last = &first;
	while (!at_end(p, mode)) {
		unsigned class = classes[(unsigned char)p->text[p->at]];
		struct stk_shell_part *part = NULL;
		if (class & OPERATOR && mode == SHELL_WORD)
			part = stk_shell_read_process(p);
		else if (class & interrupts[mode])
			part = read_special(p, mode);
		if (!part)
			part = read_plain(p, mode);
		*last = part;
		last = &part->next;
	}
	return first;
}

/* Is the part's value what stands there, without anything that only a running shell knows? */
static bool is_known(const struct stk_shell_part *part)
{
	if (part->kind == STK_SHELL_LITERAL || part->kind == STK_SHELL_SINGLE)
		return true;
	if (part->kind != STK_SHELL_DOUBLE)
		return false;
	for (const struct stk_shell_part *inner = part->parts; inner; inner = inner->next)
		if (!is_known(inner))
			return false;
	return true;
}

/* Fills in what rules ask of a word. An escape makes the text shorter than its place; inside of decoded
   backquotes places say nothing about lengths. */
static void describe(struct shell_parser *p, struct stk_shell_word *word)
{
	word->literal = true;
	for (const struct stk_shell_part *part = word->parts; part; part = part->next) {
		word->literal &= is_known(part);
		word->quoted |=
			part->kind == STK_SHELL_SINGLE || part->kind == STK_SHELL_DOUBLE ||
			(part->kind == STK_SHELL_LITERAL && part->text.n != part->end - part->begin && !p->pinned);
	}
	word->text = stk_shell_text(p->arena, word->parts);
}

/* Most words are one run of plain bytes. */
static bool read_simple_word(struct shell_parser *p, struct stk_shell_word *word)
{
	size_t i = p->at;
	while (i < p->end && !(classes[(unsigned char)p->text[i]] & interrupts[SHELL_WORD]))
		i++;
	if (i == p->at || (i < p->end && !(classes[(unsigned char)p->text[i]] & BLANK)))
		return false;
	word->text = (struct stk_str){ p->text + p->at, i - p->at };
	word->literal = true;
	p->at = i;
	word->end = shell_end(p);
	word->parts = stk_shell_new_part(p, STK_SHELL_LITERAL, i - word->text.n);
	word->parts->text = word->text;
	word->parts->end = word->end;
	return true;
}

struct stk_shell_word *stk_shell_read_word(struct shell_parser *p, enum shell_mode mode)
{
	struct stk_shell_word *word = STK_NEW(p->arena, struct stk_shell_word, 1);
	word->begin = shell_begin(p, p->at);
	if (mode == SHELL_WORD && read_simple_word(p, word))
		return word;
	if (stk_shell_enter(p)) {
		word->parts = stk_shell_read_parts(p, mode);
		p->depth--;
	}
	word->end = shell_end(p);
	describe(p, word);
	return word;
}
