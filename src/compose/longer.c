/* SPDX-License-Identifier: Apache-2.0 */
/* Short forms become long ones, so that everything behind this step knows one form only. With --no-interpolate, what
 * cannot be parsed stays a string. */
#include "compose/loader.h"
#include "text/path.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

struct walk {
	struct stk_compose_loader *l;
	bool keep_unparsed;
};

/* Of another kind at the same place, with what fixes and rules ask of the original: is it shared, did a
   variable bring it. */
static node *like(struct walk *w, const node *from, enum stk_compose_type type)
{
	node *made = stk_compose_new(w->l->arena, type, from->place);
	made->shared = from->shared;
	made->variable = from->variable;
	made->raw = from->raw;
	made->text = from->text;
	return made;
}

static void put(struct walk *w, node *map, const char *key, node *value)
{
	stk_compose_set(w->l->arena, map, stk_str_from(key), map->place, value);
}

static void put_str(struct walk *w, node *map, const char *key, struct stk_str text)
{
	node *value = stk_compose_new_str(w->l->arena, text, map->place);
	value->shared = map->shared;
	value->variable = map->variable;
	value->raw = map->raw;
	put(w, map, key, value);
}

/* Without a place: no file says it. */
static void put_default(struct walk *w, node *map, const char *key, node *value)
{
	if (!stk_compose_get(map, key))
		stk_compose_set(w->l->arena, map, stk_str_from(key), (struct stk_compose_place){ 0 }, value);
}

static int refuse(struct walk *w, const node *value, const char *what)
{
	return stk_compose_fail(w->l->err, value->place, "%s", what);
}

/* A scalar as the one value of a map: "./x" -> {context: ./x}. */
static node *wrapped(struct walk *w, node *value, const char *key)
{
	node *map = like(w, value, STK_COMPOSE_MAP);
	put(w, map, key, value);
	return map;
}

static node *list_of(struct walk *w, node *value)
{
	node *list = like(w, value, STK_COMPOSE_LIST);
	stk_compose_append(w->l->arena, list, value);
	return list;
}

/* depends_on: names as a map; what the map form leaves out. */
static int lengthen_dependencies(struct walk *w, node **value)
{
	node *from = *value, *map = like(w, from, STK_COMPOSE_MAP);
	for (uint32_t i = 0; from->type == STK_COMPOSE_LIST && i < from->n; i++)
		stk_compose_set(w->l->arena, map, from->items[i]->text, from->items[i]->place,
				like(w, from->items[i], STK_COMPOSE_MAP));
	if (from->type == STK_COMPOSE_LIST)
		*value = map;
	else if (from->type != STK_COMPOSE_MAP)
		return refuse(w, from, "depends_on must be a list or a mapping");
	for (uint32_t i = 0; i < (*value)->n; i++) {
		node *one = (*value)->entries[i].value;
		if (one->type != STK_COMPOSE_MAP)
			return refuse(w, one, "a dependency must be a mapping");
		put_default(w, one, "condition",
			    stk_compose_new_str(w->l->arena, S("service_started"), (struct stk_compose_place){ 0 }));
		put_default(w, one, "required",
			    stk_compose_new_bool(w->l->arena, true, (struct stk_compose_place){ 0 }));
	}
	return 0;
}

/* SOURCE[:TARGET[:PERMISSIONS]]. A fourth part cannot be told from a colon in a name, so Compose refuses it. */
static int lengthen_device(struct walk *w, node **value)
{
	node *from = *value, *map = like(w, from, STK_COMPOSE_MAP);
	struct stk_str parts[4] = { 0 }, rest = from->text;
	size_t n = 0;
	if (from->type != STK_COMPOSE_STRING)
		return from->type == STK_COMPOSE_MAP ? 0 : refuse(w, from, "a device must be a string or a mapping");
	for (size_t colon = 0; n < 4 && colon != SIZE_MAX; n++) {
		colon = stk_str_find_byte(rest, ':');
		parts[n] = stk_str_slice(rest, 0, colon);
		rest = colon == SIZE_MAX ? S("") : stk_str_slice(rest, colon + 1, rest.n);
	}
	if (n == 4 && !w->keep_unparsed)
		return stk_compose_fail(w->l->err, from->place,
					"confusing device mapping, please use long syntax: " STK_FMT,
					STK_ARG(from->text));
	put_str(w, map, "source", parts[0]);
	put_str(w, map, "target", parts[1].n ? parts[1] : parts[0]);
	put_str(w, map, "permissions", n > 2 ? parts[2] : S("rwm"));
	*value = map;
	return 0;
}

