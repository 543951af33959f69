/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of the HTML report: blocks that open, and a table for a target's known vulnerabilities. */
#include "base/limits.h"
#include "report/excerpt.h"
#include "report/fix_diff.h"
#include "report/html.h"
#include "report/markup.h"
#include "report/rank.h"
#include "report/summary.h"
#include "base/banned.h"

/* Bytes of one file that are compared for diffs: hundreds of fixes of a file of any usual size. */
#define MOST_COMPARED STK_MIB(16)

enum { EXCERPT_WIDTH = 110 };

static void write_filters(struct stk_buf *out)
{
	stk_buf_add(
		out,
		S("<form class=\"filters\" hidden>\n<label>Search <input type=\"search\" placeholder=\"rule, package, file, word\"></label>\n"));
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;) {
		const char *name = stk_severity_name((enum stk_severity)severity);
		stk_buf_printf(out, "<label><input type=\"checkbox\" value=\"%s\" checked> %s</label>\n", name, name);
	}
	for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++) {
		const char *name = stk_layer_name((enum stk_guide_layer)layer);
		stk_buf_printf(out, "<label><input type=\"checkbox\" value=\"layer-%s\" checked> %s</label>\n", name,
			       name);
	}
	stk_buf_add(out, S("<span role=\"status\" class=\"quiet\"></span>\n</form>\n"));
}

static void write_data(struct stk_buf *out, const struct stk_finding *finding)
{
	stk_buf_printf(out, " data-severity=\"%s\" data-layer=\"layer-%s\"", stk_severity_name(finding->severity),
		       stk_layer_name(finding->layer));
}

static void write_id(struct stk_buf *out, const struct stk_finding *finding)
{
	bool link = stk_markup_safe_url(finding->url);
	if (link) {
		stk_buf_add(out, S("<a"));
		stk_markup_attribute(out, "href", finding->url);
		stk_buf_byte(out, '>');
	}
	stk_markup_text(out, finding->id);
	stk_buf_add(out, link ? S("</a>") : S(""));
}

/* kind: a class, for those that paper does without, or NULL. */
static void paragraph(struct stk_buf *out, const char *kind, const char *label, struct stk_str text)
{
	if (!text.n)
		return;
	if (kind)
		stk_buf_printf(out, "<p class=\"%s\">%s", kind, label);
	else
		stk_buf_printf(out, "<p>%s", label);
	stk_markup_text(out, text);
	stk_buf_add(out, S("</p>\n"));
}

static void write_excerpt(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	struct stk_render_options plain = { .width = EXCERPT_WIDTH };
	STK_BUF text = stk_buf_new(STK_MIB(1));
	stk_excerpt(&text, &plain, &report->targets.v[finding->target], finding);
	if (!text.n)
		return;
	stk_buf_add(out, S("<pre>"));
	stk_markup_text(out, stk_buf_str(&text));
	stk_buf_add(out, S("</pre>\n"));
}

/* Coloured by line; the text inside is exactly the diff, so that it can be copied. */
static void write_diff(struct stk_buf *out, const struct stk_report *report, const struct stk_fix *fix)
{
	STK_BUF text = stk_buf_new(STK_MIB(16));
	stk_fix_diff(&text, report, fix);
	struct stk_str rest = stk_buf_str(&text);
	if (!rest.n)
		return;
	stk_buf_add(out, S("<pre class=\"diff\" tabindex=\"0\" aria-label=\"Fix as a diff\">"));
	while (rest.n) {
		struct stk_str line = stk_str_cut(&rest, '\n');
		bool head = stk_str_starts(line, S("+++ ")) || stk_str_starts(line, S("--- "));
		const char *tag = head || !line.n ? NULL : line.p[0] == '+' ? "ins" : line.p[0] == '-' ? "del" : NULL;
		if (tag)
			stk_buf_printf(out, "<%s>", tag);
		stk_markup_text(out, line);
		if (tag)
			stk_buf_printf(out, "</%s>", tag);
		stk_buf_byte(out, '\n');
	}
	stk_buf_add(out, S("</pre>\n"));
}

