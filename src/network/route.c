/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways: see route.h. Each function asks reach.h about one kind of way and appends what answers;
 * stk_net_routes chooses which kinds there can be between the two.
 */
#include "network/route.h"

#include <assert.h>

#include "base/banned.h"

static struct stk_net_route *add(struct stk_arena *arena, struct stk_net_routes *out, enum stk_net_way way,
				 uint32_t network)
{
	struct stk_net_route *route = STK_PUSH(arena, out);
	*route = (struct stk_net_route){ .way = way, .network = network };
	return route;
}

/* The owner of the namespace that a party lives in; the party must be a service. */
static const struct stk_net_service *owner(const struct stk_net *net, int32_t party)
{
	return &net->services.v[net->services.v[party].home];
}

static bool uses_host(const struct stk_net *net, int32_t party)
{
	return party == STK_NET_FROM_HOST || (party >= 0 && owner(net, party)->mode == STK_NET_HOST);
}

/* Is there any address of the host that a container sees? A port there that nothing publishes tells. */
static bool sees_host(const struct stk_net *net, int32_t from)
{
	static const struct stk_net_target targets[] = { { .kind = STK_NET_TO_OWN_GATEWAY },
							 { .kind = STK_NET_TO_HOST } };
	if (from < 0)
		return !net->engine.input_drop || from == STK_NET_FROM_HOST;
	for (size_t i = 0; i < STK_LEN(targets); i++)
		if (stk_net_reaches(net, from, &targets[i], 0, STK_NET_ICMP))
			return true;
	return false;
}

static void to_host_mode(const struct stk_net *net, struct stk_arena *arena, int32_t from, struct stk_net_routes *out)
{
	/* A service in host mode listens on the host's own addresses: whoever sees the host
	   sees it. */
	if (uses_host(net, from) || sees_host(net, from))
		add(arena, out, uses_host(net, from) ? STK_NET_WAY_LOCAL : STK_NET_WAY_LISTENER, 0);
}

/* A network in common; `limited` where only links lead there, and only to exposed ports. */
static void between_peers(const struct stk_net *net, struct stk_arena *arena, uint32_t from, uint32_t to,
			  struct stk_net_routes *out)
{
	const struct stk_net_service *v = owner(net, (int32_t)to);
	for (size_t i = 0; i < v->endpoints.n; i++) {
		uint32_t number = v->endpoints.v[i].network;
		bool any_port;
		if (stk_net_peers(net, from, to, number, &any_port))
			add(arena, out, STK_NET_WAY_NETWORK, number)->limited = !any_port;
	}
}

/* Addresses of the container itself, from where packets would have to be routed through the host. */
static void to_own_addresses(const struct stk_net *net, struct stk_arena *arena, int32_t from, uint32_t to,
			     struct stk_net_routes *out)
{
	const struct stk_net_service *v = owner(net, (int32_t)to);
	for (size_t i = 0; i < v->endpoints.n; i++) {
		uint32_t number = v->endpoints.v[i].network;
		const struct stk_net_network *network = &net->networks.v[number];
		bool lan = network->driver == STK_NET_MACVLAN || network->driver == STK_NET_IPVLAN,
		     overlay = network->driver == STK_NET_OVERLAY;
		/* Neighbours on the network are between_peers'. */
		if (from >= 0 && stk_net_is_on(owner(net, from), number))
			continue;
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			struct stk_net_target target = { .kind = ipv6	   ? STK_NET_TO_ADDRESS6
								 : overlay ? STK_NET_TO_GWBRIDGE
									   : STK_NET_TO_ADDRESS,
							 .service = to,
							 .network = number };
			/* Port 0 is never published: this is every port. */
			if (stk_net_reaches(net, from, &target, 0, STK_NET_TCP)) {
				add(arena, out,
				    uses_host(net, from) ? STK_NET_WAY_HOST
				    : lan		 ? STK_NET_WAY_LAN
							 : STK_NET_WAY_ROUTED,
				    number)
					->ipv6 = ipv6;
				break;
			}
			for (size_t k = 0; k < v->ports.n; k++)
				if (stk_net_reaches(net, from, &target, v->ports.v[k].first, v->ports.v[k].protocol)) {
					struct stk_net_route *route = add(arena, out, STK_NET_WAY_ROUTED, number);
					route->port = &v->ports.v[k];
					route->ipv6 = ipv6;
				}
		}
	}
}

/* Ports belong to the owner of the namespace, whoever of its tenants listens. */
static void through_host(const struct stk_net *net, struct stk_arena *arena, int32_t from, uint32_t to,
			 struct stk_net_routes *out)
{
	uint32_t home = net->services.v[to].home;
	const struct stk_net_service *v = &net->services.v[home];
	for (size_t i = 0; i < v->ports.n; i++)
		if (from >= 0 && !uses_host(net, from) ? stk_net_hairpins(net, (uint32_t)from, home, &v->ports.v[i])
						       : stk_net_published_to(net, from, home, &v->ports.v[i]))
			add(arena, out, STK_NET_WAY_PUBLISHED, (uint32_t)v->gateway)->port = &v->ports.v[i];
}

static void to_outside(const struct stk_net *net, struct stk_arena *arena, int32_t from, int32_t to,
		       struct stk_net_routes *out)
{
	/* Not towards single addresses: a container that may leave its networks reaches all of
	   the outside. */
	if (to == STK_NET_FROM_HOST ? sees_host(net, from) : from >= 0 && stk_net_leaves(net, (uint32_t)from))
		add(arena, out, STK_NET_WAY_OUT, 0);
}

