/* SPDX-License-Identifier: Apache-2.0 */
/* RubyGems' Gem::Version: runs of digits and letters, letters below digits, zeros before a letter or the end dropped.
 */
#include "base/arena.h"
#include "package/constraint.h"
#include "package/version_schemes.h"
#include "base/banned.h"

/* Gem::Version scans for runs: what stands between them does not count. */
static struct stk_str skip_separators(struct stk_str s)
{
	while (s.n && !stk_is_alnum(s.p[0]))
		s = stk_str_slice(s, 1, s.n);
	return s;
}

/* A gem built for one platform has that behind its version: "1.2.0-x86_64-linux". It takes no part. */
static struct stk_str without_platform(struct stk_str v)
{
	static const char *const platforms[] = { "x86",	  "x64",   "aarch64", "arm",  "java", "universal",
						 "mswin", "mingw", "ppc",     "s390", "riscv" };
	size_t at = stk_str_find_byte(v, '-');
	for (size_t i = 0; i < STK_LEN(platforms) && at != SIZE_MAX; i++)
		if (stk_str_starts(stk_str_slice(v, at + 1, v.n), stk_str_from(platforms[i])))
			return stk_str_slice(v, 0, at);
	return v;
}

/* [0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?, or blank. */
static bool valid(struct stk_str v)
{
	v = without_platform(stk_str_trim(v));
	if (!v.n)
		return true;
	if (!stk_is_digit(v.p[0]))
		return false;
	bool suffix = false, filled = true;
	stk_cut_digits(&v);
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool dot = c == '.', dash = c == '-' && !suffix;
		/* An empty segment. */
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

struct segment {
	struct stk_str text;
	bool number, end;
};

/* Zero segments that only letters or the end follow do not count. */
static bool trailing_zero(struct segment s, struct stk_str rest)
{
	if (!s.number || stk_digits_compare(s.text, S("0")) != 0)
		return false;
	for (;;) {
		if (rest.n && rest.p[0] == '-')
			return true;
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
	a = without_platform(stk_str_trim(a));
	b = without_platform(stk_str_trim(b));
	for (;;) {
		struct segment x = next(&a), y = next(&b);
		if (x.end && y.end)
			return 0;
		if (x.end || y.end) {
			/* What the longer one goes on with decides: a number makes it newer,
			   letters make it a prerelease. */
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

/* Up to the first segment that holds letters: what a prerelease will be once released. */
static struct stk_str release(struct stk_str v)
{
	size_t n = 0;
	v = without_platform(stk_str_trim(v));
	while (n < v.n && (v.p[n] == '.' || stk_is_digit(v.p[n])))
		n++;
	if (n < v.n && v.p[n] != '-')
		n = stk_str_rfind_byte(stk_str_slice(v, 0, n), '.');
	return stk_str_strip_suffix(stk_str_slice(v, 0, n), S("."));
}

/* "1.4.4" -> "1.5", "5.a" -> "6": the last number but one, counted up. */
static struct stk_str bump(struct stk_arena *arena, struct stk_str v)
{
	struct stk_str numbers = release(v);
	size_t last = stk_str_rfind_byte(numbers, '.');
	struct stk_str kept = last == SIZE_MAX ? numbers : stk_str_slice(numbers, 0, last);
	size_t dot = stk_str_rfind_byte(kept, '.');
	struct stk_str head = stk_str_slice(kept, 0, dot == SIZE_MAX ? 0 : dot + 1);
	uint64_t number = 0;
	if (!stk_str_u64(stk_str_slice(kept, head.n, kept.n), 10, &number) || number == UINT64_MAX)
		return (struct stk_str){ 0 };
	return stk_arena_printf(arena, STK_FMT "%llu", STK_ARG(head), (unsigned long long)number + 1);
}

int stk_gem_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version)
{
	STK_ARENA arena = { 0 };
	if (c->op != STK_OP_PESSIMISTIC)
		return stk_compare_holds(scheme, c, version);
	struct stk_str high = bump(&arena, c->version);
	if (!valid(c->version) || !high.n)
		return -1;
	return compare(version, c->version) >= 0 && compare(release(version), high) < 0;
}

const struct stk_version_ops stk_version_gem = { valid, compare };
