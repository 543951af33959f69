/* SPDX-License-Identifier: Apache-2.0 */
/* env_file and label_file: their variables go where no explicit value stands. A file that is missing is an error, or a
 * refusal when checking. */
#include "compose/loader.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

struct resolver {
	struct stk_compose_loader *l;
	const struct stk_compose_environment *project;
	const node *explicit; /* the service's environment, or NULL for labels */
	struct stk_compose_environment values;
	struct stk_map files; /* name -> const char *: the file that a value came from */
};

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	const struct resolver *r = context;
	if (r->project && stk_compose_environment_get(r->project, name, value))
		return true;
	const node *own = stk_compose_get_str(r->explicit, name);
	if (own && own->type == STK_COMPOSE_STRING)
		*value = own->text;
	return own && own->type == STK_COMPOSE_STRING;
}

/* Labels see only what was read before. */
static bool look_up_nothing(void *context, struct stk_str name, struct stk_str *value)
{
	(void)context, (void)name, (void)value;
	return false;
}

static int refuse(struct stk_compose_loader *l, struct stk_compose_place place, const char *text, struct stk_str path)
{
	if (!l->options->lenient)
		return stk_compose_fail(l->err, place, STK_FMT ": %s", STK_ARG(path), text);
	*STK_PUSH(l->arena, &l->project->refusals) =
		(struct stk_compose_refusal){ stk_arena_printf(l->arena, STK_FMT ": %s", STK_ARG(path), text), place };
	return 0;
}

static int read_file(struct resolver *r, struct stk_str path, struct stk_str format, bool required,
		     struct stk_compose_place place)
{
	const struct stk_compose_options *options = r->l->options;
	struct stk_str text;
	struct stk_err err;
	bool raw = stk_str_is(format, "raw");
	if (options->read(options->read_context, r->l->arena, stk_arena_str(r->l->arena, path).p, &text, &err) < 0)
		return err.code == STK_ENOTFOUND && !required
			       ? 0
			       : refuse(r->l, place, "the file is not there or cannot be read", path);
	if (format.n && !raw && !stk_str_is(format, ".env"))
		return stk_compose_fail(r->l->err, place, "unsupported env_file format \"" STK_FMT "\"",
					STK_ARG(format));
	size_t before = r->values.values.n;
	if (stk_compose_dotenv(r->l->arena, text, raw, r->explicit ? look_up : look_up_nothing, r, &r->values, &err) <
	    0)
		return refuse(r->l, place, err.msg, path);
	for (size_t i = before; i < r->values.values.n; i++)
		*stk_map_at(&r->files, r->l->arena, r->values.values.entries[i].key) =
			(void *)stk_arena_str(r->l->arena, path).p;
	return 0;
}

static int resolve_environment(struct resolver *r, node *service)
{
	node *files = stk_compose_get(service, "env_file"), *own = stk_compose_get(service, "environment");
	struct stk_compose_place nowhere = { 0 };
	r->explicit = own ? own : stk_compose_new(r->l->arena, STK_COMPOSE_MAP, nowhere);
	for (uint32_t i = 0; i < r->explicit->n; i++) {
		struct stk_compose_entry *entry = &r->explicit->entries[i];
		struct stk_str value;
		if (entry->value->type == STK_COMPOSE_NULL &&
		    stk_compose_environment_get(r->project, entry->key, &value)) {
			entry->value = stk_compose_new_str(r->l->arena, value, entry->value->place);
			entry->value->variable = true;
		}
		if (entry->value->type == STK_COMPOSE_STRING)
			stk_compose_environment_set(r->l->arena, &r->values, entry->key, entry->value->text);
	}
	for (uint32_t i = 0; i < stk_compose_count(files); i++) {
		const node *file = files->items[i], *required = stk_compose_get(file, "required");
		if (read_file(r, stk_compose_str(file, "path"), stk_compose_str(file, "format"),
			      !required || stk_compose_is_true(required), file->place) < 0)
			return -1;
	}
	return 0;
}

/* Adds what the files gave and the Compose file does not say itself. */
static void add_values(struct resolver *r, node *service, const char *key)
{
	struct stk_compose_place nowhere = { 0 };
	node *map = stk_compose_get(service, key);
	for (size_t i = 0; i < r->values.values.n; i++) {
		const struct stk_map_entry *entry = &r->values.values.entries[i];
		if (map && stk_compose_entry(map, entry->key))
			continue;
		if (!map) {
			map = stk_compose_new(r->l->arena, STK_COMPOSE_MAP, nowhere);
			stk_compose_set(r->l->arena, service, stk_str_from(key), nowhere, map);
		}
		stk_compose_set(r->l->arena, map, entry->key, nowhere,
				stk_compose_new_str(r->l->arena, *(const struct stk_str *)entry->value, nowhere));
	}
}

static void list_variables(const struct resolver *r, struct stk_compose_service *service)
{
	const node *map = stk_compose_get(service->node, "environment");
	for (uint32_t i = 0; i < stk_compose_count(map); i++) {
		const struct stk_compose_entry *entry = &map->entries[i];
		struct stk_compose_variable *variable = STK_PUSH(r->l->arena, &service->environment);
		bool has_value = entry->value->type == STK_COMPOSE_STRING;
		*variable = (struct stk_compose_variable){ .name = entry->key,
							   .value = has_value ? entry->value->text : S(""),
							   .has_value = has_value };
		if (entry->value->place.yaml)
			variable->node = entry->value;
		else
			variable->file = stk_str_from(stk_map_get(&r->files, entry->key));
	}
}

static int resolve_labels(struct stk_compose_loader *l, node *service)
{
	struct resolver r = { .l = l };
	const node *files = stk_compose_get(service, "label_file");
	for (uint32_t i = 0; i < stk_compose_count(files); i++)
		if (read_file(&r, files->items[i]->text, S(""), true, files->items[i]->place) < 0)
			return -1;
	add_values(&r, service, "labels");
	return 0;
}

int stk_compose_resolve_files(struct stk_compose_loader *l, const struct stk_compose_environment *environment)
{
	for (size_t i = 0; i < l->project->services.n; i++) {
		struct stk_compose_service *service = &l->project->services.v[i];
		node *map = (node *)service->node;
		struct resolver r = { .l = l, .project = environment };
		if (!service->active)
			continue;
		if (resolve_environment(&r, map) < 0 || resolve_labels(l, map) < 0)
			return -1;
		add_values(&r, map, "environment");
		list_variables(&r, service);
		stk_compose_remove(map, S("env_file"));
		stk_compose_remove(map, S("label_file"));
	}
	return 0;
}
