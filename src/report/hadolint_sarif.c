/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF 2.1.0 in Hadolint's shape: results with rule id, level and place, without descriptions of the rules. */
#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/json.h"

#include "base/banned.h"

static void put_text(struct stk_json_writer *w, const char *key, struct stk_str text)
{
	stk_json_key(w, key);
	stk_json_begin_object(w);
	stk_json_put_str(w, "text", text);
	stk_json_end_object(w);
}

static void put_driver(struct stk_json_writer *w)
{
	stk_json_key(w, "tool");
	stk_json_begin_object(w);
	stk_json_key(w, "driver");
	stk_json_begin_object(w);
	stk_json_put_text(w, "downloadUri", "https://github.com/hadolint/hadolint");
	stk_json_put_text(w, "fullName", "Haskell Dockerfile Linter");
	stk_json_put_text(w, "name", "Hadolint");
	put_text(w, "shortDescription", S("Dockerfile linter"));
	stk_json_put_text(w, "version", STK_VERSION);
	stk_json_end_object(w);
	stk_json_end_object(w);
}

static void put_location(struct stk_json_writer *w, const struct stk_report *report, const struct stk_finding *finding)
{
	bool shell = stk_str_starts(finding->id, S("SC"));
	stk_json_key(w, "locations");
	stk_json_begin_array(w);
	stk_json_begin_object(w);
	stk_json_key(w, "physicalLocation");
	stk_json_begin_object(w);
	stk_json_key(w, "artifactLocation");
	stk_json_begin_object(w);
	stk_json_put_str(w, "uri", stk_lint_file(report, finding));
	stk_json_end_object(w);
	stk_json_key(w, "region");
	stk_json_begin_object(w);
	stk_json_put_int(w, "endColumn", stk_lint_column(finding));
	stk_json_put_int(w, "endLine", stk_lint_line(finding));
	stk_json_put_text(w, "sourceLanguage", shell ? "sh" : "dockerfile");
	stk_json_put_int(w, "startColumn", stk_lint_column(finding));
	stk_json_put_int(w, "startLine", stk_lint_line(finding));
	stk_json_end_object(w);
	stk_json_end_object(w);
	stk_json_end_object(w);
	stk_json_end_array(w);
}

void stk_render_hadolint_sarif(const struct stk_report *report, const struct stk_render_options *options,
			       struct stk_buf *out)
{
	static const char *const levels[] = { "error", "warning", "note", "note" };
	(void)options;
	struct stk_json_writer writer = stk_json_writer(out, 0), *w = &writer;
	stk_json_begin_object(w);
	stk_json_put_text(w, "$schema", "http://json.schemastore.org/sarif-2.1.0");
	stk_json_key(w, "runs");
	stk_json_begin_array(w);
	stk_json_begin_object(w);
	stk_json_put_text(w, "defaultSourceLanguage", "dockerfile");
	stk_json_key(w, "results");
	stk_json_begin_array(w);
	STK_EACH_LINT(finding, report)
	{
		stk_json_begin_object(w);
		stk_json_put_text(w, "level", levels[stk_lint_level(finding->severity)]);
		put_location(w, report, finding);
		put_text(w, "message", stk_finding_message(finding));
		stk_json_put_str(w, "ruleId", finding->id);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
	put_driver(w);
	stk_json_end_object(w);
	stk_json_end_array(w);
	stk_json_put_text(w, "version", "2.1.0");
	stk_json_end_object(w);
}
