/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reachability says about security: see rules.h. Rules ask route.h and reach.h and never
 * look at drivers and modes themselves, unless the finding is about just that. Evidence names
 * each step of a path, so that people can check it.
 */
#include "network/rules.h"

#include "base/limits.h"
#include "network/kind.h"
#include "base/banned.h"

/* A finding where the file says the thing; service may be empty, when a network is meant. */
static struct stk_finding *emit(const struct stk_rule *rule, struct stk_net_check *check,
				const struct stk_net_place *place, struct stk_str service, struct stk_str message)
{
	struct stk_finding *finding = stk_report_add(check->report, rule, check->target);
	finding->location.file = place->file;
	finding->location.line = place->line;
	finding->location.column = place->column;
	finding->location.service = service;
	finding->message = message;
	return finding;
}

static struct stk_finding *on_service(const struct stk_rule *rule, struct stk_net_check *check,
				      const struct stk_net_service *service, struct stk_str message)
{
	return emit(rule, check, &service->place, service->name, message);
}

static struct stk_str port_text(struct stk_arena *arena, const struct stk_net_port *port)
{
	STK_BUF text = stk_buf_new(STK_KIB(4));
	stk_net_port_text(&text, port);
	return stk_arena_str(arena, stk_buf_str(&text));
}

static struct stk_str route_text(struct stk_arena *arena, const struct stk_net *net, const struct stk_net_route *route)
{
	STK_BUF text = stk_buf_new(STK_KIB(16));
	stk_net_route_text(&text, net, route);
	return stk_arena_str(arena, stk_buf_str(&text));
}

/* Adds a sentence a step: "internet -> web: through the host's published port ...". */
static void path_evidence(struct stk_net_check *check, struct stk_finding *finding, const struct stk_net_path *path,
			  uint16_t port, enum stk_net_protocol protocol)
{
	for (size_t i = 0; i + 1 < path->n; i++) {
		struct stk_net_route route;
		bool last = i + 2 == path->n;
		struct stk_str from = stk_net_party_name(check->net, path->v[i]),
			       to = stk_net_party_name(check->net, path->v[i + 1]);
		if (stk_net_connects(check->net, path->v[i], path->v[i + 1], last ? port : 0, protocol, &route))
			stk_finding_evidence(check->report, finding, STK_FMT " -> " STK_FMT ": " STK_FMT, STK_ARG(from),
					     STK_ARG(to),
					     STK_ARG(route_text(check->report->arena, check->net, &route)));
	}
}

/* Who outside reaches the port: the internet, only neighbours, or nobody. */
static const char *who_reaches(const struct stk_net *net, uint32_t service, const struct stk_net_port *port)
{
	if (stk_net_published_to(net, STK_NET_FROM_INTERNET, service, port))
		return "the internet";
	return stk_net_published_to(net, STK_NET_FROM_LAN, service, port) ? "the LAN" : NULL;
}

/* Stores that answer without a password as they come. */
static bool is_open_by_default(const char *text)
{
	static const char *const names[] = { "Redis", "MongoDB",	"Elasticsearch", "Memcached",
					     "etcd",  "the Docker API", "Kafka",	 "ZooKeeper" };
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (stk_str_is(stk_str_from(text), names[i]))
			return true;
	return false;
}

/* One step worse where nothing asks for a password, one step better where only neighbours get there. */
static enum stk_severity severity_of(const struct stk_net *net, uint32_t service, const struct stk_net_port *port,
				     const char *what)
{
	bool internet = stk_net_published_to(net, STK_NET_FROM_INTERNET, service, port);
	if (is_open_by_default(what))
		return internet ? STK_SEV_CRITICAL : STK_SEV_HIGH;
	return internet ? STK_SEV_HIGH : STK_SEV_MEDIUM;
}

