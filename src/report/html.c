/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One self-contained HTML file: summary, attack paths, checklist, network map, layers, findings. Readable without
 * JavaScript (which adds search, filters and copy buttons), by keyboard and screen reader, in the dark and on paper.
 * Nothing is loaded from anywhere; drawings are images, so that no script in them could run.
 */
#include "report/html.h"
#include "report/html_assets.h"
#include "report/markup.h"
#include "report/renderers.h"
#include "report/summary.h"
#include "base/banned.h"

/* The word stands in it: colour alone would say nothing to some readers. */
void stk_html_badge(struct stk_buf *out, enum stk_severity severity)
{
	const char *name = stk_severity_name(severity);
	stk_buf_printf(out, "<span class=\"badge %s\">%s</span>", name, name);
}

/* Style is in the page: a report is one file that opens anywhere. */
static void write_head(struct stk_buf *out, const struct stk_report *report)
{
	stk_buf_add(out, S("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			   "<meta name=\"generator\" content=\"strake " STK_VERSION "\">\n<title>Strake report"));
	if (report->targets.n) {
		stk_buf_add(out, S(": "));
		stk_markup_text(out, report->targets.v[0].name);
	}
	stk_buf_add(out, S("</title>\n<style>\n"));
	stk_buf_add(out, (struct stk_str){ html_css, sizeof(html_css) });
	stk_buf_add(out,
		    S("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n"));
}

static bool has_layers(const struct stk_report *report)
{
	for (size_t i = 0; i < report->targets.n; i++)
		if (report->targets.v[i].layers.n)
			return true;
	return false;
}

/* The numbers at a glance and the way to each section. Links are only to sections that are
   there. */
static void write_header(struct stk_buf *out, const struct stk_report *report)
{
	struct stk_counts counts = stk_report_count(report, SIZE_MAX);
	const struct {
		bool there;
		const char *id, *text;
	} links[] = {
		{ report->incomplete.n, "gaps", "Not scanned" },
		{ report->paths.n, "paths", "Attack paths" },
		{ report->checklist.n, "checklist", "Checklist" },
		{ report->drawings.n, "drawings", "Network" },
		{ report->targets.n, "targets", "Targets" },
		{ has_layers(report), "layers", "Image layers" },
		{ true, "findings", "Findings" },
	};
	stk_buf_add(out, S("<header>\n<h1>Strake report</h1>\n<p class=\"quiet\">"));
	stk_buf_printf(out, "%zu target%s, %zu finding%s", report->targets.n, report->targets.n == 1 ? "" : "s",
		       counts.total, counts.total == 1 ? "" : "s");
	if (counts.suppressed)
		stk_buf_printf(out, ", %zu ignored", counts.suppressed);
	if (report->unseen.n)
		stk_buf_printf(out, ", %zu image%s not looked at", report->unseen.n, report->unseen.n == 1 ? "" : "s");
	stk_buf_add(out, S("</p>\n<ul class=\"tiles\">\n"));
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;) {
		const char *name = stk_severity_name((enum stk_severity)severity);
		/* The low ones and worse are shown with a zero too, since none of them is worth
		   knowing. */
		if (counts.of[severity] || severity >= STK_SEV_LOW)
			stk_buf_printf(out, "<li class=\"%s\"><b>%zu</b> %s</li>\n", name, counts.of[severity], name);
	}
	stk_buf_add(out, S("</ul>\n<nav aria-label=\"Sections\"><ul>\n"));
	for (size_t i = 0; i < STK_LEN(links); i++)
		if (links[i].there)
			stk_buf_printf(out, "<li><a href=\"#%s\">%s</a></li>\n", links[i].id, links[i].text);
	stk_buf_add(out, S("</ul></nav>\n</header>\n"));
}

/* Each section is named by its heading, for screen readers and for the links of the header. */
static void begin_section(struct stk_buf *out, const char *id, const char *title, const char *class)
{
	stk_buf_printf(out, "<section id=\"%s\" aria-labelledby=\"%s-title\"%s%s%s>\n<h2 id=\"%s-title\">%s</h2>\n", id,
		       id, class ? " class=\"" : "", class ? class : "", class ? "\"" : "", id, title);
}

static void end_section(struct stk_buf *out)
{
	stk_buf_add(out, S("</section>\n"));
}

