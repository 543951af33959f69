/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Segmentation as a test. One sentence each, arrows in ASCII:
 *
 *   deny: A -> B                  A must not reach B in one step
 *   deny: A ->> B                 nor through services that an attacker takes over on the way
 *   allow only: A, B -> C:5432    nobody but A and B (and the host) may reach C there
 *   require: A -> B:5432          A must reach B
 *
 * A party is internet, lan, host, metadata (on the right), a service, a glob on services ("*"),
 * or SERVICE.NETWORK with globs on both sides: the services on that network. The right side may
 * name a port and "/udp".
 *
 * Parsing needs the model, since names are looked up at once: a sentence about a service that
 * does not exist is an error and not a sentence that holds.
 */

#include "network/route.h"

enum stk_net_verb { STK_NET_DENY, STK_NET_ALLOW_ONLY, STK_NET_REQUIRE };

/* Numbers of parties, as in route.h: services from 0 up, outsiders below 0. */
struct stk_net_parties {
	int32_t *v;
	size_t n, cap;
};

/* A sentence, taken apart. Views into `text`. */
struct stk_net_assertion {
	struct stk_str text;
	enum stk_net_verb verb;
	bool through_others; /* "->>" */
	struct stk_net_parties from, to;
	uint16_t port; /* 0: any */
	enum stk_net_protocol protocol;
};

/* Is the sentence of that form? Parties are not looked up. STK_EFORMAT says what is wrong and how it is written. */
int stk_net_assertion_form(struct stk_str text, struct stk_err *err);
/* Reads one. STK_EFORMAT says what is wrong and how it is written; STK_ENOTFOUND names a party that is not in the
 * model. */
int stk_net_assertion_parse(const struct stk_net *net, struct stk_arena *arena, struct stk_str text,
			    struct stk_net_assertion *out, struct stk_err *err);
/* One party or glob ("web", "*.backend", "internet"), for queries; appends what it names. STK_ENOTFOUND when it names
 * nothing. */
int stk_net_parties_parse(const struct stk_net *net, struct stk_arena *arena, struct stk_str text,
			  struct stk_net_parties *out, struct stk_err *err);
/* "NAME:PORT/PROTOCOL": takes the port off *text. */
bool stk_net_port_parse(struct stk_str *text, uint16_t *port, enum stk_net_protocol *protocol);

/* A way on which an assertion is broken. For a `require` that fails, path is empty. */
struct stk_net_breach {
	int32_t from, to;
	struct stk_net_path path;
};
struct stk_net_breaches {
	struct stk_net_breach *v;
	size_t n, cap;
};
/* Appends the breaches, the shortest paths first. */
void stk_net_assertion_check(const struct stk_net *net, struct stk_arena *arena,
			     const struct stk_net_assertion *assertion, struct stk_net_breaches *out);
