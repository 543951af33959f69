/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes one finding of several. Those that are taken in keep their numbers and are only marked until the last rule has
 * run, and they are looked up by service and by file: a deployment of thousands of services has tens of thousands of
 * findings, and each service asks for its own.
 */
#include "audit/cross_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "text/glob.h"
#include "base/banned.h"

/* Numbers of findings, in the order in which they were added. */
struct numbers {
	size_t *v;
	size_t n, cap;
};

static void enter(struct stk_cross *c, struct stk_map *map, struct stk_str key, size_t number)
{
	void **at = stk_map_at(map, c->report->arena, key);
	if (!*at)
		*at = STK_NEW(c->report->arena, struct numbers, 1);
	struct numbers *list = *at;
	*STK_PUSH(c->report->arena, list) = number;
}

/* The findings about a service, or else those in a file. Rules say where a finding is after they have added it, so what
 * is new is entered only here. */
static const struct numbers *about(struct stk_cross *c, struct stk_str service, struct stk_str file)
{
	static const struct numbers none;
	for (; c->gone.n < c->report->findings.n; *STK_PUSH(c->report->arena, &c->gone) = false) {
		const struct stk_location *location = &c->report->findings.v[c->gone.n].location;
		if (location->service.n)
			enter(c, &c->by_service, location->service, c->gone.n);
		if (location->file.n)
			enter(c, &c->by_file, location->file, c->gone.n);
	}
	const struct numbers *list = stk_map_get(service.n ? &c->by_service : &c->by_file, service.n ? service : file);
	return list ? list : &none;
}

bool stk_cross_is_gone(const struct stk_cross *c, size_t number)
{
	return number < c->gone.n && c->gone.v[number];
}

static bool is_named(const struct stk_finding *finding, struct stk_str id)
{
	/* What was folded before has the names of what it took in. */
	if (stk_str_starts(finding->id, S("AUD-")))
		return false;
	return stk_str_eq(finding->id, id) || stk_strs_has(&finding->aliases, id);
}

/* How many of a finding's aliases its row brought; those behind them are of findings that it took in. */
static size_t own_aliases(const struct stk_rule *rule)
{
	size_t n = 0;
	while (n < STK_LEN(rule->aliases) && rule->aliases[n])
		n++;
	return n;
}

/* Once, and never the finding's own id. */
static void add_alias(struct stk_report *report, struct stk_finding *finding, struct stk_str name)
{
	if (!stk_str_eq(finding->id, name) && !stk_strs_has(&finding->aliases, name))
		*STK_PUSH(report->arena, &finding->aliases) = name;
}

/* A secret's own evidence says how sure its detector is, which matters no more. */
static void hand_over_evidence(struct stk_report *report, struct stk_finding *into, const struct stk_finding *finding)
{
	struct stk_str told = finding->message.n ? finding->message : finding->title;
	char line[16] = "";
	if (finding->location.line)
		snprintf(line, sizeof(line), ":%u", finding->location.line);
	stk_finding_evidence(report, into, STK_FMT "%s: " STK_FMT " (" STK_FMT ")", STK_ARG(finding->location.file),
			     line, STK_ARG(told), STK_ARG(finding->id));
	for (size_t i = 0; i < finding->evidence.n && !stk_str_starts(finding->id, S("SEC-")); i++)
		if (!stk_strs_has(&into->evidence, finding->evidence.v[i]))
			*STK_PUSH(report->arena, &into->evidence) = finding->evidence.v[i];
}

/* Hands finding `from` to finding `into` as evidence, with its name and those of what it took in before. Both were
 * looked up, so both are entered. */
static void fold_one(struct stk_cross *c, size_t number, size_t from)
{
	const struct stk_finding *finding = &c->report->findings.v[from];
	struct stk_finding *into = &c->report->findings.v[number];
	hand_over_evidence(c->report, into, finding);
	add_alias(c->report, into, finding->id);
	for (size_t i = finding->rule ? own_aliases(finding->rule) : 0; i < finding->aliases.n; i++)
		add_alias(c->report, into, finding->aliases.v[i]);
	if (!into->location.service.n && finding->location.service.n) {
		into->location.service = finding->location.service;
		enter(c, &c->by_service, into->location.service, number);
	}
	if (!into->fix)
		into->fix = finding->fix;
	if (finding->severity > into->severity)
		into->severity = finding->severity;
	c->gone.v[from] = true;
}

size_t stk_cross_fold(struct stk_cross *c, size_t number, const char *id, size_t target, struct stk_str service,
		      struct stk_str file)
{
	const struct numbers *list = about(c, service, file);
	size_t taken = 0;
	for (size_t k = 0; k < list->n; k++) {
		size_t i = list->v[k];
		const struct stk_finding *finding = &c->report->findings.v[i];
		bool other = i == number || c->gone.v[i] || (target != SIZE_MAX && finding->target != target) ||
			     (file.n && !stk_str_eq(finding->location.file, file));
		if (other || !is_named(finding, stk_str_from(id)))
			continue;
		fold_one(c, number, i);
		taken++;
	}
	return taken;
}

