/* SPDX-License-Identifier: Apache-2.0 */
/* The streams that stand on nothing else: memory, files, pipes. */
#include "io/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

struct memory_stream {
	struct stk_stream base;
	struct stk_str left;
};

/* Bytes [at, end) of a file; of a pipe, `end` is not looked at. */
struct file_stream {
	struct stk_stream base;
	int fd;
	uint64_t at, end;
};

/* A few dozen bytes at the start of a scan: out of memory here is out of memory anywhere. */
static void *make(size_t size)
{
	void *stream = calloc(1, size);
	if (!stream)
		abort();
	return stream;
}

static void close_plain(struct stk_stream *stream)
{
	free(stream);
}

static ptrdiff_t read_memory(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct memory_stream *memory = (struct memory_stream *)stream;
	(void)err;
	struct stk_str piece = stk_str_slice(memory->left, 0, cap);
	if (piece.n)
		memcpy(out, piece.p, piece.n);
	memory->left = stk_str_slice(memory->left, piece.n, SIZE_MAX);
	return (ptrdiff_t)piece.n;
}

static uint64_t skip_memory(struct stk_stream *stream, uint64_t n)
{
	struct memory_stream *memory = (struct memory_stream *)stream;
	if (n > memory->left.n)
		n = memory->left.n;
	memory->left = stk_str_slice(memory->left, (size_t)n, SIZE_MAX);
	return n;
}

static ptrdiff_t read_file(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct file_stream *file = (struct file_stream *)stream;
	/* The end was asked for once, when the stream was made: a file that grows meanwhile
	   gives nothing more. */
	if (cap > file->end - file->at)
		cap = (size_t)(file->end - file->at);
	for (;;) {
		ssize_t n = cap ? pread(file->fd, out, cap, (off_t)file->at) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return stk_fail(err, STK_EIO, "reading: %s", strerror(errno));
		file->at += (uint64_t)n;
		return n;
	}
}

/* A size that is not known must not be skipped past: what is behind the end of the file was never there. */
static uint64_t skip_file(struct stk_stream *stream, uint64_t n)
{
	struct file_stream *file = (struct file_stream *)stream;
	if (n > file->end - file->at)
		n = file->end - file->at;
	file->at += n;
	return n;
}

static ptrdiff_t read_pipe(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct file_stream *file = (struct file_stream *)stream;
	for (;;) {
		ssize_t n = read(file->fd, out, cap);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return stk_fail(err, STK_EIO, "reading: %s", strerror(errno));
		return n;
	}
}

void stk_stream_close(struct stk_stream *stream)
{
	if (stream)
		stream->close(stream);
}

struct stk_stream *stk_stream_memory(struct stk_str bytes)
{
	struct memory_stream *memory = make(sizeof(*memory));
	memory->base = (struct stk_stream){ read_memory, skip_memory, close_plain };
	memory->left = bytes;
	return &memory->base;
}

struct stk_stream *stk_stream_file(int fd, uint64_t offset, uint64_t size)
{
	struct file_stream *file = make(sizeof(*file));
	/* -1 for a pipe: it then has no bytes, rather than a wrong number of them. */
	off_t length = lseek(fd, 0, SEEK_END);
	uint64_t end = length < 0 ? 0 : (uint64_t)length;
	file->base = (struct stk_stream){ read_file, skip_file, close_plain };
	file->fd = fd;
	file->at = offset < end ? offset : end;
	file->end = size < end - file->at ? file->at + size : end;
	return &file->base;
}

struct stk_stream *stk_stream_fd(int fd)
{
	struct file_stream *file = make(sizeof(*file));
	file->base = (struct stk_stream){ read_pipe, NULL, close_plain };
	file->fd = fd;
	return &file->base;
}
