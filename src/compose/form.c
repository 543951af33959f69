/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last step of loading: values take the form in which Compose's structs hold and print them. Sizes are bytes,
 * durations are Go's, lists of k=v are maps, what is empty is gone, keys stand in the order of the table.
 */
#include <stdlib.h>

#include "compose/loader.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_schema schema;

static int bind(struct stk_compose_loader *l, node **value, schema *rule);

static int refuse(struct stk_compose_loader *l, const node *value, const char *what)
{
	return stk_compose_fail(l->err, value->place, "%s", what);
}

/* Of another kind at the same place; what fixes and rules ask of a value comes along. */
static node *like(struct stk_compose_loader *l, const node *from, enum stk_compose_type type)
{
	node *made = STK_NEW(l->arena, node, 1);
	made->type = type;
	made->place = from->place;
	made->shared = from->shared;
	made->merged = from->merged;
	made->variable = from->variable;
	made->raw = from->raw;
	return made;
}

static node *text_like(struct stk_compose_loader *l, const node *from, struct stk_str text)
{
	node *made = like(l, from, STK_COMPOSE_STRING);
	made->text = text;
	return made;
}

static int bind_string(struct stk_compose_loader *l, node **value)
{
	if ((*value)->type == STK_COMPOSE_INT)
		*value = text_like(l, *value, stk_compose_text(l->arena, *value));
	return (*value)->type == STK_COMPOSE_STRING ? 0 : refuse(l, *value, "this must be a string");
}

/* A text that no schema cast yet: from a file that is extended, say. */
static int bind_bool(struct stk_compose_loader *l, node *value)
{
	bool truth;
	if (value->type == STK_COMPOSE_STRING && stk_compose_read_bool(value->text, &truth)) {
		value->type = STK_COMPOSE_BOOL;
		value->boolean = truth;
	}
	return value->type == STK_COMPOSE_BOOL ? 0 : refuse(l, value, "this must be true or false");
}

/* Compose turns texts into signed numbers only; texts for unsigned ones were cast when variables were replaced. */
static int bind_int(struct stk_compose_loader *l, node *value, bool no_negatives)
{
	int64_t number;
	if (value->type == STK_COMPOSE_STRING && !no_negatives && stk_str_i64(value->text, &number)) {
		value->type = STK_COMPOSE_INT;
		value->integer = number;
	}
	if (value->type == STK_COMPOSE_FLOAT) {
		/* The limits are inside of int64_t's, which a double cannot hold exactly; the
		   negation catches NaN. */
		if (!(value->number > -9.2e18 && value->number < 9.2e18))
			return refuse(l, value, "this number is out of range");
		value->type = STK_COMPOSE_INT;
		value->integer = (int64_t)value->number;
	}
	if (value->type != STK_COMPOSE_INT)
		return refuse(l, value, "this must be a whole number");
	return no_negatives && value->integer < 0 ? refuse(l, value, "this must not be negative") : 0;
}

/* "inf" and "nan" are refused with the text; a YAML .inf is one already and stays. */
static int bind_float(struct stk_compose_loader *l, node *value)
{
	if (value->type == STK_COMPOSE_STRING) {
		double number;
		if (!stk_compose_float(value->text, &number))
			return refuse(l, value, "this must be a number");
		value->number = number;
	} else if (value->type == STK_COMPOSE_INT) {
		value->number = (double)value->integer;
	} else if (value->type != STK_COMPOSE_FLOAT) {
		return refuse(l, value, "this must be a number");
	}
	value->type = STK_COMPOSE_FLOAT;
	value->number = (double)(float)value->number; /* Compose keeps 32 bits */
	return 0;
}

/* A fraction without a unit is no size and no error: Compose ignores it. */
static int bind_bytes(struct stk_compose_loader *l, node **value)
{
	int64_t bytes = 0;
	if ((*value)->type == STK_COMPOSE_INT)
		bytes = (*value)->integer;
	else if ((*value)->type == STK_COMPOSE_STRING && !stk_compose_bytes((*value)->text, &bytes))
		return stk_compose_fail(l->err, (*value)->place, "invalid size: \"" STK_FMT "\"",
					STK_ARG((*value)->text));
	*value = text_like(l, *value, stk_arena_printf(l->arena, "%lld", (long long)bytes));
	return 0;
}

