/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What reachability is computed from: networks, services on them, published ports, listeners of
 * the host, and the settings of the engine. Made from a Compose project (compose/network.h) or
 * from a running engine (cli/network_engine.h); strings are views that must live as long as the
 * arena. Numbers of networks and services are their places in the vectors.
 *
 * Order: zero a struct stk_net, set arena and engine, add networks and services, call
 * stk_net_prepare; from then on it is only read, and again after every change. Facts only: what
 * is reachable is reach.h's, what is bad about it rules.h's.
 */

#include "base/arena.h"
#include "base/err.h"

enum { STK_NET_NOWHERE = -1 };

/* Drivers of networks, as Docker names them; what is not among them is "other". */
#define STK_NET_DRIVERS(X)                                                                                             \
	X(BRIDGE, "bridge")                                                                                            \
	X(OVERLAY, "overlay")                                                                                          \
	X(MACVLAN, "macvlan")                                                                                          \
	X(IPVLAN, "ipvlan")                                                                                            \
	X(OTHER_DRIVER, "other")
/* com.docker.network.bridge.gateway_mode_ipv4 and _ipv6, from engine 27.1 on. */
#define STK_NET_GATEWAYS(X)                                                                                            \
	X(NAT, "nat")                                                                                                  \
	X(NAT_UNPROTECTED, "nat-unprotected")                                                                          \
	X(ROUTED, "routed")                                                                                            \
	X(ISOLATED, "isolated")
#define X(name, text) STK_NET_##name,
enum stk_net_driver { STK_NET_DRIVERS(X) };
enum stk_net_gateway { STK_NET_GATEWAYS(X) };
#undef X

/* Where something is written, for findings; line 0: nowhere. */
struct stk_net_place {
	struct stk_str file;
	uint32_t line, column;
};

/* A list of numbers of networks or services. */
struct stk_net_numbers {
	uint32_t *v;
	size_t n, cap;
};

/* A network as the engine has it. Options are Docker's own labels on it. */
struct stk_net_network {
	struct stk_str name;  /* the engine's; two declarations with one name are one network */
	struct stk_str label; /* what people call it: the key in the file, or the name */
	enum stk_net_driver driver;
	bool is_default; /* the engine's own "bridge": no names, only links */
	bool internal, external, ipv6;
	bool no_icc;		 /* com.docker.network.bridge.enable_icc=false */
	bool no_masquerade;	 /* com.docker.network.bridge.enable_ip_masquerade=false */
	bool trusted_interfaces; /* com.docker.network.bridge.trusted_host_interfaces is set */
	enum stk_net_gateway gateway4, gateway6;
	struct stk_str host_binding; /* com.docker.network.bridge.host_binding_ipv4, or empty */
	struct stk_net_place place;
	struct stk_net_numbers members; /* services attached, in their order (stk_net_prepare) */
};

enum stk_net_protocol { STK_NET_TCP, STK_NET_UDP, STK_NET_SCTP, STK_NET_ICMP };

/* One published port or range, as Compose's `ports:` or the engine's PortBindings have it. */
struct stk_net_port {
	enum stk_net_protocol protocol;
	struct stk_str host_ip;		/* as written; empty: all addresses, IPv4 and IPv6 */
	uint16_t host_first, host_last; /* 0: chosen by the engine */
	uint16_t first, last;		/* in the container */
	struct stk_net_place place;
};

/* EXPOSE and `expose:`: opens nothing by itself, but limits what links reach. */
struct stk_net_exposed {
	enum stk_net_protocol protocol;
	uint16_t first, last;
};

/* A service's place on one network, and the names it has there alone. */
struct stk_net_endpoint {
	uint32_t network;
	struct stk_strs aliases;
};

/* `links:`, which on the default bridge are the only names there are. */
struct stk_net_link {
	struct stk_str service, alias;
};

enum stk_net_mode {
	STK_NET_ATTACHED, /* endpoints say where */
	STK_NET_HOST,
	STK_NET_NONE,
	STK_NET_SHARED,	 /* the namespace of another service: `shares` */
	STK_NET_FOREIGN, /* the namespace of a container that is not in the model: nothing is known */
};

/* What a service is, by its image and ports; decides how bad being reachable is. */
enum stk_net_kind { STK_NET_PLAIN, STK_NET_STORE, STK_NET_ADMIN, STK_NET_PROXY };

