/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that need more than one file: a service and the Dockerfile it is built from, the image
 * that it runs, the networks that lead to it. They run last, on the deployment that
 * deployment.c connected.
 */
#include "audit/cross_private.h"

#include <stdarg.h>
#include <stdio.h>

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

void stk_cross_check(struct stk_report *report, const struct stk_deployment *deployment)
{
	struct stk_cross cross = { .report = report, .deployment = deployment };
	stk_cross_fold_twins(&cross);
	stk_cross_settle(&cross);
	for (size_t i = 0; i < STK_LEN(rows); i++)
		rows[i].check(&rows[i], &cross);
	stk_cross_sweep(&cross);
}