static int bind_duration(struct stk_compose_loader *l, node **value)
{
	struct stk_str text;
	int64_t nanoseconds;
	if (!stk_compose_duration(l->arena, stk_compose_text(l->arena, *value), &text, &nanoseconds))
		return stk_compose_fail(l->err, (*value)->place,
					"invalid duration: \"" STK_FMT "\" (it needs a unit, as in 30s)",
					STK_ARG(stk_compose_text(l->arena, *value)));
	*value = text_like(l, *value, text);
	return 0;
}

/* One text or several, as a list; anything but a text in it is refused. */
static int bind_strings(struct stk_compose_loader *l, node **value)
{
	node *list = like(l, *value, STK_COMPOSE_LIST);
	if ((*value)->type == STK_COMPOSE_STRING)
		stk_compose_append(l->arena, list, *value);
	else if ((*value)->type != STK_COMPOSE_LIST)
		return refuse(l, *value, "this must be a list of strings");
	for (uint32_t i = 0; (*value)->type == STK_COMPOSE_LIST && i < (*value)->n; i++) {
		node *item = (*value)->items[i];
		if (item->type == STK_COMPOSE_INT)
			item = text_like(l, item, stk_compose_text(l->arena, item));
		if (item->type != STK_COMPOSE_STRING)
			return refuse(l, item, "this must be a string");
		stk_compose_append(l->arena, list, item);
	}
	*value = list;
	return 0;
}

static int bind_command(struct stk_compose_loader *l, node **value)
{
	node *list = like(l, *value, STK_COMPOSE_LIST);
	if ((*value)->type == STK_COMPOSE_LIST || (*value)->type == STK_COMPOSE_NULL)
		return 0;
	struct stk_strs words = { 0 };
	const char *wrong = stk_compose_split_words(l->arena, (*value)->text, &words);
	if (wrong)
		return refuse(l, *value, wrong);
	for (size_t i = 0; i < words.n; i++)
		stk_compose_append(l->arena, list, text_like(l, *value, words.v[i]));
	*value = list;
	return 0;
}

/* A text is for the container's shell, as in a Dockerfile's HEALTHCHECK CMD. */
static int bind_test(struct stk_compose_loader *l, node **value)
{
	if ((*value)->type == STK_COMPOSE_LIST)
		return 0;
	node *list = like(l, *value, STK_COMPOSE_LIST);
	stk_compose_append(l->arena, list, text_like(l, *value, S("CMD-SHELL")));
	stk_compose_append(l->arena, list, *value);
	*value = list;
	return 0;
}

/* A number is a mode as it is, a text is octal; printed as Go prints an octal number, with the sign behind the
   0. */
static int bind_mode(struct stk_compose_loader *l, node **value)
{
	uint64_t mode = 0;
	struct stk_str text = (*value)->text;
	bool negative = (*value)->type == STK_COMPOSE_STRING && stk_str_starts(text, S("-"));
	if ((*value)->type == STK_COMPOSE_INT) {
		negative = (*value)->integer < 0;
		mode = negative ? 0 - (uint64_t)(*value)->integer : (uint64_t)(*value)->integer;
	} else if ((*value)->type != STK_COMPOSE_STRING ||
		   !stk_str_u64(negative ? stk_str_slice(text, 1, text.n) : text, 8, &mode)) {
		return refuse(l, *value, "a mode must be an octal number");
	}
	*value = text_like(l, *value,
			   stk_arena_printf(l->arena, "0%s%llo", negative ? "-" : "", (unsigned long long)mode));
	return 0;
}

/* Compose keeps "all" as -1. */
static int bind_device_count(struct stk_compose_loader *l, node *value)
{
	if (value->type == STK_COMPOSE_STRING && stk_str_eq_nocase(value->text, S("all"))) {
		value->type = STK_COMPOSE_INT;
		value->integer = -1;
	}
	return bind_int(l, value, false) < 0 ? refuse(l, value, "the only value allowed is \"all\" or a number") : 0;
}

