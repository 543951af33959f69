/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What-if: see change.h. Changes are made to a copy of the model and prepared again, so that
 * every rule of the engine (which network becomes the gateway, what is published) follows by
 * itself.
 */
#include "network/change.h"

#include <string.h>

#include "text/nearest.h"
#include "base/banned.h"

/* By the key in the file or by the engine's name, as people use both. */
static int32_t find_network(const struct stk_net *net, struct stk_str name)
{
	for (size_t i = 0; i < net->networks.n; i++)
		if (stk_str_eq(net->networks.v[i].label, name) || stk_str_eq(net->networks.v[i].name, name))
			return (int32_t)i;
	return STK_NET_NOWHERE;
}

/* Fails with the name that was most likely meant, or without one with those that there are. */
static int no_such(const struct stk_net *net, bool service, struct stk_str name, struct stk_err *err)
{
	struct stk_strs names = { 0 };
	STK_BUF list = stk_buf_new(sizeof(err->hint) - 32);
	for (size_t i = 0; i < (service ? net->services.n : net->networks.n); i++) {
		struct stk_str one = service ? net->services.v[i].name : net->networks.v[i].label;
		*STK_PUSH(net->arena, &names) = one;
		stk_buf_printf(&list, "%s" STK_FMT, i ? ", " : "", STK_ARG(one));
	}
	struct stk_str best = stk_nearest(name, &names);
	stk_fail(err, STK_ENOTFOUND, "\"" STK_FMT "\" is no %s here", STK_ARG(name), service ? "service" : "network");
	if (best.n)
		return stk_hint(err, "Did you mean \"" STK_FMT "\"?", STK_ARG(best));
	return list.overflow || !list.n ? -1 : stk_hint(err, "There are: " STK_FMT ".", STK_ARG(stk_buf_str(&list)));
}

/* The number of the service, or an error with a suggestion. */
static int need_service(const struct stk_net *net, struct stk_str name, uint32_t *out, struct stk_err *err)
{
	int32_t number = stk_net_service_find(net, name);
	if (number < 0)
		return no_such(net, true, name, err);
	*out = (uint32_t)number;
	return 0;
}

/* One of the two words is a network and the other a service, in either order. */
static int need_pair(const struct stk_net *net, struct stk_str a, struct stk_str b, uint32_t *service,
		     uint32_t *network, struct stk_err *err)
{
	int32_t first = find_network(net, a), second = find_network(net, b);
	/* A service may be called like a network: the sentence reads "network to service" then. */
	bool forward = first >= 0 && stk_net_service_find(net, b) >= 0;
	if (!forward && second < 0)
		return first >= 0 ? no_such(net, true, b, err) : no_such(net, false, a, err);
	*network = (uint32_t)(forward ? first : second);
	return need_service(net, forward ? b : a, service, err);
}

/* Joining again starts here too, so that nobody is on one network twice. */
static void detach(struct stk_net_service *service, uint32_t network)
{
	size_t kept = 0;
	for (size_t i = 0; i < service->endpoints.n; i++)
		if (service->endpoints.v[i].network != network)
			service->endpoints.v[kept++] = service->endpoints.v[i];
	service->endpoints.n = kept;
}

/* Whoever shares the service's namespace is touched with it. */
static void touch(struct stk_net *net, uint32_t service, struct stk_net_numbers *touched)
{
	*STK_PUSH(net->arena, touched) = service;
	for (size_t i = 0; i < net->services.v[service].tenants.n; i++)
		*STK_PUSH(net->arena, touched) = net->services.v[service].tenants.v[i];
}

/* A sentence has four words at most; the fifth is there to be refused. */
struct words {
	struct stk_str v[5];
	size_t n;
};

static int change_member(struct stk_net *net, const struct words *w, bool join, struct stk_net_numbers *touched,
			 struct stk_err *err)
{
	uint32_t service = 0, network = 0;
	if (need_pair(net, w->v[1], w->v[3], &service, &network, err) < 0)
		return -1;
	struct stk_net_service *s = &net->services.v[service];
	if (join && s->mode != STK_NET_ATTACHED)
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" has a network mode and can join no network",
				STK_ARG(s->name));
	detach(s, network);
	if (join)
		stk_net_attach(net, s, network);
	touch(net, service, touched);
	return 0;
}

