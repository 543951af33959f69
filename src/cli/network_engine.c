/* SPDX-License-Identifier: Apache-2.0 */
/* What runs, as reachability sees it: GET /version, /networks, /containers/json and each container's details. */
#include "cli/network_engine.h"

#include "base/banned.h"

static bool option_is_false(const struct stk_json *options, const char *key)
{
	return stk_str_is(stk_json_str(options, key), "false");
}

static void add_network(struct stk_net *net, const struct stk_json *from)
{
	const struct stk_json *options = stk_json_get(from, "Options");
	struct stk_str name = stk_json_str(from, "Name"), driver = stk_json_str(from, "Driver");
	if (stk_str_is(driver, "host") || stk_str_is(driver, "null"))
		return;
	uint32_t number = stk_net_network_at(net, name);
	struct stk_net_network *network = &net->networks.v[number];
	network->label = name;
	network->driver = stk_net_driver_parse(driver);
	network->is_default = stk_str_is(stk_json_str(options, "com.docker.network.bridge.default_bridge"), "true");
	network->internal = stk_json_bool(from, "Internal");
	network->ipv6 = stk_json_bool(from, "EnableIPv6");
	network->no_icc = option_is_false(options, "com.docker.network.bridge.enable_icc");
	network->no_masquerade = option_is_false(options, "com.docker.network.bridge.enable_ip_masquerade");
	network->trusted_interfaces = stk_json_str(options, "com.docker.network.bridge.trusted_host_interfaces").n > 0;
	network->gateway4 = stk_net_gateway_parse(stk_json_str(options, "com.docker.network.bridge.gateway_mode_ipv4"));
	network->gateway6 = stk_net_gateway_parse(stk_json_str(options, "com.docker.network.bridge.gateway_mode_ipv6"));
	network->host_binding = stk_json_str(options, "com.docker.network.bridge.host_binding_ipv4");
	if (!network->is_default)
		return;
	/* The default bridge shows the daemon's --icc and --ip; 0.0.0.0 there still publishes on IPv6 as well. */
	net->engine.no_icc = network->no_icc;
	network->no_icc = false;
	if (!stk_str_is(network->host_binding, "0.0.0.0"))
		net->engine.default_ip = network->host_binding;
	network->host_binding = S("");
}

static uint16_t number_of(struct stk_str text)
{
	uint64_t value;
	return stk_str_u64(text, 10, &value) && value < 65536 ? (uint16_t)value : 0;
}

/* "80/tcp" */
static bool read_port(struct stk_str text, uint16_t *port, enum stk_net_protocol *protocol)
{
	struct stk_str rest = text;
	*port = number_of(stk_str_cut(&rest, '/'));
	return *port && stk_net_protocol_parse(rest, protocol);
}

/* The number that the engine chose, where the request left it open. */
static uint16_t chosen_port(const struct stk_json *live)
{
	return live && live->n ? number_of(stk_json_str(&live->items[0], "HostPort")) : 0;
}

static void add_binding(struct stk_net *net, struct stk_net_service *service, struct stk_str key, struct stk_str ip,
			uint16_t host)
{
	struct stk_net_port port = { .host_ip = ip, .host_first = host, .host_last = host };
	if (!read_port(key, &port.first, &port.protocol))
		return;
	port.last = port.first;
	*STK_PUSH(net->arena, &service->ports) = port;
}

static void add_ports(struct stk_net *net, struct stk_net_service *service, const struct stk_json *container)
{
	const struct stk_json *host = stk_json_get(container, "HostConfig"),
			      *wanted = stk_json_list(host, "PortBindings");
	const struct stk_json *live = stk_json_list(stk_json_get(container, "NetworkSettings"), "Ports");
	const struct stk_json *exposed = stk_json_list(stk_json_get(container, "Config"), "ExposedPorts");
	for (size_t i = 0; i < wanted->n; i++)
		for (size_t k = 0; k < wanted->items[i].n; k++) {
			const struct stk_json *binding = &wanted->items[i].items[k];
			uint16_t number = number_of(stk_json_str(binding, "HostPort"));
			add_binding(net, service, wanted->items[i].key, stk_json_str(binding, "HostIp"),
				    number ? number
					   : chosen_port(stk_json_get(
						     live, stk_arena_str(net->arena, wanted->items[i].key).p)));
		}
	/* docker run -P: what the image exposes, on ports that the engine chose. */
	for (size_t i = 0; stk_json_bool(host, "PublishAllPorts") && i < live->n; i++)
		if (live->items[i].n)
			add_binding(net, service, live->items[i].key, S(""), chosen_port(&live->items[i]));
	for (size_t i = 0; i < exposed->n; i++) {
		struct stk_net_exposed e = { 0 };
		if (!read_port(exposed->items[i].key, &e.first, &e.protocol))
			continue;
		e.last = e.first;
		*STK_PUSH(net->arena, &service->exposed) = e;
	}
}

static void add_endpoints(struct stk_net *net, struct stk_net_service *service, const struct stk_json *container)
{
	const struct stk_json *networks = stk_json_list(stk_json_get(container, "NetworkSettings"), "Networks");
	for (size_t i = 0; i < networks->n; i++) {
		uint32_t number = stk_net_network_at(net, networks->items[i].key);
		if (!net->networks.v[number].label.n)
			net->networks.v[number].label = networks->items[i].key;
		struct stk_net_endpoint *endpoint = stk_net_attach(net, service, number);
		const struct stk_json *aliases = stk_json_list(&networks->items[i], "Aliases");
		for (size_t k = 0; k < aliases->n; k++)
			*STK_PUSH(net->arena, &endpoint->aliases) = aliases->items[k].text;
	}
}