static void write_gaps(struct stk_buf *out, const struct stk_report *report)
{
	if (!report->incomplete.n)
		return;
	begin_section(out, "gaps", "Not scanned", "gap");
	stk_buf_add(out, S("<p>This report is incomplete: what follows could not be looked at.</p>\n<ul>\n"));
	for (size_t i = 0; i < report->incomplete.n; i++) {
		stk_buf_add(out, S("<li><b>"));
		stk_markup_text(out, report->incomplete.v[i].what);
		stk_buf_add(out, S("</b>: "));
		stk_markup_text(out, report->incomplete.v[i].why);
		stk_buf_add(out, S("</li>\n"));
	}
	stk_buf_add(out, S("</ul>\n"));
	end_section(out);
}

static void write_paths(struct stk_buf *out, const struct stk_report *report)
{
	if (!report->paths.n)
		return;
	begin_section(out, "paths", "Attack paths", NULL);
	stk_buf_add(out, S("<ol class=\"paths\">\n"));
	for (size_t i = 0; i < report->paths.n; i++) {
		stk_buf_add(out, S("<li>"));
		stk_markup_text(out, report->paths.v[i]);
		stk_buf_add(out, S("</li>\n"));
	}
	stk_buf_add(out, S("</ol>\n"));
	end_section(out);
}

static void write_item(struct stk_buf *out, const struct stk_item *item)
{
	/* Marks are hidden from screen readers, which get the state in words below. */
	static const struct {
		const char *mark, *class;
	} looks[STK_ITEM_STATE_COUNT] = {
		[STK_ITEM_MET] = { "\xe2\x9c\x93", "good" },
		[STK_ITEM_NOT_MET] = { "\xe2\x9c\x97", "critical" },
		[STK_ITEM_NOT_APPLICABLE] = { "\xe2\x80\x93", "info" },
		[STK_ITEM_NOT_CHECKED] = { "?", "medium" },
	};
	stk_buf_printf(out, "<li class=\"%s\"><span class=\"mark\" aria-hidden=\"true\">%s</span><span>",
		       looks[item->state].class, looks[item->state].mark);
	stk_markup_text(out, item->text);
	stk_buf_printf(out, "<small>%s", stk_item_state_name(item->state));
	if (item->reason.n) {
		stk_buf_add(out, S(": "));
		stk_markup_text(out, item->reason);
	}
	if (item->findings)
		stk_buf_printf(out, ": %zu finding%s (", item->findings, item->findings == 1 ? "" : "s");
	for (size_t i = 0; i < item->rules.n; i++) {
		stk_buf_add(out, i ? S(", ") : S(""));
		stk_markup_text(out, item->rules.v[i]);
	}
	stk_buf_add(out, item->findings ? S(")</small></span></li>\n") : S("</small></span></li>\n"));
}

static void write_checklist(struct stk_buf *out, const struct stk_report *report)
{
	if (!report->checklist.n)
		return;
	begin_section(out, "checklist", "Checklist", NULL);
	for (size_t i = 0; i < report->checklist.n; i++) {
		const struct stk_item *item = &report->checklist.v[i];
		/* Items come sorted by layer. */
		bool first = !i || report->checklist.v[i - 1].layer != item->layer;
		if (first)
			stk_buf_printf(out, "%s<h3>%c%s</h3>\n<ul class=\"checklist\">\n", i ? "</ul>\n" : "",
				       stk_layer_name(item->layer)[0] - 'a' + 'A', stk_layer_name(item->layer) + 1);
		write_item(out, item);
	}
	stk_buf_add(out, S("</ul>\n"));
	end_section(out);
}

static void write_drawings(struct stk_buf *out, const struct stk_report *report)
{
	if (!report->drawings.n)
		return;
	begin_section(out, "drawings", "Network", NULL);
	for (size_t i = 0; i < report->drawings.n; i++) {
		stk_buf_add(out, S("<figure><img"));
		stk_markup_attribute(out, "alt", report->drawings.v[i].title);
		stk_buf_add(out, S(" src=\""));
		stk_markup_data_uri(out, "image/svg+xml", report->drawings.v[i].svg);
		stk_buf_add(out, S("\"><figcaption class=\"quiet\">"));
		stk_markup_text(out, report->drawings.v[i].title);
		stk_buf_add(out, S("</figcaption></figure>\n"));
	}
	end_section(out);
}

