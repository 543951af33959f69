/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See report.h: filling, merging, ordering. Order is fixed here, once, so that no rule and no
 * thread can change what a run prints.
 */
#include "report/report.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/summary.h"
#include "base/banned.h"

const char *stk_item_state_name(enum stk_item_state state)
{
	static const char *const names[] = {
#define X(name, text) text,
		STK_ITEM_STATES(X)
#undef X
	};
	assert(state < STK_ITEM_STATE_COUNT);
	return names[state];
}

struct stk_report stk_report_new(struct stk_arena *arena)
{
	return (struct stk_report){ .arena = arena };
}

size_t stk_report_target(struct stk_report *report, struct stk_str name, const char *kind)
{
	struct stk_target *target = STK_PUSH(report->arena, &report->targets);
	target->name = name;
	target->kind = stk_str_from(kind);
	target->cursor = STK_NEW(report->arena, struct stk_line_cursor, 1);
	return report->targets.n - 1;
}

struct stk_finding *stk_report_add_bare(struct stk_report *report, struct stk_str id, size_t target)
{
	assert(target < report->targets.n);
	struct stk_finding *finding = STK_PUSH(report->arena, &report->findings);
	*finding = (struct stk_finding){ .id = id, .target = target }; /* one that was taken out may have stood here */
	report->sorted = false;
	return finding;
}

struct stk_finding *stk_report_add(struct stk_report *report, const struct stk_rule *rule, size_t target)
{
	struct stk_finding *finding = stk_report_add_bare(report, stk_str_from(rule->id), target);
	finding->rule = rule;
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		*STK_PUSH(report->arena, &finding->aliases) = stk_str_from(rule->aliases[i]);
	finding->severity = rule->severity;
	finding->layer = rule->layer;
	finding->title = stk_str_from(rule->title);
	finding->message = finding->title;
	finding->why = stk_str_from(rule->why);
	finding->remedy = stk_str_from(rule->remedy);
	finding->url = stk_str_from(rule->url);
	return finding;
}

void stk_report_gap(struct stk_report *report, size_t target, struct stk_str what, struct stk_str why)
{
	struct stk_gap *gap = STK_PUSH(report->arena, &report->incomplete);
	gap->what = stk_arena_str(report->arena, what);
	/* An error's text often begins with the name of the file that it is about. */
	if (stk_str_starts(why, what) && stk_str_starts(stk_str_slice(why, what.n, why.n), S(": ")))
		why = stk_str_slice(why, what.n + 2, why.n);
	gap->why = stk_arena_str(report->arena, why);
	gap->target = target;
}

void stk_finding_evidence(struct stk_report *report, struct stk_finding *finding, const char *fmt, ...)
{
	char line[1024];
	va_list args;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	*STK_PUSH(report->arena, &finding->evidence) = stk_arena_str(report->arena, stk_str_from(line));
}

struct stk_fix *stk_finding_fix(struct stk_report *report, struct stk_finding *finding, bool safe,
				const char *description)
{
	struct stk_fix *fix = STK_NEW(report->arena, struct stk_fix, 1);
	fix->safe = safe;
	fix->description = stk_arena_str(report->arena, stk_str_from(description));
	finding->fix = fix;
	return fix;
}

void stk_fix_edit(struct stk_report *report, struct stk_fix *fix, struct stk_str file, size_t begin, size_t end,
		  struct stk_str text)
{
	struct stk_edit *edit = STK_PUSH(report->arena, &fix->edits);
	*edit = (struct stk_edit){ file, begin, end, stk_arena_str(report->arena, text) };
}

