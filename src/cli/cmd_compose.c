/* SPDX-License-Identifier: Apache-2.0 */
/* strake compose: checks and repairs Compose projects; `config` prints the canonical model as docker compose does. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose_facts.h"
#include "cli/config.h"
#include "cli/compose_input.h"
#include "compose/print.h"
#include "io/file.h"
#include "base/banned.h"

struct compose {
	struct stk_report_options report;
	struct stk_compose_arguments input;
	bool no_interpolate, no_normalize, no_path_resolution, no_consistency, no_env_resolution, all_resources;
	struct stk_strs harden;
	bool fix, fix_unsafe, diff, no_engine;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct compose, member, argument, help)

static const struct stk_option compose_options[] = {
	STK_COMPOSE_OPTIONS(struct compose, input),
	ROW(0, "fix", FLAG, fix, NULL, "apply the fixes that change nothing for a working program"),
	ROW(0, "fix-unsafe", FLAG, fix_unsafe, NULL, "apply all fixes: look at the services afterwards"),
	ROW(0, "harden", LIST, harden, "SERVICE|all",
	    "add the whole hardened block to these services where it is missing"),
	ROW(0, "diff", FLAG, diff, NULL, "show the fixes as a unified diff instead of writing them"),
	ROW(0, "no-engine", FLAG, no_engine, NULL, "do not ask the local engine about images"),
	ROW(0, "no-interpolate", FLAG, no_interpolate, NULL, "config: leave ${VARIABLES} as they are"),
	ROW(0, "no-normalize", FLAG, no_normalize, NULL, "config: without the default network and implied values"),
	ROW(0, "no-path-resolution", FLAG, no_path_resolution, NULL, "config: leave paths relative"),
	ROW(0, "no-consistency", FLAG, no_consistency, NULL, "config: do not check that what is referred to exists"),
	ROW(0, "no-env-resolution", FLAG, no_env_resolution, NULL,
	    "config: for compatibility; env_files are always read"),
	ROW(0, "all-resources", FLAG, all_resources, NULL, "config: also networks, volumes ... that no service uses"),
};

static void print_warnings(const struct stk_compose *project, bool quiet)
{
	for (size_t i = 0; i < project->warnings.n && !quiet; i++)
		stk_cli_say("strake: warning: " STK_FMT, STK_ARG(project->warnings.v[i]));
}

static int print_config(struct stk_cli *cli, const struct compose *context)
{
	struct stk_compose_options options;
	struct stk_compose *project;
	struct stk_err err;
	struct stk_str format = context->report.formats.n ? context->report.formats.v[0] : S("yaml");
	if (!stk_str_is(format, "yaml") && !stk_str_is(format, "json"))
		return stk_cli_usage(cli, "config prints yaml or json, not \"" STK_FMT "\"", STK_ARG(format));
	int status = stk_cli_compose_options(cli, &context->input, &options);
	if (status)
		return status;
	options.no_interpolate = context->no_interpolate;
	options.no_normalize = context->no_normalize;
	options.no_path_resolution = context->no_path_resolution;
	options.no_consistency = context->no_consistency;
	options.all_resources = context->all_resources;
	for (size_t i = 1; i < cli->n_arguments; i++)
		*STK_PUSH(cli->arena, &options.services) = stk_str_from(cli->arguments[i]);
	if (stk_compose_load(cli->arena, &options, &project, &err) < 0) {
		print_warnings(project, context->report.quiet);
		return stk_cli_error(&err);
	}
	print_warnings(project, context->report.quiet);
	STK_BUF out = stk_buf_new(STK_LIMIT_OUTPUT);
	if (stk_str_is(format, "json"))
		stk_compose_print_json(&out, project, !options.no_interpolate);
	else
		stk_compose_print_yaml(&out, project, !options.no_interpolate);
	if (!context->report.quiet)
		fwrite(out.p, 1, out.n, stdout);
	return STK_EXIT_CLEAN;
}

/* The fixes of --harden: what the guide's hardened block holds. */
static bool is_hardening(const struct stk_finding *finding)
{
	static const char *const ids[] = { "CMP-104", "CMP-105", "CMP-118", "CMP-120", "CMP-301", "CMP-302",
					   "CMP-401", "CMP-402", "CMP-403", "CMP-406", "CMP-407" };
	for (size_t i = 0; i < STK_LEN(ids); i++)
		if (stk_str_is(finding->id, ids[i]))
			return true;
	return false;
}

