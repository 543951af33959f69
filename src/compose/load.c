/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the steps. What each does stands in its own file; loader.h lists them. */
#include "compose/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "compose/discover.h"
#include "compose/loader.h"
#include "text/glob.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

void stk_compose_warn(struct stk_compose_loader *l, const char *fmt, ...)
{
	char text[500];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	struct stk_str copy = stk_arena_str(l->arena, stk_str_from(text));
	if (stk_map_add(&l->warned, l->arena, copy))
		*STK_PUSH(l->arena, &l->project->warnings) = copy;
}

/* Files are shown relative to the folder of the run where they lie in it. */
static struct stk_str shown_name(const struct stk_compose_loader *l, struct stk_str path)
{
	struct stk_str folder = stk_str_from(l->options->directory);
	if (folder.n > 1 && stk_str_starts(path, folder) && path.n > folder.n + 1 && path.p[folder.n] == '/')
		return stk_str_slice(path, folder.n + 1, path.n);
	return path;
}

/* Bounds the number of files and their sum, counted as often as they are brought in. */
static int too_large(struct stk_compose_loader *l)
{
	return stk_fail(l->err, STK_ELIMIT, "the project has more than %d files or %zu MiB of text",
			STK_LIMIT_COMPOSE_FILES, STK_LIMIT_COMPOSE_BYTES >> 20);
}

int stk_compose_open(struct stk_compose_loader *l, struct stk_str path, struct stk_compose_place place, bool included,
		     struct stk_compose_source **out)
{
	struct stk_err err;
	path = stk_arena_str(l->arena, path);
	void **known = stk_map_at(&l->known_files, l->arena, path);
	*out = *known;
	if (*known)
		return 0;
	struct stk_compose_source *source = *out = STK_NEW(l->arena, struct stk_compose_source, 1);
	source->path = path;
	source->name = stk_str_is(path, "-") ? path : shown_name(l, path);
	source->included = included;
	if (l->options->read(l->options->read_context, l->arena, path.p, &source->text, &err) < 0) {
		if (place.source)
			return stk_compose_fail(l->err, place, "%s", err.msg);
		*l->err = err;
		return -1;
	}
	l->bytes_read += source->text.n;
	if (l->project->sources.n >= STK_LIMIT_COMPOSE_FILES || l->bytes_read > STK_LIMIT_COMPOSE_BYTES)
		return too_large(l);
	if (stk_yaml_parse(l->arena, source->text, &source->documents, l->err) < 0) {
		unsigned line, column;
		int used = 0;
		if (sscanf(l->err->msg, "line %u, column %u: %n", &line, &column, &used) == 2 && used)
			return stk_fail(l->err, l->err->code, STK_FMT ":%u:%u: %s", STK_ARG(source->name), line, column,
					stk_arena_str(l->arena, stk_str_from(l->err->msg + used)).p);
		return stk_within(l->err, STK_FMT, STK_ARG(source->name));
	}
	*known = source;
	*STK_PUSH(l->arena, &l->project->sources) = source;
	return 0;
}

/* Entries of a service's dns that are empty mean nothing. */
static void drop_empty_dns(node *root)
{
	const node *services = stk_compose_get(root, "services");
	for (uint32_t i = 0; i < stk_compose_count(services); i++) {
		node *dns = stk_compose_get(services->entries[i].value, "dns");
		uint32_t kept = 0;
		for (uint32_t k = 0; dns && dns->type == STK_COMPOSE_LIST && k < dns->n; k++)
			if (dns->items[k]->type != STK_COMPOSE_NULL &&
			    (dns->items[k]->type != STK_COMPOSE_STRING || dns->items[k]->text.n))
				dns->items[kept++] = dns->items[k];
		if (dns && dns->type == STK_COMPOSE_LIST)
			dns->n = kept;
	}
}

/* Ignored by Compose today. The first file's own is kept for the rules, which point at it. */
static void drop_version(struct stk_compose_loader *l, const struct stk_compose_source *source, node *root)
{
	node *version = stk_compose_get(root, "version");
	if (!version)
		return;
	if (!l->project->version && !source->included)
		l->project->version = version;
	stk_compose_warn(l,
			 STK_FMT ": the attribute `version` is obsolete, it will be ignored, please remove it to avoid "
				 "potential confusion",
			 STK_ARG(source->path));
	stk_compose_remove(root, S("version"));
}

/* One YAML document, in compose-go's order. Validation comes after merging, since a file may complete what
   another begins; unique runs twice, because a port range is several ports only in the long form. */
