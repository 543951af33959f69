/* SPDX-License-Identifier: Apache-2.0 */
/* Ways of an attacker, step by step: from outside through services that he takes over to the host, or to the data. */
#include "audit/cross_private.h"

#include <string.h>

#include "base/banned.h"

/* What makes a container's root the host's. */
struct door {
	struct stk_str name; /* as the path says it */
	const struct stk_compose_place *place;
	const char *rule; /* what Compose's own rules call it: folded in */
};
struct doors {
	struct door *v;
	size_t n, cap;
};

static void add_door(struct stk_cross *c, struct doors *out, struct stk_str name, const struct stk_compose_place *place,
		     const char *rule)
{
	*STK_PUSH(c->report->arena, out) = (struct door){ name, place, rule };
}

/* Where the key stands, or the service that has it by a default. */
static const struct stk_compose_place *place_of(const struct stk_deployed_service *service, const char *key)
{
	const struct stk_compose_node *node = stk_compose_get(service->facts->node, key);
	return node ? &node->place : &service->facts->place;
}

/* Whoever talks to the engine can start a container that mounts the host's root. */
static void find_socket(struct stk_cross *c, const struct stk_deployed_service *service, struct doors *out)
{
	const struct stk_compose_mount *mount = stk_service_socket(service->facts);
	const struct stk_compose_node *api = stk_compose_get(service->facts->node, "use_api_socket");
	if (mount) {
		struct stk_str base = stk_str_after_last(mount->source, '/');
		/* A folder above the sockets holds them all. */
		add_door(c, out, stk_str_ends(base, S(".sock")) ? base : S("docker.sock"), &mount->node->place,
			 "CMP-201");
	}
	if (api && api->type == STK_COMPOSE_BOOL && api->boolean)
		add_door(c, out, S("docker.sock"), &api->place, "CMP-202");
}

/* All capabilities and all devices: the host's disk among them. */
static void find_privileged(struct stk_cross *c, const struct stk_deployed_service *service, struct doors *out)
{
	if (service->facts->privileged)
		add_door(c, out, S("privileged"), place_of(service, "privileged"), "CMP-101");
}

/* Capabilities that alone are enough; tracing needs the host's processes in sight. */
static void find_capability(struct stk_cross *c, const struct stk_deployed_service *service, struct doors *out)
{
	static const struct {
		const char *name;
		bool host_pid;
	} all[] = { { "ALL", false },	    { "SYS_ADMIN", false },	  { "SYS_MODULE", false },
		    { "SYS_RAWIO", false }, { "DAC_READ_SEARCH", false }, { "SYS_PTRACE", true } };
	for (size_t i = 0; i < STK_LEN(all); i++)
		for (size_t k = 0; k < service->facts->cap_add.n; k++) {
			struct stk_str name = service->facts->cap_add.v[k];
			if (name.n > 4 && stk_str_eq_nocase(stk_str_slice(name, 0, 4), S("CAP_")))
				name = stk_str_slice(name, 4, name.n);
			if (stk_str_eq_nocase(name, stk_str_from(all[i].name)) &&
			    (!all[i].host_pid || stk_str_is(service->facts->pid, "host"))) {
				add_door(c, out, stk_str_from(all[i].name), place_of(service, "cap_add"), "CMP-102");
				return;
			}
		}
}

/* Whoever writes here is root on the host at the next login, start or timer. "/" and "/run" hold the sockets. */
static void find_folder(struct stk_cross *c, const struct stk_deployed_service *service, struct doors *out)
{
	static const char *const folders[] = { "/bin",	"/boot", "/dev",  "/etc", "/lib", "/lib64",
					       "/proc", "/root", "/sbin", "/sys", "/usr", "/var/lib/docker" };
	for (size_t i = 0; i < service->facts->mounts.n; i++) {
		const struct stk_compose_mount *mount = &service->facts->mounts.v[i];
		for (size_t k = 0; k < STK_LEN(folders) && stk_str_is(mount->type, "bind") && !mount->read_only; k++)
			if (stk_str_is(mount->source, folders[k])) {
				add_door(c, out,
					 stk_arena_printf(c->report->arena, "the host's %s, writable", folders[k]),
					 &mount->node->place, "CMP-203");
				return;
			}
	}
}

