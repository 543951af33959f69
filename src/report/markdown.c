/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown for a pull-request comment: attack paths, tables of the worst, the rest counted, the checklist folded in.
 * Bytes stay below the 65,536 characters that GitHub takes, whatever the report holds.
 */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

/* LONGEST_ROW: four cells of at most 300 bytes, each of which may become five, and what stands between them. */
enum { LIMIT = 65536, MOST_ROWS = 100, LONGEST_ROW = 6400, LONGEST_CELL = 300, MOST_LINES = 10, MOST_ITEMS = 80 };

/* Text inside a table cell: pipes, line breaks, HTML and Markdown's own signs are defused. */
static void cell(struct stk_buf *out, struct stk_str text)
{
	STK_BUF printable = stk_buf_new(STK_MIB(1));
	stk_utf8_printable(&printable, stk_utf8_cut(text, LONGEST_CELL));
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
	stk_buf_printf(out, "| %s%s%s | ", finding->severity >= STK_SEV_HIGH ? "**" : "",
		       stk_severity_name(finding->severity), finding->severity >= STK_SEV_HIGH ? "**" : "");
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

/* What is written before the rest has to fit: room for it is kept. */
struct comment {
	struct stk_buf *out;
	const struct stk_report *report;
	size_t room;		 /* bytes that out may grow to before the checklist */
	size_t left_out, silent; /* findings that did not fit; targets without findings */
};

/* Rows of one severity; false when the comment is full. */
static bool write_rows(struct comment *c, size_t target, enum stk_severity severity, size_t *rows)
{
	STK_EACH_FINDING(finding, c->report, target)
	{
		if (finding->suppressed || finding->severity != severity)
			continue;
		/* A comment that is too long is refused as a whole by GitHub and GitLab, so
		   there must be room for one more row before it is written. */
		if (*rows >= MOST_ROWS || c->out->n + LONGEST_ROW > c->room)
			return false;
		if (!(*rows)++)
			stk_buf_add(
				c->out,
				S("\n| Severity | Id | Where | What | What to do |\n| --- | --- | --- | --- | --- |\n"));
		write_row(c->out, c->report, finding);
	}
	return true;
}

/* The worst findings come first, so what does not fit is the least of it; how much that is, is
   said. */
static void write_target(struct comment *c, size_t number)
{
	struct stk_counts counts = stk_report_count(c->report, number);
	size_t rows = 0;
	if (!counts.total) {
		c->silent++;
		return;
	}
	if (c->out->n + 2 * LONGEST_ROW > c->room) {
		c->left_out += counts.total;
		return;
	}
	stk_buf_add(c->out, S("\n### "));
	cell(c->out, c->report->targets.v[number].name);
	stk_buf_add(c->out, S("\n\n"));
	stk_counts_text(c->out, &counts);
	stk_buf_byte(c->out, '\n');
	for (size_t severity = STK_SEV_COUNT;
	     severity-- > 0 && write_rows(c, number, (enum stk_severity)severity, &rows);)
		;
	if (counts.total > rows)
		stk_buf_printf(c->out, "\n… and %zu more.\n", counts.total - rows);
}

/* A list of at most so many lines, under a heading. */
static void write_list(struct stk_buf *out, const char *heading, const struct stk_strs *lines)
{
	if (lines->n)
		stk_buf_printf(out, "\n### %s\n\n", heading);
	for (size_t i = 0; i < lines->n && i < MOST_LINES; i++) {
		stk_buf_add(out, S("- "));
		cell(out, lines->v[i]);
		stk_buf_byte(out, '\n');
	}
	if (lines->n > MOST_LINES)
		stk_buf_printf(out, "- … and %zu more\n", lines->n - MOST_LINES);
}

static void write_gaps(struct stk_buf *out, const struct stk_report *report)
{
	struct stk_strs lines = { 0 };
	for (size_t i = 0; i < report->incomplete.n; i++)
		*STK_PUSH(report->arena, &lines) =
			stk_arena_printf(report->arena, STK_FMT ": " STK_FMT, STK_ARG(report->incomplete.v[i].what),
					 STK_ARG(report->incomplete.v[i].why));
	write_list(out, "Not scanned", &lines);
}

static void write_item(struct stk_buf *out, const struct stk_item *item)
{
	static const char *const marks[STK_ITEM_STATE_COUNT] = {
		[STK_ITEM_MET] = ":white_check_mark:",
		[STK_ITEM_NOT_MET] = ":x:",
		[STK_ITEM_NOT_APPLICABLE] = ":heavy_minus_sign:",
		[STK_ITEM_NOT_CHECKED] = ":grey_question:",
	};
	stk_buf_printf(out, "| %s | %s %s | ", stk_layer_name(item->layer), marks[item->state],
		       stk_item_state_name(item->state));
	cell(out, item->text);
	stk_buf_add(out, S(" |\n"));
}

static void write_checklist(struct stk_buf *out, const struct stk_report *report)
{
	size_t of[STK_ITEM_STATE_COUNT] = { 0 };
	for (size_t i = 0; i < report->checklist.n; i++)
		of[report->checklist.v[i].state]++;
	if (!report->checklist.n)
		return;
	stk_buf_add(out, S("\n<details><summary>Checklist"));
	for (size_t state = 0; state < STK_ITEM_STATE_COUNT; state++)
		if (of[state])
			stk_buf_printf(out, "%s %zu %s", state ? "," : ":", of[state],
				       stk_item_state_name((enum stk_item_state)state));
	stk_buf_add(out, S("</summary>\n\n| Layer | State | Item |\n| --- | --- | --- |\n"));
	for (size_t i = 0; i < report->checklist.n && i < MOST_ITEMS; i++)
		write_item(out, &report->checklist.v[i]);
	stk_buf_add(out, S("\n</details>\n"));
}

void stk_render_markdown(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	STK_BUF checklist = stk_buf_new(STK_MIB(1));
	(void)options;
	write_checklist(&checklist, report);
	/* The checklist is written last but measured first: it always gets its room. */
	struct comment c = { .out = out, .report = report, .room = out->n + LIMIT - checklist.n - LONGEST_ROW };
	stk_buf_add(out, S("## strake: "));
	stk_headline_text(out, report);
	stk_buf_byte(out, '\n');
	write_gaps(out, report);
	write_list(out, "Attack paths", &report->paths);
	for (size_t i = 0; i < report->targets.n; i++)
		write_target(&c, i);
	if (c.left_out)
		stk_buf_printf(out, "\n… and %zu more finding%s in other targets.\n", c.left_out,
			       c.left_out == 1 ? "" : "s");
	if (c.silent && c.silent < report->targets.n)
		stk_buf_printf(out, "\nNothing found in %zu other target%s.\n", c.silent, c.silent == 1 ? "" : "s");
	stk_buf_add(out, stk_buf_str(&checklist));
}
