/* SPDX-License-Identifier: Apache-2.0 */
/* strake convert: a report that was written as JSON, in another format or with other filters. */
#include "base/limits.h"
#include "cli/commands.h"
#include "io/file.h"
#include "report/read.h"
#include "base/banned.h"

/* Excerpts and diffs need the files' texts, which a report does not carry: they are taken from where they stand, if
 * they still do. */
static void load_texts(struct stk_report *report)
{
	for (size_t i = 0; i < report->targets.n; i++) {
		struct stk_target *target = &report->targets.v[i];
		struct stk_str path = stk_arena_str(report->arena, target->name);
		struct stk_err ignored;
		if (target->name.n && !stk_str_is(target->kind, "image") && stk_file_exists(path.p) &&
		    !stk_file_is_dir(path.p))
			stk_file_read(report->arena, path.p, STK_LIMIT_TEXT_FILE, &target->text, &ignored);
	}
}

static int convert_main(struct stk_cli *cli, void *data)
{
	const struct stk_report_options *options = data;
	struct stk_report report = stk_report_new(cli->arena);
	struct stk_str text;
	struct stk_json *root;
	struct stk_err err;
	if (cli->n_arguments != 1)
		return stk_cli_usage(cli, "takes one report, as \"strake … --format json\" writes it");
	if (stk_file_read(cli->arena, cli->arguments[0], STK_LIMIT_JSON_FILE, &text, &err) < 0)
		return stk_cli_error(&err);
	if (stk_json_parse(cli->arena, text, &root, &err) < 0 || stk_report_read(&report, root, &err) < 0) {
		stk_within(&err, "%s", cli->arguments[0]);
		return stk_cli_error(&err);
	}
	load_texts(&report);
	return stk_cli_finish(cli, options, &report);
}

const struct stk_command stk_command_convert = {
	.name = "convert",
	.brief = "render a JSON report again, in another format or with other filters",
	.usage = "[OPTIONS] REPORT.json",
	.description =
		"Reads a report that any reporting command wrote with --format json (\"-\": standard input) and renders it again. "
		"Filters, ignores and the line apply as they do on the first run; nothing is scanned.",
	.examples = "strake convert report.json --format html --output report.html\n"
		    "strake convert report.json --severity critical,high --format markdown",
	.context_size = sizeof(struct stk_report_options),
	.reports = true,
	.main = convert_main,
};
