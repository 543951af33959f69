/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String views: see str.h; the short functions stand in str_inline.h. Only ASCII is folded or
 * called white space, whatever the locale says: a Turkish locale must not change what a rule
 * finds.
 */
#include "base/str.h"

#include <string.h>

#include "base/banned.h"

bool stk_str_eq_nocase(struct stk_str a, struct stk_str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (stk_lower(a.p[i]) != stk_lower(b.p[i]))
			return false;
	return true;
}

bool stk_str_starts_nocase(struct stk_str s, struct stk_str prefix)
{
	return s.n >= prefix.n && stk_str_eq_nocase((struct stk_str){ s.p, prefix.n }, prefix);
}

bool stk_str_contains(struct stk_str s, struct stk_str needle)
{
	return stk_str_find(s, needle) != SIZE_MAX;
}

/* Called for every word of every RUN: memchr over the list is quicker than cutting it into
   words. A word with a blank in it could match across two of the list's. */
bool stk_is_listed(struct stk_str word, struct stk_str words)
{
	/* The empty list may be of NULL, which takes no part in arithmetic. */
	if (!word.n || !words.n)
		return false;
	const char *end = words.p + words.n;
	for (const char *at = words.p; (at = memchr(at, word.p[0], (size_t)(end - at))); at++)
		if ((size_t)(end - at) >= word.n && (at == words.p || at[-1] == ' ') &&
		    (at + word.n == end || at[word.n] == ' ') && memcmp(at, word.p, word.n) == 0)
			return !memchr(word.p, ' ', word.n);
	return false;
}

int stk_str_compare(struct stk_str a, struct stk_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

uint64_t stk_str_hash(struct stk_str s)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return hash;
}

/* Sixteen bytes side by side: compilers make the processor's vectors of them. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));

static bool stands(const char *p, struct stk_str needle, bool nocase)
{
	return nocase ? stk_str_eq_nocase((struct stk_str){ p, needle.n }, needle) : memcmp(p, needle.p, needle.n) == 0;
}

/* The first of sixteen places, of those that may be, at which the needle stands; sizeof(bytes16): none. */
static size_t first_match(const char *p, bytes16 may, struct stk_str needle, bool nocase)
{
	uint64_t halves[2];
	memcpy(halves, &may, sizeof(halves));
	for (size_t i = 0; (halves[0] | halves[1]) && i < sizeof(bytes16); i++)
		if (may[i] && stands(p + i, needle, nocase))
			return i;
	return sizeof(bytes16);
}

/* Sixteen places at a time: where the needle's first and last byte stand so far apart, all of it is compared. The C
 * library's memmem looks at each byte when a needle is short, and takes up to ten times as long. */
static size_t find(struct stk_str s, struct stk_str needle, bool nocase)
{
	if (needle.n == 0)
		return 0;
	/* The bit in which a letter's two cases differ; it makes other bytes alike too, which are told apart then. */
	uint8_t folded = nocase ? 0x20 : 0;
	size_t reach = needle.n - 1, i = 0;
	bytes16 fold = { 0 }, first = { 0 }, last = { 0 };
	fold += folded;
	first += (uint8_t)((uint8_t)needle.p[0] | folded);
	last += (uint8_t)((uint8_t)needle.p[reach] | folded);
	for (; s.n >= sizeof(bytes16) + reach && i <= s.n - sizeof(bytes16) - reach; i += sizeof(bytes16)) {
		bytes16 a, b;
		memcpy(&a, s.p + i, sizeof(a));
		memcpy(&b, s.p + i + reach, sizeof(b));
		bytes16 may = (bytes16)((a | fold) == first) & (bytes16)((b | fold) == last);
		size_t at = first_match(s.p + i, may, needle, nocase);
		if (at < sizeof(bytes16))
			return i + at;
	}
	for (; needle.n <= s.n && i <= s.n - needle.n; i++)
		if (stands(s.p + i, needle, nocase))
			return i;
	return SIZE_MAX;
}

size_t stk_str_find(struct stk_str s, struct stk_str needle)
{
	return needle.n == 1 ? stk_str_find_byte(s, needle.p[0]) : find(s, needle, false);
}

bool stk_str_contains_nocase(struct stk_str s, struct stk_str needle)
{
	return find(s, needle, true) != SIZE_MAX;
}

size_t stk_str_rfind_byte(struct stk_str s, char byte)
{
	const char *hit = s.n ? memrchr(s.p, byte, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

struct stk_str stk_str_through_last(struct stk_str s, char byte)
{
	size_t at = stk_str_rfind_byte(s, byte);
	return stk_str_slice(s, 0, at == SIZE_MAX ? 0 : at + 1);
}

struct stk_str stk_str_after_last(struct stk_str s, char byte)
{
	return stk_str_slice(s, stk_str_through_last(s, byte).n, s.n);
}

struct stk_str stk_str_strip_prefix(struct stk_str s, struct stk_str prefix)
{
	return stk_str_starts(s, prefix) ? stk_str_slice(s, prefix.n, s.n) : s;
}

struct stk_str stk_str_strip_suffix(struct stk_str s, struct stk_str suffix)
{
	return stk_str_ends(s, suffix) ? stk_str_slice(s, 0, s.n - suffix.n) : s;
}

struct stk_str stk_str_cut(struct stk_str *rest, char separator)
{
	size_t at = stk_str_find_byte(*rest, separator);
	struct stk_str head = stk_str_slice(*rest, 0, at);
	/* Without a separator rest becomes empty at its end, not at its beginning: its pointer
	   may be compared with that of the whole. */
	*rest = at == SIZE_MAX ? stk_str_slice(*rest, rest->n, rest->n) : stk_str_slice(*rest, at + 1, rest->n);
	return head;
}

struct stk_str stk_str_cut_line(struct stk_str *rest)
{
	struct stk_str line = stk_str_cut(rest, '\n');
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

struct stk_str stk_str_cut_word(struct stk_str *rest)
{
	*rest = stk_str_trim_left(*rest);
	size_t n = 0;
	while (n < rest->n && !stk_is_space(rest->p[n]))
		n++;
	struct stk_str word = stk_str_slice(*rest, 0, n);
	*rest = stk_str_slice(*rest, n, rest->n);
	return word;
}

/* 99 is no digit in any base. */
static unsigned digit_value(char c)
{
	if (stk_is_digit(c))
		return (unsigned)(c - '0');
	c = stk_lower(c);
	return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10 : 99;
}

bool stk_str_u64(struct stk_str s, unsigned base, uint64_t *out)
{
	uint64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = digit_value(s.p[i]);
		/* Overflow is part of the answer, because the number may be a length of an
		   archive's member. */
		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	if (s.n == 0)
		return false;
	*out = value;
	return true;
}

bool stk_str_i64(struct stk_str s, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t magnitude;
	if (s.n && (negative || s.p[0] == '+'))
		s = stk_str_slice(s, 1, s.n);
	/* The magnitude of INT64_MIN is one more than that of INT64_MAX, and negating it in
	   unsigned arithmetic is defined. */
	if (!stk_str_u64(s, 10, &magnitude) || magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*out = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}
