/* SPDX-License-Identifier: Apache-2.0 */
/* Reachability against what each service is: vulnerable, root, holder of the engine's socket, neighbour of the data. */
#include "audit/cross_private.h"

#include <stdlib.h>

#include "network/route.h"
#include "base/banned.h"

enum { MOST_EVIDENCE = 5 };

/* The first port of the host that leads to the service from the internet or the LAN; false when none does. */
static bool reached(const struct stk_deployed_service *service, struct stk_arena *arena, const char **from,
		    uint16_t *port)
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
		*from = outsiders[i].name;
		*port = routes.v[0].port ? routes.v[0].port->host_first : 0;
		return true;
	}
	return false;
}

struct worst {
	const struct stk_finding **v;
	size_t n, cap;
};

static int by_severity(const void *left, const void *right)
{
	const struct stk_finding *a = *(const struct stk_finding *const *)left,
				 *b = *(const struct stk_finding *const *)right;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	int order = stk_str_compare(a->id, b->id);
	return order ? order : stk_str_compare(a->vulnerability->package->name, b->vulnerability->package->name);
}

static void serious(struct stk_cross *c, size_t target, struct worst *out)
{
	for (size_t i = 0; i < c->report->findings.n; i++) {
		const struct stk_finding *finding = &c->report->findings.v[i];
		if (finding->target == target && finding->vulnerability && finding->severity >= STK_SEV_HIGH)
			*STK_PUSH(c->report->arena, out) = finding;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_severity);
}

void stk_cross_vulnerable(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct worst list = { 0 };
		const char *from;
		uint16_t port;
		if (!service->image || !reached(service, c->report->arena, &from, &port))
			continue;
		serious(c, service->image->target, &list);
		if (!list.n)
			continue;
		/* Adding a finding moves the vector that the list points into. */
		struct stk_finding copies[MOST_EVIDENCE];
		size_t shown = list.n < MOST_EVIDENCE ? list.n : MOST_EVIDENCE;
		for (size_t k = 0; k < shown; k++)
			copies[k] = *list.v[k];
		struct stk_finding *finding = stk_cross_add(
			c, rule, service, "service " STK_FMT ", which the %s reaches, has %zu serious known %s",
			STK_ARG(service->facts->name), from, list.n, list.n == 1 ? "vulnerability" : "vulnerabilities");
		finding->severity = copies[0].severity;
		for (size_t k = 0; k < shown; k++)
			stk_finding_evidence(c->report, finding, STK_FMT " (%s) in " STK_FMT " " STK_FMT,
					     STK_ARG(copies[k].id), stk_severity_name(copies[k].severity),
					     STK_ARG(copies[k].vulnerability->package->name),
					     STK_ARG(copies[k].vulnerability->package->version));
		if (list.n > shown)
			stk_finding_evidence(c->report, finding, "and %zu more in image " STK_FMT, list.n - shown,
					     STK_ARG(service->image->name));
	}
}

/* What lets a process of the service become the host, or NULL. */
static const char *way_to_host(const struct stk_deployed_service *service)
{
	static const char *const all[] = { "ALL",	 "SYS_ADMIN",	   "CAP_SYS_ADMIN",
					   "SYS_MODULE", "CAP_SYS_MODULE", "SYS_PTRACE" };
	if (stk_service_socket(service->facts))
		return "docker.sock";
	if (service->facts->privileged)
		return "privileged";
	for (size_t i = 0; i < STK_LEN(all); i++)
		for (size_t k = 0; k < service->facts->cap_add.n; k++)
			if (stk_str_eq_nocase(service->facts->cap_add.v[k], stk_str_from(all[i])))
				return all[i];
	return NULL;
}

