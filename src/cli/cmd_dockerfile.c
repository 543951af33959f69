/* SPDX-License-Identifier: Apache-2.0 */
/* strake dockerfile: lints Dockerfiles and repairs them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/dockerfiles.h"
#include "cli/hadolint_options.h"
#include "cli/pins.h"
#include "cli/shellcheck.h"
#include "dockerfile/fix.h"
#include "dockerfile/rules_hadolint.h"
#include "io/file.h"
#include "text/edit.h"
#include "base/banned.h"

struct dockerfile {
	struct stk_report_options report;
	struct stk_strs build_args; /* NAME=VALUE */
	const char *compat;
	struct stk_hadolint_options hadolint;
	struct stk_pin_options pin;
	bool all_rules, shellcheck, no_shellcheck, fix, fix_unsafe, diff;
};

static const struct stk_option dockerfile_options[] = {
	STK_OPT(0, "build-arg", MANY, struct dockerfile, build_args, "NAME=VALUE",
		"a value for an ARG, as for docker build"),
	STK_OPT(0, "compat", TEXT, struct dockerfile, compat, "TOOL",
		"report what hadolint or buildkit (docker build --check) would"),
	STK_OPT(0, "all-rules", FLAG, struct dockerfile, all_rules, NULL, "also rules that are off by default"),
	STK_OPT(0, "shellcheck", FLAG, struct dockerfile, shellcheck, NULL,
		"fail when the shellcheck program is missing"),
	STK_OPT(0, "no-shellcheck", FLAG, struct dockerfile, no_shellcheck, NULL, "leave ShellCheck's findings out"),
	STK_OPT(0, "fix", FLAG, struct dockerfile, fix, NULL, "apply the safe fixes"),
	STK_OPT(0, "fix-unsafe", FLAG, struct dockerfile, fix_unsafe, NULL, "apply all fixes"),
	STK_OPT(0, "diff", FLAG, struct dockerfile, diff, NULL,
		"show the fixes as a unified diff instead of writing them"),
	STK_PIN_ROWS(struct dockerfile, pin),
	STK_HADOLINT_ROWS(struct dockerfile, hadolint),
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

static void read_build_args(struct stk_cli *cli, const struct dockerfile *context,
			    struct stk_dockerfile_options *options)
{
	for (size_t i = 0; i < context->build_args.n; i++) {
		struct stk_str value = context->build_args.v[i], name = stk_str_cut(&value, '=');
		*STK_PUSH(cli->arena, &options->build_args) = (struct stk_variable){ name, value };
	}
}

struct ignore_file {
	struct stk_str path, text;
	bool exists;
};

static void read_ignore_file(struct stk_arena *arena, struct stk_str stem, struct ignore_file *file)
{
	struct stk_err err;
	file->path = stk_arena_join(arena, stem, S(".dockerignore"));
	file->exists = stk_file_exists(file->path.p) &&
		       stk_file_read(arena, file->path.p, STK_LIMIT_TEXT_FILE, &file->text, &err) == 0;
}

struct run {
	struct stk_cli *cli;
	const struct dockerfile *context;
	struct stk_dockerfile_options *options;
	const struct stk_dockerfile_plan *plan;
	struct stk_report *report;
	struct {
		struct stk_dockerfile_context **v;
		size_t n, cap;
	} contexts; /* one a file */
	struct stk_shellcheck_scripts scripts;
	bool scripts_left_out;
	struct stk_arena scratch; /* for one file after another, where nobody asks for their facts later */
	struct stk_pinning pinning;
	struct ignore_file folders; /* the .dockerignore of the folder that was last looked at */
};

/* The folder's .dockerignore, or the file's own (NAME.dockerignore), which counts before it. */
static void read_dockerignore(struct run *run, struct stk_str path)
{
	struct stk_dockerfile_options *options = run->options;
	struct stk_str folder = stk_str_through_last(path, '/');
	options->has_context = !stk_str_is(path, "-");
	options->has_dockerignore = false;
	if (!options->has_context)
		return;
	/* BuildKit takes NAME.dockerignore beside the Dockerfile before the folder's
	   .dockerignore, which is read once for many Dockerfiles in a row. */
	struct ignore_file own = { 0 };
	read_ignore_file(run->report->arena, path, &own);
	if (!run->folders.path.n || !stk_str_eq(stk_str_strip_suffix(run->folders.path, S(".dockerignore")), folder))
		read_ignore_file(run->report->arena, folder, &run->folders);
	options->has_dockerignore = own.exists || run->folders.exists;
	options->dockerignore = own.exists ? own.text : run->folders.text;
}

static bool asks_shellcheck(const struct run *run)
{
	return !run->context->no_shellcheck && run->options->compat != STK_COMPAT_BUILDKIT;
}

/* What the facts of the next file go on. ShellCheck's findings come after the last file and need the facts of all. */
static struct stk_arena *arena_for_facts(struct run *run)
{
	if (asks_shellcheck(run))
		return run->report->arena;
	stk_arena_reset(&run->scratch);
	return &run->scratch;
}

/* Shows or writes what the fixes make of the file; *text becomes the mended text when it was written. */
static int mend(struct run *run, struct stk_str path, struct stk_str *text, struct stk_err *err)
{
	const struct dockerfile *context = run->context;
	if (!context->fix && !context->fix_unsafe && !context->diff)
		return 0;
	struct stk_dockerfile_fixed fixed =
		stk_dockerfile_fix(run->report->arena, path, *text, run->options, context->fix_unsafe);
	bool filters = stk_str_is(path, "-") && !context->diff; /* standard input goes on, mended or not */
	if (stk_str_eq(fixed.text, *text) && !filters)
		return 0;
	if (context->diff) {
		STK_BUF out = stk_buf_new(STK_LIMIT_OUTPUT);
		stk_diff_unified(&out, path, *text, fixed.text, stk_cli_color(context->report.color, STDOUT_FILENO));
		fwrite(out.p, 1, out.n, stdout);
		return 0;
	}
	if (stk_str_is(path, "-"))
		fwrite(fixed.text.p, 1, fixed.text.n, stdout);
	else if (stk_file_replace(path.p, fixed.text, err) < 0)
		return -1;
	*text = fixed.text;
	return 0;
}

static int lint_file(struct run *run, struct stk_str path, struct stk_err *err)
{
	struct stk_report *report = run->report;
	struct stk_str text;
	size_t target = stk_report_target(report, path, "dockerfile");
	if (stk_file_read(report->arena, path.p, STK_LIMIT_TEXT_FILE, &text, err) < 0) {
		stk_report_gap(report, target, path, stk_arena_str(report->arena, stk_str_from(err->msg)));
		return 0;
	}
	read_dockerignore(run, path);
	if (stk_cli_pins(report->arena, &run->context->pin, path, text, run->options, &run->pinning, report, err) < 0)
		return -1;
	/* Fixes first, so that what is reported is what is left. */
	if (mend(run, path, &text, err) < 0)
		return -1;
	report->targets.v[target].text = text;
	struct stk_arena *arena = arena_for_facts(run);
	struct stk_dockerfile_context *context = STK_NEW(arena, struct stk_dockerfile_context, 1);
	*context = (struct stk_dockerfile_context){
		.report = report,
		.target = target,
		.arena = arena,
		.file = stk_dockerfile_parse(arena, path, text, &run->options->build_args),
		.options = run->options,
		.plan = run->plan,
	};
	stk_dockerfile_check(context);
	if (asks_shellcheck(run)) {
		*STK_PUSH(report->arena, &run->contexts) = context;
		run->scripts_left_out |= !stk_shellcheck_collect(context, &run->scripts);
	}
	return 0;
}

static void notice(struct stk_report *report, const char *text)
{
	*STK_PUSH(report->arena, &report->notices) = stk_arena_str(report->arena, stk_str_from(text));
}

/* ShellCheck is asked once, for all files. Where it is not installed its findings are missing, which a line says. */
static int ask_shellcheck(struct run *run, struct stk_err *err)
{
	if (run->scripts_left_out)
		stk_report_gap(run->report, 0, S("shellcheck"), S("the RUN instructions together are too large"));
	size_t first = run->report->findings.n;
	if (stk_cli_shellcheck(run->report, &run->scripts, err) == 0) {
		for (size_t i = 0; i < run->contexts.n; i++)
			stk_hadolint_pragmas(run->contexts.v[i], first);
		return 0;
	}
	if (err->code != STK_ENOTFOUND)
		return -1;
	if (run->context->shellcheck)
		return stk_hint(err, "install it, or leave out --shellcheck");
	notice(run->report, "shellcheck is not installed: the shell text of RUN was not checked by it");
	return 0;
}

/* A diff, or a mended standard input, has standard output for itself unless a format is asked for. */
static int finish(struct run *run)
{
	struct stk_report_options options = run->context->report;
	/* Standard output holds the diff or the mended file, so a report goes there only if it
	   is asked for. */
	bool taken = run->context->diff || ((run->context->fix || run->context->fix_unsafe) &&
					    stk_str_is(stk_str_from(run->cli->arguments[0]), "-"));
	if (taken && !options.formats.n && !options.outputs.n)
		*STK_PUSH(run->cli->arena, &options.outputs) = S("/dev/null"); /* written to in place */
	return stk_cli_finish(run->cli, &options, run->report);
}

static int dockerfile_main(struct stk_cli *cli, void *context_)
{
	struct dockerfile *context = context_;
	struct stk_report report = stk_report_new(cli->arena);
	struct stk_dockerfile_options options = { .all_rules = context->all_rules, .now = stk_time_now() };
	struct stk_hadolint_settings settings;
	struct stk_ignores ignores = { 0 };
	struct stk_err err;
	int status = read_compat(cli, context, &options);
	if (!status)
		status = stk_cli_pins_check(cli, &context->pin);
	if (!status)
		status = stk_hadolint_options_apply(cli, &context->hadolint, &context->report, &options, &settings);
	if (status)
		return status;
	if (!cli->n_arguments)
		return stk_cli_usage(cli, "name a Dockerfile, a folder, or - for standard input");
	read_build_args(cli, context, &options);
	if (stk_cli_ignores(cli, &context->report, &ignores, NULL, &err) < 0)
		return stk_cli_error(&err);
	options.ignores = &ignores;
	struct run run = { .cli = cli,
			   .context = context,
			   .options = &options,
			   .plan = stk_dockerfile_plan(cli->arena, &options),
			   .report = &report };
	struct stk_strs files = { 0 };
	for (size_t i = 0; i < cli->n_arguments; i++)
		if (stk_dockerfiles_find(cli, stk_str_from(cli->arguments[i]), &report, &files, &err) < 0)
			return stk_cli_error(&err);
	/* One file after another: a file that cannot be read is a gap, a file that cannot be
	   written ends the run. */
	int linted = 0;
	for (size_t i = 0; i < files.n && linted == 0; i++)
		linted = lint_file(&run, files.v[i], &err);
	stk_arena_free(&run.scratch);
	if (linted < 0)
		return stk_cli_error(&err);
	if (ask_shellcheck(&run, &err) < 0)
		return stk_cli_error(&err);
	stk_hadolint_options_finish(&context->hadolint, &settings, &context->report, &report);
	return finish(&run);
}

const struct stk_command stk_command_dockerfile = {
	.name = "dockerfile",
	.brief = "lint Dockerfiles and repair them",
	.usage = "[OPTIONS] FILE|FOLDER|-...",
	.description =
		"Checks Dockerfiles with the rules of Hadolint, BuildKit and Trivy and with its own, and repairs what can be repaired.",
	.examples =
		"strake dockerfile Dockerfile\n    lint one file\n"
		"strake dockerfile --fix .\n    repair all Dockerfiles of a folder\n"
		"strake dockerfile --fix --pin registry .\n    and pin base images to the digests their tags have now\n"
		"strake dockerfile --compat hadolint Dockerfile\n    what Hadolint would say",
	.options = dockerfile_options,
	.n_options = STK_LEN(dockerfile_options),
	.context_size = sizeof(struct dockerfile),
	.reports = true,
	.reads_config = true,
	.defaults = dockerfile_defaults,
	.main = dockerfile_main,
};