static void write_target_row(struct stk_buf *out, const struct stk_report *report, size_t number)
{
	const struct stk_target *target = &report->targets.v[number];
	struct stk_counts counts = stk_report_count(report, number);
	stk_buf_add(out, S("<tr><th scope=\"row\">"));
	stk_markup_text(out, target->name);
	stk_buf_add(out, S("</th><td>"));
	stk_markup_text(out, target->kind);
	if (target->os_family.n) {
		stk_buf_add(out, S(", "));
		stk_markup_text(out, target->os_family);
		stk_buf_byte(out, ' ');
		stk_markup_text(out, target->os_version);
		stk_buf_add(out, target->os_end_of_life ? S(" (end of life)") : S(""));
	}
	stk_buf_add(out, S("</td><td>"));
	stk_counts_text(out, &counts);
	stk_buf_add(out, S("</td></tr>\n"));
}

static void write_targets(struct stk_buf *out, const struct stk_report *report)
{
	begin_section(out, "targets", "Targets", NULL);
	stk_buf_add(out,
		    S("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\">Kind</th>"
		      "<th scope=\"col\">Findings</th></tr></thead>\n<tbody>\n"));
	for (size_t i = 0; i < report->targets.n; i++)
		write_target_row(out, report, i);
	stk_buf_add(out, S("</tbody></table></div>\n"));
	end_section(out);
}

static void write_layer_rows(struct stk_buf *out, const struct stk_target *target)
{
	uint64_t largest = 1;
	for (size_t i = 0; i < target->layers.n; i++)
		if (target->layers.v[i].size > largest)
			largest = target->layers.v[i].size;
	for (size_t i = 0; i < target->layers.n; i++) {
		const struct stk_target_layer *layer = &target->layers.v[i];
		stk_buf_printf(
			out,
			"<tr><td class=\"number\">%zu</td><td class=\"number\">%.1f MB</td><td style=\"width:8rem\">"
			"<span class=\"bar\" style=\"width:%u%%\"></span></td><td class=\"number\">%zu</td><td><code>",
			i + 1, (double)layer->size / 1e6, (unsigned)(100.0 * (double)layer->size / (double)largest),
			layer->packages);
		stk_markup_text(out, stk_str_slice(layer->instruction.n ? layer->instruction : layer->digest, 0, 400));
		stk_buf_add(out, S("</code></td></tr>\n"));
	}
}

static void write_layers(struct stk_buf *out, const struct stk_report *report)
{
	if (!has_layers(report))
		return;
	begin_section(out, "layers", "Image layers", NULL);
	for (size_t i = 0; i < report->targets.n; i++) {
		if (!report->targets.v[i].layers.n)
			continue;
		stk_buf_add(out, S("<h3>"));
		stk_markup_text(out, report->targets.v[i].name);
		stk_buf_add(
			out,
			S("</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th class=\"number\" scope=\"col\">Layer</th>"
			  "<th class=\"number\" scope=\"col\">Size</th><th scope=\"col\">Share</th><th class=\"number\" scope=\"col\">Packages</th>"
			  "<th scope=\"col\">Made by</th></tr></thead>\n<tbody>\n"));
		write_layer_rows(out, &report->targets.v[i]);
		stk_buf_add(out, S("</tbody></table></div>\n"));
	}
	end_section(out);
}

static void write_notices(struct stk_buf *out, const struct stk_report *report)
{
	stk_buf_add(out, S("<footer>\n"));
	for (size_t i = 0; i < report->notices.n; i++) {
		stk_buf_add(out, S("<p>"));
		stk_markup_text(out, report->notices.v[i]);
		stk_buf_add(out, S("</p>\n"));
	}
	stk_buf_add(out, S("<p>Made by strake " STK_VERSION ".</p>\n</footer>\n<script>\n"));
	stk_buf_add(out, (struct stk_str){ html_js, sizeof(html_js) });
	stk_buf_add(out, S("</script>\n</body>\n</html>\n"));
}

void stk_render_html(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	write_head(out, report);
	write_header(out, report);
	stk_buf_add(out, S("<main>\n"));
	write_gaps(out, report);
	write_paths(out, report);
	write_checklist(out, report);
	write_drawings(out, report);
	write_targets(out, report);
	write_layers(out, report);
	stk_html_findings(out, report, options);
	stk_buf_add(out, S("</main>\n"));
	write_notices(out, report);
}
