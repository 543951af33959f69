/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that need more than one file: a service and the Dockerfile it is built from, the image
 * that it runs, the networks that lead to it. They run last, on the deployment that
 * deployment.c connected.
 */
#include "audit/cross_private.h"

#include <stdarg.h>
#include <stdio.h>

#include "text/glob.h"
#include "base/banned.h"

static const struct stk_rule rows[] = {
	{ .id = "AUD-001",
	  .layer = STK_LAYER_RUNTIME,
	  .severity = STK_SEV_HIGH,
	  .check = stk_cross_root,
	  .title = "service runs as root because neither Dockerfile nor Compose names a user",
	  .why = "Root in the container is root for every file it holds and every kernel hole it meets; an attacker who gets in starts there.",
	  .remedy =
		  "Add a USER to the Dockerfile's last stage, or user: to the service, and give that user the files it writes." },
	{ .id = "AUD-002",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .check = stk_cross_context_secret,
	  .title = "secret file of the project is copied into the image",
	  .why = "COPY of the whole context takes .env and its like along: everybody who can pull the image can read them, also when a later layer deletes them.",
	  .remedy =
		  "List the file in .dockerignore, rebuild, and change the credentials: every copy of the image has the old ones." },
	{ .id = "AUD-003",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_LOW,
	  .check = stk_cross_unexposed,
	  .title = "published port that the image does not expose",
	  .why = "Either the number is wrong and the service is not reachable, or a port that was not meant for others is open.",
	  .remedy = "Publish the port that the image's EXPOSE names, or add the EXPOSE that documents it." },
	{ .id = "AUD-004",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .check = stk_cross_vulnerable,
	  .title = "service that outsiders reach runs packages with known vulnerabilities",
	  .why = "A hole in a service that the internet reaches is tried within days of its publication; the same hole further inside waits for a first intruder.",
	  .remedy = "Update these packages before those of inner services: rebuild on a current base." },
	{ .id = "AUD-005",
	  .layer = STK_LAYER_RUNTIME,
	  .severity = STK_SEV_INFO,
	  .check = stk_cross_read_only,
	  .title = "read-only root without room for what the image writes",
	  .why = "The image writes where read_only forbids it: the service fails at start, and people then drop the protection.",
	  .remedy = "Mount a tmpfs or a volume over each path that is written." },
	{ .id = "AUD-006",
	  .layer = STK_LAYER_RUNTIME,
	  .severity = STK_SEV_CRITICAL,
	  .check = stk_cross_host_path,
	  .title = "way from outside to the host",
	  .why = "Each step on the way is small; together they hand the host to whoever breaks the first service.",
	  .remedy =
		  "Cut the way at its weakest step: take the socket or the privileges away, or keep outsiders from the service." },
	{ .id = "AUD-007",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_cross_store_path,
	  .title = "service that outsiders reach runs as root next to a data store",
	  .why = "Whoever takes the outer service over stands beside the data with all rights of its container.",
	  .remedy =
		  "Run the outer service as another user, and put a service that only speaks its own protocol between it and the data." },
};

const struct stk_rule_table stk_audit_rules = { "audit", rows, STK_LEN(rows) };

void stk_cross_locate(const struct stk_deployed_service *service, const struct stk_compose_place *place,
		      struct stk_finding *finding)
{
	const struct stk_compose *model = service->project->model;
	if (!place->yaml)
		return;
	finding->location.file = place->source->name;
	finding->location.line = place->yaml->line;
	finding->location.column = place->yaml->column;
	finding->location.end_line = place->yaml->end_line;
	finding->location.end_column = place->yaml->end_column;
	for (size_t i = 0; i < model->sources.n; i++)
		if (model->sources.v[i] == place->source)
			finding->target = service->project->targets[i];
}

struct stk_finding *stk_cross_add(struct stk_cross *c, const struct stk_rule *rule,
				  const struct stk_deployed_service *service, const char *fmt, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	struct stk_finding *finding = stk_report_add(c->report, rule, service->project->target);
	finding->message = stk_arena_str(c->report->arena, stk_str_from(text));
	finding->location.service = service->facts->name;
	stk_cross_locate(service, &service->facts->place, finding);
	return finding;
}

struct stk_str stk_cross_place(struct stk_cross *c, const struct stk_compose_place *place)
{
	if (!place->yaml)
		return S("by default");
	return stk_arena_printf(c->report->arena, STK_FMT ":%u", STK_ARG(place->source->name), place->yaml->line);
}

struct stk_str stk_cross_instruction(struct stk_cross *c, const struct stk_deployed_service *service,
				     const struct stk_instruction *instruction)
{
	const struct stk_deployed_dockerfile *file = service->dockerfile;
	if (!instruction)
		instruction = file->facts->stages.v[service->stage].from;
	return stk_arena_printf(c->report->arena, STK_FMT ":%u", STK_ARG(file->path), instruction->line);
}

static bool is_named(const struct stk_finding *finding, struct stk_str id)
{
	/* What was folded before has the names of what it took in. */
	if (stk_str_starts(finding->id, S("AUD-")))
		return false;
	return stk_str_eq(finding->id, id) || stk_strs_has(&finding->aliases, id);
}

static void take_out(struct stk_report *report, size_t number)
{
	for (size_t k = number; k + 1 < report->findings.n; k++)
		report->findings.v[k] = report->findings.v[k + 1];
	report->findings.v[--report->findings.n] =
		(struct stk_finding){ 0 }; /* the next one to be added starts empty */
}

