/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A hash map from strings to pointers on an arena; with stk_map_add, a set. Keys are not
 * copied: their bytes must live as long as the map. It remembers insertion order, so walking
 * entries[0..n) gives the same order every run, which is what keeps reports stable. A zeroed
 * struct is an empty map. Nothing can be taken out again.
 *
 * The hash is not seeded, so that runs are comparable; keys chosen to collide make a lookup
 * linear, which the ceilings on the number of things in a document bound.
 */

#include "base/arena.h"

/* Walk entries[0..n); keys and values may be read, and values written, in place. */
struct stk_map_entry {
	struct stk_str key;
	void *value;
	/* As stk_map_get computes it: kept, so that growing does not read the keys again. */
	uint64_t hash;
};

struct stk_map {
	struct stk_map_entry *entries;
	size_t n, cap;
	/* A table of n_slots, a power of two: entry number + 1, or 0 for a free slot. */
	uint32_t *slots;
	size_t n_slots;
};

/* The value, or NULL; which also stands for a key that was added to a set (stk_map_add stores
   NULL). */
void *stk_map_get(const struct stk_map *map, struct stk_str key);
/* Where the value of key stands, made (as NULL) when absent. Valid until the next insertion. */
void **stk_map_at(struct stk_map *map, struct stk_arena *arena, struct stk_str key);
/* Adds key to a set; false when it was there. */
bool stk_map_add(struct stk_map *map, struct stk_arena *arena, struct stk_str key);
