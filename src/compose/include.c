/* SPDX-License-Identifier: Apache-2.0 */
/*
 * include: each item is a project of its own, loaded with its own folder and .env, whose resources are copied into the
 * including file. The same name on both sides is a conflict unless both say the same.
 */
#include "base/limits.h"
#include "compose/loader.h"
#include "text/path.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

struct item {
	struct stk_compose_loader *l;
	const struct stk_compose_environment *outer; /* of the including project */
	const struct stk_compose_including *including;
	struct stk_str outer_directory, directory;
	const node *node;
};

/* One path or several, as a list of nodes, so that errors know their places. */
static int texts_of(struct item *item, const node *value, struct stk_compose_node *paths)
{
	if (!value)
		return 0;
	if (value->type == STK_COMPOSE_STRING)
		stk_compose_append(item->l->arena, paths, (node *)value);
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++) {
		if (value->items[i]->type != STK_COMPOSE_STRING)
			return stk_compose_fail(item->l->err, value->items[i]->place, "a path must be a string");
		stk_compose_append(item->l->arena, paths, value->items[i]);
	}
	return 0;
}

/* By path, over the files that are being included now; the same file may be included twice side by side. */
static int check_cycle(struct item *item, struct stk_str path, struct stk_compose_place place)
{
	size_t depth = 0;
	for (const struct stk_compose_including *at = item->including; at; at = at->outer, depth++)
		if (stk_str_eq(at->path, path))
			return stk_compose_fail(item->l->err, place,
						"include cycle: " STK_FMT " is being included already", STK_ARG(path));
	return depth < STK_LIMIT_DEPTH
		       ? 0
		       : stk_compose_fail(item->l->err, place, "files are included more than %d deep", STK_LIMIT_DEPTH);
}

/* Paths start at the including project's folder, not at that of the item. */
static int open_files(struct item *item, const node *paths, struct stk_compose_files *files)
{
	for (uint32_t i = 0; i < paths->n; i++) {
		struct stk_str name = paths->items[i]->text;
		struct stk_compose_source *source;
		if (stk_str_contains(name, S("://")) || stk_str_starts(name, S("git@")))
			return stk_compose_fail(item->l->err, paths->items[i]->place,
						"include names a remote resource, which is not fetched");
		struct stk_str path = stk_path_join(item->l->arena, item->outer_directory, name);
		if (check_cycle(item, path, paths->items[i]->place) < 0)
			return -1;
		if (stk_compose_open(item->l, path, paths->items[i]->place, true, &source) < 0)
			return -1;
		*STK_PUSH(item->l->arena, files) = source;
	}
	return 0;
}

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	return stk_compose_environment_get(context, name, value);
}

static int read_env_file(struct item *item, struct stk_str path, struct stk_compose_place place,
			 struct stk_compose_environment *out)
{
	struct stk_str text;
	struct stk_err err;
	const struct stk_compose_options *options = item->l->options;
	if (options->read(options->read_context, item->l->arena, stk_arena_str(item->l->arena, path).p, &text, &err) <
	    0)
		return stk_compose_fail(item->l->err, place, "%s", err.msg);
	if (stk_compose_dotenv(item->l->arena, text, false, look_up, (void *)item->outer, out, &err) < 0)
		return stk_compose_fail(item->l->err, place, STK_FMT ": %s", STK_ARG(path), err.msg);
	return 0;
}

/* The item's env_file, or .env of its folder where there is one; the including project's variables are the stronger. */
static int read_environment(struct item *item, const node *env_file, struct stk_compose_environment *out)
{
	struct stk_compose_environment own = { 0 };
	node *paths = stk_compose_new(item->l->arena, STK_COMPOSE_LIST, item->node->place);
	if (texts_of(item, env_file, paths) < 0)
		return -1;
	for (uint32_t i = 0; i < paths->n; i++)
		if (read_env_file(item, stk_path_join(item->l->arena, item->outer_directory, paths->items[i]->text),
				  paths->items[i]->place, &own) < 0)
			return -1;
	struct stk_str usual = stk_path_join(item->l->arena, item->directory, S(".env")), text;
	const struct stk_compose_options *options = item->l->options;
	struct stk_err err;
	if (!paths->n &&
	    options->read(options->read_context, item->l->arena, stk_arena_str(item->l->arena, usual).p, &text, &err) ==
		    0 &&
	    stk_compose_dotenv(item->l->arena, text, false, look_up, (void *)item->outer, &own, &err) < 0)
		return stk_compose_fail(item->l->err, item->node->place, STK_FMT ": %s", STK_ARG(usual), err.msg);
	stk_compose_environment_merge(item->l->arena, out, item->outer);
	stk_compose_environment_merge(item->l->arena, out, &own);
	return 0;
}

