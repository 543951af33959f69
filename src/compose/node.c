/* SPDX-License-Identifier: Apache-2.0 */
/* Maps keep the order of their keys; those with many get a hash index, so that projects of thousands of services stay
 * linear. */
#include "compose/node.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

/* Smaller maps are searched key by key. */
enum { INDEXED_FROM = 24 };

/* Open addressing with linear steps. A slot holds an entry's number + 1, 0 is free. The table is never more
   than half full. */
static uint32_t *slot_of(const struct stk_compose_node *map, struct stk_str key)
{
	size_t mask = map->n_slots - 1, at = (size_t)stk_str_hash(key) & mask;
	assert(map->n < map->n_slots); /* a free slot ends the search */
	while (map->slots[at] && !stk_str_eq(map->entries[map->slots[at] - 1].key, key))
		at = (at + 1) & mask;
	return &map->slots[at];
}

static void build_index(struct stk_arena *arena, struct stk_compose_node *map)
{
	map->n_slots = 64;
	while (map->n_slots < map->cap * 2)
		map->n_slots *= 2;
	map->slots = STK_NEW(arena, uint32_t, map->n_slots);
	for (uint32_t i = 0; i < map->n; i++)
		*slot_of(map, map->entries[i].key) = i + 1;
}

struct stk_compose_entry *stk_compose_entry(const struct stk_compose_node *map, struct stk_str key)
{
	if (!map || map->type != STK_COMPOSE_MAP)
		return NULL;
	if (map->slots) {
		uint32_t number = *slot_of(map, key);
		return number ? &map->entries[number - 1] : NULL;
	}
	for (uint32_t i = 0; i < map->n; i++) {
		struct stk_str candidate = map->entries[i].key;
		/* Most keys differ in length or last letter: no call for those. */
		if (candidate.n == key.n &&
		    (!key.n || (candidate.p[key.n - 1] == key.p[key.n - 1] && memcmp(candidate.p, key.p, key.n) == 0)))
			return &map->entries[i];
	}
	return NULL;
}

struct stk_compose_node *stk_compose_get_str(const struct stk_compose_node *map, struct stk_str key)
{
	struct stk_compose_entry *entry = stk_compose_entry(map, key);
	return entry ? entry->value : NULL;
}

struct stk_compose_node *stk_compose_get(const struct stk_compose_node *map, const char *key)
{
	return stk_compose_get_str(map, stk_str_from(key));
}

struct stk_compose_node *stk_compose_path(const struct stk_compose_node *node, const char *path)
{
	struct stk_compose_node *at = NULL;
	for (struct stk_str rest = stk_str_from(path); rest.n; node = at) {
		at = stk_compose_get_str(node, stk_str_cut(&rest, '.'));
		if (!at)
			return NULL;
	}
	return at;
}

/* items and entries share one union member's place, so that growing either is the same. */
static void make_room(struct stk_arena *arena, struct stk_compose_node *node, size_t size)
{
	if (node->n < node->cap)
		return;
	assert(node->n == node->cap);
	size_t cap = node->cap;
	node->items = stk_arena_grow(arena, node->items, node->n, &cap, size);
	node->cap = (uint32_t)cap;
}

void stk_compose_reserve(struct stk_arena *arena, struct stk_compose_node *node, size_t n)
{
	if (n <= node->cap || n > UINT32_MAX)
		return;
	if (node->type == STK_COMPOSE_MAP) {
		struct stk_compose_entry *entries = STK_NEW(arena, struct stk_compose_entry, n);
		if (node->n)
			memcpy(entries, node->entries, node->n * sizeof(*entries));
		node->entries = entries;
	} else {
		struct stk_compose_node **items = STK_NEW(arena, struct stk_compose_node *, n);
		if (node->n)
			memcpy(items, node->items, node->n * sizeof(struct stk_compose_node *));
		node->items = items;
	}
	node->cap = (uint32_t)n;
}

void stk_compose_set(struct stk_arena *arena, struct stk_compose_node *map, struct stk_str key,
		     struct stk_compose_place place, struct stk_compose_node *value)
{
	struct stk_compose_entry *entry = stk_compose_entry(map, key);
	if (entry) {
		entry->value = value;
		if (place.yaml)
			entry->place = place;
		return;
	}
	make_room(arena, map, sizeof(*map->entries));
	map->entries[map->n++] = (struct stk_compose_entry){ key, place, value };
	if (map->slots && map->n_slots >= map->n * 2)
		*slot_of(map, key) = map->n;
	else if (map->n >= INDEXED_FROM)
		build_index(arena, map);
}

void stk_compose_remove(struct stk_compose_node *map, struct stk_str key)
{
	struct stk_compose_entry *entry = stk_compose_entry(map, key);
	if (!entry)
		return;
	size_t at = (size_t)(entry - map->entries);
	memmove(entry, entry + 1, (map->n - at - 1) * sizeof(*entry));
	map->n--;
	if (!map->slots)
		return;
	memset(map->slots, 0, map->n_slots * sizeof(*map->slots));
	for (uint32_t i = 0; i < map->n; i++)
		*slot_of(map, map->entries[i].key) = i + 1;
}

void stk_compose_append(struct stk_arena *arena, struct stk_compose_node *list, struct stk_compose_node *item)
{
	make_room(arena, list, sizeof(struct stk_compose_node *));
	list->items[list->n++] = item;
}

struct stk_compose_node *stk_compose_new(struct stk_arena *arena, enum stk_compose_type type,
					 struct stk_compose_place place)
{
	struct stk_compose_node *node = STK_NEW(arena, struct stk_compose_node, 1);
	node->type = type;
	node->place = place;
	return node;
}

