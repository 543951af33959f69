/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml's events to a tree. Two things are ours: where nodes stand (libyaml counts
 * characters, people and editors want bytes: marks are converted through a table of line
 * starts) and aliases, which point at nodes rather than copies, so that a small file cannot
 * become a large tree.
 */
#include "text/yaml_place.h"

#include <assert.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/banned.h"

/* A node that is being read, and what it has to do with anchors. */
struct anchored {
	struct stk_yaml *node; /* where the anchor's node lies in the end; NULL while it is being read */
};
struct slot {
	struct stk_yaml node;
	struct anchored *anchor; /* of an alias: what it names; else what names it, or NULL */
};

struct reader {
	struct stk_arena *arena;
	struct stk_arena scratch; /* for the time of reading */
	struct {
		struct slot *v;
		size_t n, cap;
	} open; /* children of the collections that are being read, outermost collection first */
	struct {
		struct {
			struct stk_yaml *alias;
			const struct anchored *of;
		} * v;
		size_t n, cap;
	} aliases;
	struct stk_str text;
	struct {
		size_t *v;
		size_t n, cap;
	} line_starts;
	struct stk_map anchors;
	yaml_parser_t parser;
	struct stk_err *err;
	struct stk_yaml_place *failed; /* takes the place of an error, which else stands in its text; may be NULL */
	/* The last mark that was converted: the next one mostly stands behind it on the same line, and walking each
	   line from its start would be quadratic on a long one. */
	size_t known_line, known_column, known_offset;
};

/* YAML takes CR, LF, CRLF, NEL, LS and PS for line breaks, so they must be counted as libyaml does. */
static size_t break_length(struct stk_str s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at], d = at + 1 < s.n ? (unsigned char)s.p[at + 1] : 0;
	if (c == '\r')
		return d == '\n' ? 2 : 1;
	if (c == '\n')
		return 1;
	if (c == 0xc2 && d == 0x85)
		return 2;
	return c == 0xe2 && d == 0x80 && at + 2 < s.n && ((unsigned char)s.p[at + 2] & 0xfe) == 0xa8 ? 3 : 0;
}

static size_t bom_length(struct stk_str text)
{
	return stk_str_starts(text, S("\xef\xbb\xbf")) ? 3 : 0;
}

static void find_lines(struct reader *r)
{
	*STK_PUSH(&r->scratch, &r->line_starts) = bom_length(r->text);
	for (size_t i = 0; i < r->text.n;) {
		size_t n = break_length(r->text, i);
		i += n ? n : 1;
		if (n)
			*STK_PUSH(&r->scratch, &r->line_starts) = i;
	}
}

struct place {
	size_t offset;
	uint32_t line, column;
};

/* libyaml counts characters, edits need bytes. The last place is remembered: nodes come in the
   order of the text, and a long line would otherwise be walked again for each. */
static struct place place_of(struct reader *r, yaml_mark_t mark)
{
	if (mark.line >= r->line_starts.n)
		return (struct place){ r->text.n, (uint32_t)r->line_starts.n, 1 };
	size_t start = r->line_starts.v[mark.line], at = start, left = mark.column;
	if (mark.line == r->known_line && mark.column >= r->known_column && r->known_offset >= start) {
		at = r->known_offset;
		left -= r->known_column;
	}
	for (; left && at < r->text.n; left--) {
		at++;
		while (at < r->text.n && ((unsigned char)r->text.p[at] & 0xc0) == 0x80)
			at++;
	}
	r->known_line = mark.line;
	r->known_column = mark.column;
	r->known_offset = at;
	return (struct place){ at, (uint32_t)mark.line + 1, (uint32_t)(at - start) + 1 };
}

/* "line 3, column 7: ...", by bytes as in findings. */
static int fail_at(struct reader *r, yaml_mark_t mark, enum stk_errc code, const char *what)
{
	struct place place = place_of(r, mark);
	if (!r->failed)
		return stk_fail(r->err, code, "line %u, column %u: %s", place.line, place.column, what);
	*r->failed = (struct stk_yaml_place){ place.line, place.column };
	return stk_fail(r->err, code, "%s", what);
}

/* Of bytes that are no text: where they stand is counted by hand. */
static int fail_at_byte(struct reader *r, size_t offset, const char *what)
{
	if (!r->failed)
		return stk_fail(r->err, STK_EFORMAT, "byte %zu: %s", offset, what);
	size_t line = 0;
	while (line + 1 < r->line_starts.n && r->line_starts.v[line + 1] <= offset)
		line++;
	size_t start = r->line_starts.v[line] < offset ? r->line_starts.v[line] : offset;
	*r->failed = (struct stk_yaml_place){ (uint32_t)line + 1, (uint32_t)(offset - start) + 1 };
	return stk_fail(r->err, STK_EFORMAT, "%s", what);
}

static int next(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return 0;
	yaml_mark_t mark = r->parser.problem_mark;
	if (r->parser.error == YAML_READER_ERROR)
		return fail_at_byte(r, r->parser.problem_offset + bom_length(r->text), r->parser.problem);
	return fail_at(r, mark, STK_EFORMAT, r->parser.problem ? r->parser.problem : "not YAML");
}