/* A path alone is required; {path, required: false} may be missing. */
static int lengthen_env_file(struct walk *w, node **value)
{
	if ((*value)->type == STK_COMPOSE_STRING)
		*value = list_of(w, *value);
	if ((*value)->type != STK_COMPOSE_LIST)
		return refuse(w, *value, "env_file must be a string or a list");
	for (uint32_t i = 0; i < (*value)->n; i++) {
		node **item = &(*value)->items[i];
		if ((*item)->type == STK_COMPOSE_STRING)
			*item = wrapped(w, *item, "path");
		if ((*item)->type == STK_COMPOSE_MAP)
			put_default(w, *item, "required", stk_compose_new_bool(w->l->arena, true, (*item)->place));
	}
	return 0;
}

/* "external: {name: x}" is an old way to write "external: true" and "name: x". */
static int lengthen_external(struct walk *w, node *map)
{
	struct stk_compose_entry *external = stk_compose_entry(map, S("external"));
	if (map->type != STK_COMPOSE_MAP || !external || external->value->type != STK_COMPOSE_MAP)
		return 0;
	node *old = external->value, *name = stk_compose_get(map, "name"), *inner = stk_compose_get(old, "name");
	external->value = stk_compose_new_bool(w->l->arena, true, old->place);
	if (!inner)
		return 0;
	stk_compose_warn(w->l, "external.name is deprecated. Please set name and external: true");
	if (name && !stk_compose_equal(name, inner))
		return refuse(w, old, "name and external.name conflict; only use name");
	if (!name)
		put(w, map, "name", inner);
	return 0;
}

/* A text alone is one request for all devices. */
static int lengthen_gpus(struct walk *w, node **value)
{
	if ((*value)->type == STK_COMPOSE_LIST)
		return 0;
	if ((*value)->type != STK_COMPOSE_STRING)
		return refuse(w, *value, "gpus must be \"all\" or a list");
	node *one = like(w, *value, STK_COMPOSE_MAP);
	put_str(w, one, "count", S("all"));
	*value = list_of(w, one);
	return 0;
}

/* With --no-interpolate an item may be a template that brings the "=" later: then the whole list stays. */
static int lengthen_key_values(struct walk *w, node **value)
{
	node *from = *value, *map = like(w, from, STK_COMPOSE_MAP);
	if (from->type != STK_COMPOSE_LIST)
		return from->type == STK_COMPOSE_MAP ? 0
						     : refuse(w, from, "this must be a list of key=value or a mapping");
	for (uint32_t i = 0; i < from->n; i++) {
		struct stk_str rest = from->items[i]->text;
		if (stk_str_find_byte(rest, '=') == SIZE_MAX)
			return w->keep_unparsed ? 0 : refuse(w, from->items[i], "expected key=value");
		struct stk_str key = stk_str_cut(&rest, '=');
		node *text = like(w, from->items[i], STK_COMPOSE_STRING);
		text->text = rest;
		stk_compose_set(w->l->arena, map, key, text->place, text);
	}
	*value = map;
	return 0;
}

/* networks and models: a name alone is a key without settings. */
static void lengthen_names(struct walk *w, node **value)
{
	node *from = *value, *map = like(w, from, STK_COMPOSE_MAP);
	if (from->type != STK_COMPOSE_LIST)
		return;
	for (uint32_t i = 0; i < from->n; i++)
		stk_compose_set(w->l->arena, map, from->items[i]->text, from->items[i]->place,
				like(w, from->items[i], STK_COMPOSE_NULL));
	*value = map;
}

/* One item may become several, since a range of ports is a port each. */
static int lengthen_ports(struct walk *w, node **value)
{
	node *from = *value, *list = like(w, from, STK_COMPOSE_LIST);
	list->merged = from->merged;
	if (from->type != STK_COMPOSE_LIST)
		return refuse(w, from, "ports must be a list");
	for (uint32_t i = 0; i < from->n; i++) {
		node *item = from->items[i];
		if (item->type == STK_COMPOSE_MAP)
			stk_compose_append(w->l->arena, list, item);
		else if (item->type != STK_COMPOSE_STRING && item->type != STK_COMPOSE_INT)
			return refuse(w, item, "a port must be a whole number, a string or a mapping");
		else if (stk_compose_parse_port(w->l, item, list) < 0)
			return w->keep_unparsed && item->type == STK_COMPOSE_STRING ? 0 : -1;
	}
	*value = list;
	return 0;
}

/* "default", or ID=PATH: any other name without a path is refused. */
static int lengthen_ssh(struct walk *w, node **value)
{
	node *from = *value, *map = like(w, from, STK_COMPOSE_MAP);
	if (from->type != STK_COMPOSE_LIST)
		return from->type == STK_COMPOSE_MAP ? 0 : refuse(w, from, "ssh must be a list or a mapping");
	for (uint32_t i = 0; i < from->n; i++) {
		node *item = from->items[i], *path = like(w, item, STK_COMPOSE_NULL);
		struct stk_str rest = item->text, id = stk_str_cut(&rest, '=');
		if (item->type != STK_COMPOSE_STRING || (id.n == item->text.n && !stk_str_is(id, "default")))
			return stk_compose_fail(w->l->err, item->place, "invalid ssh key \"" STK_FMT "\"",
						STK_ARG(item->text));
		if (id.n < item->text.n) {
			path->type = STK_COMPOSE_STRING;
			path->text = rest;
		}
		stk_compose_set(w->l->arena, map, id, item->place, path);
	}
	*value = map;
	return 0;
}

