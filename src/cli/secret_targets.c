/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See secret_targets.h. Excerpts are shown from texts in which every secret has been masked
 * (secret/mask.h), not from the files.
 */
#include "cli/secret_targets.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "io/file.h"
#include "io/inflate.h"
#include "io/tar.h"
#include "secret/image.h"
#include "secret/mask.h"
#include "secret/tree.h"
#include "secret/vendor.h"
#include "text/dockerignore.h"
#include "base/banned.h"

static void add_results(struct stk_secret_job *job, size_t target, size_t root,
			const struct stk_secret_results *results)
{
	struct stk_map seen = { 0 };
	for (size_t i = 0; i < results->found.n; i++) {
		const struct stk_secret *secret = &results->found.v[i];
		/* The target's own repository is no leak; others below it are. */
		bool own =
			!secret->line && stk_str_starts(stk_str_slice(secret->path, root, secret->path.n), S(".git/"));
		if (own || stk_secret_repeats_git(&seen, job->cli->arena, secret))
			continue;
		struct stk_finding *finding = stk_secret_report(job->report, target, secret);
		finding->location.file = secret->path;
	}
	for (size_t i = 0; i < results->gaps.n; i++)
		stk_report_gap(job->report, target, results->gaps.v[i].what, results->gaps.v[i].why);
	job->weaker += results->weaker;
	job->spoilt += results->spoilt;
	job->left_out += results->left_out;
}

struct ignore {
	struct stk_dockerignore patterns;
	bool no_git;
};

static bool left_out(void *context, struct stk_str path, bool directory)
{
	struct ignore *ignore = context;
	struct stk_err err;
	bool ignored = false;
	if (directory && ignore->no_git && (stk_str_is(path, ".git") || stk_str_ends(path, S("/.git"))))
		return true;
	/* An exception may bring back what is below an ignored directory. */
	if (directory && ignore->patterns.exceptions)
		return false;
	return stk_dockerignore_match(&ignore->patterns, path, &ignored, &err) == 0 && ignored;
}

/* DOCKERFILE.dockerignore beside a named Dockerfile goes before .dockerignore. */
static int read_dockerignore(struct stk_secret_job *job, struct stk_str folder, struct ignore *out, struct stk_err *err)
{
	struct stk_arena *arena = job->cli->arena;
	struct stk_str own = stk_arena_printf(arena, "%s.dockerignore", job->dockerfile ? job->dockerfile : "");
	struct stk_str common = stk_arena_printf(arena, STK_FMT "/.dockerignore", STK_ARG(folder)), text;
	struct stk_str file = job->dockerfile && stk_file_exists(own.p) ? own : common;
	if (!stk_file_exists(file.p))
		return 0;
	if (stk_file_read(arena, file.p, STK_LIMIT_TEXT_FILE, &text, err) < 0)
		return -1;
	return stk_dockerignore_read(arena, text, &out->patterns, err) < 0 ? stk_within(err, STK_FMT, STK_ARG(file))
									   : 0;
}

static int scan_directory(struct stk_secret_job *job, struct stk_str folder, struct stk_err *err)
{
	struct stk_arena *arena = job->cli->arena;
	struct stk_str prefix = stk_str_is(folder, ".")	  ? S("")
				: stk_str_is(folder, "/") ? folder
							  : stk_arena_join(arena, folder, S("/"));
	struct ignore ignore = { .no_git = job->no_git };
	if (job->context && read_dockerignore(job, folder, &ignore, err) < 0)
		return -1;
	struct stk_secret_tree_options how = { .threads = job->threads,
					       .most = job->most,
					       .skip = job->context || job->no_git ? left_out : NULL,
					       .context = &ignore };
	struct stk_secret_results results = { 0 };
	if (stk_secret_scan_tree(job->engine, arena, folder.p, prefix, &how, &results, err) < 0)
		return -1;
	size_t target = stk_report_target(job->report, folder, job->context ? "context" : "directory");
	add_results(job, target, prefix.n, &results);
	return 0;
}

/* The text is kept for excerpts, with every secret in it masked. */
static void keep_text(struct stk_secret_job *job, size_t target, const char *name,
		      const struct stk_secret_results *results)
{
	struct stk_str text;
	if (strcmp(name, "-") != 0 && stk_file_read(job->cli->arena, name, STK_MIB(1), &text, NULL) == 0 &&
	    !memchr(text.p, 0, text.n))
		job->report->targets.v[target].text =
			stk_secret_mask(job->cli->arena, text, results->found.v, job->show ? 0 : results->found.n);
}

static int scan_file(struct stk_secret_job *job, const char *name, struct stk_err *err)
{
	struct stk_str path = strcmp(name, "-") == 0 ? S("<stdin>") : stk_str_from(name);
	struct stk_secret_results results = { 0 };
	if (stk_secret_scan_file(job->engine, job->cli->arena, name, path, &results, err) < 0)
		return -1;
	size_t target = stk_report_target(job->report, path, "file");
	keep_text(job, target, name, &results);
	add_results(job, target, path.n, &results);
	return 0;
}

