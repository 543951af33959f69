/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-3xx: who can reach a container. */
#include "compose/check_private.h"
#include "base/banned.h"

/* On every address of the host; without one, Docker takes them all. */
static bool is_open(const struct stk_compose_port *port)
{
	return !port->host_ip.n || stk_str_is(port->host_ip, "0.0.0.0") || stk_str_is(port->host_ip, "::");
}

/* Remote shells, data stores, and what administers: 2375 is the engine's API without a password. */
static const uint16_t admin_ports[] = { 22,   23,   111,  135,	139,  445,  1433, 1521,	 2049,	2181,  2375,  2376,
					2379, 2380, 3306, 3389, 4243, 5432, 5601, 5672,	 5900,	5984,  6379,  6443,
					8086, 9000, 9042, 9090, 9092, 9200, 9300, 10250, 11211, 15672, 27017, 50000 };

/* By the container's port or the host's, whichever gives it away. */
static bool is_admin_port(const struct stk_compose_port *port)
{
	for (size_t i = 0; i < STK_LEN(admin_ports); i++)
		if (port->target == admin_ports[i] ||
		    (port->host_first <= admin_ports[i] && admin_ports[i] <= port->host_last))
			return true;
	return false;
}

/* The colons of a short form that stand outside of ${...}. */
static size_t count_colons(struct stk_str text)
{
	size_t colons = 0, nested = 0;
	for (size_t i = 0; i < text.n; i++) {
		nested += text.p[i] == '{';
		nested -= text.p[i] == '}' && nested;
		colons += text.p[i] == ':' && !nested;
	}
	return colons;
}

/* Is each item of the list, and nothing else, what the model has? Where files are merged, or one port stands twice,
   another item than the edited one may take its place. */
static bool stands_alone(service *s)
{
	const node *ports = stk_compose_get(s->node, "ports");
	const struct stk_yaml *yaml = ports->place.yaml;
	size_t items = 0;
	for (size_t i = 0; i < s->ports.n; i++)
		items += !i || s->ports.v[i].node->place.yaml != s->ports.v[i - 1].node->place.yaml;
	return !ports->merged && yaml && yaml->type == STK_YAML_LIST && yaml->n == items;
}

/* Puts 127.0.0.1 in front of the short form or into the long one, where one item of the file is one port of the
   model. */
static void bind_to_loopback(check *c, struct stk_finding *f, const struct stk_compose_port *port, bool alone)
{
	static const char what[] = "publish on this machine only";
	const struct stk_yaml *yaml = port->node->place.yaml;
	if (!yaml || !alone) {
		stk_finding_evidence(c->report, f,
				     "not repaired automatically: ports of several files or places are merged; replace "
				     "them with !override");
		return;
	}
	if (yaml->type == STK_YAML_MAP) {
		const node *host_ip = stk_compose_get(port->node, "host_ip");
		if (host_ip)
			stk_compose_fix_replace(c, f, false, what, host_ip, S("127.0.0.1"), false);
		else
			stk_compose_fix_add_to(c, f, false, what, port->node, "host_ip",
					       &STK_YAML_TEXT(S("127.0.0.1")));
		return;
	}
	struct stk_str text = yaml->text;
	size_t colons = count_colons(text);
	if (stk_str_starts(text, S("0.0.0.0:")))
		text = stk_str_slice(text, 7, text.n);
	else if (stk_str_starts(text, S("[::]:")))
		text = stk_str_slice(text, 4, text.n);
	else if (port->host_ip.n || colons > 1) {
		stk_finding_evidence(c->report, f, "not repaired automatically: a variable gives the address");
		return;
	} else
		text = stk_arena_printf(c->report->arena, "%s" STK_FMT, colons ? ":" : "::", STK_ARG(text));
	stk_compose_fix_rewrite(c, f, false, what, port->node,
				stk_arena_printf(c->report->arena, "127.0.0.1" STK_FMT, STK_ARG(text)));
}

