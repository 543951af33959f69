/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reach is written once for a group of services that stand alike, and along networks: pairs that no network joins are
 * not listed. What is published is listed by itself, since every container that may leave its networks reaches it.
 */
#include "network/draw.h"

#include "base/map.h"
#include "report/report.h"
#include "text/json.h"
#include "base/banned.h"

enum { MOST_EDGES = 50000 };

struct document {
	const struct stk_net *net;
	struct stk_arena *arena;
	struct stk_json_writer w;
	struct stk_net_groups groups;
};

static void put_numbers_of_names(struct document *d, const char *key, const struct stk_net_numbers *services)
{
	stk_json_key(&d->w, key);
	stk_json_begin_array(&d->w);
	for (size_t i = 0; i < services->n; i++)
		stk_json_write_str(&d->w, d->net->services.v[services->v[i]].name);
	stk_json_end_array(&d->w);
}

/* Each network with who is on it, by name: numbers would mean nothing outside. */
static void put_networks(struct document *d)
{
	stk_json_key(&d->w, "networks");
	stk_json_begin_array(&d->w);
	for (size_t i = 0; i < d->net->networks.n; i++) {
		const struct stk_net_network *network = &d->net->networks.v[i];
		stk_json_begin_object(&d->w);
		stk_json_put_str(&d->w, "label", network->label);
		stk_json_put_str(&d->w, "name", network->name);
		stk_json_put_text(&d->w, "driver", stk_net_driver_name(network->driver));
		stk_json_put_bool(&d->w, "internal", network->internal);
		stk_json_put_bool(&d->w, "external", network->external);
		stk_json_put_bool(&d->w, "ipv6", network->ipv6);
		stk_json_put_bool(&d->w, "icc", !network->no_icc);
		stk_json_put_text(&d->w, "gateway_mode", stk_net_gateway_name(network->gateway4));
		put_numbers_of_names(d, "services", &network->members);
		stk_json_end_object(&d->w);
	}
	stk_json_end_array(&d->w);
}

static void put_port(struct document *d, uint32_t service, const struct stk_net_port *port)
{
	static const char *const who[] = { "host", "lan", "internet" };
	stk_json_begin_object(&d->w);
	stk_json_put_text(&d->w, "protocol", stk_net_protocol_name(port->protocol));
	stk_json_put_str(&d->w, "host_ip", port->host_ip);
	stk_json_put_int(&d->w, "host_first", port->host_first);
	stk_json_put_int(&d->w, "host_last", port->host_last);
	stk_json_put_int(&d->w, "first", port->first);
	stk_json_put_int(&d->w, "last", port->last);
	stk_json_put_text(&d->w, "reached_from",
			  stk_net_publishes(&d->net->services.v[service]) ? who[stk_net_exposure(d->net, service, port)]
									  : "nobody");
	stk_json_end_object(&d->w);
}

static void put_service(struct document *d, uint32_t number)
{
	static const char *const modes[] = { "networks", "host", "none", "shared", "shared" };
	static const char *const kinds[] = { "service", "store", "admin", "proxy" };
	const struct stk_net_service *service = &d->net->services.v[number];
	stk_json_begin_object(&d->w);
	stk_json_put_str(&d->w, "name", service->name);
	stk_json_put_str_if(&d->w, "image", service->image);
	stk_json_put_text(&d->w, "kind", kinds[service->kind]);
	stk_json_put_text(&d->w, "mode", modes[service->mode]);
	stk_json_put_str_if(&d->w, "shares", service->shares_name);
	stk_json_put_int(&d->w, "group", d->groups.of[number]);
	stk_json_put_bool(&d->w, "reaches_internet", stk_net_leaves(d->net, number));
	stk_json_key(&d->w, "published");
	stk_json_begin_array(&d->w);
	for (size_t i = 0; i < service->ports.n; i++)
		put_port(d, number, &service->ports.v[i]);
	stk_json_end_array(&d->w);
	stk_json_end_object(&d->w);
}

