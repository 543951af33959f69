/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's upkeep: see model.h. What Docker decides when a container is attached (which
 * network publishes, who owns a namespace) is decided here once, in stk_net_prepare, and not by
 * those who ask.
 */
#include "network/model.h"

#include <assert.h>

#include "base/map.h"
#include "network/kind.h"
#include "base/banned.h"

struct stk_net_engine stk_net_engine_default(uint32_t major, uint32_t minor)
{
	/* Engine 27 switched ip6tables on (its release notes, "Networking"). */
	return (struct stk_net_engine){ .major = major, .minor = minor, .ip6tables = major >= 27 };
}

bool stk_net_engine_parse(struct stk_str version, struct stk_net_engine *engine)
{
	uint64_t major, minor = 0;
	struct stk_str rest = version, first = stk_str_cut(&rest, '.'), second = stk_str_cut(&rest, '.');
	if (!stk_str_u64(first, 10, &major) || major > 1000 ||
	    (second.n && (!stk_str_u64(second, 10, &minor) || minor > 1000)))
		return false;
	*engine = stk_net_engine_default((uint32_t)major, (uint32_t)minor);
	return true;
}

uint32_t stk_net_network_at(struct stk_net *net, struct stk_str name)
{
	for (size_t i = 0; i < net->networks.n; i++)
		if (stk_str_eq(net->networks.v[i].name, name))
			return (uint32_t)i;
	*STK_PUSH(net->arena, &net->networks) = (struct stk_net_network){ .name = name };
	return (uint32_t)(net->networks.n - 1);
}

int32_t stk_net_service_find(const struct stk_net *net, struct stk_str name)
{
	for (size_t i = 0; i < net->services.n; i++)
		if (stk_str_eq(net->services.v[i].name, name))
			return (int32_t)i;
	return STK_NET_NOWHERE;
}

struct stk_net_endpoint *stk_net_attach(struct stk_net *net, struct stk_net_service *service, uint32_t network)
{
	assert(network < net->networks.n);
	struct stk_net_endpoint *endpoint = STK_PUSH(net->arena, &service->endpoints);
	*endpoint = (struct stk_net_endpoint){ .network = network };
	return endpoint;
}

bool stk_net_is_on(const struct stk_net_service *service, uint32_t network)
{
	for (size_t i = 0; i < service->endpoints.n; i++)
		if (service->endpoints.v[i].network == network)
			return true;
	return false;
}

/* Can ports be published and packets leave through it? */
static bool leads_out(const struct stk_net_network *network)
{
	return !network->internal && (network->driver == STK_NET_BRIDGE || network->driver == STK_NET_OVERLAY);
}

/* The engine takes the first network in the order of names. */
static int32_t gateway_of(const struct stk_net *net, const struct stk_net_service *service)
{
	int32_t best = STK_NET_NOWHERE;
	for (size_t i = 0; i < service->endpoints.n; i++) {
		uint32_t k = service->endpoints.v[i].network;
		/* Ties cannot be: names of networks are unique. */
		if (leads_out(&net->networks.v[k]) &&
		    (best < 0 || stk_str_compare(net->networks.v[k].name, net->networks.v[best].name) < 0))
			best = (int32_t)k;
	}
	return best;
}

/* Follows shared namespaces to their owner; a circle has none. */
static void find_home(struct stk_net *net, uint32_t number)
{
	uint32_t home = number;
	size_t steps = 0;
	/* At most one step for each service, or it goes round. */
	while (net->services.v[home].mode == STK_NET_SHARED && steps++ <= net->services.n)
		home = net->services.v[home].shares;
	if (net->services.v[home].mode == STK_NET_SHARED) {
		net->services.v[number].mode = STK_NET_FOREIGN;
		home = number;
	}
	net->services.v[number].home = home;
	if (home != number)
		*STK_PUSH(net->arena, &net->services.v[home].tenants) = number;
}

bool stk_net_publishes(const struct stk_net_service *service)
{
	return service->mode == STK_NET_ATTACHED && service->ports.n && service->gateway >= 0;
}