/* "8080 -> 80/tcp", "a random port -> 80/tcp" */
static struct stk_str shown(check *c, const struct stk_compose_port *port)
{
	return stk_arena_printf(c->report->arena, "%s" STK_FMT "%s%u/" STK_FMT,
				port->published.n ? "" : "a random port", STK_ARG(port->published), " -> ",
				port->target, STK_ARG(port->protocol));
}

/* Ports that one range expanded into are one finding. */
static bool continues_range(service *s, size_t i)
{
	return i && s->ports.v[i].node->place.yaml &&
	       s->ports.v[i].node->place.yaml == s->ports.v[i - 1].node->place.yaml;
}

/* argument 0: ordinary ports, of which the web's are meant to be open; 1: those of administration. */
static void judge_port(check *c, const struct stk_rule *rule, service *s, const struct stk_compose_port *port,
		       bool alone)
{
	bool web = port->target == 80 || port->target == 443 || port->host_first == 80 || port->host_first == 443;
	struct stk_finding *f = stk_compose_find(c, rule, s, port->node->place,
						 "service \"" STK_FMT "\" publishes " STK_FMT " on all addresses",
						 STK_ARG(s->name), STK_ARG(shown(c, port)));
	if (rule->argument == 0 && web)
		f->severity = STK_SEV_LOW;
	if (rule->argument == 1 && (port->target == 2375 || port->target == 4243))
		f->severity = STK_SEV_CRITICAL;
	if (rule->argument == 1 && stk_compose_is_data_store(s))
		stk_finding_evidence(c->report, f, "services of the project reach it without a published port");
	bind_to_loopback(c, f, port, alone);
}

/* One finding for each item of the file; in host mode `ports` has no effect. */
static void check_open_ports(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		bool alone = s->ports.n && stands_alone(s), told = false;
		for (size_t i = 0; i < s->ports.n && !stk_str_is(s->network_mode, "host"); i++) {
			const struct stk_compose_port *port = &s->ports.v[i];
			told &= continues_range(s, i);
			if (told || !is_open(port) || is_admin_port(port) != (rule->argument == 1))
				continue;
			told = true;
			judge_port(c, rule, s, port, alone);
		}
	}
}

/* Below 1024 only root may listen; 80 and 443 are what such ports are for. */
static void check_low_ports(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->ports.n; i++) {
			const struct stk_compose_port *port = &s->ports.v[i];
			if (port->host_first && port->host_first < 1024 && port->host_first != 80 &&
			    port->host_first != 443)
				stk_compose_find(c, rule, s, port->node->place,
						 "service \"" STK_FMT "\" takes the host's privileged port %u",
						 STK_ARG(s->name), port->host_first);
		}
}

/* A range in the short form is one port after another here, all of one place; told once, at the 101st. */
static void check_wide_ranges(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const struct stk_yaml *before = NULL;
		size_t run = 0;
		for (size_t i = 0; i < s->ports.n; i++) {
			const struct stk_compose_port *port = &s->ports.v[i];
			run = port->node->place.yaml == before ? run + 1 : 1;
			before = port->node->place.yaml;
			if (run == 101 || port->host_last - port->host_first > 100)
				stk_compose_find(c, rule, s, port->node->place,
						 "service \"" STK_FMT "\" publishes more than 100 ports at once",
						 STK_ARG(s->name));
		}
	}
}

/* The second container would not start. Ports on all addresses clash with each other only: an address of its
   own is left to the engine to judge. */
static void check_twice(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_map seen = { 0 }; /* ip/port/protocol -> service */
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->ports.n; i++) {
			const struct stk_compose_port *port = &s->ports.v[i];
			if (!port->host_first || port->host_first != port->host_last)
				continue;
			struct stk_str ip = is_open(port) ? S("*") : port->host_ip;
			struct stk_str key = stk_arena_printf(c->report->arena, STK_FMT "/%u/" STK_FMT, STK_ARG(ip),
							      port->host_first, STK_ARG(port->protocol));
			service **before = (service **)stk_map_at(&seen, c->report->arena, key);
			if (*before)
				stk_compose_find(c, rule, s, port->node->place,
						 "services \"" STK_FMT "\" and \"" STK_FMT "\" both publish port %u",
						 STK_ARG((*before)->name), STK_ARG(s->name), port->host_first);
			*before = s;
		}
}