static int lengthen_volume(struct walk *w, node **value)
{
	node *volume;
	if ((*value)->type == STK_COMPOSE_MAP)
		return 0;
	if ((*value)->type != STK_COMPOSE_STRING)
		return refuse(w, *value, "a volume must be a string or a mapping");
	if (stk_compose_parse_volume(w->l, *value, &volume) < 0)
		return w->keep_unparsed ? 0 : -1;
	node *target = stk_compose_get(volume, "target");
	if (target)
		target->text = stk_path_clean(w->l->arena, target->text);
	*value = volume;
	return 0;
}

/* A text alone is the value of this key. */
static int lengthen_text(struct walk *w, node **value, const char *key)
{
	if ((*value)->type == STK_COMPOSE_STRING)
		*value = wrapped(w, *value, key);
	else if ((*value)->type != STK_COMPOSE_MAP)
		return refuse(w, *value, "this must be a string or a mapping");
	return 0;
}

/* A map is the long form of nearly everything and left as it is. */
static int lengthen(struct walk *w, node **value, enum stk_compose_long how)
{
	bool is_text = (*value)->type == STK_COMPOSE_STRING;
	switch (how) {
	case STK_LONG_BUILD:
		return lengthen_text(w, value, "context");
	case STK_LONG_EXTENDS:
		return lengthen_text(w, value, "service");
	case STK_LONG_DEPENDS:
		return lengthen_dependencies(w, value);
	case STK_LONG_DEVICE:
		return lengthen_device(w, value);
	case STK_LONG_ENV_FILE:
		return lengthen_env_file(w, value);
	case STK_LONG_EXTERNAL:
		return lengthen_external(w, *value);
	case STK_LONG_GPUS:
		return lengthen_gpus(w, value);
	case STK_LONG_KEY_VALUE:
		return lengthen_key_values(w, value);
	case STK_LONG_LIST:
		if (is_text)
			*value = list_of(w, *value);
		return 0;
	case STK_LONG_MOUNT_FILE:
		return lengthen_text(w, value, "source");
	case STK_LONG_NAMES:
		lengthen_names(w, value);
		return 0;
	case STK_LONG_PORTS:
		return lengthen_ports(w, value);
	case STK_LONG_SSH:
		return lengthen_ssh(w, value);
	case STK_LONG_TEXT:
		if (!is_text && (*value)->type < STK_COMPOSE_LIST)
			*value = stk_compose_new_str(w->l->arena, stk_compose_text(w->l->arena, *value),
						     (*value)->place);
		return 0;
	case STK_LONG_ULIMIT:
		return (*value)->type == STK_COMPOSE_MAP || (*value)->type == STK_COMPOSE_INT
			       ? 0
			       : refuse(w, *value, "a limit must be a whole number or a mapping");
	case STK_LONG_VOLUME:
		return lengthen_volume(w, value);
	default:
		return 0;
	}
}

/* Limits of a name that the schema does not know pass it; Compose then reads them by their place, whatever the name,
   and cannot make a limit of a list. Texts became numbers before, where they are some. */
static int refuse_odd(struct walk *w, node *value, schema *rule)
{
	bool limit = rule->open && rule->values && rule->values->longer == STK_LONG_ULIMIT;
	return limit && value->type == STK_COMPOSE_LIST
		       ? refuse(w, value, "a limit must be a whole number or a mapping")
		       : 0;
}

/* Tree and schema side by side, parents before children: a short form that became a map is then
   walked as one. */
static int walk(struct walk *w, node **value, schema *rule)
{
	if (!rule || (rule->longer && lengthen(w, value, (enum stk_compose_long)rule->longer) < 0))
		return rule ? -1 : 0;
	node *at = *value;
	for (uint32_t i = 0; at->type == STK_COMPOSE_LIST && i < at->n; i++)
		if (walk(w, &at->items[i], rule->items) < 0)
			return -1;
	for (uint32_t i = 0; at->type == STK_COMPOSE_MAP && i < at->n; i++) {
		schema *known = stk_compose_schema_of(rule, at->entries[i].key);
		if (walk(w, &at->entries[i].value, known) < 0 ||
		    (!known && refuse_odd(w, at->entries[i].value, rule) < 0))
			return -1;
	}
	return 0;
}

int stk_compose_lengthen(struct stk_compose_loader *l, node **root, schema *rule)
{
	struct walk w = { .l = l, .keep_unparsed = l->options->no_interpolate };
	return walk(&w, root, rule);
}
