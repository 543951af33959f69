/* SPDX-License-Identifier: Apache-2.0 */
/* What Compose adds to a project before it is used: the default network, dependencies that links and shared namespaces
 * imply, names of resources. */
#include "compose/loader.h"
#include "text/path.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

/* Of what no file says: findings about it point at the service, and fixes leave it alone. */
static const struct stk_compose_place nowhere = { 0 };

static void put(struct stk_compose_loader *l, node *map, struct stk_str key, node *value)
{
	stk_compose_set(l->arena, map, key, nowhere, value);
}

static void put_str(struct stk_compose_loader *l, node *map, const char *key, struct stk_str text)
{
	put(l, map, stk_str_from(key), stk_compose_new_str(l->arena, text, nowhere));
}

static node *get_or_make_map(struct stk_compose_loader *l, node *map, const char *key)
{
	node *value = stk_compose_get(map, key);
	if (value && value->type == STK_COMPOSE_MAP)
		return value;
	value = stk_compose_new(l->arena, STK_COMPOSE_MAP, nowhere);
	put(l, map, stk_str_from(key), value);
	return value;
}

/* Does the service join the default network? Services that name no network do. */
static bool joins_default(struct stk_compose_loader *l, node *service)
{
	if (stk_compose_get(service, "provider") || stk_compose_get(service, "network_mode"))
		return false;
	node *networks = stk_compose_get(service, "networks");
	if (!networks || !stk_compose_count(networks)) {
		networks = stk_compose_new(l->arena, STK_COMPOSE_MAP, nowhere);
		put(l, networks, S("default"), stk_compose_new(l->arena, STK_COMPOSE_NULL, nowhere));
		put(l, service, S("networks"), networks);
		return true;
	}
	return stk_compose_get(networks, "default") != NULL;
}

/* The network exists only where some service joins it; one that a file declares keeps what the file says. */
static void add_default_network(struct stk_compose_loader *l, node *root, node *services)
{
	bool used = false;
	for (uint32_t i = 0; i < services->n; i++)
		used |= joins_default(l, services->entries[i].value);
	if (!used)
		return;
	node *networks = get_or_make_map(l, root, "networks");
	if (!stk_compose_entry(networks, S("default")))
		put(l, networks, S("default"), stk_compose_new(l->arena, STK_COMPOSE_NULL, nowhere));
}

/* A dependency that a file writes itself is stronger than one implied. */
static void imply(struct stk_compose_loader *l, node *dependencies, struct stk_str service, bool restart)
{
	if (stk_compose_entry(dependencies, service))
		return;
	node *dependency = stk_compose_new(l->arena, STK_COMPOSE_MAP, nowhere);
	put_str(l, dependency, "condition", S("service_started"));
	put(l, dependency, S("restart"), stk_compose_new_bool(l->arena, restart, nowhere));
	put(l, dependency, S("required"), stk_compose_new_bool(l->arena, true, nowhere));
	put(l, dependencies, service, dependency);
}

/* "service:alias". A link with two colons or none is taken whole, as Compose does it. */
static void imply_links(struct stk_compose_loader *l, const node *links, node *dependencies)
{
	for (uint32_t i = 0; i < stk_compose_count(links); i++) {
		struct stk_str rest = links->items[i]->text, name = stk_str_cut(&rest, ':');
		bool one_colon = name.n < links->items[i]->text.n && stk_str_find_byte(rest, ':') == SIZE_MAX;
		imply(l, dependencies, one_colon ? name : links->items[i]->text, true);
	}
}

/* "service[:ro]"; containers outside of the project ("container:NAME") are no dependency. restart is false here
   and only here, as in compose-go. */
static void imply_volumes_from(struct stk_compose_loader *l, const node *list, node *dependencies)
{
	for (uint32_t i = 0; i < stk_compose_count(list); i++) {
		struct stk_str rest = list->items[i]->text;
		if (!stk_str_starts(rest, S("container:")))
			imply(l, dependencies, stk_str_cut(&rest, ':'), false);
	}
}

/* Who shares a namespace of another service needs its container before its own can be made. */
static void imply_dependencies(struct stk_compose_loader *l, node *service)
{
	static const char *const namespaces[] = { "network_mode", "ipc", "pid", "uts", "cgroup" };
	node *dependencies = stk_compose_get(service, "depends_on");
	if (!dependencies)
		dependencies = stk_compose_new(l->arena, STK_COMPOSE_MAP, nowhere);
	imply_links(l, stk_compose_get(service, "links"), dependencies);
	for (size_t i = 0; i < STK_LEN(namespaces); i++) {
		struct stk_str mode = stk_compose_str(service, namespaces[i]);
		if (stk_str_starts(mode, S("service:")))
			imply(l, dependencies, stk_str_slice(mode, 8, mode.n), true);
	}
	imply_volumes_from(l, stk_compose_get(service, "volumes_from"), dependencies);
	if (dependencies->n)
		put(l, service, S("depends_on"), dependencies);
}

