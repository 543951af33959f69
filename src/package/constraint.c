/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constraints over versions: alternatives ("||") of comparators that must all hold. What a comparator means beyond the
 * six plain operators is the scheme's dialect.
 */
#include "package/constraint.h"
#include "base/banned.h"

bool stk_order_holds(enum stk_operator op, int order)
{
	switch (op) {
	case STK_OP_EQ:
		return order == 0;
	case STK_OP_NE:
		return order != 0;
	case STK_OP_LT:
		return order < 0;
	case STK_OP_LE:
		return order <= 0;
	case STK_OP_GT:
		return order > 0;
	case STK_OP_GE:
		return order >= 0;
	default:
		return false;
	}
}

int stk_compare_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version)
{
	int order;
	if (c->op > STK_OP_GE || stk_version_compare(scheme, version, c->version, &order) < 0)
		return -1;
	return stk_order_holds(c->op, order);
}

/* Red Hat's feeds leave epochs out of some fixed versions: an epoch that only one side states is not compared. */
static int rpm_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version)
{
	struct stk_comparator bound = *c;
	size_t a = stk_str_find_byte(version, ':'), b = stk_str_find_byte(c->version, ':');
	if (a != SIZE_MAX && b == SIZE_MAX)
		version = stk_str_slice(version, a + 1, version.n);
	if (b != SIZE_MAX && a == SIZE_MAX)
		bound.version = stk_str_slice(c->version, b + 1, c->version.n);
	return stk_compare_holds(scheme, &bound, version);
}

typedef int holds_fn(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version);

/* Schemes without a row know the plain operators only; NuGet's constraints are intervals and do
   not come here. */
static holds_fn *const dialects[STK_SCHEME_COUNT] = {
	[STK_SCHEME_RPM] = rpm_holds,
	[STK_SCHEME_SEMVER] = stk_semver_holds,
	[STK_SCHEME_GENERIC] = stk_semver_holds,
	[STK_SCHEME_GO] = stk_semver_holds,
	[STK_SCHEME_NPM] = stk_semver_holds,
	[STK_SCHEME_PUB] = stk_semver_holds,
	[STK_SCHEME_PEP440] = stk_pep440_holds,
	[STK_SCHEME_GEM] = stk_gem_holds,
};

/* Takes the operator off; what stands alone means "equal". */
static enum stk_operator cut_operator(struct stk_str *rest)
{
	/* Longer spellings before those they begin with. */
	static const struct {
		const char *text;
		enum stk_operator op;
	} ops[] = {
		{ "===", STK_OP_IDENTICAL }, { "==", STK_OP_EQ },   { "!=", STK_OP_NE }, { "<=", STK_OP_LE },
		{ ">=", STK_OP_GE },	     { "=<", STK_OP_LE },   { "=>", STK_OP_GE }, { "~>", STK_OP_PESSIMISTIC },
		{ "~=", STK_OP_COMPATIBLE }, { "=", STK_OP_EQ },    { "<", STK_OP_LT },	 { ">", STK_OP_GT },
		{ "~", STK_OP_TILDE },	     { "^", STK_OP_CARET },
	};
	for (size_t i = 0; i < STK_LEN(ops); i++) {
		struct stk_str text = stk_str_from(ops[i].text);
		if (!stk_str_starts(*rest, text))
			continue;
		*rest = stk_str_trim_left(stk_str_slice(*rest, text.n, rest->n));
		return ops[i].op;
	}
	return STK_OP_EQ;
}

/* Takes one comparator off; a space ends it, except between operator and version. */
static bool cut_comparator(struct stk_str *rest, struct stk_comparator *out)
{
	out->op = cut_operator(rest);
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ',' && !stk_is_space(rest->p[n]))
		n++;
	out->version = stk_str_slice(*rest, 0, n);
	*rest = stk_str_slice(*rest, n, rest->n);
	if (n > 1 && out->version.p[0] == '"' && out->version.p[n - 1] == '"')
		out->version = stk_str_slice(out->version, 1, n - 1);
	return out->version.n && (stk_is_alnum(out->version.p[0]) || out->version.p[0] == '*');
}

static int plain_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version)
{
	return dialects[scheme] ? dialects[scheme](scheme, c, version) : stk_compare_holds(scheme, c, version);
}

/* "1.2 - 2.3", as npm writes an interval that holds both ends: 1 or 0, -1 when unreadable; -2 when it is none. */
static int hyphen_holds(enum stk_scheme scheme, struct stk_str set, struct stk_str version)
{
	size_t at = dialects[scheme] == stk_semver_holds ? stk_str_find(set, S(" - ")) : SIZE_MAX;
	if (at == SIZE_MAX)
		return -2;
	struct stk_comparator low = { STK_OP_GE, stk_str_trim(stk_str_slice(set, 0, at)) };
	struct stk_comparator high = { STK_OP_LE, stk_str_trim(stk_str_slice(set, at + 3, set.n)) };
	int a = plain_holds(scheme, &low, version), b = plain_holds(scheme, &high, version);
	return a < 0 || b < 0 ? -1 : a && b;
}

/* Stops at the first comparator that cannot be read, whatever the others say. */
static int all_hold(enum stk_scheme scheme, struct stk_str set, struct stk_str version)
{
	int all = hyphen_holds(scheme, set, version);
	if (all != -2)
		return all;
	all = 1;
	for (;;) {
		while (set.n && (stk_is_space(set.p[0]) || set.p[0] == ','))
			set = stk_str_slice(set, 1, set.n);
		if (!set.n)
			return all;
		struct stk_comparator c;
		int one = cut_comparator(&set, &c) ? plain_holds(scheme, &c, version) : -1;
		if (one < 0)
			return -1;
		all &= one;
	}
}

int stk_version_satisfies(enum stk_scheme scheme, struct stk_str constraint, struct stk_str version, bool *out)
{
	if (!stk_version_valid(scheme, version))
		return -1;
	bool any = false, more = true;
	for (struct stk_str rest = constraint; more;) {
		size_t bar = stk_str_find(rest, S("||"));
		more = bar != SIZE_MAX;
		struct stk_str set = stk_str_trim(stk_str_slice(rest, 0, more ? bar : rest.n));
		int one =
			scheme == STK_SCHEME_NUGET ? stk_nuget_satisfies(set, version) : all_hold(scheme, set, version);
		if (one < 0)
			return -1;
		any |= one;
		rest = more ? stk_str_slice(rest, bar + 2, rest.n) : rest;
	}
	*out = any;
	return 0;
}