static void write_body(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding,
		       bool diff)
{
	stk_buf_add(out, S("<div class=\"body\">\n"));
	write_excerpt(out, report, finding);
	if (finding->evidence.n) {
		stk_buf_add(out, S("<ul>\n"));
		for (size_t i = 0; i < finding->evidence.n; i++) {
			stk_buf_add(out, S("<li>"));
			stk_markup_text(out, finding->evidence.v[i]);
			stk_buf_add(out, S("</li>\n"));
		}
		stk_buf_add(out, S("</ul>\n"));
	}
	paragraph(out, "why", "<b>Why it matters.</b> ", finding->why);
	paragraph(out, NULL, "<b>What to do.</b> ", finding->remedy);
	if (finding->fix) {
		paragraph(out, "fix",
			  finding->fix->safe ? "<b>Safe fix:</b> " : "<b>Fix that may change behaviour:</b> ",
			  finding->fix->description);
		paragraph(out, "fix", "<b>Run:</b> ", finding->fix->command);
		if (diff)
			write_diff(out, report, finding->fix);
		else
			stk_buf_add(out, S("<p class=\"fix\">Run with --diff to see it.</p>\n"));
	}
	if (finding->location.instruction.n)
		paragraph(out, NULL, "<b>Brought by:</b> ", finding->location.instruction);
	if (finding->suppressed) {
		paragraph(out, NULL, "<b>Ignored by</b> ", finding->suppressed->by);
		paragraph(out, NULL, "<b>because</b> ", finding->suppressed->reason);
	}
	stk_buf_add(out, S("</div>\n"));
}

static void write_block(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding,
			bool diff)
{
	char fingerprint[33];
	STK_BUF place = stk_buf_new(STK_MIB(1));
	stk_finding_fingerprint(report, finding, fingerprint);
	stk_finding_place(&place, report, finding);
	stk_buf_printf(out, "<details id=\"f-%s\"", fingerprint);
	write_data(out, finding);
	stk_buf_add(out, S("><summary>"));
	stk_html_badge(out, finding->severity);
	stk_buf_add(out, S("<span><b>"));
	write_id(out, finding);
	stk_buf_add(out, S("</b> "));
	stk_markup_text(out, stk_finding_message(finding));
	stk_buf_add(out, S(" <span class=\"place\">"));
	stk_markup_text(out, stk_buf_str(&place));
	stk_buf_add(out, S("</span></span></summary>\n"));
	write_body(out, report, finding, diff);
	stk_buf_add(out, S("</details>\n"));
}

static void write_vulnerability(struct stk_buf *out, const struct stk_finding *finding)
{
	const struct stk_vulnerability *v = finding->vulnerability;
	stk_buf_add(out, S("<tr"));
	write_data(out, finding);
	stk_buf_add(out, S("><td>"));
	stk_html_badge(out, finding->severity);
	stk_buf_add(out, S("</td><td>"));
	write_id(out, finding);
	stk_buf_add(out, S("</td><td>"));
	stk_markup_text(out, v->package->name);
	stk_buf_add(out, S("</td><td>"));
	stk_markup_text(out, v->package->version);
	stk_buf_add(out, S("</td><td>"));
	stk_markup_text(out, v->fixed_version.n ? v->fixed_version : v->status);
	stk_buf_add(out, S("</td><td>"));
	stk_markup_text(out, stk_finding_message(finding));
	stk_buf_add(out, S("</td></tr>\n"));
}

static void write_group(struct stk_buf *out, const struct stk_report *report, size_t number, bool suppressed)
{
	struct stk_finding_list blocks = { 0 }, known = { 0 };
	STK_EACH_FINDING(finding, report, number)
	if (!finding->suppressed || suppressed)
		*STK_PUSH(report->arena, finding->vulnerability ? &known : &blocks) = finding;
	if (!blocks.n && !known.n)
		return;
	stk_buf_add(out, S("<div class=\"group\">\n<h3>"));
	stk_markup_text(out, report->targets.v[number].name);
	stk_buf_add(out, S("</h3>\n"));
	stk_finding_list_rank(report, &blocks);
	stk_finding_list_rank(report, &known);
	size_t compared = 0;
	for (size_t i = 0; i < blocks.n; i++) {
		compared += blocks.v[i]->fix ? report->targets.v[number].text.n : 0;
		write_block(out, report, blocks.v[i], compared < MOST_COMPARED);
	}
	if (known.n) {
		stk_buf_add(
			out,
			S("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">Vulnerability</th>"
			  "<th scope=\"col\">Package</th><th scope=\"col\">Installed</th><th scope=\"col\">Fixed in</th>"
			  "<th scope=\"col\">Title</th></tr></thead>\n<tbody>\n"));
		for (size_t i = 0; i < known.n; i++)
			write_vulnerability(out, known.v[i]);
		stk_buf_add(out, S("</tbody></table></div>\n"));
	}
	stk_buf_add(out, S("</div>\n"));
}

void stk_html_findings(struct stk_buf *out, const struct stk_report *report, const struct stk_render_options *options)
{
	stk_buf_add(
		out,
		S("<section id=\"findings\" aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>\n"));
	if (report->findings.n)
		write_filters(out);
	else
		stk_buf_add(out, report->incomplete.n ? S("<p>Nothing found in what could be scanned.</p>\n")
						      : S("<p>Nothing found.</p>\n"));
	for (size_t i = 0; i < report->targets.n; i++)
		write_group(out, report, i, options->show_suppressed);
	stk_buf_add(out, S("</section>\n"));
}
