/* SPDX-License-Identifier: Apache-2.0 */
/* What compose-spec's JSON schema asks for. Errors name the first thing that is wrong; keys that nobody knows can be
 * collected instead. */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "compose/loader.h"
#include "text/nearest.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

enum { DEEPEST = 512 };

struct walk {
	struct stk_compose_loader *l;
	struct stk_str path[DEEPEST]; /* keys; a list item as { NULL, its number } */
	size_t n;
};

/* "services.web.ports.0", for messages. */
static struct stk_str path_text(struct walk *w)
{
	STK_BUF out = stk_buf_new(1000);
	for (size_t i = 0; i < w->n; i++) {
		stk_buf_add(&out, i ? S(".") : S(""));
		if (w->path[i].p)
			stk_buf_add(&out, w->path[i]);
		else
			stk_buf_printf(&out, "%zu", w->path[i].n);
	}
	return stk_arena_str(w->l->arena, stk_buf_str(&out));
}

static bool integral(const node *value)
{
	return value->type == STK_COMPOSE_INT ||
	       (value->type == STK_COMPOSE_FLOAT && value->number == floor(value->number));
}

/* A whole number is also a number, and 3.0 is whole: as in JSON Schema. */
static bool has_type(const node *value, unsigned types)
{
	switch (value->type) {
	case STK_COMPOSE_NULL:
		return types & STK_T_NULL;
	case STK_COMPOSE_BOOL:
		return types & STK_T_BOOL;
	case STK_COMPOSE_INT:
	case STK_COMPOSE_FLOAT:
		return types & STK_T_NUMBER || (types & STK_T_INT && integral(value));
	case STK_COMPOSE_STRING:
		return types & STK_T_STRING;
	case STK_COMPOSE_LIST:
		return types & STK_T_LIST;
	case STK_COMPOSE_MAP:
		return types & STK_T_MAP;
	default:
		return types == STK_T_ANY;
	}
}

static int refuse_type(struct walk *w, const node *value, unsigned types)
{
	static const char *const names[] = { "null",	 "true or false", "a whole number", "a number",
					     "a string", "a list",	  "a mapping" };
	STK_BUF out = stk_buf_new(200);
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (types >> i & 1)
			stk_buf_printf(&out, "%s%s", out.n ? " or " : "", names[i]);
	const char *date = value->type == STK_COMPOSE_TIME ? " (a date must be quoted)" : "";
	return stk_compose_fail(w->l->err, value->place, STK_FMT " must be " STK_FMT "%s", STK_ARG(path_text(w)),
				STK_ARG(stk_buf_str(&out)), date);
}

static bool is_choice(struct stk_str text, const char *choices)
{
	for (struct stk_str rest = stk_str_from(choices); rest.n;)
		if (stk_str_eq(stk_str_cut(&rest, '|'), text))
			return true;
	return false;
}

/* Values of a wrong type never get here: they were refused when the types were looked at. */
static int check_scalar(struct walk *w, const node *value, schema *rule)
{
	if (value->type == STK_COMPOSE_STRING && rule->choices && !is_choice(value->text, rule->choices))
		return stk_compose_fail(w->l->err, value->place, STK_FMT " must be one of %s, not \"" STK_FMT "\"",
					STK_ARG(path_text(w)), rule->choices, STK_ARG(value->text));
	if (value->type == STK_COMPOSE_STRING && rule->matches && !rule->matches(value->text))
		return stk_compose_fail(w->l->err, value->place, STK_FMT ": \"" STK_FMT "\" does not match %s",
					STK_ARG(path_text(w)), STK_ARG(value->text), rule->pattern);
	if (rule->bounded &&
	    ((value->type == STK_COMPOSE_INT && (value->integer < rule->least || value->integer > rule->most)) ||
	     (value->type == STK_COMPOSE_FLOAT &&
	      (value->number < (double)rule->least || value->number > (double)rule->most))))
		return stk_compose_fail(w->l->err, value->place, STK_FMT " must be from %lld to %lld",
					STK_ARG(path_text(w)), (long long)rule->least, (long long)rule->most);
	return 0;
}

static struct stk_str nearest_field(struct walk *w, schema *rule, struct stk_str key)
{
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < rule->n_fields; i++)
		*STK_PUSH(w->l->arena, &names) = rule->fields[i].name;
	return stk_nearest(key, &names);
}

/* When checking, it is collected for a rule; keys that a user may choose freely never get here. */
static int unknown_key(struct walk *w, const struct stk_compose_entry *entry, schema *rule)
{
	struct stk_str nearest = nearest_field(w, rule, entry->key), path = path_text(w);
	if (w->l->options->lenient && rule->n_fields && !rule->names) {
		*STK_PUSH(w->l->arena, &w->l->project->unknown) =
			(struct stk_compose_unknown){ path, entry->key, nearest, entry->place };
		return 0;
	}
	stk_compose_fail(w->l->err, entry->place, "unknown key \"" STK_FMT "\" %s" STK_FMT, STK_ARG(entry->key),
			 path.n ? "in " : "at the top", STK_ARG(path));
	return nearest.n ? stk_hint(w->l->err, "did you mean \"" STK_FMT "\"?", STK_ARG(nearest)) : -1;
}

