/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdicts: would this connection be answered? Each function is one question that the
 * engine's rules (iptables, bridges, docker-proxy, the resolver) answer; conditions on versions
 * stand where the engines differ. docs/network.md has the measurements that these encode,
 * truth_test.c holds them to recorded ones.
 *
 * Everything is seen from the namespace that a service lives in (`home`), which is another
 * service's where network_mode shares one.
 */
#include "network/reach.h"

#include "base/banned.h"

/* Short names, as these four stand in every head of this file. */
typedef const struct stk_net net_;
typedef const struct stk_net_service service_;
typedef const struct stk_net_network network_;
typedef const struct stk_net_port port_;

/* Whose namespace a service lives in: its own, or the one that it shares. */
static service_ *home_of(net_ *net, int32_t number)
{
	return &net->services.v[net->services.v[number].home];
}

/* A service in host mode is the host: it sees every bridge and the host's loopback. */
static bool is_host(net_ *net, int32_t from)
{
	return from == STK_NET_FROM_HOST || (from >= 0 && home_of(net, from)->mode == STK_NET_HOST);
}

static bool is_outside(int32_t from)
{
	return from == STK_NET_FROM_LAN || from == STK_NET_FROM_INTERNET;
}

/* Drivers whose containers reach the host and, where the network is not internal, what is behind it. */
static bool is_bridge_like(network_ *network)
{
	return network->driver == STK_NET_BRIDGE || network->driver == STK_NET_OVERLAY;
}

/* Drivers that put containers on the host's own wire, past its firewall and its published ports. */
static bool on_lan(network_ *network)
{
	return network->driver == STK_NET_MACVLAN || network->driver == STK_NET_IPVLAN;
}

/* A link of u to v by service or alias, or NULL. Containers of the default bridge know each other only so. */
static const struct stk_net_link *link_to(net_ *net, service_ *u, uint32_t v)
{
	for (size_t i = 0; i < u->links.n; i++)
		if (stk_str_eq(u->links.v[i].service, net->services.v[v].name) ||
		    stk_strs_has(&net->services.v[v].names, u->links.v[i].service))
			return &u->links.v[i];
	return NULL;
}

/* Does the container's side of a publication hold this port? host_port_in asks for the host's. */
static bool port_in(port_ *port, uint16_t number, enum stk_net_protocol protocol)
{
	return port->protocol == protocol && port->first <= number && number <= port->last;
}

static bool host_port_in(port_ *port, uint16_t number, enum stk_net_protocol protocol)
{
	return port->protocol == protocol && port->host_first <= number && number <= port->host_last;
}

static bool publishes_port(service_ *v, uint16_t number, enum stk_net_protocol protocol)
{
	for (size_t i = 0; i < v->ports.n && stk_net_publishes(v); i++)
		if (port_in(&v->ports.v[i], number, protocol))
			return true;
	return false;
}

/* The ports that a link opens where icc is off: what EXPOSE or `expose:` names, and what is published. */
static bool exposes(service_ *v, uint16_t number, enum stk_net_protocol protocol)
{
	for (size_t i = 0; i < v->exposed.n; i++)
		if (v->exposed.v[i].protocol == protocol && v->exposed.v[i].first <= number &&
		    number <= v->exposed.v[i].last)
			return true;
	for (size_t i = 0; i < v->ports.n; i++)
		if (port_in(&v->ports.v[i], number, protocol))
			return true;
	return false;
}

bool stk_net_peers(net_ *net, uint32_t u, uint32_t v, uint32_t number, bool *any_port)
{
	network_ *network = &net->networks.v[number];
	*any_port = true;
	if (net->services.v[u].home == net->services.v[v].home)
		return true;
	service_ *from = home_of(net, (int32_t)u), *to = home_of(net, (int32_t)v);
	if (!stk_net_is_on(from, number) || !stk_net_is_on(to, number) || from->mode != STK_NET_ATTACHED ||
	    to->mode != STK_NET_ATTACHED)
		return false;
	/* icc is an option of bridges alone. */
	if (network->driver != STK_NET_BRIDGE)
		return true;
	if (network->is_default && net->engine.no_icc) {
		*any_port = false;
		return link_to(net, from, net->services.v[v].home) != NULL;
	}
	return !network->no_icc;
}

