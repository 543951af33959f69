/* SPDX-License-Identifier: Apache-2.0 */
/* What each build would send. */
#include "audit/audit_private.h"

#include <unistd.h>

#include "audit/context_copies.h"
#include "base/limits.h"
#include "base/banned.h"

/* A folder that is sent, and the Dockerfiles that are built from it. */
struct built {
	struct stk_str folder;
	struct stk_context_copies copies;
	struct stk_str dockerfile;
};
struct builds {
	struct built *v;
	size_t n, cap;
};

/* One walk for each folder, however many Dockerfiles are built from it. */
static struct built *build_of(struct stk_arena *arena, struct builds *list, struct stk_str folder)
{
	for (size_t i = 0; i < list->n; i++)
		if (stk_str_eq(list->v[i].folder, folder))
			return &list->v[i];
	struct built *built = STK_PUSH(arena, list);
	built->folder = folder;
	return built;
}

static void add_dockerfile(struct stk_audit_run *run, struct builds *list, const struct stk_deployed_dockerfile *file,
			   struct stk_str folder)
{
	struct built *built = build_of(run->report->arena, list, folder);
	built->dockerfile = file->path;
	stk_context_copies_of(run->report->arena, file->facts, &built->copies);
}

/* With the folder that Compose names, else with its own. */
static void collect(struct stk_audit_run *run, struct builds *list)
{
	const struct stk_deployment *d = run->deployment;
	for (size_t f = 0; f < d->dockerfiles.n; f++) {
		const struct stk_deployed_dockerfile *file = &d->dockerfiles.v[f];
		bool named = false;
		for (size_t p = 0; p < d->projects.n; p++)
			for (size_t s = 0; s < d->projects.v[p].model->services.n; s++) {
				const struct stk_compose_service *service = &d->projects.v[p].model->services.v[s];
				struct stk_str folder = stk_build_folder(run->report->arena, service, file->absolute);
				if (!folder.n)
					continue;
				named = true;
				add_dockerfile(run, list, file, folder);
			}
		if (!named)
			add_dockerfile(run, list, file,
				       stk_str_slice(file->absolute, 0, stk_str_rfind_byte(file->absolute, '/')));
	}
}

/* As the user would write it: from the folder of the run on, where that is above it. */
static struct stk_str shown(struct stk_arena *arena, struct stk_str folder)
{
	struct stk_str here = stk_audit_absolute(arena, S("."));
	if (stk_str_eq(here, folder))
		return S(".");
	if (stk_str_starts(folder, here) && folder.p[here.n] == '/')
		return stk_str_slice(folder, here.n + 1, folder.n);
	return folder;
}

static void look_at_context(struct stk_audit_run *run, struct built *built)
{
	struct stk_report *report = run->report;
	struct stk_arena *arena = report->arena;
	struct stk_err err;
	struct stk_str root = shown(arena, built->folder), text = S("");
	struct stk_str own = stk_arena_join(arena, built->dockerfile, S(".dockerignore"));
	struct stk_str common = stk_str_is(root, ".")
					? S(".dockerignore")
					: stk_arena_printf(arena, STK_FMT "/.dockerignore", STK_ARG(root));
	bool is_own = stk_audit_text_of(run->options, arena, own, &text, &err) == 0;
	bool exists = is_own || stk_audit_text_of(run->options, arena, common, &text, &err) == 0;
	struct stk_context *context = STK_NEW(arena, struct stk_context, 1);
	size_t target = stk_report_target(report, is_own ? own : common, "context");
	if (stk_context_walk(arena, root, is_own ? own : common, exists, text, context, &err) < 0) {
		stk_report_gap(report, target, root, stk_arena_str(arena, stk_str_from(err.msg)));
		stk_audit_miss(run, STK_ASPECT_CONTEXT, STK_FMT " could not be read", STK_ARG(root));
		return;
	}
	context->ignore_is_own = is_own;
	report->targets.v[target].text = text;
	for (size_t i = 0; i < context->gaps.n; i++)
		stk_report_gap(report, target, context->gaps.v[i].what, context->gaps.v[i].why);
	struct stk_context_check check = {
		.context = context, .copies = &built->copies, .huge = STK_MIB(50), .report = report, .target = target
	};
	stk_context_judge(&check);
	run->coverage.looked[STK_ASPECT_CONTEXT] = true;
}

void stk_audit_contexts(struct stk_audit_run *run)
{
	struct builds list = { 0 };
	collect(run, &list);
	for (size_t i = 0; i < list.n; i++)
		look_at_context(run, &list.v[i]);
}
