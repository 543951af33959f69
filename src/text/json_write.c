/* SPDX-License-Identifier: Apache-2.0 */
/* The one JSON writer of the program: reports, SARIF, databases and the HTML's data all go through it. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

struct stk_json_writer stk_json_writer(struct stk_buf *out, int indent)
{
	return (struct stk_json_writer){ .out = out, .indent = indent };
}

static void new_line(struct stk_json_writer *w)
{
	if (!w->indent)
		return;
	stk_buf_byte(w->out, '\n');
	stk_buf_repeat(w->out, ' ', (size_t)w->indent * w->depth);
}

/* What must stand before the next value or key. */
static void separate(struct stk_json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->item_written)
		stk_buf_byte(w->out, ',');
	if (w->depth)
		new_line(w);
	w->item_written = true;
}

static void begin(struct stk_json_writer *w, char bracket)
{
	separate(w);
	stk_buf_byte(w->out, bracket);
	w->depth++;
	w->item_written = false;
}

static void end(struct stk_json_writer *w, char bracket)
{
	assert(w->depth && !w->after_key);
	w->depth--;
	/* An empty object stays "{}" on one line. */
	if (w->item_written)
		new_line(w);
	stk_buf_byte(w->out, bracket);
	w->item_written = true;
}

void stk_json_begin_object(struct stk_json_writer *w)
{
	begin(w, '{');
}

void stk_json_end_object(struct stk_json_writer *w)
{
	end(w, '}');
}

void stk_json_begin_array(struct stk_json_writer *w)
{
	begin(w, '[');
}

void stk_json_end_array(struct stk_json_writer *w)
{
	end(w, ']');
}

static void escape(struct stk_buf *out, unsigned char c)
{
	static const char names[] = "btnvfr"; /* 8..13; \v has no short form in JSON */
	if (c == '"' || c == '\\') {
		stk_buf_byte(out, '\\');
		stk_buf_byte(out, (char)c);
	} else if (c >= 8 && c <= 13 && c != 11) {
		stk_buf_byte(out, '\\');
		stk_buf_byte(out, names[c - 8]);
	} else {
		stk_buf_printf(out, "\\u%04x", c);
	}
}

/* From `i` on, how far bytes go that a JSON string holds as they are: printable ASCII, eight at a time. A byte below
   0x20, a zero byte where a special one stood before the xor, and what is no ASCII have the top bit set after the
   subtraction; so may their neighbours, which the second loop then looks at one by one. */
static size_t skip_plain(struct stk_str s, size_t i)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	for (uint64_t x; s.n - i >= sizeof(x); i += sizeof(x)) {
		memcpy(&x, s.p + i, sizeof(x));
		uint64_t special = (x - ones * 0x20) | ((x ^ ones * '"') - ones) | ((x ^ ones * '\\') - ones) |
				   ((x ^ ones * 0x7f) - ones);
		if ((x | special) & tops)
			break;
	}
	while (i < s.n && s.p[i] >= 0x20 && s.p[i] != '"' && s.p[i] != '\\' && s.p[i] != 0x7f)
		i++;
	return i;
}

static void quote(struct stk_buf *out, struct stk_str s)
{
	stk_buf_byte(out, '"');
	size_t plain = 0; /* start of the run that can be copied as it is */
	for (size_t i = 0; (i = skip_plain(s, i)) < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		uint32_t code_point;
		size_t n = c < 0x80 ? 1 : stk_utf8_decode(stk_str_slice(s, i, s.n), &code_point);
		if (c >= 0x80 && n) {
			i += n;
			continue;
		}
		stk_buf_add(out, stk_str_slice(s, plain, i));
		if (n)
			escape(out, c);
		else
			stk_buf_add(out, S("\xef\xbf\xbd"));
		plain = ++i;
	}
	stk_buf_add(out, stk_str_slice(s, plain, s.n));
	stk_buf_byte(out, '"');
}

void stk_json_key_str(struct stk_json_writer *w, struct stk_str key)
{
	assert(!w->after_key);
	assert(w->depth); /* a key stands in an object */
	separate(w);
	quote(w->out, key);
	stk_buf_byte(w->out, ':');
	if (w->indent)
		stk_buf_byte(w->out, ' ');
	w->after_key = true;
}

