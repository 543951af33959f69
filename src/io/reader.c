/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers cut a stream in blocks: in one buffer of their own, or in a ring of buffers that a thread fills ahead, so
 * that decompressing on one core overlaps with what is done with the bytes on another.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "io/stream.h"
#include "base/banned.h"

/* A block is what one round fills: so large that the lock is taken seldom, and eight of them are still but a megabyte.
 */
enum { BLOCK = 128 << 10, SLOTS = 8 };

struct slot {
	char *bytes;
	size_t n;    /* 0: the end */
	bool failed; /* ring.err says why, behind the n bytes */
};

/* Who writes what: the thread fills a slot and then counts `filled` up, the consumer counts
   `taken`, the hasher `hashed`; all three under the lock. A slot's contents are only looked at
   by whoever the counters give it to, and so need no lock. `changed` wakes all who wait, since
   there are at most three. */
struct ring {
	pthread_t thread, hasher;
	bool hashing; /* hasher runs */
	struct stk_digest *tap;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot slots[SLOTS];
	unsigned filled, taken, hashed; /* slots so far; they wrap together with the ring */
	bool stop;
	struct stk_err err;
};

struct stk_reader {
	struct stk_stream *stream;
	struct stk_digest *tap;
	struct stk_str left; /* of the block at hand, not handed out yet */
	uint64_t offset;
	char *block;	    /* without a thread */
	bool ended, failed; /* nothing comes behind `left` */
	struct stk_err err; /* of an error found behind bytes that were still good */
	struct ring *ring;  /* with a thread */
	bool holding;	    /* the consumer still looks at the slot taken last */
};

/* Reads until the block is full, so that blocks are short only at the end. */
static size_t fill_block(struct stk_stream *stream, char *block, bool *failed, struct stk_err *err)
{
	size_t n = 0;
	while (n < BLOCK) {
		ptrdiff_t got = stream->read(stream, block + n, BLOCK - n, err);
		if (got < 0)
			*failed = true;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

/* A slot is free again when it was both taken and hashed. */
static bool is_full(const struct ring *ring)
{
	return ring->filled - ring->taken == SLOTS || (ring->hashing && ring->filled - ring->hashed == SLOTS);
}

/* Hashes slots in order, beside the consumer that reads them. On a thread of its own, so that digesting, inflating and
 * looking at the bytes overlap. */
static void *run_hasher(void *context)
{
	struct ring *ring = context;
	for (;;) {
		pthread_mutex_lock(&ring->lock);
		while (!ring->stop && ring->hashed == ring->filled)
			pthread_cond_wait(&ring->changed, &ring->lock);
		bool stop = ring->stop;
		const struct slot *slot = &ring->slots[ring->hashed % SLOTS];
		pthread_mutex_unlock(&ring->lock);
		if (stop)
			return NULL;
		stk_digest_add(ring->tap, (struct stk_str){ slot->bytes, slot->n });
		pthread_mutex_lock(&ring->lock);
		assert(ring->hashed != ring->filled);
		ring->hashed++;
		pthread_cond_broadcast(&ring->changed);
		pthread_mutex_unlock(&ring->lock);
	}
}

/* Fills slots until the stream ends or breaks: the last slot is the short (perhaps empty) one.
   ring.err is written before `filled` is counted up, which is what publishes it. */
static void *run_ring(void *context)
{
	struct stk_reader *reader = context;
	struct ring *ring = reader->ring;
	for (bool more = true; more;) {
		pthread_mutex_lock(&ring->lock);
		while (!ring->stop && is_full(ring))
			pthread_cond_wait(&ring->changed, &ring->lock);
		struct slot *slot = &ring->slots[ring->filled % SLOTS];
		more = !ring->stop;
		pthread_mutex_unlock(&ring->lock);
		if (!more)
			break;
		slot->n = fill_block(reader->stream, slot->bytes, &slot->failed, &ring->err);
		more = slot->n == BLOCK && !slot->failed;
		pthread_mutex_lock(&ring->lock);
		assert(!is_full(ring)); /* nobody else fills, so the room seen above is still there */
		ring->filled++;
		pthread_cond_broadcast(&ring->changed);
		pthread_mutex_unlock(&ring->lock);
	}
	return NULL;
}

/* Waits for the next slot. The one taken before is given back only now: the consumer's view of
   it was promised to be valid until the next call. */
static struct slot *take_slot(struct stk_reader *reader)
{
	struct ring *ring = reader->ring;
	pthread_mutex_lock(&ring->lock);
	if (reader->holding) {
		ring->taken++;
		pthread_cond_broadcast(&ring->changed);
	}
	while (ring->filled == ring->taken)
		pthread_cond_wait(&ring->changed, &ring->lock);
	assert(ring->filled - ring->taken <= SLOTS);
	pthread_mutex_unlock(&ring->lock);
	reader->holding = true;
	return &ring->slots[ring->taken % SLOTS];
}

/* At the end the digest must be complete before anybody asks for it. */
static void wait_for_hasher(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	while (ring->hashing && ring->hashed != ring->filled)
		pthread_cond_wait(&ring->changed, &ring->lock);
	pthread_mutex_unlock(&ring->lock);
}

/* Makes `left` the next block: 1, 0, -1. An error comes only behind the bytes that were read before it. */
static int refill(struct stk_reader *reader, struct stk_err *err)
{
	if (!reader->ended) {
		if (reader->ring) {
			struct slot *slot = take_slot(reader);
			reader->left = (struct stk_str){ slot->bytes, slot->n };
			reader->failed = slot->failed;
			if (slot->failed)
				reader->err = reader->ring->err;
		} else {
			size_t n = fill_block(reader->stream, reader->block, &reader->failed, &reader->err);
			reader->left = (struct stk_str){ reader->block, n };
		}
		/* fill_block fills to the brim unless the stream is over, so a short block is
		   the last one. */
		reader->ended = reader->left.n < BLOCK || reader->failed;
		if (reader->left.n) {
			/* Without threads the tap is here, on the consumer's own. */
			if (reader->tap)
				stk_digest_add(reader->tap, reader->left);
			return 1;
		}
	}
	if (reader->ring)
		wait_for_hasher(reader->ring);
	if (reader->failed && err)
		*err = reader->err;
	return reader->failed ? -1 : 0;
}

/* False where the system gives no thread (a container's pids limit, say): everything works
   without, more slowly. */
static bool start_ring(struct stk_reader *reader)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	char *bytes = malloc((size_t)SLOTS * BLOCK);
	if (!ring || !bytes)
		abort();
	for (size_t i = 0; i < SLOTS; i++)
		ring->slots[i].bytes = bytes + i * BLOCK;
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->changed, NULL);
	reader->ring = ring;
	if (pthread_create(&ring->thread, NULL, run_ring, reader) == 0)
		return true;
	reader->ring = NULL; /* no thread to be had: work without */
	free(bytes);
	free(ring);
	return false;
}

