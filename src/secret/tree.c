/* SPDX-License-Identifier: Apache-2.0 */
/* The list of files first, in byte order, then workers that take the next one each: results are put in order by the
 * report. */
#include "secret/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "secret/history.h"
#include "secret/scan_private.h"
#include "secret/user.h"
#include "secret/vendor.h"
#include "base/banned.h"

enum { MOST_THREADS = 64, TREE_DEPTH = 256 };

#define READ_AT_ONCE STK_MIB(4)

/* The first pass: names only. */
struct walk {
	struct stk_arena *arena;
	const struct stk_secret_tree_options *options;
	struct stk_secret_results *out; /* its gaps */
	struct stk_arena *out_arena;
	struct stk_strs files; /* from the root */
};

/* One thread: it takes the next file by an atomic counter, and its findings are its own until all are done. */
struct worker {
	const struct stk_secret_engine *engine;
	const struct stk_strs *files;
	atomic_size_t *next, *left_out;
	uint64_t most;
	int folder; /* the root */
	struct stk_str prefix;
	struct stk_arena arena;
	struct stk_secret_scan *scan;
	pthread_t thread;
};

/* A folder or file that could not be read; names are copied, since the walk's arena goes. */
static void add_gap(struct walk *walk, struct stk_str path, int error)
{
	*STK_PUSH(walk->out_arena, &walk->out->gaps) =
		(struct stk_secret_gap){ stk_arena_str(walk->out_arena, path),
					 stk_arena_str(walk->out_arena, stk_str_from(strerror(error))) };
}

static int by_name(const void *a, const void *b)
{
	return stk_str_compare(*(const struct stk_str *)a, *(const struct stk_str *)b);
}

static void list(struct walk *walk, int fd, struct stk_str path, unsigned depth);

/* Links and devices are passed over. Some file systems say DT_UNKNOWN: then the file itself is asked. */
static void list_entry(struct walk *walk, int parent, struct stk_str path, struct stk_str name, unsigned char type,
		       unsigned depth)
{
	struct stk_str full =
		path.n ? stk_arena_printf(walk->arena, STK_FMT "/" STK_FMT, STK_ARG(path), STK_ARG(name)) : name;
	struct stat st;
	if (type == DT_UNKNOWN && fstatat(parent, name.p, &st, AT_SYMLINK_NOFOLLOW) == 0)
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_LNK;
	if ((type != DT_DIR && type != DT_REG) ||
	    (walk->options && walk->options->skip && walk->options->skip(walk->options->context, full, type == DT_DIR)))
		return;
	if (type == DT_REG) {
		*STK_PUSH(walk->arena, &walk->files) = full;
		return;
	}
	int fd = openat(parent, name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || depth >= TREE_DEPTH) {
		add_gap(walk, full, fd < 0 ? errno : ELOOP);
		if (fd >= 0)
			close(fd);
		return;
	}
	list(walk, fd, full, depth + 1);
}

struct entry {
	struct stk_str name;
	unsigned char type;
};

