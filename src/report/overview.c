/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first screen of an audit: ways of attack, then the worst findings, each cut to the width
 * of the terminal. The whole is in the report behind it.
 */
#include "report/overview.h"

#include "base/limits.h"
#include "report/rank.h"
#include "report/style.h"
#include "report/summary.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { MOST_PATHS = 5, MOST_FINDINGS = 12, SEVERITY = 8, WIDEST_ID = 16, NARROW = 30 };

static void heading(struct stk_buf *out, const struct stk_render_options *options, const char *text)
{
	stk_buf_byte(out, '\n');
	stk_style_text(out, options, STK_STYLE_BOLD, stk_str_from(text));
	stk_buf_byte(out, '\n');
}

static void write_paths(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report)
{
	if (!report->paths.n)
		return;
	heading(out, options, "Attack paths");
	for (size_t i = 0; i < report->paths.n && i < MOST_PATHS; i++)
		stk_style_wrap(out, options, STK_STYLE_NONE, 2, 2, report->paths.v[i]);
	if (report->paths.n > MOST_PATHS)
		stk_buf_printf(out, "  … and %zu more\n", report->paths.n - MOST_PATHS);
}

/* "high     DL3002  web/Dockerfile:12:1  message", cut to the width. */
static void write_line(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report,
		       const struct stk_finding *finding, size_t id_width)
{
	STK_BUF place = stk_buf_new(STK_KIB(64)), rest = stk_buf_new(STK_KIB(64));
	const struct stk_vulnerability *v = finding->vulnerability;
	stk_finding_place(&place, report, finding);
	if (v)
		stk_buf_printf(&rest, STK_FMT ": ", STK_ARG(report->targets.v[finding->target].name));
	else
		stk_buf_printf(&rest, STK_FMT "  ", STK_ARG(stk_buf_str(&place)));
	stk_buf_add(&rest, stk_finding_message(finding));
	stk_buf_add(out, S("  "));
	stk_style_cell(out, options, stk_style_of(finding->severity),
		       stk_str_from(stk_severity_name(finding->severity)), SEVERITY);
	stk_buf_byte(out, ' ');
	size_t used = 2 + SEVERITY + 1 + id_width + 2, room = options->width > used ? options->width - used : 0;
	struct stk_str text = stk_buf_str(&rest);
	bool narrow = room < NARROW; /* too little for a place and a message: they get lines of their own */
	stk_style_link(out, options, STK_STYLE_BOLD, finding->id, finding->url,
		       narrow ? stk_utf8_width(finding->id) : id_width);
	if (narrow) {
		stk_buf_byte(out, '\n');
		stk_style_wrap(out, options, STK_STYLE_NONE, 4, 0, text);
		return;
	}
	stk_buf_add(out, S("  "));
	stk_style_cell(out, options, STK_STYLE_NONE, text, stk_utf8_width(text) < room ? stk_utf8_width(text) : room);
	stk_buf_byte(out, '\n');
}

static void write_worst(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report)
{
	struct stk_finding_list list = { 0 };
	size_t width = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		if (!report->findings.v[i].suppressed)
			*STK_PUSH(report->arena, &list) = &report->findings.v[i];
	if (!list.n)
		return;
	stk_finding_list_rank(report, &list);
	size_t shown = list.n < MOST_FINDINGS ? list.n : MOST_FINDINGS;
	for (size_t i = 0; i < shown; i++)
		width = stk_utf8_width(list.v[i]->id) > width ? stk_utf8_width(list.v[i]->id) : width;
	heading(out, options, list.n > shown ? "Worst findings" : "Findings");
	for (size_t i = 0; i < shown; i++)
		write_line(out, options, report, list.v[i], width < WIDEST_ID ? width : WIDEST_ID);
	if (list.n <= shown)
		return;
	STK_BUF rest = stk_buf_new(STK_KIB(1));
	stk_buf_printf(&rest, "… and %zu more: --details lists them, --format html=report.html makes a page",
		       list.n - shown);
	stk_style_wrap(out, options, STK_STYLE_NONE, 2, 2, stk_buf_str(&rest));
}