static int remove_service(struct stk_net *net, const struct words *w, struct stk_net_numbers *touched,
			  struct stk_err *err)
{
	uint32_t service = 0;
	if (need_service(net, w->v[1], &service, err) < 0)
		return -1;
	/* Numbers stay: a service without a network is as good as gone. */
	net->services.v[service].mode = STK_NET_NONE;
	touch(net, service, touched);
	return 0;
}

/* "[IP:]HOST:PORT[/PROTOCOL]" */
static bool parse_port(struct stk_str text, struct stk_net_port *port)
{
	struct stk_str rest = text, numbers = stk_str_cut(&rest, '/');
	uint64_t host, inside;
	*port = (struct stk_net_port){ .protocol = STK_NET_TCP };
	size_t colon = stk_str_rfind_byte(numbers, ':');
	if ((rest.n && !stk_net_protocol_parse(rest, &port->protocol)) || colon == SIZE_MAX ||
	    !stk_str_u64(stk_str_slice(numbers, colon + 1, numbers.n), 10, &inside))
		return false;
	numbers = stk_str_slice(numbers, 0, colon);
	colon = stk_str_rfind_byte(numbers, ':');
	if (colon != SIZE_MAX)
		port->host_ip = stk_str_slice(numbers, 0, colon);
	if (!stk_str_u64(colon == SIZE_MAX ? numbers : stk_str_slice(numbers, colon + 1, numbers.n), 10, &host) ||
	    !host || !inside || host > 65535 || inside > 65535)
		return false;
	port->host_first = port->host_last = (uint16_t)host;
	port->first = port->last = (uint16_t)inside;
	return true;
}

static int publish(struct stk_net *net, const struct words *w, struct stk_net_numbers *touched, struct stk_err *err)
{
	uint32_t service = 0;
	struct stk_net_port port;
	if (need_service(net, w->v[1], &service, err) < 0)
		return -1;
	if (!parse_port(w->v[2], &port))
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no [IP:]HOST:PORT[/PROTOCOL]", STK_ARG(w->v[2]));
	*STK_PUSH(net->arena, &net->services.v[service].ports) = port;
	touch(net, service, touched);
	return 0;
}

/* Without a number: all ports. The number is the host's or the container's, whichever people have in mind. */
static int unpublish(struct stk_net *net, const struct words *w, struct stk_net_numbers *touched, struct stk_err *err)
{
	uint32_t service = 0;
	uint64_t number = 0;
	if (need_service(net, w->v[1], &service, err) < 0)
		return -1;
	if (w->n > 2 && (!stk_str_u64(w->v[2], 10, &number) || !number || number > 65535))
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no port", STK_ARG(w->v[2]));
	struct stk_net_service *s = &net->services.v[service];
	size_t kept = 0;
	for (size_t i = 0; i < s->ports.n; i++)
		if (number && s->ports.v[i].host_first != number && s->ports.v[i].first != number)
			s->ports.v[kept++] = s->ports.v[i];
	if (kept == s->ports.n)
		return stk_fail(err, STK_ENOTFOUND, "\"" STK_FMT "\" publishes no port%s" STK_FMT, STK_ARG(s->name),
				number ? " " : "", STK_ARG(w->v[2]));
	s->ports.n = kept;
	touch(net, service, touched);
	return 0;
}

static int make_internal(struct stk_net *net, const struct words *w, struct stk_net_numbers *touched,
			 struct stk_err *err)
{
	int32_t network = find_network(net, w->v[1]);
	if (network < 0)
		return no_such(net, false, w->v[1], err);
	/* Members are those of before: `internal` changes who is reached, not who is on it. */
	net->networks.v[network].internal = true;
	for (size_t i = 0; i < net->networks.v[network].members.n; i++)
		touch(net, net->networks.v[network].members.v[i], touched);
	return 0;
}

static struct words split(struct stk_str sentence)
{
	struct words w = { 0 };
	for (struct stk_str word; w.n < STK_LEN(w.v) && (word = stk_str_cut_word(&sentence)).n;)
		w.v[w.n++] = word;
	return w;
}

/* A sentence of --what-if. The model is changed and prepared again, as everything derived from
   it may be another now. */
