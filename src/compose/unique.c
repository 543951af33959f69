/* SPDX-License-Identifier: Apache-2.0 */
/* Lists whose items have a key: the last item of a key wins and stands where the first one stood. */
#include "compose/loader.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

struct walk {
	struct stk_compose_loader *l;
};

static int unexpected(struct walk *w, const node *item, const char *what)
{
	return stk_compose_fail(w->l->err, item->place, "%s", what);
}

/* KEY=VALUE and KEY are one variable; lists of plain words have themselves as their key. */
static int name_key(struct walk *w, const node *item, struct stk_str *key)
{
	if (item->type != STK_COMPOSE_STRING)
		return unexpected(w, item, "this item must be a string");
	*key = stk_str_slice(item->text, 0, stk_str_find_byte(item->text, '='));
	return 0;
}

/* Of the long form: the place in the container. */
static int target_key(struct walk *w, const node *item, const char *what, struct stk_str *key)
{
	const node *target = stk_compose_get(item, "target");
	if (!target || target->type != STK_COMPOSE_STRING)
		return stk_compose_fail(w->l->err, item->place, "%s is missing a mount target", what);
	*key = target->text;
	return 0;
}

/* Two mounts on one place: the later one is what the file means. */
static int volume_key(struct walk *w, const node *item, struct stk_str *key)
{
	node *volume;
	if (item->type == STK_COMPOSE_MAP)
		return target_key(w, item, "volume", key);
	if (item->type != STK_COMPOSE_STRING)
		return 0;
	if (stk_compose_parse_volume(w->l, item, &volume) < 0)
		return -1;
	*key = stk_compose_str(volume, "target");
	return 0;
}

/* SOURCE[:TARGET[:PERMISSIONS]]; the place in the container is the source's where none is given. */
static int device_key(struct walk *w, const node *item, struct stk_str *key)
{
	if (item->type == STK_COMPOSE_MAP)
		return target_key(w, item, "device", key);
	struct stk_str rest = item->text, source = stk_str_cut(&rest, ':');
	bool only_source = source.n == item->text.n;
	*key = only_source ? source : stk_str_cut(&rest, ':');
	return 0;
}

static int expose_key(struct walk *w, const node *item, struct stk_str *key)
{
	if (item->type != STK_COMPOSE_STRING && item->type != STK_COMPOSE_INT)
		return unexpected(w, item, "an exposed port must be a whole number or a string");
	*key = stk_compose_text(w->l->arena, item);
	return 0;
}

/* Secrets and configs: where they are mounted, by default below the folder that Compose takes. */
static int mount_key(struct walk *w, const node *item, const char *folder, struct stk_str *key)
{
	if (item->type != STK_COMPOSE_STRING && item->type != STK_COMPOSE_MAP)
		return unexpected(w, item, "this item must be a string or a mapping");
	struct stk_str source = item->type == STK_COMPOSE_MAP ? stk_compose_str(item, "source") : item->text;
	const node *target = stk_compose_get(item, "target");
	if (target && target->type != STK_COMPOSE_STRING)
		return unexpected(w, target, "target must be a string");
	*key = target ? target->text : stk_arena_printf(w->l->arena, "%s/" STK_FMT, folder, STK_ARG(source));
	return 0;
}

/* A number and the same number as text are different keys. */
static struct stk_str typed_text(struct walk *w, const node *value, const char *none)
{
	struct stk_str text = stk_compose_text(w->l->arena, value);
	if (!value)
		return stk_str_from(none);
	return value->type == STK_COMPOSE_STRING ? text : stk_arena_printf(w->l->arena, "#" STK_FMT, STK_ARG(text));
}

/* Host, port and protocol together: the same port on two addresses is two ports. A short form that is not
   expanded yet is its own key. */
