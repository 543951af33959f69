/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOML 1.0 (https://toml.io/en/v1.0.0) by recursive descent; no C library for it is packaged in
 * Debian 12. Recursive only in arrays and inline tables, bounded. Dotted keys and headers may
 * come back to a table in several places: what is still allowed is the only state that the
 * language needs beyond the tree.
 */
#include "text/toml.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

struct parser {
	struct stk_arena *arena;
	struct stk_str text;
	size_t at;
	struct stk_err *err;
};

/* What a table or array may still be given; kept in the node's `integer`, which means nothing for them otherwise. */
enum { IMPLIED, DEFINED, CLOSED /* inline, or an array of values */, OF_TABLES };

/* Lines are counted only now: an error is reported once. */
static int fail(struct parser *p, const char *what)
{
	size_t line = 1;
	for (size_t i = 0; i < p->at && i < p->text.n; i++)
		line += p->text.p[i] == '\n';
	return stk_fail(p->err, STK_EFORMAT, "line %zu: %s", line, what);
}

static int peek(const struct parser *p)
{
	return p->at < p->text.n ? (unsigned char)p->text.p[p->at] : -1;
}

static bool starts(const struct parser *p, const char *word)
{
	return stk_str_starts(stk_str_slice(p->text, p->at, p->text.n), stk_str_from(word));
}

static void skip_blanks(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\t')
		p->at++;
}

static void skip_comment(struct parser *p)
{
	if (peek(p) == '#')
		while (peek(p) >= 0 && peek(p) != '\n')
			p->at++;
}

/* Blanks, comments and line ends, as between the items of an array. */
static void skip_all(struct parser *p)
{
	for (;;) {
		skip_blanks(p);
		skip_comment(p);
		if (peek(p) != '\n' && peek(p) != '\r')
			return;
		p->at++;
	}
}

/* Behind a statement only a comment may follow. */
static int end_line(struct parser *p)
{
	skip_blanks(p);
	skip_comment(p);
	if (peek(p) == '\r')
		p->at++;
	if (peek(p) < 0)
		return 0;
	if (peek(p) != '\n')
		return fail(p, "a line end is missing");
	p->at++;
	return 0;
}

/* Room for one more item; vectors grow when their length is a power of two. */
static struct stk_json *add_item(struct parser *p, struct stk_json *to)
{
	if ((to->n & (to->n - 1)) == 0) {
		struct stk_json *items = STK_NEW(p->arena, struct stk_json, to->n ? to->n * 2 : 1);
		if (to->n)
			memcpy(items, to->items, to->n * sizeof(*items));
		to->items = items;
	}
	return &to->items[to->n++];
}

static struct stk_json *find(struct stk_json *table, struct stk_str key)
{
	for (size_t i = 0; i < table->n; i++)
		if (stk_str_eq(table->items[i].key, key))
			return &table->items[i];
	return NULL;
}

static int read_unicode(struct parser *p, unsigned digits, struct stk_buf *out)
{
	uint64_t code;
	/* The slice clamps at the text's end, hence the second test. */
	if (!stk_str_u64(stk_str_slice(p->text, p->at, p->at + digits), 16, &code) || p->at + digits > p->text.n ||
	    code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return fail(p, "a wrong \\u escape");
	p->at += digits;
	stk_utf8_encode(out, (uint32_t)code);
	return 0;
}

/* Of basic strings (TOML 1.0, "String"); many: of one that goes over several lines. */
static int read_escape(struct parser *p, bool many, struct stk_buf *out)
{
	static const char from[] = "btnfre\"\\", to[] = "\b\t\n\f\r\033\"\\";
	int c = peek(p);
	const char *at = c > 0 ? strchr(from, c) : NULL;
	p->at++;
	if (at && c != 'e') {
		stk_buf_byte(out, to[at - from]);
		return 0;
	}
	if (c == 'u' || c == 'U')
		return read_unicode(p, c == 'u' ? 4 : 8, out);
	p->at--;
	/* "\" at a line's end takes the white space up to the next word away. */
	size_t before = p->at;
	skip_blanks(p);
	if (many && (peek(p) == '\n' || peek(p) == '\r')) {
		while (peek(p) >= 0 && stk_is_space((char)peek(p)))
			p->at++;
		return 0;
	}
	p->at = before;
	return fail(p, "an unknown escape");
}

/* "...", '...' and their forms with three quotes. */
static int read_string(struct parser *p, struct stk_str *out)
{
	char quote = (char)peek(p), three[4] = { quote, quote, quote, 0 };
	bool many = starts(p, three), literal = quote == '\'';
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE);
	p->at += many ? 3 : 1;
	/* A line end right behind the opening quotes belongs to them. */
	if (many && peek(p) == '\r')
		p->at++;
	if (many && peek(p) == '\n')
		p->at++;
	for (;;) {
		int c = peek(p);
		if (c < 0 || (c == '\n' && !many))
			return fail(p, "a string has no end");
		if (many ? starts(p, three) : c == quote)
			break;
		if (c < 0x20 && c != '\t' && !(many && (c == '\n' || c == '\r')))
			return fail(p, "a control character in a string");
		p->at++;
		if (c == '\\' && !literal) {
			if (read_escape(p, many, &text) < 0)
				return -1;
			continue;
		}
		stk_buf_byte(&text, (char)c);
	}
	p->at += many ? 3 : 1;
	/* One or two quotes may stand right before the closing three. */
	for (unsigned i = 0; many && i < 2 && peek(p) == quote; i++, p->at++)
		stk_buf_byte(&text, quote);
	*out = stk_arena_str(p->arena, stk_buf_str(&text));
	return 0;
}

static bool is_bare(int c)
{
	return c > 0 && (stk_is_alnum((char)c) || c == '_' || c == '-');
}

static int read_key(struct parser *p, struct stk_str *out)
{
	skip_blanks(p);
	if (peek(p) == '"' || peek(p) == '\'') {
		if (starts(p, "\"\"\"") || starts(p, "'''"))
			return fail(p, "a key cannot be a text of several lines");
		return read_string(p, out);
	}
	size_t begin = p->at;
	while (is_bare(peek(p)))
		p->at++;
	*out = stk_str_slice(p->text, begin, p->at);
	return out->n ? 0 : fail(p, "a key is missing");
}

/* The table that a step of a dotted path leads to, made when it is not there. */
static struct stk_json *descend(struct parser *p, struct stk_json *table, struct stk_str key)
{
	struct stk_json *next = find(table, key);
	if (!next) {
		next = add_item(p, table);
		*next = (struct stk_json){ .type = STK_JSON_OBJECT, .key = key, .integer = IMPLIED };
	}
	/* Through an array of tables one comes to its last element. */
	if (next->type == STK_JSON_ARRAY && next->integer == OF_TABLES && next->n)
		return &next->items[next->n - 1];
	return next->type == STK_JSON_OBJECT && next->integer != CLOSED ? next : NULL;
}

static int read_value(struct parser *p, struct stk_json *out, unsigned depth);

/* A key with dots: its last part, and the table which that belongs to, reached from *table. */
static int read_dotted(struct parser *p, struct stk_json **table, struct stk_str *key)
{
	for (unsigned steps = 0;; steps++) {
		if (read_key(p, key) < 0)
			return -1;
		skip_blanks(p);
		if (peek(p) != '.')
			return 0;
		p->at++;
		*table = steps < STK_LIMIT_DEPTH ? descend(p, *table, *key) : NULL;
		if (!*table)
			return fail(p, "the name goes through something that is no table");
	}
}

/* key = value, with dots in the key. */
static int read_pair(struct parser *p, struct stk_json *table, unsigned depth)
{
	struct stk_str key;
	if (read_dotted(p, &table, &key) < 0)
		return -1;
	if (peek(p) != '=')
		return fail(p, "\"=\" is missing");
	p->at++;
	skip_blanks(p);
	if (find(table, key))
		return fail(p, "a key is defined twice");
	struct stk_json value = { 0 };
	if (read_value(p, &value, depth) < 0)
		return -1;
	value.key = key;
	*add_item(p, table) = value;
	return 0;
}

static int read_array(struct parser *p, struct stk_json *out, unsigned depth)
{
	*out = (struct stk_json){ .type = STK_JSON_ARRAY, .integer = CLOSED };
	p->at++;
	for (;;) {
		skip_all(p);
		if (peek(p) == ']')
			break;
		struct stk_json value = { 0 };
		if (read_value(p, &value, depth) < 0)
			return -1;
		*add_item(p, out) = value;
		skip_all(p);
		if (peek(p) == ',')
			p->at++;
		else if (peek(p) != ']')
			return fail(p, "\",\" or \"]\" is missing in an array");
	}
	p->at++;
	return 0;
}

static int read_inline_table(struct parser *p, struct stk_json *out, unsigned depth)
{
	*out = (struct stk_json){ .type = STK_JSON_OBJECT, .integer = IMPLIED };
	p->at++;
	skip_blanks(p);
	while (peek(p) != '}') {
		if (read_pair(p, out, depth) < 0)
			return -1;
		skip_blanks(p);
		if (peek(p) == ',') {
			p->at++;
			skip_blanks(p);
			if (peek(p) == '}')
				return fail(p, "a comma before \"}\"");
		} else if (peek(p) != '}') {
			return fail(p, "\",\" or \"}\" is missing in a table");
		}
	}
	p->at++;
	out->integer = CLOSED;
	return 0;
}

static bool is_date(struct stk_str word)
{
	return (word.n >= 10 && word.p[4] == '-' && word.p[7] == '-' && stk_is_digit(word.p[0])) ||
	       (word.n >= 8 && word.p[2] == ':' && word.p[5] == ':' && stk_is_digit(word.p[0]));
}

/* Numbers as they are written, without the underscores between their digits. */
static bool read_number(struct parser *p, struct stk_str word, struct stk_json *out)
{
	STK_BUF digits = stk_buf_new(64);
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '_' &&
		    (i == 0 || i + 1 == word.n || !stk_is_alnum(word.p[i - 1]) || !stk_is_alnum(word.p[i + 1])))
			return false;
		if (word.p[i] != '_')
			stk_buf_byte(&digits, word.p[i]);
	}
	struct stk_str text = stk_arena_str(p->arena, stk_buf_str(&digits)), plain = stk_str_strip_prefix(text, S("+"));
	static const struct {
		const char *prefix;
		unsigned base;
	} bases[] = { { "0x", 16 }, { "0o", 8 }, { "0b", 2 } };
	*out = (struct stk_json){ .type = STK_JSON_NUMBER, .text = text };
	for (size_t i = 0; i < STK_LEN(bases); i++) {
		uint64_t value;
		if (!stk_str_starts(text, stk_str_from(bases[i].prefix)))
			continue;
		if (!stk_str_u64(stk_str_slice(text, 2, text.n), bases[i].base, &value) || value > INT64_MAX)
			return false;
		out->integer = (int64_t)value;
		out->number = (double)value;
		return true;
	}
	if (digits.overflow || !plain.n)
		return false;
	if (stk_str_i64(plain, &out->integer)) {
		out->number = (double)out->integer;
		return true;
	}
	/* strtod also takes "infinity", hexadecimal and a locale's point: only TOML's bytes get
	   that far. */
	for (size_t i = 0; i < plain.n; i++)
		if (!stk_is_digit(plain.p[i]) && !strchr("+-.eE", plain.p[i]) && !stk_str_ends(plain, S("inf")) &&
		    !stk_str_ends(plain, S("nan")))
			return false;
	char *end;
	out->number = strtod(plain.p, &end);
	return end == plain.p + plain.n;
}

