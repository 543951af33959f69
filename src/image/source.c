/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources: a directory's files are opened by name, an archive's members by their offset in it.
 * An archive is indexed once, when it is opened; if it is compressed or a pipe, its plain bytes
 * go to a spool at the same time, so that members can be reached at random afterwards.
 */
#include "image/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "base/banned.h"

enum { LINKS = 16 };

void stk_blob_close(struct stk_blob *blob)
{
	if (blob->own)
		close(blob->fd);
	*blob = (struct stk_blob){ .fd = -1 };
}

int stk_spool_create(struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	const char *folder = getenv("TMPDIR");
	folder = folder && *folder ? folder : "/var/tmp";
	/* A file without a name is gone with the process, however that ends. File systems
	   without O_TMPFILE get a name that is unlinked at once. */
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	struct stk_str path = stk_arena_printf(&arena, "%s/strake.XXXXXX", folder);
	fd = mkostemp((char *)(uintptr_t)path.p, O_CLOEXEC);
	if (fd < 0) {
		stk_fail(err, STK_EIO, "a temporary file in %s: %s", folder, strerror(errno));
		return stk_hint(err, "TMPDIR names the folder for temporary files");
	}
	unlink(path.p);
	return fd;
}

int stk_spool_write(int fd, struct stk_str block, struct stk_err *err)
{
	while (block.n) {
		ssize_t n = write(fd, block.p, block.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			stk_fail(err, STK_EIO, "writing a temporary file: %s", strerror(errno));
			return stk_hint(err, "TMPDIR names the folder for temporary files");
		}
		block = stk_str_slice(block, (size_t)n, SIZE_MAX);
	}
	return 0;
}

/* Follows links between members. NULL with an error. */
static const struct stk_member *find_member(struct stk_image_source *source, struct stk_str name, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	struct stk_str at = stk_member_name(&arena, name);
	for (int links = 0; links <= LINKS; links++) {
		const struct stk_member *member = stk_map_get(&source->members, at);
		if (!member) {
			stk_fail(err, STK_ENOTFOUND, STK_FMT " is not in the archive", STK_ARG(at));
			if (links)
				stk_within(err, STK_FMT, STK_ARG(name));
			return NULL;
		}
		if (!member->link.n)
			return member;
		/* A symbolic link is relative to its own folder, a hard link to the archive's
		   root. */
		struct stk_str folder = member->hard ? S("") : stk_str_through_last(at, '/');
		at = stk_member_name(&arena, stk_arena_join(&arena, folder, member->link));
	}
	stk_fail(err, STK_EFORMAT, STK_FMT ": links in the archive lead nowhere", STK_ARG(name));
	return NULL;
}

/* The name is cleaned first: it stays below the source's folder. A link in the folder may lead out of it; the
   folder is the user's own. */
