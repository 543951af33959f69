/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing at half load. The hash is mixed once more because FNV's low bits are weak. */
#include "base/map.h"

#include <assert.h>

#include "base/banned.h"

static uint64_t hash_of(struct stk_str key)
{
	uint64_t hash = stk_str_hash(key);
	return hash ^ (hash >> 29);
}

/* The slot that holds key, or the free one where it belongs. The loop ends because at least
   half of the slots are free. */
static size_t probe(const struct stk_map *map, struct stk_str key, uint64_t hash)
{
	size_t slot = hash & (map->n_slots - 1);
	assert(map->n_slots && (map->n_slots & (map->n_slots - 1)) == 0 && map->n < map->n_slots);
	while (map->slots[slot]) {
		const struct stk_map_entry *entry = &map->entries[map->slots[slot] - 1];
		if (entry->hash == hash && stk_str_eq(entry->key, key))
			break;
		slot = (slot + 1) & (map->n_slots - 1);
	}
	return slot;
}

static void rehash(struct stk_map *map, struct stk_arena *arena)
{
	/* Entries stay where they are; only the table of numbers is made anew. */
	map->n_slots = map->n_slots ? map->n_slots * 2 : 16;
	map->slots = STK_NEW(arena, uint32_t, map->n_slots);
	for (size_t i = 0; i < map->n; i++)
		map->slots[probe(map, map->entries[i].key, map->entries[i].hash)] = (uint32_t)(i + 1);
}

void *stk_map_get(const struct stk_map *map, struct stk_str key)
{
	if (!map->n)
		return NULL;
	size_t slot = probe(map, key, hash_of(key));
	return map->slots[slot] ? map->entries[map->slots[slot] - 1].value : NULL;
}

static struct stk_map_entry *insert(struct stk_map *map, struct stk_arena *arena, struct stk_str key, bool *fresh)
{
	/* Before probing, even for a key that is there already: probe() needs a free slot to
	   stop at. */
	if (map->n * 2 >= map->n_slots)
		rehash(map, arena);
	uint64_t hash = hash_of(key);
	size_t slot = probe(map, key, hash);
	*fresh = !map->slots[slot];
	if (*fresh) {
		/* Slots hold 32-bit numbers. Four thousand million entries would take 160 GB
		   before this is reached. */
		assert(map->n < UINT32_MAX);
		if (map->n == map->cap)
			map->entries = stk_arena_grow(arena, map->entries, map->n, &map->cap, sizeof(*map->entries));
		map->entries[map->n++] = (struct stk_map_entry){ .key = key, .hash = hash };
		map->slots[slot] = (uint32_t)map->n;
	}
	return &map->entries[map->slots[slot] - 1];
}

void **stk_map_at(struct stk_map *map, struct stk_arena *arena, struct stk_str key)
{
	bool fresh;
	return &insert(map, arena, key, &fresh)->value;
}

bool stk_map_add(struct stk_map *map, struct stk_arena *arena, struct stk_str key)
{
	bool fresh;
	insert(map, arena, key, &fresh);
	return fresh;
}
