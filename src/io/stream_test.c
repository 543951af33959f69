/* SPDX-License-Identifier: Apache-2.0 */
/* Streams and readers: the same bytes in whatever pieces, with and without threads. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/stream.h"
#undef skip /* cmocka's: streams have a member of that name */
#include "base/banned.h"

/* Gives n bytes that count up, in pieces of odd sizes, then an end or an error. */
struct counting {
	struct stk_stream base;
	size_t at, n;
	bool fails;
	bool *closed;
};

static char byte_at(size_t i)
{
	return (char)(i * 7 + i / 251);
}

static ptrdiff_t read_counting(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct counting *c = (struct counting *)stream;
	size_t n = 1 + c->at % 9973;
	n = n < cap ? n : cap;
	n = n < c->n - c->at ? n : c->n - c->at;
	if (!n && c->fails)
		return stk_fail(err, STK_EIO, "the wire was cut");
	for (size_t i = 0; i < n; i++)
		out[i] = byte_at(c->at++);
	return (ptrdiff_t)n;
}

static void close_counting(struct stk_stream *stream)
{
	struct counting *c = (struct counting *)stream;
	if (c->closed)
		*c->closed = true;
	free(c);
}

static struct stk_stream *counting(size_t n, bool fails, bool *closed)
{
	struct counting *c = calloc(1, sizeof(*c));
	assert_non_null(c);
	*c = (struct counting){ { read_counting, NULL, close_counting }, 0, n, fails, closed };
	return &c->base;
}

static const size_t sizes[] = { 0, 1, 131071, 131072, 131073, 5 * 131072, 3000017 };

CASE(readers_give_every_byte_once)
{
	for (size_t i = 0; i < 2 * STK_LEN(sizes); i++) {
		size_t n = sizes[i / 2], at = 0;
		bool closed = false;
		struct stk_err err;
		struct stk_str block;
		struct stk_reader *reader = stk_reader_new(counting(n, false, &closed), i % 2);
		int more;
		while ((more = stk_reader_take(reader, 1 + at % 4099, &block, &err)) > 0) {
			assert_true(block.n >= 1 && block.n <= 1 + at % 4099);
			for (size_t k = 0; k < block.n; k++)
				assert_int_equal(block.p[k], byte_at(at + k));
			at += block.n;
			assert_int_equal(stk_reader_offset(reader), at);
		}
		assert_int_equal(more, 0);
		assert_int_equal(at, n);
		assert_int_equal(stk_reader_next(reader, &block, &err), 0);
		stk_reader_close(reader);
		assert_true(closed);
	}
}

CASE(errors_come_behind_the_good_bytes)
{
	for (size_t i = 0; i < 2 * STK_LEN(sizes); i++) {
		struct stk_err err = { 0 };
		struct stk_reader *reader = stk_reader_new(counting(sizes[i / 2], true, NULL), i % 2);
		assert_int_equal(stk_reader_drain(reader, &err), -1);
		assert_int_equal(stk_reader_offset(reader), sizes[i / 2]);
		assert_string_equal(err.msg, "the wire was cut");
		assert_int_equal(stk_reader_drain(reader, &err), -1);
		stk_reader_close(reader);
	}
}

CASE(fill_and_skip)
{
	for (int threaded = 0; threaded < 2; threaded++) {
		char out[300000];
		struct stk_err err = { 0 };
		struct stk_reader *reader = stk_reader_new(counting(1000000, false, NULL), threaded);
		assert_int_equal(stk_reader_fill(reader, out, 10, &err), 1);
		assert_int_equal(stk_reader_skip(reader, 200000, &err), 0);
		assert_int_equal(stk_reader_fill(reader, out, sizeof(out), &err), 1);
		for (size_t i = 0; i < sizeof(out); i++)
			assert_int_equal(out[i], byte_at(200010 + i));
		assert_int_equal(stk_reader_skip(reader, 499989, &err), 0);
		assert_int_equal(stk_reader_fill(reader, out, 2, &err), -1);
		assert_non_null(strstr(err.msg, "ends at byte 1000000"));
		assert_int_equal(stk_reader_fill(reader, out, 1, &err), 0);
		assert_int_equal(stk_reader_skip(reader, 1, &err), -1);
		assert_non_null(strstr(err.msg, "1 bytes too early"));
		stk_reader_close(reader);
	}
}

