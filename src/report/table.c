/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For people: grouped by target, totals first, worst first. Known vulnerabilities are a table that fits the width;
 * everything else is a block with the place, the source line and what to do.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "report/excerpt.h"
#include "report/overview.h"
#include "report/rank.h"
#include "report/renderers.h"
#include "report/style.h"
#include "report/summary.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { SEVERITY, ID, PACKAGE, INSTALLED, FIXED, TITLE, COLUMNS };
enum { GAP = 2, NARROWEST_TITLE = 16 };

/* Headings and the most columns each may take; the title gets what is left. */
static const struct {
	const char *heading;
	size_t most;
} columns[COLUMNS] = {
	{ "Severity", 8 },   { "Vulnerability", 28 }, { "Package", 32 },
	{ "Installed", 32 }, { "Fixed in", 28 },      { "Title", 500 },
};

struct row {
	struct stk_str cell[COLUMNS];
};

/* The status may say more than that there is none: "will_not_fix". */
static struct stk_str fix_of(const struct stk_vulnerability *v)
{
	if (v->fixed_version.n)
		return v->fixed_version;
	return !v->status.n || stk_str_is(v->status, "affected") ? S("none known") : v->status;
}

static struct row row_of(const struct stk_finding *finding)
{
	const struct stk_vulnerability *v = finding->vulnerability;
	return (struct row){ {
		[SEVERITY] = stk_str_from(stk_severity_name(finding->severity)),
		[ID] = finding->id,
		[PACKAGE] = v->package->name,
		[INSTALLED] = v->package->version,
		[FIXED] = fix_of(v),
		[TITLE] = finding->title.n ? finding->title : stk_finding_message(finding),
	} };
}

/* Natural widths, bounded; the title takes what is left and goes when that is too little. */
static void measure(const struct stk_finding_list *list, size_t total, size_t width[COLUMNS])
{
	for (size_t c = 0; c < COLUMNS; c++)
		width[c] = stk_str_from(columns[c].heading).n;
	for (size_t i = 0; i < list->n; i++) {
		struct row row = row_of(list->v[i]);
		for (size_t c = 0; c < COLUMNS; c++) {
			size_t n = stk_utf8_width(row.cell[c]);
			if (n > width[c])
				width[c] = n < columns[c].most ? n : columns[c].most;
		}
	}
	size_t used = 0;
	for (size_t c = 0; c < TITLE; c++)
		used += width[c] + GAP;
	/* Too wide even without a title: the widest of the other columns give way, one by one. */
	while (used > total + GAP) {
		size_t widest = ID;
		for (size_t c = ID; c < TITLE; c++)
			if (width[c] > width[widest])
				widest = c;
		if (width[widest] <= 8)
			break;
		width[widest]--;
		used--;
	}
	size_t left = used < total ? total - used : 0;
	if (width[TITLE] > left)
		width[TITLE] = left < NARROWEST_TITLE ? 0 : left;
}

/* Without blanks at the end, which would wrap on narrow terminals. */
static void end_line(struct stk_buf *out, size_t start)
{
	while (out->n > start && out->p[out->n - 1] == ' ')
		out->n--;
	stk_buf_byte(out, '\n');
}

static void print_heading(struct stk_buf *out, const struct stk_render_options *options, const size_t width[COLUMNS])
{
	size_t start = out->n;
	for (size_t c = 0; c < COLUMNS; c++) {
		/* A column that no row fills is not drawn. */
		if (!width[c])
			continue;
		stk_style_cell(out, options, STK_STYLE_BOLD, stk_str_from(columns[c].heading), width[c]);
		stk_buf_repeat(out, ' ', GAP);
	}
	end_line(out, start);
	for (size_t c = 0; c < COLUMNS; c++) {
		for (size_t i = 0; i < width[c]; i++)
			stk_buf_add(out, S("\xe2\x94\x80"));
		if (width[c] && c + 1 < COLUMNS && width[c + 1])
			stk_buf_repeat(out, ' ', GAP);
	}
	stk_buf_byte(out, '\n');
}