/* "internet -> web:8080, root, CVE-2024-1 (critical)" */
static struct stk_str describe(struct stk_cross *c, const struct stk_deployed_service *service, const char *from,
			       uint16_t port)
{
	struct stk_arena *arena = c->report->arena;
	struct stk_service_user user = stk_deployed_user(service);
	struct worst list = { 0 };
	struct stk_str text = stk_arena_printf(arena, "%s \xe2\x86\x92 " STK_FMT, from, STK_ARG(service->facts->name));
	if (port)
		text = stk_arena_printf(arena, STK_FMT ":%u", STK_ARG(text), port);
	if (user.root)
		text = stk_arena_join(arena, text, S(", root"));
	if (service->image)
		serious(c, service->image->target, &list);
	if (list.n)
		text = stk_arena_printf(arena, STK_FMT ", " STK_FMT " (%s)", STK_ARG(text), STK_ARG(list.v[0]->id),
					stk_severity_name(list.v[0]->severity));
	return text;
}

static void add_path(struct stk_cross *c, struct stk_str path)
{
	*STK_PUSH(c->report->arena, &c->report->paths) = path;
}

void stk_cross_host_path(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct stk_net_path path = { 0 };
		const struct stk_net *net = service->project->net;
		const char *door = way_to_host(service);
		/* The shortest way in: straight from outside, or through services that are taken over on the way. */
		if (!door || !net || service->party < 0 ||
		    !stk_net_shortest(net, c->report->arena, STK_NET_FROM_INTERNET, service->party, 0, STK_NET_TCP,
				      &path) ||
		    path.n < 2)
			continue;
		struct stk_str text = S("internet");
		for (size_t k = 1; k < path.n; k++)
			for (size_t s = 0; s < c->deployment->services.n; s++) {
				const struct stk_deployed_service *step = &c->deployment->services.v[s];
				const char *from;
				uint16_t port = 0;
				if (step->project != service->project || step->party != path.v[k])
					continue;
				if (k == 1 && reached(step, c->report->arena, &from, &port))
					text = describe(c, step, "internet", port);
				else
					text = stk_arena_printf(c->report->arena, STK_FMT " \xe2\x86\x92 " STK_FMT,
								STK_ARG(text), STK_ARG(step->facts->name));
			}
		text = stk_arena_printf(c->report->arena, STK_FMT " \xe2\x86\x92 %s \xe2\x86\x92 host", STK_ARG(text),
					door);
		struct stk_finding *finding = stk_cross_add(c, rule, service, STK_FMT, STK_ARG(text));
		if (path.n > 2)
			finding->severity = STK_SEV_HIGH; /* more than one service has to fall */
		stk_finding_evidence(c->report, finding, STK_FMT ": %s",
				     STK_ARG(stk_cross_place(c, &service->facts->place)), door);
		add_path(c, text);
	}
}

static bool is_store(const struct stk_deployed_service *service)
{
	return service->party >= 0 && service->project->net->services.v[service->party].kind == STK_NET_STORE;
}

/* Services that outsiders reach, run as root and have a data store beside them; the store must
   be reachable directly, since longer ways are found from the service in between. */
void stk_cross_store_path(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *outer = &c->deployment->services.v[i];
		const char *from;
		uint16_t port;
		if (!outer->project->net || !stk_deployed_user(outer).root || is_store(outer) ||
		    !reached(outer, c->report->arena, &from, &port))
			continue;
		for (size_t k = 0; k < c->deployment->services.n; k++) {
			const struct stk_deployed_service *store = &c->deployment->services.v[k];
			struct stk_net_route route;
			if (store->project != outer->project || store == outer || !is_store(store) ||
			    !stk_net_connects(outer->project->net, outer->party, store->party, 0, STK_NET_TCP, &route))
				continue;
			struct stk_str text =
				stk_arena_printf(c->report->arena, STK_FMT " \xe2\x86\x92 " STK_FMT,
						 STK_ARG(describe(c, outer, from, port)), STK_ARG(store->facts->name));
			stk_cross_add(c, rule, outer, STK_FMT, STK_ARG(text));
			add_path(c, text);
		}
	}
}
