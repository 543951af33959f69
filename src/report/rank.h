/* SPDX-License-Identifier: Apache-2.0 */
/* Which findings people should see first. */
#pragma once
#include "report/report.h"

/* The name of the fact that says from where outsiders reach what a target is: "internet, as service web". */
#define STK_FACT_REACHED "Reached from"
bool stk_target_is_reached(const struct stk_target *target);

/* Some findings of one report, pushed with STK_PUSH. */
struct stk_finding_list {
	const struct stk_finding **v;
	size_t n, cap;
};
/* Sorts them: by severity, then what was seen across layers, which says more than a single finding, then what outsiders
   reach; equals stay in the report's order. */
void stk_finding_list_rank(const struct stk_report *report, struct stk_finding_list *list);