bool stk_net_resolves(net_ *net, uint32_t u, uint32_t v, uint32_t number)
{
	service_ *from = home_of(net, (int32_t)u);
	if (!stk_net_is_on(from, number) || !stk_net_is_on(&net->services.v[v], number))
		return false;
	/* The embedded resolver serves user-defined networks; the default bridge has only
	   links. */
	return !net->networks.v[number].is_default || link_to(net, from, v);
}

/* Names that Docker's resolver gives a container on one network. */
static bool has_name(service_ *v, const struct stk_net_endpoint *endpoint, struct stk_str name)
{
	return stk_str_eq(v->name, name) || stk_strs_has(&v->names, name) ||
	       (v->hostname.n && stk_str_eq(v->hostname, name)) || stk_strs_has(&endpoint->aliases, name);
}

/* The service that a name means where u stands, and on which network. */
static bool look_up(net_ *net, service_ *u, struct stk_str name, struct stk_net_target *out)
{
	for (size_t i = 0; i < u->endpoints.n && u->mode == STK_NET_ATTACHED; i++) {
		uint32_t number = u->endpoints.v[i].network;
		network_ *network = &net->networks.v[number];
		for (size_t k = 0; k < network->members.n; k++) {
			uint32_t v = network->members.v[k];
			service_ *to = &net->services.v[v];
			const struct stk_net_link *link = link_to(net, u, v);
			bool known = link && (stk_str_eq(link->alias, name) || stk_str_eq(link->service, name));
			for (size_t e = 0; e < to->endpoints.n && !known && !network->is_default; e++)
				known = to->endpoints.v[e].network == number && has_name(to, &to->endpoints.v[e], name);
			if (known) {
				*out = (struct stk_net_target){ .kind = STK_NET_TO_ADDRESS,
								.service = v,
								.network = number };
				return true;
			}
		}
	}
	return false;
}

/* Is the engine of this major version or a later one? */
static bool from_engine(net_ *net, uint32_t major)
{
	return net->engine.major >= major;
}

/* Is there IPv6 on a way out of u? */
static bool has_ipv6(net_ *net, service_ *u)
{
	for (size_t i = 0; i < u->endpoints.n; i++)
		if (net->networks.v[u->endpoints.v[i].network].ipv6 &&
		    !net->networks.v[u->endpoints.v[i].network].internal)
			return true;
	return false;
}

/* A container's own address, from a container that is not on its network. */
static bool across_networks(net_ *net, service_ *u, service_ *v, network_ *network, bool ipv6, uint16_t port,
			    enum stk_net_protocol protocol)
{
	enum stk_net_gateway mode = ipv6 ? network->gateway6 : network->gateway4;
	/* DOCKER-ISOLATION drops packets between bridges, so only modes that go around it
	   count. */
	if (network->driver != STK_NET_BRIDGE || network->internal || u->gateway < 0 ||
	    (ipv6 && (!network->ipv6 || !has_ipv6(net, u))))
		return false;
	/* Without ip6tables nothing isolates IPv6 networks from one another. */
	if (ipv6 && !net->engine.ip6tables)
		return true;
	return mode == STK_NET_ROUTED && (protocol == STK_NET_ICMP || publishes_port(v, port, protocol));
}