/* Data stores (argument STK_NET_STORE) and admin interfaces (STK_NET_ADMIN) with a published port. */
static void check_published(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	struct stk_arena *arena = check->report->arena;
	for (size_t i = 0; i < check->net->published.n; i++) {
		uint32_t number = check->net->published.v[i];
		const struct stk_net_service *service = &check->net->services.v[number];
		for (size_t k = 0; k < service->ports.n; k++) {
			const struct stk_net_port *port = &service->ports.v[k];
			enum stk_net_kind kind = service->kind;
			const char *who = who_reaches(check->net, number, port),
				   *what = stk_net_port_kind(port->first, &kind);
			what = service->kind == (enum stk_net_kind)rule->argument && !what ? service->kind_text : what;
			kind = what ? (what == service->kind_text ? service->kind : kind) : kind;
			if (!who || !what || kind != (enum stk_net_kind)rule->argument)
				continue;
			struct stk_finding *finding =
				on_service(rule, check, service,
					   stk_arena_printf(arena, "%s reaches %s in service \"" STK_FMT "\"", who,
							    what, STK_ARG(service->name)));
			if (port->place.line) {
				finding->location.line = port->place.line;
				finding->location.column = port->place.column;
			}
			finding->severity = severity_of(check->net, number, port, what);
			stk_finding_evidence(check->report, finding, "published: " STK_FMT,
					     STK_ARG(port_text(arena, port)));
			if (port->host_first && port->host_first == port->host_last)
				stk_finding_evidence(check->report, finding,
						     "for the host alone write \"127.0.0.1:%u:%u%s\"", port->host_first,
						     port->first, port->protocol == STK_NET_UDP ? "/udp" : "");
			stk_finding_evidence(check->report, finding,
					     "rules of a host firewall's INPUT chain (ufw, firewalld zones) do not "
					     "apply: published ports are forwarded");
			if (is_open_by_default(what))
				stk_finding_evidence(check->report, finding,
						     "%s asks for no password unless it is configured to", what);
		}
	}
}

static bool is_outer(const struct stk_net *net, uint32_t service)
{
	/* Reached by strangers or neighbours through a published port. */
	for (size_t k = 0; k < net->services.v[service].ports.n; k++)
		if (stk_net_publishes(&net->services.v[service]) &&
		    who_reaches(net, service, &net->services.v[service].ports.v[k]))
			return true;
	return false;
}

/* A network that holds a data store and a service that the outside reaches. */
static bool mixes(const struct stk_net *net, const struct stk_net_network *network, uint32_t *outer, uint32_t *store)
{
	bool has_outer = false, has_store = false;
	for (size_t i = 0; i < network->members.n; i++) {
		uint32_t member = network->members.v[i];
		if (!has_store && net->services.v[member].kind == STK_NET_STORE) {
			*store = member;
			has_store = true;
		} else if (!has_outer && net->services.v[member].kind != STK_NET_STORE && is_outer(net, member)) {
			*outer = member;
			has_outer = true;
		}
	}
	return has_outer && has_store;
}

static size_t attached_services(const struct stk_net *net)
{
	size_t n = 0;
	for (size_t i = 0; i < net->services.n; i++)
		n += net->services.v[i].mode == STK_NET_ATTACHED;
	return n;
}

/* Everything on one network, a store and a service that outsiders reach among it: taking the latter is enough
   to talk to the former. */
static void check_flat(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	const struct stk_net *net = check->net;
	size_t attached = attached_services(net);
	for (uint32_t i = 0; i < net->networks.n; i++) {
		const struct stk_net_network *network = &net->networks.v[i];
		uint32_t outer = 0, store = 0;
		/* Flat means that the network holds everything: with three services or more there is something to part.
		 */
		if (network->members.n < 3 || network->members.n != attached || !mixes(net, network, &outer, &store))
			continue;
		struct stk_str from = net->services.v[outer].name, to = net->services.v[store].name;
		struct stk_net_place place = network->place.line ? network->place : net->services.v[store].place;
		struct stk_finding *finding = emit(
			rule, check, &place, S(""),
			stk_arena_printf(check->report->arena,
					 "all %zu services share network \"" STK_FMT "\": \"" STK_FMT
					 "\", which the outside reaches, can talk to \"" STK_FMT "\" on every port",
					 network->members.n, STK_ARG(network->label), STK_ARG(from), STK_ARG(to)));
		struct stk_net_path path = { 0 };
		if (stk_net_shortest(net, check->report->arena, STK_NET_FROM_INTERNET, (int32_t)store, 0, STK_NET_TCP,
				     &path) ||
		    stk_net_shortest(net, check->report->arena, STK_NET_FROM_LAN, (int32_t)store, 0, STK_NET_TCP,
				     &path))
			path_evidence(check, finding, &path, 0, STK_NET_TCP);
		stk_finding_evidence(
			check->report, finding,
			"under \"" STK_FMT "\" write networks: [outer], under \"" STK_FMT
			"\" networks: [inner], under who needs both networks: [outer, inner], and below all "
			"services networks: {outer: {}, inner: {internal: true}}",
			STK_ARG(from), STK_ARG(to));
	}
}