/* --dockerfile, or a file called so beside the image's archive, or here. */
static struct stk_str read_dockerfile(struct stk_secret_job *job, const char *name, struct stk_str *file)
{
	struct stk_arena *arena = job->cli->arena;
	struct stk_str path = stk_str_from(name), text;
	size_t slash = stk_str_rfind_byte(path, '/');
	bool beside = stk_file_exists(name) && slash != SIZE_MAX;
	*file = job->dockerfile ? stk_str_from(job->dockerfile)
		: beside	? stk_arena_join(arena, stk_str_slice(path, 0, slash + 1), S("Dockerfile"))
				: S("Dockerfile");
	if (!stk_file_exists(file->p) || stk_file_read(arena, file->p, STK_LIMIT_TEXT_FILE, &text, NULL) < 0)
		return (struct stk_str){ 0 };
	return text;
}

static void add_gaps(struct stk_secret_job *job, size_t target, const struct stk_scan *scan)
{
	for (size_t i = 0; i < scan->gaps.n; i++)
		stk_report_gap(job->report, target, scan->gaps.v[i].what, scan->gaps.v[i].why);
}

static int scan_image(struct stk_secret_job *job, const char *name, struct stk_image *image, struct stk_err *err)
{
	struct stk_arena *arena = job->cli->arena;
	struct stk_secret_image secrets;
	struct stk_scan scan = { 0 };
	struct stk_strs hidden = { 0 };
	struct stk_str file, dockerfile = read_dockerfile(job, name, &file);
	if (!job->show && stk_secret_image_values(arena, image, &hidden, err) < 0)
		return -1;
	stk_secret_image_begin(&secrets, job->engine, arena, image, &hidden);
	int result = stk_image_scan(arena, image, &secrets.visitor, 1, NULL, &scan, err);
	size_t target = result < 0 ? 0 : stk_report_target(job->report, image->name, "image");
	if (result == 0)
		add_gaps(job, target, &scan);
	if (result == 0)
		stk_secret_image_report(&secrets, job->report, target, dockerfile, file);
	else
		stk_secret_image_end(&secrets);
	job->weaker += stk_secret_image_weaker(&secrets);
	job->spoilt += stk_secret_image_spoilt(&secrets);
	return result;
}

static bool names_kind(struct stk_str name)
{
	static const char *const kinds[] = { "docker:", "docker-archive:", "oci:", "oci-archive:", "dir:", "rootfs:" };
	for (size_t i = 0; i < STK_LEN(kinds); i++)
		if (stk_str_starts(name, stk_str_from(kinds[i])))
			return true;
	return false;
}

static bool looks_like_layout(const char *folder, struct stk_arena *arena)
{
	static const char *const files[] = { "oci-layout", "version", "manifest.json" };
	bool has[STK_LEN(files)];
	for (size_t i = 0; i < STK_LEN(files); i++)
		has[i] = stk_file_exists(stk_arena_printf(arena, "%s/%s", folder, files[i]).p);
	return has[0] || (has[1] && has[2]);
}

static bool looks_like_archive(const char *file)
{
	char head[512];
	STK_FD fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ptrdiff_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	struct stk_str start = { head, n > 0 ? (size_t)n : 0 };
	return stk_compression_sniff(start) != STK_COMPRESSION_NONE || (start.n == 512 && stk_tar_sniff(start));
}

/* 1: it was an image and was scanned; 0: it is something else; -1. */
static int try_image(struct stk_secret_job *job, const char *name, bool sure, struct stk_err *err)
{
	struct stk_image image = { 0 };
	struct stk_image_options options = { .platform = job->platform, .host = job->host };
	if (stk_image_open(job->cli->arena, name, &options, &image, err) < 0)
		return sure ? -1 : 0;
	int result = 0;
	if (sure || !stk_image_is_rootfs(&image))
		result = scan_image(job, name, &image, err) < 0 ? -1 : 1;
	stk_image_close(&image);
	return result;
}

/* What a name means: standard input, an image (a layout, an archive, or a reference that is no
   file), a folder, a file. A path that exists wins over an image of that name. */
int stk_secret_target(struct stk_secret_job *job, const char *name, struct stk_err *err)
{
	struct stk_str folder = stk_arena_str(job->cli->arena, stk_str_from(name));
	bool is_stdin = strcmp(name, "-") == 0, is_folder = !is_stdin && stk_file_is_dir(name),
	     exists = is_stdin || stk_file_exists(name);
	bool sure = !exists && (names_kind(folder) || !strchr(name, '/') || !stk_str_starts(folder, S("/")));
	if (is_folder ? looks_like_layout(name, job->cli->arena) && !job->context
		      : !is_stdin && (sure || (exists && looks_like_archive(name)))) {
		int result = try_image(job, name, sure, err);
		if (result)
			return result < 0 ? -1 : 0;
	}
	if (!is_folder)
		return scan_file(job, name, err);
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	return scan_directory(job, stk_arena_str(job->cli->arena, folder), err);
}
