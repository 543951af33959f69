/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The short functions of str.h, defined where compilers can see them: rules compare words with
 * literals all day, and a literal's length is then known. Only ASCII is folded or called white
 * space, whatever the locale says. Included by str.h alone.
 */

#include <string.h>

static inline bool stk_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool stk_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool stk_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool stk_is_alnum(char c)
{
	return stk_is_digit(c) || stk_is_alpha(c);
}

static inline bool stk_is_xdigit(char c)
{
	return stk_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline char stk_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline struct stk_str stk_str_from(const char *text)
{
	return (struct stk_str){ text ? text : "", text ? strlen(text) : 0 };
}

static inline bool stk_str_eq(struct stk_str a, struct stk_str b)
{
	/* memcmp and memchr must not be given NULL, not even for nothing, so empty views are
	   tested first. */
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool stk_str_is(struct stk_str a, const char *text)
{
	return stk_str_eq(a, stk_str_from(text));
}

static inline bool stk_str_starts(struct stk_str s, struct stk_str prefix)
{
	return s.n >= prefix.n && stk_str_eq((struct stk_str){ s.p, prefix.n }, prefix);
}

static inline bool stk_str_ends(struct stk_str s, struct stk_str suffix)
{
	return s.n >= suffix.n && stk_str_eq((struct stk_str){ s.p + (s.n - suffix.n), suffix.n }, suffix);
}

static inline struct stk_str stk_str_slice(struct stk_str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	/* NULL + 0 is undefined as well: an empty view of NULL stays what it is. */
	return (struct stk_str){ from ? s.p + from : s.p, to - from };
}

static inline size_t stk_str_find_byte(struct stk_str s, char byte)
{
	const char *hit = s.n ? memchr(s.p, byte, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

static inline struct stk_str stk_str_trim_left(struct stk_str s)
{
	while (s.n && stk_is_space(s.p[0]))
		s = stk_str_slice(s, 1, s.n);
	return s;
}

static inline struct stk_str stk_str_trim_right(struct stk_str s)
{
	while (s.n && stk_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static inline struct stk_str stk_str_trim(struct stk_str s)
{
	return stk_str_trim_left(stk_str_trim_right(s));
}

/* Inline, so that a literal's length is known where it stands. */
static inline bool stk_is_one_of(struct stk_str word, const char *words)
{
	return stk_is_listed(word, stk_str_from(words));
}