/* A network of the service that the outside does not reach by itself and where a data store stands. */
static bool inner_store(const struct stk_net *net, const struct stk_net_service *service, uint32_t *network,
			uint32_t *store)
{
	for (size_t i = 0; i < service->endpoints.n; i++) {
		uint32_t number = service->endpoints.v[i].network;
		const struct stk_net_network *n = &net->networks.v[number];
		for (size_t k = 0; n->internal && k < n->members.n; k++)
			if (net->services.v[n->members.v[k]].kind == STK_NET_STORE &&
			    &net->services.v[n->members.v[k]] != service) {
				*network = number;
				*store = n->members.v[k];
				return true;
			}
	}
	return false;
}

/* A service on the outer side and on an internal network: an attacker who takes it is inside. */
static void check_bridge(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	for (size_t i = 0; i < check->net->published.n; i++) {
		uint32_t number = check->net->published.v[i], network, store;
		const struct stk_net_service *service = &check->net->services.v[number];
		/* The service is the bridge between outside and inside that an attacker would
		   take. */
		if (service->endpoints.n < 2 || !is_outer(check->net, number) ||
		    !inner_store(check->net, service, &network, &store))
			continue;
		struct stk_finding *finding = on_service(
			rule, check, service,
			stk_arena_printf(check->report->arena,
					 "service \"" STK_FMT
					 "\" takes connections from outside and stands on internal network \"" STK_FMT
					 "\" beside \"" STK_FMT "\"",
					 STK_ARG(service->name), STK_ARG(check->net->networks.v[network].label),
					 STK_ARG(check->net->services.v[store].name)));
		struct stk_net_path path = { 0 };
		if (stk_net_shortest(check->net, check->report->arena, STK_NET_FROM_LAN, (int32_t)store, 0, STK_NET_TCP,
				     &path))
			path_evidence(check, finding, &path, 0, STK_NET_TCP);
		stk_finding_evidence(check->report, finding,
				     "strake network --what-if 'remove " STK_FMT " from " STK_FMT
				     "' shows what that would cut off",
				     STK_ARG(check->net->networks.v[network].label), STK_ARG(service->name));
	}
}

/* Why none of the service's ports is published, or NULL when they are. */
static const char *why_dead(const struct stk_net_service *service)
{
	switch (service->mode) {
	case STK_NET_HOST:
		return "it uses the host's network, where \"ports\" is ignored: it listens on the host's addresses as "
		       "it is";
	case STK_NET_NONE:
		return "it has no network";
	case STK_NET_SHARED:
	case STK_NET_FOREIGN:
		return "it uses another container's network: ports have to be published there";
	case STK_NET_ATTACHED:
		break;
	}
	return service->gateway >= 0 ? NULL
				     : "all its networks are internal, macvlan or ipvlan, and those publish nothing";
}

static void check_dead(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	for (size_t i = 0; i < check->net->services.n; i++) {
		const struct stk_net_service *service = &check->net->services.v[i];
		const char *why = service->ports.n ? why_dead(service) : NULL;
		if (why)
			on_service(rule, check, service,
				   stk_arena_printf(check->report->arena,
						    "ports of \"" STK_FMT "\" are not published: %s",
						    STK_ARG(service->name), why));
	}
}

