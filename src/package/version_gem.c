/* SPDX-License-Identifier: Apache-2.0 */
/* RubyGems' Gem::Version: runs of digits and letters, letters below digits, zeros before a letter or the end dropped. */
#include "package/version_schemes.h"
#include "base/banned.h"

static struct stk_str skip_separators(struct stk_str s)
{
	while (s.n && !stk_is_alnum(s.p[0]))
		s = stk_str_slice(s, 1, s.n);
	return s;
}

/* [0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?, or blank. */
static bool valid(struct stk_str v)
{
	v = stk_str_trim(v);
	if (!v.n)
		return true;
	if (!stk_is_digit(v.p[0]))
		return false;
	bool suffix = false, filled = true;
	stk_cut_digits(&v);
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool dot = c == '.', dash = c == '-' && !suffix;
		if ((dot || dash) && !filled)
			return false;
		if (i == 0 && !dot && !dash)
			return false;
		if (!dot && c != '-' && !stk_is_alnum(c))
			return false;
		suffix |= dash;
		filled = !dot && !dash;
	}
	return filled;
}

struct segment { struct stk_str text; bool number, end; };

/* Zero segments that only letters or the end follow do not count. */
static bool trailing_zero(struct segment s, struct stk_str rest)
{
	if (!s.number || stk_digits_compare(s.text, S("0")) != 0)
		return false;
	for (;;) {
		rest = skip_separators(rest);
		if (!rest.n || stk_is_alpha(rest.p[0]))
			return true;
		if (stk_digits_compare(stk_cut_digits(&rest), S("0")) != 0)
			return false;
	}
}

/* A hyphen begins a prerelease: it reads as ".pre.". */
static struct segment next(struct stk_str *rest)
{
	for (;;) {
		if (rest->n && rest->p[0] == '-') {
			*rest = stk_str_slice(*rest, 1, rest->n);
			return (struct segment){ S("pre"), false, false };
		}
		*rest = rest->n && rest->p[0] == '.' ? stk_str_slice(*rest, 1, rest->n) : *rest;
		struct segment s = { .end = !rest->n };
		s.number = rest->n && stk_is_digit(rest->p[0]);
		s.text = s.number ? stk_cut_digits(rest) : stk_cut_letters(rest);
		if (s.end || !s.text.n || !trailing_zero(s, *rest))
			return s;
	}
}

static int compare(struct stk_str a, struct stk_str b)
{
	a = stk_str_trim(a);
	b = stk_str_trim(b);
	for (;;) {
		struct segment x = next(&a), y = next(&b);
		if (x.end && y.end)
			return 0;
		if (x.end || y.end) {
			struct segment left = x.end ? y : x;
			int sign = x.end ? -1 : 1;
			return left.number ? sign : -sign;
		}
		if (x.number != y.number)
			return x.number ? 1 : -1;
		int order = x.number ? stk_digits_compare(x.text, y.text) : stk_str_compare(x.text, y.text);
		if (order)
			return order;
	}
}

const struct stk_version_ops stk_version_gem = { valid, compare };