/* {soft, hard} without what is zero; a single 0 is printed as {}. */
static int bind_ulimit(struct stk_compose_loader *l, node **value)
{
	static const struct stk_str keys[] = { { "soft", 4 }, { "hard", 4 } };
	node *map = like(l, *value, STK_COMPOSE_MAP);
	if ((*value)->type == STK_COMPOSE_INT && (*value)->integer)
		return 0;
	for (size_t i = 0; (*value)->type == STK_COMPOSE_MAP && i < 2; i++) {
		struct stk_compose_entry *entry = stk_compose_entry(*value, keys[i]);
		if (!entry)
			continue;
		if (entry->value->type != STK_COMPOSE_INT)
			return refuse(l, entry->value, "a limit must be a whole number");
		if (entry->value->integer)
			stk_compose_set(l->arena, map, keys[i], entry->place, entry->value);
	}
	*value = map;
	return 0;
}

static void put_text(struct stk_compose_loader *l, node *map, struct stk_str key, struct stk_compose_place place,
		     const node *value, struct stk_str text)
{
	stk_compose_set(l->arena, map, key, place, text_like(l, value, text));
}

/* Lists of k=v and maps of scalars, as a map of texts. Missing values stay null, or become "". */
static int bind_mapping(struct stk_compose_loader *l, node **value, bool environment)
{
	node *from = *value, *map = like(l, from, STK_COMPOSE_MAP);
	if (from->type != STK_COMPOSE_LIST && from->type != STK_COMPOSE_MAP)
		return refuse(l, from, "this must be a list or a mapping");
	stk_compose_reserve(l->arena, map, from->n);
	for (uint32_t i = 0; from->type == STK_COMPOSE_MAP && i < from->n; i++) {
		const struct stk_compose_entry *entry = &from->entries[i];
		if (entry->value->type == STK_COMPOSE_NULL && environment)
			stk_compose_set(l->arena, map, entry->key, entry->place, entry->value);
		else
			put_text(l, map, entry->key, entry->place, entry->value,
				 stk_compose_text(l->arena, entry->value));
	}
	for (uint32_t i = 0; from->type == STK_COMPOSE_LIST && i < from->n; i++) {
		node *item = from->items[i];
		struct stk_str rest = stk_compose_text(l->arena, item), raw = item->raw, whole = rest,
			       key = stk_str_cut(&rest, '=');
		if (environment && key.n && stk_is_space(key.p[key.n - 1]))
			return stk_compose_fail(
				l->err, item->place,
				"environment variable \"" STK_FMT "\" is declared with a trailing space", STK_ARG(key));
		if (environment && key.n == whole.n) {
			stk_compose_set(l->arena, map, key, item->place, like(l, item, STK_COMPOSE_NULL));
			continue;
		}
		node *text = text_like(l, item, rest);
		stk_str_cut(&raw, '=');
		text->raw = raw;
		stk_compose_set(l->arena, map, key, item->place, text);
	}
	*value = map;
	return 0;
}

/* One value or several, as a list of texts; NULL where there is none. */
static node *texts_of(struct stk_compose_loader *l, node *value)
{
	node *list = like(l, value, STK_COMPOSE_LIST);
	if (value->type != STK_COMPOSE_LIST)
		stk_compose_append(l->arena, list, text_like(l, value, stk_compose_text(l->arena, value)));
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++)
		stk_compose_append(l->arena, list,
				   text_like(l, value->items[i], stk_compose_text(l->arena, value->items[i])));
	return list->n ? list : NULL;
}

