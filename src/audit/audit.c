/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/cross.h"
#include "base/limits.h"
#include "io/file.h"
#include "base/banned.h"

void stk_audit_miss(struct stk_audit_run *run, enum stk_aspect aspect, const char *fmt, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	run->coverage.missing[aspect] = stk_arena_str(run->report->arena, stk_str_from(text));
}

bool stk_audit_read(struct stk_audit_run *run, struct stk_str path, const char *kind, size_t *target)
{
	struct stk_err err;
	struct stk_str text;
	*target = stk_report_target(run->report, path, kind);
	if (stk_file_read(run->report->arena, stk_arena_str(run->report->arena, path).p, STK_LIMIT_TEXT_FILE, &text, &err) < 0) {
		stk_report_gap(run->report, *target, path, stk_arena_str(run->report->arena, stk_str_from(err.msg)));
		return false;
	}
	run->report->targets.v[*target].text = text;
	return true;
}

void stk_audit_progress(const struct stk_audit_run *run, struct stk_str what, uint64_t done, uint64_t total)
{
	if (run->options->progress)
		run->options->progress(run->options->context, what, done, total);
}

static void copy_gaps(struct stk_audit_run *run)
{
	if (!run->found.gaps.n)
		return;
	size_t target = stk_report_target(run->report, stk_str_from(run->options->folder), "directory");
	for (size_t i = 0; i < run->found.gaps.n; i++)
		stk_report_gap(run->report, target, run->found.gaps.v[i].what, run->found.gaps.v[i].why);
}

int stk_audit(const struct stk_audit_options *options, struct stk_report *report, struct stk_deployment *deployment, struct stk_err *err)
{
	static void (*const steps[])(struct stk_audit_run *) = { stk_audit_dockerfiles, stk_audit_projects, stk_audit_workflows,
								  stk_audit_secrets, stk_audit_images };
	struct stk_audit_run run = { .options = options, .report = report, .deployment = deployment };
	char *absolute = realpath(options->folder, NULL);
	*deployment = (struct stk_deployment){ .arena = report->arena };
	run.folder = stk_arena_str(report->arena, stk_str_from(absolute ? absolute : options->folder));
	free(absolute);
	if (stk_discover(report->arena, options->folder, &run.found, err) < 0)
		return -1;
	copy_gaps(&run);
	deployment->env_files = run.found.found[STK_FOUND_ENV_FILE];
	for (size_t i = 0; i < STK_LEN(steps); i++)
		steps[i](&run);
	stk_deployment_connect(deployment);
	stk_cross_check(report, deployment);
	stk_checklist_fill(report, &run.coverage, options->line);
	return 0;
}
