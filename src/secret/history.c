/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits in the order of their dates; each one's trees are walked as far as no earlier commit had them, so that every
 * tree is read once and the first commit that reaches a blob is the one that brought it in. What no branch leads to any
 * more (an amended commit) comes last: people look for a commit with git log.
 */
#include "secret/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/time.h"
#include "io/file.h"
#include "text/base64.h"
#include "base/banned.h"

enum { HASH = 20, FOLDERS = 256 };

static const size_t trees_limit = STK_MIB(512);

struct commit {
	struct stk_str id, tree, parents, author; /* 20 bytes each; "Ann <ann@corp.internal>" */
	int64_t authored, committed;
	bool reached; /* from a branch, a tag or HEAD */
	bool shallow; /* its parents were left out of a shallow clone: what it has may be older */
};

struct wanted {
	const struct commit *commit;
	struct stk_str path; /* of the blob in the commit */
};

struct history {
	struct stk_arena *arena;
	struct stk_map trees;	     /* id -> struct stk_str, its content */
	struct stk_map seen, wanted; /* trees that were walked; ids -> struct wanted */
	size_t held, missing;	     /* bytes of trees; wanted blobs without a commit yet */
	struct {
		struct commit *v;
		size_t n, cap;
	} commits;
};

/* "Ann <ann@corp.internal> 1714557600 +0200" */
static struct stk_str read_person(struct stk_str line, int64_t *when)
{
	size_t end = stk_str_rfind_byte(line, '>');
	uint64_t seconds = 0;
	if (end == SIZE_MAX)
		return (struct stk_str){ 0 };
	struct stk_str rest = stk_str_trim(stk_str_slice(line, end + 1, line.n));
	if (stk_str_u64(stk_str_cut(&rest, ' '), 10, &seconds) && seconds <= INT32_MAX * INT64_C(64))
		*when = (int64_t)seconds;
	return stk_str_slice(line, 0, end + 1);
}

static void take_commit(struct history *h, struct stk_str id, struct stk_str content)
{
	struct commit commit = { .id = stk_arena_str(h->arena, id) };
	STK_BUF tree = stk_buf_new(64);
	STK_BUF parents = stk_buf_new(STK_MIB(1));
	for (struct stk_str line; content.n && (line = stk_str_cut_line(&content)).n;) {
		struct stk_str rest = line, word = stk_str_cut(&rest, ' ');
		if (stk_str_is(word, "tree") && rest.n == 2 * HASH && stk_hex_decode(&tree, rest))
			commit.tree = stk_arena_str(h->arena, stk_buf_str(&tree));
		else if (stk_str_is(word, "parent") && rest.n == 2 * HASH)
			stk_hex_decode(&parents, rest);
		else if (stk_str_is(word, "author"))
			commit.author = stk_arena_str(h->arena, read_person(rest, &commit.authored));
		else if (stk_str_is(word, "committer"))
			read_person(rest, &commit.committed);
	}
	commit.parents = stk_arena_str(h->arena, stk_buf_str(&parents));
	if (commit.tree.n == HASH)
		*STK_PUSH(h->arena, &h->commits) = commit;
}

static void take_object(void *context, bool is_commit, struct stk_str id, struct stk_str content)
{
	struct history *h = context;
	if (is_commit) {
		take_commit(h, id, content);
		return;
	}
	if (h->held + content.n > trees_limit || stk_map_get(&h->trees, id))
		return;
	h->held += content.n;
	struct stk_str *copy = STK_NEW(h->arena, struct stk_str, 1);
	*copy = stk_arena_str(h->arena, content);
	*stk_map_at(&h->trees, h->arena, stk_arena_str(h->arena, id)) = copy;
}

static void walk_tree(struct history *h, const struct commit *commit, struct stk_str tree, struct stk_str path,
		      unsigned depth);

/* "<mode> <name>\0<20 bytes>"; folders have the mode 40000. */
static void walk_entry(struct history *h, const struct commit *commit, struct stk_str mode, struct stk_str name,
		       struct stk_str id, struct stk_str path, unsigned depth)
{
	struct wanted *wanted = stk_map_get(&h->wanted, id);
	bool folder = stk_str_is(mode, "40000");
	if (!folder && (!wanted || wanted->commit))
		return;
	struct stk_str full =
		stk_arena_printf(h->arena, STK_FMT "%s" STK_FMT, STK_ARG(path), path.n ? "/" : "", STK_ARG(name));
	if (folder) {
		walk_tree(h, commit, id, full, depth + 1);
		return;
	}
	*wanted = (struct wanted){ commit, full };
	h->missing--;
}

