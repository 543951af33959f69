/* SPDX-License-Identifier: Apache-2.0 */
/* How a later file, or a service that extends another, changes what stood before (compose-spec 13-merge.md). */
#include <stdlib.h>
#include <string.h>

#include "compose/loader.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

/* Key by key, each by its own rule. `merged` marks a map whose keys come from several files: an edit of one of
   them would not mend the whole. */
static int merge_maps(struct stk_compose_loader *l, node *base, node *over, schema *rule)
{
	base->merged |= base->place.source != over->place.source;
	for (uint32_t i = 0; i < over->n; i++) {
		struct stk_compose_entry *theirs = &over->entries[i], *ours = stk_compose_entry(base, theirs->key);
		if (!ours)
			stk_compose_set(l->arena, base, theirs->key, theirs->place, theirs->value);
		else if (stk_compose_merge(l, &ours->value, theirs->value, stk_compose_schema_of(rule, theirs->key)) <
			 0)
			return -1;
	}
	return 0;
}

/* Two kinds that cannot be laid over each other, as a list over a mapping. */
static int clash(struct stk_compose_loader *l, const node *base, const node *over)
{
	static const char *const kinds[] = { "nothing",	 "a boolean", "a number", "a number",
					     "a string", "a date",    "a list",	  "a mapping" };
	return stk_compose_fail(l->err, over->place, "cannot override %s with %s", kinds[base->type],
				kinds[over->type]);
}

/* Stands where `like` stood; a list or map made of shared text is shared too, so that no fix edits it. */
static node *empty(struct stk_compose_loader *l, enum stk_compose_type type, const node *like)
{
	node *made = stk_compose_new(l->arena, type, like->place);
	made->shared = like->shared;
	return made;
}

static int by_text(const void *a, const void *b)
{
	return stk_str_compare((*(node *const *)a)->text, (*(node *const *)b)->text);
}

/* "key=value" as the list form writes it, "key" alone for a null: the container then takes it from the
   environment. `raw` keeps what stood there before variables were replaced. */
static void append_pair(struct stk_compose_loader *l, node *list, struct stk_str key, const node *value)
{
	struct stk_str text = key;
	if (value->type != STK_COMPOSE_NULL) {
		struct stk_str printed = stk_compose_text(l->arena, value);
		text = stk_arena_printf(l->arena, STK_FMT "=" STK_FMT, STK_ARG(key), STK_ARG(printed));
	}
	node *item = stk_compose_new_str(l->arena, text, value->place);
	item->variable = value->variable;
	item->shared = value->shared;
	if (value->raw.n)
		item->raw = stk_arena_printf(l->arena, STK_FMT "=" STK_FMT, STK_ARG(key), STK_ARG(value->raw));
	stk_compose_append(l->arena, list, item);
}

/* A map as a sorted list of k=v, a string as a list of one. */
static node *as_list(struct stk_compose_loader *l, node *value)
{
	if (value->type == STK_COMPOSE_LIST)
		return value;
	node *list = empty(l, STK_COMPOSE_LIST, value);
	if (value->type == STK_COMPOSE_STRING)
		stk_compose_append(l->arena, list, value);
	for (uint32_t i = 0; value->type == STK_COMPOSE_MAP && i < value->n; i++) {
		const struct stk_compose_entry *entry = &value->entries[i];
		for (uint32_t k = 0; entry->value->type == STK_COMPOSE_LIST && k < entry->value->n; k++)
			append_pair(l, list, entry->key, entry->value->items[k]);
		if (entry->value->type != STK_COMPOSE_LIST)
			append_pair(l, list, entry->key, entry->value);
	}
	if (value->type == STK_COMPOSE_MAP && list->n)
		qsort(list->items, list->n, sizeof(list->items[0]), by_text);
	return list;
}

static void append_all(struct stk_compose_loader *l, node *list, const node *more)
{
	list->merged |= list->place.source != more->place.source && more->n;
	for (uint32_t i = 0; i < more->n; i++)
		stk_compose_append(l->arena, list, more->items[i]);
}

/* Appended only: which of two items with one key stays is decided behind the merge, by stk_compose_unique. */
static int merge_sequences(struct stk_compose_loader *l, node **base, node *over)
{
	*base = as_list(l, *base);
	append_all(l, *base, as_list(l, over));
	return 0;
}

/* What is the same in both stands once. */
static int merge_hosts(struct stk_compose_loader *l, node **base, node *over)
{
	node *more = as_list(l, over), *kept = empty(l, STK_COMPOSE_LIST, over);
	*base = as_list(l, *base);
	for (uint32_t i = 0; i < more->n; i++) {
		bool there = false;
		for (uint32_t k = 0; k < (*base)->n && !there; k++)
			there = stk_compose_equal((*base)->items[k], more->items[i]);
		if (!there)
			stk_compose_append(l->arena, kept, more->items[i]);
	}
	append_all(l, *base, kept);
	return 0;
}

static void set_default(struct stk_compose_loader *l, node *map, const char *key, node *value)
{
	stk_compose_set(l->arena, map, stk_str_from(key), (struct stk_compose_place){ 0 }, value);
}

/* A list of names as a map of nulls, or of what depends_on means by a bare name. */
static node *as_map(struct stk_compose_loader *l, node *value, bool dependencies)
{
	if (value->type == STK_COMPOSE_MAP)
		return value;
	node *map = empty(l, STK_COMPOSE_MAP, value);
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++) {
		node *item = value->items[i], *made = empty(l, dependencies ? STK_COMPOSE_MAP : STK_COMPOSE_NULL, item);
		if (dependencies) {
			set_default(l, made, "condition",
				    stk_compose_new_str(l->arena, S("service_started"), item->place));
			set_default(l, made, "required", stk_compose_new_bool(l->arena, true, item->place));
		}
		stk_compose_set(l->arena, map, item->text, item->place, made);
	}
	return map;
}

