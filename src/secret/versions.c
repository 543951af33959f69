/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A repository's history has a file in many versions, and a secret in all of them from the commit on that brought it
 * in. One finding a secret and file is enough: that of the oldest version, whose commit, path and line are also those
 * that Gitleaks names, since it looks at what each commit adds.
 */
#include "base/map.h"
#include "secret/history.h"
#include "secret/user.h"
#include "base/banned.h"

bool stk_secret_git_root(struct stk_str path, struct stk_str *root)
{
	size_t at = stk_str_find(path, S(".git/objects/"));
	if (at == SIZE_MAX || (at && path.p[at - 1] != '/'))
		return false;
	*root = stk_str_slice(path, 0, at);
	return true;
}

static bool is_history(const struct stk_secret *secret, struct stk_str *objects)
{
	struct stk_str hex;
	return stk_secret_git_store(secret->path, objects, &hex);
}

/* A secret in a file of a place: of a store, or of a working tree. */
static struct stk_str key_of(struct stk_arena *arena, struct stk_str place, struct stk_str path,
			     struct stk_str fingerprint)
{
	return stk_arena_printf(arena, STK_FMT "\n" STK_FMT STK_FMT, STK_ARG(fingerprint), STK_ARG(place),
				STK_ARG(path));
}

static bool older(const struct stk_secret *a, const struct stk_secret *b)
{
	int order = stk_str_compare(a->path, b->path);
	if (a->age != b->age)
		return a->age < b->age;
	return order < 0 || (order == 0 && a->line < b->line);
}

/* What versions of one file share. What no commit has (it was staged once, or dropped) has no file: it is told only
   where nothing else tells of the secret. */
static struct stk_str version_key(struct stk_arena *arena, struct stk_str objects, const struct stk_secret *secret)
{
	return key_of(arena, objects, secret->age ? secret->commit_path : S("\n"), secret->fingerprint);
}

struct fold {
	struct stk_arena arena;
	struct stk_map oldest; /* version_key -> struct stk_secret */
	struct stk_map told;   /* the same without a file -> some struct stk_secret that a commit has */
};

static void find_oldest(struct fold *fold, struct stk_secret *v, size_t n)
{
	struct stk_str objects;
	for (size_t i = 0; i < n; i++) {
		if (!is_history(&v[i], &objects))
			continue;
		void **slot = stk_map_at(&fold->oldest, &fold->arena, version_key(&fold->arena, objects, &v[i]));
		if (!*slot || older(&v[i], *slot))
			*slot = &v[i];
		if (v[i].age)
			*stk_map_at(&fold->told, &fold->arena, key_of(&fold->arena, objects, S(""), v[i].fingerprint)) =
				&v[i];
	}
}

static bool stays(struct fold *fold, const struct stk_secret *secret)
{
	struct stk_str objects;
	if (!is_history(secret, &objects))
		return true;
	if (!secret->age && stk_map_get(&fold->told, key_of(&fold->arena, objects, S(""), secret->fingerprint)))
		return false;
	return stk_map_get(&fold->oldest, version_key(&fold->arena, objects, secret)) == secret;
}

/* Marks what allow lists let pass: first what is history, then the same in the working tree's file. */
static void find_allowed(struct stk_arena *arena, const struct stk_secret *v, size_t n, bool *out)
{
	struct stk_map files = { 0 };
	struct stk_str objects, root;
	for (size_t i = 0; i < n; i++) {
		out[i] = v[i].conditions && is_history(&v[i], &objects) &&
			 stk_secret_conditions_hold(v[i].conditions, v[i].commit, v[i].commit_path);
		if (out[i] && v[i].commit_path.n && stk_secret_git_root(v[i].path, &root))
			*stk_map_at(&files, arena, key_of(arena, root, v[i].commit_path, v[i].fingerprint)) = out;
	}
	for (size_t i = 0; files.n && i < n; i++)
		if (!is_history(&v[i], &objects))
			out[i] = stk_map_get(&files, key_of(arena, S(""), v[i].path, v[i].fingerprint));
}

void stk_secret_git_fold(struct stk_secret *v, size_t *n)
{
	struct fold fold = { 0 };
	size_t kept = 0;
	find_oldest(&fold, v, *n);
	bool *leaves = STK_NEW(&fold.arena, bool, *n);
	for (size_t i = 0; i < *n; i++)
		leaves[i] = !stays(&fold, &v[i]);
	/* Only now may findings move: the maps point at them. */
	for (size_t i = 0; i < *n; i++)
		if (!leaves[i])
			v[kept++] = v[i];
	find_allowed(&fold.arena, v, kept, leaves);
	*n = kept;
	kept = 0;
	for (size_t i = 0; i < *n; i++)
		if (!leaves[i])
			v[kept++] = v[i];
	*n = kept;
	stk_arena_free(&fold.arena);
}
