/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NuGet's intervals (learn.microsoft.com/nuget/concepts/package-versioning): brackets hold the
 * end, parentheses leave it out, an end that is not given is open, and a bare version is the
 * least that will do.
 */
#include "package/constraint.h"
#include "base/banned.h"

static int bound(enum stk_operator op, struct stk_str text, struct stk_str version)
{
	struct stk_comparator c = { op, stk_str_trim(text) };
	return c.version.n ? stk_compare_holds(STK_SCHEME_NUGET, &c, version) : 1;
}

/* NuGet's "Version ranges": a bare version is a least one, brackets include a bound,
   parentheses do not, an absent bound is open. */
int stk_nuget_satisfies(struct stk_str constraint, struct stk_str version)
{
	struct stk_str s = stk_str_trim(constraint);
	if (!s.n || (s.p[0] != '[' && s.p[0] != '('))
		return bound(STK_OP_GE, s, version);
	char first = s.p[0], last = s.p[s.n - 1];
	struct stk_str high = stk_str_slice(s, 1, s.n - 1);
	if (s.n < 3 || (last != ']' && last != ')'))
		return -1;
	bool pair = stk_str_find_byte(high, ',') != SIZE_MAX;
	struct stk_str low = stk_str_cut(&high, ',');
	if (!pair)
		return first == '[' && last == ']' ? bound(STK_OP_EQ, low, version) : -1;
	int above = bound(first == '[' ? STK_OP_GE : STK_OP_GT, low, version);
	int below = bound(last == ']' ? STK_OP_LE : STK_OP_LT, high, version);
	return above < 0 || below < 0 ? -1 : above && below;
}
