/* SPDX-License-Identifier: Apache-2.0 */
/* Free keys (services, labels ...) are printed in the order of their names, known ones in the order of the tree. */
#include "compose/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "compose/schema.h"
#include "compose/tree.h"
#include "text/json.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

static int by_key(const void *a, const void *b)
{
	return stk_str_compare((*(const struct stk_compose_entry *const *)a)->key,
			       (*(const struct stk_compose_entry *const *)b)->key);
}

static struct stk_str doubled(struct stk_arena *arena, struct stk_str text)
{
	size_t dollars = 0, n = 0;
	for (size_t i = 0; i < text.n; i++)
		dollars += text.p[i] == '$';
	if (!dollars)
		return text;
	char *out = stk_arena_alloc(arena, text.n + dollars, 1);
	for (size_t i = 0; i < text.n; i++) {
		out[n++] = text.p[i];
		if (text.p[i] == '$')
			out[n++] = '$';
	}
	return (struct stk_str){ out, n };
}

struct printer {
	struct stk_arena *arena;
	struct stk_buf *out;
	struct stk_json_writer json;
	bool escape, yaml;
	bool in_blkio; /* whose items Compose prints in JSON with Go's field names */
};

struct listing {
	const struct stk_compose_entry **v;
	uint32_t n;
};

/* A config's text that was taken from a variable; and in YAML what is only there to be null or empty in JSON. */
static bool skipped(const struct printer *p, const node *map, const struct stk_compose_entry *entry, schema *rule)
{
	schema *inner = stk_compose_field_of(rule, entry->key);
	if (stk_str_is(entry->key, "content") && stk_compose_str(map, "environment").n &&
	    stk_compose_field_of(rule, S("template_driver")))
		return true;
	bool nothing =
		entry->value->type == STK_COMPOSE_NULL || (entry->value->type == STK_COMPOSE_MAP && !entry->value->n);
	return p->yaml && inner && inner->always && nothing;
}

/* The entries of a map in the order of printing. */
static struct listing ordered(const struct printer *p, const node *map, schema *rule)
{
	struct listing list = { STK_NEW(p->arena, const struct stk_compose_entry *, map->n), 0 };
	for (uint32_t i = 0; i < map->n; i++)
		if (!skipped(p, map, &map->entries[i], rule))
			list.v[list.n++] = &map->entries[i];
	if (!rule || rule->names || !rule->n_fields)
		qsort(list.v, list.n, sizeof(*list.v), by_key);
	return list;
}

static struct stk_str shown(const struct printer *p, struct stk_str text)
{
	return p->escape ? doubled(p->arena, text) : text;
}

static void write_json(struct printer *p, const node *value, schema *rule);

/* Compose's structs for blkio_config have no JSON names, so its keys come out as the Go fields
   are called. */
static void write_json_map(struct printer *p, const node *map, schema *rule)
{
	struct listing list = ordered(p, map, rule);
	stk_json_begin_object(&p->json);
	for (uint32_t i = 0; i < list.n; i++) {
		struct stk_str key = shown(p, list.v[i]->key);
		bool blkio = p->in_blkio;
		if (blkio && rule && stk_str_is(rule->fields[0].name, "path"))
			key = stk_str_is(key, "path") ? S("Path") : stk_str_is(key, "rate") ? S("Rate") : S("Weight");
		p->in_blkio |= stk_str_is(list.v[i]->key, "blkio_config") && rule == stk_compose_service_schema;
		stk_json_key_str(&p->json, key);
		write_json(p, list.v[i]->value, stk_compose_schema_of(rule, list.v[i]->key));
		p->in_blkio = blkio;
	}
	stk_json_end_object(&p->json);
}

static void write_json(struct printer *p, const node *value, schema *rule)
{
	switch (value->type) {
	case STK_COMPOSE_NULL:
		stk_json_write_null(&p->json);
		break;
	case STK_COMPOSE_BOOL:
		stk_json_write_bool(&p->json, value->boolean);
		break;
	case STK_COMPOSE_INT:
		stk_json_write_int(&p->json, value->integer);
		break;
	case STK_COMPOSE_FLOAT:
		if (rule && (float)value->number == value->number) {
			/* a float32: the fewest digits that read back as the same one */
			struct stk_str text = S("");
			for (int digits = 1; digits < 10; digits++) {
				text = stk_arena_printf(p->arena, "%.*g", digits, value->number);
				if ((float)strtod(text.p, NULL) == (float)value->number)
					break;
			}
			stk_json_write_double(&p->json, strtod(text.p, NULL));
		} else {
			stk_json_write_double(&p->json, value->number);
		}
		break;
	case STK_COMPOSE_LIST:
		if (!rule && !value->n) { /* of an x- value: Go's empty slice */
			stk_json_write_null(&p->json);
			break;
		}
		stk_json_begin_array(&p->json);
		for (uint32_t i = 0; i < value->n; i++)
			write_json(p, value->items[i], rule ? rule->items : NULL);
		stk_json_end_array(&p->json);
		break;
	case STK_COMPOSE_MAP:
		write_json_map(p, value, rule);
		break;
	default:
		stk_json_write_str(&p->json, shown(p, value->text));
	}
}