/* "/db:/web/database": container and, as the last part, the name it gets. */
static void add_links(struct stk_net *net, struct stk_net_service *service, const struct stk_json *links)
{
	for (size_t i = 0; i < links->n; i++) {
		struct stk_str alias = links->items[i].text, name = stk_str_cut(&alias, ':');
		*STK_PUSH(net->arena, &service->links) =
			(struct stk_net_link){ stk_str_strip_prefix(name, S("/")), stk_str_after_last(alias, '/') };
	}
}

static void add_container(struct stk_net *net, const struct stk_json *container)
{
	const struct stk_json *config = stk_json_get(container, "Config"),
			      *host = stk_json_get(container, "HostConfig");
	struct stk_str mode = stk_json_str(host, "NetworkMode"), id = stk_json_str(container, "Id");
	struct stk_net_service *service = STK_PUSH(net->arena, &net->services);
	*service = (struct stk_net_service){ .name = stk_str_strip_prefix(stk_json_str(container, "Name"), S("/")),
					     .hostname = stk_json_str(config, "Hostname"),
					     .image = stk_json_str(config, "Image") };
	struct stk_str compose = stk_json_str(stk_json_get(config, "Labels"), "com.docker.compose.service");
	/* Docker's resolver knows containers by their short id; "container:" modes name them by
	   the long one. */
	*STK_PUSH(net->arena, &service->names) = stk_str_slice(id, 0, 12);
	*STK_PUSH(net->arena, &service->names) = id;
	if (compose.n)
		*STK_PUSH(net->arena, &service->names) = compose;
	if (stk_str_is(mode, "host"))
		service->mode = STK_NET_HOST;
	else if (stk_str_is(mode, "none"))
		service->mode = STK_NET_NONE;
	else if (stk_str_starts(mode, S("container:"))) {
		service->mode = STK_NET_SHARED;
		service->shares_name = stk_str_slice(mode, 10, mode.n);
	} else {
		add_endpoints(net, service, container);
	}
	add_ports(net, service, container);
	add_links(net, service, stk_json_list(host, "Links"));
}

static void find_shared(struct stk_net *net)
{
	for (size_t i = 0; i < net->services.n; i++) {
		struct stk_net_service *service = &net->services.v[i];
		if (service->mode != STK_NET_SHARED)
			continue;
		service->mode = STK_NET_FOREIGN;
		for (uint32_t k = 0; k < net->services.n; k++)
			if (stk_str_eq(net->services.v[k].name, service->shares_name) ||
			    stk_strs_has(&net->services.v[k].names, service->shares_name)) {
				service->mode = STK_NET_SHARED;
				service->shares = k;
			}
	}
}

/* See network_engine.h. A shared namespace can only be looked for when all containers are
   known. */
void stk_network_from_replies(const struct stk_json *networks, const struct stk_json *const *containers, size_t n,
			      struct stk_net *net)
{
	for (size_t i = 0; i < networks->n; i++)
		add_network(net, &networks->items[i]);
	for (size_t i = 0; i < n; i++)
		add_container(net, containers[i]);
	find_shared(net);
	stk_net_prepare(net);
}

static int get_version(const struct stk_docker *docker, struct stk_net *net, struct stk_err *err)
{
	struct stk_json *version;
	if (stk_docker_get(net->arena, docker, S("/version"), &version, err) < 0)
		return -1;
	struct stk_net_engine engine;
	if (!stk_net_engine_parse(stk_json_str(version, "Version"), &engine))
		return stk_fail(err, STK_EFORMAT, "the engine's version \"" STK_FMT "\" cannot be read",
				STK_ARG(stk_str_slice(stk_json_str(version, "Version"), 0, 40)));
	net->engine.major = engine.major;
	net->engine.minor = engine.minor;
	net->engine.ip6tables = engine.ip6tables;
	return 0;
}

/* The list of containers lacks most of HostConfig (port bindings, links): each is asked for on
   its own. */
int stk_network_from_engine(const struct stk_docker *docker, struct stk_net *net, struct stk_err *err)
{
	struct stk_json *networks, *list;
	if (get_version(docker, net, err) < 0 ||
	    stk_docker_get(net->arena, docker, S("/networks"), &networks, err) < 0 ||
	    stk_docker_get(net->arena, docker, S("/containers/json"), &list, err) < 0)
		return -1;
	const struct stk_json **containers = STK_NEW(net->arena, const struct stk_json *, list->n);
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		struct stk_json *container;
		struct stk_str path = stk_arena_printf(net->arena, "/containers/" STK_FMT "/json",
						       STK_ARG(stk_json_str(&list->items[i], "Id")));
		if (stk_docker_get(net->arena, docker, path, &container, err) == 0)
			containers[n++] = container;
		else if (err->code != STK_ENOTFOUND) /* it may have ended meanwhile */
			return -1;
	}
	stk_network_from_replies(networks, containers, n, net);
	return 0;
}
