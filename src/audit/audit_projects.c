/* SPDX-License-Identifier: Apache-2.0 */
/* Compose projects and the reachability that follows from them. */
#include "audit/audit_private.h"

#include "base/limits.h"
#include "compose/load.h"
#include "compose/network.h"
#include "network/draw.h"
#include "base/banned.h"

static int read_text(void *context, struct stk_arena *arena, const char *path, struct stk_str *out, struct stk_err *err)
{
	return stk_audit_text_of(context, arena, stk_str_from(path), out, err);
}

/* With all profiles on and leniently, so that every service is looked at and what is wrong becomes a finding. */
static const struct stk_compose *load(struct stk_audit_run *run, struct stk_str path, struct stk_err *err)
{
	struct stk_arena *arena = run->report->arena;
	struct stk_compose *project;
	struct stk_str absolute = stk_audit_absolute(arena, path);
	/* From the folder on, Compose finds the file with its override, .env and name by itself. */
	size_t slash = stk_str_rfind_byte(absolute, '/');
	struct stk_compose_options options = {
		.lenient = true,
		.environment = run->options->environment,
		.read = read_text,
		.read_context = (void *)(uintptr_t)run->options,
		.directory = stk_arena_str(arena, stk_audit_absolute(arena, S("."))).p,
		.search = stk_arena_str(arena, stk_str_slice(absolute, 0, slash == SIZE_MAX ? 0 : slash)).p,
	};
	*STK_PUSH(arena, &options.profiles) = S("*");
	return stk_compose_load(arena, &options, &project, err) < 0 ? NULL : project;
}

static void add_drawing(struct stk_audit_run *run, struct stk_str path, const struct stk_net *net)
{
	STK_BUF svg = stk_buf_new(STK_MIB(64));
	stk_net_draw_svg(net, &svg);
	*STK_PUSH(run->report->arena, &run->report->drawings) = (struct stk_drawing){
		stk_arena_printf(run->report->arena, "Who reaches whom in " STK_FMT, STK_ARG(path)),
		stk_arena_str(run->report->arena, stk_buf_str(&svg)),
	};
}

/* What runs is not known here, so the engine is taken to be a current one. */
static void look_at_network(struct stk_audit_run *run, struct stk_deployed_project *project)
{
	struct stk_net *net = STK_NEW(run->report->arena, struct stk_net, 1);
	net->arena = run->report->arena;
	net->engine = stk_net_engine_default(28, 0);
	stk_compose_network_model(project->model, net);
	project->net = net;
	stk_net_judge(net, run->report, project->target);
	for (size_t i = 0; i < run->options->assertions.n; i++)
		stk_net_assert(net, run->report, project->target, run->options->assertions.v[i].text,
			       &run->options->assertions.v[i].place);
	add_drawing(run, project->path, net);
	run->coverage.looked[STK_ASPECT_NETWORK] = true;
	run->coverage.looked[STK_ASPECT_ASSERTIONS] |= run->options->assertions.n > 0;
}

static void check_project(struct stk_audit_run *run, const struct stk_compose *model, size_t *targets)
{
	struct stk_compose_check check = {
		.report = run->report,
		.project = model,
		.targets = targets,
		.trusted_registries = run->options->trusted_registries,
		.image = run->options->compose_image,
		.image_context = run->options->compose_image_context,
		.file = run->options->compose_file,
		.file_context = run->options->compose_file_context,
		.harden = run->options->harden,
	};
	stk_compose_check(&check);
}

static void look_at_project(struct stk_audit_run *run, struct stk_str path)
{
	struct stk_report *report = run->report;
	struct stk_err err;
	const struct stk_compose *model = load(run, path, &err);
	if (!model) {
		size_t target = stk_report_target(report, path, "compose");
		stk_report_gap(report, target, path, stk_arena_str(report->arena, stk_str_from(err.msg)));
		stk_audit_miss(run, STK_ASPECT_COMPOSE, STK_FMT " could not be loaded", STK_ARG(path));
		stk_audit_miss(run, STK_ASPECT_NETWORK, STK_FMT " could not be loaded", STK_ARG(path));
		return;
	}
	size_t *targets = STK_NEW(report->arena, size_t, model->sources.n + 1);
	for (size_t i = 0; i < model->sources.n; i++) {
		targets[i] = stk_report_target(report, model->sources.v[i]->name, "compose");
		report->targets.v[targets[i]].text = model->sources.v[i]->text;
	}
	struct stk_deployed_project *project = STK_PUSH(report->arena, &run->deployment->projects);
	*project =
		(struct stk_deployed_project){ .path = path, .model = model, .target = targets[0], .targets = targets };
	check_project(run, model, targets);
	look_at_network(run, project);
	run->coverage.looked[STK_ASPECT_COMPOSE] = true;
}

void stk_audit_projects(struct stk_audit_run *run)
{
	const struct stk_strs *files = &run->found.found[STK_FOUND_COMPOSE];
	for (size_t i = 0; i < files->n; i++) {
		stk_audit_progress(run, files->v[i], i, files->n);
		look_at_project(run, files->v[i]);
	}
}