static int merge_as_maps(struct stk_compose_loader *l, node **base, node *over, schema *rule, bool dependencies)
{
	*base = as_map(l, *base, dependencies);
	return merge_maps(l, *base, as_map(l, over, dependencies), rule);
}

/* `build: ./folder` is short for `build: {context: ./folder}`. */
static node *as_build(struct stk_compose_loader *l, node *value)
{
	if (value->type != STK_COMPOSE_STRING)
		return value;
	node *map = empty(l, STK_COMPOSE_MAP, value);
	stk_compose_set(l->arena, map, S("context"), value->place, value);
	return map;
}

static int merge_builds(struct stk_compose_loader *l, node **base, node *over, schema *rule)
{
	*base = as_build(l, *base);
	over = as_build(l, over);
	if ((*base)->type != STK_COMPOSE_MAP || over->type != STK_COMPOSE_MAP)
		return clash(l, *base, over);
	return merge_maps(l, *base, over, rule);
}

/* Options of one driver mean nothing to another. */
static int merge_logging(struct stk_compose_loader *l, node **base, node *over, schema *rule)
{
	if ((*base)->type != STK_COMPOSE_MAP || over->type != STK_COMPOSE_MAP)
		return clash(l, *base, over);
	const node *ours = stk_compose_get(*base, "driver"), *theirs = stk_compose_get(over, "driver");
	if (!ours || !theirs || stk_compose_equal(ours, theirs))
		return merge_maps(l, *base, over, rule);
	*base = over;
	return 0;
}

/* Where the pool with this subnet stands, or NULL. Pools without a subnet count as the same. */
static node **with_subnet(const node *pools, const node *subnet)
{
	for (uint32_t i = 0; i < pools->n; i++)
		if (stk_compose_equal(stk_compose_get(pools->items[i], "subnet"), subnet))
			return &pools->items[i];
	return NULL;
}

/* Pools with the same subnet are merged; a pool with another one takes the earlier one's place, as Compose 2.40 has it.
 */
static int merge_pools(struct stk_compose_loader *l, node **base, node *over, schema *rule)
{
	if ((*base)->type != STK_COMPOSE_LIST || over->type != STK_COMPOSE_LIST)
		return clash(l, *base, over);
	node *pools = empty(l, STK_COMPOSE_LIST, *base);
	for (uint32_t i = 0; i < (*base)->n; i++) {
		node *ours = (*base)->items[i];
		for (uint32_t k = 0; k < over->n; k++) {
			node *theirs = over->items[k];
			const node *subnet = stk_compose_get(theirs, "subnet");
			if (ours->type != STK_COMPOSE_MAP || theirs->type != STK_COMPOSE_MAP)
				return clash(l, ours, theirs);
			if (!stk_compose_equal(subnet, stk_compose_get(ours, "subnet")) &&
			    !with_subnet(pools, subnet)) {
				stk_compose_append(l->arena, pools, theirs);
				continue;
			}
			if (merge_maps(l, ours, theirs, rule ? rule->items : NULL) < 0)
				return -1;
			node **same = with_subnet(pools, stk_compose_get(ours, "subnet"));
			if (same)
				*same = ours;
			else
				stk_compose_append(l->arena, pools, ours);
		}
	}
	*base = pools;
	return 0;
}

/* Maps key by key, lists one behind the other, scalars replaced; a null in the later file changes nothing.
   Everything below STK_COMPOSE_LIST in the enum is a scalar. */
static int merge_default(struct stk_compose_loader *l, node **base, node *over, schema *rule)
{
	if (over->type == STK_COMPOSE_NULL)
		return 0;
	if ((*base)->type < STK_COMPOSE_LIST) {
		*base = over;
		return 0;
	}
	if ((*base)->type != over->type)
		return clash(l, *base, over);
	if (over->type == STK_COMPOSE_MAP)
		return merge_maps(l, *base, over, rule);
	append_all(l, *base, over);
	return 0;
}

int stk_compose_merge(struct stk_compose_loader *l, node **base, node *over, schema *rule)
{
	enum stk_compose_merge how = rule ? (enum stk_compose_merge)rule->merge : STK_MERGE_DEFAULT;
	if (how == STK_MERGE_REPLACE || how == STK_MERGE_LATER) {
		*base = over;
		return 0;
	}
	/* Nothing on one side leaves the other as it is, whatever the rule. */
	if (over->type == STK_COMPOSE_NULL || (*base)->type == STK_COMPOSE_NULL) {
		if ((*base)->type == STK_COMPOSE_NULL)
			*base = over;
		if (how == STK_MERGE_SEQUENCE && (*base)->type != STK_COMPOSE_NULL)
			*base = as_list(l, *base);
		return 0;
	}
	switch (how) {
	case STK_MERGE_SEQUENCE:
		return merge_sequences(l, base, over);
	case STK_MERGE_NAMES:
		return merge_as_maps(l, base, over, rule, false);
	case STK_MERGE_DEPENDS:
		return merge_as_maps(l, base, over, rule, true);
	case STK_MERGE_BUILD:
		return merge_builds(l, base, over, rule);
	case STK_MERGE_HOSTS:
		return merge_hosts(l, base, over);
	case STK_MERGE_IPAM:
		return merge_pools(l, base, over, rule);
	case STK_MERGE_LOGGING:
		return merge_logging(l, base, over, rule);
	default:
		return merge_default(l, base, over, rule);
	}
}
