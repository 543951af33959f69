/* SPDX-License-Identifier: Apache-2.0 */
/* See harden_summary.h. */
#include "cli/harden_summary.h"

#include <stdio.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "io/file.h"
#include "report/rank.h"
#include "text/edit.h"
#include "base/banned.h"

enum { MOST_LISTED = 12 }; /* without --details: with the lines around them, half a terminal */

/* Where a line of a mended text stands in the file on the disk. */
static uint32_t line_on_disk(const struct stk_harden_summary *s, const struct stk_location *location)
{
	for (size_t i = 0; i < s->options->texts.n && location->line; i++) {
		const struct stk_audit_text *file = &s->options->texts.v[i];
		struct stk_str before;
		struct stk_err ignored;
		uint32_t *lines;
		size_t n;
		if (!stk_str_eq(file->name, location->file) ||
		    stk_file_read(s->arena, file->path.p, STK_LIMIT_TEXT_FILE, &before, &ignored) < 0)
			continue;
		stk_diff_lines(s->arena, before, file->text, &lines, &n);
		return location->line <= n ? lines[location->line - 1] : location->line;
	}
	return location->line;
}

static bool counts(const struct stk_finding *finding)
{
	return !finding->suppressed && finding->severity > STK_SEV_INFO;
}

static bool is_among(const struct stk_report *report, const struct stk_finding *wanted)
{
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (counts(finding) && stk_str_eq(finding->id, wanted->id) &&
		    /* Not by line: repairs move lines. */
		    stk_str_eq(finding->location.file, wanted->location.file) &&
		    stk_str_eq(finding->message, wanted->message))
			return true;
	}
	return false;
}

/* Those of one report that the other has (or has not), worst first. other NULL: has nothing. */
static struct stk_finding_list choose(const struct stk_harden_summary *s, const struct stk_report *report,
				      const struct stk_report *other, bool has)
{
	struct stk_finding_list list = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (counts(finding) && (other && is_among(other, finding)) == has)
			*STK_PUSH(s->arena, &list) = finding;
	}
	stk_finding_list_rank(report, &list);
	return list;
}

/* "2 critical, 5 high" */
static struct stk_str say_counts(struct stk_arena *arena, const struct stk_finding_list *list)
{
	size_t of[STK_SEV_COUNT] = { 0 };
	struct stk_str said = S("");
	for (size_t i = 0; i < list->n; i++)
		of[list->v[i]->severity]++;
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;)
		if (of[severity])
			said = stk_arena_printf(arena, STK_FMT "%s%zu %s", STK_ARG(said), said.n ? ", " : "",
						of[severity], stk_severity_name((enum stk_severity)severity));
	return said;
}

static void print_list(const struct stk_harden_summary *s, const struct stk_finding_list *list, bool lines_are_disk)
{
	size_t n = s->details || list->n <= MOST_LISTED + 1 ? list->n : MOST_LISTED;
	for (size_t i = 0; i < n; i++) {
		const struct stk_finding *finding = list->v[i];
		stk_cli_say("  %-8s " STK_FMT "  " STK_FMT ":%u  " STK_FMT, stk_severity_name(finding->severity),
			    STK_ARG(finding->id), STK_ARG(finding->location.file),
			    lines_are_disk ? finding->location.line : line_on_disk(s, &finding->location),
			    STK_ARG(finding->message.n ? finding->message : finding->title));
	}
	if (list->n > n)
		stk_cli_say("  … and %zu more: --details lists them", list->n - n);
}

static void print_mended(const struct stk_harden_summary *s)
{
	struct stk_finding_list mended = choose(s, s->before, s->left, false);
	if (!s->files) {
		stk_cli_say("strake: nothing to mend");
		return;
	}
	stk_cli_say("strake: %zu file%s %s, which mends %zu finding%s%s" STK_FMT "%s", s->files,
		    s->files == 1 ? "" : "s", s->written ? "changed" : "would change", mended.n,
		    mended.n == 1 ? "" : "s", mended.n ? ": " : "", STK_ARG(say_counts(s->arena, &mended)),
		    s->written ? "" : "; --write does it");
	if (s->details)
		print_list(s, &mended, true);
}

void stk_harden_summarise(const struct stk_harden_summary *s)
{
	struct stk_finding_list people = choose(s, s->left, s->harder, s->harder != NULL), open = { 0 };
	if (s->harder)
		open = choose(s, s->left, s->harder, false);
	print_mended(s);
	if (people.n) {
		stk_cli_say("strake: %zu finding%s left for a person: " STK_FMT, people.n,
			    people.n == 1 ? " is" : "s are", STK_ARG(say_counts(s->arena, &people)));
		print_list(s, &people, false);
	}
	if (open.n) {
		stk_cli_say("strake: --unsafe mends %zu more: " STK_FMT, open.n, STK_ARG(say_counts(s->arena, &open)));
		if (s->details)
			print_list(s, &open, false);
	}
}
