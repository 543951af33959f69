/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extends: the other service, extended first itself, is what the service is merged on top of. Of another file only that
 * one service is taken, with its paths made absolute against that file's folder; nothing it refers to comes along.
 * Cycles are found by the chain of (file, service).
 */
#include "base/buf.h"
#include "base/limits.h"
#include "compose/loader.h"
#include "text/path.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

struct chain {
	const struct chain *outer;
	struct stk_str file, service;
	unsigned depth;
};

/* The services that names are looked up in, and where they come from. */
struct scope {
	struct stk_compose_loader *l;
	const struct stk_compose_environment *environment;
	const struct stk_compose_source *source;
	node *services;
	struct stk_str directory; /* relative extends.file start here */
	const struct stk_compose_resets *resets;
};

/* A file that was opened for its services; once for each environment that its variables are replaced from. */
struct opened {
	struct opened *next;
	struct scope scope;
	struct stk_compose_resets resets;
};

/* The message names the whole circle, as far as it fits into an error. */
static int cycle(const struct scope *s, const struct chain *chain, struct stk_compose_place place)
{
	STK_BUF text = stk_buf_new(sizeof(s->l->err->msg));
	for (const struct chain *at = chain; at; at = at->outer)
		stk_buf_printf(&text, "%s" STK_FMT, text.n ? " is extended by " : "", STK_ARG(at->service));
	return stk_compose_fail(s->l->err, place, "services extend each other in a circle: " STK_FMT,
				STK_ARG(stk_buf_str(&text)));
}

/* Refuses a service that is being extended already further out, and chains that would overflow the stack. */
static int enter(const struct scope *s, struct chain *chain, struct stk_compose_place place)
{
	for (const struct chain *at = chain->outer; at; at = at->outer)
		if (stk_str_eq(at->file, chain->file) && stk_str_eq(at->service, chain->service))
			return cycle(s, chain, place);
	chain->depth = chain->outer ? chain->outer->depth + 1 : 0;
	return chain->depth < STK_LIMIT_DEPTH
		       ? 0
		       : stk_compose_fail(s->l->err, place, "more than %d services extend one another",
					  STK_LIMIT_DEPTH);
}

static int extend_service(const struct scope *s, struct stk_str name, const struct chain *outer);

/* What Compose would clone or pull. Nothing is fetched while loading. */
static bool is_remote(struct stk_str file)
{
	return stk_str_contains(file, S("://")) || stk_str_starts(file, S("git@")) ||
	       stk_str_starts(file, S("github.com/"));
}

/* Loads the file without its includes and without validating it: of a file that is only extended, Compose looks
   at nothing but the service it takes. Paths become absolute at once, against that file's folder and not the
   extending one's. */
static int load_services(const struct scope *s, const node *file, struct stk_str path, struct opened *opened)
{
	struct stk_compose_loader *l = s->l;
	struct stk_compose_source *source;
	node *root = NULL;
	if (stk_compose_open(l, path, file->place, true, &source) < 0)
		return -1;
	opened->scope = (struct scope){ .l = l,
					.environment = s->environment,
					.source = source,
					.directory = s->directory,
					.resets = &opened->resets };
	struct stk_compose_step step = { .environment = s->environment,
					 .directory = s->directory,
					 .resets = &opened->resets };
	if (stk_compose_add_file(l, source, &step, &root) < 0)
		return -1;
	opened->scope.services = stk_compose_get(root, "services");
	if (!opened->scope.services || opened->scope.services->type != STK_COMPOSE_MAP)
		return stk_compose_fail(l->err, file->place, "cannot extend: " STK_FMT " has no services section",
					STK_ARG(source->name));
	return stk_compose_resolve_paths(l, root, &stk_compose_project_schema, stk_path_dir(l->arena, path));
}

/* Makes the file that extends.file names the scope. */
static int open_scope(const struct scope *s, const node *file, struct stk_str wanted, struct scope *inner)
{
	struct stk_compose_loader *l = s->l;
	if (file->type != STK_COMPOSE_STRING)
		return stk_compose_fail(l->err, file->place, "extends.file must be a string");
	if (is_remote(file->text))
		return stk_compose_fail(l->err, file->place,
					"extends.file names a remote resource, which is not fetched");
	struct stk_str path = stk_path_join(l->arena, s->directory, file->text);
	struct opened *first = stk_map_get(&l->extended_files, path), *opened = first;
	while (opened && opened->scope.environment != s->environment)
		opened = opened->next;
	if (!opened) {
		opened = STK_NEW(l->arena, struct opened, 1);
		opened->next = first;
		if (load_services(s, file, path, opened) < 0)
			return -1;
		*stk_map_at(&l->extended_files, l->arena, path) = opened;
	}
	*inner = opened->scope;
	if (!stk_compose_get_str(inner->services, wanted))
		return stk_compose_fail(l->err, file->place,
					"cannot extend: service \"" STK_FMT "\" not found in " STK_FMT, STK_ARG(wanted),
					STK_ARG(inner->source->name));
	return 0;
}