static int port_key(struct walk *w, const node *item, struct stk_str *key)
{
	if (item->type != STK_COMPOSE_MAP) {
		*key = stk_compose_text(w->l->arena, item);
		return 0;
	}
	const node *target = stk_compose_get(item, "target");
	if (!target)
		return unexpected(w, item, "port is missing a target port");
	struct stk_str host = typed_text(w, stk_compose_get(item, "host_ip"), "0.0.0.0"),
		       published = typed_text(w, stk_compose_get(item, "published"), "#"),
		       inner = typed_text(w, target, ""),
		       protocol = typed_text(w, stk_compose_get(item, "protocol"), "tcp");
	*key = stk_arena_printf(w->l->arena, STK_FMT ":" STK_FMT ":" STK_FMT "/" STK_FMT, STK_ARG(host),
				STK_ARG(published), STK_ARG(inner), STK_ARG(protocol));
	return 0;
}

static int env_file_key(struct walk *w, const node *item, struct stk_str *key)
{
	const node *path = item->type == STK_COMPOSE_MAP ? stk_compose_get(item, "path") : item;
	if (!path)
		return unexpected(w, item, "env_file is missing its path");
	*key = stk_compose_text(w->l->arena, path);
	return 0;
}

static int key_of(struct walk *w, const node *item, enum stk_compose_unique how, struct stk_str *key)
{
	*key = S("");
	switch (how) {
	case STK_UNIQUE_NAME:
		return name_key(w, item, key);
	case STK_UNIQUE_DEVICE:
		return device_key(w, item, key);
	case STK_UNIQUE_ENV_FILE:
		return env_file_key(w, item, key);
	case STK_UNIQUE_EXPOSE:
		return expose_key(w, item, key);
	case STK_UNIQUE_CONFIG:
		return mount_key(w, item, "", key);
	case STK_UNIQUE_SECRET:
		return mount_key(w, item, "/run/secrets", key);
	case STK_UNIQUE_PORT:
		return port_key(w, item, key);
	case STK_UNIQUE_VOLUME:
		return volume_key(w, item, key);
	default:
		return 0;
	}
}

/* The value of the last, at the place of the first, as compose-go has it. In place: kept never passes i. */
static int keep_last(struct walk *w, node *list, enum stk_compose_unique how)
{
	struct stk_map places = { 0 }; /* key -> &list->items[i] */
	struct stk_str only;
	uint32_t kept = 0;
	if (list->n == 1) /* most lists: their item has to have a key, no more */
		return key_of(w, list->items[0], how, &only);
	for (uint32_t i = 0; i < list->n; i++) {
		struct stk_str key;
		if (key_of(w, list->items[i], how, &key) < 0)
			return -1;
		node ***place = (node ***)stk_map_at(&places, w->l->arena, key);
		if (*place) {
			**place = list->items[i];
			continue;
		}
		list->items[kept] = list->items[i];
		*place = &list->items[kept++];
	}
	list->n = kept;
	return 0;
}

/* Only lists that the schema calls unique change. A list of one item cannot hold a double, but
   its item has to be of the right type all the same. */
static int walk(struct walk *w, node *value, schema *rule)
{
	if (!rule)
		return 0;
	if (value->type == STK_COMPOSE_LIST && rule->unique && (value->n > 1 || rule->unique != STK_UNIQUE_NAME))
		return keep_last(w, value, (enum stk_compose_unique)rule->unique);
	if (value->type == STK_COMPOSE_LIST && rule->unique && value->n)
		return value->items[0]->type == STK_COMPOSE_STRING
			       ? 0
			       : unexpected(w, value->items[0], "this item must be a string");
	for (uint32_t i = 0; value->type == STK_COMPOSE_MAP && i < value->n; i++)
		if (walk(w, value->entries[i].value, stk_compose_schema_of(rule, value->entries[i].key)) < 0)
			return -1;
	return 0;
}

int stk_compose_unique(struct stk_compose_loader *l, node *root, schema *rule)
{
	struct walk w = { .l = l };
	return walk(&w, root, rule);
}