/* Compose's JSON has no models. */
static node without_models(const struct stk_compose *project, struct stk_compose_entry *entries)
{
	node root = *project->root;
	uint32_t n = 0;
	for (uint32_t i = 0; i < root.n; i++) {
		bool empty = root.entries[i].value->type == STK_COMPOSE_MAP && !root.entries[i].value->n &&
			     !stk_str_is(root.entries[i].key, "services") &&
			     !stk_str_starts(root.entries[i].key, S("x-"));
		if (!stk_str_is(root.entries[i].key, "models") && !empty)
			entries[n++] = root.entries[i];
	}
	root.entries = entries;
	root.n = n;
	root.slots = NULL;
	return root;
}

void stk_compose_print_json(struct stk_buf *out, const struct stk_compose *project, bool escape)
{
	struct printer p = { .arena = project->arena, .out = out, .json = stk_json_writer(out, 2), .escape = escape };
	struct stk_compose_entry *entries = STK_NEW(project->arena, struct stk_compose_entry, project->root->n);
	node root = without_models(project, entries);
	write_json(&p, &root, &stk_compose_project_schema);
	stk_buf_byte(out, '\n');
}

/* May a YAML scalar stand without quotes and be read back as the same string? yes, no, on, off,
   y and n are strings to this reader, but not to YAML 1.1's, so they are quoted too. */
static bool is_plain(struct printer *p, struct stk_str text)
{
	node scalar = { 0 };
	if (!text.n || stk_is_space(text.p[0]) || stk_is_space(text.p[text.n - 1]) ||
	    memchr("-?:,[]{}#&*!|>'\"%@`", text.p[0], 20))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		char next = i + 1 < text.n ? text.p[i + 1] : ' ';
		if (c < 0x20 || c == 0x7f || (c == ':' && next == ' ') || (c == ' ' && next == '#'))
			return false;
	}
	stk_compose_scalar(p->arena, text, &scalar);
	bool word = text.n <= 3 && (stk_str_eq_nocase(text, S("y")) || stk_str_eq_nocase(text, S("n")) ||
				    stk_str_eq_nocase(text, S("yes")) || stk_str_eq_nocase(text, S("no")) ||
				    stk_str_eq_nocase(text, S("on")) || stk_str_eq_nocase(text, S("off")));
	return scalar.type == STK_COMPOSE_STRING && !word && !stk_str_is(text, "<<") && !stk_str_is(text, "=");
}

static void write_yaml_text(struct printer *p, struct stk_str text)
{
	text = shown(p, text);
	if (is_plain(p, text)) {
		stk_buf_add(p->out, text);
		return;
	}
	struct stk_json_writer quoted = stk_json_writer(p->out, 0); /* a JSON string is a double-quoted YAML one */
	stk_json_write_str(&quoted, text);
}

static void write_yaml(struct printer *p, const node *value, schema *rule, size_t indent);

static void write_yaml_map(struct printer *p, const node *map, schema *rule, size_t indent, bool first_in_place)
{
	struct listing list = ordered(p, map, rule);
	for (uint32_t i = 0; i < list.n; i++) {
		if (i || !first_in_place)
			stk_buf_repeat(p->out, ' ', indent);
		write_yaml_text(p, list.v[i]->key);
		stk_buf_byte(p->out, ':');
		write_yaml(p, list.v[i]->value, stk_compose_schema_of(rule, list.v[i]->key), indent + 2);
	}
}

static void write_yaml_list(struct printer *p, const node *list, schema *rule, size_t indent)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const node *item = list->items[i];
		stk_buf_repeat(p->out, ' ', indent);
		stk_buf_byte(p->out, '-');
		if (item->type == STK_COMPOSE_MAP && item->n) {
			stk_buf_byte(p->out, ' ');
			write_yaml_map(p, item, rule ? rule->items : NULL, indent + 2, true);
		} else {
			write_yaml(p, item, rule ? rule->items : NULL, indent + 2);
		}
	}
}

/* Writes what follows a colon or dash, with the line's end. */
static void write_yaml(struct printer *p, const node *value, schema *rule, size_t indent)
{
	if (value->type >= STK_COMPOSE_LIST && value->n) {
		stk_buf_byte(p->out, '\n');
		if (value->type == STK_COMPOSE_MAP)
			write_yaml_map(p, value, rule, indent, false);
		else
			write_yaml_list(p, value, rule, indent);
		return;
	}
	stk_buf_byte(p->out, ' ');
	if (value->type == STK_COMPOSE_STRING || value->type == STK_COMPOSE_TIME)
		write_yaml_text(p, value->text);
	else if (value->type == STK_COMPOSE_NULL)
		stk_buf_add(p->out, S("null"));
	else if (value->type >= STK_COMPOSE_LIST)
		stk_buf_add(p->out, value->type == STK_COMPOSE_LIST ? S("[]") : S("{}"));
	else
		stk_buf_add(p->out, stk_compose_text(p->arena, value));
	stk_buf_byte(p->out, '\n');
}

void stk_compose_print_yaml(struct stk_buf *out, const struct stk_compose *project, bool escape)
{
	struct printer p = { .arena = project->arena, .out = out, .escape = escape, .yaml = true };
	const node *root = project->root;
	for (uint32_t i = 0; i < root->n; i++) {
		const struct stk_compose_entry *entry = &root->entries[i];
		if (entry->value->type == STK_COMPOSE_MAP && !entry->value->n && !stk_str_is(entry->key, "services"))
			continue;
		write_yaml_text(&p, entry->key);
		stk_buf_byte(out, ':');
		write_yaml(&p, entry->value, stk_compose_schema_of(&stk_compose_project_schema, entry->key), 2);
	}
}