static int read_word(struct parser *p, struct stk_json *out)
{
	size_t begin = p->at;
	while (peek(p) > 0 && (is_bare(peek(p)) || peek(p) == '+' || peek(p) == '.' || peek(p) == ':'))
		p->at++;
	struct stk_str word = stk_str_slice(p->text, begin, p->at);
	/* "1979-05-27 07:32:00" has a blank inside. */
	if (is_date(word) && word.n == 10 && peek(p) == ' ' && p->at + 3 < p->text.n && p->text.p[p->at + 3] == ':') {
		p->at++;
		while (peek(p) > 0 && (is_bare(peek(p)) || peek(p) == '+' || peek(p) == '.' || peek(p) == ':'))
			p->at++;
		word = stk_str_slice(p->text, begin, p->at);
	}
	if (stk_str_is(word, "true") || stk_str_is(word, "false"))
		*out = (struct stk_json){ .type = word.n == 4 ? STK_JSON_TRUE : STK_JSON_FALSE };
	else if (is_date(word))
		*out = (struct stk_json){ .type = STK_JSON_STRING, .text = stk_arena_str(p->arena, word) };
	else if (!word.n || !read_number(p, word, out))
		return fail(p, "a value is missing or is none");
	return 0;
}

static int read_value(struct parser *p, struct stk_json *out, unsigned depth)
{
	if (depth >= STK_LIMIT_DEPTH)
		return fail(p, "values are nested too deeply");
	switch (peek(p)) {
	case '"':
	case '\'':
		*out = (struct stk_json){ .type = STK_JSON_STRING };
		return read_string(p, &out->text);
	case '[':
		return read_array(p, out, depth + 1);
	case '{':
		return read_inline_table(p, out, depth + 1);
	default:
		return read_word(p, out);
	}
}