static int locate_file(struct stk_image_source *source, struct stk_str name, struct stk_blob *blob, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	struct stk_str path = stk_member_name(&arena, name);
	STK_FD fd = openat(source->fd, path.n ? path.p : ".", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return stk_fail(err, errno == ENOENT || errno == ENOTDIR ? STK_ENOTFOUND : STK_EIO, STK_FMT ": %s",
				STK_ARG(path), strerror(errno));
	if (!S_ISREG(st.st_mode))
		return stk_fail(err, STK_EFORMAT, STK_FMT ": not a regular file", STK_ARG(path));
	*blob = (struct stk_blob){ stk_fd_take(&fd), true, 0, (uint64_t)st.st_size };
	return 0;
}

int stk_source_locate(struct stk_image_source *source, struct stk_str name, struct stk_blob *blob, struct stk_err *err)
{
	struct stk_err own;
	if (!err)
		err = &own;
	if (source->directory)
		return locate_file(source, name, blob, err);
	const struct stk_member *member = find_member(source, name, err);
	if (!member)
		return -1;
	if (member->scattered)
		return stk_fail(err, STK_EFORMAT, STK_FMT ": stored as a sparse member", STK_ARG(name));
	*blob = (struct stk_blob){ source->fd, false, member->offset, member->size };
	return 0;
}

struct stk_blob stk_source_whole(const struct stk_image_source *source)
{
	struct stat st;
	uint64_t size = fstat(source->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return (struct stk_blob){ source->fd, false, 0, size };
}

bool stk_source_has(struct stk_image_source *source, struct stk_str name)
{
	struct stk_blob blob;
	if (stk_source_locate(source, name, &blob, NULL) < 0)
		return false;
	stk_blob_close(&blob);
	return true;
}

int stk_source_read(struct stk_image_source *source, struct stk_str name, struct stk_str *out, struct stk_err *err)
{
	struct stk_blob blob;
	if (stk_source_locate(source, name, &blob, err) < 0)
		return -1;
	int failed = 0;
	if (blob.size > STK_LIMIT_MANIFEST)
		failed = stk_fail(err, STK_ELIMIT, STK_FMT ": %llu bytes, more than %zu MiB", STK_ARG(name),
				  (unsigned long long)blob.size, STK_LIMIT_MANIFEST >> 20);
	char *text = failed ? NULL : stk_arena_alloc(source->arena, (size_t)blob.size + 1, 1);
	struct stk_reader *reader =
		failed ? NULL : stk_reader_new(stk_stream_file(blob.fd, blob.offset, blob.size), false);
	if (reader && blob.size) {
		int got = stk_reader_fill(reader, text, (size_t)blob.size, err);
		if (got <= 0)
			failed = got < 0 ? -1 : stk_fail(err, STK_EFORMAT, "is truncated");
		if (failed)
			stk_within(err, STK_FMT, STK_ARG(name));
	}
	stk_reader_close(reader);
	*out = (struct stk_str){ text, (size_t)blob.size };
	stk_blob_close(&blob);
	return failed;
}

/* Zeroed but for what every source has. */
static struct stk_image_source *make(struct stk_arena *arena, struct stk_str path, struct stk_strs *notes)
{
	struct stk_image_source *source = STK_NEW(arena, struct stk_image_source, 1);
	*source = (struct stk_image_source){
		.arena = arena, .path = stk_arena_str(arena, path), .fd = -1, .notes = notes
	};
	return source;
}

/* A stream whose bytes also go to a file. */
struct spooling {
	struct stk_stream base;
	struct stk_stream *from;
	int fd;
	uint64_t done, total;
	const struct stk_image_options *options;
};

static ptrdiff_t read_spooling(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct spooling *s = (struct spooling *)stream;
	ptrdiff_t n = s->from->read(s->from, out, cap, err);
	if (n > 0 && stk_spool_write(s->fd, (struct stk_str){ out, (size_t)n }, err) < 0)
		return -1;
	if (n > 0 && s->options && s->options->progress)
		s->options->progress(s->options->context, s->done += (uint64_t)n, 0);
	return n;
}

static void close_spooling(struct stk_stream *stream)
{
	struct spooling *s = (struct spooling *)stream;
	stk_stream_close(s->from);
	free(s);
}

static struct stk_stream *spool_stream(struct stk_stream *from, int fd, const struct stk_image_options *options)
{
	struct spooling *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	s->base = (struct stk_stream){ read_spooling, NULL, close_spooling };
	s->from = from;
	s->fd = fd;
	s->options = options;
	return &s->base;
}

/* The bytes of `raw` decompressed go to a spool while they are indexed; the spool takes the archive's place unless the
   archive is a file that holds a root file system, which is read once more from the file. */
static int open_spooled(struct stk_image_source *source, struct stk_stream *raw, int fd, bool again,
			const struct stk_image_options *options, struct stk_err *err)
{
	struct stk_stream *plain;
	source->fd = fd;
	if (stk_inflate_open(raw, false, NULL, &plain, err) < 0)
		return -1;
	STK_FD spool = stk_spool_create(err);
	if (spool < 0) {
		stk_stream_close(plain);
		return -1;
	}
	if (stk_archive_index(source, spool_stream(plain, spool, options), again, err) < 0)
		return -1;
	if (source->rootfs && again)
		return 0;
	/* Standard input is not ours to close. */
	if (source->fd > STDERR_FILENO)
		close(source->fd);
	source->fd = stk_fd_take(&spool);
	return 0;
}

int stk_source_open_fd(struct stk_arena *arena, struct stk_str path, int fd, const struct stk_image_options *options,
		       struct stk_strs *notes, struct stk_image_source **out, struct stk_err *err)
{
	struct stk_image_source *source = make(arena, path, notes);
	*out = source;
	source->fd = fd;
	struct stat st;
	if (fstat(fd, &st) < 0)
		return stk_fail(err, STK_EIO, STK_FMT ": %s", STK_ARG(path), strerror(errno));
	if (!S_ISREG(st.st_mode))
		return open_spooled(source, stk_stream_fd(fd), fd, false, options, err) < 0
			       ? stk_within(err, STK_FMT, STK_ARG(path))
			       : 0;
	if (st.st_size == 0)
		return stk_fail(err, STK_EFORMAT, STK_FMT ": the file is empty", STK_ARG(path));
	char start[8];
	ssize_t n = pread(fd, start, sizeof(start), 0);
	bool compressed = n > 0 && stk_compression_sniff((struct stk_str){ start, (size_t)n }) != STK_COMPRESSION_NONE;
	struct stk_stream *stream = stk_stream_file(fd, 0, UINT64_MAX);
	int failed = compressed ? open_spooled(source, stream, fd, true, options, err)
				: stk_archive_index(source, stream, true, err);
	return failed ? stk_within(err, STK_FMT, STK_ARG(path)) : 0;
}

int stk_source_open(struct stk_arena *arena, const char *path, const struct stk_image_options *options,
		    struct stk_strs *notes, struct stk_image_source **out, struct stk_err *err)
{
	if (strcmp(path, "-") == 0)
		return stk_source_open_fd(arena, S("standard input"), STDIN_FILENO, options, notes, out, err);
	STK_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return stk_fail(err, errno == ENOENT || errno == ENOTDIR ? STK_ENOTFOUND : STK_EIO, "%s: %s", path,
				strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return stk_source_open_fd(arena, stk_str_from(path), stk_fd_take(&fd), options, notes, out, err);
	*out = make(arena, stk_str_from(path), notes);
	(*out)->directory = true;
	(*out)->fd = stk_fd_take(&fd);
	return 0;
}

void stk_source_close(struct stk_image_source *source)
{
	if (source && source->fd > STDERR_FILENO)
		close(source->fd);
	if (source)
		source->fd = -1;
}
