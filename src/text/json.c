/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading through jansson (RFC 8259); the tree is copied to an arena so that its life is the
 * document's, and jansson's is freed at once. The getters stand here as well.
 */
#include "text/json.h"

#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

static void copy_value(struct stk_arena *arena, const json_t *from, struct stk_json *to);

static void copy_items(struct stk_arena *arena, const json_t *from, struct stk_json *to)
{
	to->n = json_is_array(from) ? json_array_size(from) : json_object_size(from);
	to->items = STK_NEW(arena, struct stk_json, to->n);
	if (json_is_array(from)) {
		for (size_t i = 0; i < to->n; i++)
			copy_value(arena, json_array_get(from, i), &to->items[i]);
		return;
	}
	size_t i = 0;
	json_t *object = (json_t *)(uintptr_t)from; /* the iterator API takes no const */
	for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it), i++) {
		to->items[i].key = stk_arena_str(arena, stk_str_from(json_object_iter_key(it)));
		copy_value(arena, json_object_iter_value(it), &to->items[i]);
	}
}

static void copy_number(struct stk_arena *arena, const json_t *from, struct stk_json *to)
{
	to->type = STK_JSON_NUMBER;
	to->number = json_number_value(from);
	if (json_is_integer(from)) {
		to->integer = (int64_t)json_integer_value(from);
		to->text = stk_arena_printf(arena, "%lld", (long long)to->integer);
		return;
	}
	to->text = stk_arena_printf(arena, "%.17g", to->number);
	/* Converting a double that does not fit is undefined; 9e18 is below INT64_MAX, and
	   nobody means the rest. */
	if (to->number > -9e18 && to->number < 9e18)
		to->integer = (int64_t)to->number;
}

/* From jansson's tree to ours, on the arena. */
static void copy_value(struct stk_arena *arena, const json_t *from, struct stk_json *to)
{
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		to->type = STK_JSON_OBJECT;
		copy_items(arena, from, to);
		break;
	case JSON_ARRAY:
		to->type = STK_JSON_ARRAY;
		copy_items(arena, from, to);
		break;
	case JSON_STRING:
		to->type = STK_JSON_STRING;
		to->text = stk_arena_str(arena, (struct stk_str){ json_string_value(from), json_string_length(from) });
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		copy_number(arena, from, to);
		break;
	case JSON_TRUE:
		to->type = STK_JSON_TRUE;
		break;
	case JSON_FALSE:
		to->type = STK_JSON_FALSE;
		break;
	case JSON_NULL:
		to->type = STK_JSON_NULL;
		break;
	}
}

/* jansson recurses up to 2,048 levels deep itself, which no stack minds; a NUL in a key is refused. */
static int parse(struct stk_arena *arena, struct stk_str text, size_t flags, struct stk_json **out, struct stk_err *err)
{
	json_error_t problem;
	json_t *root = json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL | flags, &problem);
	if (!root)
		return stk_fail(err, STK_EFORMAT, "line %d, column %d: %s", problem.line, problem.column, problem.text);
	*out = STK_NEW(arena, struct stk_json, 1);
	copy_value(arena, root, *out);
	json_decref(root);
	return 0;
}

int stk_json_parse(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err)
{
	return parse(arena, text, 0, out, err);
}

int stk_json_parse_strict(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err)
{
	return parse(arena, text, JSON_REJECT_DUPLICATES, out, err);
}

const struct stk_json *stk_json_get(const struct stk_json *json, const char *key)
{
	if (!json || json->type != STK_JSON_OBJECT)
		return NULL;
	struct stk_str wanted = stk_str_from(key);
	for (size_t i = 0; i < json->n; i++)
		if (stk_str_eq(json->items[i].key, wanted))
			return &json->items[i];
	return NULL;
}

struct stk_str stk_json_str(const struct stk_json *json, const char *key)
{
	const struct stk_json *value = stk_json_get(json, key);
	return value && value->type == STK_JSON_STRING ? value->text : S("");
}

int64_t stk_json_int(const struct stk_json *json, const char *key)
{
	const struct stk_json *value = stk_json_get(json, key);
	return value && value->type == STK_JSON_NUMBER ? value->integer : 0;
}

bool stk_json_bool(const struct stk_json *json, const char *key)
{
	const struct stk_json *value = stk_json_get(json, key);
	return value && value->type == STK_JSON_TRUE;
}

const struct stk_json *stk_json_list(const struct stk_json *json, const char *key)
{
	static const struct stk_json empty = { .type = STK_JSON_ARRAY };
	const struct stk_json *value = stk_json_get(json, key);
	return value && (value->type == STK_JSON_ARRAY || value->type == STK_JSON_OBJECT) ? value : &empty;
}
