/* SPDX-License-Identifier: Apache-2.0 */
/* Codacy's engine output: objects back to back. */
#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/json.h"

#include "base/banned.h"

void stk_render_codacy(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	(void)options;
	STK_EACH_LINT(finding, report)
	{
		struct stk_json_writer w = stk_json_writer(out, 0);
		stk_json_begin_object(&w);
		stk_json_put_str(&w, "filename", stk_lint_file(report, finding));
		stk_json_put_int(&w, "line", stk_lint_line(finding));
		stk_json_put_str(&w, "message", stk_finding_message(finding));
		stk_json_put_str(&w, "patternId", finding->id);
		stk_json_end_object(&w);
	}
}
