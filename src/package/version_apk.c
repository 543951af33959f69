/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine versions as apk-tools reads them: digits{.digits}[letter]{_suffix[digits]}[~hash][-rN]. Components behind the
 * first that begin with zero compare as text, as fractions do.
 */
#include "package/version_schemes.h"
#include "base/banned.h"

/* In the order of the grammar: what ends earlier sorts lower, except for a suffix below zero. */
enum token { INVALID, DIGIT, LETTER, SUFFIX, SUFFIX_NUMBER, HASH, REVISION, END };

struct cursor {
	struct stk_str rest, value;
	enum token token;
	int suffix; /* <0 before, >0 behind the bare version */
};

static int suffix_rank(struct stk_str name)
{
	/* Those below zero come before the bare version, the others behind it. */
	static const struct {
		const char *name;
		int rank;
	} ranks[] = {
		{ "alpha", -4 }, { "beta", -3 }, { "pre", -2 }, { "rc", -1 }, { "cvs", 1 },
		{ "svn", 2 },	 { "git", 3 },	 { "hg", 4 },	{ "p", 5 },
	};
	for (size_t i = 0; i < STK_LEN(ranks); i++)
		if (stk_str_is(name, ranks[i].name))
			return ranks[i].rank;
	return 0;
}

static void take(struct cursor *c, enum token token, size_t skip)
{
	c->rest = stk_str_slice(c->rest, skip, c->rest.n);
	c->value = stk_cut_digits(&c->rest);
	c->token = c->value.n ? token : INVALID;
}

static void take_suffix(struct cursor *c)
{
	c->rest = stk_str_slice(c->rest, 1, c->rest.n);
	c->value = stk_cut_letters(&c->rest);
	c->suffix = suffix_rank(c->value);
	c->token = c->suffix ? SUFFIX : INVALID;
}

static void take_hash(struct cursor *c)
{
	size_t n = 1;
	while (n < c->rest.n && stk_is_xdigit(c->rest.p[n]) && !(c->rest.p[n] >= 'A' && c->rest.p[n] <= 'F'))
		n++;
	c->value = stk_str_slice(c->rest, 1, n);
	c->rest = stk_str_slice(c->rest, n, c->rest.n);
	c->token = c->value.n ? HASH : INVALID;
}

/* The next token may only be of a kind that comes after the one before (apk-tools, version.c);
   everything else is invalid, which the comparison ranks as well. */
static void next(struct cursor *c)
{
	enum token before = c->token;
	char byte = c->rest.n ? c->rest.p[0] : 0;
	c->token = INVALID;
	if (!c->rest.n)
		c->token = END;
	else if (byte == '.' && before == DIGIT)
		take(c, DIGIT, 1);
	else if (byte >= 'a' && byte <= 'z' && before == DIGIT) {
		c->value = stk_str_slice(c->rest, 0, 1);
		c->rest = stk_str_slice(c->rest, 1, c->rest.n);
		c->token = LETTER;
	} else if (byte == '_' && before <= SUFFIX_NUMBER)
		take_suffix(c);
	else if (stk_is_digit(byte) && before == SUFFIX)
		take(c, SUFFIX_NUMBER, 0);
	else if (byte == '~' && before < HASH)
		take_hash(c);
	else if (byte == '-' && c->rest.n > 1 && c->rest.p[1] == 'r' && before < REVISION)
		take(c, REVISION, 2);
}

static struct cursor start(struct stk_str v)
{
	struct cursor c = { .rest = stk_str_trim(v) };
	take(&c, DIGIT, 0);
	return c;
}

static bool valid(struct stk_str v)
{
	struct cursor c = start(v);
	while (c.token != INVALID && c.token != END)
		next(&c);
	return c.token == END;
}

static int compare_token(const struct cursor *a, const struct cursor *b, bool first)
{
	switch (a->token) {
	case DIGIT:
		/* "1.01" is less than "1.1": a component with a leading zero is a fraction. apk
		   compares these as text. */
		if (!first && (a->value.p[0] == '0' || b->value.p[0] == '0'))
			return stk_str_compare(a->value, b->value);
		return stk_digits_compare(a->value, b->value);
	case SUFFIX:
		return a->suffix - b->suffix;
	case LETTER:
	case HASH:
		return stk_str_compare(a->value, b->value);
	default:
		return stk_digits_compare(a->value, b->value);
	}
}

static int compare(struct stk_str x, struct stk_str y)
{
	struct cursor a = start(x), b = start(y);
	for (bool first = true; a.token == b.token && a.token != END && a.token != INVALID; first = false) {
		int order = compare_token(&a, &b, first);
		if (order)
			return order;
		next(&a);
		next(&b);
	}
	/* Both at their end, or both invalid, which valid() has excluded. */
	if (a.token == b.token)
		return 0;
	/* "1.0_rc1" comes before "1.0": here, ending later is lower. */
	if (a.token == SUFFIX && a.suffix < 0)
		return -1;
	if (b.token == SUFFIX && b.suffix < 0)
		return 1;
	return a.token < b.token ? 1 : -1;
}

const struct stk_version_ops stk_version_apk = { valid, compare };
