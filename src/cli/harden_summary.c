/* SPDX-License-Identifier: Apache-2.0 */
/* See harden_summary.h. */
#include "cli/harden_summary.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "io/file.h"
#include "report/rank.h"
#include "text/edit.h"
#include "base/banned.h"

enum { MOST_LISTED = 12 }; /* without --details: with the lines around them, half a terminal */

struct findings {
	const struct stk_finding **v;
	size_t n, cap;
};

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

static int worst_first(const void *left, const void *right)
{
	const struct stk_finding *a = *(const struct stk_finding *const *)left,
				 *b = *(const struct stk_finding *const *)right;
	int order = stk_finding_compare_rank(a, b);
	return order ? order : a < b ? -1 : a > b; /* one array: the report's own order */
}

/* Those of one report that the other has (or has not), worst first. other NULL: has nothing. */
static struct findings choose(const struct stk_harden_summary *s, const struct stk_report *report,
			      const struct stk_report *other, bool has)
{
	struct findings list = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (counts(finding) && (other && is_among(other, finding)) == has)
			*STK_PUSH(s->arena, &list) = finding;
	}
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), worst_first);
	return list;
}

/* "2 critical, 5 high" */
static void print_counts(const struct findings *list)
{
	size_t of[STK_SEV_COUNT] = { 0 };
	const char *before = "";
	for (size_t i = 0; i < list->n; i++)
		of[list->v[i]->severity]++;
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;)
		if (of[severity]) {
			fprintf(stderr, "%s%zu %s", before, of[severity],
				stk_severity_name((enum stk_severity)severity));
			before = ", ";
		}
}

static void print_list(const struct stk_harden_summary *s, const struct findings *list, bool lines_are_disk)
{
	size_t n = s->details || list->n <= MOST_LISTED + 1 ? list->n : MOST_LISTED;
	for (size_t i = 0; i < n; i++) {
		const struct stk_finding *finding = list->v[i];
		fprintf(stderr, "  %-8s " STK_FMT "  " STK_FMT ":%u  " STK_FMT "\n",
			stk_severity_name(finding->severity), STK_ARG(finding->id), STK_ARG(finding->location.file),
			lines_are_disk ? finding->location.line : line_on_disk(s, &finding->location),
			STK_ARG(finding->message.n ? finding->message : finding->title));
	}
	if (list->n > n)
		fprintf(stderr, "  … and %zu more: --details lists them\n", list->n - n);
}

static void print_mended(const struct stk_harden_summary *s)
{
	struct findings mended = choose(s, s->before, s->left, false);
	if (!s->files) {
		fputs("strake: nothing to mend\n", stderr);
		return;
	}
	fprintf(stderr, "strake: %zu file%s %s, which mends %zu finding%s%s", s->files, s->files == 1 ? "" : "s",
		s->written ? "changed" : "would change", mended.n, mended.n == 1 ? "" : "s", mended.n ? ": " : "");
	print_counts(&mended);
	fputs(s->written ? "\n" : "; --write does it\n", stderr);
	if (s->details)
		print_list(s, &mended, true);
}

void stk_harden_summarise(const struct stk_harden_summary *s)
{
	struct findings people = choose(s, s->left, s->harder, s->harder != NULL), open = { 0 };
	if (s->harder)
		open = choose(s, s->left, s->harder, false);
	print_mended(s);
	if (people.n) {
		fprintf(stderr, "strake: %zu finding%s left for a person: ", people.n, people.n == 1 ? " is" : "s are");
		print_counts(&people);
		fputc('\n', stderr);
		print_list(s, &people, false);
	}
	if (open.n) {
		fprintf(stderr, "strake: --unsafe mends %zu more: ", open.n);
		print_counts(&open);
		fputc('\n', stderr);
		if (s->details)
			print_list(s, &open, false);
	}
}