/* many: a key may have several values, which stay a list. */
static int bind_options(struct stk_compose_loader *l, node **value, bool many)
{
	node *map = like(l, *value, STK_COMPOSE_MAP);
	if ((*value)->type != STK_COMPOSE_MAP)
		return refuse(l, *value, "this must be a mapping");
	for (uint32_t i = 0; i < (*value)->n; i++) {
		const struct stk_compose_entry *entry = &(*value)->entries[i];
		node *texts = many ? texts_of(l, entry->value) : NULL;
		if (texts)
			stk_compose_set(l->arena, map, entry->key, entry->place, texts);
		else if (!many)
			put_text(l, map, entry->key, entry->place, entry->value,
				 stk_compose_text(l->arena, entry->value));
	}
	*value = map;
	return 0;
}

/* The form in which Compose hands it to the engine: "host=address", IPv6 without brackets. */
static int add_host(struct stk_compose_loader *l, node *list, const node *place, struct stk_str host, struct stk_str ip)
{
	if (!host.n || stk_str_find_byte(host, ':') != SIZE_MAX || stk_str_find_byte(host, '=') != SIZE_MAX)
		return stk_compose_fail(l->err, place->place, "bad host name \"" STK_FMT "\"", STK_ARG(host));
	if (ip.n > 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']')
		ip = stk_str_slice(ip, 1, ip.n - 1);
	stk_compose_append(
		l->arena, list,
		text_like(l, place, stk_arena_printf(l->arena, STK_FMT "=" STK_FMT, STK_ARG(host), STK_ARG(ip))));
	return 0;
}

/* "host=address" or "host:address"; behind the first sign may stand several addresses with commas. */
static int add_listed_host(struct stk_compose_loader *l, node *list, const node *item)
{
	struct stk_str text = stk_compose_text(l->arena, item);
	size_t at = stk_str_find_byte(text, '=');
	if (at == SIZE_MAX)
		at = stk_str_find_byte(text, ':');
	if (at == SIZE_MAX)
		return stk_compose_fail(l->err, item->place, "invalid additional host, missing IP: " STK_FMT,
					STK_ARG(text));
	struct stk_str addresses = stk_str_slice(text, at + 1, text.n);
	do {
		if (add_host(l, list, item, stk_str_slice(text, 0, at), stk_str_cut(&addresses, ',')) < 0)
			return -1;
	} while (addresses.n);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return stk_str_compare((*(node *const *)a)->text, (*(node *const *)b)->text);
}

/* Sorted, as Compose prints them: the same host with two addresses stays twice. */
static int bind_hosts(struct stk_compose_loader *l, node **value)
{
	node *from = *value, *list = like(l, from, STK_COMPOSE_LIST);
	for (uint32_t i = 0; from->type == STK_COMPOSE_LIST && i < from->n; i++)
		if (add_listed_host(l, list, from->items[i]) < 0)
			return -1;
	for (uint32_t i = 0; from->type == STK_COMPOSE_MAP && i < from->n; i++) {
		const struct stk_compose_entry *entry = &from->entries[i];
		const node *ips = entry->value;
		for (uint32_t k = 0; ips->type == STK_COMPOSE_LIST && k < ips->n; k++)
			if (add_host(l, list, ips->items[k], entry->key, stk_compose_text(l->arena, ips->items[k])) < 0)
				return -1;
		if (ips->type != STK_COMPOSE_LIST &&
		    add_host(l, list, ips, entry->key, stk_compose_text(l->arena, ips)) < 0)
			return -1;
	}
	if (list->n)
		qsort(list->items, list->n, sizeof(list->items[0]), by_text);
	*value = list;
	return 0;
}

/* Keys with their paths; printed as "id" or "id=path". */
static int bind_ssh(struct stk_compose_loader *l, node **value)
{
	node *from = *value, *list = like(l, from, STK_COMPOSE_LIST);
	for (uint32_t i = 0; from->type == STK_COMPOSE_MAP && i < from->n; i++) {
		const struct stk_compose_entry *entry = &from->entries[i];
		struct stk_str path = stk_compose_text(l->arena, entry->value);
		struct stk_str text =
			path.n ? stk_arena_printf(l->arena, STK_FMT "=" STK_FMT, STK_ARG(entry->key), STK_ARG(path))
			       : entry->key;
		stk_compose_append(l->arena, list, text_like(l, entry->value, text));
	}
	if (list->n)
		qsort(list->items, list->n, sizeof(list->items[0]), by_text);
	*value = list;
	return 0;
}