static void walk_tree(struct history *h, const struct commit *commit, struct stk_str tree, struct stk_str path,
		      unsigned depth)
{
	const struct stk_str *content = stk_map_get(&h->trees, tree);
	if (!content || depth > FOLDERS || !stk_map_add(&h->seen, h->arena, tree))
		return;
	for (struct stk_str rest = *content; rest.n && h->missing;) {
		struct stk_str name = stk_str_cut(&rest, 0), mode = stk_str_cut(&name, ' ');
		if (rest.n < HASH)
			return;
		walk_entry(h, commit, mode, name, stk_str_slice(rest, 0, HASH), path, depth);
		rest = stk_str_slice(rest, HASH, rest.n);
	}
}

static int by_date(const void *a, const void *b)
{
	const struct commit *x = a, *y = b;
	if (x->reached != y->reached)
		return x->reached ? -1 : 1;
	if (x->committed != y->committed)
		return x->committed < y->committed ? -1 : 1;
	return stk_str_compare(x->id, y->id);
}

/* Commits by name in a file of refs: 40 digits at the begin of a line, or behind the "^" of a peeled tag. */
static void take_ids(struct stk_arena *arena, const char *root, struct stk_str name, struct stk_strs *out)
{
	struct stk_str text, file = stk_arena_printf(arena, "%s/" STK_FMT, root, STK_ARG(name));
	if (stk_file_read(arena, file.p, STK_LIMIT_TEXT_FILE, &text, NULL) < 0)
		return;
	while (text.n) {
		STK_BUF id = stk_buf_new(64);
		struct stk_str line = stk_str_cut_line(&text);
		struct stk_str word = stk_str_strip_prefix(stk_str_cut_word(&line), S("^"));
		if (word.n == 2 * HASH && stk_hex_decode(&id, word))
			*STK_PUSH(arena, out) = stk_arena_str(arena, stk_buf_str(&id));
	}
}

static bool is_ref(struct stk_str name)
{
	return stk_str_is(name, "HEAD") || stk_str_is(name, "packed-refs") || stk_str_starts(name, S("refs/")) ||
	       (stk_str_starts(name, S("worktrees/")) && stk_str_ends(name, S("/HEAD")));
}

/* Marks what the tips lead to. */
static void reach(struct stk_map *commits, struct stk_arena *arena, struct stk_strs *tips)
{
	while (tips->n) {
		struct commit *commit = stk_map_get(commits, tips->v[--tips->n]);
		if (!commit || commit->reached)
			continue;
		commit->reached = true;
		for (size_t i = 0; i + HASH <= commit->parents.n; i += HASH)
			*STK_PUSH(arena, tips) = stk_str_slice(commit->parents, i, i + HASH);
	}
}

static void read_refs(struct history *h, const char *root, const struct stk_strs *files, struct stk_str objects)
{
	struct stk_str folder = stk_str_strip_suffix(objects, S("objects/"));
	struct stk_strs tips = { 0 }, shallow = { 0 };
	struct stk_map commits = { 0 };
	for (size_t i = 0; i < h->commits.n; i++)
		*stk_map_at(&commits, h->arena, h->commits.v[i].id) = &h->commits.v[i];
	for (size_t i = 0; i < files->n; i++) {
		struct stk_str name = stk_str_slice(files->v[i], folder.n, files->v[i].n);
		if (!stk_str_starts(files->v[i], folder))
			continue;
		if (is_ref(name))
			take_ids(h->arena, root, files->v[i], &tips);
		else if (stk_str_is(name, "shallow"))
			take_ids(h->arena, root, files->v[i], &shallow);
	}
	for (size_t i = 0; i < shallow.n; i++) {
		struct commit *commit = stk_map_get(&commits, shallow.v[i]);
		if (commit)
			commit->shallow = true;
	}
	reach(&commits, h->arena, &tips);
}

static void read_store(struct history *h, const char *root, const struct stk_strs *files, struct stk_str objects)
{
	const struct stk_git_visitor visitor = { h, take_object };
	for (size_t i = 0; i < files->n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_mapping map = { 0 };
		struct stk_err err;
		struct stk_str name = stk_str_strip_prefix(files->v[i], objects);
		bool pack = stk_str_starts(name, S("pack/")) && stk_str_ends(name, S(".pack"));
		if (name.n == files->v[i].n || (!pack && (name.n != 41 || name.p[2] != '/')))
			continue;
		struct stk_str file = stk_arena_printf(&arena, "%s/" STK_FMT, root, STK_ARG(files->v[i]));
		if (stk_mapping_open(&map, file.p, &err) < 0)
			continue;
		if (pack)
			stk_git_visit_pack(map.bytes, &visitor);
		else
			stk_git_visit_object(map.bytes, &visitor);
		stk_mapping_close(&map);
	}
	read_refs(h, root, files, objects);
	if (h->commits.n)
		qsort(h->commits.v, h->commits.n, sizeof(*h->commits.v), by_date);
}