/* The same name on both sides is allowed when both say the same, so that two includes may share
   a network. */
static int copy_resources(struct stk_compose_loader *l, const node *from, node *to, const char *kind,
			  struct stk_compose_place place)
{
	const node *theirs = stk_compose_get(from, kind);
	node *ours = stk_compose_get(to, kind);
	if (!theirs || theirs->type != STK_COMPOSE_MAP)
		return 0;
	if (!ours) {
		ours = stk_compose_new(l->arena, STK_COMPOSE_MAP, theirs->place);
		stk_compose_set(l->arena, to, stk_str_from(kind), theirs->place, ours);
	}
	if (ours->type != STK_COMPOSE_MAP)
		return stk_compose_fail(l->err, ours->place, "%s must be a mapping", kind);
	for (uint32_t i = 0; i < theirs->n; i++) {
		const struct stk_compose_entry *entry = &theirs->entries[i];
		const node *there = stk_compose_get_str(ours, entry->key);
		if (there && !stk_compose_equal(there, entry->value))
			return stk_compose_fail(l->err, place, "%s." STK_FMT " conflicts with the included file's",
						kind, STK_ARG(entry->key));
		if (!there)
			stk_compose_set(l->arena, ours, entry->key, entry->place, entry->value);
	}
	return 0;
}

/* Loads one item of `include` as a project of its own and copies what it declares into `root`. */
static int include_one(struct item *item, node *root)
{
	static const char *const kinds[] = { "services", "volumes", "networks", "secrets", "configs", "models" };
	struct stk_compose_loader *l = item->l;
	struct stk_compose_files files = { 0 };
	struct stk_compose_environment environment = { 0 };
	bool is_map = item->node->type == STK_COMPOSE_MAP;
	if (!is_map && item->node->type != STK_COMPOSE_STRING)
		return stk_compose_fail(l->err, item->node->place, "an include must be a path or a mapping");
	node *paths = stk_compose_new(l->arena, STK_COMPOSE_LIST, item->node->place), *loaded = NULL;
	if (texts_of(item, is_map ? stk_compose_get(item->node, "path") : item->node, paths) < 0)
		return -1;
	if (!paths->n) /* Compose takes it for an include of nothing */
		return 0;
	if (open_files(item, paths, &files) < 0)
		return -1;
	/* Relative paths of the included project start at its own folder, unless it names
	   another. */
	const node *folder = stk_compose_get(item->node, "project_directory");
	item->directory = folder && folder->type == STK_COMPOSE_STRING && folder->text.n
				  ? stk_path_join(l->arena, item->outer_directory, folder->text)
				  : stk_path_dir(l->arena, files.v[0]->path);
	if (read_environment(item, stk_compose_get(item->node, "env_file"), &environment) < 0)
		return -1;
	struct stk_compose_step step = { .environment = &environment,
					 .directory = item->directory,
					 .extend = true,
					 .include = true,
					 /* The checks of a whole project (references, names)
					    wait until everything is in one tree. */
					 .validate = true,
					 .including = item->including };
	if (stk_compose_add_files(l, &files, &step, true, &loaded) < 0)
		return -1;
	for (size_t i = 0; i < STK_LEN(kinds); i++)
		if (copy_resources(l, loaded, root, kinds[i], item->node->place) < 0)
			return -1;
	return 0;
}

int stk_compose_include(struct stk_compose_loader *l, node *root, const struct stk_compose_environment *environment,
			const struct stk_compose_including *including, struct stk_str directory)
{
	const node *list = stk_compose_get(root, "include");
	if (!list)
		return 0;
	if (list->type != STK_COMPOSE_LIST && list->type != STK_COMPOSE_NULL)
		return stk_compose_fail(l->err, list->place, "include must be a list");
	for (uint32_t i = 0; list->type == STK_COMPOSE_LIST && i < list->n; i++) {
		struct item item = { l, environment, including, directory, S(""), list->items[i] };
		if (include_one(&item, root) < 0)
			return -1;
	}
	stk_compose_remove(root, S("include"));
	return 0;
}
