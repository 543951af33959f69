/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/shape.h"

#include "base/banned.h"

/* Longer than anything that the expressions let stand between a keyword and its value: the rest of the name (32), a
 * type (20), blanks, quotes and operators. */
enum { NAME_REST = 96, VALUE_BLANKS = 12, SHORTEST_VALUE = 16, LONGEST_VALUE = 150, USER = 64, PASSWORD = 120 };

/* Switches, since compilers make bit tests of them. */
static bool is_quote(char c)
{
	switch (c) {
	case '"':
	case '\'':
	case '`':
		return true;
	default:
		return false;
	}
}

static bool is_value(char c)
{
	switch (c) {
	case '_':
	case '+':
	case '/':
	case '=':
	case '.':
	case '-':
		return true;
	default:
		return stk_is_alnum(c);
	}
}

static bool is_operator(char c)
{
	return c == '=' || c == ':' || c == ',' || c == '>';
}

/* What may stand between a keyword and an operator: the rest of a name, a subscript's end, a type. */
static bool is_between(char c)
{
	switch (c) {
	case '\\':
	case ']':
	case ')':
	case '[':
	case '?':
	case '&':
	case '<':
	case '|':
		return true;
	default:
		return is_value(c) || is_quote(c) || is_operator(c) || stk_is_space(c);
	}
}

static size_t skip_blanks(struct stk_str text, size_t i, size_t most)
{
	while (i < text.n && most-- && stk_is_space(text.p[i]))
		i++;
	return i;
}

/* What ends a value. */
static bool is_end(char c)
{
	switch (c) {
	case ';':
	case ',':
	case '&':
	case '<':
	case ')':
	case '\\':
		return true;
	default:
		return is_quote(c) || stk_is_space(c);
	}
}

/* A whole value, bare or in quotes, which may be escaped as in a string that holds JSON. */
static bool value_stands(struct stk_str text, size_t i)
{
	i = skip_blanks(text, i, VALUE_BLANKS);
	if (i < text.n && text.p[i] == '\\')
		i++;
	if (i < text.n && is_quote(text.p[i]))
		i++;
	size_t begin = i;
	while (i < text.n && i - begin <= LONGEST_VALUE && is_value(text.p[i]))
		i++;
	return i - begin >= SHORTEST_VALUE && i - begin <= LONGEST_VALUE && (i == text.n || is_end(text.p[i]));
}

/* Does a word begin behind a blank at text[i]? */
static bool word_begins(struct stk_str text, size_t i, size_t at)
{
	return i > at && stk_is_space(text.p[i - 1]) && stk_is_alnum(text.p[i]);
}

static size_t word_begin(struct stk_str text, size_t at, size_t least)
{
	while (at > least && (stk_is_alnum(text.p[at - 1]) || text.p[at - 1] == '_' || text.p[at - 1] == '.' ||
			      text.p[at - 1] == '-'))
		at--;
	return at;
}

size_t stk_secret_name_begin(struct stk_str text, size_t at, size_t most)
{
	size_t least = at > most ? at - most : 0, begin = word_begin(text, at, least);
	return begin > least && text.p[begin - 1] == ' ' ? word_begin(text, begin - 1, least) : begin;
}

bool stk_secret_shape_assigned(struct stk_str text, size_t at)
{
	size_t end = text.n - at < NAME_REST ? text.n : at + NAME_REST, words = 0;
	bool colon = false;
	for (size_t i = at; i < end && is_between(text.p[i]); i++) {
		/* Two words may follow the name: "string", and behind a colon a type. Others are prose. */
		if (word_begins(text, i, at) &&
		    (++words > 2 || !(colon || stk_str_starts_nocase(stk_str_slice(text, i, i + 3), S("str")))))
			return false;
		if (is_operator(text.p[i]) && value_stands(text, i + 1))
			return true;
		colon |= text.p[i] == ':';
	}
	return false;
}

bool stk_secret_shape_equals(struct stk_str text, size_t at)
{
	size_t i = skip_blanks(text, at, 2);
	return i < text.n && text.p[i] == '=';
}

bool stk_secret_shape_quoted(struct stk_str text, size_t at)
{
	size_t i = at + (at < text.n && is_quote(text.p[at]));
	i = skip_blanks(text, i, 3);
	size_t sign = i;
	while (i < text.n && i - sign < 2 && is_operator(text.p[i]))
		i++;
	if (i == sign)
		return false;
	i = skip_blanks(text, i, 4);
	return i < text.n && is_quote(text.p[i]);
}

/* Moves over what may stand in a user's name or password: where a URL, a word or a string ends is no part of them. */
static size_t skip_user(struct stk_str text, size_t i, size_t most)
{
	for (; i < text.n && most--; i++)
		switch (text.p[i]) {
		case ':':
		case '@':
		case '/':
		case '"':
		case '\'':
		case '<':
		case '>':
			return i;
		default:
			if (stk_is_space(text.p[i]))
				return i;
		}
	return i;
}

bool stk_secret_shape_userinfo(struct stk_str text, size_t at)
{
	size_t i = skip_user(text, at, USER);
	if (i == at || i == text.n || text.p[i] != ':')
		return false;
	/* A password may hold further colons. */
	size_t end = i + 1 + PASSWORD;
	do
		i = skip_user(text, i + 1, PASSWORD);
	while (i < text.n && i < end && text.p[i] == ':');
	return i < text.n && text.p[i] == '@';
}