static struct stk_str copy(struct reader *r, const yaml_char_t *text)
{
	return text ? stk_arena_str(r->arena, stk_str_from((const char *)text)) : S("");
}

static void set_end(struct reader *r, struct stk_yaml *node, yaml_mark_t mark)
{
	struct place place = place_of(r, mark);
	node->end = place.offset;
	node->end_line = place.line;
	node->end_column = place.column;
}

static void set_anchor(struct reader *r, struct slot *slot, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	slot->node.anchor = copy(r, anchor);
	slot->node.tag = copy(r, tag);
	if (!slot->node.anchor.n)
		return;
	/* A later anchor of the same name takes over from there on (YAML 1.2.2, 7.1). */
	slot->anchor = STK_NEW(&r->scratch, struct anchored, 1);
	*stk_map_at(&r->anchors, &r->scratch, slot->node.anchor) = slot->anchor;
}

/* libyaml starts a scalar's mark at its anchor or tag; the fixes want the text itself. */
static size_t skip_properties(const struct reader *r, size_t at)
{
	while (at < r->text.n && (r->text.p[at] == '&' || r->text.p[at] == '!')) {
		while (at < r->text.n && !stk_is_space(r->text.p[at]))
			at++;
		while (at < r->text.n && stk_is_space(r->text.p[at]))
			at++;
	}
	return at;
}

static void read_scalar(struct reader *r, const yaml_event_t *event, struct slot *slot)
{
	struct stk_yaml *node = &slot->node;
	static const enum stk_yaml_style styles[] = {
		[YAML_ANY_SCALAR_STYLE] = STK_YAML_PLAIN,
		[YAML_PLAIN_SCALAR_STYLE] = STK_YAML_PLAIN,
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = STK_YAML_SINGLE,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = STK_YAML_DOUBLE,
		[YAML_LITERAL_SCALAR_STYLE] = STK_YAML_LITERAL,
		[YAML_FOLDED_SCALAR_STYLE] = STK_YAML_FOLDED,
	};
	node->type = STK_YAML_SCALAR;
	node->style = styles[event->data.scalar.style];
	node->text = stk_arena_str(
		r->arena, (struct stk_str){ (const char *)event->data.scalar.value, event->data.scalar.length });
	set_anchor(r, slot, event->data.scalar.anchor, event->data.scalar.tag);
	set_end(r, node, event->end_mark);
	if (node->anchor.n || node->tag.n) {
		node->begin = skip_properties(r, node->begin);
		if (node->begin > node->end)
			node->begin = node->end;
	}
}

/* Puts a node that was read where it stays. */
static void settle(struct reader *r, const struct slot *slot, struct stk_yaml *place)
{
	*place = slot->node;
	if (place->type == STK_YAML_ALIAS) {
		typeof(r->aliases.v) alias = STK_PUSH(&r->scratch, &r->aliases);
		alias->alias = place;
		alias->of = slot->anchor;
	} else if (slot->anchor) {
		slot->anchor->node = place;
	}
}

static int read_node(struct reader *r, const yaml_event_t *event, struct slot *slot, unsigned depth);

/* How many children there are is known at the end: until then they wait on one stack for the whole document. */
static int read_children(struct reader *r, struct stk_yaml *node, bool map, unsigned depth)
{
	size_t first = r->open.n;
	for (;;) {
		yaml_event_t event;
		struct slot child = { 0 };
		if (next(r, &event) < 0)
			return -1;
		if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
			set_end(r, node, event.end_mark);
			yaml_event_delete(&event);
			break;
		}
		int failed = read_node(r, &event, &child, depth + 1);
		yaml_event_delete(&event);
		if (failed)
			return -1;
		*STK_PUSH(&r->scratch, &r->open) = child;
	}
	size_t n = r->open.n - first;
	node->n = map ? n / 2 : n;
	node->items = STK_NEW(r->arena, struct stk_yaml, node->n);
	node->keys = map ? STK_NEW(r->arena, struct stk_yaml, node->n) : NULL;
	for (size_t i = 0; i < n; i++)
		settle(r, &r->open.v[first + i],
		       !map    ? &node->items[i]
		       : i % 2 ? &node->items[i / 2]
			       : &node->keys[i / 2]);
	r->open.n = first;
	return 0;
}

static int read_alias(struct reader *r, const yaml_event_t *event, struct slot *slot)
{
	slot->node.type = STK_YAML_ALIAS;
	slot->node.text = copy(r, event->data.alias.anchor);
	slot->anchor = stk_map_get(&r->anchors, slot->node.text);
	set_end(r, &slot->node, event->end_mark);
	return slot->anchor ? 0 : fail_at(r, event->start_mark, STK_EFORMAT, "alias of an unknown anchor");
}

