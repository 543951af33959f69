/* SPDX-License-Identifier: Apache-2.0 */
/* Which findings people should see first. */
#pragma once
#include "report/report.h"

/* The name of the fact that says from where outsiders reach what a target is: "internet, as service web". */
#define STK_FACT_REACHED "Reached from"
bool stk_target_is_reached(const struct stk_target *target);
/* By severity, then what was seen across layers, which says more than a single finding: < 0 when a goes first, 0 when
   neither does. */
int stk_finding_compare_rank(const struct stk_finding *a, const struct stk_finding *b);
