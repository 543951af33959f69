/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One attempt to connect: from somewhere, to an address or a name, on a port. Semantics were
 * measured on engines 20.10, 26.1 and 28.5; docs/network.md holds the table. Everything else in
 * this folder is built on these verdicts, and truth_test.c compares them with the recorded
 * answers of real engines.
 *
 * Names, addresses and ports are told apart, because engines do: a service may be reached by
 * its address where its name is not known, and through the host where the network forbids it.
 */

#include "network/model.h"

/* Who asks. Values from 0 up are services. */
enum { STK_NET_FROM_HOST = -2, STK_NET_FROM_LAN = -3, STK_NET_FROM_INTERNET = -4 };

enum stk_net_target_kind {
	STK_NET_TO_NAME,    /* `name`, looked up from where the asker stands */
	STK_NET_TO_ADDRESS, /* `service`'s address on `network` */
	STK_NET_TO_ADDRESS6,
	STK_NET_TO_GWBRIDGE,	/* `service`'s address on docker_gwbridge, which those on overlay networks have */
	STK_NET_TO_OWN_GATEWAY, /* the host's address on a network of the asker */
	STK_NET_TO_GATEWAY,	/* the host's address on `network` */
	STK_NET_TO_DOCKER0,	/* ... on the default bridge; what "host-gateway" gives */
	STK_NET_TO_HOST,	/* the host's own IPv4 address */
	STK_NET_TO_HOST6,
	STK_NET_TO_LOOPBACK, /* 127.0.0.1, of the asker's own namespace */
	STK_NET_TO_LOOPBACK6,
	STK_NET_TO_HOST_LOOPBACK, /* frames for 127.0.0.1 sent to the host over the wire */
	STK_NET_TO_NEIGHBOUR,	  /* another machine on the LAN */
	STK_NET_TO_INTERNET,
	STK_NET_TO_INTERNET6,
	STK_NET_TO_METADATA, /* 169.254.169.254 */
};

/* What is connected to; `kind` says which of the others count. */
struct stk_net_target {
	enum stk_net_target_kind kind;
	struct stk_str name;
	uint32_t service, network;
};

/* Would it be answered? Whether a process listens is not asked, with two exceptions: on addresses of the host only
   published ports, host-mode services and listeners of the model can answer. */
bool stk_net_reaches(const struct stk_net *net, int32_t from, const struct stk_net_target *target, uint16_t port,
		     enum stk_net_protocol protocol);

/* The pieces that the summary of routes uses. */

/* May u open connections to v on a network that both are on? `any_port` is false when only linked and exposed ports are
 * open. */
bool stk_net_peers(const struct stk_net *net, uint32_t u, uint32_t v, uint32_t network, bool *any_port);
/* Does the resolver tell u a name of v on this network? */
bool stk_net_resolves(const struct stk_net *net, uint32_t u, uint32_t v, uint32_t network);
/* May a service reach this port of v through an address of the host? */
bool stk_net_hairpins(const struct stk_net *net, uint32_t u, uint32_t v, const struct stk_net_port *port);
/* Does this port of a publisher stand on an address of the host that containers see, whoever asks? 4: yes; 6: only on
 * IPv6 addresses, for those who have IPv6; 0: no. */
int stk_net_stands_for_containers(const struct stk_net *net, uint32_t v, const struct stk_net_port *port);
/* Do neighbours on the LAN (or the internet) reach this port through an address of the host? */
bool stk_net_published_to(const struct stk_net *net, int32_t from, uint32_t v, const struct stk_net_port *port);
/* Can the service leave its networks towards the internet over IPv4? */
bool stk_net_leaves(const struct stk_net *net, uint32_t u);