/* Packets for a container's address that neighbours route to the host. */
static bool routed_from_outside(net_ *net, service_ *v, network_ *network, bool ipv6, uint16_t port,
				enum stk_net_protocol protocol)
{
	enum stk_net_gateway mode = ipv6 ? network->gateway6 : network->gateway4;
	bool published = protocol != STK_NET_ICMP && publishes_port(v, port, protocol);
	if (on_lan(network))
		return !network->internal;
	if (network->driver != STK_NET_BRIDGE || network->internal || net->engine.docker_user_drop ||
	    (ipv6 && !network->ipv6))
		return false;
	if (ipv6 && !net->engine.ip6tables)
		return true;
	if (mode == STK_NET_NAT_UNPROTECTED)
		return true;
	if (mode == STK_NET_ROUTED)
		return published || protocol == STK_NET_ICMP;
	/* Engine 28 drops what is routed straight to a container, unless told otherwise; older
	   ones left that to the FORWARD policy. */
	if (from_engine(net, 28))
		return published && (net->engine.allow_direct_routing || network->trusted_interfaces);
	return published || net->engine.forward_accept;
}

/* Containers of overlay networks that are not internal leave through docker_gwbridge, a bridge without inter-container
 * communication: the host reaches them there, and neighbours as they reach bridges. */
static bool to_gwbridge(net_ *net, int32_t from, service_ *v, uint16_t port, enum stk_net_protocol protocol)
{
	bool overlay = false;
	for (size_t i = 0; i < v->endpoints.n && v->mode == STK_NET_ATTACHED; i++) {
		network_ *network = &net->networks.v[v->endpoints.v[i].network];
		overlay |= network->driver == STK_NET_OVERLAY && !network->internal;
	}
	if (!overlay || is_host(net, from))
		return overlay;
	if (from != STK_NET_FROM_LAN || net->engine.docker_user_drop)
		return false;
	bool published = protocol != STK_NET_ICMP && publishes_port(v, port, protocol);
	if (from_engine(net, 28))
		return published && net->engine.allow_direct_routing;
	return published || net->engine.forward_accept;
}

/* The host reaches every port of every container of a bridge, internal ones too. Only the gateway mode
   "isolated" leaves it without an address there. */
static bool host_to_container(network_ *network, bool ipv6)
{
	/* An overlay container's overlay address is out of the host's sight; to_gwbridge knows the other one. */
	return network->driver == STK_NET_BRIDGE && network->gateway4 != STK_NET_ISOLATED && (!ipv6 || network->ipv6);
}

/* A container's own address, without any publication: who asks decides which of the engine's chains stand in
   between. */
static bool to_address(net_ *net, int32_t from, const struct stk_net_target *target, bool ipv6, uint16_t port,
		       enum stk_net_protocol protocol)
{
	service_ *v = home_of(net, (int32_t)target->service);
	network_ *network = &net->networks.v[target->network];
	bool any_port;
	if (v->mode != STK_NET_ATTACHED || !stk_net_is_on(v, target->network))
		return false;
	/* The host has an address on every bridge. */
	if (is_host(net, from))
		return host_to_container(network, ipv6);
	if (is_outside(from))
		return from == STK_NET_FROM_LAN && routed_from_outside(net, v, network, ipv6, port, protocol);
	if (home_of(net, from) == v)
		return true;
	if (!stk_net_is_on(home_of(net, from), target->network))
		return across_networks(net, home_of(net, from), v, network, ipv6, port, protocol);
	return (!ipv6 || network->ipv6) &&
	       stk_net_peers(net, (uint32_t)from, target->service, target->network, &any_port) &&
	       (any_port || exposes(v, port, protocol));
}

/* Does a published port stand on the addressed side of the host? */
static bool bind_covers(enum stk_net_bind bind, enum stk_net_target_kind kind)
{
	enum { LOOPBACK = 1, HOST = 2, GATEWAYS = 4, LOOPBACK6 = 8, HOST6 = 16 };
	static const uint8_t sides[] = {
		[STK_NET_BIND_ALL] = LOOPBACK | HOST | GATEWAYS | LOOPBACK6 | HOST6,
		[STK_NET_BIND_ALL4] = LOOPBACK | HOST | GATEWAYS,
		[STK_NET_BIND_ALL6] = LOOPBACK6 | HOST6,
		[STK_NET_BIND_LOOPBACK] = LOOPBACK,
		[STK_NET_BIND_LOOPBACK6] = LOOPBACK6,
		[STK_NET_BIND_PRIVATE] = HOST,
		[STK_NET_BIND_PRIVATE6] = HOST6,
		[STK_NET_BIND_ADDRESS] = HOST,
		[STK_NET_BIND_ADDRESS6] = HOST6,
	};
	switch (kind) {
	case STK_NET_TO_LOOPBACK:
		return sides[bind] & LOOPBACK;
	case STK_NET_TO_LOOPBACK6:
		return sides[bind] & LOOPBACK6;
	case STK_NET_TO_HOST:
		return sides[bind] & HOST;
	case STK_NET_TO_HOST6:
		return sides[bind] & HOST6;
	default: /* gateways of bridges */
		return sides[bind] & GATEWAYS;
	}
}

