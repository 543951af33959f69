/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval vulnerabilities: what the database knows of one package of one system. */
#include "advisory/match.h"
#include "cli/eval.h"
#include "text/json.h"
#include "base/banned.h"

static int open_database(struct stk_arena *arena, void **context, struct stk_err *err)
{
	struct stk_report ignored = stk_report_new(arena);
	*context = STK_NEW(arena, struct stk_database, 1);
	return stk_database_use(&ignored, NULL, *context, err);
}

static void close_database(void *context)
{
	stk_database_close(context);
}

static struct stk_str or_else(struct stk_str given, struct stk_str otherwise)
{
	return given.n ? given : otherwise;
}

static void print_findings(const struct stk_report *report, struct stk_buf *out)
{
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		stk_buf_printf(out, "%s" STK_FMT "=" STK_FMT, i ? " " : "", STK_ARG(finding->id),
			       STK_ARG(finding->vulnerability->fixed_version));
	}
	if (!report->findings.n)
		stk_buf_add(out, report->incomplete.n ? S("unknown") : S("none"));
}

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	struct stk_err err;
	struct stk_json *json;
	if (stk_json_parse(arena, line, &json, &err) < 0 || !stk_json_str(json, "name").n) {
		stk_buf_add(out, S("invalid"));
		return;
	}
	struct stk_match_os os = { stk_json_str(json, "os"), stk_json_str(json, "os_version"),
				   stk_json_str(json, "codename"), S("") };
	struct stk_package package = { .ecosystem = stk_json_str(json, "type"),
				       .name = stk_json_str(json, "name"),
				       .version = stk_json_str(json, "version") };
	package.source_name = or_else(stk_json_str(json, "source"), package.name);
	package.source_version = or_else(stk_json_str(json, "source_version"), package.version);
	struct stk_packages packages = { &package, 1, 1 };
	struct stk_report report = stk_report_new(arena);
	stk_report_target(&report, S(""), "image");
	stk_match(context, &os, &packages, 0, &report);
	print_findings(&report, out);
}

const struct stk_eval_area stk_eval_vulnerabilities = {
	.name = "vulnerabilities",
	.form = "JSON {os, os_version, type, name, version, source, source_version} -> ID=FIX..., none, or unknown",
	.open = open_database,
	.close = close_database,
	.answer = answer,
};