static void put_groups(struct document *d)
{
	stk_json_key(&d->w, "groups");
	stk_json_begin_array(&d->w);
	for (size_t g = 0; g < d->groups.n; g++) {
		stk_json_begin_object(&d->w);
		put_numbers_of_names(d, "services", &d->groups.v[g].members);
		stk_json_key(&d->w, "networks");
		stk_json_begin_array(&d->w);
		for (size_t i = 0; i < d->groups.v[g].networks.n; i++)
			stk_json_write_str(&d->w, d->net->networks.v[d->groups.v[g].networks.v[i]].label);
		stk_json_end_array(&d->w);
		stk_json_end_object(&d->w);
	}
	stk_json_end_array(&d->w);
}

static void put_edge(struct document *d, int32_t from, int32_t to)
{
	struct stk_net_routes routes = { 0 };
	STK_ARENA scratch = { 0 };
	stk_net_routes(d->net, &scratch, from, to, &routes);
	if (!routes.n)
		return;
	stk_json_begin_object(&d->w);
	if (from < 0)
		stk_json_put_str(&d->w, "from", stk_net_party_name(d->net, from));
	else
		stk_json_put_int(&d->w, "from", d->groups.of[from]);
	stk_json_put_int(&d->w, "to", d->groups.of[to]);
	stk_json_key(&d->w, "ways");
	stk_json_begin_array(&d->w);
	for (size_t i = 0; i < routes.n; i++) {
		STK_BUF text = stk_buf_new(4096);
		stk_net_route_text(&text, d->net, &routes.v[i]);
		stk_json_write_str(&d->w, stk_buf_str(&text));
	}
	stk_json_end_array(&d->w);
	stk_json_end_object(&d->w);
}

/* The groups on a network, each once. */
static void groups_on(struct document *d, uint32_t network, struct stk_net_numbers *out)
{
	const struct stk_net_numbers *members = &d->net->networks.v[network].members;
	bool *seen = STK_NEW(d->arena, bool, d->groups.n);
	for (size_t i = 0; i < members->n; i++) {
		uint32_t g = d->groups.of[members->v[i]];
		if (!seen[g])
			*STK_PUSH(d->arena, out) = g;
		seen[g] = true;
	}
}

static bool joined_before(const struct document *d, uint32_t a, uint32_t b, uint32_t network)
{
	for (size_t i = 0; i < d->groups.v[a].networks.n && d->groups.v[a].networks.v[i] < network; i++)
		for (size_t k = 0; k < d->groups.v[b].networks.n; k++)
			if (d->groups.v[a].networks.v[i] == d->groups.v[b].networks.v[k])
				return true;
	return false;
}

/* Pairs on a common network, each once; *left counts down and 0 ends the list. */
static void put_network_edges(struct document *d, uint32_t network, size_t *left)
{
	struct stk_net_numbers on = { 0 };
	groups_on(d, network, &on);
	for (size_t i = 0; i < on.n; i++)
		for (size_t k = 0; k < on.n && *left; k++) {
			const struct stk_net_numbers *from = &d->groups.v[on.v[i]].members,
						     *to = &d->groups.v[on.v[k]].members;
			if ((i == k && from->n < 2) || joined_before(d, on.v[i], on.v[k], network))
				continue;
			put_edge(d, (int32_t)from->v[0], (int32_t)to->v[i == k]);
			--*left;
		}
}

static void put_reach(struct document *d)
{
	size_t left = MOST_EDGES;
	stk_json_key(&d->w, "reach");
	stk_json_begin_array(&d->w);
	for (size_t g = 0; g < d->groups.n; g++) {
		put_edge(d, STK_NET_FROM_INTERNET, (int32_t)d->groups.v[g].members.v[0]);
		put_edge(d, STK_NET_FROM_LAN, (int32_t)d->groups.v[g].members.v[0]);
	}
	for (uint32_t i = 0; i < d->net->networks.n; i++)
		put_network_edges(d, i, &left);
	stk_json_end_array(&d->w);
	stk_json_put_bool(&d->w, "reach_complete", left > 0);
}

