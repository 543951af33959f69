/* SPDX-License-Identifier: Apache-2.0 */
/* The GNU standards' form of compilers' messages, as Hadolint writes it: "hadolint:FILE:LINE: CODE level: message", and
   "hadolint:FILE:LINE:COLUMN: message" where a file does not parse. */
#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/utf8.h"

#include "base/banned.h"

void stk_render_gnu(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	(void)options;
	STK_EACH_LINT(finding, report)
	{
		stk_buf_add(out, S("hadolint:"));
		stk_utf8_printable(out, stk_lint_file(report, finding));
		stk_buf_printf(out, ":%u:", stk_lint_line(finding));
		if (stk_lint_is_parse_error(finding)) {
			stk_buf_printf(out, "%u: ", stk_lint_column(finding));
		} else {
			stk_buf_byte(out, ' ');
			stk_utf8_printable(out, finding->id);
			stk_buf_printf(out, " %s: ", stk_lint_level_name(stk_lint_level(finding->severity)));
		}
		stk_utf8_printable(out, stk_finding_message(finding));
		stk_buf_byte(out, '\n');
	}
}
