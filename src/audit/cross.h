/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Rules that see across layers. One finding takes the place of those that each layer has about the same thing, with all
 * their evidence. */

#include "audit/deployment.h"

struct stk_cross {
	struct stk_report *report;
	const struct stk_deployment *deployment;
};

extern const struct stk_rule_table stk_audit_rules;

/* Runs every rule; to be called when the rules of all layers have run and before the report is sorted. Fills
 * report->paths. */
void stk_cross_check(struct stk_report *report, const struct stk_deployment *deployment);
