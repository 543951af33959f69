/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Byte strings stored once each, known by the place where they stand: the STRINGS and WORDS of
 * a database being built. Interning by hash table; nothing is ever taken out. A place is a
 * number and stays valid when the pool grows, which pointers would not.
 */

#include "base/buf.h"

struct stk_pool_entry {
	uint64_t hash;
	uint32_t place, n;
};

struct stk_pool {
	struct stk_buf bytes; /* in units of four */
	bool prefixed;	      /* each is preceded by its length */
	struct stk_pool_entry *slots;
	size_t n, n_slots;
};

/* An empty pool; free it with stk_pool_free(). prefixed: strings can be read back by their place. */
struct stk_pool stk_pool_new(bool prefixed);
void stk_pool_free(struct stk_pool *pool);
/* The place of s, put there when it is new, in units of four bytes; 0 for the empty string. bytes.overflow is set when
 * it is full. */
uint32_t stk_pool_put(struct stk_pool *pool, struct stk_str s);
/* A string of a prefixed pool; valid until the next put. */
struct stk_str stk_pool_get(const struct stk_pool *pool, uint32_t place);