size_t stk_cross_fold_service(struct stk_cross *c, size_t number, const char *id,
			      const struct stk_deployed_service *service)
{
	size_t taken = 0;
	for (size_t i = 0; i < service->project->model->sources.n; i++)
		taken += stk_cross_fold(c, number, id, service->project->targets[i], service->facts->name, S(""));
	return taken;
}

/* A service's name is unique within its project only. */
static bool is_of_project(const struct stk_deployed_project *project, size_t target)
{
	for (size_t i = 0; i < project->model->sources.n; i++)
		if (project->targets[i] == target)
			return true;
	return false;
}

void stk_cross_drop(struct stk_cross *c, const char *id, const struct stk_deployed_service *service)
{
	const struct numbers *list = about(c, service->facts->name, S(""));
	for (size_t k = 0; k < list->n; k++) {
		const struct stk_finding *finding = &c->report->findings.v[list->v[k]];
		if (is_of_project(service->project, finding->target) && stk_str_is(finding->id, id))
			c->gone.v[list->v[k]] = true;
	}
}

/* What two areas say about the same line, or the same service: the more severe one stays, else the first. A rule then
 * has one severity, whichever command runs it. */
static const struct {
	const char *keep, *fold;
	bool line;
} pairs[] = {
	{ "DF-010", "DL3064", true },  { "DF-010", "SEC-*", true },    { "DF-002", "DL3002", false },
	{ "CTX-009", "DF-070", true }, { "NET-001", "CMP-302", true }, { "NET-003", "CMP-309", false },
	{ "CMP-601", "SEC-*", true },  { "CMP-605", "SEC-*", true },   { "CTX-001", "SEC-*", false },
	{ "CMP-602", "SEC-*", true },
};

/* What qsort orders by: the findings' place, then their number. */
struct placed {
	struct stk_str file;
	uint32_t line; /* 0 where a pair asks for the file alone */
	size_t number;
};

static int by_place(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;
	int order = stk_str_compare(a->file, b->file);
	if (order)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* The first of those that are not before a place, by halves. */
static size_t first_at(const struct placed *all, size_t n, const struct placed *place)
{
	size_t low = 0;
	while (low < n) {
		size_t middle = low + (n - low) / 2;
		if (by_place(&all[middle], place) < 0)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

static struct placed place_of(const struct stk_cross *c, size_t number, bool line)
{
	const struct stk_location *location = &c->report->findings.v[number].location;
	return (struct placed){ location->file, line ? location->line : 0, number };
}

/* Folds what stands at finding i's place into it, or it into one that is more severe: then it is gone. */
static void fold_at(struct stk_cross *c, size_t i, const struct placed *twins, size_t n, bool line)
{
	struct placed place = place_of(c, i, line);
	place.number = 0;
	for (size_t k = first_at(twins, n, &place); k < n && !c->gone.v[i]; k++) {
		size_t twin = twins[k].number;
		if (!stk_str_eq(twins[k].file, place.file) || twins[k].line != place.line)
			break;
		if (twin == i || c->gone.v[twin])
			continue;
		bool worse = c->report->findings.v[twin].severity > c->report->findings.v[i].severity;
		fold_one(c, worse ? twin : i, worse ? i : twin);
	}
}

void stk_cross_fold_twins(struct stk_cross *c)
{
	const struct stk_report *report = c->report;
	about(c, S(""), S(""));
	struct placed *twins = STK_NEW(report->arena, struct placed, report->findings.n);
	for (size_t p = 0; p < STK_LEN(pairs); p++) {
		size_t n = 0;
		for (size_t i = 0; i < report->findings.n; i++)
			if (!c->gone.v[i] && report->findings.v[i].location.file.n &&
			    stk_glob_match(stk_str_from(pairs[p].fold), report->findings.v[i].id))
				twins[n++] = place_of(c, i, pairs[p].line);
		if (!n)
			continue;
		qsort(twins, n, sizeof(*twins), by_place);
		for (size_t i = 0; i < report->findings.n; i++)
			if (!c->gone.v[i] && is_named(&report->findings.v[i], stk_str_from(pairs[p].keep)))
				fold_at(c, i, twins, n, pairs[p].line);
	}
}

/* Takes the marked findings out. Until then numbers hold, which is what everything here refers by. */
void stk_cross_sweep(struct stk_cross *c)
{
	struct stk_report *report = c->report;
	size_t kept = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		if (!stk_cross_is_gone(c, i))
			report->findings.v[kept++] = report->findings.v[i];
	/* A finding that is added later starts empty. */
	for (size_t i = kept; i < report->findings.n; i++)
		report->findings.v[i] = (struct stk_finding){ 0 };
	report->findings.n = kept;
	c->gone.n = 0;
}
