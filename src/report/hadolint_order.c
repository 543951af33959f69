/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hadolint collects findings rule by rule and sorts them by line alone with the unstableSort of Haskell's
 * Data.Sequence: a pairing heap, built along the finger tree of the sequence (Hinze and Paterson, "Finger trees", 2006;
 * Fredman et al., "The pairing heap", 1986). Findings on one line come out in an order that depends on all others, so
 * the heap is built here in the same shape.
 */
#include "report/hadolint_order.h"
#include "report/lint_level.h"
#include "report/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* A heap: its smallest element, and the heaps below it, the one that was merged last first. */
struct heap {
	const struct stk_finding *finding;
	struct heap *child, *next;
};

/* Of equals the left one stays on top; what goes below it becomes its first child. */
static struct heap *merge(struct heap *a, struct heap *b)
{
	struct heap *top = a->finding->location.line > b->finding->location.line ? b : a, *below = top == a ? b : a;
	below->next = top->child;
	top->child = below;
	return top;
}

/* Merges a run from the left: ((a b) c) d. */
static struct heap *merge_run(struct heap **heaps, size_t n)
{
	struct heap *all = heaps[0];
	for (size_t i = 1; i < n; i++)
		all = merge(all, heaps[i]);
	return all;
}

/*
 * The heap over a sequence that grew at its right end: a finger tree with its first element to the left, one to four to
 * the right, and in the middle a tree of the same kind over groups of three. heaps is overwritten.
 */
static struct heap *merge_tree(struct heap **heaps, size_t n)
{
	if (n == 1)
		return heaps[0];
	size_t groups = n > 5 ? (n - 3) / 3 : 0;
	struct heap *right = merge_run(heaps + 1 + 3 * groups, n - 1 - 3 * groups), *ends = merge(heaps[0], right);
	for (size_t i = 0; i < groups; i++)
		heaps[i] = merge_run(heaps + 1 + 3 * i, 3);
	return groups ? merge(ends, merge_tree(heaps, groups)) : ends;
}

/* What is left of a heap without its top: its children are merged two by two, and the pairs from the last to the
 * first. Children are few at a time, or were merged in pairs before; places has room for all. */
static struct heap *pop(struct heap *top, struct heap **places)
{
	size_t n = 0;
	for (struct heap *child = top->child, *next; child; child = next) {
		next = child->next;
		places[n++] = child;
	}
	if (!n)
		return NULL;
	/* Pairs are merged from the left, the results from the right, as Haskell's pairing heap
	   does it: the order of equals comes from that. */
	size_t pairs = 0;
	for (size_t i = 0; i < n; i += 2)
		places[pairs++] = i + 1 < n ? merge(places[i], places[i + 1]) : places[i];
	struct heap *rest = places[pairs - 1];
	for (size_t i = pairs - 1; i-- > 0;)
		rest = merge(places[i], rest);
	return rest;
}

/* Rules that look a second time, at what ONBUILD wraps; ShellCheck does too. */
static bool looks_into_onbuild(struct stk_str id)
{
	static const char rules[] =
		"DL3001 DL3004 DL3008 DL3009 DL3013 DL3014 DL3015 DL3016 DL3018 DL3019 DL3027 DL3028 "
		"DL3030 DL3032 DL3033 DL3034 DL3035 DL3036 DL3037 DL3038 DL3040 DL3041 DL3042 DL3046 "
		"DL3047 DL3060 DL3062 DL3064 DL4001 DL4005 ";
	return stk_str_starts(id, S("SC")) || stk_str_contains(S(rules), id);
}

/* Rules that run once for each label of the schema. */
static bool is_of_labels(struct stk_str id)
{
	return stk_str_contains(S("DL3049 DL3051 DL3052 DL3053 DL3054 DL3055 DL3056 DL3058"), id);
}

/* A finding with what decides its place before the sort. */
struct key {
	struct stk_finding finding;
	bool shellcheck, wrapped;
	size_t at; /* where it stood */
};

static struct key key_of(const struct stk_target *target, const struct stk_finding *finding, size_t at)
{
	struct stk_str line = stk_str_trim(stk_target_line(target, finding->location.line));
	return (struct key){
		.finding = *finding,
		.shellcheck = stk_str_starts(finding->id, S("SC")),
		.wrapped = looks_into_onbuild(finding->id) && stk_str_starts_nocase(line, S("onbuild")),
		.at = at,
	};
}

/* The order before the sort: rule by rule, ShellCheck last, what is wrapped behind what is not; label by label, whose
 * names the messages hold. */
static int compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int suppressed = (a->finding.suppressed != NULL) - (b->finding.suppressed != NULL);
	if (suppressed)
		return suppressed;
	if (a->shellcheck != b->shellcheck)
		return a->shellcheck - b->shellcheck;
	int rule = a->shellcheck ? 0 : stk_str_compare(a->finding.id, b->finding.id);
	if (rule)
		return rule;
	if (a->wrapped != b->wrapped)
		return a->wrapped - b->wrapped;
	int label = is_of_labels(a->finding.id) ? stk_str_compare(a->finding.message, b->finding.message) : 0;
	return label ? label : (a->at > b->at) - (a->at < b->at);
}

/* Orders n findings of one target, in place. */
static void order(const struct stk_target *target, struct stk_finding *findings, size_t n)
{
	STK_ARENA arena = { 0 };
	struct key *keys = STK_NEW(&arena, struct key, n);
	size_t shown = 0;
	for (size_t i = 0; i < n; i++) {
		keys[i] = key_of(target, &findings[i], i);
		shown += !findings[i].suppressed;
	}
	qsort(keys, n, sizeof(*keys), compare);
	struct heap *nodes = STK_NEW(&arena, struct heap, shown), **places = STK_NEW(&arena, struct heap *, shown);
	for (size_t i = 0; i < shown; i++) {
		nodes[i].finding = &keys[i].finding;
		places[i] = &nodes[i];
	}
	struct heap *top = shown ? merge_tree(places, shown) : NULL;
	for (size_t i = 0; i < n; i++) {
		findings[i] = top ? *top->finding : keys[i].finding;
		top = top ? pop(top, places) : NULL;
	}
}

void stk_hadolint_order(struct stk_report *report)
{
	for (size_t begin = 0, end; begin < report->findings.n; begin = end) {
		size_t target = report->findings.v[begin].target;
		for (end = begin + 1; end < report->findings.n && report->findings.v[end].target == target;)
			end++;
		order(&report->targets.v[target], report->findings.v + begin, end - begin);
	}
}