/* Bare names take their value from the environment; those that have none stay bare, or go. */
static void resolve_names(struct stk_compose_loader *l, node *values, const struct stk_compose_environment *environment,
			  bool keep)
{
	struct stk_str value;
	uint32_t kept = 0;
	for (uint32_t i = 0; values && values->type == STK_COMPOSE_MAP && i < values->n;) {
		struct stk_compose_entry *entry = &values->entries[i];
		bool bare = entry->value->type == STK_COMPOSE_NULL;
		if (bare && stk_compose_environment_get(environment, entry->key, &value)) {
			entry->value = stk_compose_new_str(l->arena, value, entry->value->place);
			entry->value->variable = true;
		} else if (bare && !keep) {
			/* The next entry moved to this index: i stays. */
			stk_compose_remove(values, entry->key);
			continue;
		}
		i++;
	}
	/* The same for the list form, whose items are compacted in place. */
	for (uint32_t i = 0; values && values->type == STK_COMPOSE_LIST && i < values->n; i++) {
		node *item = values->items[i];
		if (item->type == STK_COMPOSE_STRING && stk_str_find_byte(item->text, '=') == SIZE_MAX) {
			if (stk_compose_environment_get(environment, item->text, &value)) {
				item->text = stk_arena_printf(l->arena, STK_FMT "=" STK_FMT, STK_ARG(item->text),
							      STK_ARG(value));
				item->variable = true;
			} else if (!keep) {
				continue;
			}
		}
		values->items[kept++] = item;
	}
	if (values && values->type == STK_COMPOSE_LIST)
		values->n = kept;
}

/* The defaults that `docker compose config` prints. A build argument that the environment does not have is left
   out, so that the Dockerfile's ARG default holds. */
static void complete_build(struct stk_compose_loader *l, node *build, const struct stk_compose_environment *environment)
{
	if (!build || build->type != STK_COMPOSE_MAP)
		return;
	if (!stk_compose_get(build, "context"))
		put_str(l, build, "context", S("."));
	if (!stk_compose_get(build, "dockerfile") && !stk_compose_get(build, "dockerfile_inline"))
		put_str(l, build, "dockerfile", S("Dockerfile"));
	resolve_names(l, stk_compose_get(build, "args"), environment, false);
}

/* Two spellings of one target ("/a", "/a/") would be two mounts otherwise. */
static void clean_targets(struct stk_compose_loader *l, const node *volumes)
{
	for (uint32_t i = 0; i < stk_compose_count(volumes); i++) {
		node *target = stk_compose_get(volumes->items[i], "target");
		if (target && target->type == STK_COMPOSE_STRING)
			target->text = stk_path_clean(l->arena, target->text);
	}
}

static int complete_service(struct stk_compose_loader *l, node *service,
			    const struct stk_compose_environment *environment)
{
	const node *volumes = stk_compose_get(service, "volumes");
	if (stk_str_is(stk_compose_str(service, "pull_policy"), "if_not_present"))
		put_str(l, service, "pull_policy", S("missing"));
	complete_build(l, stk_compose_get(service, "build"), environment);
	resolve_names(l, stk_compose_get(service, "environment"), environment, true);
	imply_dependencies(l, service);
	for (uint32_t i = 0; i < stk_compose_count(volumes); i++)
		if (volumes->items[i]->type == STK_COMPOSE_MAP && !stk_compose_get(volumes->items[i], "target"))
			return stk_compose_fail(l->err, volumes->items[i]->place, "volume is missing a mount target");
	clean_targets(l, volumes);
	return 0;
}

/* Engine names: PROJECT_KEY, or the key alone for what exists outside of the project. A key without a value
   becomes a map here, so that every later step finds one. */
static void name_resources(struct stk_compose_loader *l, node *root, const char *kind)
{
	node *resources = stk_compose_get(root, kind);
	for (uint32_t i = 0; i < stk_compose_count(resources); i++) {
		struct stk_compose_entry *entry = &resources->entries[i];
		if (entry->value->type != STK_COMPOSE_MAP) {
			node *map = stk_compose_new(l->arena, STK_COMPOSE_MAP, entry->value->place);
			map->shared = entry->value->shared;
			entry->value = map;
		}
		const node *name = stk_compose_get(entry->value, "name");
		if (name && name->type != STK_COMPOSE_NULL)
			continue;
		bool external = stk_compose_is_true(stk_compose_get(entry->value, "external"));
		put_str(l, entry->value, "name",
			external ? entry->key
				 : stk_arena_printf(l->arena, STK_FMT "_" STK_FMT, STK_ARG(l->project->name),
						    STK_ARG(entry->key)));
	}
}

int stk_compose_normalize(struct stk_compose_loader *l, node *root, const struct stk_compose_environment *environment)
{
	static const char *const kinds[] = { "networks", "volumes", "configs", "secrets" };
	node *services = stk_compose_get(root, "services");
	put_str(l, root, "name", l->project->name);
	if (services && services->type == STK_COMPOSE_MAP) {
		add_default_network(l, root, services);
		for (uint32_t i = 0; i < services->n; i++)
			if (complete_service(l, services->entries[i].value, environment) < 0)
				return -1;
	}
	for (size_t i = 0; i < STK_LEN(kinds); i++)
		name_resources(l, root, kinds[i]);
	return 0;
}

void stk_compose_resolve_environment(struct stk_compose_loader *l, node *root,
				     const struct stk_compose_environment *environment)
{
	const node *services = stk_compose_get(root, "services"), *configs = stk_compose_get(root, "configs");
	struct stk_str value;
	for (uint32_t i = 0; i < stk_compose_count(services); i++) {
		node *list = stk_compose_get(services->entries[i].value, "environment");
		if (list && list->type == STK_COMPOSE_LIST)
			resolve_names(l, list, environment, true);
	}
	for (uint32_t i = 0; i < stk_compose_count(configs); i++) {
		node *config = configs->entries[i].value;
		if (stk_compose_environment_get(environment, stk_compose_str(config, "environment"), &value))
			put_str(l, config, "content", value);
	}
}
