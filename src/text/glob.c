/* SPDX-License-Identifier: Apache-2.0 */
/* Backtracking is kept to the last "*" and the last "**", which suffices for globs and bounds the time to O(pattern ×
 * path²). */
#include "text/glob.h"

#include "base/banned.h"

/* Matches the set at pattern[*at] == '[' and moves *at behind it; an unclosed one stands for itself. */
static bool match_set(struct stk_str pattern, size_t *at, char c)
{
	size_t i = *at + 1;
	bool negated = i < pattern.n && (pattern.p[i] == '!' || pattern.p[i] == '^'), hit = false;
	i += negated;
	for (size_t first = i; i < pattern.n && (pattern.p[i] != ']' || i == first); i++) {
		char low = pattern.p[i], high = low;
		if (i + 2 < pattern.n && pattern.p[i + 1] == '-' && pattern.p[i + 2] != ']') {
			high = pattern.p[i + 2];
			i += 2;
		}
		hit |= low <= c && c <= high;
	}
	if (i >= pattern.n) {
		++*at;
		return c == '[';
	}
	*at = i + 1;
	return hit != negated && c != '/';
}

/* Matches one byte at pattern[*at], which is no star. */
static bool match_one(struct stk_str pattern, size_t *at, char c)
{
	char p = pattern.p[*at];
	if (p == '[')
		return match_set(pattern, at, c);
	if (p == '\\' && *at + 1 < pattern.n)
		p = pattern.p[++*at];
	else if (p == '?') {
		++*at;
		return c != '/';
	}
	++*at;
	return p == c;
}

/* Where to go on when a star has to take more. */
struct star {
	size_t pattern, path;
	bool set;
	bool whole; /* of a double star: it takes whole folders */
};

/* Reads the stars at pattern[*at] and moves behind them. */
static struct star read_star(struct stk_str pattern, size_t *at, size_t path, bool *two)
{
	size_t p = *at;
	*two = p + 1 < pattern.n && pattern.p[p + 1] == '*';
	p += *two ? 2 : 1;
	/* "**" + "/" stands for whole folders, also for none at all. */
	bool whole = *two && p < pattern.n && pattern.p[p] == '/' && (p == 2 || pattern.p[p - 3] == '/');
	*at = p + whole;
	return (struct star){ .pattern = *at, .path = path, .set = true, .whole = whole };
}

/* Walks pattern and path together. At a star it notes where it stands and goes on as if the
   star were empty; on a mismatch it comes back and lets the star take one more byte. A later
   star makes an earlier one of its kind superfluous: whatever the earlier could take, the later
   can too. */
static bool match(struct stk_str pattern, struct stk_str path)
{
	struct star star = { 0 }, globstar = { 0 };
	size_t p = 0, s = 0;
	for (;;) {
		if (p < pattern.n && pattern.p[p] == '*') {
			bool two;
			star = read_star(pattern, &p, s, &two);
			if (two) {
				globstar = star;
				star.set = false;
			}
			continue;
		}
		if (p == pattern.n && s == path.n)
			return true;
		if (p < pattern.n && s < path.n && match_one(pattern, &p, path.p[s])) {
			s++;
			continue;
		}
		/* A single star stops at a slash; then only a double one before it can help. */
		if (star.set && star.path < path.n && path.p[star.path] != '/') {
			p = star.pattern;
			s = ++star.path;
		} else if (globstar.set && globstar.path < path.n) { /* the double star takes more */
			star.set = false;
			p = globstar.pattern;
			do
				s = ++globstar.path;
			while (globstar.whole && s < path.n && path.p[s - 1] != '/');
		} else {
			return false;
		}
	}
}

bool stk_glob_match(struct stk_str pattern, struct stk_str path)
{
	if (match(pattern, path))
		return true;
	size_t slash = stk_str_rfind_byte(path, '/');
	return slash != SIZE_MAX && stk_str_find_byte(pattern, '/') == SIZE_MAX &&
	       match(pattern, stk_str_slice(path, slash + 1, path.n));
}