void stk_report_merge(struct stk_report *into, const struct stk_report *from)
{
	size_t first = into->targets.n;
	into->sorted = false;
	for (size_t i = 0; i < from->targets.n; i++)
		*STK_PUSH(into->arena, &into->targets) = from->targets.v[i];
	for (size_t i = 0; i < from->findings.n; i++) {
		struct stk_finding *finding = STK_PUSH(into->arena, &into->findings);
		*finding = from->findings.v[i];
		finding->target += first;
	}
	/* Packages are shared, not copied: findings of `from` point at them. */
	for (size_t i = 0; i < from->packages.n; i++) {
		*STK_PUSH(into->arena, &into->packages) = from->packages.v[i];
		from->packages.v[i]->target += first;
	}
	for (size_t i = 0; i < from->incomplete.n; i++) {
		struct stk_gap gap = from->incomplete.v[i];
		gap.target += first;
		*STK_PUSH(into->arena, &into->incomplete) = gap;
	}
	for (size_t i = 0; i < from->unseen.n; i++)
		*STK_PUSH(into->arena, &into->unseen) = from->unseen.v[i];
	for (size_t i = 0; i < from->notices.n; i++)
		if (!stk_strs_has(&into->notices, from->notices.v[i]))
			*STK_PUSH(into->arena, &into->notices) = from->notices.v[i];
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Target, file, line, column; then the path in an image and its layer. */
static int compare_places(const struct stk_finding *a, const struct stk_finding *b)
{
	int order = compare_numbers(a->target, b->target);
	if (!order)
		order = stk_str_compare(a->location.file, b->location.file);
	if (!order)
		order = compare_numbers(a->location.line, b->location.line);
	if (!order)
		order = compare_numbers(a->location.column, b->location.column);
	if (!order)
		order = stk_str_compare(a->location.path, b->location.path);
	return order ? order : compare_numbers((uint32_t)a->location.layer_index, (uint32_t)b->location.layer_index);
}

static int compare_packages(const struct stk_vulnerability *a, const struct stk_vulnerability *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	int order = stk_str_compare(a->package->name, b->package->name);
	if (!order)
		order = stk_str_compare(a->package->version, b->package->version);
	return order ? order : stk_str_compare(a->package->path, b->package->path);
}

static int compare_findings(const void *left, const void *right)
{
	const struct stk_finding *a = left, *b = right;
	int order = compare_places(a, b);
	if (!order)
		order = compare_packages(a->vulnerability, b->vulnerability);
	if (!order)
		order = stk_str_compare(a->id, b->id);
	return order ? order : stk_str_compare(a->message, b->message);
}

void stk_report_sort(struct stk_report *report)
{
	report->sorted = true;
	if (!report->findings.n)
		return;
	qsort(report->findings.v, report->findings.n, sizeof(*report->findings.v), compare_findings);
	/* Two rules may say the same of the same place, and one target may be named twice. */
	size_t kept = 1;
	for (size_t i = 1; i < report->findings.n; i++)
		if (compare_findings(&report->findings.v[kept - 1], &report->findings.v[i]) != 0)
			report->findings.v[kept++] = report->findings.v[i];
	report->findings.n = kept;
}

/* The first of the sorted findings whose target is not below this one. */
static const struct stk_finding *first_of(const struct stk_report *report, size_t target)
{
	size_t low = 0, high = report->findings.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (report->findings.v[middle].target < target)
			low = middle + 1;
		else
			high = middle;
	}
	return report->findings.v + low;
}

struct stk_finding_range stk_report_range(const struct stk_report *report, size_t target)
{
	const struct stk_finding *all = report->findings.v;
	/* Unsorted: all of them, and STK_EACH_FINDING tests each. */
	if (!report->findings.n || target == SIZE_MAX || !report->sorted)
		return (struct stk_finding_range){ all, report->findings.n ? all + report->findings.n : all };
	return (struct stk_finding_range){ first_of(report, target), first_of(report, target + 1) };
}

/* The bytes of a place in a target's text; empty when it is not on one line or not there. */
static struct stk_str place_in(const struct stk_target *target, const struct stk_location *at)
{
	if (!at->column || at->end_line != at->line)
		return S("");
	return stk_str_slice(stk_target_line(target, at->line), at->column - 1, at->end_column - 1);
}

void stk_report_conceal(struct stk_report *report)
{
	/* Targets' texts may be shared or mapped: copies are masked, one for each however many credentials it has. */
	bool *copied = STK_NEW(report->arena, bool, report->targets.n);
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		struct stk_target *target = &report->targets.v[finding->target];
		if (!finding->rule || !finding->rule->conceal || !target->text.n ||
		    !stk_str_eq(target->name, finding->location.file))
			continue;
		struct stk_str value = place_in(target, &finding->location);
		if (!value.n)
			continue;
		size_t at = (size_t)(value.p - target->text.p);
		if (!copied[finding->target])
			target->text = stk_arena_str(report->arena, target->text);
		copied[finding->target] = true;
		memset((char *)(uintptr_t)target->text.p + at, '*', value.n);
		if (target->cursor)
			target->cursor->hash = 0; /* the line is another one now */
	}
}
