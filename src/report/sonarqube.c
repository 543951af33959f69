/* SPDX-License-Identifier: Apache-2.0 */
/* SonarQube's generic issue import: {"issues": [...]}. */
#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/json.h"

#include "base/banned.h"

static const char *severity_of(const struct stk_finding *finding)
{
	static const char *const severities[] = { "CRITICAL", "MAJOR", "MINOR", "INFO" };
	return stk_lint_is_parse_error(finding) ? "BLOCKER" : severities[stk_lint_level(finding->severity)];
}

static void put_range(struct stk_json_writer *w, const struct stk_finding *finding)
{
	/* SonarQube counts columns from 0 and refuses empty ranges. */
	uint32_t line = stk_lint_line(finding), column = stk_lint_column(finding) - 1;
	bool one_line = finding->location.end_line == line && finding->location.end_column > column + 1;
	stk_json_key(w, "textRange");
	stk_json_begin_object(w);
	stk_json_put_int(w, "endColumn", one_line ? finding->location.end_column - 1 : column + 1);
	stk_json_put_int(w, "endLine", line);
	stk_json_put_int(w, "startColumn", column);
	stk_json_put_int(w, "startLine", line);
	stk_json_end_object(w);
}

void stk_render_sonarqube(const struct stk_report *report, const struct stk_render_options *options,
			  struct stk_buf *out)
{
	(void)options;
	struct stk_json_writer w = stk_json_writer(out, 0);
	stk_json_begin_object(&w);
	stk_json_key(&w, "issues");
	stk_json_begin_array(&w);
	STK_EACH_LINT(finding, report)
	{
		bool bug = stk_lint_level(finding->severity) == STK_LINT_ERROR;
		stk_json_begin_object(&w);
		stk_json_put_text(&w, "engineId", "Hadolint");
		stk_json_key(&w, "primaryLocation");
		stk_json_begin_object(&w);
		stk_json_put_str(&w, "filePath", stk_lint_file(report, finding));
		stk_json_put_str(&w, "message", stk_finding_message(finding));
		put_range(&w, finding);
		stk_json_end_object(&w);
		stk_json_put_str(&w, "ruleId", finding->id);
		stk_json_put_text(&w, "severity", severity_of(finding));
		stk_json_put_text(&w, "type", bug ? "BUG" : "CODE_SMELL");
		stk_json_end_object(&w);
	}
	stk_json_end_array(&w);
	stk_json_end_object(&w);
}
