/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rules that see across layers. One finding takes the place of those that each layer has about
 * the same thing, with all their evidence: "runs as root" in an image, in a Dockerfile and in a
 * Compose file is one problem of one service.
 */

#include "audit/deployment.h"
#include "base/map.h"

/* What the rules of this folder get as their context. */
struct stk_cross {
	struct stk_report *report;
	const struct stk_deployment *deployment;
	/* cross_fold.c's own: which findings are gone, for as many as are entered in the maps of lists of numbers. */
	struct {
		bool *v;
		size_t n, cap;
	} gone;
	struct stk_map by_service, by_file;
};

extern const struct stk_rule_table stk_audit_rules;

/* Runs every rule; to be called when the rules of all layers have run and before the report is sorted. Fills
 * report->paths. */
void stk_cross_check(struct stk_report *report, const struct stk_deployment *deployment);