/* Is it what Go's omitempty leaves out? */
static bool is_zero(const node *value)
{
	switch (value->type) {
	case STK_COMPOSE_NULL:
		return true;
	case STK_COMPOSE_BOOL:
		return !value->boolean;
	case STK_COMPOSE_INT:
		return !value->integer;
	case STK_COMPOSE_FLOAT:
		return value->number == 0;
	case STK_COMPOSE_STRING:
		return !value->text.n;
	default:
		return false;
	}
}

/* Go's `omitempty` for each form: what is zero, empty or null is not printed, unless the schema
   says otherwise (always, keep_zero). */
static bool left_out(const node *value, schema *rule)
{
	if (rule->form == STK_FORM_DROP)
		return true;
	if (rule->always)
		return false;
	if (value->type == STK_COMPOSE_NULL)
		return true;
	if (rule->form == STK_FORM_BYTES && !rule->keep_zero)
		return stk_str_is(value->text, "0");
	if (rule->form == STK_FORM_DURATION && !rule->keep_zero)
		return stk_str_is(value->text, "0s");
	if (value->type == STK_COMPOSE_LIST)
		return !value->n && !rule->keep_zero;
	/* An empty struct was set by somebody and stays; an empty map is as good as none. */
	if (value->type == STK_COMPOSE_MAP)
		return !value->n && rule->form != STK_FORM_STRUCT && rule->form != STK_FORM_ULIMIT && !rule->keep_zero;
	return !rule->keep_zero && is_zero(value);
}

/* What is printed even when nothing is in it. */
static void add_missing(struct stk_compose_loader *l, node *map, const struct stk_compose_field *field)
{
	static const enum stk_compose_type types[] = {
		[STK_FORM_STRUCT] = STK_COMPOSE_MAP,	   [STK_FORM_BOOL] = STK_COMPOSE_BOOL,
		[STK_FORM_COMMAND] = STK_COMPOSE_NULL,	   [STK_FORM_STRING] = STK_COMPOSE_STRING,
		[STK_FORM_BYTES] = STK_COMPOSE_STRING,	   [STK_FORM_INT] = STK_COMPOSE_INT,
		[STK_FORM_COUNT_NUMBER] = STK_COMPOSE_INT,
	};
	struct stk_compose_place nowhere = { 0 };
	enum stk_compose_type type = types[field->schema->form];
	node *value = stk_compose_new(l->arena, type, nowhere);
	if (field->schema->form == STK_FORM_BYTES)
		value->text = S("0");
	for (size_t i = 0; type == STK_COMPOSE_MAP && i < field->schema->n_fields; i++)
		if (field->schema->fields[i].schema->always)
			add_missing(l, value, &field->schema->fields[i]);
	stk_compose_set(l->arena, map, field->name, nowhere, value);
}

/* Keys in the order of the table; what is not in the table is gone, since validation has had its say about it. */
static int bind_struct(struct stk_compose_loader *l, node **value, schema *rule)
{
	node *from = *value, *map = like(l, from, STK_COMPOSE_MAP);
	if (from->type != STK_COMPOSE_MAP)
		return refuse(l, from, "this must be a mapping");
	stk_compose_reserve(l->arena, map, from->n);
	for (size_t i = 0; i < rule->n_fields; i++) {
		const struct stk_compose_field *field = &rule->fields[i];
		struct stk_compose_entry *entry = stk_compose_entry(from, field->name);
		if (entry && (entry->value->type != STK_COMPOSE_NULL || field->schema->form == STK_FORM_COMMAND) &&
		    field->schema->form != STK_FORM_DROP && bind(l, &entry->value, field->schema) < 0)
			return -1;
		if (entry && !left_out(entry->value, field->schema))
			stk_compose_set(l->arena, map, field->name, entry->place, entry->value);
		else if (field->schema->always)
			add_missing(l, map, field);
	}
	*value = map;
	return 0;
}

