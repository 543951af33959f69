/* SPDX-License-Identifier: Apache-2.0 */
/* See rank.h. */
#include "report/rank.h"

#include "base/banned.h"

bool stk_target_is_reached(const struct stk_target *target)
{
	for (size_t i = 0; i < target->facts.n; i++)
		if (stk_str_is(target->facts.v[i].name, STK_FACT_REACHED))
			return true;
	return false;
}

int stk_finding_compare_rank(const struct stk_finding *a, const struct stk_finding *b)
{
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	bool crossing_a = stk_str_starts(a->id, S("AUD-")), crossing_b = stk_str_starts(b->id, S("AUD-"));
	return (int)crossing_b - (int)crossing_a;
}