static void find_doors(struct stk_cross *c, const struct stk_deployed_service *service, struct doors *out)
{
	static void (*const finders[])(struct stk_cross *, const struct stk_deployed_service *,
				       struct doors *) = { find_socket, find_privileged, find_capability, find_folder };
	for (size_t i = 0; i < STK_LEN(finders); i++)
		finders[i](c, service, out);
}

/* "web:8080, root, CVE-2024-1 (critical)": a service as a step; port 0: none. */
static struct stk_str describe(struct stk_cross *c, const struct stk_deployed_service *service, uint16_t port)
{
	struct stk_arena *arena = c->report->arena;
	struct stk_serious list = { 0 };
	struct stk_str text = service->facts->name;
	if (port)
		text = stk_arena_printf(arena, STK_FMT ":%u", STK_ARG(text), port);
	if (stk_deployed_user(service).root)
		text = stk_arena_join(arena, text, S(", root"));
	if (service->image)
		stk_cross_serious(c, service->image->target, &list);
	if (list.n)
		text = stk_arena_printf(arena, STK_FMT ", " STK_FMT " (%s)", STK_ARG(text), STK_ARG(list.v[0]->id),
					stk_severity_name(list.v[0]->severity));
	return text;
}

static struct stk_str add_step(struct stk_cross *c, struct stk_str path, struct stk_str step)
{
	return stk_arena_printf(c->report->arena, STK_FMT " \xe2\x86\x92 " STK_FMT, STK_ARG(path), STK_ARG(step));
}

static void tell_way_in(struct stk_cross *c, struct stk_finding *finding, const struct stk_deployed_service *service,
			const struct stk_way_in *way)
{
	const struct stk_net_place *place = way->port ? &way->port->place : NULL;
	if (place && place->line)
		stk_finding_evidence(c->report, finding, STK_FMT ":%u: the %s reaches " STK_FMT " through port %u",
				     STK_ARG(place->file), place->line, way->from, STK_ARG(service->facts->name),
				     way->port->host_first);
}

/* Why a step can be taken: who the process is, and what is known to be broken in it. */
static void tell_step(struct stk_cross *c, struct stk_finding *finding, const struct stk_deployed_service *service)
{
	struct stk_service_user user = stk_deployed_user(service);
	struct stk_serious list = { 0 };
	if (service->image)
		stk_cross_serious(c, service->image->target, &list);
	if (user.root && user.source == STK_USER_DOCKERFILE)
		stk_finding_evidence(c->report, finding, STK_FMT ": " STK_FMT " runs as root",
				     STK_ARG(stk_cross_instruction(c, service, user.instruction)),
				     STK_ARG(service->facts->name));
	else if (user.root)
		stk_finding_evidence(
			c->report, finding, STK_FMT ": " STK_FMT " runs as root",
			STK_ARG(stk_cross_place(c, user.source == STK_USER_COMPOSE ? place_of(service, "user")
										   : &service->facts->place)),
			STK_ARG(service->facts->name));
	if (list.n)
		stk_finding_evidence(c->report, finding, STK_FMT ": " STK_FMT " (%s) in " STK_FMT " " STK_FMT,
				     STK_ARG(service->image->name), STK_ARG(list.v[0]->id),
				     stk_severity_name(list.v[0]->severity),
				     STK_ARG(list.v[0]->vulnerability->package->name),
				     STK_ARG(list.v[0]->vulnerability->package->version));
}

static const struct stk_deployed_service *party(const struct stk_cross *c, const struct stk_deployed_project *project,
						int32_t number)
{
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		if (service->project == project && service->party == number)
			return service;
	}
	return NULL;
}

static void add_path(struct stk_cross *c, struct stk_str path)
{
	*STK_PUSH(c->report->arena, &c->report->paths) = path;
}

