/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every kind of target of an audit uses: reading a file (or its repaired text that was not
 * written yet), remembering what was not looked at.
 */
#include "audit/audit_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/cross.h"
#include "base/limits.h"
#include "io/file.h"
#include "text/path.h"
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

struct stk_str stk_audit_absolute(struct stk_arena *arena, struct stk_str path)
{
	struct stk_str whole = stk_arena_str(arena, path);
	char *real = realpath(whole.p, NULL), *here = NULL;
	if (!real && !stk_str_starts(path, S("/")) && (here = getcwd(NULL, 0)))
		whole = stk_arena_printf(arena, "%s/" STK_FMT, here, STK_ARG(path));
	whole = real ? stk_arena_str(arena, stk_str_from(real)) : stk_path_clean(arena, whole);
	free(real);
	free(here);
	return whole;
}

int stk_audit_text_of(const struct stk_audit_options *options, struct stk_arena *arena, struct stk_str path,
		      struct stk_str *out, struct stk_err *err)
{
	struct stk_str absolute = options->texts.n ? stk_audit_absolute(arena, path) : path;
	for (size_t i = 0; i < options->texts.n; i++)
		if (stk_str_eq(options->texts.v[i].path, absolute)) {
			*out = options->texts.v[i].text;
			return 0;
		}
	return stk_file_read(arena, stk_arena_str(arena, path).p, STK_LIMIT_TEXT_FILE, out, err);
}

bool stk_audit_read(struct stk_audit_run *run, struct stk_str path, const char *kind, size_t *target)
{
	struct stk_err err;
	struct stk_str text;
	*target = stk_report_target(run->report, path, kind);
	if (stk_audit_text_of(run->options, run->report->arena, path, &text, &err) < 0) {
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

/* A wrong folder must not look like a clean deployment. */
static void tell_empty(const struct stk_audit_run *run)
{
	for (size_t kind = 0; kind < STK_DISCOVERED_COUNT; kind++)
		if (kind != STK_FOUND_ENV_FILE && kind != STK_FOUND_DOCKERIGNORE && run->found.found[kind].n)
			return;
	*STK_PUSH(run->report->arena, &run->report->notices) =
		S("there is no Dockerfile, Compose file, image or workflow in this folder");
}

int stk_audit(const struct stk_audit_options *options, struct stk_report *report, struct stk_deployment *deployment,
	      struct stk_err *err)
{
	static void (*const steps[])(struct stk_audit_run *) = { stk_audit_dockerfiles, stk_audit_projects,
								 stk_audit_contexts,	stk_audit_workflows,
								 stk_audit_secrets,	stk_audit_images };
	struct stk_audit_run run = { .options = options, .report = report, .deployment = deployment };
	*deployment = (struct stk_deployment){ .arena = report->arena };
	run.folder = stk_audit_absolute(report->arena, stk_str_from(options->folder));
	if (stk_discover(report->arena, options->folder, &run.found, err) < 0)
		return -1;
	copy_gaps(&run);
	deployment->env_files = run.found.found[STK_FOUND_ENV_FILE];
	for (size_t i = 0; i < STK_LEN(steps); i++)
		steps[i](&run);
	tell_empty(&run);
	stk_deployment_connect(deployment);
	stk_cross_check(report, deployment);
	if (options->secrets)
		stk_report_conceal(report);
	deployment->coverage = run.coverage;
	return 0;
}
