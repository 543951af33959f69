/* SPDX-License-Identifier: Apache-2.0 */
/* The typed view of a canonical tree. */
#include "compose/model.h"

#include <stdlib.h>

#include "compose/loader.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

static void fill_strings(struct stk_arena *arena, const node *list, struct stk_strs *out)
{
	for (uint32_t i = 0; list && list->type == STK_COMPOSE_LIST && i < list->n; i++)
		*STK_PUSH(arena, out) = list->items[i]->text;
}

/* The ports of the host as numbers, 0 and 0 where the engine chooses or the text is a variable's template. */
static void read_published(struct stk_str text, uint32_t *first, uint32_t *last)
{
	struct stk_str rest = text, from = stk_str_cut(&rest, '-'), to = from.n < text.n ? rest : from;
	uint64_t a, b;
	if (stk_str_u64(from, 10, &a) && stk_str_u64(to, 10, &b) && a <= b && b <= 65535) {
		*first = (uint32_t)a;
		*last = (uint32_t)b;
	}
}

static void fill_ports(struct stk_arena *arena, struct stk_compose_service *s)
{
	const node *ports = stk_compose_get(s->node, "ports");
	for (uint32_t i = 0; i < stk_compose_count(ports); i++) {
		const node *item = ports->items[i], *target = stk_compose_get(item, "target");
		struct stk_compose_port *port = STK_PUSH(arena, &s->ports);
		*port = (struct stk_compose_port){ .node = item,
						   .host_ip = stk_compose_str(item, "host_ip"),
						   .published = stk_compose_str(item, "published"),
						   .protocol =
							   stk_arena_lower(arena, stk_compose_str(item, "protocol")),
						   .mode = stk_compose_str(item, "mode") };
		if (target && target->type == STK_COMPOSE_INT && target->integer > 0 && target->integer <= UINT32_MAX)
			port->target = (uint32_t)target->integer;
		read_published(port->published, &port->host_first, &port->host_last);
	}
}

static void fill_mounts(struct stk_compose *project, struct stk_compose_service *s)
{
	const node *volumes = stk_compose_get(s->node, "volumes");
	for (uint32_t i = 0; i < stk_compose_count(volumes); i++) {
		const node *item = volumes->items[i], *bind = stk_compose_get(item, "bind");
		struct stk_compose_mount *mount = STK_PUSH(project->arena, &s->mounts);
		*mount = (struct stk_compose_mount){ .node = item,
						     .type = stk_compose_str(item, "type"),
						     .source = stk_compose_str(item, "source"),
						     .target = stk_compose_str(item, "target"),
						     .read_only =
							     stk_compose_is_true(stk_compose_get(item, "read_only")),
						     .propagation = stk_compose_str(bind, "propagation"),
						     .selinux = stk_compose_str(bind, "selinux") };
		if (stk_str_is(mount->type, "volume") && mount->source.n)
			mount->volume = stk_compose_volume(project, mount->source);
	}
}

/* 0 for what is missing or no whole number, which is the engine's default for all keys asked so. */
static int64_t whole(const node *map, const char *key)
{
	const node *value = stk_compose_get(map, key);
	return value && value->type == STK_COMPOSE_INT ? value->integer : 0;
}

/* As Compose attaches them: the highest priority first, then by name. */
static int by_priority(const void *a, const void *b)
{
	const struct stk_compose_attachment *x = a, *y = b;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return stk_str_compare(x->name, y->name);
}

static void fill_networks(struct stk_compose *project, struct stk_compose_service *s)
{
	const node *networks = stk_compose_get(s->node, "networks");
	for (uint32_t i = 0; i < stk_compose_count(networks); i++) {
		const struct stk_compose_entry *entry = &networks->entries[i];
		struct stk_compose_attachment *at = STK_PUSH(project->arena, &s->networks);
		*at = (struct stk_compose_attachment){ .name = entry->key,
						       .network = stk_compose_network(project, entry->key),
						       .node = entry->value,
						       .place = entry->place,
						       .ipv4 = stk_compose_str(entry->value, "ipv4_address"),
						       .ipv6 = stk_compose_str(entry->value, "ipv6_address"),
						       .mac = stk_compose_str(entry->value, "mac_address"),
						       .priority = whole(entry->value, "priority"),
						       .gw_priority = whole(entry->value, "gw_priority") };
		fill_strings(project->arena, stk_compose_get(entry->value, "aliases"), &at->aliases);
	}
	if (s->networks.n)
		qsort(s->networks.v, s->networks.n, sizeof(*s->networks.v), by_priority);
}

