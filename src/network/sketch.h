/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * For tests: a model from lines of words.
 *
 *   net NAME [DRIVER] [internal] [external] [ipv6] [default] [no-icc] [no-masquerade]
 *       [gateway=MODE] [binding=IP]
 *   svc NAME [image=I] [on=NET[+ALIAS]]... [publish=[IP/]HOST:PORT[/PROTO]]...
 *       [expose=PORT[/PROTO]]... [link=SVC[:ALIAS]]... [mode=host|none] [shares=SVC]
 *   listen NAME IP PORT
 *
 * Inline functions in a header, since the unit tests and the fuzz target both use it and
 * neither is part of the program. What is wrong in a sketch is passed over.
 */

#include "network/model.h"

static inline enum stk_net_protocol sketch_protocol(struct stk_str *text)
{
	enum stk_net_protocol protocol = STK_NET_TCP;
	size_t slash = stk_str_rfind_byte(*text, '/');
	if (slash != SIZE_MAX && stk_net_protocol_parse(stk_str_slice(*text, slash + 1, text->n), &protocol))
		*text = stk_str_slice(*text, 0, slash);
	return protocol;
}

static inline uint16_t sketch_number(struct stk_str text)
{
	uint64_t value = 0;
	stk_str_u64(text, 10, &value);
	return (uint16_t)value;
}

static inline void sketch_network(struct stk_net *net, struct stk_str line)
{
	static const char *const drivers[] = { "bridge", "overlay", "macvlan", "ipvlan" };
	static const char *const modes[] = { "nat", "nat-unprotected", "routed", "isolated" };
	uint32_t number = stk_net_network_at(net, stk_str_cut_word(&line));
	struct stk_net_network *n = &net->networks.v[number];
	n->label = n->name;
	for (struct stk_str word; (word = stk_str_cut_word(&line)).n;) {
		struct stk_str value = word, key = stk_str_cut(&value, '=');
		for (size_t i = 0; i < STK_LEN(drivers); i++)
			if (stk_str_is(key, drivers[i]))
				n->driver = (enum stk_net_driver)i;
		for (size_t i = 0; i < STK_LEN(modes); i++)
			if (stk_str_is(key, "gateway") && stk_str_is(value, modes[i]))
				n->gateway4 = n->gateway6 = (enum stk_net_gateway)i;
		n->internal |= stk_str_is(key, "internal");
		n->external |= stk_str_is(key, "external");
		n->ipv6 |= stk_str_is(key, "ipv6");
		n->is_default |= stk_str_is(key, "default");
		n->no_icc |= stk_str_is(key, "no-icc");
		n->no_masquerade |= stk_str_is(key, "no-masquerade");
		if (stk_str_is(key, "binding"))
			n->host_binding = value;
	}
}

static inline void sketch_port(struct stk_net *net, struct stk_net_service *s, struct stk_str value)
{
	struct stk_net_port *port = STK_PUSH(net->arena, &s->ports);
	*port = (struct stk_net_port){ .protocol = sketch_protocol(&value) };
	size_t slash = stk_str_find_byte(value, '/'), colon = stk_str_rfind_byte(value, ':');
	port->host_ip = slash == SIZE_MAX ? S("") : stk_str_slice(value, 0, slash);
	port->host_first = port->host_last =
		sketch_number(stk_str_slice(value, slash == SIZE_MAX ? 0 : slash + 1, colon));
	port->first = port->last = sketch_number(stk_str_slice(value, colon + 1, value.n));
}

static inline void sketch_on(struct stk_net *net, struct stk_net_service *s, struct stk_str value)
{
	struct stk_str name = stk_str_cut(&value, '+');
	struct stk_net_endpoint *endpoint = stk_net_attach(net, s, stk_net_network_at(net, name));
	if (value.n)
		*STK_PUSH(net->arena, &endpoint->aliases) = value;
}

static inline void sketch_service(struct stk_net *net, struct stk_str line)
{
	struct stk_net_service *s = STK_PUSH(net->arena, &net->services);
	*s = (struct stk_net_service){ .name = stk_str_cut_word(&line) };
	for (struct stk_str word; (word = stk_str_cut_word(&line)).n;) {
		struct stk_str value = word, key = stk_str_cut(&value, '=');
		if (stk_str_is(key, "image"))
			s->image = value;
		else if (stk_str_is(key, "on"))
			sketch_on(net, s, value);
		else if (stk_str_is(key, "publish"))
			sketch_port(net, s, value);
		else if (stk_str_is(key, "expose")) {
			struct stk_net_exposed *e = STK_PUSH(net->arena, &s->exposed);
			*e = (struct stk_net_exposed){ .protocol = sketch_protocol(&value) };
			e->first = e->last = sketch_number(value);
		} else if (stk_str_is(key, "link")) {
			struct stk_str alias = value, service = stk_str_cut(&alias, ':');
			*STK_PUSH(net->arena, &s->links) = (struct stk_net_link){ service, alias };
		} else if (stk_str_is(key, "mode")) {
			s->mode = stk_str_is(value, "host") ? STK_NET_HOST : STK_NET_NONE;
		} else if (stk_str_is(key, "shares")) {
			s->mode = STK_NET_SHARED;
			s->shares = (uint32_t)stk_net_service_find(net, value);
			s->shares_name = value;
		}
	}
}

/* Adds what the text says and prepares the model. */
static inline void sketch(struct stk_net *net, const char *text)
{
	for (struct stk_str rest = stk_str_from(text); rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest), word = stk_str_cut_word(&line);
		if (stk_str_is(word, "net"))
			sketch_network(net, line);
		else if (stk_str_is(word, "svc"))
			sketch_service(net, line);
		else if (stk_str_is(word, "listen")) {
			struct stk_str name = stk_str_cut_word(&line), ip = stk_str_cut_word(&line);
			*STK_PUSH(net->arena, &net->listeners) =
				(struct stk_net_listener){ name, ip, STK_NET_TCP,
							   sketch_number(stk_str_cut_word(&line)) };
		}
	}
	stk_net_prepare(net);
}