/* Older engines forward what a neighbour sends to 127.0.0.1 before the kernel refuses such an address. */
static void check_loopback(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	const struct stk_net *net = check->net;
	/* Engine 28 closed this (its release notes, "Networking"). */
	for (size_t i = 0; net->engine.major < 28 && i < net->published.n; i++) {
		const struct stk_net_service *service = &net->services.v[net->published.v[i]];
		for (size_t k = 0; k < service->ports.n; k++) {
			if (stk_net_bind_of(net, service, &service->ports.v[k]) != STK_NET_BIND_LOOPBACK)
				continue;
			struct stk_finding *finding = on_service(
				rule, check, service,
				stk_arena_printf(
					check->report->arena,
					"port " STK_FMT " of \"" STK_FMT
					"\" is reached by neighbours on the LAN although it is bound to localhost",
					STK_ARG(port_text(check->report->arena, &service->ports.v[k])),
					STK_ARG(service->name)));
			stk_finding_evidence(
				check->report, finding,
				"engine %u.%u: packets for 127.0.0.1 that a neighbour sends to the host's MAC address "
				"are forwarded to the container; so are packets routed to its own address",
				net->engine.major, net->engine.minor);
		}
	}
}

/* Before engine 27 ip6tables is off: bridges with IPv6 are parted by nothing. */
static void check_ipv6(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	for (size_t i = 0; !check->net->engine.ip6tables && i < check->net->networks.n; i++) {
		const struct stk_net_network *network = &check->net->networks.v[i];
		if (network->ipv6 && network->driver == STK_NET_BRIDGE && !network->internal && network->members.n)
			emit(rule, check, &network->place, S(""),
			     stk_arena_printf(check->report->arena,
					      "network \"" STK_FMT
					      "\" has IPv6, and engine %u.%u filters none of it: every port of its %zu "
					      "services is open to other IPv6 networks and to neighbours",
					      STK_ARG(network->label), check->net->engine.major,
					      check->net->engine.minor, network->members.n));
	}
}

/* macvlan and ipvlan: no published ports are needed, and the host's firewall is not asked. */
static void check_on_lan(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	for (size_t i = 0; i < check->net->networks.n; i++) {
		const struct stk_net_network *network = &check->net->networks.v[i];
		bool lan = network->driver == STK_NET_MACVLAN || network->driver == STK_NET_IPVLAN;
		for (size_t k = 0; lan && !network->internal && k < network->members.n; k++) {
			const struct stk_net_service *service = &check->net->services.v[network->members.v[k]];
			on_service(rule, check, service,
				   stk_arena_printf(check->report->arena,
						    "service \"" STK_FMT
						    "\" stands on the LAN itself (network \"" STK_FMT
						    "\"): neighbours reach every port",
						    STK_ARG(service->name), STK_ARG(network->label)));
		}
	}
}

/* Names that one member claims as alias and another one has. */
static void check_alias(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	for (uint32_t i = 0; i < check->net->services.n; i++) {
		const struct stk_net_service *service = &check->net->services.v[i];
		for (size_t e = 0; e < service->endpoints.n; e++)
			for (size_t a = 0; a < service->endpoints.v[e].aliases.n; a++) {
				struct stk_str alias = service->endpoints.v[e].aliases.v[a];
				int32_t other = stk_net_service_find(check->net, alias);
				if (other < 0 || (uint32_t)other == i ||
				    !stk_net_is_on(&check->net->services.v[other], service->endpoints.v[e].network))
					continue;
				on_service(
					rule, check, service,
					stk_arena_printf(check->report->arena,
							 "service \"" STK_FMT "\" takes the name of service \"" STK_FMT
							 "\" on network \"" STK_FMT
							 "\": connections meant for one go to both",
							 STK_ARG(service->name), STK_ARG(alias),
							 STK_ARG(check->net->networks.v[service->endpoints.v[e].network]
									 .label)));
			}
	}
}