static void keep_hardening(const struct compose *context, struct stk_report *report)
{
	/* Other fixes stay only if --fix asks for them as well, and then the safe ones alone. */
	for (size_t i = 0; context->harden.n && i < report->findings.n; i++) {
		struct stk_finding *finding = &report->findings.v[i];
		bool wanted = stk_strs_has(&context->harden, S("all")) ||
			      stk_strs_has(&context->harden, finding->location.service);
		if (!wanted || !is_hardening(finding))
			finding->fix = finding->fix && finding->fix->safe && context->fix ? finding->fix : NULL;
	}
}

/* One project: what to load and what came of it. `read` is the reader from before fixes were
   tried. */
struct project {
	struct stk_compose_options options;
	struct stk_compose *loaded;
	const struct stk_fixed_file *fixed; /* texts that stand in for those on the disk while fixes are tried */
	size_t n_fixed;
	int (*read)(void *context, struct stk_arena *arena, const char *path, struct stk_str *out, struct stk_err *err);
};

static int read_fixed(void *context, struct stk_arena *arena, const char *path, struct stk_str *out,
		      struct stk_err *err)
{
	const struct project *project = context;
	/* Loading knows files by their absolute path, fixes by the name the user sees. */
	for (size_t i = 0; i < project->loaded->sources.n; i++)
		for (size_t k = 0; stk_str_is(project->loaded->sources.v[i]->path, path) && k < project->n_fixed; k++)
			if (stk_str_eq(project->fixed[k].name, project->loaded->sources.v[i]->name)) {
				*out = project->fixed[k].text;
				return 0;
			}
	return project->read(NULL, arena, path, out, err);
}

struct run {
	struct stk_cli *cli;
	const struct compose *context;
	struct stk_report report;
	struct stk_compose_machine machine;
	struct {
		struct project *v;
		size_t n, cap;
	} projects;
};

/* Fixed files must load, and nothing that Compose refuses or does not know may have come in. */
static int accept_fixes(void *context, const struct stk_fixed_file *files, size_t n, struct stk_err *err)
{
	struct run *run = context;
	for (size_t i = 0; i < run->projects.n; i++) {
		struct project *project = &run->projects.v[i];
		struct stk_compose_options options = project->options;
		struct stk_compose *after;
		project->fixed = files;
		project->n_fixed = n;
		options.read = read_fixed;
		options.read_context = project;
		if (stk_compose_load(run->cli->arena, &options, &after, err) < 0)
			return stk_within(err, "the fixes are not written, since the project would not load");
		if (after->refusals.n > project->loaded->refusals.n || after->unknown.n > project->loaded->unknown.n)
			return stk_fail(
				err, STK_EFORMAT,
				"the fixes are not written, since Docker Compose would refuse the project: " STK_FMT,
				STK_ARG(after->refusals.n ? after->refusals.v[after->refusals.n - 1].message
							  : S("an unknown key")));
	}
	return 0;
}