/* Takes fd over. */
static void list(struct walk *walk, int fd, struct stk_str path, unsigned depth)
{
	DIR *dir = fdopendir(fd);
	struct {
		struct entry *v;
		size_t n, cap;
	} entries = { 0 };
	struct dirent *entry;
	if (!dir) {
		add_gap(walk, path, errno);
		close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*STK_PUSH(walk->arena, &entries) =
				(struct entry){ stk_arena_str(walk->arena, stk_str_from(entry->d_name)),
						entry->d_type };
	if (entries.n)
		qsort(entries.v, entries.n, sizeof(*entries.v), by_name);
	for (size_t i = 0; i < entries.n; i++)
		list_entry(walk, dirfd(dir), path, entries.v[i].name, entries.v[i].type, depth);
	closedir(dir);
}

/* A thread's room for files, used again for each. */
struct block {
	char *p;
	size_t used; /* most that a file has filled */
};

static struct block block_new(void)
{
	struct block block = { .p = malloc(READ_AT_ONCE) };
	if (!block.p)
		abort(); /* out of memory: as the arena ends the process */
	return block;
}

/* What files hold does not stay in freed memory. */
static void block_free(struct block *block)
{
	explicit_bzero(block->p, block->used);
	free(block->p);
}

/* Fills the block from a file, from byte `at` on: how much was read, or -1. */
static ptrdiff_t block_fill(struct block *block, int fd, off_t at, size_t size)
{
	size_t n = 0;
	ptrdiff_t got = 1;
	while (n < size && (got = pread(fd, block->p + n, size - n, at + (off_t)n)) > 0)
		n += (size_t)got;
	block->used = n > block->used ? n : block->used;
	return got < 0 ? -1 : (ptrdiff_t)n;
}

/* A small file in one read. */
static bool scan_small(struct stk_secret_scan *scan, int fd, struct stk_str path, struct block *block, size_t size)
{
	ptrdiff_t n = block_fill(block, fd, 0, size);
	if (n >= 0)
		stk_secret_scan_text(scan, path, (struct stk_str){ block->p, (size_t)n });
	return n >= 0;
}

/* An archive too large to be copied is looked into where it lies. */
static bool scan_archive(struct stk_secret_scan *scan, int fd, const char *file, struct stk_str path)
{
	char head[512];
	ptrdiff_t n = pread(fd, head, sizeof(head), 0);
	struct stk_mapping map;
	struct stk_err err;
	if (n <= 0 || !stk_secret_is_archive((struct stk_str){ head, (size_t)n }, path) ||
	    stk_mapping_of(&map, fd, file, &err) < 0)
		return false;
	stk_secret_scan_text(scan, path, map.bytes);
	stk_mapping_close(&map);
	return true;
}

/* Reads from data to data, going over holes. */
static int scan_large(struct stk_secret_scan *scan, int fd, struct stk_str path, struct block *block, uint64_t size)
{
	off_t at = 0;
	ptrdiff_t n = 0;
	stk_secret_begin(scan, path);
	while (n >= 0 && (uint64_t)at < size) {
		/* Holes of sparse files are told, not read: a disk image may have a terabyte of
		   them. Where the file system cannot say, everything is data. */
		off_t data = lseek(fd, at, SEEK_DATA);
		if (data < 0)
			data = errno == ENXIO ? (off_t)size : at;
		if (data > at)
			stk_secret_hole(scan, (uint64_t)(data - at));
		at = data;
		off_t hole = lseek(fd, at, SEEK_HOLE);
		if (hole < at)
			hole = (off_t)size;
		while (at < hole && (n = block_fill(block, fd, at, STK_MIB(1))) > 0) {
			stk_secret_piece(scan, (struct stk_str){ block->p, (size_t)n });
			at += n;
		}
		if (n == 0 && at < hole)
			break; /* it was cut while it was read */
	}
	stk_secret_end(scan, true);
	return n < 0 ? errno : 0;
}

/* file: from the folder, a descriptor or AT_FDCWD. 0, or what the system says. */
static int scan_path(struct stk_secret_scan *scan, int folder, const char *file, struct stk_str path, int flags,
		     struct block *block)
{
	STK_FD fd = openat(folder, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode)) {
		stk_secret_scan_stream(scan, path, stk_stream_fd(fd));
		return 0;
	}
	if ((size_t)st.st_size <= READ_AT_ONCE)
		return scan_small(scan, fd, path, block, (size_t)st.st_size) ? 0 : errno;
	if ((size_t)st.st_size > STK_SECRET_ARCHIVE && scan_archive(scan, fd, file, path))
		return 0;
	return scan_large(scan, fd, path, block, (uint64_t)st.st_size);
}