/* `extends: NAME` or `extends: {service: NAME, file: PATH}`; *file is NULL for the same file. */
static int read_reference(const struct scope *s, const node *extends, struct stk_str *wanted, const node **file)
{
	const node *service = extends->type == STK_COMPOSE_MAP ? stk_compose_get(extends, "service") : extends;
	*file = stk_compose_get(extends, "file");
	if (*file && (*file)->type == STK_COMPOSE_NULL)
		*file = NULL;
	if (!service || service->type != STK_COMPOSE_STRING)
		return stk_compose_fail(s->l->err, extends->place, "extends.service is required");
	*wanted = service->text;
	return 0;
}

/* !reset and !override of the extending file take values out of the base. */
static void apply_resets(const struct scope *s, struct stk_str name, node *base)
{
	node *root = stk_compose_new(s->l->arena, STK_COMPOSE_MAP, base->place);
	node *services = stk_compose_new(s->l->arena, STK_COMPOSE_MAP, base->place);
	stk_compose_set(s->l->arena, services, name, base->place, base);
	stk_compose_set(s->l->arena, root, S("services"), base->place, services);
	stk_compose_apply_resets(root, s->resets);
}

/* What a copy of the value costs, in nodes: chains of services that double each other are bounded by the sum. */
static size_t count_values(const node *value)
{
	size_t n = 1;
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++)
		n += count_values(value->items[i]);
	for (uint32_t i = 0; value->type == STK_COMPOSE_MAP && i < value->n; i++)
		n += count_values(value->entries[i].value);
	return n;
}

/* The base is cloned and marked shared, since other services may extend it as well. The place stays the
   extending service's, so that findings point there. */
static int merge_base(const struct scope *s, struct stk_str name, struct stk_compose_entry *entry, node *base)
{
	s->l->values_copied += count_values(base);
	if (s->l->values_copied > STK_LIMIT_COMPOSE_COPIED)
		return stk_fail(s->l->err, STK_ELIMIT, "services take over more than %d values from those they extend",
				STK_LIMIT_COMPOSE_COPIED);
	node *service = entry->value, *merged = stk_compose_clone(s->l->arena, base, true);
	if (s->resets)
		apply_resets(s, name, merged);
	if (stk_compose_merge(s->l, &merged, service, stk_compose_service_schema) < 0)
		return -1;
	stk_compose_remove(merged, S("extends"));
	merged->place = service->place;
	merged->shared = service->shared;
	merged->merged = true;
	entry->value = merged;
	return 0;
}

/* Depth first: the base is extended itself before it is merged under the service. `outer` is the
   chain of services that led here; it lives on the stack, and enter() walks it to find a circle
   and to bound the depth. */
static int extend_service(const struct scope *s, struct stk_str name, const struct chain *outer)
{
	struct stk_compose_entry *entry = stk_compose_entry(s->services, name);
	if (!entry || entry->value->type == STK_COMPOSE_NULL)
		return 0;
	if (entry->value->type != STK_COMPOSE_MAP)
		return stk_compose_fail(s->l->err, entry->value->place, "services." STK_FMT " must be a mapping",
					STK_ARG(name));
	const node *extends = stk_compose_get(entry->value, "extends"), *file;
	struct stk_str wanted;
	if (!extends)
		return 0;
	if (read_reference(s, extends, &wanted, &file) < 0)
		return -1;
	struct scope inner = *s, *base_scope = &inner;
	/* A base of the same file is merged without resets; open_scope puts those of another file in. */
	inner.resets = NULL;
	if (file && open_scope(s, file, wanted, &inner) < 0)
		return -1;
	if (!stk_compose_get_str(inner.services, wanted))
		return stk_compose_fail(s->l->err, extends->place,
					"cannot extend service \"" STK_FMT "\": service \"" STK_FMT "\" not found",
					STK_ARG(name), STK_ARG(wanted));
	struct chain chain = { outer, s->source->path, name, 0 };
	if (enter(s, &chain, extends->place) < 0 || extend_service(base_scope, wanted, &chain) < 0)
		return -1;
	node *base = stk_compose_get_str(inner.services, wanted);
	if (base->type != STK_COMPOSE_MAP)
		return 0;
	/* Looked up again: extending the base may have moved the entries of the map. */
	return merge_base(s, name, stk_compose_entry(s->services, name), base);
}

int stk_compose_extend(struct stk_compose_loader *l, node *root, const struct stk_compose_source *source,
		       const struct stk_compose_environment *environment, const struct stk_compose_resets *resets,
		       struct stk_str directory)
{
	node *services = stk_compose_get(root, "services");
	if (!services)
		return 0;
	if (services->type != STK_COMPOSE_MAP)
		return stk_compose_fail(l->err, services->place, "services must be a mapping");
	struct scope scope = { l, environment, source, services, directory, resets };
	for (uint32_t i = 0; i < services->n; i++)
		if (extend_service(&scope, services->entries[i].key, NULL) < 0)
			return -1;
	return 0;
}