/* [1-9][0-9]*(:[0-5]?[0-9])+ is a number to base 60 in YAML 1.1. */
static bool is_sexagesimal(struct stk_str text)
{
	struct stk_str rest = text, head = stk_str_cut(&rest, ':');
	uint64_t number;
	if (!head.n || head.p[0] == '0' || !stk_str_u64(head, 10, &number) || head.n == text.n)
		return false;
	while (rest.n) {
		struct stk_str part = stk_str_cut(&rest, ':');
		if (part.n > 2 || !stk_str_u64(part, 10, &number) || number > 59)
			return false;
	}
	return true;
}

/* Readers of YAML 1.1 take it for a number; Compose's own does not. */
static void check_base_60(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->ports.n; i++) {
			const struct stk_compose_port *port = &s->ports.v[i];
			const struct stk_yaml *yaml = port->node->place.yaml;
			if (!yaml || yaml->type != STK_YAML_SCALAR || yaml->style != STK_YAML_PLAIN ||
			    !is_sexagesimal(yaml->text))
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, port->node->place,
								 "service \"" STK_FMT "\": " STK_FMT
								 " is a number to base 60 for older tools",
								 STK_ARG(s->name), STK_ARG(yaml->text));
			stk_compose_fix_rewrite(c, f, true, "quote it", port->node, yaml->text);
		}
}

static void check_default_bridge(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		if (!stk_str_is(s->network_mode, "bridge"))
			continue;
		struct stk_finding *f = stk_compose_find(c, rule, s, stk_compose_place_of(s, "network_mode"),
							 "service \"" STK_FMT "\" joins docker0", STK_ARG(s->name));
		stk_compose_fix_remove(c, f, false, "use the project's network", s->node,
				       stk_compose_get(s->node, "network_mode"));
	}
}

static void check_overlays(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (size_t i = 0; i < c->project->networks.n; i++) {
		const struct stk_compose_network *n = &c->project->networks.v[i];
		const node *options = stk_compose_get(n->node, "driver_opts");
		if (!stk_str_is(n->driver, "overlay") || stk_compose_get(options, "encrypted"))
			continue;
		struct stk_finding *f = stk_compose_find(
			c, rule, NULL, n->place,
			"network \"" STK_FMT "\" carries its traffic between hosts in clear text", STK_ARG(n->key));
		struct stk_str key = S("encrypted");
		struct stk_yaml_value on = STK_YAML_TEXT(S("true")),
				      map = { .type = STK_YAML_MAP, .keys = &key, .items = &on, .n = 1 };
		if (options)
			stk_compose_fix_add_to(c, f, false, "encrypt it", options, "encrypted", &on);
		else
			stk_compose_fix_add_to(c, f, false, "encrypt it", n->node, "driver_opts", &map);
	}
}

/* An internal network is taken for a segment of its own. */
static void check_segments(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_map reached = { 0 }; /* network -> an exposed service on it */
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->networks.n && stk_compose_is_exposed(s) && !stk_compose_is_data_store(s); i++)
			*stk_map_at(&reached, c->report->arena, s->networks.v[i].name) = (void *)s;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->networks.n && stk_compose_is_data_store(s); i++) {
			const struct stk_compose_attachment *at = &s->networks.v[i];
			service *front = stk_map_get(&reached, at->name);
			if (front && at->network && !at->network->internal)
				stk_compose_find(c, rule, s, at->place,
						 "data store \"" STK_FMT "\" shares network \"" STK_FMT
						 "\" with \"" STK_FMT "\", which publishes ports",
						 STK_ARG(s->name), STK_ARG(at->name), STK_ARG(front->name));
		}
}