/* icc=false parts containers by their addresses; docker-proxy brings them together again through the host. */
static void check_no_icc(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	const struct stk_net *net = check->net;
	for (size_t i = 0; !net->engine.no_userland_proxy && i < net->published.n; i++) {
		const struct stk_net_service *service = &net->services.v[net->published.v[i]];
		const struct stk_net_network *network = &net->networks.v[service->gateway];
		if (network->no_icc && stk_net_stands_for_containers(net, net->published.v[i], &service->ports.v[0]))
			on_service(rule, check, service,
				   stk_arena_printf(
					   check->report->arena,
					   "network \"" STK_FMT
					   "\" parts its services (enable_icc=false), but all of them reach \"" STK_FMT
					   "\" through its published port",
					   STK_ARG(network->label), STK_ARG(service->name)));
	}
}

static bool only_stores(const struct stk_net *net, const struct stk_net_network *network)
{
	for (size_t i = 0; i < network->members.n; i++)
		if (net->services.v[network->members.v[i]].kind != STK_NET_STORE)
			return false;
	return true;
}

/* A store answers questions and asks none: a way out serves whoever took it over. */
static void check_egress(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	for (uint32_t i = 0; i < check->net->services.n; i++) {
		const struct stk_net_service *service = &check->net->services.v[i];
		if (service->kind != STK_NET_STORE || service->mode != STK_NET_ATTACHED ||
		    !stk_net_leaves(check->net, i))
			continue;
		const struct stk_net_network *network =
			service->gateway >= 0 ? &check->net->networks.v[service->gateway] : NULL;
		struct stk_finding *finding = on_service(
			rule, check, service,
			stk_arena_printf(check->report->arena,
					 "%s in service \"" STK_FMT
					 "\" can connect to the internet and to the cloud's metadata address",
					 service->kind_text, STK_ARG(service->name)));
		if (network)
			stk_finding_evidence(check->report, finding, "network \"" STK_FMT "\" is not internal%s",
					     STK_ARG(network->label),
					     only_stores(check->net, network) ? ""
									      : ", as its other services may need");
	}
}

static void check_internal_host(const struct stk_rule *rule, void *context)
{
	struct stk_net_check *check = context;
	const struct stk_net *net = check->net;
	int32_t host_mode = STK_NET_NOWHERE;
	for (uint32_t i = 0; i < net->services.n && host_mode < 0; i++)
		if (net->services.v[i].mode == STK_NET_HOST)
			host_mode = (int32_t)i;
	for (size_t i = 0; host_mode >= 0 && !net->engine.input_drop && i < net->networks.n; i++) {
		const struct stk_net_network *network = &net->networks.v[i];
		if (network->internal && network->driver == STK_NET_BRIDGE && network->gateway4 != STK_NET_ISOLATED &&
		    network->members.n)
			emit(rule, check, &network->place, S(""),
			     stk_arena_printf(check->report->arena,
					      "internal network \"" STK_FMT
					      "\" is not closed: its services reach \"" STK_FMT
					      "\", which uses the host's network, at the network's own gateway",
					      STK_ARG(network->label), STK_ARG(net->services.v[host_mode].name)));
	}
}

