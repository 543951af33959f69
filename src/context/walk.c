/* SPDX-License-Identifier: Apache-2.0 */
/* A walk with descriptors, so that nobody can swap a folder for a link under it. */
#include "context/context.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "base/banned.h"

bool stk_context_names(const struct stk_ignore_pattern *pattern, struct stk_str path)
{
	struct stk_ignore_pattern plain = *pattern;
	struct stk_dockerignore one = { &plain, 1, 1, false };
	bool own, fits = false;
	plain.exception = false;
	return stk_dockerignore_step(&one, path, NULL, &own, &fits, NULL, NULL) == 0 && fits;
}

struct walker {
	struct stk_context *context;
	bool stopped; /* a limit was reached */
};

static void add_gap(struct walker *w, struct stk_str path, const char *why)
{
	*STK_PUSH(w->context->arena, &w->context->gaps) =
		(struct stk_context_gap){ path.n ? path : w->context->root,
					  stk_arena_str(w->context->arena, stk_str_from(why)) };
}

/* The names in a folder, in byte order. */
static void read_names(struct walker *w, int fd, struct stk_str path, struct stk_strs *out)
{
	int copy = dup(fd);
	DIR *folder = copy < 0 ? NULL : fdopendir(copy);
	if (!folder) {
		if (copy >= 0)
			close(copy);
		add_gap(w, path, strerror(errno));
		return;
	}
	errno = 0;
	for (struct dirent *entry; (entry = readdir(folder)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*STK_PUSH(w->context->arena, out) =
				stk_arena_str(w->context->arena, stk_str_from(entry->d_name));
	if (errno)
		add_gap(w, path, strerror(errno));
	closedir(folder);
	stk_strs_sort(out);
}

static bool is_special(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\' || c == '^' || c == '|' || c == '{';
}

/* Could an exception bring back something below a folder that is left out? Its parts are compared up to the first
 * wildcard. */
static bool may_return(const struct stk_context *context, struct stk_str folder)
{
	for (size_t i = 0; i < context->patterns.n; i++) {
		struct stk_str text = context->patterns.v[i].text;
		size_t n = 0;
		if (!context->patterns.v[i].exception)
			continue;
		while (n < text.n && !is_special(text.p[n]))
			n++;
		struct stk_str plain = stk_str_slice(text, 0, n);
		if (n < text.n && plain.n <= folder.n
			    ? stk_str_starts(folder, plain)
			    : stk_str_starts(plain, folder) && (plain.n == folder.n || plain.p[folder.n] == '/'))
			return true;
	}
	return false;
}

static void walk_folder(struct walker *w, int fd, struct stk_str path, const bool *parent, unsigned depth);

/* Which exceptions name the path, whatever comes of it: the walk itself does not ask while nothing is left out. */
static void note_exceptions(struct stk_context *context, struct stk_str path)
{
	for (size_t i = 0; i < context->patterns.n && context->patterns.exceptions; i++)
		context->named[i] = context->named[i] || (context->patterns.v[i].exception &&
							  stk_context_names(&context->patterns.v[i], path));
}

/* A pattern that turns out to be broken ends the patterns: the build would fail, and a rule says so. */
static bool decide(struct walker *w, struct stk_str path, const bool *parent, bool *own, bool *ignored)
{
	struct stk_context *context = w->context;
	struct stk_err err;
	size_t decided;
	if (stk_dockerignore_step(&context->patterns, path, parent, own, ignored, &decided, &err) < 0) {
		context->ignore_error = stk_arena_str(context->arena, stk_str_from(err.msg));
		context->patterns.n = 0;
		*ignored = false;
		return false;
	}
	if (decided != SIZE_MAX)
		context->decided[decided] = true;
	note_exceptions(context, path);
	return true;
}

/* The folder's entry comes before its contents and is taken back where nothing of them is sent. `next` is the
   number of what follows it. */
static void enter(struct walker *w, int fd, struct stk_str name, struct stk_str path, bool ignored, const bool *own,
		  unsigned depth)
{
	struct stk_context *context = w->context;
	size_t number = context->entries.n, files = context->files;
	uint64_t size = context->size;
	if (depth >= STK_LIMIT_CONTEXT_DEPTH) {
		add_gap(w, path, "folders are nested too deeply");
		return;
	}
	STK_FD child = openat(fd, name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (child < 0) {
		add_gap(w, path, strerror(errno));
		return;
	}
	*STK_PUSH(context->arena, &context->entries) =
		(struct stk_context_entry){ .path = path, .type = STK_CONTEXT_DIRECTORY };
	walk_folder(w, child, path, own, depth + 1);
	if (ignored && context->files == files) { /* no exception brought anything back */
		context->entries.n = number;
		return;
	}
	context->entries.v[number].size = context->size - size;
	context->entries.v[number].files = (uint32_t)(context->files - files);
	context->entries.v[number].next = (uint32_t)context->entries.n;
}

static void add_entry(struct walker *w, struct stk_str path, enum stk_context_type type, const struct stat *st)
{
	struct stk_context *context = w->context;
	uint64_t size = type == STK_CONTEXT_FILE ? (uint64_t)st->st_size : 0;
	struct stk_context_entry *entry = STK_PUSH(context->arena, &context->entries);
	*entry = (struct stk_context_entry){ path, type, size, 0, (uint32_t)context->entries.n };
	context->size += size;
	context->files++;
}

/* Sockets and devices are never sent. */
static void visit(struct walker *w, int fd, struct stk_str name, struct stk_str folder, const bool *parent,
		  unsigned depth)
{
	struct stk_context *context = w->context;
	STK_ARENA scratch = { 0 };
	struct stk_str path =
		folder.n ? stk_arena_printf(context->arena, STK_FMT "/" STK_FMT, STK_ARG(folder), STK_ARG(name)) : name;
	bool *own = STK_NEW(&scratch, bool, context->patterns.n), ignored;
	struct stat st;
	if (fstatat(fd, name.p, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		add_gap(w, path, strerror(errno));
		return;
	}
	decide(w, path, parent, own, &ignored);
	context->left_out += ignored;
	if (S_ISDIR(st.st_mode)) {
		/* An ignored folder is entered only if an exception may bring back something
		   below it, as the builder does: node_modules is left out without being read. */
		if (!ignored || may_return(context, path))
			enter(w, fd, name, path, ignored, own, depth);
	} else if (!ignored && (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))) {
		add_entry(w, path, S_ISREG(st.st_mode) ? STK_CONTEXT_FILE : STK_CONTEXT_LINK, &st);
	}
}

static void walk_folder(struct walker *w, int fd, struct stk_str path, const bool *parent, unsigned depth)
{
	struct stk_strs names = { 0 };
	read_names(w, fd, path, &names);
	for (size_t i = 0; i < names.n && !w->stopped; i++) {
		if (w->context->entries.n >= STK_LIMIT_CONTEXT_ENTRIES) {
			add_gap(w, path, "the folder holds more entries than are looked at");
			w->stopped = true;
			return;
		}
		visit(w, fd, names.v[i], path, parent, depth);
	}
}

int stk_context_walk(struct stk_arena *arena, struct stk_str root, struct stk_str ignore_file, bool has_ignore,
		     struct stk_str ignore_text, struct stk_context *out, struct stk_err *err)
{
	struct walker w = { .context = out };
	struct stk_err wrong;
	*out = (struct stk_context){ .arena = arena,
				     .root = root,
				     .ignore_file = ignore_file,
				     .ignore_text = ignore_text,
				     .has_ignore = has_ignore };
	if (stk_dockerignore_read(arena, ignore_text, &out->patterns, &wrong) < 0) {
		out->ignore_error = stk_arena_str(arena, stk_str_from(wrong.msg));
		out->patterns.n = 0;
	}
	out->decided = STK_NEW(arena, bool, out->patterns.n);
	out->named = STK_NEW(arena, bool, out->patterns.n);
	STK_FD fd = open(stk_arena_str(arena, root).p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return stk_fail(err, errno == ENOENT ? STK_ENOTFOUND : STK_EIO, STK_FMT ": %s", STK_ARG(root),
				strerror(errno));
	walk_folder(&w, fd, S(""), NULL, 0);
	return 0;
}

const struct stk_context_entry *stk_context_find(const struct stk_context *context, struct stk_str path)
{
	for (size_t i = 0; i < context->entries.n;) {
		const struct stk_context_entry *entry = &context->entries.v[i];
		if (stk_str_eq(entry->path, path))
			return entry;
		bool below =
			stk_str_starts(path, entry->path) && path.n > entry->path.n && path.p[entry->path.n] == '/';
		i = below ? i + 1 : entry->next;
	}
	return NULL;
}
