/* SPDX-License-Identifier: Apache-2.0 */
/* See pattern.h. */
#include "dockerfile/pattern.h"

#include "base/banned.h"

/* One element of the pattern at *i: returns '*' or '?' for the wildcards, else 'x' with the byte in *byte. Moves *i on.
 */
static char element(struct stk_str pattern, size_t *i, char *byte)
{
	char c = pattern.p[(*i)++];
	if (c == '*' || c == '?')
		return c;
	if (c == '\\' && *i < pattern.n)
		c = pattern.p[(*i)++];
	*byte = c;
	return 'x';
}

bool stk_pattern_is_valid(struct stk_str pattern)
{
	for (size_t i = 0; i < pattern.n; i++)
		if (pattern.p[i] == '\\' &&
		    (++i == pattern.n || !stk_str_contains(S("*?\\}/"), stk_str_slice(pattern, i, i + 1))))
			return false;
	return true;
}

/* Does the pattern match the whole of s? The usual two-pointer walk: only the last star is ever tried again. */
static bool matches(struct stk_str pattern, struct stk_str s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, kept = 0;
	while (i < s.n || p < pattern.n) {
		size_t next = p;
		char byte = 0, kind = p < pattern.n ? element(pattern, &next, &byte) : 0;
		if (kind == '*') {
			star = next;
			kept = i;
			p = next;
		} else if (i < s.n && (kind == '?' || (kind == 'x' && s.p[i] == byte))) {
			p = next;
			i++;
			/* Only the last star needs another try: what an earlier one matched can stay as
			   short as it was. So this is quadratic at worst, never exponential. */
		} else if (star != SIZE_MAX && kept < s.n) {
			p = star;
			i = ++kept;
		} else {
			return false;
		}
	}
	return true;
}

/* Patterns and values of this size are tried; longer ones are no version numbers or paths, and are left alone. */
enum { LONGEST = 2048 };

struct stk_str stk_pattern_trim_prefix(struct stk_str pattern, struct stk_str value, bool longest)
{
	for (size_t k = 0; k <= value.n && value.n <= LONGEST; k++) {
		size_t n = longest ? value.n - k : k;
		if (matches(pattern, stk_str_slice(value, 0, n)))
			return stk_str_slice(value, n, value.n);
	}
	return value;
}

struct stk_str stk_pattern_trim_suffix(struct stk_str pattern, struct stk_str value, bool longest)
{
	for (size_t k = 0; k <= value.n && value.n <= LONGEST; k++) {
		size_t n = longest ? k : value.n - k;
		if (matches(pattern, stk_str_slice(value, n, value.n)))
			return stk_str_slice(value, 0, n);
	}
	return value;
}

/* End of the longest match that begins at `from`, or SIZE_MAX. */
static size_t match_at(struct stk_str pattern, struct stk_str value, size_t from)
{
	for (size_t end = value.n + 1; end-- > from;)
		if (matches(pattern, stk_str_slice(value, from, end)))
			return end;
	return SIZE_MAX;
}

void stk_pattern_replace(struct stk_str pattern, struct stk_str value, struct stk_str text, bool all,
			 struct stk_buf *out)
{
	size_t i = 0;
	bool more = value.n <= LONGEST / 4;
	while (i <= value.n) {
		size_t end = more ? match_at(pattern, value, i) : SIZE_MAX;
		if (end == SIZE_MAX) {
			stk_buf_add(out, stk_str_slice(value, i, i + 1));
			i++;
			continue;
		}
		stk_buf_add(out, text);
		more = all;
		if (end == i)
			stk_buf_add(out, stk_str_slice(value, i, i + 1));
		i = end == i ? i + 1 : end;
		if (end == value.n)
			break;
	}
}