/* One vulnerability, cut to the columns' widths; a column of width 0 has been given up. */
static void print_row(struct stk_buf *out, const struct stk_render_options *options, const struct stk_finding *finding,
		      const size_t width[COLUMNS])
{
	struct row row = row_of(finding);
	size_t start = out->n;
	for (size_t c = 0; c < COLUMNS; c++) {
		if (!width[c])
			continue;
		/* FIXED is only drawn in tables of vulnerabilities, so the finding has one. */
		enum stk_style style = c == SEVERITY ? stk_style_of(finding->severity)
				       : c == FIXED && finding->vulnerability->fixed_version.n ? STK_STYLE_GOOD
				       : c == FIXED || finding->suppressed		       ? STK_STYLE_DIM
											       : STK_STYLE_NONE;
		stk_style_link(out, options, style, row.cell[c], c == ID ? finding->url : S(""), width[c]);
		if (c + 1 < COLUMNS)
			stk_buf_repeat(out, ' ', GAP);
	}
	end_line(out, start);
}

/* Worst first, then by package, so that what one upgrade mends stands together. */
static int compare_vulnerabilities(const void *left, const void *right)
{
	const struct stk_finding *a = *(const struct stk_finding *const *)left,
				 *b = *(const struct stk_finding *const *)right;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	int order = stk_str_compare(a->vulnerability->package->name, b->vulnerability->package->name);
	if (!order)
		order = stk_str_compare(a->id, b->id);
	return order ? order : stk_str_compare(a->vulnerability->package->version, b->vulnerability->package->version);
}

/* The table of one target; widths are measured for it alone. */
static void print_vulnerabilities(struct stk_buf *out, const struct stk_render_options *options,
				  struct stk_finding_list *list)
{
	size_t width[COLUMNS];
	if (!list->n)
		return;
	qsort(list->v, list->n, sizeof(*list->v), compare_vulnerabilities);
	measure(list, options->width, width);
	stk_buf_byte(out, '\n');
	print_heading(out, options, width);
	for (size_t i = 0; i < list->n; i++)
		print_row(out, options, list->v[i], width);
}

/* A label and a text, wrapped below the finding's message. */
static void print_detail(struct stk_buf *out, const struct stk_render_options *options, const char *label,
			 struct stk_str text)
{
	if (!text.n)
		return;
	STK_BUF line = stk_buf_new(STK_MIB(1));
	stk_buf_printf(&line, "%s " STK_FMT, label, STK_ARG(text));
	stk_style_wrap(out, options, STK_STYLE_NONE, 9, 0, stk_buf_str(&line));
}

/* Severity, rule and place on one line, then what it is, the source line, evidence and the way out. */
static void print_finding(struct stk_buf *out, const struct stk_render_options *options,
			  const struct stk_report *report, const struct stk_finding *finding)
{
	STK_BUF place = stk_buf_new(STK_MIB(1));
	stk_finding_place(&place, report, finding);
	stk_buf_byte(out, '\n');
	stk_style_cell(out, options, stk_style_of(finding->severity),
		       stk_str_from(stk_severity_name(finding->severity)), 8);
	stk_buf_byte(out, ' ');
	stk_style_link(out, options, STK_STYLE_BOLD, finding->id, finding->url, stk_utf8_width(finding->id));
	stk_buf_add(out, S("  "));
	stk_style_text(out, options, STK_STYLE_ACCENT, stk_buf_str(&place));
	stk_buf_byte(out, '\n');
	stk_style_wrap(out, options, STK_STYLE_NONE, 9, 0, finding->message.n ? finding->message : finding->title);
	stk_excerpt(out, options, &report->targets.v[finding->target], finding);
	for (size_t i = 0; i < finding->evidence.n; i++)
		print_detail(out, options, "-", finding->evidence.v[i]);
	if (finding->suppressed) {
		print_detail(out, options, "ignored by", finding->suppressed->by);
		print_detail(out, options, "because", finding->suppressed->reason);
	}
	if (options->details)
		print_detail(out, options, "why:", finding->why);
	print_detail(out, options, "\xe2\x86\x92",
		     finding->fix && finding->fix->description.n ? finding->fix->description : finding->remedy);
}

