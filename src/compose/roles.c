/* SPDX-License-Identifier: Apache-2.0 */
/* Three walks over the tree in its long form: values for what was left out, checks across the keys of one place, and
 * absolute paths. */
#include <string.h>

#include "compose/loader.h"
#include "text/path.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

struct walk {
	struct stk_compose_loader *l;
	struct stk_str directory;
	int (*act)(struct walk *w, node *value, enum stk_compose_role role);
};

/* Calls `act` for every place whose schema gives it a role, parents first. */
static int walk(struct walk *w, node *value, schema *rule)
{
	if (!rule || (rule->role && w->act(w, value, (enum stk_compose_role)rule->role) < 0))
		return rule ? -1 : 0;
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++)
		if (walk(w, value->items[i], rule->items) < 0)
			return -1;
	for (uint32_t i = 0; value->type == STK_COMPOSE_MAP && i < value->n; i++)
		if (walk(w, value->entries[i].value, stk_compose_schema_of(rule, value->entries[i].key)) < 0)
			return -1;
	return 0;
}

static void put_default(struct walk *w, node *map, const char *key, struct stk_str text)
{
	struct stk_compose_place nowhere = { 0 };
	if (!stk_compose_get(map, key))
		stk_compose_set(w->l->arena, map, stk_str_from(key), nowhere,
				stk_compose_new_str(w->l->arena, text, nowhere));
}

/* What Compose fills in before it checks; later steps fill in more (normalize.c). */
static int set_default(struct walk *w, node *value, enum stk_compose_role role)
{
	if (value->type != STK_COMPOSE_MAP)
		return 0;
	switch (role) {
	case STK_ROLE_BUILD:
		put_default(w, value, "context", S("."));
		return 0;
	case STK_ROLE_SECRET_MOUNT:
		if (!stk_compose_get(value, "target"))
			put_default(w, value, "target",
				    stk_arena_printf(w->l->arena, "/run/secrets/" STK_FMT,
						     STK_ARG(stk_compose_str(value, "source"))));
		return 0;
	case STK_ROLE_PORT:
		put_default(w, value, "protocol", S("tcp"));
		put_default(w, value, "mode", S("ingress"));
		return 0;
	case STK_ROLE_DEVICE_REQUEST:
		if (!stk_compose_get(value, "device_ids"))
			put_default(w, value, "count", S("all"));
		return 0;
	default:
		return 0;
	}
}

static int check_external(struct walk *w, const node *volume)
{
	if (!stk_compose_is_true(stk_compose_get(volume, "external")))
		return 0;
	for (uint32_t i = 0; i < volume->n; i++) {
		const struct stk_compose_entry *entry = &volume->entries[i];
		if (!stk_str_is(entry->key, "name") && !stk_str_is(entry->key, "external") &&
		    !stk_str_starts(entry->key, S("x-")))
			return stk_compose_fail(w->l->err, entry->place,
						"conflicting parameters \"external\" and \"" STK_FMT "\" specified",
						STK_ARG(entry->key));
	}
	return 0;
}

/* A secret or config has exactly one source. */
static int check_object(struct walk *w, const node *object, const char *keys)
{
	size_t found = 0;
	for (struct stk_str rest = stk_str_from(keys); rest.n;)
		found += stk_compose_entry(object, stk_str_cut(&rest, '|')) != NULL;
	if (found > 1)
		return stk_compose_fail(w->l->err, object->place, "%s are mutually exclusive", keys);
	if (!found && !stk_compose_get(object, "driver") && !stk_compose_get(object, "external"))
		return stk_compose_fail(w->l->err, object->place, "one of %s must be set", keys);
	return 0;
}

/* What JSON Schema cannot say: conditions over several keys. */
static int check(struct walk *w, node *value, enum stk_compose_role role)
{
	const node *host_ip = stk_compose_get(value, "host_ip");
	switch (role) {
	case STK_ROLE_VOLUME:
		return value->type == STK_COMPOSE_MAP ? check_external(w, value) : 0;
	case STK_ROLE_CONFIG:
		return check_object(w, value, "file|environment|content");
	case STK_ROLE_SECRET:
		return check_object(w, value, "file|environment");
	case STK_ROLE_PORT:
		if (host_ip && (host_ip->type != STK_COMPOSE_STRING || !stk_compose_is_ip(host_ip->text)))
			return stk_compose_fail(w->l->err, host_ip->place, "invalid IP address: \"" STK_FMT "\"",
						STK_ARG(host_ip->text));
		return 0;
	case STK_ROLE_WATCH_PATH:
		return value->text.n ? 0 : stk_compose_fail(w->l->err, value->place, "path can't be blank");
	case STK_ROLE_DEVICE_REQUEST:
		if (stk_compose_get(value, "count") && stk_compose_get(value, "device_ids"))
			return stk_compose_fail(w->l->err, value->place,
						"\"count\" and \"device_ids\" attributes are exclusive");
		return 0;
	default:
		return 0;
	}
}