static int read_node(struct reader *r, const yaml_event_t *event, struct slot *slot, unsigned depth)
{
	struct place place = place_of(r, event->start_mark);
	struct stk_yaml *node = &slot->node;
	node->line = place.line;
	node->column = place.column;
	node->begin = place.offset;
	if (depth > STK_LIMIT_DEPTH)
		return fail_at(r, event->start_mark, STK_ELIMIT, "nested too deeply");
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return read_alias(r, event, slot);
	case YAML_SCALAR_EVENT:
		read_scalar(r, event, slot);
		return 0;
	case YAML_SEQUENCE_START_EVENT:
		node->type = STK_YAML_LIST;
		node->flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
		set_anchor(r, slot, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		return read_children(r, node, false, depth);
	case YAML_MAPPING_START_EVENT:
		node->type = STK_YAML_MAP;
		node->flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
		set_anchor(r, slot, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		return read_children(r, node, true, depth);
	default:
		return fail_at(r, event->start_mark, STK_EFORMAT, "unexpected event");
	}
}

static int read_document(struct reader *r, const yaml_event_t *event, struct stk_yaml_documents *out)
{
	struct slot slot = { 0 };
	if (read_node(r, event, &slot, 0) < 0)
		return -1;
	struct stk_yaml *root = STK_NEW(r->arena, struct stk_yaml, 1);
	settle(r, &slot, root);
	for (size_t i = 0; i < r->aliases.n; i++) {
		assert(r->aliases.v[i].of->node); /* read_alias refuses aliases of nothing */
		r->aliases.v[i].alias->target = r->aliases.v[i].of->node;
	}
	r->aliases.n = 0;
	*STK_PUSH(r->arena, out) = root;
	return 0;
}

static int read_documents(struct reader *r, struct stk_yaml_documents *out)
{
	for (;;) {
		yaml_event_t event;
		if (next(r, &event) < 0)
			return -1;
		yaml_event_type_t type = event.type;
		int failed = 0;
		/* Anchors do not reach over documents. */
		if (type == YAML_DOCUMENT_START_EVENT) {
			r->anchors = (struct stk_map){ 0 };
		} else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_END_EVENT &&
			   type != YAML_STREAM_END_EVENT) {
			failed = read_document(r, &event, out);
		}
		yaml_event_delete(&event);
		if (failed || type == YAML_STREAM_END_EVENT)
			return failed;
	}
}

int stk_yaml_parse_placed(struct stk_arena *arena, struct stk_str text, struct stk_yaml_documents *out,
			  struct stk_yaml_place *place, struct stk_err *err)
{
	struct reader r = { .arena = arena, .text = text, .err = err, .failed = place };
	/* libyaml would count a byte order mark as the first line's first character. */
	struct stk_str body = stk_str_slice(text, bom_length(text), text.n);
	if (place)
		*place = (struct stk_yaml_place){ 1, 1 };
	if (!yaml_parser_initialize(&r.parser))
		return stk_fail(err, STK_EIO, "out of memory");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(body.n ? body.p : ""), body.n);
	find_lines(&r);
	int failed = read_documents(&r, out);
	yaml_parser_delete(&r.parser);
	stk_arena_free(&r.scratch);
	return failed;
}

int stk_yaml_parse(struct stk_arena *arena, struct stk_str text, struct stk_yaml_documents *out, struct stk_err *err)
{
	return stk_yaml_parse_placed(arena, text, out, NULL, err);
}

const struct stk_yaml *stk_yaml_follow(const struct stk_yaml *node)
{
	while (node && node->type == STK_YAML_ALIAS)
		node = node->target;
	return node;
}

const struct stk_yaml *stk_yaml_get(const struct stk_yaml *map, const char *key)
{
	map = stk_yaml_follow(map);
	if (!map || map->type != STK_YAML_MAP)
		return NULL;
	/* From the end, since the last of several equal keys wins. */
	for (size_t i = map->n; i-- > 0;)
		if (map->keys[i].type == STK_YAML_SCALAR && stk_str_is(map->keys[i].text, key))
			return stk_yaml_follow(&map->items[i]);
	return NULL;
}

struct stk_str stk_yaml_str(const struct stk_yaml *map, const char *key)
{
	const struct stk_yaml *value = stk_yaml_get(map, key);
	return value && value->type == STK_YAML_SCALAR ? value->text : S("");
}

static bool is_one_of(struct stk_str text, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stk_str_is(text, names[i]))
			return true;
	return false;
}

bool stk_yaml_is_null(const struct stk_yaml *node)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
	return !node || (node->type == STK_YAML_SCALAR && node->style == STK_YAML_PLAIN &&
			 is_one_of(node->text, nulls, STK_LEN(nulls)));
}

bool stk_yaml_bool(const struct stk_yaml *node, bool *out)
{
	static const char *const yes[] = { "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y" };
	static const char *const no[] = { "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N" };
	if (!node || node->type != STK_YAML_SCALAR || node->style != STK_YAML_PLAIN)
		return false;
	*out = is_one_of(node->text, yes, STK_LEN(yes));
	return *out || is_one_of(node->text, no, STK_LEN(no));
}