/* See overview.h. */
void stk_overview(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report)
{
	struct stk_counts counts = stk_report_count(report, SIZE_MAX);
	STK_BUF line = stk_buf_new(STK_KIB(64));
	stk_buf_printf(&line, "%zu target%s: ", report->targets.n, report->targets.n == 1 ? "" : "s");
	stk_style_text(out, options, STK_STYLE_BOLD, stk_buf_str(&line));
	stk_buf_clear(&line);
	stk_headline_text(&line, report);
	stk_style_text(out, options, counts.total || report->unseen.n ? STK_STYLE_NONE : STK_STYLE_GOOD,
		       stk_buf_str(&line));
	stk_buf_byte(out, '\n');
	write_paths(out, options, report);
	write_worst(out, options, report);
}

static const struct {
	const char *mark;
	enum stk_style style;
} looks[STK_ITEM_STATE_COUNT] = {
	[STK_ITEM_MET] = { "\xe2\x9c\x93", STK_STYLE_GOOD },
	[STK_ITEM_NOT_MET] = { "\xe2\x9c\x97", STK_STYLE_HIGH },
	[STK_ITEM_NOT_APPLICABLE] = { "-", STK_STYLE_DIM },
	[STK_ITEM_NOT_CHECKED] = { "?", STK_STYLE_MEDIUM },
};

static void write_item(struct stk_buf *out, const struct stk_render_options *options, const struct stk_item *item)
{
	STK_BUF line = stk_buf_new(STK_KIB(64));
	stk_buf_printf(&line, "%s " STK_FMT, looks[item->state].mark, STK_ARG(item->text));
	if (item->state == STK_ITEM_NOT_MET) {
		stk_buf_printf(&line, " (%zu:", item->findings);
		for (size_t i = 0; i < item->rules.n && i < 4; i++)
			stk_buf_printf(&line, " " STK_FMT, STK_ARG(item->rules.v[i]));
		stk_buf_add(&line, item->rules.n > 4 ? S(" …)") : S(")"));
	} else if (item->state != STK_ITEM_MET) {
		stk_buf_printf(&line, " (%s: " STK_FMT ")", stk_item_state_name(item->state), STK_ARG(item->reason));
	}
	stk_style_wrap(out, options, looks[item->state].style, 4, 2, stk_buf_str(&line));
}

/* By layer: how many of its items are met, not met and open, then those that need attention
   (all with --details). */
void stk_checklist(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report)
{
	if (!report->checklist.n)
		return;
	heading(out, options, "Checklist");
	for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++) {
		size_t of[STK_ITEM_STATE_COUNT] = { 0 };
		for (size_t i = 0; i < report->checklist.n; i++)
			of[report->checklist.v[i].state] += report->checklist.v[i].layer == layer;
		STK_BUF line = stk_buf_new(STK_KIB(4));
		stk_buf_printf(&line, "%-9s", stk_layer_name((enum stk_guide_layer)layer));
		for (size_t state = 0; state < STK_ITEM_STATE_COUNT; state++)
			if (of[state])
				stk_buf_printf(&line, " %zu %s,", of[state],
					       stk_item_state_name((enum stk_item_state)state));
		stk_buf_add(out, S("  "));
		stk_style_text(out, options, STK_STYLE_BOLD, stk_str_strip_suffix(stk_buf_str(&line), S(",")));
		stk_buf_byte(out, '\n');
		for (size_t i = 0; i < report->checklist.n; i++) {
			const struct stk_item *item = &report->checklist.v[i];
			bool open = item->state == STK_ITEM_NOT_MET || item->state == STK_ITEM_NOT_CHECKED;
			if (item->layer == layer && (open || options->details))
				write_item(out, options, item);
		}
	}
}
