/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) in one pass, without copies: strings without escapes are views of the text. It reads what documents
 * made by programs hold; on everything else (errors, fractions, many or repeated keys) it gives up, and stk_json_parse
 * decides.
 */
#include <string.h>

#include "text/json.h"
#include "text/utf8.h"
#include "base/limits.h"
#include "base/banned.h"

/* MOST_KEYS: repeated keys are looked for pairwise, and objects of advisories have a dozen.
   MOST_DIGITS: eighteen fit an int64_t whatever they are. */
enum { MOST_KEYS = 64, MOST_DIGITS = 18 };

struct reader {
	struct stk_arena *arena;
	const char *p, *end;
	struct {
		struct stk_json *v;
		size_t n, cap;
	} open; /* the items of what is not closed yet */
};

static void skip_space(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
		r->p++;
}

static bool take(struct reader *r, char byte)
{
	skip_space(r);
	if (r->p == r->end || *r->p != byte)
		return false;
	r->p++;
	return true;
}

static bool take_word(struct reader *r, struct stk_str word)
{
	if ((size_t)(r->end - r->p) < word.n || memcmp(r->p, word.p, word.n) != 0)
		return false;
	r->p += word.n;
	return true;
}

/* stk_str_u64 takes no sign and no blank, so four bytes are four digits. */
static bool hex4(struct reader *r, uint32_t *out)
{
	uint64_t value;
	if (r->end - r->p < 4 || !stk_str_u64((struct stk_str){ r->p, 4 }, 16, &value))
		return false;
	r->p += 4;
	*out = (uint32_t)value;
	return true;
}

/* Behind "\u": one code point, of a pair of surrogates where it takes two. */
static bool take_unicode(struct reader *r, struct stk_buf *out)
{
	uint32_t code, low;
	/* \u0000 is legal, and left to the other reader. */
	if (!hex4(r, &code) || !code)
		return false;
	if (code >= 0xd800 && code < 0xe000) {
		if (code >= 0xdc00 || !take_word(r, S("\\u")) || !hex4(r, &low) || low < 0xdc00 || low >= 0xe000)
			return false;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	stk_utf8_encode(out, code);
	return true;
}

static bool take_escape(struct reader *r, struct stk_buf *out)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	char name = r->p < r->end ? *r->p++ : 0;
	const char *at = name ? strchr(names, name) : NULL;
	if (name == 'u')
		return take_unicode(r, out);
	if (at)
		stk_buf_byte(out, bytes[at - names]);
	return at != NULL;
}

/* Goes over bytes that stand for themselves; *ascii is cleared by others than ASCII. */
static struct stk_str plain_run(struct reader *r, bool *ascii)
{
	const char *start = r->p;
	unsigned char seen = 0;
	while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
		seen |= (unsigned char)*r->p++;
	*ascii &= seen < 0x80;
	return (struct stk_str){ start, (size_t)(r->p - start) };
}

static bool read_escaped(struct reader *r, struct stk_str front, bool *ascii, struct stk_str *out)
{
	/* Escapes are never shorter than what they stand for, so the rest of the text is
	   ceiling enough. */
	STK_BUF text = stk_buf_new((size_t)(r->end - front.p));
	stk_buf_add(&text, front);
	while (r->p < r->end && *r->p == '\\') {
		r->p++;
		if (!take_escape(r, &text))
			return false;
		stk_buf_add(&text, plain_run(r, ascii));
	}
	*out = stk_arena_str(r->arena, stk_buf_str(&text));
	return !text.overflow;
}

/* Behind the opening quote. */
static bool read_string(struct reader *r, struct stk_str *out)
{
	bool ascii = true;
	*out = plain_run(r, &ascii);
	if (r->p < r->end && *r->p == '\\' && !read_escaped(r, *out, &ascii, out))
		return false;
	return r->p < r->end && *r->p++ == '"' && (ascii || stk_utf8_valid(*out));
}

static bool read_integer(struct reader *r, struct stk_json *out)
{
	struct stk_str text = { r->p, 0 };
	if (r->p < r->end && *r->p == '-')
		r->p++;
	const char *digits = r->p;
	while (r->p < r->end && stk_is_digit(*r->p))
		r->p++;
	text.n = (size_t)(r->p - text.p);
	if (r->p == digits || r->p - digits > MOST_DIGITS || (*digits == '0' && text.n > 1))
		return false;
	/* A fraction: the slow reader knows how to round it. */
	if (r->p < r->end && (*r->p == '.' || *r->p == 'e' || *r->p == 'E'))
		return false;
	out->type = STK_JSON_NUMBER;
	out->text = text;
	if (!stk_str_i64(text, &out->integer))
		return false;
	out->number = (double)out->integer;
	return true;
}

static bool read_value(struct reader *r, unsigned depth, struct stk_json *out);

static bool repeated_key(const struct stk_json *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (stk_str_eq(items[i].key, items[k].key))
				return true;
	return n > MOST_KEYS;
}

/* Behind the opening bracket. Items are gathered at the end of r->open and moved to their place when all are known. */
static bool read_items(struct reader *r, unsigned depth, bool object, struct stk_json *out)
{
	const char close = object ? '}' : ']';
	size_t start = r->open.n;
	for (bool first = true; !take(r, close); first = false) {
		struct stk_json item = { 0 };
		struct stk_str key = { 0 };
		if (!first && !take(r, ','))
			return false;
		if (object && (!take(r, '"') || !read_string(r, &key) || !take(r, ':')))
			return false;
		if (!read_value(r, depth + 1, &item))
			return false;
		item.key = key;
		*STK_PUSH(r->arena, &r->open) = item;
	}
	out->type = object ? STK_JSON_OBJECT : STK_JSON_ARRAY;
	out->n = r->open.n - start;
	out->items = STK_NEW(r->arena, struct stk_json, out->n);
	if (out->n)
		memcpy(out->items, r->open.v + start, out->n * sizeof(*out->items));
	r->open.n = start;
	return !object || !repeated_key(out->items, out->n);
}

/* False is no error but "not for this reader": the whole text then goes to jansson, which decides
   and says where. */
static bool read_value(struct reader *r, unsigned depth, struct stk_json *out)
{
	skip_space(r);
	if (r->p == r->end || depth > STK_LIMIT_DEPTH)
		return false;
	switch (*r->p) {
	case '"':
		r->p++;
		out->type = STK_JSON_STRING;
		return read_string(r, &out->text);
	case '{':
	case '[':
		return read_items(r, depth, *r->p++ == '{', out);
	case 't':
		out->type = STK_JSON_TRUE;
		return take_word(r, S("true"));
	case 'f':
		out->type = STK_JSON_FALSE;
		return take_word(r, S("false"));
	case 'n':
		out->type = STK_JSON_NULL;
		return take_word(r, S("null"));
	default:
		return read_integer(r, out);
	}
}

int stk_json_read(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err)
{
	struct reader r = { .arena = arena, .p = text.p, .end = text.p + text.n };
	struct stk_json *root = STK_NEW(arena, struct stk_json, 1);
	/* Starting over costs little, as it happens to documents that are broken or rare. */
	if (!text.n || !read_value(&r, 0, root))
		return stk_json_parse(arena, text, out, err);
	skip_space(&r);
	if (r.p != r.end)
		return stk_json_parse(arena, text, out, err);
	*out = root;
	return 0;
}