/* Two ways to open a network as a whole: unpublished ports let in, and containers of others let in. */
static void check_gateway_mode(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (size_t i = 0; i < c->project->networks.n; i++) {
		const struct stk_compose_network *n = &c->project->networks.v[i];
		const node *options = stk_compose_get(n->node, "driver_opts");
		for (uint32_t k = 0; k < stk_compose_count(options); k++)
			if (stk_str_starts(options->entries[k].key, S("com.docker.network.bridge.gateway_mode_")) &&
			    stk_str_is(options->entries[k].value->text, "nat-unprotected")) {
				struct stk_finding *f = stk_compose_find(
					c, rule, NULL, options->entries[k].place,
					"network \"" STK_FMT "\" lets all ports in, published or not", STK_ARG(n->key));
				stk_compose_fix_replace(c, f, false, "let in what is published",
							options->entries[k].value, S("nat"), false);
			}
		if (!n->attachable || !stk_str_is(n->driver, "overlay"))
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, NULL, n->place,
					 "network \"" STK_FMT "\" may be joined by any container", STK_ARG(n->key));
		f->severity = STK_SEV_LOW;
		stk_compose_fix_replace(c, f, false, "let the stack's services only join it",
					stk_compose_get(n->node, "attachable"), S("false"), true);
	}
}

static void check_extra_hosts(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "extra_hosts");
		for (uint32_t i = 0; i < stk_compose_count(list); i++)
			if (stk_str_ends(list->items[i]->text, S("=host-gateway")))
				stk_compose_find(c, rule, s, list->items[i]->place,
						 "service \"" STK_FMT "\" has a name for the host: " STK_FMT,
						 STK_ARG(s->name), STK_ARG(list->items[i]->text));
	}
}

static bool starts_sshd(const struct stk_strs *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (stk_str_is(words->v[i], "sshd") || stk_str_ends(words->v[i], S("/sshd")))
			return true;
	return false;
}

static void check_sshd(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		bool port = false;
		for (size_t i = 0; i < s->ports.n; i++)
			port |= s->ports.v[i].target == 22;
		if (port || starts_sshd(&s->command) || starts_sshd(&s->entrypoint) ||
		    stk_str_contains(s->image, S("openssh")) || stk_str_contains(s->image, S("sshd")))
			stk_compose_find(c, rule, s, s->place, "service \"" STK_FMT "\" seems to run an SSH server",
					 STK_ARG(s->name));
	}
}

#define NET .layer = STK_LAYER_NETWORK

