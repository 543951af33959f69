/* SPDX-License-Identifier: Apache-2.0 */
/* Words of instructions: divided by blanks, quoted, or as a JSON array of strings (RFC 8259). */
#include <string.h>

#include "dockerfile/parse.h"
#include "base/buf.h"
#include "base/limits.h"
#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

/* From a piece of the logical line to bytes of the file: continuation lines lie between. */
struct stk_span stk_parse_span(const struct stk_parse_line *l, struct stk_str slice)
{
	size_t begin = (size_t)(slice.p - l->line->text.p);
	return stk_source_span(l->line, begin, begin + slice.n);
}

/* Bytes that mean something to the unquoting below. */
static bool is_plain(struct stk_str raw, char escape)
{
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] == '"' || raw.p[i] == '\'' || raw.p[i] == escape)
			return false;
	return true;
}

/* Outside quotes the escape takes the next byte as it is; in double quotes only before a quote,
   a dollar or itself; in single quotes never. The result is never longer than `raw`. */
struct stk_str stk_parse_unquote(struct stk_arena *arena, struct stk_str raw, char escape)
{
	if (is_plain(raw, escape))
		return raw;
	char *out = stk_arena_alloc(arena, raw.n + 1, 1);
	size_t n = 0;
	char quote = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		bool more = i + 1 < raw.n;
		if (quote ? c == quote : (c == '"' || c == '\'')) {
			quote = quote ? 0 : c;
		} else if (c == escape && !quote && more) {
			out[n++] = raw.p[++i];
		} else if (c == escape && quote == '"' && more && strchr("\"$", raw.p[i + 1])) {
			out[n++] = raw.p[++i];
		} else if (c == escape && quote == '"' && more && raw.p[i + 1] == escape) {
			out[n++] = raw.p[++i];
		} else if (c != escape || more) {
			out[n++] = c;
		}
	}
	return (struct stk_str){ out, n };
}

struct stk_word stk_parse_word(const struct stk_parse_line *l, struct stk_str slice)
{
	return (struct stk_word){
		.raw = slice,
		.value = stk_parse_unquote(l->parser->arena, slice, l->parser->file->escape),
		.span = stk_parse_span(l, slice),
	};
}

static void add_word(struct stk_parse_line *l, struct stk_str slice)
{
	*STK_PUSH(l->parser->arena, &l->instruction->words) = stk_parse_word(l, slice);
}

void stk_parse_list(struct stk_parse_line *l, struct stk_str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t begin = i;
		while (i < text.n && !stk_parse_is_blank(text.p[i]))
			i++;
		if (i > begin)
			add_word(l, stk_str_slice(text, begin, i));
		while (i < text.n && stk_parse_is_blank(text.p[i]))
			i++;
	}
}

/* End of the word that starts at `i`: white space ends it unless it is quoted or escaped. */
static size_t quoted_word_end(struct stk_str text, size_t i, char escape)
{
	char quote = 0;
	for (; i < text.n; i++) {
		char c = text.p[i];
		if (c == escape && quote != '\'') {
			/* Whatever is escaped does not end the word, nor a quote. */
			i += i + 1 < text.n;
		} else if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (stk_parse_space(stk_str_slice(text, i, text.n))) {
			break;
		}
	}
	return i < text.n ? i : text.n;
}

void stk_parse_quoted_list(struct stk_parse_line *l, struct stk_str text)
{
	char escape = l->parser->file->escape;
	for (size_t i = 0; i < text.n;) {
		size_t space = stk_parse_space(stk_str_slice(text, i, text.n));
		if (space) {
			i += space;
			continue;
		}
		size_t end = quoted_word_end(text, i, escape);
		struct stk_str word = stk_str_slice(text, i, end);
		/* An escape at the very end escapes nothing and is dropped. */
		if (end == text.n && word.n && word.p[word.n - 1] == escape &&
		    (word.n == 1 || word.p[word.n - 2] != escape))
			word.n--;
		if (word.n)
			add_word(l, word);
		i = end;
	}
}

/* A JSON string being decoded into `out`; pieces are added wherever text and file part ways. */
struct json_reader {
	const struct stk_parse_line *l;
	struct stk_str text;
	size_t at;
	struct stk_buf *out;
	struct stk_source_text *joined;
};

static void skip_space(struct json_reader *r)
{
	while (r->at < r->text.n && strchr(" \t\r\n", r->text.p[r->at]) && r->text.p[r->at])
		r->at++;
}

static void add_piece(struct json_reader *r, size_t begin, size_t n)
{
	/* The logical line may itself be made of pieces. */
	size_t from = (size_t)(r->text.p - r->l->line->text.p) + begin;
	struct stk_source_text part = stk_source_slice(r->l->parser->arena, r->l->line, from, from + n);
	for (size_t i = 0; i < part.pieces.n; i++)
		*STK_PUSH(r->l->parser->arena, &r->joined->pieces) =
			(struct stk_text_piece){ r->out->n + part.pieces.v[i].text, part.pieces.v[i].file };
}

