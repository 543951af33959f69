/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the rules of this folder share: rules.c holds the rows, checks_*.c the functions.
 * Private to src/pipeline.
 */

#include "pipeline/workflow.h"

/* What a check gets as its context. */
struct stk_workflow_context {
	struct stk_report *report;
	size_t target;
	const struct stk_workflow *workflow;
};

/* Adds a finding at a place, about a job (or NULL). */
struct stk_finding *stk_workflow_add(const struct stk_rule *rule, struct stk_workflow_context *c,
				     struct stk_workflow_place at, const struct stk_workflow_job *job, const char *fmt,
				     ...) STK_PRINTF(5, 6);
/* The place of the n bytes at `offset` in a step's script. */
struct stk_workflow_place stk_workflow_script_place(const struct stk_workflow *workflow,
						    const struct stk_workflow_step *step, size_t offset, size_t n);

/* One for each row; the rows say what they are about. */
stk_check_fn stk_check_action_pin, stk_check_permissions, stk_check_untrusted_checkout, stk_check_injection,
	stk_check_login, stk_check_build_secrets, stk_check_image_pin, stk_check_scan, stk_check_gate, stk_check_tls,
	stk_check_signature, stk_check_latest;