/* "repo/.git/objects/3f/2a..!blob 3f2a.."; or "..pack!3f2a../settings.py". */
bool stk_secret_git_store(struct stk_str path, struct stk_str *objects, struct stk_str *hex)
{
	size_t at = stk_str_find(path, S("objects/")), sign = stk_str_find_byte(path, '!');
	if (at == SIZE_MAX || sign == SIZE_MAX || sign < at || (at && path.p[at - 1] != '/'))
		return false;
	struct stk_str label = stk_str_slice(path, sign + 1, path.n);
	label = stk_str_strip_prefix(stk_str_strip_prefix(label, S("blob ")), S("commit "));
	*objects = stk_str_slice(path, 0, at + 8);
	*hex = stk_str_slice(label, 0, 2 * HASH);
	return hex->n == 2 * HASH;
}

static bool in_store(const struct stk_secret *secret, struct stk_str prefix, struct stk_str *objects,
		     struct stk_str *hex)
{
	return stk_secret_git_store(stk_str_slice(secret->path, prefix.n, secret->path.n), objects, hex);
}

/* A file's path, or none for the commit's message. */
static void tell(struct stk_arena *arena, const struct history *h, const struct commit *commit, struct stk_str path,
		 struct stk_secret *out)
{
	STK_ARENA scratch = { 0 };
	struct stk_str hex = stk_hex(&scratch, commit->id.p, HASH);
	bool older = commit->shallow && path.n;
	out->origin = stk_arena_printf(arena, STK_FMT " of commit " STK_FMT ", by " STK_FMT " on " STK_FMT "%s",
				       STK_ARG(path.n ? path : S("the message")), STK_ARG(hex), STK_ARG(commit->author),
				       STK_ARG(stk_time_date(&scratch, commit->authored)),
				       older ? "; or of an earlier one, which this shallow clone does not have" : "");
	if (!older) {
		out->commit = stk_arena_str(arena, hex);
		out->commit_author = stk_arena_str(arena, commit->author);
		out->commit_date = stk_time_format(arena, commit->authored);
	}
	out->commit_path = stk_arena_str(arena, path);
	out->age = (uint32_t)(commit - h->commits.v) + 1;
}

static void tell_origin(struct stk_arena *arena, const struct history *h, struct stk_secret *secret, struct stk_str id)
{
	const struct wanted *wanted = stk_map_get(&h->wanted, id);
	if (wanted && wanted->commit)
		tell(arena, h, wanted->commit, wanted->path, secret);
	for (size_t i = 0; i < h->commits.n && !secret->origin.n; i++)
		if (stk_str_eq(h->commits.v[i].id, id))
			tell(arena, h, &h->commits.v[i], S(""), secret);
}

/* Looks for the findings of one store among its commits. */
static void search_store(struct stk_arena *arena, const char *root, const struct stk_strs *files, struct stk_str prefix,
			 struct stk_str store, struct stk_secret *v, size_t n)
{
	STK_ARENA scratch = { 0 };
	struct history h = { .arena = &scratch };
	struct stk_str *ids = STK_NEW(&scratch, struct stk_str, n);
	for (size_t i = 0; i < n; i++) {
		struct stk_str objects, hex;
		STK_BUF id = stk_buf_new(64);
		if (!in_store(&v[i], prefix, &objects, &hex) || !stk_str_eq(objects, store) ||
		    !stk_hex_decode(&id, hex))
			continue;
		ids[i] = stk_arena_str(&scratch, stk_buf_str(&id));
		void **slot = stk_map_at(&h.wanted, &scratch, ids[i]);
		h.missing += !*slot;
		*slot = *slot ? *slot : STK_NEW(&scratch, struct wanted, 1);
	}
	read_store(&h, root, files, store);
	for (size_t i = 0; i < h.commits.n && h.missing; i++)
		walk_tree(&h, &h.commits.v[i], h.commits.v[i].tree, S(""), 0);
	for (size_t i = 0; i < n; i++)
		if (ids[i].n)
			tell_origin(arena, &h, &v[i], ids[i]);
}

void stk_secret_git_origins(struct stk_arena *arena, const char *root, const struct stk_strs *files,
			    struct stk_str prefix, struct stk_secret *v, size_t *n)
{
	STK_ARENA scratch = { 0 };
	struct stk_map stores = { 0 };
	for (size_t i = 0; i < *n; i++) {
		struct stk_str objects, hex;
		if (in_store(&v[i], prefix, &objects, &hex) && stk_map_add(&stores, &scratch, objects))
			search_store(arena, root, files, prefix, objects, v, *n);
	}
	if (stores.n)
		stk_secret_git_fold(v, n);
}
