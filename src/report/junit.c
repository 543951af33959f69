/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit's XML: a test suite for each target, a failed test case for each finding; a target without findings has one
   that passed, so that readers which refuse empty suites are content. */
#include "report/lint_level.h"
#include "report/markup.h"
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "base/banned.h"

static void write_case(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	STK_BUF place = stk_buf_new(STK_MIB(1));
	stk_finding_place(&place, report, finding);
	stk_buf_add(out, S("    <testcase"));
	stk_markup_attribute(out, "name", finding->id);
	stk_markup_attribute(out, "classname", stk_buf_str(&place));
	stk_buf_printf(out, ">\n      <failure type=\"%s\"", stk_severity_name(finding->severity));
	stk_markup_attribute(out, "message", stk_finding_message(finding));
	stk_buf_byte(out, '>');
	stk_markup_text(out, stk_buf_str(&place));
	if (finding->remedy.n) {
		stk_buf_byte(out, '\n');
		stk_markup_text(out, finding->remedy);
	}
	stk_buf_add(out, S("</failure>\n    </testcase>\n"));
}

static void write_suite(struct stk_buf *out, const struct stk_report *report, size_t target)
{
	size_t n = stk_report_count(report, target).total;
	stk_buf_add(out, S("  <testsuite"));
	stk_markup_attribute(out, "name", report->targets.v[target].name);
	stk_buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", n ? n : 1, n);
	/* The macro is a loop: what follows is its body. */
	STK_EACH_LINT_OF(finding, report, target)
	write_case(out, report, finding);
	if (!n) {
		stk_buf_add(out, S("    <testcase name=\"nothing found\""));
		stk_markup_attribute(out, "classname", report->targets.v[target].name);
		stk_buf_add(out, S("/>\n"));
	}
	stk_buf_add(out, S("  </testsuite>\n"));
}

/* What could not be scanned is a suite of errors: never a clean report. */
static void write_gaps(struct stk_buf *out, const struct stk_report *report)
{
	size_t n = report->incomplete.n;
	if (!n)
		return;
	stk_buf_printf(out, "  <testsuite name=\"not scanned\" tests=\"%zu\" failures=\"0\" errors=\"%zu\">\n", n, n);
	for (size_t i = 0; i < n; i++) {
		stk_buf_add(out, S("    <testcase"));
		stk_markup_attribute(out, "name", report->incomplete.v[i].what);
		stk_buf_add(out, S(">\n      <error"));
		stk_markup_attribute(out, "message", report->incomplete.v[i].why);
		stk_buf_add(out, S("/>\n    </testcase>\n"));
	}
	stk_buf_add(out, S("  </testsuite>\n"));
}

void stk_render_junit(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	(void)options;
	stk_buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"strake\">\n"));
	for (size_t i = 0; i < report->targets.n; i++)
		write_suite(out, report, i);
	write_gaps(out, report);
	stk_buf_add(out, S("</testsuites>\n"));
}