/* Ends threads that may be waiting for room or for work. Called also in the middle of a stream,
   when a caller has seen enough. */
static void stop_ring(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->stop = true;
	pthread_cond_broadcast(&ring->changed);
	pthread_mutex_unlock(&ring->lock);
	pthread_join(ring->thread, NULL);
	if (ring->hashing)
		pthread_join(ring->hasher, NULL);
	pthread_mutex_destroy(&ring->lock);
	pthread_cond_destroy(&ring->changed);
	free(ring->slots[0].bytes);
	free(ring);
}

struct stk_reader *stk_reader_new(struct stk_stream *stream, bool threaded)
{
	struct stk_reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		abort();
	reader->stream = stream;
	if (threaded && start_ring(reader))
		return reader;
	reader->block = malloc(BLOCK);
	if (!reader->block)
		abort();
	return reader;
}

void stk_reader_tap(struct stk_reader *reader, struct stk_digest *digest)
{
	struct ring *ring = reader->ring;
	if (ring) {
		/* The filling thread runs already, and may be looking at `hashing` in
		   is_full(). */
		pthread_mutex_lock(&ring->lock);
		ring->tap = digest;
		ring->hashing = pthread_create(&ring->hasher, NULL, run_hasher, ring) == 0;
		pthread_mutex_unlock(&ring->lock);
	}
	/* No second thread to be had: hash where blocks are consumed. */
	if (!ring || !ring->hashing)
		reader->tap = digest;
}

int stk_reader_next(struct stk_reader *reader, struct stk_str *block, struct stk_err *err)
{
	return stk_reader_take(reader, UINT64_MAX, block, err);
}

int stk_reader_take(struct stk_reader *reader, uint64_t n, struct stk_str *block, struct stk_err *err)
{
	if (!reader->left.n) {
		int more = refill(reader, err);
		if (more <= 0)
			return more;
	}
	*block = stk_str_slice(reader->left, 0, n < reader->left.n ? (size_t)n : reader->left.n);
	reader->left = stk_str_slice(reader->left, block->n, SIZE_MAX);
	reader->offset += block->n;
	return 1;
}

int stk_reader_fill(struct stk_reader *reader, char *out, size_t n, struct stk_err *err)
{
	for (size_t done = 0; done < n;) {
		struct stk_str piece;
		int more = stk_reader_take(reader, n - done, &piece, err);
		if (more == 0 && done)
			return stk_fail(err, STK_EFORMAT, "ends at byte %llu, where more was to come",
					(unsigned long long)reader->offset);
		if (more <= 0)
			return more;
		memcpy(out + done, piece.p, piece.n);
		done += piece.n;
	}
	return 1;
}

/* Steps over bytes of the stream itself where nobody wants to see them; returns how many. */
static uint64_t skip_stream(struct stk_reader *reader, uint64_t n)
{
	struct stk_stream *stream = reader->stream;
	/* A tap must see every byte, a ring is ahead of us in the stream, and bytes of `left`
	   come first. */
	if (reader->ring || reader->tap || reader->ended || reader->left.n || !stream->skip || n <= BLOCK)
		return 0;
	uint64_t skipped = stream->skip(stream, n - 1); /* the last byte is read, to see that it is there */
	reader->offset += skipped;
	return skipped;
}

int stk_reader_skip(struct stk_reader *reader, uint64_t n, struct stk_err *err)
{
	while (n) {
		n -= skip_stream(reader, n);
		struct stk_str piece;
		int more = stk_reader_take(reader, n, &piece, err);
		if (more == 0)
			return stk_fail(err, STK_EFORMAT, "ends at byte %llu, %llu bytes too early",
					(unsigned long long)reader->offset, (unsigned long long)n);
		if (more < 0)
			return -1;
		n -= piece.n;
	}
	return 0;
}

int stk_reader_drain(struct stk_reader *reader, struct stk_err *err)
{
	struct stk_str piece;
	int more;
	while ((more = stk_reader_next(reader, &piece, err)) > 0)
		;
	return more;
}

uint64_t stk_reader_offset(const struct stk_reader *reader)
{
	return reader->offset;
}

void stk_reader_close(struct stk_reader *reader)
{
	if (!reader)
		return;
	if (reader->ring)
		stop_ring(reader->ring);
	stk_stream_close(reader->stream);
	free(reader->block);
	free(reader);
}
