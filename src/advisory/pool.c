/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over entries that hold hash and place; the bytes themselves stand in one buffer. */
#include "advisory/pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/database_format.h"
#include "base/limits.h"
#include "base/banned.h"

enum { UNIT = 4 };
#define LIMIT_POOL ((size_t)(STK_GIB(16) - STK_MIB(1))) /* what 32 bits can number in units of four */

struct stk_pool stk_pool_new(bool prefixed)
{
	struct stk_pool pool = { .bytes = stk_buf_new(LIMIT_POOL), .prefixed = prefixed };
	if (prefixed)
		stk_buf_repeat(&pool.bytes, 0, 2 * UNIT); /* the empty string, at place 0 */
	return pool;
}

void stk_pool_free(struct stk_pool *pool)
{
	stk_buf_free(&pool->bytes);
	free(pool->slots);
	*pool = (struct stk_pool){ 0 };
}

static const char *bytes_at(const struct stk_pool *pool, uint32_t place)
{
	return pool->bytes.p + (size_t)place * UNIT + (pool->prefixed ? UNIT : 0);
}

struct stk_str stk_pool_get(const struct stk_pool *pool, uint32_t place)
{
	uint32_t n;
	memcpy(&n, pool->bytes.p + (size_t)place * UNIT, sizeof(n));
	return (struct stk_str){ bytes_at(pool, place), n };
}

/* An entry is free when it has no length: the empty string is never put in. */
static struct stk_pool_entry *probe(const struct stk_pool *pool, struct stk_str s, uint64_t hash)
{
	assert(pool->n < pool->n_slots); /* a free slot ends the search */
	size_t slot = stk_database_mix(hash) & (pool->n_slots - 1);
	for (;; slot = (slot + 1) & (pool->n_slots - 1)) {
		struct stk_pool_entry *entry = &pool->slots[slot];
		if (!entry->n ||
		    (entry->hash == hash && entry->n == s.n && memcmp(bytes_at(pool, entry->place), s.p, s.n) == 0))
			return entry;
	}
}

static bool grow(struct stk_pool *pool)
{
	size_t n_slots = pool->n_slots ? pool->n_slots * 2 : 1024;
	struct stk_pool_entry *old = pool->slots, *slots = calloc(n_slots, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t i = 0; i < pool->n_slots; i++) {
		size_t slot = stk_database_mix(old[i].hash) & (n_slots - 1);
		while (old[i].n && slots[slot].n)
			slot = (slot + 1) & (n_slots - 1);
		if (old[i].n)
			slots[slot] = old[i];
	}
	free(old);
	pool->slots = slots;
	pool->n_slots = n_slots;
	return true;
}

static uint32_t append(struct stk_pool *pool, struct stk_str s)
{
	size_t place = pool->bytes.n / UNIT;
	assert(pool->bytes.n % UNIT == 0);
	uint32_t n = (uint32_t)s.n;
	if (pool->prefixed)
		stk_buf_add(&pool->bytes, (struct stk_str){ (const char *)&n, sizeof(n) });
	stk_buf_add(&pool->bytes, s);
	stk_buf_repeat(&pool->bytes, 0, (UNIT - s.n % UNIT) % UNIT);
	return pool->bytes.overflow ? 0 : (uint32_t)place;
}

uint32_t stk_pool_put(struct stk_pool *pool, struct stk_str s)
{
	if (!s.n || pool->bytes.overflow)
		return 0;
	if (s.n > UINT32_MAX || (pool->n * 2 >= pool->n_slots && !grow(pool))) {
		pool->bytes.overflow = true;
		return 0;
	}
	uint64_t hash = stk_str_hash(s);
	struct stk_pool_entry *entry = probe(pool, s, hash);
	if (!entry->n) {
		*entry = (struct stk_pool_entry){ hash, append(pool, s), (uint32_t)s.n };
		pool->n++;
	}
	return entry->place;
}