static int add_document(struct stk_compose_loader *l, struct stk_compose_source *source,
			const struct stk_yaml *document, const struct stk_compose_step *step, node **root)
{
	const struct stk_compose_schema *schema = &stk_compose_project_schema;
	struct stk_compose_including including = { step->including, source->path };
	struct stk_compose_resets own = { 0 };
	node *tree;
	if (stk_compose_tree(l->arena, source, document, &tree, &own, l->err) < 0)
		return -1;
	if (tree->type != STK_COMPOSE_MAP)
		return stk_compose_fail(l->err, tree->place, "the top level must be a mapping");
	if (!l->options->no_interpolate && stk_compose_interpolate(l, tree, schema, step->environment) < 0)
		return -1;
	if (step->extend && stk_compose_extend(l, tree, source, step->environment, &own, step->directory) < 0)
		return -1;
	stk_compose_apply_resets(*root, &own);
	if (step->resets)
		*step->resets = own;
	if (step->include && stk_compose_include(l, tree, step->environment, &including, step->directory) < 0)
		return -1;
	if (stk_compose_merge(l, root, tree, schema) < 0 || stk_compose_unique(l, *root, schema) < 0)
		return -1;
	if (step->validate) {
		if (stk_compose_validate(l, *root) < 0)
			return -1;
		drop_version(l, source, *root);
	}
	if (stk_compose_lengthen(l, root, schema) < 0)
		return -1;
	drop_empty_dns(*root);
	return stk_compose_unique(l, *root, schema);
}

int stk_compose_add_file(struct stk_compose_loader *l, struct stk_compose_source *source,
			 const struct stk_compose_step *step, node **root)
{
	/* A file that is included twice by each of its includers comes 2^n times. */
	l->bytes_added += source->text.n;
	if (++l->files_added > STK_LIMIT_COMPOSE_FILES || l->bytes_added > STK_LIMIT_COMPOSE_BYTES)
		return too_large(l);
	if (!*root)
		*root = stk_compose_new(l->arena, STK_COMPOSE_MAP, (struct stk_compose_place){ source, NULL });
	for (size_t i = 0; i < source->documents.n; i++)
		if (add_document(l, source, source->documents.v[i], step, root) < 0)
			return -1;
	return 0;
}

int stk_compose_add_files(struct stk_compose_loader *l, const struct stk_compose_files *files,
			  const struct stk_compose_step *step, bool resolve_paths, node **root)
{
	const struct stk_compose_schema *schema = &stk_compose_project_schema;
	for (size_t i = 0; i < files->n; i++)
		if (stk_compose_add_file(l, files->v[i], step, root) < 0)
			return -1;
	if (stk_compose_defaults(l, *root, schema) < 0 || stk_compose_check_roles(l, *root, schema) < 0 ||
	    (resolve_paths && stk_compose_resolve_paths(l, *root, schema, step->directory) < 0))
		return -1;
	stk_compose_resolve_environment(l, *root, step->environment);
	return 0;
}

/* "*" switches every profile on. */
static bool profile_is_on(const struct stk_strs *profiles, struct stk_str profile)
{
	for (size_t i = 0; i < profiles->n; i++)
		if (stk_str_is(profiles->v[i], "*") || stk_str_eq(profiles->v[i], profile))
			return true;
	return false;
}

/* A service without profiles is always active. */
static void activate(struct stk_compose *project, const struct stk_strs *profiles)
{
	for (size_t i = 0; i < project->services.n; i++) {
		struct stk_compose_service *service = &project->services.v[i];
		service->active = !service->profiles.n;
		for (size_t k = 0; k < service->profiles.n; k++)
			service->active |= profile_is_on(profiles, service->profiles.v[k]);
	}
}

