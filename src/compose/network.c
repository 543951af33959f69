/* SPDX-License-Identifier: Apache-2.0 */
/* A project as reachability sees it. Two declarations with one engine name are one network; the labels are the keys. */
#include "compose/network.h"

#include "base/map.h"
#include "base/banned.h"

static struct stk_net_place place_of(struct stk_compose_place place)
{
	return (struct stk_net_place){ place.source ? place.source->name : S(""), stk_compose_line(place),
				       stk_compose_column(place) };
}

static struct stk_str option(struct stk_net *net, const struct stk_compose_node *options, const char *key)
{
	return stk_compose_text(net->arena, stk_compose_get(options, key));
}

static bool is_false(struct stk_str value)
{
	return stk_str_eq_nocase(value, S("false")) || stk_str_is(value, "0") || stk_str_eq_nocase(value, S("f"));
}

static void add_network(struct stk_net *net, const struct stk_compose_network *from)
{
	const struct stk_compose_node *options = stk_compose_get(from->node, "driver_opts");
	struct stk_str name = from->name.n ? from->name : from->key;
	size_t before = net->networks.n;
	uint32_t number = stk_net_network_at(net, name);
	struct stk_net_network *network = &net->networks.v[number];
	if (net->networks.n == before) /* a second key for the same network */
		return;
	network->label = from->key;
	network->driver = from->driver.n ? stk_net_driver_parse(from->driver) : STK_NET_BRIDGE;
	network->is_default = stk_str_is(name, "bridge") && from->external;
	network->internal = from->internal;
	network->external = from->external;
	network->ipv6 = from->ipv6;
	network->no_icc = is_false(option(net, options, "com.docker.network.bridge.enable_icc"));
	network->no_masquerade = is_false(option(net, options, "com.docker.network.bridge.enable_ip_masquerade"));
	network->trusted_interfaces = option(net, options, "com.docker.network.bridge.trusted_host_interfaces").n > 0;
	network->gateway4 = stk_net_gateway_parse(option(net, options, "com.docker.network.bridge.gateway_mode_ipv4"));
	network->gateway6 = stk_net_gateway_parse(option(net, options, "com.docker.network.bridge.gateway_mode_ipv6"));
	network->host_binding = option(net, options, "com.docker.network.bridge.host_binding_ipv4");
	network->place = place_of(from->place);
}

static void add_port(struct stk_net *net, struct stk_net_service *service, const struct stk_compose_port *from)
{
	struct stk_net_port *port = STK_PUSH(net->arena, &service->ports);
	*port = (struct stk_net_port){ .host_ip = from->host_ip,
				       .host_first = (uint16_t)from->host_first,
				       .host_last = (uint16_t)from->host_last,
				       .first = (uint16_t)from->target,
				       .last = (uint16_t)from->target };
	if (!stk_net_protocol_parse(from->protocol, &port->protocol))
		port->protocol = STK_NET_TCP;
	if (from->node)
		port->place = place_of(from->node->place);
}

/* "3000", "3000-3005", "53/udp" */
static void add_exposed(struct stk_net *net, struct stk_net_service *service, struct stk_str text)
{
	struct stk_str protocol = text, range = stk_str_cut(&protocol, '/'), last = range,
		       first = stk_str_cut(&last, '-');
	uint64_t low, high;
	if (!stk_str_u64(first, 10, &low) || low > 65535)
		return;
	if (!stk_str_u64(last, 10, &high) || high > 65535)
		high = low;
	struct stk_net_exposed *exposed = STK_PUSH(net->arena, &service->exposed);
	*exposed = (struct stk_net_exposed){ .first = (uint16_t)low, .last = (uint16_t)high };
	if (!stk_net_protocol_parse(protocol, &exposed->protocol))
		exposed->protocol = STK_NET_TCP;
}