static const struct stk_rule rows[] = {
	{ .id = "CMP-301",
	  .aliases = { "kics:container_traffic_not_bound_to_host_interface", "dclint:no-unbound-port-interfaces",
		       "CIS-5.14" },
	  NET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a port is published on all addresses",
	  .why = "Docker's rules come before ufw's and firewalld's: every machine that reaches the host reaches the "
		 "port.",
	  .remedy = "Bind it to 127.0.0.1, or to the address it is meant for.",
	  .bad = "ports: [\"8080:80\"]",
	  .good = "ports: [\"127.0.0.1:8080:80\"]",
	  .argument = 0,
	  .check = check_open_ports },
	{ .id = "CMP-302",
	  NET,
	  .severity = STK_SEV_HIGH,
	  .title = "a data or administration port is published on all addresses",
	  .why = "These ports are scanned for all day; many a breach is a database that was meant for the project "
		 "alone.",
	  .remedy = "Take it out of ports (services reach it anyway), or bind it to 127.0.0.1.",
	  .bad = "ports: [\"5432:5432\"]",
	  .good = "ports: [\"127.0.0.1:5432:5432\"]",
	  .argument = 1,
	  .check = check_open_ports },
	{ .id = "CMP-303",
	  .aliases = { "kics:privileged_ports_mapped_in_container", "CIS-5.8" },
	  NET,
	  .severity = STK_SEV_LOW,
	  .title = "a privileged port of the host is taken",
	  .why = "It stands in for a system service of the host.",
	  .remedy = "Use a port above 1023 or a proxy.",
	  .bad = "ports: [\"53:53/udp\"]",
	  .check = check_low_ports },
	{ .id = "CMP-304",
	  .aliases = { "CIS-5.9" },
	  NET,
	  .severity = STK_SEV_LOW,
	  .title = "more than a hundred ports are published at once",
	  .why = "Ports that nobody watches are open.",
	  .remedy = "Publish the ports that are needed.",
	  .bad = "ports: [\"10000-20000:10000-20000\"]",
	  .check = check_wide_ranges },
	{ .id = "CMP-305",
	  .aliases = { "dclint:no-duplicate-exported-ports" },
	  NET,
	  .severity = STK_SEV_LOW,
	  .title = "a host port is published twice",
	  .why = "One of the services does not start, or another than meant answers.",
	  .remedy = "Give each its own port.",
	  .bad = "ports: [\"80:80\"]",
	  .check = check_twice },
	{ .id = "CMP-306",
	  .aliases = { "dclint:require-quotes-in-ports" },
	  NET,
	  .severity = STK_SEV_LOW,
	  .title = "a port mapping reads as a number to base 60",
	  .why = "Tools that read YAML 1.1 see another port than Compose does.",
	  .remedy = "Quote it.",
	  .bad = "ports: [22:22]",
	  .good = "ports: [\"22:22\"]",
	  .check = check_base_60 },
	{ .id = "CMP-307",
	  .aliases = { "CIS-5.30" },
	  NET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "joins the default bridge",
	  .why = "All containers on docker0 reach each other, those of other projects too.",
	  .remedy = "Take network_mode: bridge out.",
	  .bad = "network_mode: bridge",
	  .check = check_default_bridge },
	{ .id = "CMP-308",
	  .aliases = { "CIS-7.3" },
	  NET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "overlay network in clear text",
	  .why = "VXLAN packets between hosts can be read and forged by anybody on the way.",
	  .remedy = "Set driver_opts: encrypted.",
	  .bad = "networks:\n  back:\n    driver: overlay",
	  .check = check_overlays },
	{ .id = "CMP-309",
	  NET,
	  .severity = STK_SEV_INFO,
	  .title = "no segment between published services and data",
	  .why = "What takes over the published service talks to the data store directly.",
	  .remedy = "Put data stores on an internal network of their own.",
	  .bad = "networks: [default]",
	  .check = check_segments },
	{ .id = "CMP-310",
	  NET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a network lets others in",
	  .why = "Ports that were never published can be reached, or strange containers may join.",
	  .remedy = "Use the default gateway mode; take attachable out.",
	  .bad = "driver_opts:\n  com.docker.network.bridge.gateway_mode_ipv4: nat-unprotected",
	  .check = check_gateway_mode },
	{ .id = "CMP-311",
	  NET,
	  .severity = STK_SEV_INFO,
	  .title = "a name for the host",
	  .why = "The program is meant to talk to services of the host, and so can an attacker in it.",
	  .remedy = "Make sure that the host's services ask for credentials.",
	  .bad = "extra_hosts: [\"host.docker.internal:host-gateway\"]",
	  .check = check_extra_hosts },
	{ .id = "CMP-312",
	  .aliases = { "CIS-5.7" },
	  NET,
	  .severity = STK_SEV_LOW,
	  .title = "an SSH server in a container",
	  .why = "It is one more way in with keys of its own to guard; docker exec does the same.",
	  .remedy = "Take it out.",
	  .bad = "ports: [\"2222:22\"]",
	  .check = check_sshd },
};

const struct stk_rule_table stk_compose_network_rules = { "compose", rows, STK_LEN(rows) };
