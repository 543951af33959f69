/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where to cut and insert. libyaml's end marks of block collections lie at the next token,
 * behind comments that belong to what follows; so the end of a node is taken to be the end of
 * the last line that holds something of it. Everything that is inserted takes its indentation
 * and line ends from its surroundings.
 */
#include "text/yaml_edit.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "text/json.h"
#include "base/banned.h"

/* Two blanks where the text shows no step of its own, as Compose's documentation has it. */
enum { STEP = 2, LONGEST = 64 << 10 };

/* Behind the last byte of a node's content. */
static size_t content_end(const struct stk_yaml *node)
{
	if (node->type == STK_YAML_ALIAS || node->type == STK_YAML_SCALAR || node->flow || !node->n)
		return node->end;
	const struct stk_yaml *last = &node->items[node->n - 1];
	size_t end = content_end(last);
	if (node->keys && node->keys[node->n - 1].end > end)
		end = node->keys[node->n - 1].end;
	return end;
}

static bool ends_in_block_scalar(const struct stk_yaml *node)
{
	while (node->type != STK_YAML_ALIAS && node->type != STK_YAML_SCALAR && !node->flow && node->n)
		node = &node->items[node->n - 1];
	return node->type == STK_YAML_SCALAR && (node->style == STK_YAML_LITERAL || node->style == STK_YAML_FOLDED);
}

