/* SPDX-License-Identifier: Apache-2.0 */
/* Checkstyle's XML 4.3: a <file> for each target, an <error> for each finding. */
#include "report/lint_level.h"
#include "report/markup.h"
#include "report/renderers.h"
#include "report/summary.h"

#include "base/banned.h"

static void write_error(struct stk_buf *out, const struct stk_finding *finding)
{
	/* Checkstyle has no "style". */
	static const char *const levels[] = { "error", "warning", "info", "info" };
	stk_buf_printf(out, "<error line=\"%u\" column=\"%u\" severity=\"%s\"", stk_lint_line(finding),
		       stk_lint_column(finding), levels[stk_lint_level(finding->severity)]);
	stk_markup_attribute(out, "message", stk_finding_message(finding));
	if (!stk_lint_is_parse_error(finding))
		stk_markup_attribute(out, "source", finding->id);
	stk_buf_add(out, S("/>\n"));
}

void stk_render_checkstyle(const struct stk_report *report, const struct stk_render_options *options,
			   struct stk_buf *out)
{
	(void)options;
	stk_buf_add(out, S("<?xml version='1.0' encoding='UTF-8'?>\n<checkstyle version='4.3'>\n"));
	for (size_t i = 0; i < report->targets.n; i++) {
		stk_buf_add(out, S("<file"));
		stk_markup_attribute(out, "name", report->targets.v[i].name);
		stk_buf_add(out, S(">\n"));
		STK_EACH_LINT_OF(finding, report, i)
		write_error(out, finding);
		stk_buf_add(out, S("</file>\n"));
	}
	stk_buf_add(out, S("</checkstyle>\n"));
}
