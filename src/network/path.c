/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breadth-first search in which networks are hubs: every service of a network is looked at once for the network, not
 * once for every neighbour, so a search takes time linear in attachments and published ports, however many pairs there
 * are.
 */
#include "network/route.h"

#include "base/banned.h"

/* Room below 0 for the parties that are no services. */
enum { OUTSIDERS = 8 };

struct search {
	const struct stk_net *net;
	int32_t to;
	uint16_t port;
	enum stk_net_protocol protocol;
	int32_t *before; /* by slot: who led there, or NEW */
	struct {
		int32_t *v;
		size_t n, cap;
	} queue;
	struct stk_arena *arena;
	bool *network_done;
	bool ports_done[2]; /* by an asker with IPv4, with IPv6 as well */
	bool host_mode_done, found;
};

enum { NEW = INT32_MIN };

/* Parties from -7 up as a number from 0 up. */
static size_t slot(int32_t party)
{
	return (size_t)(party + OUTSIDERS);
}

/* Puts a party in the queue that has not been seen yet, and remembers who led there: the way
   back is the path. */
static void visit(struct search *s, int32_t from, int32_t party)
{
	struct stk_net_route route;
	if (s->found || s->before[slot(party)] != NEW)
		return;
	if (party == s->to) {
		/* The last step is asked for exactly: it has to carry the port. */
		if (!stk_net_connects(s->net, from, party, s->port, s->protocol, &route))
			return;
		s->found = true;
	}
	s->before[slot(party)] = from;
	*STK_PUSH(s->arena, &s->queue) = party;
}

/* The members of a network that u may talk to; on the default bridge without icc that is up to the links. */
static void visit_network(struct search *s, int32_t u, uint32_t number)
{
	const struct stk_net_network *network = &s->net->networks.v[number];
	bool by_link = network->is_default && s->net->engine.no_icc, any_port;
	if (network->no_icc || (s->network_done[number] && !by_link))
		return;
	s->network_done[number] = true;
	for (size_t i = 0; i < network->members.n && !s->found; i++)
		if (stk_net_peers(s->net, (uint32_t)u, network->members.v[i], number, &any_port))
			visit(s, u, (int32_t)network->members.v[i]);
}

/* By any port: on the way to the target every step only has to be possible. */
static bool connects_at_all(struct search *s, int32_t from, int32_t to)
{
	struct stk_net_route route;
	return stk_net_connects(s->net, from, to, 0, STK_NET_TCP, &route);
}

/* Has the service an IPv6 address on any of its networks? */
static bool uses_ipv6(const struct stk_net *net, uint32_t service)
{
	for (size_t i = 0; i < net->services.v[service].endpoints.n; i++)
		if (net->networks.v[net->services.v[service].endpoints.v[i].network].ipv6)
			return true;
	return false;
}

/* What is reached through the host is the same for all containers that may leave their networks, but for those with
 * IPv6: they reach what stands on the host's IPv6 addresses only. */
static void visit_published(struct search *s, int32_t u)
{
	bool ipv6 = u >= 0 && uses_ipv6(s->net, s->net->services.v[u].home);
	for (size_t i = 0; i < s->net->published.n && !s->ports_done[ipv6] && !s->found; i++)
		if (connects_at_all(s, u, (int32_t)s->net->published.v[i]))
			visit(s, u, (int32_t)s->net->published.v[i]);
	/* Whoever comes later would reach the same ports: they need not be looked at again. */
	if (u >= 0 && s->net->services.v[u].gateway >= 0 && !s->net->engine.no_userland_proxy) {
		s->ports_done[false] = true;
		s->ports_done[true] |= ipv6;
	}
	for (uint32_t v = 0; v < s->net->services.n && !s->host_mode_done && !s->found; v++)
		if (s->net->services.v[v].mode == STK_NET_HOST && connects_at_all(s, u, (int32_t)v))
			visit(s, u, (int32_t)v);
}

/* The host, the LAN, what uses the host's network, and IPv6 on engines that do not isolate it: anything may be in
 * sight. */
static void visit_everything(struct search *s, int32_t u)
{
	for (uint32_t v = 0; v < s->net->services.n && !s->found; v++)
		if (s->before[slot((int32_t)v)] == NEW && connects_at_all(s, u, (int32_t)v))
			visit(s, u, (int32_t)v);
}

/* The neighbours of a party, cheapest questions first: who shares its namespace, who is on its networks, what
   is published. */
static void expand(struct search *s, int32_t u)
{
	if (u >= 0) {
		const struct stk_net_service *service = &s->net->services.v[u];
		const struct stk_net_service *home = &s->net->services.v[service->home];
		visit(s, u, (int32_t)service->home);
		for (size_t i = 0; i < home->tenants.n; i++)
			visit(s, u, (int32_t)home->tenants.v[i]);
		for (size_t i = 0; i < home->endpoints.n && home->mode == STK_NET_ATTACHED; i++)
			visit_network(s, (int32_t)service->home, home->endpoints.v[i].network);
		if (home->mode == STK_NET_HOST || (!s->net->engine.ip6tables && uses_ipv6(s->net, service->home)))
			visit_everything(s, u);
		else
			visit_published(s, u);
	} else {
		visit_everything(s, u);
	}
	/* Outsiders are never stepped on, only arrived at. */
	if (s->to < 0 && connects_at_all(s, u, s->to))
		visit(s, u, s->to);
}

bool stk_net_shortest(const struct stk_net *net, struct stk_arena *arena, int32_t from, int32_t to, uint16_t port,
		      enum stk_net_protocol protocol, struct stk_net_path *out)
{
	STK_ARENA scratch = { 0 };
	struct search s = { .net = net, .to = to, .port = port, .protocol = protocol, .arena = &scratch };
	size_t slots = net->services.n + OUTSIDERS;
	s.before = STK_NEW(&scratch, int32_t, slots);
	s.network_done = STK_NEW(&scratch, bool, net->networks.n);
	for (size_t i = 0; i < slots; i++)
		s.before[i] = NEW;
	s.before[slot(from)] = from;
	*STK_PUSH(&scratch, &s.queue) = from;
	for (size_t i = 0; i < s.queue.n && !s.found; i++)
		expand(&s, s.queue.v[i]);
	if (!s.found)
		return false;
	struct stk_net_path back = { 0 };
	for (int32_t at = to;; at = s.before[slot(at)]) {
		*STK_PUSH(&scratch, &back) = at;
		if (at == from)
			break;
	}
	for (size_t i = back.n; i > 0; i--)
		*STK_PUSH(arena, out) = back.v[i - 1];
	return true;
}
