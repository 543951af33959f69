/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Arenas: one a document or a scan. Nodes point into it and into each other, nothing is freed
 * singly, and the whole parse tree dies with one call.
 *
 * How they are used: a caller makes an arena, hands it down to parsers and rules, which
 * allocate and never free, and lets it go when the last of the facts has been looked at.
 * STK_ARENA frees at the end of a scope; stk_arena_reset keeps the memory for the next document
 * of a loop. A zeroed struct is an empty arena, so that one can be a member of something
 * larger.
 *
 * Running out of memory ends the process here, in one place, with exit status 3: no caller
 * tests for NULL. Not thread-safe: an arena belongs to one thread at a time, and work that is
 * divided among threads gets an arena each.
 *
 * Not for: text that grows step by step (base/buf.h), whose old copies would stay until the
 * end.
 */

#include "base/str.h"

struct stk_arena_block;

/* The members are the arena's own business; callers look at `total` at most. */
struct stk_arena {
	/* The newest block; blocks are linked from new to old. */
	struct stk_arena_block *head;
	/* The unused rest of the newest block. NULL while the arena is empty. */
	char *next;
	size_t left;
	/* Bytes of payload taken from the system so far; the next block's size follows from it. */
	size_t total;
};

/* Frees everything at the end of the scope. */
#define STK_ARENA __attribute__((cleanup(stk_arena_free))) struct stk_arena

/* Memory for n things of the given size, zeroed, aligned to 16 bytes and so for any type; n ==
   0 gives a valid pointer that must not be written to. The product is checked: n may come from
   input that was not. */
void *stk_arena_alloc(struct stk_arena *arena, size_t n, size_t size);
/* Enlarges a vector whose n elements fill *cap: to four elements, then to twice as many each
   time. Returns the new place, with the elements copied and the rest zeroed, and sets *cap. The
   old place stays readable, since an arena takes nothing back; pointers into it go stale
   silently, so keep numbers instead while a vector still grows. STK_PUSH is how it is called. */
void *stk_arena_grow(struct stk_arena *arena, const void *old, size_t n, size_t *cap, size_t size);
/* Gives all memory back and leaves an empty arena, which may be used again. */
void stk_arena_free(struct stk_arena *arena);
/* Takes everything back but keeps memory for the next document. What lay on the arena is gone. */
void stk_arena_reset(struct stk_arena *arena);

/* A copy that lives as long as the arena; NUL-terminated behind its end, so that .p can serve
   as a C string where the text is known to hold no NUL itself. */
struct stk_str stk_arena_str(struct stk_arena *arena, struct stk_str s);
/* Formatted text on the arena, terminated likewise; views go in with STK_FMT and STK_ARG. */
struct stk_str stk_arena_printf(struct stk_arena *arena, const char *fmt, ...) STK_PRINTF(2, 3);
/* a and b behind one another. */
struct stk_str stk_arena_join(struct stk_arena *arena, struct stk_str a, struct stk_str b);
/* ASCII letters in lower case. */
struct stk_str stk_arena_lower(struct stk_arena *arena, struct stk_str s);

/* n zeroed things of a type, as a pointer to the first. */
#define STK_NEW(arena, type, n) ((type *)stk_arena_alloc((arena), (n), sizeof(type)))

/* A growing vector on an arena: struct { T *v; size_t n, cap; }. Gives a pointer to a new zeroed last element. */
#define STK_PUSH(arena, vec)                                                                                           \
	((vec)->n == (vec)->cap                                                                                        \
		 ? (void)((vec)->v = stk_arena_grow((arena), (vec)->v, (vec)->n, &(vec)->cap, sizeof(*(vec)->v)))      \
		 : (void)0,                                                                                            \
	 &(vec)->v[(vec)->n++])

/* A list of views, grown with STK_PUSH; who made the arena owns their bytes. */
struct stk_strs {
	struct stk_str *v;
	size_t n, cap;
};

/* Is s, byte for byte, in the list? Looks at every one: for lists of some dozens. Larger sets
   are an stk_map. */
bool stk_strs_has(const struct stk_strs *list, struct stk_str s);
/* Sorts by byte order, in place: the order in which everything is reported. */
void stk_strs_sort(struct stk_strs *list);