static const struct stk_rule rows[] = {
	{ .id = "NET-001",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_HIGH,
	  .title = "Data store reachable from outside",
	  .why = "Whoever reaches the port can guess passwords, use a known flaw or a missing password, and read, "
		 "change or encrypt all data "
		 "without touching the application.",
	  .remedy = "Remove the port: services on the same network reach each other without it. For access from the "
		    "host bind it to 127.0.0.1.",
	  .bad = "services:\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n",
	  .good = "services:\n  db:\n    image: postgres:16\n    networks: [backend]\nnetworks:\n  backend:\n    "
		  "internal: true\n",
	  .argument = STK_NET_STORE,
	  .check = check_published },
	{ .id = "NET-002",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_HIGH,
	  .title = "Administration interface reachable from outside",
	  .why = "An administration interface gives whoever logs in, or finds a flaw in it, control over what it "
		 "administers.",
	  .remedy = "Bind the port to 127.0.0.1 and reach it through a tunnel, or put it behind a proxy that "
		    "authenticates.",
	  .bad = "services:\n  admin:\n    image: adminer\n    ports: [\"8080:8080\"]\n",
	  .good = "services:\n  admin:\n    image: adminer\n    ports: [\"127.0.0.1:8080:8080\"]\n",
	  .argument = STK_NET_ADMIN,
	  .check = check_published },
	{ .id = "NET-003",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_MEDIUM,
	  .title = "No segmentation",
	  .why = "An attacker who takes over the service that the outside reaches stands beside the data store, on "
		 "every port of it.",
	  .remedy = "Put what the outside reaches on one network, the data store on another with internal: true, and "
		    "only the service that needs "
		    "both on both.",
	  .bad = "services:\n  web: {image: nginx, ports: [\"80:80\"]}\n  api: {image: api}\n  db: {image: postgres}\n",
	  .good = "services:\n  web: {image: nginx, ports: [\"80:80\"], networks: [front]}\n  api: {image: api, "
		  "networks: [front, back]}\n"
		  "  db: {image: postgres, networks: [back]}\nnetworks:\n  front: {}\n  back: {internal: true}\n",
	  .check = check_flat },
	{ .id = "NET-004",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Service bridges the outside and an internal network",
	  .why = "The internal network is only as closed as this service: whoever takes it over talks to the data "
		 "store on every port.",
	  .remedy = "Let a proxy on an outer network take the connections, and keep the service that needs the data "
		    "store off it.",
	  .check = check_bridge },
	{ .id = "NET-005",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_LOW,
	  .title = "Published port that does nothing",
	  .why = "Somebody believes that the service can be reached, or that its exposure is controlled here; neither "
		 "is so.",
	  .remedy = "Remove the port, or give the service a network that publishes.",
	  .bad = "services:\n  api:\n    image: api\n    ports: [\"8080:8080\"]\n    networks: [back]\nnetworks:\n  "
		 "back: {internal: true}\n",
	  .check = check_dead },
	{ .id = "NET-006",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Port bound to localhost is reachable from the LAN",
	  .why = "Before engine 28, neighbours on the same network segment reach ports that are published on 127.0.0.1 "
		 "only.",
	  .remedy = "Update the engine to 28 or later, or drop such packets in the raw table.",
	  .url = "https://github.com/moby/moby/pull/49325",
	  .check = check_loopback },
	{ .id = "NET-007",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_HIGH,
	  .title = "IPv6 network without a filter",
	  .why = "Before engine 27 there are no ip6tables rules: containers with IPv6 are open on every port, "
		 "published or not, to other networks and "
		 "to neighbours that route to them.",
	  .remedy = "Update the engine to 27 or later, start dockerd with --ip6tables, or switch enable_ipv6 off.",
	  .url = "https://github.com/moby/moby/pull/47747",
	  .check = check_ipv6 },
	{ .id = "NET-008",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Container stands on the LAN",
	  .why = "On macvlan and ipvlan networks there is no isolation: neighbours reach every port, and neither the "
		 "host's firewall nor DOCKER-USER "
		 "sees the packets.",
	  .remedy = "Use a bridge network and publish the ports that are needed.",
	  .check = check_on_lan },
	{ .id = "NET-009",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Alias takes another service's name",
	  .why = "The resolver answers with both addresses: a service that takes the name receives part of the other's "
		 "connections, passwords included.",
	  .remedy = "Choose an alias that no service has.",
	  .check = check_alias },
	{ .id = "NET-010",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_LOW,
	  .title = "enable_icc=false does not part services that publish ports",
	  .why = "Neighbours on the network reach a published port at the gateway's address, whatever enable_icc says.",
	  .remedy = "Give the services networks of their own.",
	  .check = check_no_icc },
	{ .id = "NET-011",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_INFO,
	  .title = "Data store can reach the internet",
	  .why = "An attacker inside the data store can load tools, carry data out, and ask the cloud's metadata "
		 "address for credentials.",
	  .remedy = "Put the data store on a network with internal: true.",
	  .bad = "services:\n  db: {image: postgres, networks: [back]}\nnetworks:\n  back: {}\n",
	  .good = "services:\n  db: {image: postgres, networks: [back]}\nnetworks:\n  back: {internal: true}\n",
	  .check = check_egress },
	{ .id = "NET-012",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_LOW,
	  .title = "Internal network reaches services of the host",
	  .why = "An internal network still has the host's address on it: everything that listens on all of the host's "
		 "addresses is reached from it.",
	  .remedy = "Bind what uses the host's network to the addresses it needs, or set the driver option "
		    "com.docker.network.bridge.gateway_mode_ipv4: isolated (engine 28).",
	  .check = check_internal_host },
	{ .id = "NET-901",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_HIGH,
	  .title = "Network assertion fails",
	  .why = "The settings say who may reach whom, and the deployment allows something else.",
	  .remedy = "Take one of the two off the network that the evidence names, or remove the port; strake network "
		    "--what-if tries it." },
	{ .id = "NET-902",
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_HIGH,
	  .title = "Network assertion cannot be checked",
	  .why = "An assertion that names nothing never fails, and nothing is tested by it.",
	  .remedy =
		  "Mend the sentence: \"deny: web -> db\", \"allow only: api -> db:5432\", \"require: web -> api\"." },
};

