/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A hash map from strings to pointers on an arena. Keys are not copied. It remembers insertion order, so walking
 * entries[0..n) gives the same order every run. A zeroed struct is an empty map.
 */

#include "base/arena.h"

struct stk_map_entry {
	struct stk_str key;
	void *value;
	uint64_t hash;
};

struct stk_map {
	struct stk_map_entry *entries;
	size_t n, cap;
	uint32_t *slots; /* entry number + 1, or 0 */
	size_t n_slots;
};

/* The value, or NULL. */
void *stk_map_get(const struct stk_map *map, struct stk_str key);
/* Where the value of key stands, made (as NULL) when absent. Valid until the next insertion. */
void **stk_map_at(struct stk_map *map, struct stk_arena *arena, struct stk_str key);
/* Adds key to a set; false when it was there. */
bool stk_map_add(struct stk_map *map, struct stk_arena *arena, struct stk_str key);
