/* SPDX-License-Identifier: Apache-2.0 */
/* CSV by RFC 4180, a heading line and one line a finding. */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

/* A spreadsheet must not take a cell for a formula: a leading =, +, -, @, tab or CR gets an apostrophe. */
static void field(struct stk_buf *out, struct stk_str text, bool last)
{
	/* A cell that begins so is computed by a spreadsheet that opens the file; the quote
	   makes it text. */
	bool formula = text.n && stk_str_find_byte(S("=+-@\t\r"), text.p[0]) != SIZE_MAX;
	stk_buf_byte(out, '"');
	if (formula)
		stk_buf_byte(out, '\'');
	/* Names may be hostile, and a file is looked at in a terminal too. */
	STK_BUF shown = stk_buf_new(STK_LIMIT_OUTPUT);
	stk_utf8_printable(&shown, text);
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.p[i] == '"')
			stk_buf_byte(out, '"');
		stk_buf_byte(out, shown.p[i]);
	}
	stk_buf_add(out, last ? S("\"\r\n") : S("\","));
}

static void write_finding(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	STK_BUF place = stk_buf_new(STK_MIB(1));
	const struct stk_vulnerability *v = finding->vulnerability;
	stk_finding_place(&place, report, finding);
	const struct stk_str fields[] = {
		report->targets.v[finding->target].name,
		stk_str_from(stk_severity_name(finding->severity)),
		stk_str_from(stk_layer_name(finding->layer)),
		finding->id,
		stk_buf_str(&place),
		v ? v->package->name : S(""),
		v ? v->package->version : S(""),
		v ? v->fixed_version : S(""),
		finding->message.n ? finding->message : finding->title,
		finding->remedy,
		finding->suppressed ? finding->suppressed->by : S(""),
	};
	for (size_t i = 0; i < STK_LEN(fields); i++)
		field(out, fields[i], i + 1 == STK_LEN(fields));
}

void stk_render_csv(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	stk_buf_add(out, S("target,severity,layer,id,place,package,installed,fixed,message,remedy,ignored_by\r\n"));
	for (size_t i = 0; i < report->findings.n; i++)
		if (!report->findings.v[i].suppressed || options->show_suppressed)
			write_finding(out, report, &report->findings.v[i]);
}