static void check_project(struct run *run, struct project *project, struct stk_str name)
{
	struct stk_err err;
	struct stk_arena *arena = run->cli->arena;
	/* A project that Compose would refuse is checked as far as it can be read: refusals are
	   findings. */
	project->options.lenient = true;
	if (stk_compose_load(arena, &project->options, &project->loaded, &err) < 0) {
		size_t target = stk_report_target(&run->report, name, "compose");
		stk_report_gap(&run->report, target, name, stk_arena_str(arena, stk_str_from(err.msg)));
		return;
	}
	const struct stk_compose *loaded = project->loaded;
	struct stk_compose_check check = { .report = &run->report,
					   .project = loaded,
					   .targets = STK_NEW(arena, size_t, loaded->sources.n),
					   .trusted_registries = run->cli->config->trusted_registries,
					   .image = stk_cli_compose_image,
					   .image_context = &run->machine,
					   .file = stk_cli_compose_file,
					   .file_context = &run->machine,
					   .harden = run->context->harden };
	for (size_t i = 0; i < loaded->sources.n; i++) {
		check.targets[i] = stk_report_target(&run->report, loaded->sources.v[i]->name, "compose");
		run->report.targets.v[check.targets[i]].text = loaded->sources.v[i]->text;
	}
	stk_compose_check(&check);
	print_warnings(loaded, run->context->report.quiet);
	*STK_PUSH(arena, &run->projects) = *project;
}

static int add_argument(struct run *run, const char *argument)
{
	struct project project = { 0 };
	struct stk_compose_arguments input = run->context->input;
	struct stk_arena *arena = run->cli->arena;
	bool folder = argument && stk_file_is_dir(argument);
	if (argument && !folder)
		*STK_PUSH(arena, &input.files) = stk_str_from(argument);
	int status = stk_cli_compose_options(run->cli, &input, &project.options);
	if (status)
		return status;
	if (folder)
		project.options.search = argument[0] == '/'
						 ? argument
						 : stk_arena_printf(arena, "%s/%s", project.options.directory,
								    strcmp(argument, ".") ? argument : "")
							   .p;
	project.read = project.options.read;
	check_project(run, &project, argument ? stk_str_from(argument) : input.files.n ? input.files.v[0] : S("."));
	return 0;
}

/* All projects are loaded before any is mended: a fix may touch a file that two of them use. */
static int check_all(struct stk_cli *cli, const struct compose *context)
{
	struct run run = { .cli = cli,
			   .context = context,
			   .report = stk_report_new(cli->arena),
			   .machine = { .arena = cli->arena, .no_engine = context->no_engine } };
	bool unsafe = context->fix_unsafe || context->harden.n;
	enum stk_fix_mode mode = unsafe ? STK_FIX_ALL : context->fix || context->diff ? STK_FIX_SAFE : STK_FIX_NONE;
	struct stk_err err;
	size_t n_applied;
	int status = cli->n_arguments ? 0 : add_argument(&run, NULL);
	for (size_t i = 0; i < cli->n_arguments && !status; i++)
		status = add_argument(&run, cli->arguments[i]);
	if (status)
		return status;
	keep_hardening(context, &run.report);
	if (stk_cli_fix_asking(&run.report, mode, context->diff, accept_fixes, &run, &n_applied, &err) < 0)
		return stk_cli_error(&err);
	return context->diff ? STK_EXIT_CLEAN : stk_cli_finish(cli, &context->report, &run.report);
}

static int compose_main(struct stk_cli *cli, void *context_)
{
	const struct compose *context = context_;
	if (cli->n_arguments && strcmp(cli->arguments[0], "config") == 0)
		return print_config(cli, context);
	return check_all(cli, context);
}

const struct stk_command stk_command_compose = {
	.name = "compose",
	.brief = "check Compose projects and repair them",
	.usage = "[OPTIONS] [FILE|FOLDER]... | [OPTIONS] config [SERVICE]...",
	.description = "Loads Compose projects as docker compose does - all files, variables, includes, profiles - and "
		       "checks what would run.\n"
		       "\"config\" prints the canonical model instead.",
	.examples = "strake compose\n    check the project of this folder\n"
		    "strake compose --fix-unsafe --diff deploy/\n    show what would be repaired\n"
		    "strake compose --harden web compose.yaml\n    add the hardened block to one service\n"
		    "strake compose -f compose.yaml -f prod.yaml config --format json\n    the merged model",
	.options = compose_options,
	.n_options = STK_LEN(compose_options),
	.context_size = sizeof(struct compose),
	.reports = true,
	.main = compose_main,
};