/* A service or container. Up to `place` the maker's to fill, below it stk_net_prepare's. */
struct stk_net_service {
	struct stk_str name, hostname, image;
	struct stk_strs names; /* further names that the resolver knows: container name, short id */
	enum stk_net_mode mode;
	uint32_t shares;	    /* STK_NET_SHARED: the service whose namespace it is */
	struct stk_str shares_name; /* as written */
	struct {
		struct stk_net_endpoint *v;
		size_t n, cap;
	} endpoints;
	struct {
		struct stk_net_port *v;
		size_t n, cap;
	} ports;
	struct {
		struct stk_net_exposed *v;
		size_t n, cap;
	} exposed;
	struct {
		struct stk_net_link *v;
		size_t n, cap;
	} links;
	struct stk_net_place place;
	/* set by stk_net_prepare */
	enum stk_net_kind kind;
	const char *kind_text; /* "PostgreSQL", or NULL */
	uint32_t home;	       /* the service that owns its namespace; itself unless shared */
	int32_t gateway; /* the network through which its ports are published and it leaves; STK_NET_NOWHERE: none */
	struct stk_net_numbers tenants; /* of an owner: the services that share its namespace */
};

/* A process of the host itself that listens. */
struct stk_net_listener {
	struct stk_str name, address;
	enum stk_net_protocol protocol;
	uint16_t port;
};

/* Settings that decide; stk_net_engine_default gives those of a fresh installation. */
struct stk_net_engine {
	uint32_t major, minor;
	bool forward_accept; /* the host's FORWARD policy is ACCEPT, as where ip_forward was on before Docker came */
	bool no_userland_proxy;
	bool ip6tables;
	bool no_icc;	       /* dockerd --icc=false: the default bridge */
	bool input_drop;       /* the host drops INPUT by default (ufw and its like) */
	bool docker_user_drop; /* DOCKER-USER drops what comes from outside */
	bool allow_direct_routing;
	bool return_route;	   /* neighbours have a route to the container networks */
	struct stk_str default_ip; /* dockerd --ip, or empty: the default bridge */
};

/* The model. */
struct stk_net {
	struct stk_arena *arena;
	struct stk_net_engine engine;
	struct {
		struct stk_net_network *v;
		size_t n, cap;
	} networks;
	struct {
		struct stk_net_service *v;
		size_t n, cap;
	} services;
	struct {
		struct stk_net_listener *v;
		size_t n, cap;
	} listeners;
	struct stk_net_numbers published; /* services with ports that work, in their order (stk_net_prepare) */
};

/* The settings that an engine of this version has when nobody changed them. */
struct stk_net_engine stk_net_engine_default(uint32_t major, uint32_t minor);
/* Reads "28", "20.10", "28.5.2" into *engine with that version's defaults. False for anything else. */
bool stk_net_engine_parse(struct stk_str version, struct stk_net_engine *engine);
/* The number of the network with this engine name, made when absent (label and everything else then empty). */
uint32_t stk_net_network_at(struct stk_net *net, struct stk_str name);
/* The number of the service with this name, or STK_NET_NOWHERE. */
int32_t stk_net_service_find(const struct stk_net *net, struct stk_str name);
/* Puts the service on a network and returns the endpoint, for its aliases; once for each
   network. */
struct stk_net_endpoint *stk_net_attach(struct stk_net *net, struct stk_net_service *service, uint32_t network);
/* Is the service an endpoint's owner on this network? */
bool stk_net_is_on(const struct stk_net_service *service, uint32_t network);
/* Fills in what the fields above call prepared; to be called again after every change. Shared namespaces that go round
   in a circle become foreign. */
void stk_net_prepare(struct stk_net *net);

enum stk_net_bind {
	STK_NET_BIND_ALL,
	STK_NET_BIND_ALL4,
	STK_NET_BIND_ALL6,
	STK_NET_BIND_LOOPBACK,
	STK_NET_BIND_LOOPBACK6,
	STK_NET_BIND_PRIVATE,
	STK_NET_BIND_PRIVATE6,
	STK_NET_BIND_ADDRESS,
	STK_NET_BIND_ADDRESS6
};
/* Which addresses of the host a published port stands on, with the network's and the engine's defaults applied. PRIVATE
   is one address of RFC 1918, 6598, 4193 or link-local: neighbours reach it, the internet does not. What ends in 6 is
   one address of IPv6, which those do not reach who have only IPv4. */
enum stk_net_bind stk_net_bind_of(const struct stk_net *net, const struct stk_net_service *service,
				  const struct stk_net_port *port);
/* "bridge", ... "other"; and back, where an unknown name is STK_NET_OTHER_DRIVER. */
const char *stk_net_driver_name(enum stk_net_driver driver);
enum stk_net_driver stk_net_driver_parse(struct stk_str name);
/* "nat", "nat-unprotected", "routed", "isolated"; and back, where an unknown or empty name is STK_NET_NAT, Docker's
   default. */
const char *stk_net_gateway_name(enum stk_net_gateway gateway);
enum stk_net_gateway stk_net_gateway_parse(struct stk_str name);
/* "tcp", "udp", "sctp", "icmp". */
const char *stk_net_protocol_name(enum stk_net_protocol protocol);
bool stk_net_protocol_parse(struct stk_str name, enum stk_net_protocol *out);
/* Does the service publish anything that works: is there a bridge or overlay network that is not internal? */
bool stk_net_publishes(const struct stk_net_service *service);