/* "~" and "~user" both start from $HOME, as Compose does it. */
static struct stk_str expand_home(struct walk *w, struct stk_str path)
{
	if (!path.n || path.p[0] != '~')
		return path;
	for (const char *const *e = w->l->options->environment; e && *e; e++)
		if (strncmp(*e, "HOME=", 5) == 0)
			return stk_path_clean(w->l->arena, stk_arena_printf(w->l->arena, "%s/" STK_FMT, *e + 5,
									    STK_ARG(stk_str_slice(path, 1, path.n))));
	return path;
}

static bool is_windows_absolute(struct stk_str path)
{
	return stk_str_starts(path, S("\\\\")) ||
	       (path.n > 2 && stk_is_alpha(path.p[0]) && path.p[1] == ':' && (path.p[2] == '\\' || path.p[2] == '/'));
}

/* windows: the value may be a path of Windows, which is absolute as it is. */
static void make_absolute(struct walk *w, node *value, bool windows)
{
	if (value->type != STK_COMPOSE_STRING)
		return;
	value->text = expand_home(w, value->text);
	if ((value->text.n || windows) && !(windows && is_windows_absolute(value->text)))
		value->text = stk_path_join(w->l->arena, w->directory, value->text);
}

static bool is_remote_context(struct stk_str text)
{
	static const char *const prefixes[] = { "service:", "https://",	   "http://", "git://",
						"ssh://",   "github.com/", "git@" };
	for (size_t i = 0; i < STK_LEN(prefixes); i++)
		if (stk_str_starts(text, stk_str_from(prefixes[i])))
			return true;
	return stk_str_contains(text, S("://"));
}

/* A bind mount, or a local volume that is one in disguise. */
static int resolve_volume(struct walk *w, node *value, enum stk_compose_role role)
{
	if (value->type != STK_COMPOSE_MAP)
		return 0;
	node *options = stk_compose_get(value, "driver_opts"), *source = stk_compose_get(value, "source");
	if (role == STK_ROLE_MOUNT && stk_str_is(stk_compose_str(value, "type"), "bind")) {
		if (!source)
			return stk_compose_fail(
				w->l->err, value->place,
				"invalid mount config for type \"bind\": field Source must not be empty");
		make_absolute(w, source, true);
	}
	node *device = stk_compose_get(options, "device");
	if (role == STK_ROLE_VOLUME && device && stk_str_is(stk_compose_str(value, "driver"), "local") &&
	    stk_str_is(stk_compose_str(options, "o"), "bind"))
		make_absolute(w, device, true);
	return 0;
}

/* Only local paths: a remote context, an image and a service's name stay. */
static int resolve(struct walk *w, node *value, enum stk_compose_role role)
{
	switch (role) {
	case STK_ROLE_CONTEXT:
		if (!is_remote_context(value->text))
			make_absolute(w, value, false);
		return 0;
	case STK_ROLE_PATH:
	case STK_ROLE_WATCH_PATH:
		make_absolute(w, value, false);
		return 0;
	case STK_ROLE_UNIX_PATH:
		make_absolute(w, value, true);
		return 0;
	case STK_ROLE_MOUNT:
	case STK_ROLE_VOLUME:
		return resolve_volume(w, value, role);
	default:
		return 0;
	}
}

int stk_compose_defaults(struct stk_compose_loader *l, node *root, schema *rule)
{
	struct walk w = { .l = l, .act = set_default };
	return walk(&w, root, rule);
}

int stk_compose_check_roles(struct stk_compose_loader *l, node *root, schema *rule)
{
	struct walk w = { .l = l, .act = check };
	return walk(&w, root, rule);
}

int stk_compose_resolve_paths(struct stk_compose_loader *l, node *root, schema *rule, struct stk_str directory)
{
	struct walk w = { .l = l, .act = resolve, .directory = directory };
	return walk(&w, root, rule);
}
