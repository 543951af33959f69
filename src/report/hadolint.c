/* SPDX-License-Identifier: Apache-2.0 */
/* Hadolint's JSON: one array of {code, column, file, level, line, message}, without a line's end. */
#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/json.h"

#include "base/banned.h"

void stk_render_hadolint(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	(void)options;
	struct stk_json_writer w = stk_json_writer(out, 0);
	stk_json_begin_array(&w);
	STK_EACH_LINT(finding, report)
	{
		stk_json_begin_object(&w);
		stk_json_put_str(&w, "code", finding->id);
		stk_json_put_int(&w, "column", stk_lint_column(finding));
		stk_json_put_str(&w, "file", stk_lint_file(report, finding));
		stk_json_put_text(&w, "level", stk_lint_level_name(stk_lint_level(finding->severity)));
		stk_json_put_int(&w, "line", stk_lint_line(finding));
		stk_json_put_str(&w, "message", stk_finding_message(finding));
		stk_json_end_object(&w);
	}
	stk_json_end_array(&w);
}
