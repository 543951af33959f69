/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of a megabyte hold many small files, or a part of a large one. A block that ends inside a file, or begins
 * inside one, belongs to the thread that has the file's beginning; any thread takes the others.
 */
#include "secret/crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "secret/tree.h"
#include "base/banned.h"

enum { MOST_SEARCHERS = 16, FILES = 1024, NOBODY = -1 };
#define BLOCK STK_MIB(1)

/* A file, or the part of one that stands in a block: path, then bytes. */
struct part {
	uint64_t number;
	size_t path, bytes, end; /* offsets in the block: [path, bytes) and [bytes, end) */
	bool first, last;
};

struct block {
	struct block *next;
	struct part parts[FILES];
	size_t n, used, most; /* parts; bytes; most bytes there ever were */
	int owner;
	char p[BLOCK];
};

/* What a file came to: found.v[first] to [first + n - 1] of its searcher, and as many gaps. */
struct outcome {
	uint64_t number;
	const struct stk_secret_scan *scan;
	size_t first, n, first_gap, n_gaps;
};

struct searcher {
	struct stk_secret_crew *crew;
	pthread_t thread;
	int index;
	struct stk_arena arena; /* the scan's, and the outcomes' */
	struct stk_secret_scan *scan;
	size_t before, gaps_before; /* of the file that is being searched */
	struct {
		struct outcome *v;
		size_t n, cap;
	} outcomes;
};

struct stk_secret_crew {
	pthread_mutex_t mutex;
	pthread_cond_t filled, emptied;
	struct block *queue, **end, *spare; /* blocks that wait, oldest first; blocks to be filled */
	size_t busy;			    /* blocks that wait or are being searched */
	bool over;
	struct searcher searchers[MOST_SEARCHERS];
	size_t n;
	/* Of the thread that hands files over: */
	struct block *filling;
	uint64_t files;
	int owner, latest; /* who has the open file, or NOBODY; who had the last large one */
};

/* Files without a finding or a gap leave nothing behind. */
static void note(struct searcher *s, uint64_t number)
{
	struct outcome outcome = { .number = number,
				   .scan = s->scan,
				   .first = s->before,
				   .n = s->scan->found.n - s->before,
				   .first_gap = s->gaps_before,
				   .n_gaps = s->scan->gaps.n - s->gaps_before };
	if (outcome.n || outcome.n_gaps)
		*STK_PUSH(&s->arena, &s->outcomes) = outcome;
}

/* A file that lies in one block is searched as a text; one in several as pieces. */
static void search(struct searcher *s, const struct block *block)
{
	for (size_t i = 0; i < block->n; i++) {
		const struct part *part = &block->parts[i];
		struct stk_str path = { block->p + part->path, part->bytes - part->path };
		struct stk_str bytes = { block->p + part->bytes, part->end - part->bytes };
		if (part->first) {
			s->before = s->scan->found.n;
			s->gaps_before = s->scan->gaps.n;
		}
		if (part->first && part->last) {
			stk_secret_scan_text(s->scan, path, bytes);
		} else {
			if (part->first)
				stk_secret_begin(s->scan, path);
			stk_secret_piece(s->scan, bytes);
			if (part->last) /* a layer that breaks off is its reader's gap already */
				stk_secret_end(s->scan, true);
		}
		if (part->last)
			note(s, part->number);
	}
}

/* The oldest block that this searcher may take: one of its own, or anybody's while it has no file open. */
static struct block *take(struct stk_secret_crew *crew, int index, bool open)
{
	for (struct block **at = &crew->queue; *at; at = &(*at)->next) {
		struct block *block = *at;
		if (block->owner != index && (open || block->owner != NOBODY))
			continue;
		*at = block->next;
		if (!*at)
			crew->end = at;
		return block;
	}
	return NULL;
}