/* Findings with a place first, then the table, which may be long. */
static void print_target(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report,
			 size_t number)
{
	const struct stk_target *target = &report->targets.v[number];
	struct stk_counts counts = stk_report_count(report, number);
	struct stk_finding_list vulnerabilities = { 0 }, others = { 0 };
	STK_EACH_FINDING(finding, report, number)
	if (!finding->suppressed || options->show_suppressed)
		*STK_PUSH(report->arena, finding->vulnerability ? &vulnerabilities : &others) = finding;
	STK_BUF line = stk_buf_new(STK_KIB(64));
	if (number)
		stk_buf_byte(out, '\n');
	stk_style_text(out, options, STK_STYLE_BOLD, target->name);
	if (target->os_family.n) {
		stk_buf_printf(&line, " (" STK_FMT " " STK_FMT ")", STK_ARG(target->os_family),
			       STK_ARG(target->os_version));
		stk_style_text(out, options, STK_STYLE_NONE, stk_buf_str(&line));
		stk_buf_clear(&line);
	}
	stk_buf_add(out, S(": "));
	stk_counts_text(&line, &counts);
	stk_style_text(out, options, counts.total || counts.gaps ? STK_STYLE_NONE : STK_STYLE_GOOD, stk_buf_str(&line));
	stk_buf_byte(out, '\n');
	for (size_t i = 0; options->details && i < target->facts.n; i++)
		print_detail(out, options, target->facts.v[i].name.p, target->facts.v[i].value);
	for (size_t i = 0; i < others.n; i++)
		print_finding(out, options, report, others.v[i]);
	print_vulnerabilities(out, options, &vulnerabilities);
}

static void print_total(struct stk_buf *out, const struct stk_report *report)
{
	struct stk_counts counts = stk_report_count(report, SIZE_MAX);
	size_t fixable = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		fixable += report->findings.v[i].fix && report->findings.v[i].fix->edits.n &&
			   !report->findings.v[i].suppressed;
	/* With one target its own line says the same. */
	if (report->targets.n > 1 || fixable) {
		stk_buf_printf(out, "\n%zu target%s: ", report->targets.n, report->targets.n == 1 ? "" : "s");
		stk_counts_text(out, &counts);
		stk_buf_byte(out, '\n');
	}
	if (fixable)
		stk_buf_printf(out, "%zu can be mended: --diff shows how, --fix does the safe ones\n", fixable);
}

void stk_render_table(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	bool overview = report->checklist.n && !options->details;
	if (overview)
		stk_overview(out, options, report);
	for (size_t i = 0; i < report->targets.n && !overview; i++)
		print_target(out, options, report, i);
	if (!overview)
		print_total(out, report);
	stk_checklist(out, options, report);
	if (report->incomplete.n)
		stk_buf_byte(out, '\n');
	for (size_t i = 0; i < report->incomplete.n; i++) {
		STK_BUF line = stk_buf_new(STK_KIB(64));
		stk_buf_printf(&line, "NOT SCANNED: " STK_FMT ": " STK_FMT, STK_ARG(report->incomplete.v[i].what),
			       STK_ARG(report->incomplete.v[i].why));
		/* A line end in a name must not make a line of its own. */
		STK_BUF printable = stk_buf_new(STK_KIB(256));
		stk_utf8_printable(&printable, stk_buf_str(&line));
		stk_style_wrap(out, options, STK_STYLE_CRITICAL, 0, 0, stk_buf_str(&printable));
	}
}