/* All ways from one to the other, most direct first: the same namespace, a network in common,
   the container's own address, the host's ports. */
void stk_net_routes(const struct stk_net *net, struct stk_arena *arena, int32_t from, int32_t to,
		    struct stk_net_routes *out)
{
	if (from == to)
		return;
	if (to < 0) {
		to_outside(net, arena, from, to, out);
		return;
	}
	const struct stk_net_service *v = owner(net, to);
	if (from >= 0 && owner(net, from) == v) {
		add(arena, out, STK_NET_WAY_LOCAL, 0);
		return;
	}
	if (v->mode == STK_NET_HOST) {
		to_host_mode(net, arena, from, out);
		return;
	}
	if (v->mode != STK_NET_ATTACHED)
		return;
	if (from >= 0 && !uses_host(net, from))
		between_peers(net, arena, (uint32_t)from, (uint32_t)to, out);
	if (from != STK_NET_FROM_INTERNET)
		to_own_addresses(net, arena, from, (uint32_t)to, out);
	through_host(net, arena, from, (uint32_t)to, out);
}

bool stk_net_route_carries(const struct stk_net *net, const struct stk_net_route *route, int32_t to, uint16_t port,
			   enum stk_net_protocol protocol)
{
	if (!port)
		return true;
	if (route->port)
		return route->port->protocol == protocol && route->port->first <= port && port <= route->port->last;
	/* Every port. */
	if (!route->limited || to < 0)
		return true;
	const struct stk_net_service *v = owner(net, to);
	for (size_t i = 0; i < v->exposed.n; i++)
		if (v->exposed.v[i].protocol == protocol && v->exposed.v[i].first <= port &&
		    port <= v->exposed.v[i].last)
			return true;
	return false;
}

bool stk_net_connects(const struct stk_net *net, int32_t from, int32_t to, uint16_t port,
		      enum stk_net_protocol protocol, struct stk_net_route *route)
{
	STK_ARENA scratch = { 0 };
	struct stk_net_routes routes = { 0 };
	stk_net_routes(net, &scratch, from, to, &routes);
	for (size_t i = 0; i < routes.n; i++)
		if (stk_net_route_carries(net, &routes.v[i], to, port, protocol)) {
			*route = routes.v[i];
			return true;
		}
	return false;
}

struct stk_str stk_net_party_name(const struct stk_net *net, int32_t party)
{
	switch (party) {
	case STK_NET_FROM_HOST:
		return S("host");
	case STK_NET_FROM_LAN:
		return S("lan");
	case STK_NET_FROM_INTERNET:
		return S("internet");
	case STK_NET_TO_METADATA_PARTY:
		return S("metadata");
	default:
		assert(party >= 0 && (size_t)party < net->services.n);
		return net->services.v[party].name;
	}
}

/* "80", "3000-3005" */
static void number_range(struct stk_buf *out, uint16_t first, uint16_t last)
{
	if (first == last)
		stk_buf_printf(out, "%u", first);
	else
		stk_buf_printf(out, "%u-%u", first, last);
}

void stk_net_port_text(struct stk_buf *out, const struct stk_net_port *port)
{
	if (port->host_first)
		number_range(out, port->host_first, port->host_last);
	else
		stk_buf_add(out, S("any port"));
	stk_buf_add(out, S(" -> "));
	number_range(out, port->first, port->last);
	stk_buf_printf(out, "/%s", stk_net_protocol_name(port->protocol));
	if (port->host_ip.n)
		stk_buf_printf(out, " on " STK_FMT, STK_ARG(port->host_ip));
}

void stk_net_route_text(struct stk_buf *out, const struct stk_net *net, const struct stk_net_route *route)
{
	static const char *const texts[] = {
		[STK_NET_WAY_LOCAL] = "over localhost: one network namespace, every port",
		[STK_NET_WAY_LISTENER] =
			"on the host's addresses: it uses the host's network, every port it listens on",
		[STK_NET_WAY_OUT] = "leaves through the host",
	};
	struct stk_str label = route->network < net->networks.n ? net->networks.v[route->network].label : S("");
	if ((route->way == STK_NET_WAY_HOST || route->way == STK_NET_WAY_ROUTED) &&
	    net->networks.v[route->network].driver == STK_NET_OVERLAY)
		label = S("docker_gwbridge");
	switch (route->way) {
	case STK_NET_WAY_NETWORK:
		stk_buf_printf(out, "on network \"" STK_FMT "\", %s", STK_ARG(label),
			       route->limited ? "linked and exposed ports" : "every port");
		return;
	case STK_NET_WAY_PUBLISHED:
		stk_buf_add(out, S("through the host's published port "));
		stk_net_port_text(out, route->port);
		return;
	case STK_NET_WAY_HOST:
		stk_buf_printf(out, "from the host over network \"" STK_FMT "\", every port", STK_ARG(label));
		return;
	case STK_NET_WAY_LAN:
		stk_buf_printf(out, "on the LAN itself: network \"" STK_FMT "\" puts it there, every port",
			       STK_ARG(label));
		return;
	case STK_NET_WAY_ROUTED:
		stk_buf_printf(out, "to its own %s address on network \"" STK_FMT "\", routed through the host, ",
			       route->ipv6 ? "IPv6" : "IPv4", STK_ARG(label));
		if (route->port)
			stk_buf_printf(out, "port %u/%s", route->port->first,
				       stk_net_protocol_name(route->port->protocol));
		else
			stk_buf_add(out, S("every port"));
		return;
	default:
		stk_buf_add(out, stk_str_from(texts[route->way]));
	}
}