/* Publishers that containers may reach through the host, two for each network through which ports are published and
 * version of IP: who asks is not told apart any further, and one of the two is somebody else than the asker. */
static void hairpin_samples(struct document *d, struct stk_net_numbers *out)
{
	uint8_t *taken = STK_NEW(d->arena, uint8_t, 2 * d->net->networks.n);
	for (size_t i = 0; i < d->net->published.n; i++) {
		uint32_t number = d->net->published.v[i];
		const struct stk_net_service *service = &d->net->services.v[number];
		bool any = false;
		for (size_t k = 0; k < service->ports.n && !any; k++) {
			int version = stk_net_stands_for_containers(d->net, number, &service->ports.v[k]);
			uint8_t *count = &taken[2 * service->gateway + (version == 6)];
			any = version && *count < 2;
			*count = (uint8_t)(*count + any);
		}
		if (any)
			*STK_PUSH(d->arena, out) = number;
	}
}

static bool hairpins_to_any(const struct document *d, uint32_t from, const struct stk_net_numbers *publishers)
{
	for (size_t i = 0; i < publishers->n; i++) {
		const struct stk_net_service *to = &d->net->services.v[publishers->v[i]];
		for (size_t k = 0; k < to->ports.n && publishers->v[i] != from; k++)
			if (stk_net_hairpins(d->net, from, publishers->v[i], &to->ports.v[k]))
				return true;
	}
	return false;
}

static void put_published(struct document *d)
{
	struct stk_net_numbers publishers = { 0 };
	hairpin_samples(d, &publishers);
	/* Who gets through the host to published ports: all groups alike, so they are listed once. */
	stk_json_key(&d->w, "reach_published");
	stk_json_begin_array(&d->w);
	for (size_t g = 0; g < d->groups.n; g++)
		if (hairpins_to_any(d, d->groups.v[g].members.v[0], &publishers))
			stk_json_write_int(&d->w, (int64_t)g);
	stk_json_end_array(&d->w);
}

static void put_findings(struct document *d, const struct stk_report *report)
{
	stk_json_key(&d->w, "findings");
	stk_json_begin_array(&d->w);
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *f = &report->findings.v[i];
		if (f->suppressed)
			continue;
		stk_json_begin_object(&d->w);
		stk_json_put_str(&d->w, "id", f->id);
		stk_json_put_text(&d->w, "severity", stk_severity_name(f->severity));
		stk_json_put_str(&d->w, "message", f->message);
		stk_json_put_str_if(&d->w, "service", f->location.service);
		stk_json_put_str_if(&d->w, "file", f->location.file);
		stk_json_put_int(&d->w, "line", f->location.line);
		stk_json_key(&d->w, "evidence");
		stk_json_begin_array(&d->w);
		for (size_t k = 0; k < f->evidence.n; k++)
			stk_json_write_str(&d->w, f->evidence.v[k]);
		stk_json_end_array(&d->w);
		stk_json_end_object(&d->w);
	}
	stk_json_end_array(&d->w);
}

void stk_net_draw_json(const struct stk_net *net, const struct stk_report *report, struct stk_buf *out)
{
	STK_ARENA arena = { 0 };
	struct document d = { .net = net, .arena = &arena, .w = stk_json_writer(out, 2) };
	stk_net_group(net, &arena, net->services.n <= STK_NET_PICTURE_SERVICES, &d.groups);
	stk_json_begin_object(&d.w);
	stk_json_put_text(&d.w, "schema", "strake-network/1");
	stk_json_put_str(&d.w, "engine", stk_arena_printf(&arena, "%u.%u", net->engine.major, net->engine.minor));
	put_networks(&d);
	stk_json_key(&d.w, "services");
	stk_json_begin_array(&d.w);
	for (uint32_t i = 0; i < net->services.n; i++)
		put_service(&d, i);
	stk_json_end_array(&d.w);
	put_groups(&d);
	put_reach(&d);
	put_published(&d);
	if (report)
		put_findings(&d, report);
	stk_json_end_object(&d.w);
	stk_buf_byte(out, '\n');
}
