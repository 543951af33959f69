/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root file systems: a directory is walked as if it were a layer of its own, in byte order of
 * the names, without following links. Everything goes by descriptors (openat with O_NOFOLLOW):
 * a directory that is being changed meanwhile, or made to mislead, cannot lead out of its tree.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/limits.h"
#include "image/scanner.h"
#include "io/file.h"
#include "base/banned.h"

enum { DEEPEST = 200, BLOCK = 128 << 10 };

/* File systems that hold no files of anybody's: <linux/magic.h>. */
static const unsigned pseudo[] = {
	0x9fa0 /* proc */,	     0x62656572 /* sysfs */,  0x64626720 /* debugfs */, 0x74726163 /* tracefs */,
	0x73636673 /* securityfs */, 0xcafe4a11 /* bpf */,    0x27e0eb /* cgroup */,	0x63677270 /* cgroup2 */,
	0x1cd1 /* devpts */,	     0x6165676c /* pstore */, 0x19800202 /* mqueue */,	0x62656570 /* configfs */,
	0x958458f6 /* hugetlbfs */,
};

/* The walk down one tree: the path so far, for messages and entries, and the file system that
   it stays on. */
struct folder_walk {
	struct stk_scanner *s;
	struct stk_buf path;
	dev_t device;
	char block[BLOCK];
};

struct file_contents {
	struct stk_contents base;
	int fd;
	char *block;
};

static int next_of_file(struct stk_contents *contents, struct stk_str *block, struct stk_err *err)
{
	struct file_contents *file = (struct file_contents *)contents;
	for (;;) {
		ssize_t n = read(file->fd, file->block, BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return stk_fail(err, STK_EIO, "%s", strerror(errno));
		*block = (struct stk_str){ file->block, (size_t)n };
		return n > 0;
	}
}

/* Opened when a visitor asks for the first block, so that files nobody wants are not touched. */
struct lazy_contents {
	struct file_contents file;
	int folder;
	const char *name;
};

static int next_of_lazy(struct stk_contents *contents, struct stk_str *block, struct stk_err *err)
{
	struct lazy_contents *lazy = (struct lazy_contents *)contents;
	if (lazy->file.fd < 0)
		lazy->file.fd =
			openat(lazy->folder, lazy->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (lazy->file.fd < 0)
		return stk_fail(err, STK_EIO, "%s", strerror(errno));
	return next_of_file(contents, block, err);
}

static void gap(struct folder_walk *walk, const char *why)
{
	stk_scan_add_gap(walk->s->scan, stk_buf_str(&walk->path), why);
}

static enum stk_tar_type type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return STK_TAR_FILE;
	case S_IFDIR:
		return STK_TAR_DIR;
	case S_IFLNK:
		return STK_TAR_SYMLINK;
	case S_IFCHR:
		return STK_TAR_CHAR;
	case S_IFBLK:
		return STK_TAR_BLOCK;
	default:
		return STK_TAR_FIFO; /* sockets too: neither holds anything */
	}
}

static void visit_file(struct folder_walk *walk, int folder, const char *name, const struct stat *st)
{
	char target[4096];
	struct lazy_contents contents = { { { next_of_lazy }, -1, walk->block }, folder, name };
	struct stk_err err;
	struct stk_tar_entry entry = {
		.name = stk_buf_str(&walk->path),
		.type = type_of(st->st_mode),
		.size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.mtime = st->st_mtim.tv_sec,
		.device_major = major(st->st_rdev),
		.device_minor = minor(st->st_rdev),
	};
	if (S_ISLNK(st->st_mode)) {
		/* A longer target than PATH_MAX cannot be: the buffer holds any. */
		ssize_t n = readlinkat(folder, name, target, sizeof(target));
		entry.link = (struct stk_str){ target, n > 0 ? (size_t)n : 0 };
	}
	if (stk_scanner_entry(walk->s, &entry, &contents.file.base, &err) < 0)
		gap(walk, err.msg);
	stk_fd_close(&contents.file.fd);
}

static bool is_pseudo(int fd)
{
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < STK_LEN(pseudo); i++)
		if ((unsigned)fs.f_type == pseudo[i])
			return true;
	return false;
}

static void list_names(struct stk_arena *arena, DIR *folder, struct stk_strs *names)
{
	for (struct dirent *d; (d = readdir(folder));) {
		struct stk_str name = stk_str_from(d->d_name);
		if (!stk_str_is(name, ".") && !stk_str_is(name, ".."))
			*STK_PUSH(arena, names) = stk_arena_str(arena, name);
	}
	stk_strs_sort(names);
}

static void walk_folder(struct folder_walk *walk, int fd, unsigned depth)
{
	STK_ARENA arena = { 0 };
	struct stk_strs names = { 0 };
	size_t length = walk->path.n;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		gap(walk, strerror(errno));
		return;
	}
	list_names(&arena, folder, &names);
	for (size_t i = 0; i < names.n; i++) {
		struct stat st = { 0 };
		if (length)
			stk_buf_byte(&walk->path, '/');
		stk_buf_add(&walk->path, names.v[i]);
		if (fstatat(fd, names.v[i].p, &st, AT_SYMLINK_NOFOLLOW) == 0)
			visit_file(walk, fd, names.v[i].p, &st);
		else if (errno != ENOENT) /* gone since it was listed */
			gap(walk, strerror(errno));
		int below = S_ISDIR(st.st_mode)
				    ? openat(fd, names.v[i].p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
				    : -1;
		if (S_ISDIR(st.st_mode) && (below < 0 || depth == DEEPEST))
			gap(walk, below < 0 ? strerror(errno) : "folders nested too deep");
		/* Other file systems are part of the tree (a container's volumes), but not
		   those of the kernel. */
		if (below >= 0 && depth < DEEPEST && (st.st_dev == walk->device || !is_pseudo(below)))
			walk_folder(walk, below, depth + 1);
		else if (below >= 0)
			close(below);
		walk->path.n = length;
	}
	closedir(folder);
}

int stk_scanner_folder(struct stk_scanner *s, struct stk_err *err)
{
	struct stat st;
	int fd = openat(s->image->source->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return stk_fail(err, STK_EIO, "%s", strerror(errno));
	STK_ARENA arena = { 0 };
	struct folder_walk *walk = STK_NEW(&arena, struct folder_walk, 1);
	walk->s = s;
	walk->device = st.st_dev;
	walk->path = stk_buf_new(STK_LIMIT_TAR_META);
	walk_folder(walk, fd, 0);
	stk_buf_free(&walk->path);
	return 0;
}

void stk_rootfs_describe(struct stk_arena *arena, struct stk_image *image)
{
	struct stk_layer *layer = STK_PUSH(arena, &image->layers);
	*layer = (struct stk_layer){ .index = 1 };
	if (!image->source->directory)
		layer->size = stk_source_whole(image->source).size;
}