/* "internet -> web:80, root -> agent -> docker.sock or privileged -> host" */
static struct stk_str write_path(struct stk_cross *c, const struct stk_deployed_service *service,
				 const struct stk_net_path *path, const struct doors *doors)
{
	struct stk_str text = S("internet"), names = doors->v[0].name;
	for (size_t k = 1; k < path->n; k++) {
		const struct stk_deployed_service *step = party(c, service->project, path->v[k]);
		struct stk_way_in way = { 0 };
		if (step && k == 1)
			stk_cross_reached(step, c->report->arena, &way);
		if (step)
			text = add_step(c, text, describe(c, step, way.port ? way.port->host_first : 0));
	}
	for (size_t k = 1; k < doors->n; k++)
		names = stk_arena_printf(c->report->arena, STK_FMT " or " STK_FMT, STK_ARG(names),
					 STK_ARG(doors->v[k].name));
	return add_step(c, add_step(c, text, names), S("host"));
}

/* The argument in its order: the way in, every step, every door. The doors' own findings are part of it. */
static void tell_path(struct stk_cross *c, size_t number, const struct stk_deployed_service *service,
		      const struct stk_net_path *path, const struct doors *doors)
{
	for (size_t k = 1; k < path->n; k++) {
		const struct stk_deployed_service *step = party(c, service->project, path->v[k]);
		struct stk_way_in way;
		if (step && k == 1 && stk_cross_reached(step, c->report->arena, &way))
			tell_way_in(c, &c->report->findings.v[number], step, &way);
		if (step)
			tell_step(c, &c->report->findings.v[number], step);
	}
	for (size_t k = 0; k < doors->n; k++) {
		if (!stk_cross_fold_service(c, number, doors->v[k].rule, service))
			stk_finding_evidence(c->report, &c->report->findings.v[number], STK_FMT ": " STK_FMT,
					     STK_ARG(stk_cross_place(c, doors->v[k].place)), STK_ARG(doors->v[k].name));
	}
}

void stk_cross_host_path(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		const struct stk_net *net = service->project->net;
		struct stk_net_path path = { 0 };
		struct doors doors = { 0 };
		find_doors(c, service, &doors);
		/* The shortest way in: straight from outside, or through services that are taken over on the way. */
		if (!doors.n || !net || service->party < 0 ||
		    !stk_net_shortest(net, c->report->arena, STK_NET_FROM_INTERNET, service->party, 0, STK_NET_TCP,
				      &path) ||
		    path.n < 2)
			continue;
		struct stk_str text = write_path(c, service, &path, &doors);
		struct stk_finding *finding = stk_cross_add(c, rule, service, STK_FMT, STK_ARG(text));
		if (path.n > 2)
			finding->severity = STK_SEV_HIGH; /* more than one service has to fall */
		tell_path(c, (size_t)(finding - c->report->findings.v), service, &path, &doors);
		add_path(c, text);
	}
}

static bool is_store(const struct stk_deployed_service *service)
{
	return service->party >= 0 && service->project->net->services.v[service->party].kind == STK_NET_STORE;
}

static void check_store(struct stk_cross *c, const struct stk_rule *rule, const struct stk_deployed_service *outer,
			const struct stk_way_in *way, const struct stk_deployed_service *store)
{
	struct stk_net_route route;
	if (store->project != outer->project || store == outer || !is_store(store) ||
	    !stk_net_connects(outer->project->net, outer->party, store->party, 0, STK_NET_TCP, &route))
		return;
	struct stk_str text =
		add_step(c, stk_str_from(way->from), describe(c, outer, way->port ? way->port->host_first : 0));
	text = add_step(c, text, store->facts->name);
	struct stk_finding *finding = stk_cross_add(c, rule, outer, STK_FMT, STK_ARG(text));
	tell_way_in(c, finding, outer, way);
	tell_step(c, finding, outer);
	STK_BUF how = stk_buf_new(4096);
	stk_net_route_text(&how, outer->project->net, &route);
	stk_finding_evidence(c->report, finding, STK_FMT " reaches " STK_FMT " " STK_FMT, STK_ARG(outer->facts->name),
			     STK_ARG(store->facts->name), STK_ARG(stk_buf_str(&how)));
	add_path(c, text);
}

void stk_cross_store_path(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *outer = &c->deployment->services.v[i];
		struct stk_way_in way;
		if (!outer->project->net || !stk_deployed_user(outer).root || is_store(outer) ||
		    !stk_cross_reached(outer, c->report->arena, &way))
			continue;
		for (size_t k = 0; k < c->deployment->services.n; k++)
			check_store(c, rule, outer, &way, &c->deployment->services.v[k]);
	}
}