/* A searcher with a file open takes its own blocks only: pieces of a file must come in order. */
static void *run(void *context)
{
	struct searcher *s = context;
	struct stk_secret_crew *crew = s->crew;
	bool open = false;
	pthread_mutex_lock(&crew->mutex);
	for (;;) {
		struct block *block = take(crew, s->index, open);
		if (!block && crew->over)
			break;
		if (!block) {
			pthread_cond_wait(&crew->filled, &crew->mutex);
			continue;
		}
		pthread_mutex_unlock(&crew->mutex);
		search(s, block);
		open = block->n && !block->parts[block->n - 1].last;
		pthread_mutex_lock(&crew->mutex);
		block->next = crew->spare;
		crew->spare = block;
		crew->busy--;
		pthread_cond_signal(&crew->emptied);
	}
	pthread_mutex_unlock(&crew->mutex);
	return NULL;
}

/* Two for each searcher: one to be searched, one that waits. */
static bool add_block(struct stk_secret_crew *crew)
{
	struct block *block = malloc(sizeof(*block));
	if (!block)
		return false;
	block->next = crew->spare;
	block->used = block->most = 0;
	crew->spare = block;
	return true;
}

/* false when there is no memory or no thread for another one; those before it go on. */
static bool start(struct stk_secret_crew *crew, const struct stk_secret_engine *engine)
{
	struct searcher *s = &crew->searchers[crew->n];
	s->crew = crew;
	s->index = (int)crew->n;
	s->scan = stk_secret_scan_new(engine, &s->arena);
	if (add_block(crew) && add_block(crew) && pthread_create(&s->thread, NULL, run, s) == 0) {
		crew->n++;
		return true;
	}
	stk_secret_scan_free(s->scan);
	stk_arena_free(&s->arena);
	return false;
}

struct stk_secret_crew *stk_secret_crew_new(const struct stk_secret_engine *engine, unsigned threads)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = threads ? threads : processors > 0 ? (size_t)processors : 1;
	struct stk_secret_crew *crew = n > 1 ? calloc(1, sizeof(*crew)) : NULL;
	if (!crew)
		return NULL;
	pthread_mutex_init(&crew->mutex, NULL);
	pthread_cond_init(&crew->filled, NULL);
	pthread_cond_init(&crew->emptied, NULL);
	crew->end = &crew->queue;
	crew->owner = NOBODY;
	while (crew->n < n && crew->n < MOST_SEARCHERS && start(crew, engine))
		;
	if (crew->n)
		return crew;
	stk_secret_crew_free(crew, NULL);
	return NULL;
}

/* The block to write to, which has room. */
static struct block *filling(struct stk_secret_crew *crew)
{
	if (crew->filling)
		return crew->filling;
	pthread_mutex_lock(&crew->mutex);
	while (!crew->spare)
		pthread_cond_wait(&crew->emptied, &crew->mutex);
	struct block *block = crew->spare;
	crew->spare = block->next;
	pthread_mutex_unlock(&crew->mutex);
	block->next = NULL;
	block->n = block->used = 0;
	block->owner = crew->owner;
	return crew->filling = block;
}

/* All are woken, since only the owner may take a block that has one. */
static void hand_over(struct stk_secret_crew *crew)
{
	struct block *block = crew->filling;
	if (!block || !block->n)
		return;
	crew->filling = NULL;
	block->most = block->used > block->most ? block->used : block->most;
	pthread_mutex_lock(&crew->mutex);
	*crew->end = block;
	crew->end = &block->next;
	crew->busy++;
	pthread_cond_broadcast(&crew->filled);
	pthread_mutex_unlock(&crew->mutex);
}

/* The open file goes on in another block: both have one owner. */
static void go_on(struct stk_secret_crew *crew)
{
	struct block *block = crew->filling;
	struct part *open = &block->parts[block->n - 1];
	uint64_t number = open->number;
	if (crew->owner == NOBODY)
		crew->owner = crew->latest = (crew->latest + 1) % (int)crew->n;
	block->owner = crew->owner;
	hand_over(crew);
	block = filling(crew);
	block->parts[block->n++] = (struct part){ .number = number };
}

uint64_t stk_secret_crew_begin(struct stk_secret_crew *crew, struct stk_str path)
{
	struct block *block = filling(crew);
	path = stk_str_slice(path, 0, BLOCK / 2);
	if (block->n == FILES || BLOCK - block->used <= path.n) {
		hand_over(crew);
		block = filling(crew);
	}
	struct part part = { .number = crew->files, .path = block->used, .first = true };
	if (path.n)
		memcpy(block->p + block->used, path.p, path.n);
	part.bytes = part.end = block->used += path.n;
	block->parts[block->n++] = part;
	return crew->files++;
}