static bool hex4(struct json_reader *r, size_t at, uint32_t *out)
{
	uint64_t value;
	if (at + 4 > r->text.n || !stk_str_u64(stk_str_slice(r->text, at, at + 4), 16, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

/* \uXXXX with its surrogate pair; lone surrogates become U+FFFD as in Go. at stands behind the "u". */
static bool unicode_escape(struct json_reader *r)
{
	uint32_t code, low;
	if (!hex4(r, r->at, &code))
		return false;
	r->at += 4;
	if (code >= 0xd800 && code < 0xdc00 && r->at + 6 <= r->text.n && r->text.p[r->at] == '\\' &&
	    r->text.p[r->at + 1] == 'u' && hex4(r, r->at + 2, &low) && low >= 0xdc00 && low < 0xe000) {
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		r->at += 6;
		/* Half a pair alone: Go's JSON decoder writes U+FFFD, and so does this. */
	} else if (code >= 0xd800 && code < 0xe000) {
		code = 0xfffd;
	}
	stk_utf8_encode(r->out, code);
	return true;
}

/* One escape of a JSON string, from the backslash on. The places of what it decodes to are the bytes that it
   stands on. */
static bool escape(struct json_reader *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	size_t begin = r->at++;
	if (r->at >= r->text.n)
		return false;
	char c = r->text.p[r->at++];
	if (c == 'u') {
		add_piece(r, begin, 1);
		return unicode_escape(r);
	}
	const char *found = c ? strchr(from, c) : NULL;
	if (!found)
		return false;
	add_piece(r, begin + 1, 1);
	stk_buf_byte(r->out, to[found - from]);
	return true;
}

/* at stands behind the opening quote; ends behind the closing one. */
static bool string_body(struct json_reader *r)
{
	while (r->at < r->text.n) {
		size_t begin = r->at;
		while (r->at < r->text.n && r->text.p[r->at] != '"' && r->text.p[r->at] != '\\' &&
		       (unsigned char)r->text.p[r->at] >= 0x20)
			r->at++;
		if (r->at > begin) {
			add_piece(r, begin, r->at - begin);
			stk_buf_add(r->out, stk_str_slice(r->text, begin, r->at));
		}
		if (r->at >= r->text.n || (unsigned char)r->text.p[r->at] < 0x20)
			return false;
		if (r->text.p[r->at] == '"') {
			r->at++;
			return true;
		}
		if (!escape(r))
			return false;
	}
	return false;
}

struct json_place {
	size_t text_begin, text_end, begin, end;
};
struct json_places {
	struct json_place *v;
	size_t n, cap;
};

/* All strings of the array into r->out, joined with spaces. False when it is no array of strings. */
static bool string_array(struct json_reader *r, struct json_places *places)
{
	skip_space(r);
	if (r->at >= r->text.n || r->text.p[r->at++] != '[')
		return false;
	skip_space(r);
	if (r->at < r->text.n && r->text.p[r->at] == ']') {
		r->at++;
		skip_space(r);
		return r->at == r->text.n;
	}
	for (;;) {
		skip_space(r);
		if (r->at >= r->text.n || r->text.p[r->at] != '"')
			return false;
		if (places->n) {
			add_piece(r, r->at, 1);
			stk_buf_byte(r->out, ' ');
		}
		struct json_place place = { .text_begin = r->out->n, .begin = r->at++ };
		if (!string_body(r))
			return false;
		place.text_end = r->out->n;
		place.end = r->at;
		*STK_PUSH(r->l->parser->arena, places) = place;
		skip_space(r);
		if (r->at >= r->text.n || !strchr(",]", r->text.p[r->at]) || !r->text.p[r->at])
			return false;
		if (r->text.p[r->at++] == ']')
			break;
	}
	skip_space(r);
	return r->at == r->text.n;
}

/* BuildKit refuses an array of anything but strings, and takes all other text that begins with "[" for a
   shell's. */
static bool is_other_array(struct stk_parser *parser, struct stk_str text)
{
	struct stk_json *json;
	struct stk_err err;
	return stk_json_parse(parser->arena, text, &json, &err) == 0 && json->type == STK_JSON_ARRAY;
}

enum stk_parse_json stk_parse_json_form(struct stk_parse_line *l, struct stk_str text, struct stk_source_text *joined)
{
	if (!text.n || text.p[0] != '[')
		return STK_PARSE_NO_JSON;
	STK_BUF out = stk_buf_new(STK_LIMIT_TEXT_FILE);
	struct json_places places = { 0 };
	*joined = (struct stk_source_text){ 0 };
	struct json_reader r = { .l = l, .text = text, .out = &out, .joined = joined };
	if (!string_array(&r, &places)) {
		*joined = (struct stk_source_text){ 0 };
		return is_other_array(l->parser, text) ? STK_PARSE_NOT_STRINGS : STK_PARSE_NO_JSON;
	}
	joined->text = stk_arena_str(l->parser->arena, stk_buf_str(&out));
	l->instruction->json = true;
	for (size_t i = 0; i < places.n; i++) {
		struct stk_str raw = stk_str_slice(text, places.v[i].begin, places.v[i].end);
		*STK_PUSH(l->parser->arena, &l->instruction->words) = (struct stk_word){
			.raw = raw,
			.value = stk_str_slice(joined->text, places.v[i].text_begin, places.v[i].text_end),
			.span = stk_parse_span(l, raw),
		};
	}
	return STK_PARSE_JSON;
}
