/* SPDX-License-Identifier: Apache-2.0 */
/* See rank.h. */
#include "report/rank.h"

#include <stdlib.h>

#include "base/banned.h"

bool stk_target_is_reached(const struct stk_target *target)
{
	for (size_t i = 0; i < target->facts.n; i++)
		if (stk_str_is(target->facts.v[i].name, STK_FACT_REACHED))
			return true;
	return false;
}

static int worst_first(const void *left, const void *right, void *context)
{
	const struct stk_finding *a = *(const struct stk_finding *const *)left,
				 *b = *(const struct stk_finding *const *)right;
	const struct stk_report *report = context;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	bool crossing_a = stk_str_starts(a->id, S("AUD-")), crossing_b = stk_str_starts(b->id, S("AUD-"));
	if (crossing_a != crossing_b)
		return crossing_a ? -1 : 1;
	bool reached_a = stk_target_is_reached(&report->targets.v[a->target]),
	     reached_b = stk_target_is_reached(&report->targets.v[b->target]);
	if (reached_a != reached_b)
		return reached_a ? -1 : 1;
	return a < b ? -1 : a > b; /* one array: the report's own order */
}

void stk_finding_list_rank(const struct stk_report *report, struct stk_finding_list *list)
{
	/* qsort_r must not be given NULL, not even for nothing. */
	if (list->n)
		qsort_r(list->v, list->n, sizeof(*list->v), worst_first, (void *)(uintptr_t)report);
}