void stk_secret_crew_piece(struct stk_secret_crew *crew, struct stk_str bytes)
{
	while (bytes.n) {
		if (crew->filling->used == BLOCK)
			go_on(crew);
		struct block *block = crew->filling;
		size_t room = BLOCK - block->used, n = bytes.n < room ? bytes.n : room;
		memcpy(block->p + block->used, bytes.p, n);
		block->parts[block->n - 1].end = block->used += n;
		bytes = stk_str_slice(bytes, n, bytes.n);
	}
}

void stk_secret_crew_end(struct stk_secret_crew *crew)
{
	crew->filling->parts[crew->filling->n - 1].last = true;
	if (crew->owner == NOBODY)
		return;
	hand_over(crew);
	crew->owner = NOBODY;
}

static int by_number(const void *a, const void *b)
{
	const struct outcome *x = a, *y = b;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void add(struct stk_secret_scan *scan, const struct outcome *outcome,
		void (*found)(void *context, uint64_t number, size_t first, size_t n), void *context)
{
	size_t first = scan->found.n;
	for (size_t i = 0; i < outcome->n; i++)
		*STK_PUSH(scan->arena, &scan->found) =
			stk_secret_copy(scan->arena, &outcome->scan->found.v[outcome->first + i]);
	for (size_t i = 0; i < outcome->n_gaps; i++) {
		const struct stk_secret_gap *gap = &outcome->scan->gaps.v[outcome->first_gap + i];
		*STK_PUSH(scan->arena, &scan->gaps) = (struct stk_secret_gap){ stk_arena_str(scan->arena, gap->what),
									       stk_arena_str(scan->arena, gap->why) };
	}
	if (outcome->n)
		found(context, outcome->number, first, outcome->n);
}

void stk_secret_crew_collect(struct stk_secret_crew *crew, struct stk_secret_scan *scan,
			     void (*found)(void *context, uint64_t number, size_t first, size_t n), void *context)
{
	STK_ARENA arena = { 0 };
	struct {
		struct outcome *v;
		size_t n, cap;
	} all = { 0 };
	hand_over(crew);
	pthread_mutex_lock(&crew->mutex);
	while (crew->busy)
		pthread_cond_wait(&crew->emptied, &crew->mutex);
	for (size_t i = 0; i < crew->n; i++) {
		struct searcher *s = &crew->searchers[i];
		for (size_t k = 0; k < s->outcomes.n; k++)
			*STK_PUSH(&arena, &all) = s->outcomes.v[k];
		s->outcomes.n = 0;
	}
	pthread_mutex_unlock(&crew->mutex);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), by_number);
	for (size_t i = 0; i < all.n; i++)
		add(scan, &all.v[i], found, context);
}

/* What files hold does not stay in freed memory. */
static void free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;
		explicit_bzero(block->p, block->most > block->used ? block->most : block->used);
		free(block);
		block = next;
	}
}

void stk_secret_crew_free(struct stk_secret_crew *crew, struct stk_secret_scan *scan)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->mutex);
	crew->over = true;
	pthread_cond_broadcast(&crew->filled);
	pthread_mutex_unlock(&crew->mutex);
	for (size_t i = 0; i < crew->n; i++) {
		struct searcher *s = &crew->searchers[i];
		pthread_join(s->thread, NULL);
		if (scan) {
			scan->weaker += s->scan->weaker;
			scan->spoilt += s->scan->spoilt;
			scan->bytes += s->scan->bytes;
		}
		stk_secret_scan_free(s->scan);
		stk_arena_free(&s->arena);
	}
	free_blocks(crew->filling);
	free_blocks(crew->queue);
	free_blocks(crew->spare);
	pthread_cond_destroy(&crew->filled);
	pthread_cond_destroy(&crew->emptied);
	pthread_mutex_destroy(&crew->mutex);
	free(crew);
}
