/* SPDX-License-Identifier: Apache-2.0 */
/* Checkstyle's XML 4.3, in one line as Hadolint writes it: a <file> for each target, an <error> for each finding. */
#include "report/lint_level.h"
#include "report/markup.h"
#include "report/renderers.h"
#include "report/summary.h"

#include "base/banned.h"

static void write_error(struct stk_buf *out, const struct stk_render_options *options,
			const struct stk_finding *finding)
{
	/* Checkstyle has no "style", which Hadolint writes all the same. */
	enum stk_lint_level level = stk_lint_level(finding->severity);
	if (level == STK_LINT_STYLE && !options->like_hadolint)
		level = STK_LINT_INFO;
	stk_buf_printf(out, "<error column=\"%u\" line=\"%u\"", stk_lint_column(finding), stk_lint_line(finding));
	stk_markup_xml_attribute(out, "message", stk_finding_message(finding));
	stk_buf_printf(out, " severity=\"%s\"", stk_lint_level_name(level));
	if (!stk_lint_is_parse_error(finding))
		stk_markup_xml_attribute(out, "source", finding->id);
	stk_buf_add(out, S("/>"));
}

static void write_file(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report,
		       size_t target)
{
	stk_buf_add(out, S("<file"));
	stk_markup_xml_attribute(out, "name", report->targets.v[target].name);
	size_t start = out->n;
	stk_buf_byte(out, '>');
	STK_EACH_LINT_OF(finding, report, target)
	write_error(out, options, finding);
	if (out->n > start + 1) {
		stk_buf_add(out, S("</file>"));
	} else {
		out->n = start;
		stk_buf_add(out, S("/>"));
	}
}

void stk_render_checkstyle(const struct stk_report *report, const struct stk_render_options *options,
			   struct stk_buf *out)
{
	stk_buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?><checkstyle version=\"4.3\">"));
	for (size_t i = 0; i < report->targets.n; i++)
		write_file(out, options, report, i);
	stk_buf_add(out, S("</checkstyle>"));
}