int stk_net_change(struct stk_net *net, struct stk_str sentence, struct stk_net_numbers *touched, struct stk_err *err)
{
	struct words w = split(sentence);
	struct stk_str verb = w.v[0], joint = w.n == 4 ? w.v[2] : S("");
	int status;
	if (stk_str_is(verb, "remove") && stk_str_is(joint, "from"))
		status = change_member(net, &w, false, touched, err);
	else if (stk_str_is(verb, "add") && stk_str_is(joint, "to"))
		status = change_member(net, &w, true, touched, err);
	else if (stk_str_is(verb, "remove") && w.n == 2)
		status = remove_service(net, &w, touched, err);
	else if (stk_str_is(verb, "publish") && w.n == 3)
		status = publish(net, &w, touched, err);
	else if (stk_str_is(verb, "unpublish") && (w.n == 2 || w.n == 3))
		status = unpublish(net, &w, touched, err);
	else if (stk_str_is(verb, "internal") && w.n == 2)
		status = make_internal(net, &w, touched, err);
	else {
		stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no change that can be thought of",
			 STK_ARG(stk_str_slice(sentence, 0, 120)));
		return stk_hint(err, "Write \"remove NETWORK from SERVICE\", \"add NETWORK to SERVICE\", \"publish "
				     "SERVICE [IP:]HOST:PORT\", "
				     "\"unpublish SERVICE [PORT]\", \"remove SERVICE\" or \"internal NETWORK\".");
	}
	if (status == 0)
		stk_net_prepare(net);
	return status;
}

static void *copy_items(struct stk_arena *arena, const void *items, size_t n, size_t size)
{
	void *copy = stk_arena_alloc(arena, n, size);
	if (n)
		memcpy(copy, items, n * size);
	return copy;
}

#define COPY(arena, vec)                                                                                               \
	do {                                                                                                           \
		(vec).v = copy_items((arena), (vec).v, (vec).n, sizeof(*(vec).v));                                     \
		(vec).cap = (vec).n;                                                                                   \
	} while (0)

struct stk_net stk_net_copy(const struct stk_net *net, struct stk_arena *arena)
{
	struct stk_net copy = *net;
	copy.arena = arena;
	COPY(arena, copy.networks);
	COPY(arena, copy.services);
	/* Vectors that stk_net_prepare fills are left behind: pushing to them would write into
	   the original's memory. */
	copy.published = (struct stk_net_numbers){ 0 };
	for (size_t i = 0; i < copy.networks.n; i++)
		copy.networks.v[i].members = (struct stk_net_numbers){ 0 };
	for (size_t i = 0; i < copy.services.n; i++) {
		COPY(arena, copy.services.v[i].endpoints);
		COPY(arena, copy.services.v[i].ports);
		copy.services.v[i].tenants = (struct stk_net_numbers){ 0 };
	}
	stk_net_prepare(&copy);
	return copy;
}

/* Notes a pair whose connection came or went; the route is the one that there is, or that there was. */
static void compare_pair(const struct stk_net *before, const struct stk_net *after, int32_t from, int32_t to,
			 struct stk_arena *arena, struct stk_net_differences *out)
{
	struct stk_net_route old, new;
	bool was = stk_net_connects(before, from, to, 0, STK_NET_TCP, &old),
	     is = stk_net_connects(after, from, to, 0, STK_NET_TCP, &new);
	/* Pairs of two touched services come twice. */
	for (size_t i = 0; was != is && i < out->n; i++)
		if (out->v[i].from == from && out->v[i].to == to)
			return;
	if (was != is)
		*STK_PUSH(arena, out) = (struct stk_net_difference){ from, to, is, is ? new : old };
}

void stk_net_compare(const struct stk_net *before, const struct stk_net *after, const struct stk_net_numbers *touched,
		     struct stk_arena *arena, struct stk_net_differences *out)
{
	static const int32_t others[] = { STK_NET_FROM_INTERNET, STK_NET_FROM_LAN, STK_NET_FROM_HOST };
	for (size_t t = 0; t < touched->n; t++) {
		int32_t service = (int32_t)touched->v[t];
		for (size_t i = 0; i < STK_LEN(others); i++) {
			compare_pair(before, after, others[i], service, arena, out);
			compare_pair(before, after, service, others[i], arena, out);
		}
		for (uint32_t i = 0; i < before->services.n; i++) {
			compare_pair(before, after, (int32_t)i, service, arena, out);
			compare_pair(before, after, service, (int32_t)i, arena, out);
		}
	}
}
