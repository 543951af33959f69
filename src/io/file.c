/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See file.h. Output goes to a file beside its place, because rename(2) is atomic only within
 * one file system; a reader sees the old report or the new one, and a full disk costs nothing
 * but the attempt.
 */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

void stk_fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int stk_fd_take(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

/* "PATH: No such file or directory"; errno must still be the failed call's. */
static int fail_errno(struct stk_err *err, const char *path)
{
	stk_fail(err, errno == ENOENT ? STK_ENOTFOUND : STK_EIO, "%s: %s", path, strerror(errno));
	return -1;
}

int stk_file_read_fd(struct stk_arena *arena, int fd, const char *name, size_t limit, struct stk_str *out,
		     struct stk_err *err)
{
	STK_BUF text = stk_buf_new(limit);
	char block[64 << 10] __attribute__((uninitialized)); /* filling it costs more than reading a small file */
	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return stk_fail(err, errno == EISDIR ? STK_EFORMAT : STK_EIO, "%s: %s", name, strerror(errno));
		if (n == 0)
			break;
		stk_buf_add(&text, (struct stk_str){ block, (size_t)n });
		if (text.overflow)
			return stk_fail(err, STK_ELIMIT, "%s: larger than %zu MiB", name, limit >> 20);
	}
	*out = stk_arena_str(arena, stk_buf_str(&text));
	return 0;
}

int stk_file_read(struct stk_arena *arena, const char *path, size_t limit, struct stk_str *out, struct stk_err *err)
{
	if (strcmp(path, "-") == 0)
		return stk_file_read_fd(arena, STDIN_FILENO, "standard input", limit, out, err);
	STK_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, path);
	return stk_file_read_fd(arena, fd, path, limit, out, err);
}

bool stk_file_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool stk_file_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int stk_folder_make(const char *path, unsigned mode, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	char *copy = (char *)(uintptr_t)stk_arena_str(&arena, stk_str_from(path)).p;
	for (char *p = copy + 1; *copy; p++) {
		char end = *p;
		if (end && end != '/')
			continue;
		*p = 0;
		if (mkdir(copy, mode) < 0 && errno != EEXIST && !stk_file_is_dir(copy))
			return fail_errno(err, copy);
		*p = end;
		if (!end)
			break;
	}
	return 0;
}

int stk_folder_make_above(struct stk_str path, unsigned mode, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	return stk_folder_make(stk_arena_str(&arena, stk_str_through_last(path, '/')).p, mode, err);
}

int stk_mapping_open(struct stk_mapping *map, const char *path, struct stk_err *err)
{
	STK_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail_errno(err, path) : stk_mapping_of(map, fd, path, err);
}

int stk_mapping_of(struct stk_mapping *map, int fd, const char *path, struct stk_err *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return fail_errno(err, path);
	if (!S_ISREG(st.st_mode))
		return stk_fail(err, STK_EFORMAT, "%s: not a regular file", path);
	*map = (struct stk_mapping){ .bytes = S("") };
	if (st.st_size == 0)
		return 0;
	void *place = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (place == MAP_FAILED)
		return fail_errno(err, path);
	map->bytes = (struct stk_str){ place, (size_t)st.st_size };
	return 0;
}

void stk_mapping_close(struct stk_mapping *map)
{
	if (map->bytes.n)
		munmap((void *)(uintptr_t)map->bytes.p, map->bytes.n);
	*map = (struct stk_mapping){ 0 };
}

/* mkstemp makes files that only their owner may read. A report gets what open(2) would have
   given it: the mode of the file it replaces, or 0666 less the umask, which can only be read by
   setting it. */
static void keep_mode(int fd, const char *path)
{
	struct stat st;
	mode_t mask = umask(0);
	umask(mask);
	fchmod(fd, stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask);
}

/* Devices, pipes and sockets are written to; to put a file in their place would take them away. */
static bool is_special(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

int stk_output_open(struct stk_output *out, const char *path, struct stk_err *err)
{
	*out = (struct stk_output){ 0 };
	if (is_special(path)) {
		out->stream = fopen(path, "we");
		return out->stream ? 0 : fail_errno(err, path);
	}
	/* A link is followed, so that the file it names is replaced and not the link. */
	out->path = realpath(path, NULL);
	if (!out->path)
		out->path = strdup(path);
	if (!out->path || asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0) {
		out->temporary = NULL;
		stk_output_close(out);
		return stk_fail(err, STK_EIO, "%s: out of memory", path);
	}
	int fd = mkostemp(out->temporary, O_CLOEXEC);
	if (fd < 0) {
		int failed = fail_errno(err, path);
		free(out->temporary);
		out->temporary = NULL;
		stk_output_close(out);
		return failed;
	}
	keep_mode(fd, out->path);
	out->stream = fdopen(fd, "w");
	if (!out->stream) {
		close(fd);
		stk_output_close(out);
		return fail_errno(err, path);
	}
	return 0;
}

int stk_output_commit(struct stk_output *out, struct stk_err *err)
{
	/* fflush and ferror catch the writes, fsync what the kernel finds out later: renaming
	   an unwritten file over a good one is what must not happen. */
	bool written = fflush(out->stream) == 0 && !ferror(out->stream) &&
		       (!out->temporary || fsync(fileno(out->stream)) == 0);
	int failed = 0;
	if (!out->temporary) {
		if (!written)
			failed = fail_errno(err, "output");
		stk_output_close(out);
		return failed;
	}
	if (!written || rename(out->temporary, out->path) < 0)
		failed = fail_errno(err, out->path);
	else {
		free(out->temporary);
		out->temporary = NULL;
	}
	stk_output_close(out);
	return failed;
}

void stk_output_close(struct stk_output *out)
{
	if (out->stream)
		fclose(out->stream);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->path);
	*out = (struct stk_output){ 0 };
}

int stk_file_replace(const char *path, struct stk_str text, struct stk_err *err)
{
	struct stk_output out;
	if (stk_output_open(&out, path, err) < 0)
		return -1;
	fwrite(text.p, 1, text.n, out.stream);
	return stk_output_commit(&out, err);
}
