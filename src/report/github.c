/* SPDX-License-Identifier: Apache-2.0 */
/* Workflow commands of GitHub Actions: "::error file=…,line=…::message" puts a note on the line of the pull request. */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "base/banned.h"

/* Percent, line ends and, in properties, commas and colons are escaped, as the runner's toolkit does. */
static void escape(struct stk_buf *out, struct stk_str text, bool property)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if ((unsigned char)c < 0x20 && c != '\r' && c != '\n' && c != '\t')
			stk_buf_printf(out, "\\x%02x", (unsigned char)c); /* a log is read on terminals */
		else if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			stk_buf_printf(out, "%%%02X", (unsigned char)c);
		else
			stk_buf_byte(out, c);
	}
}

static void number(struct stk_buf *out, const char *name, uint32_t value)
{
	if (value)
		stk_buf_printf(out, ",%s=%u", name, value);
}

/* One workflow command (GitHub's "Workflow commands for GitHub Actions"). Columns are only
   allowed where the finding is on one line. */
static void write_finding(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	const struct stk_vulnerability *v = finding->vulnerability;
	const char *level = finding->severity >= STK_SEV_HIGH	  ? "error"
			    : finding->severity == STK_SEV_MEDIUM ? "warning"
								  : "notice";
	stk_buf_printf(out, "::%s file=", level);
	escape(out, at->file.n ? at->file : report->targets.v[finding->target].name, true);
	number(out, "line", at->line);
	number(out, "endLine", at->end_line);
	if (at->end_line == at->line) {
		number(out, "col", at->column);
		number(out, "endColumn", at->end_column);
	}
	stk_buf_add(out, S(",title="));
	escape(out, finding->id, true);
	stk_buf_add(out, S("::"));
	escape(out, finding->message.n ? finding->message : finding->title, false);
	if (v) {
		STK_BUF text = stk_buf_new(STK_MIB(1));
		stk_buf_printf(&text, " (" STK_FMT " " STK_FMT ")", STK_ARG(v->package->name),
			       STK_ARG(v->package->version));
		escape(out, stk_buf_str(&text), false);
	}
	if (finding->remedy.n) {
		stk_buf_add(out, S("%0A"));
		escape(out, finding->remedy, false);
	}
	stk_buf_byte(out, '\n');
}

void stk_render_github(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	(void)options;
	for (size_t i = 0; i < report->findings.n; i++)
		if (!report->findings.v[i].suppressed)
			write_finding(out, report, &report->findings.v[i]);
	for (size_t i = 0; i < report->incomplete.n; i++) {
		stk_buf_add(out, S("::error title=not scanned::"));
		escape(out, report->incomplete.v[i].what, false);
		stk_buf_add(out, S(": "));
		escape(out, report->incomplete.v[i].why, false);
		stk_buf_byte(out, '\n');
	}
}
