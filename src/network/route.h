/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every way on which one party reaches another, and the shortest chain of such ways. What
 * people are told ("through port 8080 of the host"), where reach.h says only yes or no.
 *
 * Functions append to vectors on the arena given, and only read the model.
 */

#include "base/buf.h"
#include "network/reach.h"

/* Parties are services (from 0 up), the host, the LAN, the internet (reach.h), and: */
enum { STK_NET_TO_METADATA_PARTY = -5 };

enum stk_net_way {
	STK_NET_WAY_LOCAL,     /* the same network namespace: localhost */
	STK_NET_WAY_NETWORK,   /* both are on `network` */
	STK_NET_WAY_PUBLISHED, /* `port`, through an address of the host */
	STK_NET_WAY_LISTENER,  /* the service uses the host's network: whatever it listens on */
	STK_NET_WAY_HOST,      /* from the host to the container's address */
	STK_NET_WAY_LAN,       /* macvlan or ipvlan: the container stands on the LAN itself */
	STK_NET_WAY_ROUTED,    /* to the container's address on `network`, routed through the host */
	STK_NET_WAY_OUT,       /* leaving for the LAN, the internet or the metadata address */
};

/* One way. Which members mean something depends on `way`. */
struct stk_net_route {
	enum stk_net_way way;
	uint32_t network; /* where the way has one */
	const struct stk_net_port
		*port; /* PUBLISHED, or ROUTED to one port; else NULL: every port (NETWORK with limited: linked ones) */
	bool limited;  /* only exposed ports, through a link */
	bool ipv6;
};

struct stk_net_routes {
	struct stk_net_route *v;
	size_t n, cap;
};

/* Appends every way from one party to another; none means that it cannot be reached. */
void stk_net_routes(const struct stk_net *net, struct stk_arena *arena, int32_t from, int32_t to,
		    struct stk_net_routes *out);
/* Does a way lead to this port (0: to any) of the protocol? */
bool stk_net_route_carries(const struct stk_net *net, const struct stk_net_route *route, int32_t to, uint16_t port,
			   enum stk_net_protocol protocol);
/* Is there a way at all that carries the port? *route receives the shortest. */
bool stk_net_connects(const struct stk_net *net, int32_t from, int32_t to, uint16_t port,
		      enum stk_net_protocol protocol, struct stk_net_route *route);

/* A chain of parties, first and last included, in which each reaches the next. */
struct stk_net_path {
	int32_t *v;
	size_t n, cap;
};
/* The shortest chain that an attacker could walk who takes over each service on the way; false when there is none. The
   host is not stepped on. The last step has to carry the port (0: any). */
bool stk_net_shortest(const struct stk_net *net, struct stk_arena *arena, int32_t from, int32_t to, uint16_t port,
		      enum stk_net_protocol protocol, struct stk_net_path *out);

/* "internet", "the host", or the service's name. */
struct stk_str stk_net_party_name(const struct stk_net *net, int32_t party);
/* Appends "on network backend, every port", "port 8080 of the host leads to 80/tcp". */
void stk_net_route_text(struct stk_buf *out, const struct stk_net *net, const struct stk_net_route *route);
/* Appends "8080 -> 80/tcp on 127.0.0.1", "any port -> 80/tcp". */
void stk_net_port_text(struct stk_buf *out, const struct stk_net_port *port);
