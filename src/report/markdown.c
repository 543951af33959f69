/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown for a pull-request comment: a table of the worst, the rest counted, small enough for GitHub's 65,536 characters. */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { MOST_ROWS = 100 };

/* Text inside a table cell: pipes, line breaks, HTML and Markdown's own signs are defused. */
static void cell(struct stk_buf *out, struct stk_str text)
{
	STK_BUF printable = stk_buf_new(STK_MIB(1));
	stk_utf8_printable(&printable, stk_str_slice(text, 0, 300));
	struct stk_str shown = stk_buf_str(&printable);
	for (size_t i = 0; i < shown.n; i++) {
		if (stk_str_find_byte(S("|\\`*_<>[]#@"), shown.p[i]) != SIZE_MAX)
			stk_buf_byte(out, '\\');
		stk_buf_byte(out, shown.p[i]);
	}
}

static void write_row(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	STK_BUF place = stk_buf_new(STK_MIB(1));
	const struct stk_vulnerability *v = finding->vulnerability;
	if (v)
		stk_buf_printf(&place, STK_FMT " " STK_FMT, STK_ARG(v->package->name), STK_ARG(v->package->version));
	else
		stk_finding_place(&place, report, finding);
	stk_buf_printf(out, "| %s%s%s | ", finding->severity >= STK_SEV_HIGH ? "**" : "", stk_severity_name(finding->severity),
		       finding->severity >= STK_SEV_HIGH ? "**" : "");
	cell(out, finding->id);
	stk_buf_add(out, S(" | "));
	cell(out, stk_buf_str(&place));
	stk_buf_add(out, S(" | "));
	cell(out, stk_finding_message(finding));
	stk_buf_add(out, S(" | "));
	if (v && v->fixed_version.n)
		stk_buf_add(out, S("update to "));
	cell(out, v ? v->fixed_version : finding->remedy);
	stk_buf_add(out, S(" |\n"));
}

static void write_target(struct stk_buf *out, const struct stk_report *report, size_t number)
{
	struct stk_counts counts = stk_report_count(report, number);
	size_t rows = 0;
	stk_buf_add(out, S("\n### "));
	cell(out, report->targets.v[number].name);
	stk_buf_add(out, S("\n\n"));
	stk_counts_text(out, &counts);
	stk_buf_byte(out, '\n');
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;) {
		for (size_t i = 0; i < report->findings.n && rows < MOST_ROWS; i++) {
			const struct stk_finding *finding = &report->findings.v[i];
			if (finding->target != number || finding->suppressed || finding->severity != severity)
				continue;
			if (!rows++)
				stk_buf_add(out, S("\n| Severity | Id | Where | What | What to do |\n| --- | --- | --- | --- | --- |\n"));
			write_row(out, report, finding);
		}
	}
	if (counts.total > rows)
		stk_buf_printf(out, "\n… and %zu more.\n", counts.total - rows);
}

void stk_render_markdown(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	struct stk_counts counts = stk_report_count(report, SIZE_MAX);
	(void)options;
	stk_buf_add(out, S("## strake: "));
	stk_counts_text(out, &counts);
	stk_buf_byte(out, '\n');
	for (size_t i = 0; i < report->targets.n; i++)
		write_target(out, report, i);
	if (report->incomplete.n)
		stk_buf_add(out, S("\n### Not scanned\n\n"));
	for (size_t i = 0; i < report->incomplete.n; i++) {
		stk_buf_add(out, S("- "));
		cell(out, report->incomplete.v[i].what);
		stk_buf_add(out, S(": "));
		cell(out, report->incomplete.v[i].why);
		stk_buf_byte(out, '\n');
	}
}