/* What Compose implies has no place in a file; rules about depends_on leave it alone. */
static void fill_dependencies(struct stk_arena *arena, struct stk_compose_service *s)
{
	const node *map = stk_compose_get(s->node, "depends_on");
	for (uint32_t i = 0; i < stk_compose_count(map); i++) {
		const struct stk_compose_entry *entry = &map->entries[i];
		*STK_PUSH(arena, &s->depends_on) = (struct stk_compose_dependency){
			.service = entry->key,
			.condition = stk_compose_str(entry->value, "condition"),
			.required = stk_compose_is_true(stk_compose_get(entry->value, "required")),
			.implied = !entry->place.yaml,
		};
	}
}

static void fill_lists(struct stk_arena *arena, struct stk_compose_service *s)
{
	const struct {
		const char *key;
		struct stk_strs *out;
	} lists[] = {
		{ "profiles", &s->profiles },
		{ "expose", &s->expose },
		{ "links", &s->links },
		{ "external_links", &s->external_links },
		{ "extra_hosts", &s->extra_hosts },
		{ "cap_add", &s->cap_add },
		{ "cap_drop", &s->cap_drop },
		{ "security_opt", &s->security_opt },
		{ "command", &s->command },
		{ "entrypoint", &s->entrypoint },
	};
	for (size_t i = 0; i < STK_LEN(lists); i++)
		fill_strings(arena, stk_compose_get(s->node, lists[i].key), lists[i].out);
}

static void fill_service(struct stk_compose *project, struct stk_compose_service *s,
			 const struct stk_compose_entry *entry)
{
	const node *map = entry->value;
	*s = (struct stk_compose_service){
		.name = entry->key,
		.place = entry->place,
		.node = map,
		.active = true,
		.image = stk_compose_str(map, "image"),
		.container_name = stk_compose_str(map, "container_name"),
		.hostname = stk_compose_str(map, "hostname"),
		.user = stk_compose_str(map, "user"),
		.build = stk_compose_get(map, "build"),
		.network_mode = stk_compose_str(map, "network_mode"),
		.pid = stk_compose_str(map, "pid"),
		.ipc = stk_compose_str(map, "ipc"),
		.uts = stk_compose_str(map, "uts"),
		.userns_mode = stk_compose_str(map, "userns_mode"),
		.cgroup = stk_compose_str(map, "cgroup"),
		.privileged = stk_compose_is_true(stk_compose_get(map, "privileged")),
		.read_only = stk_compose_is_true(stk_compose_get(map, "read_only")),
	};
	fill_lists(project->arena, s);
	fill_ports(project->arena, s);
	fill_mounts(project, s);
	fill_networks(project, s);
	fill_dependencies(project->arena, s);
}

static void fill_network(struct stk_arena *arena, struct stk_compose_network *n, const struct stk_compose_entry *entry)
{
	const node *map = entry->value, *pools = stk_compose_path(map, "ipam.config"),
		   *ipv4 = stk_compose_get(map, "enable_ipv4");
	*n = (struct stk_compose_network){
		.key = entry->key,
		.name = stk_compose_str(map, "name"),
		.place = entry->place,
		.node = map,
		.driver = stk_compose_str(map, "driver"),
		.internal = stk_compose_is_true(stk_compose_get(map, "internal")),
		.external = stk_compose_is_true(stk_compose_get(map, "external")),
		.attachable = stk_compose_is_true(stk_compose_get(map, "attachable")),
		.ipv6 = stk_compose_is_true(stk_compose_get(map, "enable_ipv6")),
		.ipv4 = !ipv4 || stk_compose_is_true(ipv4),
	};
	for (uint32_t i = 0; i < stk_compose_count(pools); i++)
		if (stk_compose_str(pools->items[i], "subnet").n)
			*STK_PUSH(arena, &n->subnets) = stk_compose_str(pools->items[i], "subnet");
}