void stk_net_prepare(struct stk_net *net)
{
	for (size_t i = 0; i < net->networks.n; i++)
		net->networks.v[i].members.n = 0;
	net->published.n = 0;
	for (uint32_t i = 0; i < net->services.n; i++)
		net->services.v[i].tenants.n = 0;
	for (uint32_t i = 0; i < net->services.n; i++) {
		struct stk_net_service *service = &net->services.v[i];
		find_home(net, i);
		stk_net_classify(service);
		service->gateway = STK_NET_NOWHERE;
		if (service->mode != STK_NET_ATTACHED)
			continue;
		service->gateway = gateway_of(net, service);
		for (size_t k = 0; k < service->endpoints.n; k++)
			*STK_PUSH(net->arena, &net->networks.v[service->endpoints.v[k].network].members) = i;
		if (stk_net_publishes(service))
			*STK_PUSH(net->arena, &net->published) = i;
	}
}

static bool private4(struct stk_str ip)
{
	uint64_t a, b;
	struct stk_str rest = ip;
	if (!stk_str_u64(stk_str_cut(&rest, '.'), 10, &a) || !stk_str_u64(stk_str_cut(&rest, '.'), 10, &b))
		return false;
	/* RFC 1918, RFC 6598 (100.64/10), link-local. */
	return a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
	       (a == 100 && b >= 64 && b < 128) || (a == 169 && b == 254);
}

static bool private6(struct stk_str ip)
{
	return stk_str_starts_nocase(ip, S("fc")) || stk_str_starts_nocase(ip, S("fd")) ||
	       stk_str_starts_nocase(ip, S("fe80"));
}

static enum stk_net_bind classify_address(struct stk_str ip)
{
	ip = stk_str_strip_suffix(stk_str_strip_prefix(ip, S("[")), S("]"));
	if (!ip.n)
		return STK_NET_BIND_ALL;
	if (stk_str_is(ip, "0.0.0.0"))
		return STK_NET_BIND_ALL4;
	if (stk_str_is(ip, "::") || stk_str_is(ip, "0:0:0:0:0:0:0:0"))
		return STK_NET_BIND_ALL6;
	if (stk_str_starts(ip, S("127.")))
		return STK_NET_BIND_LOOPBACK;
	if (stk_str_is(ip, "::1") || stk_str_is(ip, "0:0:0:0:0:0:0:1"))
		return STK_NET_BIND_LOOPBACK6;
	if (stk_str_find_byte(ip, ':') != SIZE_MAX)
		return private6(ip) ? STK_NET_BIND_PRIVATE6 : STK_NET_BIND_ADDRESS6;
	return private4(ip) ? STK_NET_BIND_PRIVATE : STK_NET_BIND_ADDRESS;
}

enum stk_net_bind stk_net_bind_of(const struct stk_net *net, const struct stk_net_service *service,
				  const struct stk_net_port *port)
{
	if (port->host_ip.n || service->gateway < 0)
		/* What the port does not say, its network's option says, and on the default
		   bridge dockerd's --ip. */
		return classify_address(port->host_ip);
	const struct stk_net_network *network = &net->networks.v[service->gateway];
	return classify_address(network->host_binding.n ? network->host_binding
				: network->is_default	? net->engine.default_ip
							: S(""));
}

#define X(name, text) text,
static const char *const drivers[] = { STK_NET_DRIVERS(X) };
static const char *const gateways[] = { STK_NET_GATEWAYS(X) };
#undef X
static const char *const protocols[] = { "tcp", "udp", "sctp", "icmp" };

/* The name's place among n, or n. */
static size_t place_of(const char *const *names, size_t n, struct stk_str name)
{
	size_t i = 0;
	while (i < n && !stk_str_is(name, names[i]))
		i++;
	return i;
}

const char *stk_net_driver_name(enum stk_net_driver driver)
{
	return drivers[driver];
}

enum stk_net_driver stk_net_driver_parse(struct stk_str name)
{
	return (enum stk_net_driver)place_of(drivers, STK_NET_OTHER_DRIVER, name);
}

const char *stk_net_gateway_name(enum stk_net_gateway gateway)
{
	return gateways[gateway];
}

enum stk_net_gateway stk_net_gateway_parse(struct stk_str name)
{
	size_t i = place_of(gateways, STK_LEN(gateways), name);
	return i < STK_LEN(gateways) ? (enum stk_net_gateway)i : STK_NET_NAT;
}

const char *stk_net_protocol_name(enum stk_net_protocol protocol)
{
	return protocols[protocol];
}

bool stk_net_protocol_parse(struct stk_str name, enum stk_net_protocol *out)
{
	size_t i = place_of(protocols, STK_LEN(protocols), name);
	if (i == STK_LEN(protocols))
		return false;
	*out = (enum stk_net_protocol)i;
	return true;
}