/* Files above this size are left out and counted; 0: none is. */
static bool is_too_large(const struct worker *worker, const char *file)
{
	struct stat st;
	return worker->most && fstatat(worker->folder, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (uint64_t)st.st_size > worker->most;
}

/* A file that went away since it was listed is no gap. */
static void *work(void *context)
{
	struct worker *worker = context;
	struct block block = block_new();
	size_t i;
	while ((i = atomic_fetch_add(worker->next, 1)) < worker->files->n) {
		STK_ARENA arena = { 0 };
		struct stk_str name = worker->files->v[i];
		struct stk_str path = stk_arena_join(&arena, worker->prefix, name);
		if (is_too_large(worker, name.p)) {
			atomic_fetch_add(worker->left_out, 1);
			continue;
		}
		int error = scan_path(worker->scan, worker->folder, name.p, path, O_NOFOLLOW, &block);
		if (error && error != ENOENT)
			stk_secret_gap(worker->scan, path, strerror(error));
	}
	block_free(&block);
	return NULL;
}

static struct stk_str copy(struct stk_arena *arena, struct stk_str s)
{
	return s.n ? stk_arena_str(arena, s) : (struct stk_str){ 0 };
}

struct stk_secret stk_secret_copy(struct stk_arena *arena, const struct stk_secret *secret)
{
	struct stk_secret out = *secret;
	struct stk_str *texts[] = { &out.path,	&out.name,     &out.redacted, &out.fingerprint,
				    &out.value, &out.encoding, &out.note };
	for (size_t i = 0; i < STK_LEN(texts); i++)
		*texts[i] = copy(arena, *texts[i]);
	if (!secret->conditions)
		return out;
	struct stk_secret_conditions *conditions = STK_NEW(arena, struct stk_secret_conditions, 1);
	for (size_t i = 0; i < secret->conditions->n; i++)
		*STK_PUSH(arena, conditions) = secret->conditions->v[i];
	out.conditions = conditions;
	return out;
}

void stk_secret_results_add(struct stk_secret_results *out, struct stk_arena *arena, const struct stk_secret_scan *scan)
{
	for (size_t i = 0; i < scan->found.n; i++)
		*STK_PUSH(arena, &out->found) = stk_secret_copy(arena, &scan->found.v[i]);
	for (size_t i = 0; i < scan->gaps.n; i++)
		*STK_PUSH(arena, &out->gaps) =
			(struct stk_secret_gap){ copy(arena, scan->gaps.v[i].what), copy(arena, scan->gaps.v[i].why) };
	out->weaker += scan->weaker;
	out->spoilt += scan->spoilt;
	out->bytes += scan->bytes;
}

/* The last worker is this thread. Where no more threads can be started the others' files are simply taken by
   fewer. */
static void run_workers(struct worker *workers, size_t n)
{
	size_t started = 0;
	while (started + 1 < n && pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
		started++;
	work(&workers[n - 1]);
	for (size_t i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}

/* Packages' records among the files tell which of the others came with them. */
static void leave_packaged(const struct stk_secret_engine *engine, const char *root, const struct stk_strs *files,
			   struct stk_str prefix, struct stk_secret_results *out)
{
	STK_ARENA arena = { 0 };
	struct stk_secret_vendor vendor = { 0 };
	for (size_t i = 0; out->found.n && i < files->n; i++) {
		struct stk_str file, text;
		if (!stk_secret_vendor_is_list(files->v[i]))
			continue;
		file = stk_arena_printf(&arena, "%s/" STK_FMT, root, STK_ARG(files->v[i]));
		if (stk_file_read(&arena, file.p, STK_LIMIT_TEXT_FILE, &text, NULL) == 0)
			stk_secret_vendor_add(&vendor, &arena, files->v[i], text);
	}
	stk_secret_vendor_apply(&vendor, prefix, stk_secret_engine_least(engine), out->found.v, &out->found.n,
				&out->weaker);
}

int stk_secret_scan_tree(const struct stk_secret_engine *engine, struct stk_arena *arena, const char *root,
			 struct stk_str prefix, const struct stk_secret_tree_options *options,
			 struct stk_secret_results *out, struct stk_err *err)
{
	STK_ARENA names = { 0 };
	struct walk walk = { .arena = &names, .options = options, .out = out, .out_arena = arena };
	/* Files are opened from here, not by their whole path: that is shorter, and what is searched stays the same
	   when a folder above is moved or replaced. */
	STK_FD folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = folder < 0 ? -1 : openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return stk_fail(err, errno == ENOENT ? STK_ENOTFOUND : STK_EIO, "%s: %s", root, strerror(errno));
	list(&walk, fd, S(""), 0);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = options && options->threads ? options->threads : processors > 0 ? (size_t)processors : 1;
	/* A thread for fewer than eight files is not worth its start. */
	n = n > MOST_THREADS ? MOST_THREADS : n > walk.files.n / 8 + 1 ? walk.files.n / 8 + 1 : n;
	struct worker *workers = STK_NEW(&names, struct worker, n);
	atomic_size_t next = 0, left_out = 0;
	for (size_t i = 0; i < n; i++) {
		workers[i] = (struct worker){ .engine = engine,
					      .files = &walk.files,
					      .next = &next,
					      .left_out = &left_out,
					      .most = options ? options->most : 0,
					      .folder = folder,
					      .prefix = prefix };
		workers[i].scan = stk_secret_scan_new(engine, &workers[i].arena);
		workers[i].scan->versions = true;
	}
	run_workers(workers, n);
	out->files += walk.files.n;
	out->left_out += left_out;
	for (size_t i = 0; i < n; i++) {
		stk_secret_results_add(out, arena, workers[i].scan);
		stk_secret_scan_free(workers[i].scan);
		stk_arena_free(&workers[i].arena);
	}
	leave_packaged(engine, root, &walk.files, prefix, out);
	stk_secret_git_origins(arena, root, &walk.files, prefix, out->found.v, &out->found.n);
	return 0;
}

int stk_secret_scan_file(const struct stk_secret_engine *engine, struct stk_arena *arena, const char *file,
			 struct stk_str path, struct stk_secret_results *out, struct stk_err *err)
{
	STK_ARENA found = { 0 };
	struct stk_secret_scan *scan = stk_secret_scan_new(engine, &found);
	struct block block = block_new();
	int error = 0;
	if (strcmp(file, "-") == 0)
		stk_secret_scan_stream(scan, path, stk_stream_fd(STDIN_FILENO));
	else
		error = scan_path(scan, AT_FDCWD, file, path, 0, &block);
	block_free(&block);
	stk_secret_results_add(out, arena, scan);
	out->files++;
	stk_secret_scan_free(scan);
	return error ? stk_fail(err, error == ENOENT ? STK_ENOTFOUND : STK_EIO, "%s: %s", file, strerror(error)) : 0;
}
