/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalars are resolved as go-yaml v3 does, which is YAML 1.2's core schema with parts of 1.1: 0777 is octal, 1_000 a
 * number, yes a string, an unquoted date a timestamp. Merge keys (https://yaml.org/type/merge.html) are shallow: an
 * explicit key wins, then the earlier mapping of a list.
 */
#include "compose/tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

/* strconv.ParseInt with base 0, underscores taken out before. */
static bool read_int(struct stk_str digits, int64_t *out)
{
	bool negative = digits.n && digits.p[0] == '-';
	if (digits.n && (digits.p[0] == '-' || digits.p[0] == '+'))
		digits = stk_str_slice(digits, 1, digits.n);
	unsigned base = 10;
	if (digits.n > 1 && digits.p[0] == '0') {
		char mark = stk_lower(digits.p[1]);
		base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
		digits = stk_str_slice(digits, stk_is_digit(mark) ? 1 : 2, digits.n);
		if (!stk_is_digit(mark) && mark != 'x' && mark != 'b' && mark != 'o')
			return false;
	}
	uint64_t value;
	if (!digits.n || !stk_is_xdigit(digits.p[0]) || !stk_str_u64(digits, base, &value) ||
	    value > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_like_float(struct stk_str s)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'), begin = i, digits = 0;
	for (; i < s.n && stk_is_digit(s.p[i]); i++)
		digits++;
	if (i < s.n && s.p[i] == '.') {
		size_t after = ++i;
		while (i < s.n && stk_is_digit(s.p[i]))
			i++;
		/* "." alone, or a sign and "." */
		if (!digits && i == after)
			return false;
	} else if (!digits) {
		return false;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		/* The sign counts only with something behind it: "1e+" has no exponent and is a
		   string. */
		i += 1 + (i + 1 < s.n && (s.p[i + 1] == '-' || s.p[i + 1] == '+'));
		size_t exponent = i;
		while (i < s.n && stk_is_digit(s.p[i]))
			i++;
		if (i == exponent)
			return false;
	}
	return i == s.n && i > begin;
}

/* YAML's .inf and .nan in the three spellings of the core schema, else what strtod reads. An underflow is a
   number, an overflow is none, as in strconv.ParseFloat. */
static bool read_float(struct stk_arena *arena, struct stk_str text, double *out)
{
	struct stk_str unsigned_text = stk_str_slice(text, text.p[0] == '+' || text.p[0] == '-', text.n);
	bool word = stk_str_starts(unsigned_text, S(".")) && unsigned_text.n == 4;
	if (word && stk_is_one_of(text, ".nan .NaN .NAN")) {
		*out = strtod("nan", NULL);
		return true;
	}
	if (word && stk_is_one_of(text, ".inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF")) {
		*out = text.p[0] == '-' ? -strtod("inf", NULL) : strtod("inf", NULL);
		return true;
	}
	if (!looks_like_float(text) || text.n > 400)
		return false;
	errno = 0;
	*out = strtod(stk_arena_str(arena, text).p, NULL);
	return errno != ERANGE || (*out < 1 && *out > -1);
}

/* Up to `most` digits, so that *out cannot overflow; false where there is none. */
static bool cut_number(struct stk_str *rest, size_t most, unsigned *out)
{
	size_t n = 0;
	*out = 0;
	while (n < most && n < rest->n && stk_is_digit(rest->p[n]))
		*out = *out * 10 + (unsigned)(rest->p[n++] - '0');
	*rest = stk_str_slice(*rest, n, rest->n);
	return n > 0;
}

/* One byte that is any of these. */
static bool cut_byte(struct stk_str *rest, const char *any)
{
	if (!rest->n || !memchr(any, rest->p[0], strlen(any)))
		return false;
	*rest = stk_str_slice(*rest, 1, rest->n);
	return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + leap;
}

/* 2006-1-2, 2006-1-2T15:4:5.999Z07:00 or 2006-1-2 15:4:5.999; *out receives it as RFC 3339 has it. */
static bool read_time(struct stk_arena *arena, struct stk_str s, struct stk_str *out)
{
	unsigned year, month, day, hour = 0, minute = 0, second = 0, digits, off_hour, off_minute;
	struct stk_str rest = s, fraction = S(""), zone = S("Z");
	if (s.n < 8 || s.p[4] != '-' || !cut_number(&rest, 4, &year) || !cut_byte(&rest, "-") ||
	    !cut_number(&rest, 2, &month) || !cut_byte(&rest, "-") || !cut_number(&rest, 2, &day) || month < 1 ||
	    month > 12 || day < 1 || day > days_in(year, month))
		return false;
	if (rest.n) {
		bool zoned = rest.p[0] != ' ';
		if (!cut_byte(&rest, "Tt ") || !cut_number(&rest, 2, &hour) || !cut_byte(&rest, ":") ||
		    !cut_number(&rest, 2, &minute) || !cut_byte(&rest, ":") || !cut_number(&rest, 2, &second) ||
		    hour > 23 || minute > 59 || second > 59)
			return false;
		fraction = rest;
		if (cut_byte(&rest, ".") && !cut_number(&rest, 9, &digits))
			return false;
		fraction.n -= rest.n;
		if (zoned && !cut_byte(&rest, "Z")) {
			zone = rest;
			if (!cut_byte(&rest, "+-") || !cut_number(&rest, 2, &off_hour) || !cut_byte(&rest, ":") ||
			    !cut_number(&rest, 2, &off_minute))
				return false;
		}
		if (rest.n)
			return false;
	}
	if (stk_str_is(zone, "+00:00"))
		zone = S("Z");
	while (fraction.n && (fraction.p[fraction.n - 1] == '0' || fraction.n == 1))
		fraction.n--;
	*out = stk_arena_printf(arena, "%04u-%02u-%02uT%02u:%02u:%02u" STK_FMT STK_FMT, year, month, day, hour, minute,
				second, STK_ARG(fraction), STK_ARG(zone));
	return true;
}

/* go-yaml takes them out of everything that may be a number, wherever they stand. */
static struct stk_str without_underscores(struct stk_arena *arena, struct stk_str text)
{
	if (stk_str_find_byte(text, '_') == SIZE_MAX)
		return text;
	char *copy = stk_arena_alloc(arena, text.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_')
			copy[n++] = text.p[i];
	return (struct stk_str){ copy, n };
}

/* The order decides: a date begins like a number (2024-01-02), and an integer is a float as
   well. */
void stk_compose_scalar(struct stk_arena *arena, struct stk_str text, struct stk_compose_node *out)
{
	out->text = text;
	out->type = STK_COMPOSE_STRING;
	char first = text.n ? text.p[0] : '~';
	if (!text.n || (memchr("~nN", first, 3) && stk_is_one_of(text, "~ null Null NULL"))) {
		out->type = STK_COMPOSE_NULL;
	} else if (memchr("tTfF", first, 4) && stk_is_one_of(text, "true True TRUE false False FALSE")) {
		out->type = STK_COMPOSE_BOOL;
		out->boolean = stk_lower(first) == 't';
		/* Nothing else can be a number or a date. (.inf and .nan begin with a dot.) */
	} else if (stk_is_digit(first) || memchr("-+.", first, 3)) {
		struct stk_str plain = without_underscores(arena, text);
		if (read_time(arena, text, &out->text))
			out->type = STK_COMPOSE_TIME;
		else if (first != '.' && read_int(plain, &out->integer))
			out->type = STK_COMPOSE_INT;
		else if (read_float(arena, plain, &out->number))
			out->type = STK_COMPOSE_FLOAT;
	}
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
