/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of every reporting command: ignores, filters, renderers, exit status. The order is
 * part of what users see: settings are checked before anything is printed; ignores before
 * filters, so that an expired one counts; concealing last, since fixes and excerpts have had
 * the texts by then; gaps win over findings in the exit status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/environment.h"
#include "io/file.h"
#include "report/format.h"
#include "report/hadolint_order.h"
#include "secret/baseline.h"
#include "text/nearest.h"
#include "base/banned.h"

enum { PIPE_WIDTH = 120, NARROWEST = 40 };

/* Shells export $COLUMNS on request; a pipe gets a width that logs can take. */
size_t stk_cli_width(void)
{
	struct winsize size = { 0 };
	const char *columns = getenv("COLUMNS");
	uint64_t width = 0;
	if (columns && stk_str_u64(stk_str_from(columns), 10, &width) && width && width < 10000)
		return width < NARROWEST ? NARROWEST : (size_t)width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col < NARROWEST ? NARROWEST : size.ws_col;
	return PIPE_WIDTH;
}

/* One of --format's values: a format, and the file it goes to ("-" for standard output). */
struct wanted {
	const struct stk_format *format;
	const struct stk_command_format *own;
	struct stk_str file;
};
struct wanted_list {
	struct wanted *v;
	size_t n, cap;
};

/* The format of this name: the command's own, else everybody's. False when there is none. */
static bool find_format(const struct stk_cli *cli, struct stk_str name, struct wanted *out)
{
	for (size_t i = 0; i < cli->command->n_formats; i++)
		if (stk_str_is(name, cli->command->formats[i].name)) {
			out->own = &cli->command->formats[i];
			return true;
		}
	out->format = stk_format_find(name);
	return out->format != NULL;
}

static int unknown_format(const struct stk_cli *cli, struct stk_str name)
{
	struct stk_strs known = { 0 };
	for (size_t k = 0; k < cli->command->n_formats; k++)
		*STK_PUSH(cli->arena, &known) = stk_str_from(cli->command->formats[k].name);
	for (size_t k = 0; k < stk_n_formats; k++) {
		struct wanted wanted = { 0 };
		if (find_format(cli, stk_str_from(stk_formats[k].name), &wanted) && !wanted.own)
			*STK_PUSH(cli->arena, &known) = stk_str_from(stk_formats[k].name);
	}
	struct stk_str near = stk_nearest(name, &known);
	if (near.n)
		return stk_cli_usage(cli, "unknown format \"" STK_FMT "\"; did you mean \"" STK_FMT "\"?",
				     STK_ARG(name), STK_ARG(near));
	STK_BUF list = stk_buf_new(STK_KIB(4));
	for (size_t k = 0; k < known.n; k++)
		stk_buf_printf(&list, "%s" STK_FMT, k ? ", " : "", STK_ARG(known.v[k]));
	return stk_cli_usage(cli, "unknown format \"" STK_FMT "\": " STK_FMT, STK_ARG(name),
			     STK_ARG(stk_buf_str(&list)));
}

static struct stk_str output(const struct stk_report_options *options, size_t i)
{
	return i < options->outputs.n ? options->outputs.v[i] : S("-");
}

/* Formats and outputs in pairs; what has no output goes to standard output, one at most. Outputs without a format are
 * for people. */
static int choose_formats(struct stk_cli *cli, const struct stk_report_options *options, struct wanted_list *out)
{
	size_t used = 0; /* outputs, and then standard output */
	for (size_t i = 0; i < options->formats.n; i++) {
		struct stk_str file = options->formats.v[i], name = stk_str_cut(&file, '=');
		struct wanted wanted = { .file = file.n ? stk_arena_str(cli->arena, file) : output(options, used) };
		if (!find_format(cli, name, &wanted))
			return unknown_format(cli, name);
		if (!file.n && used > options->outputs.n && !options->like_hadolint)
			return stk_cli_usage(cli,
					     "only one format can go to one place; write --format " STK_FMT "=FILE",
					     STK_ARG(name));
		used += !file.n;
		*STK_PUSH(cli->arena, out) = wanted;
	}
	while (!out->n || used < options->outputs.n) {
		struct wanted wanted = { .file = output(options, used++) };
		find_format(cli, options->like_hadolint ? S("tty") : S("table"), &wanted);
		*STK_PUSH(cli->arena, out) = wanted;
	}
	return 0;
}

