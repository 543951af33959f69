/* SPDX-License-Identifier: Apache-2.0 */
/* Dockerfiles with their contexts, and workflows. */
#include "audit/audit_private.h"

#include "dockerfile/rules.h"
#include "pipeline/workflow.h"
#include "base/banned.h"

/* NAME.dockerignore counts before the folder's .dockerignore. */
static void read_context(struct stk_audit_run *run, struct stk_str path, struct stk_str absolute,
			 struct stk_dockerfile_options *options)
{
	struct stk_arena *arena = run->report->arena;
	struct stk_err err;
	size_t above = stk_str_rfind_byte(absolute, '/');
	struct stk_deployed_context context = { .folder = stk_str_slice(absolute, 0, above == SIZE_MAX ? 0 : above) };
	struct stk_str folder = stk_str_through_last(path, '/');
	struct stk_str names[] = { stk_arena_join(arena, path, S(".dockerignore")),
				   stk_arena_join(arena, folder, S(".dockerignore")) };
	options->has_context = true;
	options->has_dockerignore = false;
	for (size_t i = 0; i < STK_LEN(names) && !options->has_dockerignore; i++)
		if (stk_audit_text_of(run->options, arena, names[i], &options->dockerignore, &err) == 0) {
			options->has_dockerignore = true;
			context.ignore_file = names[i];
		}
	/* A broken .dockerignore is the Dockerfile rules' and the context's to report. */
	if (options->has_dockerignore)
		stk_dockerignore_read(arena, options->dockerignore, &context.ignore, &err);
	*STK_PUSH(arena, &run->deployment->contexts) = context;
}

static void look_at_dockerfile(struct stk_audit_run *run, struct stk_str path)
{
	struct stk_report *report = run->report;
	struct stk_dockerfile_options options = { .now = run->options->now,
						  .trusted_registries = run->options->trusted_registries };
	size_t target;
	if (!stk_audit_read(run, path, "dockerfile", &target)) {
		stk_audit_miss(run, STK_ASPECT_DOCKERFILE, STK_FMT " could not be read", STK_ARG(path));
		return;
	}
	struct stk_deployed_dockerfile *file = STK_PUSH(report->arena, &run->deployment->dockerfiles);
	*file = (struct stk_deployed_dockerfile){ .path = path,
						  .absolute = stk_audit_absolute(report->arena, path),
						  .target = target };
	read_context(run, path, file->absolute, &options);
	struct stk_dockerfile_context context = {
		.report = report,
		.target = target,
		.arena = report->arena,
		.file = stk_dockerfile_parse(report->arena, path, report->targets.v[target].text, &options.build_args),
		.options = &options,
	};
	file->facts = context.file;
	stk_dockerfile_check(&context);
	run->coverage.looked[STK_ASPECT_DOCKERFILE] = true;
}

void stk_audit_dockerfiles(struct stk_audit_run *run)
{
	const struct stk_strs *files = &run->found.found[STK_FOUND_DOCKERFILE];
	run->coverage.looked[STK_ASPECT_TRUST] = run->options->trusted_registries.n > 0;
	for (size_t i = 0; i < files->n; i++) {
		stk_audit_progress(run, files->v[i], i, files->n);
		look_at_dockerfile(run, files->v[i]);
	}
}

void stk_audit_workflows(struct stk_audit_run *run)
{
	const struct stk_strs *files = &run->found.found[STK_FOUND_WORKFLOW];
	for (size_t i = 0; i < files->n; i++) {
		struct stk_err err;
		struct stk_workflow workflow;
		enum stk_workflow_kind kind;
		size_t target;
		if (!stk_workflow_path(files->v[i], &kind) || !stk_audit_read(run, files->v[i], "workflow", &target))
			continue;
		if (stk_workflow_parse(run->report->arena, kind, files->v[i], run->report->targets.v[target].text,
				       &workflow, &err) < 0) {
			stk_report_gap(run->report, target, files->v[i],
				       stk_arena_str(run->report->arena, stk_str_from(err.msg)));
			stk_audit_miss(run, STK_ASPECT_WORKFLOW, STK_FMT " could not be read", STK_ARG(files->v[i]));
			continue;
		}
		stk_workflow_check(run->report, target, &workflow);
		run->coverage.looked[STK_ASPECT_WORKFLOW] = true;
	}
}
