/* SPDX-License-Identifier: Apache-2.0 */
/* Known vulnerabilities against reachability: those of a service that outsiders reach come first. */
#include "audit/cross_private.h"

#include <stdlib.h>
#include <string.h>

#include "report/rank.h"
#include "base/banned.h"

enum { MOST_EVIDENCE = 5 };

bool stk_cross_reached(const struct stk_deployed_service *service, struct stk_arena *arena, struct stk_way_in *way)
{
	static const struct {
		int32_t party;
		const char *name;
	} outsiders[] = { { STK_NET_FROM_INTERNET, "internet" }, { STK_NET_FROM_LAN, "LAN" } };
	const struct stk_net *net = service->project->net;
	for (size_t i = 0; net && service->party >= 0 && i < STK_LEN(outsiders); i++) {
		struct stk_net_routes routes = { 0 };
		stk_net_routes(net, arena, outsiders[i].party, service->party, &routes);
		if (!routes.n)
			continue;
		*way = (struct stk_way_in){ outsiders[i].name, routes.v[0].port };
		return true;
	}
	return false;
}

static int by_severity(const void *left, const void *right)
{
	const struct stk_finding *a = *(const struct stk_finding *const *)left,
				 *b = *(const struct stk_finding *const *)right;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	int order = stk_str_compare(a->id, b->id);
	return order ? order : stk_str_compare(a->vulnerability->package->name, b->vulnerability->package->name);
}

void stk_cross_serious(struct stk_cross *c, size_t target, struct stk_serious *out)
{
	*out = (struct stk_serious){ 0 };
	for (size_t i = 0; i < c->report->findings.n; i++) {
		const struct stk_finding *finding = &c->report->findings.v[i];
		if (finding->target == target && finding->vulnerability && finding->severity >= STK_SEV_HIGH &&
		    !stk_cross_is_gone(c, i))
			*STK_PUSH(c->report->arena, out) = finding;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_severity);
}

/* A vulnerability, and the packages of the image that have it. */
struct hole {
	struct stk_str id, packages;
	enum stk_severity severity;
};
struct holes {
	struct hole *v;
	size_t n, cap;
};

/* One row a vulnerability, however many packages one source was built into. */
static void collect(struct stk_arena *arena, const struct stk_serious *list, struct holes *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_finding *finding = list->v[i];
		const struct stk_package *package = finding->vulnerability->package;
		if (!out->n || !stk_str_eq(out->v[out->n - 1].id, finding->id))
			*STK_PUSH(arena, out) = (struct hole){ finding->id, S(""), finding->severity };
		struct hole *hole = &out->v[out->n - 1];
		hole->packages = stk_arena_printf(arena, STK_FMT "%s" STK_FMT " " STK_FMT, STK_ARG(hole->packages),
						  hole->packages.n ? ", " : "", STK_ARG(package->name),
						  STK_ARG(package->version));
	}
}

/* Renderers put its vulnerabilities before the same ones of images that only other services reach. */
static void mark_reached(struct stk_cross *c, const struct stk_deployed_service *service, const char *from)
{
	struct stk_target *target = &c->report->targets.v[service->image->target];
	if (!stk_target_is_reached(target))
		*STK_PUSH(c->report->arena, &target->facts) = (struct stk_fact){
			S(STK_FACT_REACHED),
			stk_arena_printf(c->report->arena, "%s, as service " STK_FMT, from,
					 STK_ARG(service->facts->name)),
		};
}

void stk_cross_vulnerable(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct stk_serious list;
		struct holes holes = { 0 };
		struct stk_way_in way;
		if (!service->image || !stk_cross_reached(service, c->report->arena, &way))
			continue;
		mark_reached(c, service, way.from);
		stk_cross_serious(c, service->image->target, &list);
		collect(c->report->arena, &list, &holes);
		if (!holes.n)
			continue;
		struct stk_finding *finding = stk_cross_add(
			c, rule, service, "service " STK_FMT ", which the %s reaches, has %zu serious known %s",
			STK_ARG(service->facts->name), way.from, holes.n,
			holes.n == 1 ? "vulnerability" : "vulnerabilities");
		finding->severity = holes.v[0].severity;
		for (size_t k = 0; k < holes.n && k < MOST_EVIDENCE; k++)
			stk_finding_evidence(c->report, finding, STK_FMT " (%s) in " STK_FMT, STK_ARG(holes.v[k].id),
					     stk_severity_name(holes.v[k].severity), STK_ARG(holes.v[k].packages));
		if (holes.n > MOST_EVIDENCE)
			stk_finding_evidence(c->report, finding, "and %zu more in image " STK_FMT,
					     holes.n - MOST_EVIDENCE, STK_ARG(service->image->name));
	}
}
