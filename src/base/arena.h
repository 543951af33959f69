/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One arena a document or a scan: nodes point into it and into each other, nothing is freed singly.
 * Running out of memory ends the process here, in one place, with exit 3. A zeroed struct is an empty arena.
 * Not thread-safe: one arena belongs to one thread at a time.
 */

#include "base/str.h"

struct stk_arena_block;

struct stk_arena {
	struct stk_arena_block *head;
	char *next;
	size_t left;
	size_t total; /* bytes taken from the system so far */
};

/* Frees everything at the end of the scope. */
#define STK_ARENA __attribute__((cleanup(stk_arena_free))) struct stk_arena

/* Memory for n things of the given size, zeroed, aligned for any type; n == 0 gives a valid pointer. */
void *stk_arena_alloc(struct stk_arena *arena, size_t n, size_t size);
/* Enlarges a vector whose n elements fill *cap: returns the new place (the old one stays readable) and sets *cap. */
void *stk_arena_grow(struct stk_arena *arena, const void *old, size_t n, size_t *cap, size_t size);
void stk_arena_free(struct stk_arena *arena);
/* Takes everything back but keeps memory for the next document. What lay on the arena is gone. */
void stk_arena_reset(struct stk_arena *arena);

/* A copy that lives as long as the arena; NUL-terminated behind its end, so that .p can serve as a C string. */
struct stk_str stk_arena_str(struct stk_arena *arena, struct stk_str s);
struct stk_str stk_arena_printf(struct stk_arena *arena, const char *fmt, ...) STK_PRINTF(2, 3);
/* a and b behind one another. */
struct stk_str stk_arena_join(struct stk_arena *arena, struct stk_str a, struct stk_str b);
/* ASCII letters in lower case. */
struct stk_str stk_arena_lower(struct stk_arena *arena, struct stk_str s);

#define STK_NEW(arena, type, n) ((type *)stk_arena_alloc((arena), (n), sizeof(type)))

/* A growing vector on an arena: struct { T *v; size_t n, cap; }. Gives a pointer to a new zeroed last element. */
#define STK_PUSH(arena, vec)                                                                                           \
	((vec)->n == (vec)->cap                                                                                        \
		 ? (void)((vec)->v = stk_arena_grow((arena), (vec)->v, (vec)->n, &(vec)->cap, sizeof(*(vec)->v)))      \
		 : (void)0,                                                                                            \
	 &(vec)->v[(vec)->n++])

struct stk_strs {
	struct stk_str *v;
	size_t n, cap;
};

/* Is s, byte for byte, in the list? Looks at every one. */
bool stk_strs_has(const struct stk_strs *list, struct stk_str s);
/* Sorts by byte order. */
void stk_strs_sort(struct stk_strs *list);
