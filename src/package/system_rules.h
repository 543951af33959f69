/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rules about the distribution an image is built on. Apart from the inventory, which only
 * reads; here is the judgement, against the calendar of text/release.h and a time that the
 * caller names.
 */

#include "package/inventory.h"
#include "report/report.h"

extern const struct stk_rule_table stk_system_rules;

/* Adds the findings about an inventory's system; now is in seconds since 1970. */
void stk_system_check(const struct stk_inventory *inventory, int64_t now, size_t target, struct stk_report *report);
