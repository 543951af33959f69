/* SPDX-License-Identifier: Apache-2.0 */
/* strake convert: a report that was written as JSON, in another format or with other filters. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "io/file.h"
#include "report/read.h"
#include "secret/mask.h"
#include "secret/secret.h"
#include "secret/tree.h"
#include "secret/user.h"
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

/* The rows behind the ids: renderers quote their examples, and know by them what must not be shown. */
static void find_rules(struct stk_report *report)
{
	for (size_t i = 0; i < report->findings.n; i++)
		if (!report->findings.v[i].vulnerability)
			report->findings.v[i].rule = stk_rules_find(report->findings.v[i].id);
}

/* The first run showed no secret of these texts, and the report says where some stand, but the files may have changed
 * since: they are searched again, with whatever the settings add. */
static int mask_texts(const struct stk_cli *cli, struct stk_report *report, struct stk_err *err)
{
	struct stk_secret_rules own = { 0 };
	struct stk_secret_options how = { .least = STK_CONFIDENCE_LOW, .user = &own };
	const struct stk_yaml *section = cli->config->root ? stk_yaml_get(cli->config->root, "secrets") : NULL;
	struct stk_secret_engine *engine = NULL;
	int failed = section && stk_secret_rules_read_yaml(cli->arena, section, cli->config->file, &own, err) < 0;
	if (!failed)
		failed = stk_secret_engine_new(&how, &engine, err) < 0;
	for (size_t i = 0; i < report->targets.n && !failed; i++) {
		struct stk_target *target = &report->targets.v[i];
		struct stk_secret_results found = { 0 };
		if (!target->text.n)
			continue;
		struct stk_secret_scan *scan = stk_secret_scan_new(engine, report->arena);
		stk_secret_scan_text(scan, target->name, target->text);
		stk_secret_results_add(&found, report->arena, scan);
		stk_secret_scan_free(scan);
		target->text = stk_secret_mask(report->arena, target->text, found.found.v, found.found.n);
	}
	stk_secret_engine_free(engine);
	stk_secret_rules_free(&own);
	return failed ? -1 : 0;
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
	find_rules(&report);
	load_texts(&report);
	if (mask_texts(cli, &report, &err) < 0)
		return stk_cli_error(&err);
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