/* The services named on the command line switch their profiles on, and only they and what they depend on stay. */
static int select_services(struct stk_compose_loader *l, struct stk_strs profiles)
{
	const struct stk_strs *names = &l->options->services;
	struct stk_compose *project = l->project;
	struct {
		struct stk_compose_service **v;
		size_t n, cap;
	} wanted = { 0 };
	bool *keep = STK_NEW(l->arena, bool, project->services.n);
	for (size_t i = 0; i < names->n; i++) {
		const struct stk_compose_service *service = stk_compose_service(project, names->v[i]);
		for (size_t k = 0; service && !service->active && k < service->profiles.n; k++)
			*STK_PUSH(l->arena, &profiles) = service->profiles.v[k];
	}
	activate(project, &profiles);
	for (size_t i = 0; i < names->n; i++) {
		size_t before = wanted.n;
		for (size_t k = 0; k < project->services.n; k++)
			if (project->services.v[k].active && stk_glob_match(names->v[i], project->services.v[k].name))
				*STK_PUSH(l->arena, &wanted) = &project->services.v[k];
		if (wanted.n == before)
			return stk_fail(l->err, STK_ENOTFOUND, "no such service: " STK_FMT, STK_ARG(names->v[i]));
	}
	for (size_t i = 0; i < wanted.n; i++) {
		size_t at = (size_t)(wanted.v[i] - project->services.v);
		for (size_t k = 0; !keep[at] && k < wanted.v[i]->depends_on.n; k++) {
			const struct stk_compose_service *other =
				stk_compose_service(project, wanted.v[i]->depends_on.v[k].service);
			if (other && other->active)
				*STK_PUSH(l->arena, &wanted) = (struct stk_compose_service *)other;
			else if (wanted.v[i]->depends_on.v[k].required)
				return stk_fail(l->err, STK_ENOTFOUND, "no such service: " STK_FMT,
						STK_ARG(wanted.v[i]->depends_on.v[k].service));
		}
		keep[at] = true;
	}
	for (size_t i = 0; i < project->services.n; i++)
		project->services.v[i].active &= keep[i];
	return 0;
}

/* Maps are used as sets: any pointer but NULL says "there". */
static void mark_one(struct stk_compose_loader *l, struct stk_map *used, struct stk_str key)
{
	*stk_map_at(used, l->arena, key) = l;
}

/* Lists of {source: NAME}: secrets and configs. */
static void mark(struct stk_compose_loader *l, struct stk_map *used, const node *list)
{
	for (uint32_t i = 0; i < stk_compose_count(list); i++)
		mark_one(l, used, stk_compose_str(list->items[i], "source"));
}

static void mark_keys(struct stk_compose_loader *l, struct stk_map *used, const node *map)
{
	for (uint32_t i = 0; i < stk_compose_count(map); i++)
		mark_one(l, used, map->entries[i].key);
}

static void keep_used(struct stk_compose_loader *l, const char *kind, const struct stk_map *used)
{
	node *from = stk_compose_get(l->project->root, kind);
	if (!from)
		return;
	node *kept = stk_compose_new(l->arena, STK_COMPOSE_MAP, from->place);
	for (uint32_t i = 0; i < from->n; i++)
		if (stk_map_get(used, from->entries[i].key))
			stk_compose_set(l->arena, kept, from->entries[i].key, from->entries[i].place,
					from->entries[i].value);
	stk_compose_set(l->arena, l->project->root, stk_str_from(kind), (struct stk_compose_place){ 0 }, kept);
}

/* Takes what no active service uses out of the tree that is printed; the typed view keeps everything. */
static void drop_unused(struct stk_compose_loader *l)
{
	struct stk_map networks = { 0 }, volumes = { 0 }, secrets = { 0 }, configs = { 0 }, models = { 0 },
		       services = { 0 };
	for (size_t i = 0; i < l->project->services.n; i++) {
		const struct stk_compose_service *s = &l->project->services.v[i];
		if (!s->active)
			continue;
		mark_one(l, &services, s->name);
		mark_keys(l, &networks, stk_compose_get(s->node, "networks"));
		mark_keys(l, &models, stk_compose_get(s->node, "models"));
		mark(l, &secrets, stk_compose_get(s->node, "secrets"));
		mark(l, &secrets, stk_compose_get(s->build, "secrets"));
		mark(l, &configs, stk_compose_get(s->node, "configs"));
		for (size_t k = 0; k < s->mounts.n; k++)
			if (stk_str_is(s->mounts.v[k].type, "volume"))
				mark_one(l, &volumes, s->mounts.v[k].source);
	}
	keep_used(l, "services", &services);
	if (l->options->all_resources)
		return;
	keep_used(l, "networks", &networks);
	keep_used(l, "volumes", &volumes);
	keep_used(l, "secrets", &secrets);
	keep_used(l, "configs", &configs);
	keep_used(l, "models", &models);
}