static size_t line_start(struct stk_str text, size_t at)
{
	while (at && text.p[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the line break that ends the line at `at`, or the end of the text. */
static size_t next_line(struct stk_str text, size_t at)
{
	size_t n = stk_str_find_byte(stk_str_slice(text, at, text.n), '\n');
	return n == SIZE_MAX ? text.n : at + n + 1;
}

/* Where the lines of a block node end: what is inserted here stands below it. */
static size_t lines_end(struct stk_str text, const struct stk_yaml *node)
{
	size_t end = content_end(node);
	if (!ends_in_block_scalar(node))
		return next_line(text, end);
	/* Blank lines and the next token's indentation may lie before a block scalar's end mark. */
	while (end && (text.p[end - 1] == ' ' || text.p[end - 1] == '\n' || text.p[end - 1] == '\r' ||
		       text.p[end - 1] == '\t'))
		end--;
	return next_line(text, end);
}

/* The first line decides for all: files with both kinds are left as mixed as they were. */
static struct stk_str line_break(struct stk_str text)
{
	size_t n = stk_str_find_byte(text, '\n');
	return n != SIZE_MAX && n && text.p[n - 1] == '\r' ? S("\r\n") : S("\n");
}

/* What some YAML reader would take for something else than a string. Numbers and dates begin
   like numbers, so anything that does is quoted. */
static bool reads_as_other(struct stk_str s)
{
	static const char *const words[] = {
		"~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "="
	};
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_eq_nocase(s, stk_str_from(words[i])))
			return true;
	return stk_is_digit(s.p[0]) || s.p[0] == '.' || s.p[0] == '+' || s.p[0] == '-';
}

/* YAML 1.2.2, 7.3.3: what a plain scalar may not begin with or hold, as narrow as flow
   collections want it, since a value may end up in one. */
static bool may_stand_plain(struct stk_str s)
{
	if (!s.n || reads_as_other(s) || memchr("?:,[]{}#&*!|>'\"%@`", s.p[0], 19) || stk_is_space(s.p[0]) ||
	    stk_is_space(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char next = i + 1 < s.n ? s.p[i + 1] : ' ';
		if ((unsigned char)s.p[i] < 0x20 || memchr(",[]{}", s.p[i], 5) || (s.p[i] == ':' && next == ' ') ||
		    (s.p[i] == ' ' && next == '#'))
			return false;
	}
	return true;
}

struct stk_str stk_yaml_quote(struct stk_arena *arena, struct stk_str value, bool always)
{
	if (!always && may_stand_plain(value))
		return value;
	/* A JSON string is a YAML string in double quotes (YAML 1.2, section 1.3). */
	STK_BUF out = stk_buf_new(LONGEST);
	struct stk_json_writer w = stk_json_writer(&out, 0);
	stk_json_write_str(&w, value);
	return stk_arena_str(arena, stk_buf_str(&out));
}

static void write_scalar(struct stk_arena *arena, struct stk_buf *out, const struct stk_yaml_value *value)
{
	stk_buf_add(out, value->literal ? value->text : stk_yaml_quote(arena, value->text, false));
}

static void write_flow(struct stk_arena *arena, struct stk_buf *out, const struct stk_yaml_value *value)
{
	if (value->type == STK_YAML_SCALAR) {
		write_scalar(arena, out, value);
		return;
	}
	stk_buf_byte(out, value->type == STK_YAML_MAP ? '{' : '[');
	for (size_t i = 0; i < value->n; i++) {
		stk_buf_add(out, i ? S(", ") : S(""));
		if (value->type == STK_YAML_MAP)
			stk_buf_printf(out, STK_FMT ": ", STK_ARG(stk_yaml_quote(arena, value->keys[i], false)));
		write_flow(arena, out, &value->items[i]);
	}
	stk_buf_byte(out, value->type == STK_YAML_MAP ? '}' : ']');
}

struct block {
	struct stk_arena *arena;
	struct stk_buf *out;
	struct stk_str newline;
	size_t step;
};

/* A comment ends the line, so the line break belongs to it. */
static void write_comment(struct block *b, const struct stk_yaml_value *value)
{
	if (value->comment.n)
		stk_buf_printf(b->out, " # " STK_FMT, STK_ARG(value->comment));
	stk_buf_add(b->out, b->newline);
}

/* What stands behind "key:" or "-", up to and with the line's end. */
static void write_block(struct block *b, const struct stk_yaml_value *value, size_t indent)
{
	if (value->type == STK_YAML_SCALAR || !value->n) {
		stk_buf_byte(b->out, ' ');
		write_flow(b->arena, b->out, value);
		write_comment(b, value);
		return;
	}
	write_comment(b, value);
	for (size_t i = 0; i < value->n; i++) {
		stk_buf_repeat(b->out, ' ', indent);
		if (value->type == STK_YAML_MAP)
			stk_buf_printf(b->out, STK_FMT ":", STK_ARG(stk_yaml_quote(b->arena, value->keys[i], false)));
		else
			stk_buf_byte(b->out, '-');
		write_block(b, &value->items[i], indent + b->step);
	}
}

/* Steps of indentation as the text has them below this map; two where nothing tells. */
static size_t step_below(const struct stk_yaml *map)
{
	/* The first map within the map shows the step. */
	for (size_t i = 0; i < map->n; i++) {
		const struct stk_yaml *item = &map->items[i];
		if (item->type == STK_YAML_MAP && !item->flow && item->n && item->keys[0].column > map->keys[0].column)
			return item->keys[0].column - map->keys[0].column;
	}
	return STEP;
}

/* Before the closing bracket. False where that cannot be found, or a comment stands before it. */
static bool insert_in_flow(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *node,
			   struct stk_str what, struct stk_text_edit *out)
{
	if (node->end == 0 || node->end > text.n || (text.p[node->end - 1] != '}' && text.p[node->end - 1] != ']'))
		return false;
	size_t at = node->end - 1;
	while (at > node->begin && stk_is_space(text.p[at - 1]))
		at--;
	/* A comment before the closing bracket would swallow what is put behind it. None begins on the same line before
	   the collection does. */
	for (size_t i = at; i > node->begin && text.p[i - 1] != '\n'; i--)
		if (text.p[i - 1] == '#')
			return false;
	/* An empty collection may get several things at one place, so each brings its comma. */
	bool comma = node->n && text.p[at - 1] != ',';
	*out = (struct stk_text_edit){ at, at,
				       stk_arena_printf(arena, "%s" STK_FMT "%s",
							comma	  ? ", "
							: node->n ? " "
								  : "",
							STK_ARG(what), node->n ? "" : ", ") };
	return true;
}

/* Lines that are put below a node: behind the line break that ends it, or (inner, or when the text's last line has
 * none) before it. */
static void insert_below(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *node,
			 struct stk_str lines, struct stk_str newline, bool inner, struct stk_text_edit *out)
{
	size_t at = lines_end(text, node);
	bool open = at && at == text.n && text.p[at - 1] != '\n';
	if (open || inner)
		lines = stk_arena_join(arena, newline, stk_str_strip_suffix(lines, newline));
	if (inner && !open)
		at -= newline.n;
	*out = (struct stk_text_edit){ at, at, stk_arena_str(arena, lines) };
}

bool stk_yaml_add_key(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *map, struct stk_str key,
		      const struct stk_yaml_value *value, bool inner, struct stk_text_edit *out)
{
	STK_BUF lines = stk_buf_new(LONGEST);
	if (!map || map->type != STK_YAML_MAP || (!map->n && !map->flow))
		return false;
	struct stk_str written = stk_yaml_quote(arena, key, false);
	if (map->flow) {
		stk_buf_printf(&lines, STK_FMT ": ", STK_ARG(written));
		write_flow(arena, &lines, value);
		return insert_in_flow(arena, text, map, stk_buf_str(&lines), out);
	}
	struct block b = { arena, &lines, line_break(text), step_below(map) };
	size_t indent = map->keys[0].column - 1;
	stk_buf_repeat(&lines, ' ', indent);
	stk_buf_printf(&lines, STK_FMT ":", STK_ARG(written));
	write_block(&b, value, indent + b.step);
	insert_below(arena, text, map, stk_buf_str(&lines), b.newline, inner, out);
	return true;
}

/* The column of the dash of a block list's item. */
static size_t dash_column(struct stk_str text, const struct stk_yaml *list)
{
	size_t start = line_start(text, list->begin), at = list->begin;
	while (at > start && text.p[at] != '-')
		at--;
	return at - start;
}

/* A new last item. The list's own style is kept: in brackets, or with dashes in the column of
   the others. */
bool stk_yaml_add_item(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *list,
		       const struct stk_yaml_value *value, struct stk_text_edit *out)
{
	STK_BUF lines = stk_buf_new(LONGEST);
	if (!list || list->type != STK_YAML_LIST || (!list->n && !list->flow))
		return false;
	if (list->flow) {
		write_flow(arena, &lines, value);
		return insert_in_flow(arena, text, list, stk_buf_str(&lines), out);
	}
	if (list->begin >= text.n || text.p[list->begin] != '-')
		return false;
	struct block b = { arena, &lines, line_break(text), STEP };
	size_t indent = dash_column(text, list);
	stk_buf_repeat(&lines, ' ', indent);
	stk_buf_byte(&lines, '-');
	write_block(&b, value, indent + STEP);
	insert_below(arena, text, list, stk_buf_str(&lines), b.newline, true, out);
	return true;
}

bool stk_yaml_replace(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *scalar, struct stk_str value,
		      bool literal, struct stk_text_edit *out)
{
	if (!scalar || scalar->type != STK_YAML_SCALAR || scalar->style == STK_YAML_LITERAL ||
	    scalar->style == STK_YAML_FOLDED || scalar->begin >= scalar->end || scalar->end > text.n ||
	    stk_str_find_byte(value, '\n') != SIZE_MAX)
		return false;
	struct stk_str written = value;
	if (scalar->style == STK_YAML_SINGLE && stk_str_find_byte(value, '\'') == SIZE_MAX)
		written = stk_arena_printf(arena, "'" STK_FMT "'", STK_ARG(value));
	else if (scalar->style != STK_YAML_PLAIN || !literal)
		written = stk_yaml_quote(arena, value, scalar->style != STK_YAML_PLAIN);
	*out = (struct stk_text_edit){ scalar->begin, scalar->end, written };
	return true;
}

/* Bytes of one element of a flow collection with the comma before it; the first one's, and a leading one's where asked
 * for, with that behind: so neighbours go together. */
static void remove_from_flow(struct stk_str text, size_t begin, size_t end, bool leading, struct stk_text_edit *out)
{
	size_t after = end, before = begin;
	while (after < text.n && stk_is_space(text.p[after]))
		after++;
	while (before && stk_is_space(text.p[before - 1]))
		before--;
	if (!leading && before && text.p[before - 1] == ',') {
		*out = (struct stk_text_edit){ before - 1, end, S("") };
		return;
	}
	*out = (struct stk_text_edit){ begin, end, S("") };
	if (after < text.n && text.p[after] == ',') {
		after++;
		while (after < text.n && (text.p[after] == ' ' || text.p[after] == '\t'))
			after++;
		out->end = after;
	}
}

/* Between both there is nothing that another node could need. */
static bool only_space(struct stk_str text, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		if (text.p[i] != ' ' && text.p[i] != '\t')
			return false;
	return true;
}

bool stk_yaml_remove_key(struct stk_str text, const struct stk_yaml *map, size_t i, struct stk_text_edit *out)
{
	if (!map || map->type != STK_YAML_MAP || i >= map->n || map->n < 2)
		return false;
	const struct stk_yaml *key = &map->keys[i], *value = &map->items[i];
	if (map->flow) {
		remove_from_flow(text, key->begin, value->end > key->end ? value->end : key->end, false, out);
		return true;
	}
	size_t begin = line_start(text, key->begin);
	/* The first key of a map in a list shares its line with the dash. */
	if (!only_space(text, begin, key->begin))
		return false;
	size_t end = lines_end(text, value->begin >= key->begin ? value : key);
	/* An empty line that parted the file's first key from the rest would be left at its top. */
	for (size_t next = end; !begin && next < text.n; next++) {
		if (text.p[next] == '\n')
			end = next + 1;
		else if (text.p[next] != ' ' && text.p[next] != '\r')
			break;
	}
	*out = (struct stk_text_edit){ begin, end, S("") };
	return true;
}

bool stk_yaml_remove_item(struct stk_str text, const struct stk_yaml *list, size_t i, bool leading,
			  struct stk_text_edit *out)
{
	if (!list || list->type != STK_YAML_LIST || i >= list->n || list->n < 2)
		return false;
	const struct stk_yaml *item = &list->items[i];
	if (list->flow) {
		remove_from_flow(text, item->begin, item->end, leading, out);
		return true;
	}
	size_t begin = line_start(text, item->begin), dash = begin;
	while (dash < item->begin && text.p[dash] == ' ')
		dash++;
	if (text.p[dash] != '-' || !only_space(text, dash + 1, item->begin))
		return false;
	*out = (struct stk_text_edit){ begin, lines_end(text, item), S("") };
	return true;
}

size_t stk_yaml_index(const struct stk_yaml *parent, const struct stk_yaml *child)
{
	for (size_t i = 0; parent && parent->type != STK_YAML_ALIAS && i < parent->n; i++)
		if (&parent->items[i] == child || (parent->keys && &parent->keys[i] == child))
			return i;
	return SIZE_MAX;
}