struct stk_compose_node *stk_compose_new_str(struct stk_arena *arena, struct stk_str text,
					     struct stk_compose_place place)
{
	struct stk_compose_node *node = stk_compose_new(arena, STK_COMPOSE_STRING, place);
	node->text = text;
	return node;
}

struct stk_compose_node *stk_compose_new_int(struct stk_arena *arena, int64_t value, struct stk_compose_place place)
{
	struct stk_compose_node *node = stk_compose_new(arena, STK_COMPOSE_INT, place);
	node->integer = value;
	return node;
}

struct stk_compose_node *stk_compose_new_bool(struct stk_arena *arena, bool value, struct stk_compose_place place)
{
	struct stk_compose_node *node = stk_compose_new(arena, STK_COMPOSE_BOOL, place);
	node->boolean = value;
	return node;
}

struct stk_compose_node *stk_compose_clone(struct stk_arena *arena, struct stk_compose_node *node, bool share)
{
	struct stk_compose_node *copy = STK_NEW(arena, struct stk_compose_node, 1);
	node->shared |= share;
	*copy = *node;
	if (node->type == STK_COMPOSE_LIST) {
		copy->items = STK_NEW(arena, struct stk_compose_node *, node->n);
		copy->cap = node->n;
		for (uint32_t i = 0; i < node->n; i++)
			copy->items[i] = stk_compose_clone(arena, node->items[i], share);
	} else if (node->type == STK_COMPOSE_MAP) {
		copy->entries = STK_NEW(arena, struct stk_compose_entry, node->n);
		copy->cap = node->n;
		copy->slots = NULL;
		for (uint32_t i = 0; i < node->n; i++) {
			copy->entries[i] = node->entries[i];
			copy->entries[i].value = stk_compose_clone(arena, node->entries[i].value, share);
		}
		if (copy->n >= INDEXED_FROM)
			build_index(arena, copy);
	}
	return copy;
}

static bool equal_maps(const struct stk_compose_node *a, const struct stk_compose_node *b)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (!stk_compose_equal(a->entries[i].value, stk_compose_get_str(b, a->entries[i].key)))
			return false;
	return a->n == b->n;
}

static bool equal_lists(const struct stk_compose_node *a, const struct stk_compose_node *b)
{
	for (uint32_t i = 0; a->n == b->n && i < a->n; i++)
		if (!stk_compose_equal(a->items[i], b->items[i]))
			return false;
	return a->n == b->n;
}

bool stk_compose_equal(const struct stk_compose_node *a, const struct stk_compose_node *b)
{
	if (!a || !b || a->type != b->type)
		return a == b;
	switch (a->type) {
	case STK_COMPOSE_BOOL:
		return a->boolean == b->boolean;
	case STK_COMPOSE_INT:
		return a->integer == b->integer;
	case STK_COMPOSE_FLOAT:
		/* .nan is one value here, though it is not equal to itself as a number: two
		   equal files must compare equal. */
		return a->number == b->number || (isnan(a->number) && isnan(b->number));
	case STK_COMPOSE_STRING:
	case STK_COMPOSE_TIME:
		return stk_str_eq(a->text, b->text);
	case STK_COMPOSE_LIST:
		return equal_lists(a, b);
	case STK_COMPOSE_MAP:
		return equal_maps(a, b);
	default:
		return true;
	}
}

/* As Go's %v: the fewest digits that read back, with an exponent below 1e-4 and from 1e+06 on. */
static struct stk_str print_float(struct stk_arena *arena, double value)
{
	char text[40];
	if (isnan(value))
		return S("NaN");
	if (isinf(value))
		return value > 0 ? S("+Inf") : S("-Inf");
	int digits = 1;
	while (digits < 17 && (snprintf(text, sizeof(text), "%.*e", digits - 1, value), strtod(text, NULL) != value))
		digits++;
	snprintf(text, sizeof(text), "%.*e", digits - 1, value);
	int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	if (value != 0 && (exponent < -4 || exponent >= 6))
		return stk_arena_str(arena, stk_str_from(text));
	return stk_arena_printf(arena, "%.*f", digits - 1 - exponent > 0 ? digits - 1 - exponent : 0, value);
}

struct stk_str stk_compose_text(struct stk_arena *arena, const struct stk_compose_node *node)
{
	if (!node)
		return S("");
	switch (node->type) {
	case STK_COMPOSE_BOOL:
		return node->boolean ? S("true") : S("false");
	case STK_COMPOSE_INT:
		return stk_arena_printf(arena, "%lld", (long long)node->integer);
	case STK_COMPOSE_FLOAT: {
		uint64_t whole; /* beyond int64_t, but still a Go integer */
		return stk_str_u64(node->text, 10, &whole) && whole > INT64_MAX ? node->text
										: print_float(arena, node->number);
	}
	case STK_COMPOSE_STRING:
	case STK_COMPOSE_TIME:
		return node->text;
	default:
		return S("");
	}
}

struct stk_str stk_compose_str(const struct stk_compose_node *map, const char *key)
{
	const struct stk_compose_node *value = stk_compose_get(map, key);
	return value && value->type == STK_COMPOSE_STRING ? value->text : S("");
}

bool stk_compose_is_true(const struct stk_compose_node *node)
{
	return node && node->type == STK_COMPOSE_BOOL && node->boolean;
}

size_t stk_compose_count(const struct stk_compose_node *node)
{
	return node && node->type >= STK_COMPOSE_LIST ? node->n : 0;
}

uint32_t stk_compose_line(struct stk_compose_place place)
{
	return place.yaml ? place.yaml->line : 0;
}

uint32_t stk_compose_column(struct stk_compose_place place)
{
	return place.yaml ? place.yaml->column : 0;
}