void stk_json_key(struct stk_json_writer *w, const char *key)
{
	stk_json_key_str(w, stk_str_from(key));
}

void stk_json_write_str(struct stk_json_writer *w, struct stk_str s)
{
	separate(w);
	quote(w->out, s);
}

void stk_json_write_int(struct stk_json_writer *w, int64_t value)
{
	char digits[24], *at = digits + sizeof(digits);
	/* Unsigned negation is defined for INT64_MIN as well. */
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		*--at = '-';
	separate(w);
	stk_buf_add(w->out, (struct stk_str){ at, (size_t)(digits + sizeof(digits) - at) });
}

void stk_json_write_double(struct stk_json_writer *w, double value)
{
	if (!isfinite(value)) {
		stk_json_write_null(w);
		return;
	}
	separate(w);
	STK_BUF text = stk_buf_new(64);
	/* Seventeen digits tell any double from its neighbours (IEEE 754); most need fewer. The
	   two comparisons are an equality that no compiler warns about. */
	for (int digits = 1; digits <= 17; digits++) {
		stk_buf_clear(&text);
		stk_buf_printf(&text, "%.*g", digits, value);
		double again = strtod(text.p, NULL);
		if (again >= value && again <= value)
			break;
	}
	stk_buf_add(w->out, stk_buf_str(&text));
}

void stk_json_write_bool(struct stk_json_writer *w, bool value)
{
	separate(w);
	stk_buf_add(w->out, value ? S("true") : S("false"));
}

void stk_json_write_null(struct stk_json_writer *w)
{
	separate(w);
	stk_buf_add(w->out, S("null"));
}

void stk_json_write_tree(struct stk_json_writer *w, const struct stk_json *json)
{
	switch (json->type) {
	case STK_JSON_NULL:
		stk_json_write_null(w);
		return;
	case STK_JSON_FALSE:
	case STK_JSON_TRUE:
		stk_json_write_bool(w, json->type == STK_JSON_TRUE);
		return;
	case STK_JSON_NUMBER:
		separate(w);
		stk_buf_add(w->out, json->text);
		return;
	case STK_JSON_STRING:
		stk_json_write_str(w, json->text);
		return;
	case STK_JSON_ARRAY:
		stk_json_begin_array(w);
		for (size_t i = 0; i < json->n; i++)
			stk_json_write_tree(w, &json->items[i]);
		stk_json_end_array(w);
		return;
	case STK_JSON_OBJECT:
		stk_json_begin_object(w);
		for (size_t i = 0; i < json->n; i++) {
			stk_json_key_str(w, json->items[i].key);
			stk_json_write_tree(w, &json->items[i]);
		}
		stk_json_end_object(w);
		return;
	}
}

void stk_json_put_str(struct stk_json_writer *w, const char *key, struct stk_str value)
{
	stk_json_key(w, key);
	stk_json_write_str(w, value);
}

void stk_json_put_text(struct stk_json_writer *w, const char *key, const char *value)
{
	stk_json_put_str(w, key, stk_str_from(value));
}

void stk_json_put_int(struct stk_json_writer *w, const char *key, int64_t value)
{
	stk_json_key(w, key);
	stk_json_write_int(w, value);
}

void stk_json_put_bool(struct stk_json_writer *w, const char *key, bool value)
{
	stk_json_key(w, key);
	stk_json_write_bool(w, value);
}

void stk_json_write_strs(struct stk_json_writer *w, const struct stk_strs *list)
{
	stk_json_begin_array(w);
	for (size_t i = 0; i < list->n; i++)
		stk_json_write_str(w, list->v[i]);
	stk_json_end_array(w);
}

void stk_json_put_strs(struct stk_json_writer *w, const char *key, const struct stk_strs *list)
{
	stk_json_key(w, key);
	stk_json_write_strs(w, list);
}

void stk_json_put_strs_if(struct stk_json_writer *w, const char *key, const struct stk_strs *list)
{
	if (list->n)
		stk_json_put_strs(w, key, list);
}

void stk_json_put_str_if(struct stk_json_writer *w, const char *key, struct stk_str value)
{
	if (value.n)
		stk_json_put_str(w, key, value);
}