static void add_link(struct stk_net *net, struct stk_net_service *service, struct stk_str text)
{
	struct stk_str alias = text, name = stk_str_cut(&alias, ':');
	*STK_PUSH(net->arena, &service->links) = (struct stk_net_link){ name, alias.n ? alias : name };
}

static void attach(struct stk_net *net, const struct stk_map *networks, struct stk_net_service *service,
		   const struct stk_compose_attachment *from)
{
	struct stk_str name = from->network && from->network->name.n ? from->network->name : from->name;
	const uint32_t *known = stk_map_get(networks, name);
	uint32_t number = known ? *known : stk_net_network_at(net, name);
	if (!net->networks.v[number].label.n)
		net->networks.v[number].label = from->name;
	if (!stk_net_is_on(service, number))
		stk_net_attach(net, service, number)->aliases = from->aliases;
}

/* What network_mode says; places in other services are found when all are there. */
static void set_mode(struct stk_net *net, struct stk_net_service *service, struct stk_str mode)
{
	if (stk_str_is(mode, "host"))
		service->mode = STK_NET_HOST;
	else if (stk_str_is(mode, "none"))
		service->mode = STK_NET_NONE;
	else if (stk_str_starts(mode, S("service:")) || stk_str_starts(mode, S("container:"))) {
		service->mode = STK_NET_SHARED;
		service->shares_name = stk_str_slice(mode, stk_str_find_byte(mode, ':') + 1, mode.n);
	} else if (stk_str_is(mode, "bridge")) {
		uint32_t number = stk_net_network_at(net, S("bridge"));
		net->networks.v[number].label = S("bridge");
		net->networks.v[number].is_default = true;
		stk_net_attach(net, service, number);
	}
}

static void add_service(struct stk_net *net, const struct stk_map *networks, const struct stk_compose_service *from)
{
	struct stk_net_service *service = STK_PUSH(net->arena, &net->services);
	*service = (struct stk_net_service){
		.name = from->name, .hostname = from->hostname, .image = from->image, .place = place_of(from->place)
	};
	if (from->container_name.n)
		*STK_PUSH(net->arena, &service->names) = from->container_name;
	set_mode(net, service, from->network_mode);
	for (size_t i = 0; i < from->networks.n && service->mode == STK_NET_ATTACHED && !from->network_mode.n; i++)
		attach(net, networks, service, &from->networks.v[i]);
	for (size_t i = 0; i < from->ports.n; i++)
		add_port(net, service, &from->ports.v[i]);
	for (size_t i = 0; i < from->expose.n; i++)
		add_exposed(net, service, from->expose.v[i]);
	for (size_t i = 0; i < from->links.n; i++)
		add_link(net, service, from->links.v[i]);
}

/* "container:NAME" may name a container of the project itself. */
static void find_shared(struct stk_net *net)
{
	for (size_t i = 0; i < net->services.n; i++) {
		struct stk_net_service *service = &net->services.v[i];
		if (service->mode != STK_NET_SHARED)
			continue;
		int32_t other = stk_net_service_find(net, service->shares_name);
		for (size_t k = 0; other < 0 && k < net->services.n; k++)
			if (stk_strs_has(&net->services.v[k].names, service->shares_name))
				other = (int32_t)k;
		if (other < 0)
			service->mode = STK_NET_FOREIGN;
		else
			service->shares = (uint32_t)other;
	}
}

void stk_compose_network_model(const struct stk_compose *project, struct stk_net *net)
{
	struct stk_map networks = { 0 };
	for (size_t i = 0; i < project->networks.n; i++)
		add_network(net, &project->networks.v[i]);
	for (uint32_t i = 0; i < net->networks.n; i++) {
		uint32_t *number = STK_NEW(net->arena, uint32_t, 1);
		*number = i;
		*stk_map_at(&networks, net->arena, net->networks.v[i].name) = number;
	}
	for (size_t i = 0; i < project->services.n; i++)
		if (project->services.v[i].active)
			add_service(net, &networks, &project->services.v[i]);
	find_shared(net);
	stk_net_prepare(net);
}