/* In routed mode nothing is mapped on the host. */
static bool is_mapped(net_ *net, service_ *v, bool ipv6)
{
	network_ *network = &net->networks.v[v->gateway];
	enum stk_net_gateway mode = ipv6 && network->ipv6 ? network->gateway6 : network->gateway4;
	return mode == STK_NET_NAT || mode == STK_NET_NAT_UNPROTECTED;
}

/* Through docker-proxy, unless the asker stands on the same network and the kernel turns the packet round. */
static bool proxied(net_ *net, service_ *u, service_ *v)
{
	/* docker-proxy is a process of the host: a firewall for INPUT stops what goes through
	   it. */
	if (net->engine.input_drop)
		return false;
	if (!net->engine.no_userland_proxy || from_engine(net, 29))
		return true;
	network_ *network = &net->networks.v[v->gateway];
	return u && stk_net_is_on(u, (uint32_t)v->gateway) && !network->no_icc;
}

/* The hairpin: a container asks one of the host's addresses and is led back to another container, whatever
   network that one is on. A container without a way out has none to there either. */
static bool published_to_container(net_ *net, service_ *u, service_ *v, enum stk_net_target_kind kind)
{
	if (u->gateway < 0 || u->mode != STK_NET_ATTACHED)
		return false;
	/* The kernel turns round what was sent to the own network's gateway only. */
	return proxied(net, kind == STK_NET_TO_OWN_GATEWAY ? u : NULL, v);
}

/* Published ports are forwarded, so that the host's INPUT chain never sees the packets: only DOCKER-USER
   filters them. On IPv6 without the engine's rules docker-proxy answers, which is a process behind INPUT. */
static bool published_to_outside(net_ *net, service_ *v, enum stk_net_target_kind kind)
{
	network_ *network = &net->networks.v[v->gateway];
	if (kind != STK_NET_TO_HOST6)
		return !net->engine.docker_user_drop;
	if (network->ipv6 && net->engine.ip6tables)
		return !net->engine.docker_user_drop;
	return proxied(net, NULL, v);
}

/* On the host's IPv6 addresses nobody but the proxy answers for containers without IPv6, and on ::1 for none. */
static bool answers_host(net_ *net, service_ *v, enum stk_net_target_kind kind)
{
	bool ipv6 = net->networks.v[v->gateway].ipv6 && net->engine.ip6tables;
	return (kind != STK_NET_TO_LOOPBACK6 && (kind != STK_NET_TO_HOST6 || ipv6)) || !net->engine.no_userland_proxy;
}

/* Does a published port answer at this kind of address? Where it listens first, then who asks
   from where. */
static bool port_answers(net_ *net, int32_t from, service_ *v, port_ *port, enum stk_net_target_kind kind)
{
	enum stk_net_bind bind = stk_net_bind_of(net, v, port);
	if (kind == STK_NET_TO_HOST_LOOPBACK)
		return bind == STK_NET_BIND_LOOPBACK && !from_engine(net, 28);
	if (!bind_covers(bind, kind) || !is_mapped(net, v, kind == STK_NET_TO_HOST6 || kind == STK_NET_TO_LOOPBACK6))
		return false;
	if (is_host(net, from))
		return answers_host(net, v, kind);
	if (is_outside(from))
		return published_to_outside(net, v, kind);
	return published_to_container(net, home_of(net, from), v, kind);
}

