/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a deployment's reachability says about its security. Rules look at routes between
 * outsiders, services and the host; places point at the line of the Compose file that opens the
 * way.
 */

#include "network/assertion.h"
#include "report/report.h"

/* What the rules look at. */
struct stk_net_check {
	const struct stk_net *net;
	struct stk_report *report;
	size_t target;
};

extern const struct stk_rule_table stk_network_rules;

/* Runs every rule. */
void stk_net_judge(const struct stk_net *net, struct stk_report *report, size_t target);
/* Checks one sentence of the settings, which stands at a place; what is broken or makes no sense becomes a finding
 * (NET-901, NET-902). */
void stk_net_assert(const struct stk_net *net, struct stk_report *report, size_t target, struct stk_str sentence,
		    const struct stk_net_place *place);
