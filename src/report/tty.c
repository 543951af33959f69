/* SPDX-License-Identifier: Apache-2.0 */
/* Hadolint's lines for people: "FILE:LINE CODE level: message". */
#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "text/utf8.h"

#include "base/banned.h"

static void write_level(struct stk_buf *out, enum stk_lint_level level, bool color)
{
	static const char *const colors[] = { "\033[1m\033[91m", "\033[1m\033[93m", "\033[92m", "\033[96m" };
	if (color)
		stk_buf_printf(out, "%s%s\033[0m", colors[level], stk_lint_level_name(level));
	else
		stk_buf_add(out, stk_str_from(stk_lint_level_name(level)));
}

void stk_render_tty(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	STK_EACH_LINT(finding, report)
	{
		stk_utf8_printable(out, stk_lint_file(report, finding));
		stk_buf_printf(out, ":%u", stk_lint_line(finding));
		if (stk_lint_is_parse_error(finding)) {
			stk_buf_printf(out, ":%u ", stk_lint_column(finding));
		} else {
			stk_buf_byte(out, ' ');
			stk_utf8_printable(out, finding->id);
			stk_buf_byte(out, ' ');
			write_level(out, stk_lint_level(finding->severity), options->color);
			stk_buf_add(out, S(": "));
		}
		stk_utf8_printable(out, stk_finding_message(finding));
		stk_buf_byte(out, '\n');
	}
}
