/* SPDX-License-Identifier: Apache-2.0 */
/* See dockerfiles.h. */
#include <unistd.h>

#include "audit/discover.h"
#include "base/limits.h"
#include "base/map.h"
#include "cli/dockerfiles.h"
#include "io/file.h"
#include "text/gitignore.h"
#include "base/banned.h"

struct ignores {
	struct stk_arena *arena;
	struct stk_map texts; /* folder -> struct stk_str, the text of its .gitignore */
};

static struct stk_str ignore_text(struct ignores *ignores, struct stk_str folder)
{
	struct stk_str **place = (struct stk_str **)stk_map_at(&ignores->texts, ignores->arena, folder);
	if (*place)
		return **place;
	struct stk_err err;
	struct stk_str path = stk_arena_printf(ignores->arena, STK_FMT "/.gitignore", STK_ARG(folder));
	struct stk_str *text = STK_NEW(ignores->arena, struct stk_str, 1);
	*text = S("");
	if (stk_file_exists(path.p) && stk_file_read(ignores->arena, path.p, STK_LIMIT_TEXT_FILE, text, &err) < 0)
		*text = S("");
	*stk_map_at(&ignores->texts, ignores->arena, folder) = text;
	return *text;
}

/* What the .gitignore files from the root down to the path's folder say about it: the nearest that speaks decides. */
static bool is_ignored_here(struct ignores *ignores, struct stk_str root, struct stk_str path, bool is_folder)
{
	enum stk_gitignore verdict = STK_GITIGNORE_SILENT;
	for (size_t end = root.n; end < path.n; end++) {
		if (path.p[end] != '/')
			continue;
		struct stk_str folder = stk_str_slice(path, 0, end);
		enum stk_gitignore own = stk_gitignore_match(ignore_text(ignores, folder),
							     stk_str_slice(path, end + 1, path.n), is_folder);
		if (own != STK_GITIGNORE_SILENT)
			verdict = own;
	}
	return verdict == STK_GITIGNORE_IGNORED;
}

static bool is_ignored(struct ignores *ignores, struct stk_str root, struct stk_str path)
{
	for (size_t end = root.n + 1; end < path.n; end++)
		if (path.p[end] == '/' && is_ignored_here(ignores, root, stk_str_slice(path, 0, end), true))
			return true;
	return is_ignored_here(ignores, root, path, false);
}

int stk_dockerfiles_find(struct stk_cli *cli, struct stk_str path, struct stk_report *report, struct stk_strs *out,
			 struct stk_err *err)
{
	struct ignores ignores = { .arena = cli->arena };
	struct stk_discovered found = { 0 };
	if (stk_str_is(path, "-") || !stk_file_is_dir(path.p)) {
		*STK_PUSH(cli->arena, out) = path;
		return 0;
	}
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	path = stk_arena_str(cli->arena, path);
	if (stk_discover(cli->arena, path.p, &found, err) < 0)
		return -1;
	const struct stk_strs *files = &found.found[STK_FOUND_DOCKERFILE];
	size_t before = out->n;
	for (size_t i = 0; i < files->n; i++)
		if (!is_ignored(&ignores, path, files->v[i]))
			*STK_PUSH(cli->arena, out) = stk_arena_str(cli->arena, files->v[i]);
	for (size_t i = 0; i < found.gaps.n; i++)
		stk_report_gap(report, 0, found.gaps.v[i].what, found.gaps.v[i].why);
	if (out->n == before && !found.gaps.n)
		return stk_fail(err, STK_ENOTFOUND, STK_FMT ": no Dockerfile below this folder", STK_ARG(path));
	return 0;
}
