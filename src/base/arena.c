/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks double from 16 KiB to 1 MiB; a larger request gets a block of its own. Every byte is handed out once, so that
 * blocks that come zeroed need no second pass; only small ones, which are often recycled, are zeroed piece by piece.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

/* FIRST_BLOCK is small because many arenas hold one Dockerfile; LARGEST_BLOCK keeps the unused
   rest of a big arena below a megabyte. From ZEROED_FROM on the C library maps fresh pages,
   which are zero already: asking calloc for such a block costs nothing, and clearing it by hand
   would touch every page twice. */
enum { ALIGNMENT = 16, FIRST_BLOCK = 16 << 10, ZEROED_FROM = 128 << 10, LARGEST_BLOCK = 1 << 20 };

/* Under AddressSanitizer a reset really frees, so that a pointer into the document before is
   reported instead of reading the document after. */
#if defined(__SANITIZE_ADDRESS__)
enum { KEEPS_BLOCKS = false };
#elif defined(__has_feature)
enum { KEEPS_BLOCKS = !__has_feature(address_sanitizer) };
#else
enum { KEEPS_BLOCKS = true };
#endif

/* Stands in front of its payload, which begins right behind it. */
struct stk_arena_block {
	struct stk_arena_block *before;
	size_t size; /* of the payload */
	/* Whether the payload came zeroed. A size_t like its neighbours, so that the struct is
	   four words. */
	size_t zeroed;
	size_t padding; /* keeps the payload aligned */
};

/* Nothing here may allocate: no stdio, no atexit handlers. 3 is what every scan that could not
   be completed exits with. */
__attribute__((noreturn)) static void out_of_memory(void)
{
	static const char text[] = "strake: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	_exit(3);
}

/* Makes a new head block with room for at least that many bytes. What was left of the old head
   is given up: at most one request's size of it, since the request did not fit. */
static void add_block(struct stk_arena *arena, size_t bytes)
{
	/* As large as everything so far, so that the number of blocks is logarithmic in what is
	   held. */
	size_t size = arena->total < FIRST_BLOCK ? FIRST_BLOCK : arena->total;
	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < bytes)
		size = bytes;
	/* `bytes` may be close to SIZE_MAX: the sum with the block's head must not wrap. */
	if (size > SIZE_MAX - sizeof(struct stk_arena_block))
		out_of_memory();
	struct stk_arena_block *block =
		size < ZEROED_FROM ? malloc(sizeof(*block) + size) : calloc(1, sizeof(*block) + size);
	if (!block)
		out_of_memory();
	block->zeroed = size >= ZEROED_FROM;
	block->before = arena->head;
	block->size = size;
	arena->head = block;
	arena->next = (char *)(block + 1);
	arena->left = size;
	arena->total += size;
}

/* Room for n things; *taken is its size with padding. Zeroed only where the head block is. */
static void *take(struct stk_arena *arena, size_t n, size_t size, size_t *taken)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
		out_of_memory();
	/* Rounding up keeps arena->next aligned, which add_block makes true for the first
	   request of each block. n == 0 takes nothing, and so may share its address with the
	   next request. */
	bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (bytes > arena->left || !arena->next)
		add_block(arena, bytes);
	assert(bytes % ALIGNMENT == 0 && bytes <= arena->left);
	void *place = arena->next;
	arena->next += bytes;
	arena->left -= bytes;
	*taken = bytes;
	return place;
}

void *stk_arena_alloc(struct stk_arena *arena, size_t n, size_t size)
{
	size_t bytes;
	void *place = take(arena, n, size, &bytes);
	return arena->head->zeroed ? place : memset(place, 0, bytes);
}

void *stk_arena_grow(struct stk_arena *arena, const void *old, size_t n, size_t *cap, size_t size)
{
	/* Long before a capacity could wrap, its product with the size is refused by take(). */
	size_t wanted = *cap ? *cap * 2 : 4, bytes;
	assert(n <= wanted); /* what was there fits in what comes */
	char *place = take(arena, wanted, size, &bytes);
	if (n)
		memcpy(place, old, n * size);
	if (!arena->head->zeroed)
		memset(place + n * size, 0, bytes - n * size);
	*cap = wanted;
	return place;
}

void stk_arena_free(struct stk_arena *arena)
{
	while (arena->head) {
		struct stk_arena_block *before = arena->head->before;
		free(arena->head);
		arena->head = before;
	}
	*arena = (struct stk_arena){ 0 };
}

/* The newest block is the largest but for single large requests. Sanitizers see a use of what was taken back when
 * nothing is kept. */
void stk_arena_reset(struct stk_arena *arena)
{
	struct stk_arena_block *kept = KEEPS_BLOCKS ? arena->head : NULL;
	if (kept)
		arena->head = kept->before;
	stk_arena_free(arena);
	if (!kept)
		return;
	kept->before = NULL;
	/* It was written to: from now on every piece is cleared when it is handed out. */
	kept->zeroed = false;
	*arena =
		(struct stk_arena){ .head = kept, .next = (char *)(kept + 1), .left = kept->size, .total = kept->size };
}

struct stk_str stk_arena_str(struct stk_arena *arena, struct stk_str s)
{
	return stk_arena_join(arena, s, S(""));
}

struct stk_str stk_arena_join(struct stk_arena *arena, struct stk_str a, struct stk_str b)
{
	/* Written whole, so the zeroing of stk_arena_alloc would be lost work: take() it is. */
	size_t bytes;
	char *copy = take(arena, a.n + b.n + 1, 1, &bytes);
	copy[a.n + b.n] = '\0';
	if (a.n)
		memcpy(copy, a.p, a.n);
	if (b.n)
		memcpy(copy + a.n, b.p, b.n);
	return (struct stk_str){ copy, a.n + b.n };
}

struct stk_str stk_arena_lower(struct stk_arena *arena, struct stk_str s)
{
	char *copy = stk_arena_alloc(arena, s.n + 1, 1);
	for (size_t i = 0; i < s.n; i++)
		copy[i] = stk_lower(s.p[i]);
	return (struct stk_str){ copy, s.n };
}

/* Most texts are short: they are formatted once, and only longer ones a second time in their place. */
struct stk_str stk_arena_printf(struct stk_arena *arena, const char *fmt, ...)
{
	char small[256];
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(small, sizeof(small), fmt, args);
	va_end(args);
	/* An encoding error of the C library; the empty text is better than what lies on the
	   stack. */
	if (n < 0)
		small[n = 0] = '\0';
	size_t bytes;
	char *text = take(arena, (size_t)n + 1, 1, &bytes);
	if ((size_t)n < sizeof(small))
		memcpy(text, small, (size_t)n + 1);
	else
		vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct stk_str){ text, (size_t)n };
}

bool stk_strs_has(const struct stk_strs *list, struct stk_str s)
{
	for (size_t i = 0; i < list->n; i++)
		if (stk_str_eq(list->v[i], s))
			return true;
	return false;
}

static int compare_strings(const void *a, const void *b)
{
	return stk_str_compare(*(const struct stk_str *)a, *(const struct stk_str *)b);
}

void stk_strs_sort(struct stk_strs *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), compare_strings);
}