/* Keys are the user's own and keep their order. */
static int bind_map(struct stk_compose_loader *l, node **value, schema *rule)
{
	node *from = *value, *map = like(l, from, STK_COMPOSE_MAP);
	if (from->type != STK_COMPOSE_MAP)
		return refuse(l, from, "this must be a mapping");
	stk_compose_reserve(l->arena, map, from->n);
	for (uint32_t i = 0; i < from->n; i++) {
		struct stk_compose_entry *entry = &from->entries[i];
		schema *inner = stk_compose_schema_of(rule, entry->key);
		if (!inner)
			inner = rule->values;
		if (entry->value->type == STK_COMPOSE_NULL && inner->form == STK_FORM_STRING)
			entry->value = text_like(l, entry->value, S(""));
		if (entry->value->type != STK_COMPOSE_NULL && bind(l, &entry->value, inner) < 0)
			return -1;
		stk_compose_set(l->arena, map, entry->key, entry->place, entry->value);
	}
	*value = map;
	return 0;
}

static int bind_list(struct stk_compose_loader *l, node **value, schema *rule)
{
	if ((*value)->type != STK_COMPOSE_LIST)
		return refuse(l, *value, "this must be a list");
	for (uint32_t i = 0; i < (*value)->n; i++)
		if (bind(l, &(*value)->items[i], rule->items) < 0)
			return -1;
	return 0;
}

static int bind(struct stk_compose_loader *l, node **value, schema *rule)
{
	switch ((enum stk_compose_form)rule->form) {
	case STK_FORM_STRING:
		return bind_string(l, value);
	case STK_FORM_BOOL:
	case STK_FORM_EXTERNAL:
		return bind_bool(l, *value);
	case STK_FORM_INT:
		return bind_int(l, *value, false);
	case STK_FORM_COUNT_NUMBER:
		return bind_int(l, *value, true);
	case STK_FORM_FLOAT:
	case STK_FORM_CPUS:
		return bind_float(l, *value);
	case STK_FORM_BYTES:
		return bind_bytes(l, value);
	case STK_FORM_DURATION:
		return bind_duration(l, value);
	case STK_FORM_COMMAND:
		return bind_command(l, value);
	case STK_FORM_TEST:
		return bind_test(l, value);
	case STK_FORM_MODE:
		return bind_mode(l, value);
	case STK_FORM_DEVICE_COUNT:
		return bind_device_count(l, *value);
	case STK_FORM_ULIMIT:
		return bind_ulimit(l, value);
	case STK_FORM_STRINGS:
		return bind_strings(l, value);
	case STK_FORM_ENVIRONMENT:
		return bind_mapping(l, value, true);
	case STK_FORM_MAPPING:
		return bind_mapping(l, value, false);
	case STK_FORM_OPTIONS:
		return bind_options(l, value, false);
	case STK_FORM_MULTI_OPTIONS:
		return bind_options(l, value, true);
	case STK_FORM_HOSTS:
		return bind_hosts(l, value);
	case STK_FORM_SSH:
		return bind_ssh(l, value);
	case STK_FORM_STRUCT:
		return bind_struct(l, value, rule);
	case STK_FORM_MAP:
		return bind_map(l, value, rule);
	case STK_FORM_LIST:
		return bind_list(l, value, rule);
	default:
		return 0;
	}
}

int stk_compose_bind(struct stk_compose_loader *l, node *root)
{
	node *from = root;
	if (bind(l, &from, &stk_compose_project_schema) < 0)
		return -1;
	for (uint32_t i = 0; i < root->n; i++)
		if (stk_str_starts(root->entries[i].key, S("x-")))
			stk_compose_set(l->arena, from, root->entries[i].key, root->entries[i].place,
					root->entries[i].value);
	if (!stk_compose_get(from, "services"))
		stk_compose_set(l->arena, from, S("services"), (struct stk_compose_place){ 0 },
				stk_compose_new(l->arena, STK_COMPOSE_MAP, (struct stk_compose_place){ 0 }));
	*root = *from;
	return 0;
}
