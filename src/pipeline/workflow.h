/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * CI workflows as facts: GitHub Actions (files of .github/workflows, in the workflow syntax)
 * and GitLab CI (.gitlab-ci.yml). What both have in common is kept: jobs with steps, each a
 * script or an action, and who may do what. Nothing is evaluated: expressions stay text,
 * `include:` is not followed, scripts are searched and not parsed.
 *
 * Order: stk_workflow_path tells whether a file is one, stk_workflow_parse reads it,
 * stk_workflow_check judges. Nodes and views live on the arena and in the text, which has to
 * stay.
 */

#include "report/report.h"
#include "text/yaml.h"

enum stk_workflow_kind { STK_WORKFLOW_GITHUB, STK_WORKFLOW_GITLAB };

/* Where a value stands in the file. Lines and columns for findings, bytes [begin, end) for
   fixes. */
struct stk_workflow_place {
	uint32_t line, column, end_line, end_column;
	size_t begin, end;
};

/* One thing that a job does: an action (`uses`) or a script, not both. */
struct stk_workflow_step {
	struct stk_str name;
	struct stk_str uses; /* "actions/checkout@v4", or empty */
	struct stk_workflow_place uses_at;
	struct stk_str script; /* of run: or one entry of script: */
	struct stk_workflow_place script_at;
	bool literal;		     /* script is a block scalar: its first line stands below script_at.line */
	const struct stk_yaml *with; /* inputs of an action, or NULL */
	bool may_fail;		     /* continue-on-error, allow_failure: its failure does not stop the run */
};

/* A container image that something runs in or beside. */
struct stk_workflow_image {
	struct stk_str name;
	struct stk_workflow_place at;
};
struct stk_workflow_images {
	struct stk_workflow_image *v;
	size_t n, cap;
};

/* One job, with what its steps have in common. */
struct stk_workflow_job {
	struct stk_str name;
	struct stk_workflow_place at;
	const struct stk_yaml *permissions; /* GitHub; NULL: not stated */
	struct {
		struct stk_workflow_step *v;
		size_t n, cap;
	} steps;
	struct stk_workflow_images images; /* image:, container:, services: */
	const struct stk_yaml *variables;  /* env: or variables:, or NULL */
	struct stk_str calls;		   /* a reusable workflow that it calls, or empty */
	struct stk_workflow_place calls_at;
};

/* One file. */
struct stk_workflow {
	enum stk_workflow_kind kind;
	struct stk_str file, text;
	const struct stk_yaml *root;
	const struct stk_yaml *permissions; /* of the whole workflow; NULL: not stated */
	const struct stk_yaml *variables;
	struct stk_strs triggers; /* "push", "pull_request_target" ... */
	struct {
		struct stk_workflow_job *v;
		size_t n, cap;
	} jobs;
	struct stk_workflow_images images; /* GitLab's default image and services */
};

/* Does a path name a workflow, and of which kind? */
bool stk_workflow_path(struct stk_str path, enum stk_workflow_kind *kind);
/* Reads a workflow; file is for findings. Errors (no YAML, no map) name line and column. */
int stk_workflow_parse(struct stk_arena *arena, enum stk_workflow_kind kind, struct stk_str file, struct stk_str text,
		       struct stk_workflow *out, struct stk_err *err);
/* Runs every rule of stk_pipeline_rules on a workflow; target is its index in the report. */
void stk_workflow_check(struct stk_report *report, size_t target, const struct stk_workflow *workflow);

extern const struct stk_rule_table stk_pipeline_rules;
