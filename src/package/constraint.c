/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constraints over versions: alternatives ("||") of comparators that must all hold. Comparators of distributions and of
 * most languages take whole versions; those of the semver family also take partial ones ("1.2", "1.x"), which stand for
 * every version that begins so, and the "~" and "^" forms.
 */
#include "package/version.h"
#include "package/version_schemes.h"
#include "base/banned.h"

enum op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };

struct comparator { enum op op; struct stk_str version; };

/* Takes the operator off; what stands alone means "equal". */
static bool cut_operator(struct stk_str *rest, enum op *op)
{
	static const struct { const char *text; enum op op; } ops[] = {
		{ "==", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE }, { ">=", OP_GE }, { "=<", OP_LE }, { "=>", OP_GE },
		{ "=", OP_EQ }, { "<", OP_LT }, { ">", OP_GT },
	};
	*op = OP_EQ;
	for (size_t i = 0; i < STK_LEN(ops); i++) {
		struct stk_str text = stk_str_from(ops[i].text);
		if (!stk_str_starts(*rest, text))
			continue;
		*op = ops[i].op;
		*rest = stk_str_trim_left(stk_str_slice(*rest, text.n, rest->n));
		return true;
	}
	return rest->n && (stk_is_alnum(rest->p[0]));
}

/* Takes one comparator off; a space ends it, except between operator and version. */
static bool cut_comparator(struct stk_str *rest, struct comparator *out)
{
	if (!cut_operator(rest, &out->op))
		return false;
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ',' && !stk_is_space(rest->p[n]))
		n++;
	out->version = stk_str_slice(*rest, 0, n);
	*rest = stk_str_slice(*rest, n, rest->n);
	return n > 0;
}

static bool holds(enum op op, int order)
{
	switch (op) {
	case OP_EQ: return order == 0;
	case OP_NE: return order != 0;
	case OP_LT: return order < 0;
	case OP_LE: return order <= 0;
	case OP_GT: return order > 0;
	case OP_GE: return order >= 0;
	}
	return false;
}

/* Red Hat's feeds leave epochs out of some fixed versions: an epoch that only one side states is not compared. */
static int compare_rpm(struct stk_str version, struct stk_str bound, int *order)
{
	size_t a = stk_str_find_byte(version, ':'), b = stk_str_find_byte(bound, ':');
	if (a != SIZE_MAX && b == SIZE_MAX)
		version = stk_str_slice(version, a + 1, version.n);
	if (b != SIZE_MAX && a == SIZE_MAX)
		bound = stk_str_slice(bound, b + 1, bound.n);
	return stk_version_compare(STK_SCHEME_RPM, version, bound, order);
}

static int compare_bound(enum stk_scheme scheme, struct stk_str version, struct stk_str bound, int *order)
{
	if (scheme == STK_SCHEME_RPM)
		return compare_rpm(version, bound, order);
	return stk_version_compare(scheme, version, bound, order);
}

static int all_hold(enum stk_scheme scheme, struct stk_str set, struct stk_str version, bool *out)
{
	*out = true;
	for (;;) {
		while (set.n && (stk_is_space(set.p[0]) || set.p[0] == ','))
			set = stk_str_slice(set, 1, set.n);
		if (!set.n)
			return 0;
		struct comparator c;
		int order;
		if (!cut_comparator(&set, &c) || compare_bound(scheme, version, c.version, &order) < 0)
			return -1;
		*out &= holds(c.op, order);
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
		bool one;
		if (all_hold(scheme, stk_str_slice(rest, 0, more ? bar : rest.n), version, &one) < 0)
			return -1;
		any |= one;
		rest = more ? stk_str_slice(rest, bar + 2, rest.n) : rest;
	}
	*out = any;
	return 0;
}
