/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of a folder belong to a deployment. Names decide, except for image archives,
 * whose first entries do. Links to folders are not followed: what they lead to is found where
 * it is, if it is below the folder, and a circle is not possible. The walk is bounded in depth
 * and in entries; what lies beyond is a gap.
 */
#include "audit/discover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/inflate.h"
#include "io/tar.h"
#include "pipeline/workflow.h"
#include "base/banned.h"

enum { DEEPEST = 16, MOST_ENTRIES = 500000 };

struct walk {
	struct stk_arena *arena;
	struct stk_discovered *out;
	size_t entries;
	bool full;
};

/* Folders that hold other people's files, or none that deploy anything. */
static const char *const passed_over[] = { ".git",	   ".hg",	  ".strake-rollback",
					   ".svn",	   ".terraform",  ".tox",
					   ".venv",	   "__pycache__", "bower_components",
					   "node_modules", "venv" };
/* First file of a project, in the order in which Docker Compose prefers them. */
static const char *const compose_names[] = { "compose.yaml", "compose.yml", "docker-compose.yaml",
					     "docker-compose.yml" };
static const char *const dockerfile_ends[] = { ".dockerignore", ".md", ".txt", ".swp", ".orig", ".bak", ".rej", "~" };

bool stk_is_dockerfile_name(struct stk_str base)
{
	for (size_t i = 0; i < STK_LEN(dockerfile_ends); i++)
		if (stk_str_ends(base, stk_str_from(dockerfile_ends[i])))
			return false;
	return stk_str_is(base, "Dockerfile") || stk_str_is(base, "Containerfile") || stk_str_is(base, "dockerfile") ||
	       stk_str_starts(base, S("Dockerfile.")) || stk_str_starts(base, S("Dockerfile-")) ||
	       stk_str_starts(base, S("Containerfile.")) ||
	       (base.n > 11 && (stk_str_ends(base, S(".dockerfile")) || stk_str_ends(base, S(".Dockerfile"))));
}

static void add(struct walk *w, enum stk_discovered_kind kind, struct stk_str path)
{
	*STK_PUSH(w->arena, &w->out->found[kind]) = stk_arena_str(w->arena, path);
}

static void gap(struct walk *w, struct stk_str what, const char *why)
{
	*STK_PUSH(w->arena, &w->out->gaps) =
		(struct stk_gap){ .what = stk_arena_str(w->arena, what), .why = stk_str_from(why) };
}

/* ".env", ".env.local", "prod.env"; samples are meant to be read by everybody. */
static bool is_env_file(struct stk_str base)
{
	static const char *const samples[] = { "example", "sample", "template", "dist", "tmpl", "defaults" };
	if (!stk_str_is(base, ".env") && !stk_str_starts(base, S(".env.")) &&
	    !(stk_str_ends(base, S(".env")) && base.n > 4))
		return false;
	for (size_t i = 0; i < STK_LEN(samples); i++)
		if (stk_str_contains(base, stk_str_from(samples[i])))
			return false;
	return true;
}

/* A tar, compressed or not, whose first entries are those of an image archive. */
static bool is_image_archive(int folder, const char *name)
{
	static const char *const members[] = { "manifest.json", "oci-layout", "index.json", "repositories", "blobs" };
	STK_FD fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stk_stream *plain;
	struct stk_err ignored;
	struct stk_tar_entry entry;
	bool found = false;
	if (fd < 0 || stk_inflate_open(stk_stream_file(fd, 0, UINT64_MAX), false, NULL, &plain, &ignored) < 0)
		return false;
	struct stk_reader *reader = stk_reader_new(plain, false);
	struct stk_tar *tar = stk_tar_new(reader);
	for (unsigned i = 0; i < 4 && !found && stk_tar_next(tar, &entry, &ignored) == 1; i++) {
		struct stk_str rest = stk_str_strip_prefix(entry.name, S("./")), first = stk_str_cut(&rest, '/');
		for (size_t k = 0; k < STK_LEN(members); k++)
			found |= stk_str_is(first, members[k]);
		/* docker save of old names folders and configurations by digest. */
		found |= first.n >= 64 && stk_is_xdigit(first.p[0]) && stk_is_xdigit(first.p[63]);
	}
	stk_tar_free(tar);
	stk_reader_close(reader);
	return found;
}