/* Any published port of any service: the host's address does not say whose it is. */
static bool any_port_answers(net_ *net, int32_t from, enum stk_net_target_kind kind, uint16_t number,
			     enum stk_net_protocol protocol)
{
	for (size_t i = 0; i < net->published.n; i++) {
		service_ *v = &net->services.v[net->published.v[i]];
		for (size_t k = 0; k < v->ports.n; k++)
			if (host_port_in(&v->ports.v[k], number, protocol) &&
			    port_answers(net, from, v, &v->ports.v[k], kind))
				return true;
	}
	return false;
}

/* May a container send packets to this address of the host at all? */
static bool host_in_sight(net_ *net, service_ *u, enum stk_net_target_kind kind)
{
	for (size_t i = 0; i < u->endpoints.n && u->mode == STK_NET_ATTACHED; i++) {
		network_ *network = &net->networks.v[u->endpoints.v[i].network];
		if (!is_bridge_like(network) || network->gateway4 == STK_NET_ISOLATED)
			continue;
		if (!network->internal && (kind != STK_NET_TO_HOST6 || network->ipv6))
			return true;
		if (!network->internal)
			continue;
		/* From an internal network there is only its own gateway; before 26 containers still had a default
		 * route. */
		if (network->driver == STK_NET_BRIDGE && (kind == STK_NET_TO_OWN_GATEWAY || !from_engine(net, 26)))
			return true;
	}
	return false;
}

/* The host's own processes; loopback ones answer only the host itself. */
static bool listener_answers(net_ *net, enum stk_net_target_kind kind, bool local, uint16_t number,
			     enum stk_net_protocol protocol)
{
	for (size_t i = 0; i < net->listeners.n; i++) {
		const struct stk_net_listener *l = &net->listeners.v[i];
		bool loopback = stk_str_starts(l->address, S("127.")) || stk_str_is(l->address, "::1");
		if (l->port == number && l->protocol == protocol && kind != STK_NET_TO_HOST_LOOPBACK &&
		    (!loopback || (local && (kind == STK_NET_TO_LOOPBACK || kind == STK_NET_TO_LOOPBACK6))))
			return true;
	}
	return false;
}

/* A port of the host is answered by a publication or by a program of the host; the firewall's
   INPUT chain only stands before the latter. */
static bool to_host_address(net_ *net, int32_t from, enum stk_net_target_kind kind, uint16_t port,
			    enum stk_net_protocol protocol)
{
	bool local = is_host(net, from);
	if (!local && from >= 0 && !host_in_sight(net, home_of(net, from), kind))
		return false;
	if (any_port_answers(net, from, kind, port, protocol))
		return true;
	if (net->engine.input_drop && !local)
		return false;
	return protocol == STK_NET_ICMP || listener_answers(net, kind, local, port, protocol);
}

/* Out of one network: to the LAN, the internet, the metadata address. */
static bool network_leaves(net_ *net, network_ *network, bool ipv6)
{
	enum stk_net_gateway mode = ipv6 ? network->gateway6 : network->gateway4;
	if (network->internal || (ipv6 && !network->ipv6))
		return false;
	if (on_lan(network))
		return true;
	if (!is_bridge_like(network))
		return false;
	if (ipv6 && !net->engine.ip6tables)
		return net->engine.return_route;
	/* Without masquerading, replies need a route back; engine 28 drops them even then. */
	if (network->no_masquerade)
		return net->engine.return_route && !from_engine(net, 28);
	return mode != STK_NET_ROUTED || net->engine.return_route;
}

/* Outsiders and the host always do; a container does when one of its networks does. */
static bool leaves(net_ *net, int32_t from, bool ipv6)
{
	if (from < 0 || is_host(net, from))
		return true;
	service_ *u = home_of(net, from);
	for (size_t i = 0; i < u->endpoints.n && u->mode == STK_NET_ATTACHED; i++)
		if (network_leaves(net, &net->networks.v[u->endpoints.v[i].network], ipv6))
			return true;
	return false;
}

