/* SPDX-License-Identifier: Apache-2.0 */
/* strake dockerfile: lints Dockerfiles and repairs them. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/commands.h"
#include "dockerfile/rules.h"
#include "io/file.h"
#include "base/banned.h"

struct dockerfile {
	struct stk_report_options report;
	struct stk_strs build_args;  /* NAME=VALUE */
	const char *compat;
	bool all_rules, shellcheck, no_shellcheck, fix, fix_unsafe, diff;
};

static const struct stk_option dockerfile_options[] = {
	STK_OPT(0, "build-arg", MANY, struct dockerfile, build_args, "NAME=VALUE", "a value for an ARG, as for docker build"),
	STK_OPT(0, "compat", TEXT, struct dockerfile, compat, "TOOL", "report what hadolint or buildkit (docker build --check) would"),
	STK_OPT(0, "all-rules", FLAG, struct dockerfile, all_rules, NULL, "also rules that are off by default"),
	STK_OPT(0, "shellcheck", FLAG, struct dockerfile, shellcheck, NULL, "fail when the shellcheck program is missing"),
	STK_OPT(0, "no-shellcheck", FLAG, struct dockerfile, no_shellcheck, NULL, "leave ShellCheck's findings out"),
	STK_OPT(0, "fix", FLAG, struct dockerfile, fix, NULL, "apply the safe fixes"),
	STK_OPT(0, "fix-unsafe", FLAG, struct dockerfile, fix_unsafe, NULL, "apply all fixes"),
	STK_OPT(0, "diff", FLAG, struct dockerfile, diff, NULL, "show the fixes as a unified diff instead of writing them"),
};

static void dockerfile_defaults(void *context_)
{
	struct dockerfile *context = context_;
	context->report.exit_code = STK_EXIT_FINDINGS;
}

static int read_compat(struct stk_cli *cli, const struct dockerfile *context, struct stk_dockerfile_options *options)
{
	if (!context->compat)
		return 0;
	if (strcmp(context->compat, "hadolint") == 0)
		options->compat = STK_COMPAT_HADOLINT;
	else if (strcmp(context->compat, "buildkit") == 0)
		options->compat = STK_COMPAT_BUILDKIT;
	else
		return stk_cli_usage(cli, "--compat takes hadolint or buildkit, not \"%s\"", context->compat);
	return 0;
}

static void read_build_args(struct stk_cli *cli, const struct dockerfile *context, struct stk_dockerfile_options *options)
{
	for (size_t i = 0; i < context->build_args.n; i++) {
		struct stk_str value = context->build_args.v[i], name = stk_str_cut(&value, '=');
		*STK_PUSH(cli->arena, &options->build_args) = (struct stk_variable){ name, value };
	}
}

/* The folder's .dockerignore, or the file's own (NAME.dockerignore), which counts before it. */
static void read_dockerignore(struct stk_arena *arena, struct stk_str path, struct stk_dockerfile_options *options)
{
	struct stk_err err;
	size_t slash = stk_str_rfind_byte(path, '/');
	struct stk_str folder = stk_str_slice(path, 0, slash == SIZE_MAX ? 0 : slash + 1);
	struct stk_str own = stk_arena_printf(arena, STK_FMT ".dockerignore", STK_ARG(path));
	struct stk_str common = stk_arena_printf(arena, STK_FMT ".dockerignore", STK_ARG(folder));
	options->has_context = !stk_str_is(path, "-");
	options->has_dockerignore =
		options->has_context && (stk_file_read(arena, own.p, STK_LIMIT_TEXT_FILE, &options->dockerignore, &err) == 0 ||
					 stk_file_read(arena, common.p, STK_LIMIT_TEXT_FILE, &options->dockerignore, &err) == 0);
}

static void lint_file(struct stk_report *report, struct stk_str path, struct stk_dockerfile_options *options)
{
	struct stk_err err;
	struct stk_str text;
	size_t target = stk_report_target(report, path, "dockerfile");
	if (stk_file_read(report->arena, path.p, STK_LIMIT_TEXT_FILE, &text, &err) < 0) {
		stk_report_gap(report, target, path, stk_arena_str(report->arena, stk_str_from(err.msg)));
		return;
	}
	report->targets.v[target].text = text;
	read_dockerignore(report->arena, path, options);
	struct stk_dockerfile_context context = {
		.report = report,
		.target = target,
		.arena = report->arena,
		.file = stk_dockerfile_parse(report->arena, path, text, &options->build_args),
		.options = options,
	};
	stk_dockerfile_check(&context);
}

static int dockerfile_main(struct stk_cli *cli, void *context_)
{
	struct dockerfile *context = context_;
	struct stk_report report = stk_report_new(cli->arena);
	struct stk_dockerfile_options options = { .all_rules = context->all_rules, .now = stk_time_now() };
	int status = read_compat(cli, context, &options);
	if (status)
		return status;
	if (!cli->n_arguments)
		return stk_cli_usage(cli, "name a Dockerfile, a folder, or - for standard input");
	read_build_args(cli, context, &options);
	for (size_t i = 0; i < cli->n_arguments; i++)
		lint_file(&report, stk_str_from(cli->arguments[i]), &options);
	enum stk_fix_mode mode = context->fix_unsafe ? STK_FIX_ALL : context->fix || context->diff ? STK_FIX_SAFE : STK_FIX_NONE;
	struct stk_err err;
	size_t n_applied;
	if (stk_cli_fix(&report, mode, context->diff, &n_applied, &err) < 0)
		return stk_cli_error(&err);
	return stk_cli_finish(cli, &context->report, &report);
}

const struct stk_command stk_command_dockerfile = {
	.name = "dockerfile",
	.brief = "lint Dockerfiles and repair them",
	.usage = "[OPTIONS] FILE|FOLDER|-...",
	.description = "Checks Dockerfiles with the rules of Hadolint, BuildKit and Trivy and with its own, and repairs what can be repaired.",
	.examples = "strake dockerfile Dockerfile\n    lint one file\n"
		    "strake dockerfile --fix .\n    repair all Dockerfiles of a folder\n"
		    "strake dockerfile --compat hadolint Dockerfile\n    what Hadolint would say",
	.options = dockerfile_options,
	.n_options = STK_LEN(dockerfile_options),
	.context_size = sizeof(struct dockerfile),
	.reports = true,
	.defaults = dockerfile_defaults,
	.main = dockerfile_main,
};
