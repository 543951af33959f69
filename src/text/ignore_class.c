/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters and classes of an expression, as RE2 reads them (github.com/google/re2, "Syntax").
 * Only what can come out of a .dockerignore pattern: braces of \x{...} and Unicode classes are
 * refused, which docs/deviations/dockerignore.md says.
 */
#include "text/ignore_private.h"

#include <string.h>

#include "text/utf8.h"
#include "base/banned.h"

uint32_t stk_ignore_take(struct stk_str *rest)
{
	uint32_t c;
	size_t n = stk_utf8_decode(*rest, &c);
	if (!n)
		c = 0xfffd;
	*rest = stk_str_slice(*rest, n ? n : 1, rest->n);
	return c;
}

bool stk_ignore_take_byte(struct stk_str *rest, char c)
{
	if (!rest->n || rest->p[0] != c)
		return false;
	*rest = stk_str_slice(*rest, 1, rest->n);
	return true;
}

void stk_ignore_class_add(struct stk_arena *arena, struct stk_ignore_class *class, uint32_t low, uint32_t high)
{
	for (uint32_t c = low; c <= high && c < 128; c++)
		class->ascii[c >> 6] |= 1ULL << (c & 63);
	if (high >= 128)
		*STK_PUSH(arena, &class->wide) = (struct stk_ignore_range){ low < 128 ? 128 : low, high };
}

bool stk_ignore_class_has(const struct stk_ignore_class *class, uint32_t c)
{
	bool in = false;
	if (c < 128)
		in = class->ascii[c >> 6] >> (c & 63) & 1;
	else
		for (size_t i = 0; i < class->wide.n && !in; i++)
			in = class->wide.v[i].low <= c && c <= class->wide.v[i].high;
	return in != class->negated;
}

/* Adds the ASCII ranges given as pairs of characters, or everything else. */
static void class_add_named(struct stk_arena *arena, struct stk_ignore_class *class, const char *pairs, bool complement)
{
	struct stk_ignore_class named = { .negated = complement };
	for (const char *p = pairs; *p; p += 2)
		stk_ignore_class_add(arena, &named, (unsigned char)p[0], (unsigned char)p[1]);
	/* NUL cannot stand in the pairs: cntrl and ascii start at 1 there. */
	if (pairs[0] == 1)
		stk_ignore_class_add(arena, &named, 0, 0);
	/* A complement inside a class is added to it, so it cannot be done by the class's own
	   flag. */
	for (uint32_t c = 0; c < 128; c++)
		if (stk_ignore_class_has(&named, c))
			stk_ignore_class_add(arena, class, c, c);
	if (complement)
		stk_ignore_class_add(arena, class, 128, 0x10ffff);
}

bool stk_ignore_take_perl_class(struct stk_arena *arena, struct stk_str *rest, struct stk_ignore_class *class)
{
	static const struct {
		char letter;
		const char *pairs;
	} t[] = { { 'd', "09" }, { 's', "\t\n\f\r  " }, { 'w', "09AZ__az" } };
	for (size_t i = 0; rest->n >= 2 && rest->p[0] == '\\' && i < STK_LEN(t); i++)
		if (stk_lower(rest->p[1]) == t[i].letter) {
			class_add_named(arena, class, t[i].pairs, rest->p[1] != t[i].letter);
			*rest = stk_str_slice(*rest, 2, rest->n);
			return true;
		}
	return false;
}

/* [:name:] inside a class: 1 taken, 0 is none, -1 unknown name. */
static int take_posix_class(struct stk_arena *arena, struct stk_str *rest, struct stk_ignore_class *class)
{
	static const struct {
		const char *name, *pairs;
	} t[] = {
		{ "alnum", "09AZaz" },
		{ "alpha", "AZaz" },
		{ "ascii", "\x01\x7f" },
		{ "blank", "\t\t  " },
		{ "cntrl", "\x01\x1f\x7f\x7f" },
		{ "digit", "09" },
		{ "graph", "!~" },
		{ "lower", "az" },
		{ "print", " ~" },
		{ "punct", "!/:@[`{~" },
		{ "space", "\t\r  " },
		{ "upper", "AZ" },
		{ "word", "09AZaz__" },
		{ "xdigit", "09AFaf" },
	};
	if (!stk_str_starts(*rest, S("[:")))
		return 0;
	size_t end = stk_str_find(stk_str_slice(*rest, 2, rest->n), S(":]"));
	if (end == SIZE_MAX)
		return 0;
	struct stk_str name = stk_str_slice(*rest, 2, 2 + end);
	bool complement = stk_ignore_take_byte(&name, '^');
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_str_is(name, t[i].name)) {
			class_add_named(arena, class, t[i].pairs, complement);
			*rest = stk_str_slice(*rest, 2 + end + 2, rest->n);
			return 1;
		}
	return -1;
}

static bool is_octal(struct stk_str s)
{
	return s.n && s.p[0] >= '0' && s.p[0] <= '7';
}

/* The two hexadecimal digits of \xHH; the braced form cannot come out of a pattern. */
static bool take_hex(struct stk_str *rest, uint32_t *out)
{
	uint64_t value;
	if (rest->n < 2 || !stk_is_xdigit(rest->p[0]) || !stk_is_xdigit(rest->p[1]) ||
	    !stk_str_u64(stk_str_slice(*rest, 0, 2), 16, &value))
		return false;
	*rest = stk_str_slice(*rest, 2, rest->n);
	*out = (uint32_t)value;
	return true;
}

bool stk_ignore_take_escape(struct stk_str *rest, uint32_t *out)
{
	static const char letters[] = "afnrtv", values[] = "\a\f\n\r\t\v";
	if (!rest->n)
		return false;
	uint32_t c = stk_ignore_take(rest);
	const char *letter = c < 128 && c ? strchr(letters, (int)c) : NULL;
	if (letter) {
		*out = (unsigned char)values[letter - letters];
		return true;
	}
	if (c == 'x')
		return take_hex(rest, out);
	if (c == '0' || (c >= '1' && c <= '7' && is_octal(*rest))) {
		*out = c - '0';
		for (int i = 0; i < 2 && is_octal(*rest); i++)
			*out = *out * 8 + (uint32_t)(stk_ignore_take(rest) - '0');
		return true;
	}
	*out = c;
	return c < 128 && !stk_is_alnum((char)c);
}

static bool take_class_character(struct stk_str *rest, uint32_t *out)
{
	if (!rest->n)
		return false;
	if (stk_ignore_take_byte(rest, '\\'))
		return stk_ignore_take_escape(rest, out);
	*out = stk_ignore_take(rest);
	return true;
}

static bool take_range(struct stk_arena *arena, struct stk_str *rest, struct stk_ignore_class *class)
{
	uint32_t low, high;
	if (!take_class_character(rest, &low))
		return false;
	high = low;
	if (rest->n >= 2 && rest->p[0] == '-' && rest->p[1] != ']') {
		stk_ignore_take_byte(rest, '-');
		if (!take_class_character(rest, &high) || high < low)
			return false;
	}
	stk_ignore_class_add(arena, class, low, high);
	return true;
}

bool stk_ignore_take_class(struct stk_arena *arena, struct stk_str *rest, struct stk_ignore_class *class)
{
	class->negated = stk_ignore_take_byte(rest, '^');
	for (bool first = true; first || !stk_ignore_take_byte(rest, ']'); first = false) {
		int posix = take_posix_class(arena, rest, class);
		if (posix < 0)
			return false;
		if (posix || stk_ignore_take_perl_class(arena, rest, class))
			continue;
		if (!take_range(arena, rest, class))
			return false;
	}
	return true;
}