CASE(taps_digest_everything)
{
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < 2 * STK_LEN(sizes); i++) {
		size_t n = sizes[i / 2];
		char *all = stk_arena_alloc(&arena, n, 1);
		for (size_t k = 0; k < n; k++)
			all[k] = byte_at(k);
		struct stk_digest digest = { 0 };
		struct stk_err err;
		stk_digest_begin(&digest, STK_SHA256);
		struct stk_reader *reader = stk_reader_new(counting(n, false, NULL), i % 2);
		stk_reader_tap(reader, &digest);
		if (n > 200000)
			assert_int_equal(stk_reader_skip(reader, 150000, &err), 0);
		assert_int_equal(stk_reader_drain(reader, &err), 0);
		struct stk_str got = stk_digest_end_text(&digest, &arena);
		assert_str(got, stk_digest_text(&arena, STK_SHA256, (struct stk_str){ all, n }).p);
		stk_reader_close(reader);
		stk_digest_free(&digest);
	}
}

CASE(closing_early_stops_the_threads)
{
	for (int tap = 0; tap < 2; tap++) {
		bool closed = false;
		struct stk_digest digest = { 0 };
		struct stk_str block;
		struct stk_err err;
		stk_digest_begin(&digest, STK_SHA256);
		struct stk_reader *reader = stk_reader_new(counting(STK_MIB(64), false, &closed), true);
		if (tap)
			stk_reader_tap(reader, &digest);
		assert_int_equal(stk_reader_next(reader, &block, &err), 1);
		stk_reader_close(reader);
		assert_true(closed);
		stk_digest_free(&digest);
	}
}

CASE(files_are_read_in_pieces_and_skipped)
{
	char path[] = "build-test/stream-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	unlink(path);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(write(fd, &(char){ byte_at(i) }, 1), 1);
	struct {
		uint64_t offset, size;
		size_t want;
	} pieces[] = {
		{ 0, UINT64_MAX, 1000 }, { 10, 20, 20 },	  { 990, 20, 10 },
		{ 1000, 5, 0 },		 { 2000, UINT64_MAX, 0 }, { UINT64_MAX, 1, 0 },
	};
	for (size_t i = 0; i < STK_LEN(pieces); i++) {
		char out[2000];
		struct stk_err err;
		struct stk_stream *stream = stk_stream_file(fd, pieces[i].offset, pieces[i].size);
		assert_int_equal(stream->read(stream, out, sizeof(out), &err), pieces[i].want);
		for (size_t k = 0; k < pieces[i].want; k++)
			assert_int_equal(out[k], byte_at(pieces[i].offset + k));
		stk_stream_close(stream);
		stream = stk_stream_file(fd, pieces[i].offset, pieces[i].size);
		assert_int_equal(stream->skip(stream, 3000), pieces[i].want);
		assert_int_equal(stream->read(stream, out, sizeof(out), &err), 0);
		stk_stream_close(stream);
	}
	close(fd);
}

CASE(memory_and_pipes)
{
	char out[8];
	struct stk_err err;
	int ends[2];
	struct stk_stream *stream = stk_stream_memory(S("0123456789"));
	assert_int_equal(stream->skip(stream, 4), 4);
	assert_int_equal(stream->read(stream, out, sizeof(out), &err), 6);
	assert_memory_equal(out, "456789", 6);
	assert_int_equal(stream->skip(stream, 4), 0);
	stk_stream_close(stream);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "pipe", 4), 4);
	close(ends[1]);
	stream = stk_stream_fd(ends[0]);
	assert_int_equal(stream->read(stream, out, sizeof(out), &err), 4);
	assert_int_equal(stream->read(stream, out, sizeof(out), &err), 0);
	stk_stream_close(stream);
	close(ends[0]);
	stream = stk_stream_fd(-1);
	assert_int_equal(stream->read(stream, out, sizeof(out), &err), -1);
	stk_stream_close(stream);
	stk_stream_close(NULL);
	stk_reader_close(NULL);
}