/* A local volume with the option "bind" is a folder of the host in disguise: `device` says which. */
static void fill_volume(struct stk_compose_volume *v, const struct stk_compose_entry *entry)
{
	const node *map = entry->value, *options = stk_compose_get(map, "driver_opts");
	struct stk_str driver = stk_compose_str(map, "driver");
	bool local = !driver.n || stk_str_is(driver, "local");
	*v = (struct stk_compose_volume){ .key = entry->key,
					  .name = stk_compose_str(map, "name"),
					  .driver = driver,
					  .place = entry->place,
					  .node = map,
					  .external = stk_compose_is_true(stk_compose_get(map, "external")) };
	if (local && stk_str_contains(stk_compose_str(options, "o"), S("bind")))
		v->device = stk_compose_str(options, "device");
}

static void fill_object(struct stk_compose_object *o, const struct stk_compose_entry *entry)
{
	const node *map = entry->value;
	*o = (struct stk_compose_object){ .key = entry->key,
					  .name = stk_compose_str(map, "name"),
					  .file = stk_compose_str(map, "file"),
					  .environment = stk_compose_str(map, "environment"),
					  .content = stk_compose_str(map, "content"),
					  .place = entry->place,
					  .node = map,
					  .external = stk_compose_is_true(stk_compose_get(map, "external")) };
}

static int by_key(const void *a, const void *b)
{
	return stk_str_compare((*(const struct stk_compose_entry *const *)a)->key,
			       (*(const struct stk_compose_entry *const *)b)->key);
}

/* The entries of a top-level map in the order of their keys; *n says how many. */
static const struct stk_compose_entry **sorted(struct stk_compose *project, const char *kind, size_t *n)
{
	const node *map = stk_compose_get(project->root, kind);
	*n = map && map->type == STK_COMPOSE_MAP ? map->n : 0;
	const struct stk_compose_entry **entries = STK_NEW(project->arena, const struct stk_compose_entry *, *n);
	for (size_t i = 0; i < *n; i++)
		entries[i] = &map->entries[i];
	qsort(entries, *n, sizeof(*entries), by_key);
	return entries;
}

void stk_compose_view(struct stk_compose *project)
{
	size_t n;
	const struct stk_compose_entry **entries = sorted(project, "networks", &n);
	for (size_t i = 0; i < n; i++)
		fill_network(project->arena, STK_PUSH(project->arena, &project->networks), entries[i]);
	entries = sorted(project, "volumes", &n);
	for (size_t i = 0; i < n; i++)
		fill_volume(STK_PUSH(project->arena, &project->volumes), entries[i]);
	entries = sorted(project, "secrets", &n);
	for (size_t i = 0; i < n; i++)
		fill_object(STK_PUSH(project->arena, &project->secrets), entries[i]);
	entries = sorted(project, "configs", &n);
	for (size_t i = 0; i < n; i++)
		fill_object(STK_PUSH(project->arena, &project->configs), entries[i]);
	entries = sorted(project, "services", &n);
	for (size_t i = 0; i < n; i++)
		fill_service(project, STK_PUSH(project->arena, &project->services), entries[i]);
}

/* For bsearch: every row starts with its name, so a struct stk_str can stand for one. */
static int compare_names(const void *a, const void *b)
{
	return stk_str_compare(*(const struct stk_str *)a, *(const struct stk_str *)b);
}

/* The place of a key in a sorted array of structs that start with it, or NULL. */
static const void *search(const void *items, size_t n, size_t size, struct stk_str key)
{
	return n ? bsearch(&key, items, n, size, compare_names) : NULL;
}

const struct stk_compose_service *stk_compose_service(const struct stk_compose *project, struct stk_str name)
{
	return search(project->services.v, project->services.n, sizeof(*project->services.v), name);
}

const struct stk_compose_network *stk_compose_network(const struct stk_compose *project, struct stk_str key)
{
	return search(project->networks.v, project->networks.n, sizeof(*project->networks.v), key);
}

const struct stk_compose_volume *stk_compose_volume(const struct stk_compose *project, struct stk_str key)
{
	return search(project->volumes.v, project->volumes.n, sizeof(*project->volumes.v), key);
}