static bool has_archive_name(struct stk_str base)
{
	static const char *const ends[] = { ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".oci" };
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (stk_str_ends(base, stk_str_from(ends[i])))
			return true;
	return false;
}

/* One kind a file; the order is from what names alone tell to what has to be opened. */
static void visit_file(struct walk *w, int folder, struct stk_str base, struct stk_str path)
{
	enum stk_workflow_kind kind;
	if (stk_is_dockerfile_name(base))
		add(w, STK_FOUND_DOCKERFILE, path);
	else if (stk_str_ends(base, S(".dockerignore")))
		add(w, STK_FOUND_DOCKERIGNORE, path);
	else if (is_env_file(base))
		add(w, STK_FOUND_ENV_FILE, path);
	else if (stk_workflow_path(path, &kind))
		add(w, STK_FOUND_WORKFLOW, path);
	else if (has_archive_name(base) && is_image_archive(folder, base.p))
		add(w, STK_FOUND_IMAGE, path);
}

static bool is_passed_over(struct stk_str base)
{
	for (size_t i = 0; i < STK_LEN(passed_over); i++)
		if (stk_str_is(base, passed_over[i]))
			return true;
	return false;
}

static bool has_file(int folder, const char *name)
{
	struct stat st;
	return fstatat(folder, name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static void visit_folder(struct walk *w, int fd, struct stk_str path, unsigned depth);

/* Links are not followed, neither to files nor to folders: they may lead out of the folder or in a circle. */
static void visit_entry(struct walk *w, int folder, const struct dirent *entry, struct stk_str path, unsigned depth)
{
	struct stat st;
	struct stk_str base = stk_str_from(entry->d_name),
		       full = stk_arena_printf(w->arena, STK_FMT "/%s", STK_ARG(path), entry->d_name);
	if (stk_str_is(base, ".") || stk_str_is(base, "..") ||
	    fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISREG(st.st_mode)) {
		visit_file(w, folder, base, full);
	} else if (S_ISDIR(st.st_mode) && !is_passed_over(base)) {
		int fd = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0)
			gap(w, full, strerror(errno));
		else
			visit_folder(w, fd, full, depth + 1);
	}
}

/* Takes the descriptor over. */
static void visit_folder(struct walk *w, int fd, struct stk_str path, unsigned depth)
{
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	if (depth > DEEPEST)
		gap(w, path, "folders are nested too deeply");
	else if (has_file(fd, "oci-layout") && has_file(fd, "index.json"))
		add(w, STK_FOUND_IMAGE, path);
	for (size_t i = 0; depth <= DEEPEST && i < STK_LEN(compose_names); i++)
		if (has_file(fd, compose_names[i])) {
			add(w, STK_FOUND_COMPOSE,
			    stk_arena_printf(w->arena, STK_FMT "/%s", STK_ARG(path), compose_names[i]));
			break;
		}
	for (struct dirent *entry; depth <= DEEPEST && (entry = readdir(folder));) {
		if (++w->entries > MOST_ENTRIES) {
			if (!w->full)
				gap(w, path, "the folder holds more than 500,000 entries");
			w->full = true;
			break;
		}
		visit_entry(w, fd, entry, path, depth);
	}
	closedir(folder);
}

int stk_discover(struct stk_arena *arena, const char *folder, struct stk_discovered *out, struct stk_err *err)
{
	struct walk w = { .arena = arena, .out = out };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*out = (struct stk_discovered){ 0 };
	if (fd < 0)
		return stk_fail(err, errno == ENOENT ? STK_ENOTFOUND : STK_EIO, "%s: %s", folder, strerror(errno));
	struct stk_str path = stk_str_from(folder);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	visit_folder(&w, fd, path, 0);
	for (size_t kind = 0; kind < STK_DISCOVERED_COUNT; kind++) {
		for (size_t i = 0; i < out->found[kind].n; i++)
			out->found[kind].v[i] = stk_str_strip_prefix(out->found[kind].v[i], S("./"));
		stk_strs_sort(&out->found[kind]);
	}
	return 0;
}