bool stk_net_leaves(net_ *net, uint32_t u)
{
	return leaves(net, (int32_t)u, false);
}

int stk_net_stands_for_containers(net_ *net, uint32_t v, port_ *port)
{
	service_ *to = &net->services.v[v];
	enum stk_net_bind bind = stk_net_bind_of(net, to, port);
	if ((bind_covers(bind, STK_NET_TO_HOST) || bind_covers(bind, STK_NET_TO_OWN_GATEWAY)) &&
	    is_mapped(net, to, false))
		return 4;
	return bind_covers(bind, STK_NET_TO_HOST6) && is_mapped(net, to, true) ? 6 : 0;
}

bool stk_net_hairpins(net_ *net, uint32_t u, uint32_t v, port_ *port)
{
	static const enum stk_net_target_kind kinds[] = { STK_NET_TO_HOST, STK_NET_TO_OWN_GATEWAY, STK_NET_TO_HOST6 };
	if (!stk_net_publishes(&net->services.v[v]) || !host_in_sight(net, home_of(net, (int32_t)u), STK_NET_TO_HOST))
		return false;
	for (size_t i = 0; i < STK_LEN(kinds); i++)
		if ((kinds[i] != STK_NET_TO_HOST6 || host_in_sight(net, home_of(net, (int32_t)u), kinds[i])) &&
		    port_answers(net, (int32_t)u, &net->services.v[v], port, kinds[i]))
			return true;
	return false;
}

bool stk_net_published_to(net_ *net, int32_t from, uint32_t v, port_ *port)
{
	service_ *to = &net->services.v[v];
	if (!stk_net_publishes(to))
		return false;
	if (is_host(net, from))
		return port_answers(net, from, to, port, STK_NET_TO_LOOPBACK) ||
		       port_answers(net, from, to, port, STK_NET_TO_HOST) ||
		       port_answers(net, from, to, port, STK_NET_TO_LOOPBACK6) ||
		       port_answers(net, from, to, port, STK_NET_TO_HOST6);
	enum stk_net_bind bind = stk_net_bind_of(net, to, port);
	if (from == STK_NET_FROM_INTERNET && (bind == STK_NET_BIND_PRIVATE || bind == STK_NET_BIND_PRIVATE6))
		return false;
	return port_answers(net, from, to, port, STK_NET_TO_HOST) ||
	       port_answers(net, from, to, port, STK_NET_TO_HOST6);
}

bool stk_net_reaches(net_ *net, int32_t from, const struct stk_net_target *target, uint16_t port,
		     enum stk_net_protocol protocol)
{
	struct stk_net_target found;
	switch (target->kind) {
	case STK_NET_TO_NAME:
		return from >= 0 && look_up(net, home_of(net, from), target->name, &found) &&
		       to_address(net, from, &found, false, port, protocol);
	case STK_NET_TO_ADDRESS:
	case STK_NET_TO_ADDRESS6:
		return to_address(net, from, target, target->kind == STK_NET_TO_ADDRESS6, port, protocol);
	case STK_NET_TO_GWBRIDGE:
		return to_gwbridge(net, from, home_of(net, (int32_t)target->service), port, protocol);
	case STK_NET_TO_LOOPBACK:
	case STK_NET_TO_LOOPBACK6:
		/* A container's own loopback is its own; what stands on the host's is not there. */
		if (from >= 0 && !is_host(net, from))
			return exposes(home_of(net, from), port, protocol);
		return to_host_address(net, from, target->kind, port, protocol);
	case STK_NET_TO_NEIGHBOUR:
	case STK_NET_TO_INTERNET:
	case STK_NET_TO_METADATA:
		return leaves(net, from, false);
	case STK_NET_TO_INTERNET6:
		return leaves(net, from, true);
	default:
		return to_host_address(net, from, target->kind, port, protocol);
	}
}
