/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparators of the semver family, as node-semver defines them with prereleases included: a partial version ("1.2",
 * "1.x") stands for all that begin so, "~" keeps the minor, "^" the leftmost part that is not zero. Each becomes an
 * interval from a lowest version on to just below a highest. In the generic dialect missing parts are zeros instead,
 * and "~>" keeps all parts but the last.
 */
#include "base/arena.h"
#include "package/constraint.h"
#include "base/banned.h"

struct partial {
	uint64_t part[3];
	size_t n;   /* parts given; 3 also for more */
	bool exact; /* a whole version, or one with a prerelease: compared as it stands */
	bool wild;  /* ends in "x" or "*" */
	struct stk_str text;
};

/* Any part that is left open opens those behind it too. */
static bool parse(struct stk_str text, struct partial *out)
{
	*out = (struct partial){ .text = text };
	struct stk_str rest = text;
	while (rest.n && (rest.p[0] == '=' || stk_lower(rest.p[0]) == 'v'))
		rest = stk_str_slice(rest, 1, rest.n);
	for (;;) {
		size_t n = 0;
		while (n < rest.n && stk_is_digit(rest.p[n]))
			n++;
		if (!n)
			break;
		if (out->n < STK_LEN(out->part) && !stk_str_u64(stk_str_slice(rest, 0, n), 10, &out->part[out->n++]))
			return false;
		rest = stk_str_slice(rest, n, rest.n);
		if (!rest.n || rest.p[0] != '.')
			break;
		rest = stk_str_slice(rest, 1, rest.n);
	}
	out->wild = rest.n && (rest.p[0] == '*' || stk_lower(rest.p[0]) == 'x');
	/* "1.2-beta" leaves the patch open but names a prerelease: it means itself. */
	out->exact = out->n == STK_LEN(out->part) || (rest.n && rest.p[0] != '+' && !out->wild);
	return out->exact ? stk_version_valid(STK_SCHEME_SEMVER, text) : true;
}

static bool zero_padded(enum stk_scheme scheme)
{
	return scheme == STK_SCHEME_GENERIC;
}

/* The partial version with zeros, its `keep` first parts counted up by one in the last of them (0: left as they are).
 */
static struct stk_str text_of(struct stk_arena *arena, const struct partial *p, size_t bump, const char *suffix)
{
	uint64_t part[3] = { 0 };
	for (size_t i = 0; i < STK_LEN(part) && i < (bump ? bump : p->n); i++)
		part[i] = p->part[i] + (bump && i == bump - 1);
	return stk_arena_printf(arena, "%llu.%llu.%llu%s", (unsigned long long)part[0], (unsigned long long)part[1],
				(unsigned long long)part[2], suffix);
}

static int compare(enum stk_scheme scheme, enum stk_operator op, struct stk_str bound, struct stk_str version)
{
	struct stk_comparator c = { op, bound };
	return stk_compare_holds(scheme, &c, version);
}

/* From the operand on, and below the version where its `bump` first parts are counted up. */
static int within(enum stk_scheme scheme, const struct partial *p, size_t bump, struct stk_str version)
{
	STK_ARENA arena = { 0 };
	/* "-0" is the lowest prerelease there is, so that prereleases of the interval's first
	   version are in it, and those of its end are not. */
	struct stk_str low = p->exact || zero_padded(scheme) ? p->text : text_of(&arena, p, 0, "-0");
	int above = compare(scheme, STK_OP_GE, low, version);
	int below = compare(scheme, STK_OP_LT, text_of(&arena, p, bump, "-0"), version);
	return above < 0 || below < 0 ? -1 : above && below;
}

/* How many parts "^" keeps, so that the last of them is counted up: ^1.2 is below 2, ^0.2 below
   0.3, ^0.0.3 below 0.0.4. */
static size_t caret_part(const struct partial *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->part[i])
			return i + 1;
	return p->n;
}

/* The six operators before a version that leaves parts open. */
static int partial_holds(enum stk_scheme scheme, enum stk_operator op, const struct partial *p, struct stk_str version)
{
	STK_ARENA arena = { 0 };
	if (!p->n)
		return op == STK_OP_EQ || op == STK_OP_LE || op == STK_OP_GE;
	/* "-0" is below every pre-release of that version. */
	struct stk_str low = text_of(&arena, p, 0, "-0");
	switch (op) {
	case STK_OP_EQ:
		return within(scheme, p, p->n, version);
	case STK_OP_NE:
		return within(scheme, p, p->n, version) == 0;
	case STK_OP_LT:
		return compare(scheme, STK_OP_LT, low, version);
	case STK_OP_GE:
		return compare(scheme, STK_OP_GE, low, version);
	case STK_OP_LE:
		return compare(scheme, STK_OP_LT, text_of(&arena, p, p->n, "-0"), version);
	default:
		return compare(scheme, STK_OP_GE, text_of(&arena, p, p->n, ""), version);
	}
}

/* A comparator whose version may be partial (1.2, 1.x): each operator then means a range of all
   that the missing parts could be. */
int stk_semver_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version)
{
	struct partial p;
	if (!parse(c->version, &p))
		return -1;
	size_t tilde = p.n < 2 ? p.n : 2;
	switch (c->op) {
	case STK_OP_PESSIMISTIC:
		if (zero_padded(scheme))
			tilde = p.n < 2 ? 1 : stk_str_contains(c->version, S("-")) ? 1 : p.n - 1;
		return p.n ? within(scheme, &p, tilde, version) : 1;
	case STK_OP_TILDE:
		return p.n ? within(scheme, &p, tilde, version) : 1;
	case STK_OP_CARET:
		return p.n ? within(scheme, &p, caret_part(&p), version) : 1;
	case STK_OP_COMPATIBLE:
	case STK_OP_IDENTICAL:
		return -1;
	default:
		break;
	}
	if (p.exact || (zero_padded(scheme) && !p.wild))
		return compare(scheme, c->op, c->version, version);
	return partial_holds(scheme, c->op, &p, version);
}