const struct stk_rule_table stk_network_rules = { "network", rows, STK_LEN(rows) };

void stk_net_judge(const struct stk_net *net, struct stk_report *report, size_t target)
{
	struct stk_net_check check = { net, report, target };
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (rows[i].check)
			rows[i].check(&rows[i], &check);
}

enum { MOST_BREACHES = 20 };

static void report_breach(struct stk_net_check *check, const struct stk_net_assertion *a,
			  const struct stk_net_breach *breach, const struct stk_net_place *place)
{
	const struct stk_rule *rule = stk_rule_find(&stk_network_rules, S("NET-901"));
	struct stk_str from = stk_net_party_name(check->net, breach->from),
		       to = stk_net_party_name(check->net, breach->to);
	struct stk_finding *finding =
		emit(rule, check, place, breach->to >= 0 ? to : S(""),
		     stk_arena_printf(check->report->arena, "\"" STK_FMT "\": " STK_FMT " %s " STK_FMT,
				      STK_ARG(a->text), STK_ARG(from),
				      a->verb == STK_NET_REQUIRE		? "does not reach"
				      : a->through_others && breach->path.n > 2 ? "gets to"
										: "reaches",
				      STK_ARG(to)));
	path_evidence(check, finding, &breach->path, a->port, a->protocol);
}

/* What a settings file says stands in that file, not in the project's. */
static size_t target_of(struct stk_report *report, size_t target, const struct stk_net_place *place)
{
	for (size_t i = 0; place->line && i < report->targets.n; i++)
		if (stk_str_eq(report->targets.v[i].name, place->file))
			return i;
	return place->line ? stk_report_target(report, place->file, "network") : target;
}

void stk_net_assert(const struct stk_net *net, struct stk_report *report, size_t target, struct stk_str sentence,
		    const struct stk_net_place *place)
{
	struct stk_net_check check = { net, report, target };
	struct stk_net_assertion assertion;
	struct stk_net_breaches breaches = { 0 };
	struct stk_err err = { 0 };
	if (stk_net_assertion_parse(net, report->arena, sentence, &assertion, &err) < 0) {
		check.target = target_of(report, target, place);
		struct stk_finding *finding = emit(stk_rule_find(&stk_network_rules, S("NET-902")), &check, place,
						   S(""), stk_arena_str(report->arena, stk_str_from(err.msg)));
		if (err.hint[0])
			stk_finding_evidence(report, finding, "%s", err.hint);
		return;
	}
	stk_net_assertion_check(net, report->arena, &assertion, &breaches);
	if (breaches.n)
		check.target = target_of(report, target, place);
	for (size_t i = 0; i < breaches.n && i < MOST_BREACHES; i++)
		report_breach(&check, &assertion, &breaches.v[i], place);
	if (breaches.n > MOST_BREACHES)
		*STK_PUSH(report->arena, &report->notices) =
			stk_arena_printf(report->arena, "\"" STK_FMT "\" is broken in %zu more ways",
					 STK_ARG(assertion.text), breaches.n - MOST_BREACHES);
}