static int walk(struct walk *w, const node *value, schema *rule);

static int check_required(struct walk *w, const node *map, schema *rule)
{
	for (struct stk_str rest = stk_str_from(rule->required); rest.n;) {
		struct stk_str name = stk_str_cut(&rest, '|');
		if (!stk_compose_entry(map, name))
			return stk_compose_fail(w->l->err, map->place, STK_FMT " lacks \"" STK_FMT "\"",
						STK_ARG(path_text(w)), STK_ARG(name));
	}
	return 0;
}

/* The path is no longer than the schema is deep: what it does not describe is not walked. */
static int check_map(struct walk *w, const node *map, schema *rule)
{
	for (uint32_t i = 0; i < map->n; i++) {
		const struct stk_compose_entry *entry = &map->entries[i];
		schema *inner = stk_compose_schema_of(rule, entry->key);
		bool extension = rule->extensible && stk_str_starts(entry->key, S("x-"));
		w->path[w->n++] = entry->key;
		int failed = inner ? walk(w, entry->value, inner) : 0;
		w->n--;
		if (!inner && !extension && !rule->open)
			failed = unknown_key(w, entry, rule);
		if (failed)
			return -1;
	}
	return check_required(w, map, rule);
}

/* A text that is the same for equal values only. */
static void write_key(struct stk_buf *out, struct stk_arena *arena, const node *value)
{
	struct stk_str text = stk_compose_text(arena, value);
	char kind = value->type == STK_COMPOSE_FLOAT ? 'i' : "nbifstlm"[value->type];
	stk_buf_printf(out, "%c%zu:", kind, value->type >= STK_COMPOSE_LIST ? (size_t)value->n : text.n);
	stk_buf_add(out, text);
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++)
		write_key(out, arena, value->items[i]);
	/* Order of keys: the smallest not yet written comes next; such maps have a handful of keys. One with more is
	 * not compared. */
	struct stk_str last = S("");
	if (value->type == STK_COMPOSE_MAP && value->n > 64)
		stk_buf_printf(out, "@%p", (const void *)value);
	for (uint32_t done = 0; value->type == STK_COMPOSE_MAP && value->n <= 64 && done < value->n; done++) {
		const struct stk_compose_entry *next = NULL;
		for (uint32_t i = 0; i < value->n; i++) {
			const struct stk_compose_entry *entry = &value->entries[i];
			if ((done && stk_str_compare(entry->key, last) <= 0) ||
			    (next && stk_str_compare(entry->key, next->key) >= 0))
				continue;
			next = entry;
		}
		if (!next)
			break;
		last = next->key;
		stk_buf_printf(out, "k%zu:", last.n);
		stk_buf_add(out, last);
		write_key(out, arena, next->value);
	}
}

static int check_distinct(struct walk *w, const node *list)
{
	struct stk_map seen = { 0 };
	for (uint32_t i = 0; i < list->n && list->n > 1; i++) {
		STK_BUF key = stk_buf_new(STK_LIMIT_TEXT_FILE);
		write_key(&key, w->l->arena, list->items[i]);
		if (!stk_map_add(&seen, w->l->arena, stk_arena_str(w->l->arena, stk_buf_str(&key))))
			return stk_compose_fail(w->l->err, list->items[i]->place, STK_FMT ": this item is listed twice",
						STK_ARG(path_text(w)));
	}
	return 0;
}

static int check_list(struct walk *w, const node *list, schema *rule)
{
	for (uint32_t i = 0; i < list->n; i++) {
		w->path[w->n++] = (struct stk_str){ NULL, i };
		int failed = rule->items ? walk(w, list->items[i], rule->items) : 0;
		w->n--;
		if (failed)
			return -1;
	}
	return rule->distinct ? check_distinct(w, list) : 0;
}

static int walk(struct walk *w, const node *value, schema *rule)
{
	if (!has_type(value, rule->types))
		return refuse_type(w, value, rule->types);
	if (value->type == STK_COMPOSE_MAP)
		return check_map(w, value, rule);
	if (value->type == STK_COMPOSE_LIST)
		return check_list(w, value, rule);
	return check_scalar(w, value, rule);
}

int stk_compose_validate(struct stk_compose_loader *l, node *root)
{
	struct walk w = { .l = l };
	l->project->unknown.n = 0; /* each file validates the whole again */
	return walk(&w, root, &stk_compose_project_schema);
}
