/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From YAML to the loader's tree: aliases, merge keys and tags are resolved here (scalars in scalar.c). Merge keys
 * (https://yaml.org/type/merge.html) are shallow: an explicit key wins, then the earlier mapping of a list.
 */
#include "compose/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "text/base64.h"
#include "base/banned.h"

enum { DEEPEST = 4 * STK_LIMIT_DEPTH, FEW_KEYS = 16 };

struct builder {
	struct stk_arena *arena;
	const struct stk_compose_source *source;
	struct stk_compose_resets *resets;
	struct stk_err *err;
	struct stk_map targets;		      /* a set: anchors that some alias names */
	const struct stk_yaml *open[DEEPEST]; /* the nodes that are being expanded, outermost first */
	size_t n_open;
	struct stk_str path[DEEPEST];
	size_t n_path;
	size_t in_list; /* steps of the path that are list items: resets do not reach into lists */
	size_t shared;	/* inside of text that serves several places */
	size_t aliased; /* nodes made so */
};

int stk_compose_fail(struct stk_err *err, struct stk_compose_place place, const char *fmt, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	if (!place.source)
		return stk_fail(err, STK_EFORMAT, "%s", text);
	if (!place.yaml)
		return stk_fail(err, STK_EFORMAT, STK_FMT ": %s", STK_ARG(place.source->name), text);
	return stk_fail(err, STK_EFORMAT, STK_FMT ":%u:%u: %s", STK_ARG(place.source->name), place.yaml->line,
			place.yaml->column, text);
}

/* The place is the node's in the file that is being built. */
static int fail_at(const struct builder *b, const struct stk_yaml *node, const char *what)
{
	return stk_compose_fail(b->err, (struct stk_compose_place){ b->source, node }, "%s", what);
}

/* !!binary: base64, decoded as go-yaml does it; the bytes may be anything. */
static int decode_binary(struct builder *b, const struct stk_yaml *yaml, struct stk_str *out)
{
	STK_BUF bytes = stk_buf_new(yaml->text.n);
	if (!stk_base64_decode(&bytes, yaml->text))
		return fail_at(b, yaml, "!!binary value contains invalid base64 data");
	*out = stk_arena_str(b->arena, stk_buf_str(&bytes));
	return 0;
}

/* Tags: the core ones force a type, "!" and unknown ones make a string. */
static int resolve_tagged(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node *out)
{
	static const struct {
		const char *tag;
		enum stk_compose_type type;
	} known[] = {
		{ "null", STK_COMPOSE_NULL },	{ "bool", STK_COMPOSE_BOOL },	   { "int", STK_COMPOSE_INT },
		{ "float", STK_COMPOSE_FLOAT }, { "timestamp", STK_COMPOSE_TIME },
	};
	struct stk_str tag = stk_str_strip_prefix(yaml->tag, S("tag:yaml.org,2002:"));
	for (size_t i = 0; tag.n < yaml->tag.n && i < STK_LEN(known); i++) {
		if (!stk_str_is(tag, known[i].tag))
			continue;
		stk_compose_scalar(b->arena, yaml->text, out);
		if (out->type == STK_COMPOSE_INT && known[i].type == STK_COMPOSE_FLOAT) {
			out->number = (double)out->integer;
			out->type = STK_COMPOSE_FLOAT;
		}
		return out->type == known[i].type ? 0 : fail_at(b, yaml, "the value does not fit its tag");
	}
	out->type = STK_COMPOSE_STRING;
	out->text = yaml->text;
	if (tag.n < yaml->tag.n && stk_str_is(tag, "binary"))
		return decode_binary(b, yaml, &out->text);
	return 0;
}

static int build(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node **out);

/* Notes the current path; !reset nodes are then left out. */
static void note_reset(struct builder *b)
{
	if (b->in_list || !b->n_path)
		return;
	struct stk_compose_reset reset = { STK_NEW(b->arena, struct stk_str, b->n_path), b->n_path };
	memcpy(reset.parts, b->path, b->n_path * sizeof(*reset.parts));
	*STK_PUSH(b->arena, b->resets) = reset;
}

/* An item that !reset leaves out is no item; resets do not reach into lists, hence in_list. */
static int build_list(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node *list)
{
	b->in_list++;
	stk_compose_reserve(b->arena, list, yaml->n);
	for (size_t i = 0; i < yaml->n; i++) {
		struct stk_compose_node *item;
		if (build(b, &yaml->items[i], &item) < 0)
			return -1;
		if (item)
			stk_compose_append(b->arena, list, item);
	}
	b->in_list--;
	return 0;
}

/* A quoted "<<" is a key like any other. */
static bool is_merge_key(const struct stk_yaml *key)
{
	return key->type == STK_YAML_SCALAR && stk_str_is(key->text, "<<") &&
	       ((key->style == STK_YAML_PLAIN && !key->tag.n) || stk_str_is(key->tag, "tag:yaml.org,2002:merge"));
}

/* Keys are strings once they are resolved: 1:, true: and null: are refused, "1": is not. Aliases are followed. */
static int check_key(struct builder *b, const struct stk_yaml *yaml, struct stk_str *name)
{
	const struct stk_yaml *key = stk_yaml_follow(yaml);
	struct stk_compose_node scalar = { 0 };
	if (key->type == STK_YAML_SCALAR) {
		*name = key->text;
		if (key->tag.n && resolve_tagged(b, key, &scalar) < 0)
			return -1;
		if (!key->tag.n && key->style == STK_YAML_PLAIN)
			stk_compose_scalar(b->arena, key->text, &scalar);
		else if (!key->tag.n)
			return 0;
		if (scalar.type == STK_COMPOSE_STRING)
			return 0;
	}
	return stk_compose_fail(b->err, (struct stk_compose_place){ b->source, yaml }, "non-string key: " STK_FMT,
				STK_ARG(key->text));
}

/* All entries of `from` that the map does not have yet. */
static int merge_map(struct builder *b, struct stk_compose_node *map, const struct stk_yaml *yaml)
{
	struct stk_compose_node *from;
	b->shared++;
	int failed = build(b, yaml, &from);
	b->shared--;
	if (failed)
		return -1;
	if (!from || from->type != STK_COMPOSE_MAP)
		return fail_at(b, yaml, "map merge requires a map or a list of maps");
	stk_compose_reserve(b->arena, map, (size_t)map->n + from->n);
	for (uint32_t i = 0; i < from->n; i++)
		if (!stk_compose_entry(map, from->entries[i].key))
			stk_compose_set(b->arena, map, from->entries[i].key, from->entries[i].place,
					from->entries[i].value);
	return 0;
}

static int merge_into(struct builder *b, struct stk_compose_node *map, const struct stk_yaml *value)
{
	const struct stk_yaml *list = stk_yaml_follow(value);
	if (list->type != STK_YAML_LIST)
		return merge_map(b, map, value);
	for (size_t i = 0; i < list->n; i++)
		if (merge_map(b, map, &list->items[i]) < 0)
			return -1;
	return 0;
}

static int repeated(struct builder *b, const struct stk_yaml *key, const struct stk_yaml *before)
{
	return stk_compose_fail(b->err, (struct stk_compose_place){ b->source, key },
				"mapping key \"" STK_FMT "\" already defined at line %u", STK_ARG(key->text),
				before->line);
}

/* Keys that stand twice, those that !reset or a merge leaves out of the map included. */
static int check_repeated(struct builder *b, const struct stk_yaml *yaml)
{
	struct stk_map seen = { 0 };
	for (size_t i = 0; i < yaml->n; i++) {
		struct stk_yaml *key = &yaml->keys[i];
		for (size_t k = 0; yaml->n <= FEW_KEYS && k < i; k++)
			if (stk_str_eq(yaml->keys[k].text, key->text))
				return repeated(b, key, &yaml->keys[k]);
		if (yaml->n <= FEW_KEYS)
			continue;
		void **before = stk_map_at(&seen, b->arena, key->text);
		if (*before)
			return repeated(b, key, *before);
		*before = key;
	}
	return 0;
}

/* The path is what note_reset copies: it holds the keys that lead to the value. */
static int build_entry(struct builder *b, const struct stk_yaml *key, const struct stk_yaml *value,
		       struct stk_compose_node *map)
{
	struct stk_str name;
	struct stk_compose_node *node;
	if (check_key(b, key, &name) < 0)
		return -1;
	b->path[b->n_path++] = name;
	int failed = build(b, value, &node);
	b->n_path--;
	if (!failed && node)
		stk_compose_set(b->arena, map, name, (struct stk_compose_place){ b->source, key }, node);
	return failed;
}

/* The merge key comes last, whatever its place: explicit keys are stronger. */
static int build_map(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node *map)
{
	if (check_repeated(b, yaml) < 0)
		return -1;
	const struct stk_yaml *merge = NULL;
	stk_compose_reserve(b->arena, map, yaml->n);
	for (size_t i = 0; i < yaml->n; i++) {
		if (is_merge_key(&yaml->keys[i]))
			merge = &yaml->items[i];
		else if (build_entry(b, &yaml->keys[i], &yaml->items[i], map) < 0)
			return -1;
	}
	return merge ? merge_into(b, map, merge) : 0;
}

/* An alias is expanded by building its target again, as a tree of its own. While that goes on `shared` is not
   0, which marks the nodes and bounds how many there may be. */
static int build_alias(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node **out)
{
	for (size_t i = 0; i < b->n_open; i++)
		if (b->open[i] == yaml->target)
			return fail_at(b, yaml, "alias cycle: the anchor's value contains itself");
	b->shared++;
	int failed = build(b, yaml->target, out);
	b->shared--;
	return failed;
}

/* A quoted scalar is a string without a further look; only a plain one is resolved. */
static int build_contents(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node *node)
{
	switch (yaml->type) {
	case STK_YAML_LIST:
		node->type = STK_COMPOSE_LIST;
		return build_list(b, yaml, node);
	case STK_YAML_MAP:
		node->type = STK_COMPOSE_MAP;
		return build_map(b, yaml, node);
	default:
		if (yaml->tag.n)
			return resolve_tagged(b, yaml, node);
		if (yaml->style == STK_YAML_PLAIN) {
			stk_compose_scalar(b->arena, yaml->text, node);
		} else {
			node->type = STK_COMPOSE_STRING;
			node->text = yaml->text;
		}
		return 0;
	}
}

/* *out is NULL for what !reset leaves out. */
static int build(struct builder *b, const struct stk_yaml *yaml, struct stk_compose_node **out)
{
	*out = NULL;
	if (yaml->type == STK_YAML_ALIAS)
		return build_alias(b, yaml, out);
	if (stk_str_is(yaml->tag, "!reset") || stk_str_is(yaml->tag, "!override"))
		note_reset(b);
	if (stk_str_is(yaml->tag, "!reset"))
		return 0;
	if (b->n_open == DEEPEST)
		return fail_at(b, yaml, "nested too deeply");
	bool anchored = yaml->anchor.n && stk_map_get(&b->targets, yaml->anchor);
	b->open[b->n_open++] = yaml;
	b->shared += anchored;
	if (b->shared && ++b->aliased > STK_LIMIT_COMPOSE_ALIASED)
		return stk_fail(b->err, STK_ELIMIT, STK_FMT ":%u:%u: aliases expand to more than %d values",
				STK_ARG(b->source->name), yaml->line, yaml->column, STK_LIMIT_COMPOSE_ALIASED);
	struct stk_compose_node *node =
		stk_compose_new(b->arena, STK_COMPOSE_NULL, (struct stk_compose_place){ b->source, yaml });
	node->shared = b->shared > 0;
	int failed = build_contents(b, yaml, node);
	b->shared -= anchored;
	b->n_open--;
	*out = node;
	return failed;
}

/* Notes which anchors are used at all: a value behind an anchor that nobody names is edited like any other. */
static void find_targets(struct builder *b, const struct stk_yaml *yaml)
{
	if (yaml->type == STK_YAML_ALIAS)
		*stk_map_at(&b->targets, b->arena, yaml->text) = b;
	for (size_t i = 0; yaml->type != STK_YAML_ALIAS && i < yaml->n; i++)
		find_targets(b, &yaml->items[i]);
}

int stk_compose_tree(struct stk_arena *arena, const struct stk_compose_source *source, const struct stk_yaml *document,
		     struct stk_compose_node **out, struct stk_compose_resets *resets, struct stk_err *err)
{
	struct builder b = { .arena = arena, .source = source, .resets = resets, .err = err };
	find_targets(&b, document);
	if (build(&b, document, out) < 0)
		return -1;
	if (!*out)
		*out = stk_compose_new(arena, STK_COMPOSE_NULL, (struct stk_compose_place){ source, document });
	return 0;
}

void stk_compose_apply_resets(struct stk_compose_node *root, const struct stk_compose_resets *resets)
{
	for (size_t i = 0; i < resets->n; i++) {
		struct stk_compose_node *at = root;
		for (size_t k = 0; at && k + 1 < resets->v[i].n; k++)
			at = stk_compose_get_str(at, resets->v[i].parts[k]);
		if (at && at->type == STK_COMPOSE_MAP)
			stk_compose_remove(at, resets->v[i].parts[resets->v[i].n - 1]);
	}
}