/* A dependency on a service that is not among the selected ones is not printed. */
static void drop_dependencies(struct stk_compose_loader *l)
{
	for (size_t i = 0; l->options->services.n && i < l->project->services.n; i++) {
		node *dependencies = stk_compose_get(l->project->services.v[i].node, "depends_on");
		/* Removing moves the next entry to this index. */
		for (uint32_t k = 0; k < stk_compose_count(dependencies);) {
			const struct stk_compose_service *other =
				stk_compose_service(l->project, dependencies->entries[k].key);
			if (other && other->active)
				k++;
			else
				stk_compose_remove(dependencies, dependencies->entries[k].key);
		}
		if (dependencies && !dependencies->n)
			stk_compose_remove((node *)l->project->services.v[i].node, S("depends_on"));
	}
}

/* The engine refuses a second container of one name; Compose finds it before anything is started. */
static int check_container_names(struct stk_compose_loader *l)
{
	struct stk_map seen = { 0 };
	for (size_t i = 0; i < l->project->services.n; i++) {
		const struct stk_compose_service *s = &l->project->services.v[i];
		if (s->active && s->container_name.n && !stk_map_add(&seen, l->arena, s->container_name))
			return stk_compose_fail(l->err, s->place,
						"services." STK_FMT ": container name \"" STK_FMT
						"\" is already in use",
						STK_ARG(s->name), STK_ARG(s->container_name));
	}
	return 0;
}

/* From the long form of everything to the project that would run. */
static int complete(struct stk_compose_loader *l, const struct stk_compose_setup *setup)
{
	const struct stk_compose_options *options = l->options;
	struct stk_strs all = { 0 };
	if (!options->no_normalize && stk_compose_normalize(l, l->project->root, &setup->environment) < 0)
		return -1;
	if (options->no_interpolate && !options->lenient)
		return 0;
	if (stk_compose_bind(l, l->project->root) < 0)
		return -1;
	stk_compose_set(l->arena, l->project->root, S("name"), (struct stk_compose_place){ 0 },
			stk_compose_new_str(l->arena, l->project->name, (struct stk_compose_place){ 0 }));
	stk_compose_view(l->project);
	if (options->lenient)
		*STK_PUSH(l->arena, &all) = S("*");
	activate(l->project, options->lenient ? &all : &setup->profiles);
	if (!options->no_consistency && stk_compose_check_consistency(l) < 0)
		return -1;
	if (options->services.n && select_services(l, setup->profiles) < 0)
		return -1;
	if (stk_compose_resolve_files(l, &setup->environment) < 0)
		return -1;
	if (!options->no_consistency && !options->lenient && check_container_names(l) < 0)
		return -1;
	if (options->lenient)
		return 0;
	drop_dependencies(l);
	drop_unused(l);
	return 0;
}

/* Once for each name, however often it stands in the files; in Compose's words. */
static void warn_of_unset(struct stk_compose_loader *l)
{
	for (size_t i = 0; i < l->unset.n; i++)
		stk_compose_warn(l, "The \"" STK_FMT "\" variable is not set. Defaulting to a blank string.",
				 STK_ARG(l->unset.entries[i].key));
}

static int load(struct stk_compose_loader *l)
{
	struct stk_compose_setup setup = { 0 };
	struct stk_compose_files files = { 0 };
	if (stk_compose_discover(l, &setup) < 0)
		return -1;
	for (size_t i = 0; i < setup.files.n; i++) {
		struct stk_compose_source *source;
		if (stk_compose_open(l, setup.files.v[i], (struct stk_compose_place){ 0 }, false, &source) < 0)
			return -1;
		*STK_PUSH(l->arena, &files) = source;
	}
	l->project->directory = setup.directory;
	if (stk_compose_name_project(l, &setup, &files) < 0)
		return -1;
	struct stk_compose_step step = { .environment = &setup.environment,
					 .directory = setup.directory,
					 .extend = true,
					 .include = true,
					 .validate = true };
	if (stk_compose_add_files(l, &files, &step, !l->options->no_path_resolution, &l->project->root) < 0)
		return -1;
	if (!l->project->root->n)
		return stk_fail(l->err, STK_EFORMAT, STK_FMT ": empty compose file", STK_ARG(files.v[0]->name));
	if (!l->project->name.n)
		return stk_fail(l->err, STK_EUSAGE, "project name must not be empty");
	warn_of_unset(l);
	return complete(l, &setup);
}

int stk_compose_load(struct stk_arena *arena, const struct stk_compose_options *options, struct stk_compose **out,
		     struct stk_err *err)
{
	struct stk_compose *project = STK_NEW(arena, struct stk_compose, 1);
	struct stk_compose_loader l = { .arena = arena, .options = options, .project = project, .err = err };
	project->arena = arena;
	*out = project;
	*err = (struct stk_err){ 0 };
	return load(&l);
}