/* The table that a header opens: the last step is made or, for "[[...]]", one more element. */
static struct stk_json *open_table(struct parser *p, struct stk_json *table, struct stk_str key, bool element)
{
	struct stk_json *here = find(table, key);
	if (!element) {
		/* A table that a longer header has implied may be opened once by its own. */
		if (here && (here->type != STK_JSON_OBJECT || here->integer != IMPLIED))
			return NULL;
		here = here ? here : add_item(p, table);
		if (!here->key.p)
			*here = (struct stk_json){ .type = STK_JSON_OBJECT, .key = key };
		here->integer = DEFINED;
		return here;
	}
	if (here && (here->type != STK_JSON_ARRAY || here->integer != OF_TABLES))
		return NULL;
	if (!here) {
		here = add_item(p, table);
		*here = (struct stk_json){ .type = STK_JSON_ARRAY, .key = key, .integer = OF_TABLES };
	}
	struct stk_json *item = add_item(p, here);
	*item = (struct stk_json){ .type = STK_JSON_OBJECT, .integer = DEFINED };
	return item;
}

/* "[a.b]" or "[[a.b]]". */
static int read_header(struct parser *p, struct stk_json *root, struct stk_json **table)
{
	bool element = starts(p, "[[");
	struct stk_str key;
	p->at += element ? 2 : 1;
	*table = root;
	if (read_dotted(p, table, &key) < 0)
		return -1;
	if (!starts(p, element ? "]]" : "]"))
		return fail(p, "a table's header has no end");
	p->at += element ? 2 : 1;
	*table = open_table(p, *table, key, element);
	return *table ? 0 : fail(p, "a table is defined twice");
}

int stk_toml_parse(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err)
{
	struct parser p = { .arena = arena, .text = stk_str_strip_prefix(text, S("\xef\xbb\xbf")), .err = err };
	struct stk_json *root = STK_NEW(arena, struct stk_json, 1), *table = root;
	root->type = STK_JSON_OBJECT;
	if (!stk_utf8_valid(text))
		return stk_fail(err, STK_EFORMAT, "not UTF-8");
	for (;;) {
		skip_all(&p);
		if (peek(&p) < 0)
			break;
		int status = peek(&p) == '[' ? read_header(&p, root, &table) : read_pair(&p, table, 0);
		if (status < 0 || end_line(&p) < 0)
			return -1;
	}
	*out = root;
	return 0;
}