/* How many of a finding's aliases its row brought; those behind them are of findings that it took in. */
static size_t own_aliases(const struct stk_rule *rule)
{
	size_t n = 0;
	while (n < STK_LEN(rule->aliases) && rule->aliases[n])
		n++;
	return n;
}

static void add_alias(struct stk_report *report, struct stk_finding *finding, struct stk_str name)
{
	if (!stk_str_eq(finding->id, name) && !stk_strs_has(&finding->aliases, name))
		*STK_PUSH(report->arena, &finding->aliases) = name;
}

/* Hands finding `from` to finding `into` as evidence, with its name and those of what it took in before, and takes it
 * out; returns where `into` stands then. */
static size_t fold_one(struct stk_report *report, size_t into, size_t from)
{
	const struct stk_finding *finding = &report->findings.v[from];
	struct stk_str told = finding->message.n ? finding->message : finding->title;
	char line[16] = "";
	if (finding->location.line)
		snprintf(line, sizeof(line), ":%u", finding->location.line);
	stk_finding_evidence(report, &report->findings.v[into], STK_FMT "%s: " STK_FMT " (" STK_FMT ")",
			     STK_ARG(finding->location.file), line, STK_ARG(told), STK_ARG(finding->id));
	/* A secret's own evidence says how sure its detector is, which matters no more. */
	for (size_t i = 0; i < finding->evidence.n && !stk_str_starts(finding->id, S("SEC-")); i++)
		if (!stk_strs_has(&report->findings.v[into].evidence, finding->evidence.v[i]))
			*STK_PUSH(report->arena, &report->findings.v[into].evidence) = finding->evidence.v[i];
	add_alias(report, &report->findings.v[into], finding->id);
	for (size_t i = finding->rule ? own_aliases(finding->rule) : 0; i < finding->aliases.n; i++)
		add_alias(report, &report->findings.v[into], finding->aliases.v[i]);
	if (!report->findings.v[into].location.service.n)
		report->findings.v[into].location.service = finding->location.service;
	if (!report->findings.v[into].fix)
		report->findings.v[into].fix = finding->fix;
	if (finding->severity > report->findings.v[into].severity)
		report->findings.v[into].severity = finding->severity;
	take_out(report, from);
	return into - (from < into);
}

/* Takes findings that the new one makes superfluous out of the report. Folding removes entries
   of the array, so the finding's own number may change: the new one is returned, and pointers
   into the array are not valid any more. SIZE_MAX and "" ask for any target, service and file. */
size_t stk_cross_fold(struct stk_cross *c, size_t number, const char *id, size_t target, struct stk_str service,
		      struct stk_str file)
{
	struct stk_report *report = c->report;
	for (size_t i = 0; i < report->findings.n;) {
		struct stk_finding *finding = &report->findings.v[i];
		bool other = (target != SIZE_MAX && finding->target != target) ||
			     (service.n && !stk_str_eq(finding->location.service, service)) ||
			     (file.n && !stk_str_eq(finding->location.file, file));
		if (i == number || other || !is_named(finding, stk_str_from(id))) {
			i++;
			continue;
		}
		number = fold_one(report, number, i);
	}
	return number;
}

size_t stk_cross_fold_service(struct stk_cross *c, size_t number, const char *id,
			      const struct stk_deployed_service *service)
{
	for (size_t i = 0; i < service->project->model->sources.n; i++)
		number = stk_cross_fold(c, number, id, service->project->targets[i], service->facts->name, S(""));
	return number;
}

static bool is_of_project(const struct stk_deployed_project *project, size_t target)
{
	for (size_t i = 0; i < project->model->sources.n; i++)
		if (project->targets[i] == target)
			return true;
	return false;
}

void stk_cross_drop(struct stk_cross *c, const char *id, const struct stk_deployed_service *service)
{
	for (size_t i = c->report->findings.n; i-- > 0;) {
		const struct stk_finding *finding = &c->report->findings.v[i];
		if (is_of_project(service->project, finding->target) &&
		    stk_str_eq(finding->location.service, service->facts->name) && stk_str_is(finding->id, id))
			take_out(c->report, i);
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

/* The number of a finding to fold into another, or SIZE_MAX. */
static size_t find_twin(const struct stk_report *report, const struct stk_finding *keep, const char *id, bool line)
{
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *other = &report->findings.v[i];
		if (other != keep && stk_str_eq(other->location.file, keep->location.file) && keep->location.file.n &&
		    (!line || other->location.line == keep->location.line) &&
		    stk_glob_match(stk_str_from(id), other->id))
			return i;
	}
	return SIZE_MAX;
}

/* Folds finding i and its twin into one; returns where that one stands. */
static size_t fold_twin(struct stk_report *report, size_t i, size_t twin)
{
	return report->findings.v[twin].severity > report->findings.v[i].severity ? fold_one(report, twin, i)
										  : fold_one(report, i, twin);
}

static void fold_twins(struct stk_cross *c)
{
	struct stk_report *report = c->report;
	for (size_t p = 0; p < STK_LEN(pairs); p++)
		for (size_t i = 0; i < report->findings.n; i++) {
			size_t twin;
			while (is_named(&report->findings.v[i], stk_str_from(pairs[p].keep)) &&
			       (twin = find_twin(report, &report->findings.v[i], pairs[p].fold, pairs[p].line)) !=
				       SIZE_MAX)
				i = fold_twin(report, i, twin);
		}
}

void stk_cross_check(struct stk_report *report, const struct stk_deployment *deployment)
{
	struct stk_cross cross = { report, deployment };
	fold_twins(&cross);
	stk_cross_settle(&cross);
	for (size_t i = 0; i < STK_LEN(rows); i++)
		rows[i].check(&rows[i], &cross);
}
