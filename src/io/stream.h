/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Bytes to be pulled, from wherever they come: a file, memory, a decompressor over another
 * stream. A stream owns what it stands on: closing the outermost closes all.
 *
 * Two layers. A stk_stream is what a source implements: read, perhaps skip, close. A stk_reader
 * is what everything else consumes: it cuts a stream in blocks, counts the offset, digests on
 * the way, and may run the stream on a thread of its own. Typical order: stk_stream_file,
 * stk_inflate_open over it, stk_reader_new over that, stk_reader_tap for a digest, then
 * next/take/fill/skip until 0, stk_reader_close.
 *
 * Reading is forward only. One thread consumes a reader; the threads inside are the reader's
 * own.
 */

#include "base/err.h"
#include "io/digest.h"

/* Implementations put this first in a struct of their own and cast. */
struct stk_stream {
	/* Fills up to cap (> 0) bytes of out; returns how many, 0 at the end, -1 with an error. */
	ptrdiff_t (*read)(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err);
	/* Goes over n bytes without reading them, or NULL where that is not possible. Returns how many were there to
	 * skip. */
	uint64_t (*skip)(struct stk_stream *stream, uint64_t n);
	void (*close)(struct stk_stream *stream);
};

/* Closes; NULL is fine. */
void stk_stream_close(struct stk_stream *stream);

/* Bytes in memory that stay where they are. */
struct stk_stream *stk_stream_memory(struct stk_str bytes);
/* `size` bytes of a file from `offset` on (UINT64_MAX: to its end), read with pread: several streams may share a
   descriptor. The descriptor stays the caller's. */
struct stk_stream *stk_stream_file(int fd, uint64_t offset, uint64_t size);
/* A pipe or socket, read to its end. The descriptor stays the caller's. */
struct stk_stream *stk_stream_fd(int fd);

/*
 * A stream cut in blocks, the form in which the rest of the program consumes bytes. Every block passes through `tap`
 * when one is set, so that a digest costs no second walk.
 */
struct stk_reader;

/* Takes the stream over. A threaded reader pulls from the stream on a thread of its own, a few blocks ahead. */
struct stk_reader *stk_reader_new(struct stk_stream *stream, bool threaded);
/* Digests everything that is read, skipped bytes too; to be called before the first read. A threaded reader digests on
   yet another thread: the digest is complete when the end was reached. */
void stk_reader_tap(struct stk_reader *reader, struct stk_digest *digest);
/* The next block, never empty, valid until the next call; 1, 0 at the end, -1. */
int stk_reader_next(struct stk_reader *reader, struct stk_str *block, struct stk_err *err);
/* At most n bytes, at least 1: as stk_reader_next, the rest of the block stays for the next call. */
int stk_reader_take(struct stk_reader *reader, uint64_t n, struct stk_str *block, struct stk_err *err);
/* Exactly n bytes copied to out: 1; 0 when the stream ended before the first of them; an error when it ends between. */
int stk_reader_fill(struct stk_reader *reader, char *out, size_t n, struct stk_err *err);
/* Goes over n bytes; an error when the stream is shorter. */
int stk_reader_skip(struct stk_reader *reader, uint64_t n, struct stk_err *err);
/* Reads to the end, for the digest's sake. */
int stk_reader_drain(struct stk_reader *reader, struct stk_err *err);
/* Bytes handed out or skipped so far. */
uint64_t stk_reader_offset(const struct stk_reader *reader);
void stk_reader_close(struct stk_reader *reader);