static int choose_line(struct stk_cli *cli, const struct stk_report_options *options, struct stk_line *line)
{
	*line = cli->config->line;
	line->ignore_unfixed |= options->ignore_unfixed;
	if (options->fail_on && !stk_line_set(line, stk_str_from(options->fail_on)))
		return stk_cli_usage(cli, "--fail-on takes critical, high, medium, low, info or none, not \"%s\"",
				     options->fail_on);
	/* --severity replaces what the settings show. */
	for (size_t i = 0; options->severities.n && i < STK_SEV_COUNT; i++)
		line->hidden[i] = true;
	for (size_t i = 0; i < options->severities.n; i++) {
		enum stk_severity severity;
		if (!stk_severity_parse(options->severities.v[i], &severity))
			return stk_cli_usage(
				cli,
				"--severity takes critical, high, medium, low, info and unknown, not \"" STK_FMT "\"",
				STK_ARG(options->severities.v[i]));
		line->hidden[severity] = false;
	}
	if (options->exit_code < 0 || options->exit_code > 255)
		return stk_cli_usage(cli, "--exit-code takes 0 to 255");
	return 0;
}

static int write_one(const struct stk_cli *cli, const struct wanted *wanted, const struct stk_report *report,
		     const struct stk_report_options *options, struct stk_err *err)
{
	STK_BUF text = stk_buf_new(STK_LIMIT_OUTPUT);
	bool to_stdout = stk_str_is(wanted->file, "-");
	struct stk_render_options how = {
		.color = stk_cli_color(options->color, to_stdout ? STDOUT_FILENO : -1),
		.links = to_stdout && isatty(STDOUT_FILENO) && stk_cli_color(options->color, STDOUT_FILENO),
		.width = stk_cli_width(),
		.show_suppressed = options->show_suppressed,
		.details = options->details,
		.like_hadolint = options->like_hadolint,
	};
	if (wanted->own)
		wanted->own->render(cli->subject, report, &how, &text);
	else
		wanted->format->render(report, &how, &text);
	if (text.overflow)
		return stk_fail(err, STK_ELIMIT, "the report is larger than 1 GiB");
	/* Written as a whole or not at all; color is off, since -1 is no terminal. */
	if (!to_stdout)
		return stk_file_replace(wanted->file.p, stk_buf_str(&text), err);
	if (text.n)
		fwrite(text.p, 1, text.n, stdout);
	return 0;
}

static void print_notices(const struct stk_report *report, const struct stk_report_options *options)
{
	for (size_t i = 0; i < report->notices.n && !options->quiet; i++)
		stk_cli_say("strake: " STK_FMT, STK_ARG(report->notices.v[i]));
	/* Formats for machines may not show what was missed, so people hear of it here too. */
	for (size_t i = 0; i < report->incomplete.n; i++)
		stk_cli_say("strake: not scanned: " STK_FMT ": " STK_FMT, STK_ARG(report->incomplete.v[i].what),
			    STK_ARG(report->incomplete.v[i].why));
}

int stk_cli_settle(struct stk_cli *cli, const struct stk_report_options *options, struct stk_report *report)
{
	struct stk_err err;
	struct stk_ignores ignores = { 0 };
	struct stk_secret_baseline known = { 0 };
	struct stk_str notice = stk_config_notice(cli->arena, cli->config);
	if (cli->settled)
		return 0;
	cli->settled = true;
	if (stk_cli_ignores(cli, options, &ignores, &report->notices, &err) < 0 ||
	    (!options->no_config && stk_cli_known_secrets(cli, &known, &report->notices, &err) < 0))
		return stk_cli_error(&err);
	if (notice.n)
		*STK_PUSH(report->arena, &report->notices) = notice;
	stk_environment_apply(cli->config->environment, report);
	stk_ignores_apply(&ignores, report, stk_time_now());
	stk_secret_baseline_apply(&known, report);
	return 0;
}

/* The end of every command with a report. The order matters: what is ignored is marked before
   the filter looks, findings are sorted before they are concealed, and only then anything is
   written, so that all formats say the same. */
int stk_cli_finish(struct stk_cli *cli, const struct stk_report_options *options, struct stk_report *report)
{
	struct stk_err err;
	struct stk_line line;
	struct wanted_list formats = { 0 };
	int status = choose_formats(cli, options, &formats);
	if (!status)
		status = choose_line(cli, options, &line);
	if (!status)
		status = stk_cli_settle(cli, options, report);
	if (status)
		return status;
	stk_line_filter(&line, report);
	stk_report_sort(report);
	if (options->like_hadolint)
		stk_hadolint_order(report);
	stk_report_conceal(report);
	print_notices(report, options);
	for (size_t i = 0; i < formats.n; i++)
		if (write_one(cli, &formats.v[i], report, options, &err) < 0)
			return stk_cli_error(&err);
	/* What was not looked at outweighs what was found: a run that is not complete must not
	   pass for a verdict. */
	if (report->incomplete.n)
		return STK_EXIT_INCOMPLETE;
	return stk_line_crossed(&line, report) ? (int)options->exit_code : STK_EXIT_CLEAN;
}
