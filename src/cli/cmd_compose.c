/* SPDX-License-Identifier: Apache-2.0 */
/* strake compose: checks and repairs Compose projects; `config` prints the canonical model as docker compose does. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose_input.h"
#include "compose/print.h"
#include "base/banned.h"

struct compose {
	struct stk_report_options report;
	struct stk_compose_arguments input;
	bool no_interpolate, no_normalize, no_path_resolution, no_consistency, no_env_resolution, all_resources;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct compose, member, argument, help)

static const struct stk_option compose_options[] = {
	STK_COMPOSE_OPTIONS(struct compose, input),
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
		fprintf(stderr, "strake: warning: " STK_FMT "\n", STK_ARG(project->warnings.v[i]));
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

static int compose_main(struct stk_cli *cli, void *context_)
{
	struct compose *context = context_;
	if (cli->n_arguments && strcmp(cli->arguments[0], "config") == 0)
		return print_config(cli, context);
	return stk_cli_usage(cli, "say config");
}

const struct stk_command stk_command_compose = {
	.name = "compose",
	.brief = "check Compose projects and repair them",
	.usage = "[OPTIONS] [FILE|FOLDER]... | [OPTIONS] config [SERVICE]...",
	.description = "Loads Compose projects as docker compose does - all files, variables, includes, profiles - and "
		       "checks what would run.\n"
		       "\"config\" prints the canonical model instead.",
	.examples = "strake compose -f compose.yaml -f prod.yaml config --format json\n    the merged model",
	.options = compose_options,
	.n_options = STK_LEN(compose_options),
	.context_size = sizeof(struct compose),
	.reports = true,
	.main = compose_main,
};
