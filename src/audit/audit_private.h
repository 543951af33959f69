/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The steps of an audit: each looks at one kind of what was found. Private to audit*.c. */

#include "audit/audit.h"
#include "audit/checklist.h"

/* One run; the steps fill report, deployment and coverage. */
struct stk_audit_run {
	const struct stk_audit_options *options;
	struct stk_report *report;
	struct stk_deployment *deployment;
	struct stk_discovered found;
	struct stk_coverage coverage;
	struct stk_str folder; /* absolute */
};

/* Each adds targets, findings and facts of its kind to the run; what cannot be read becomes a gap of the report. */
void stk_audit_dockerfiles(struct stk_audit_run *run);
void stk_audit_workflows(struct stk_audit_run *run);
void stk_audit_projects(struct stk_audit_run *run);
/* Behind stk_audit_projects, since Compose may build a Dockerfile with another folder. */
void stk_audit_contexts(struct stk_audit_run *run);
void stk_audit_secrets(struct stk_audit_run *run);
/* Behind stk_audit_projects, which says which images are wanted. */
void stk_audit_images(struct stk_audit_run *run);

/* Says in the coverage that part of an aspect could not be looked at. */
void stk_audit_miss(struct stk_audit_run *run, enum stk_aspect aspect, const char *fmt, ...) STK_PRINTF(3, 4);
/* Reads a file of the deployment, or the text that stands in for it. */
int stk_audit_text_of(const struct stk_audit_options *options, struct stk_arena *arena, struct stk_str path,
		      struct stk_str *out, struct stk_err *err);
/* Reads a file of the deployment as a target of the report; false after a gap. */
bool stk_audit_read(struct stk_audit_run *run, struct stk_str path, const char *kind, size_t *target);
/* Calls options->progress where there is one, under a lock. */
void stk_audit_progress(const struct stk_audit_run *run, struct stk_str what, uint64_t done, uint64_t total);
