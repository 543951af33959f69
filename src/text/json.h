/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * JSON (RFC 8259). Reading: a tree on an arena, with getters that never fail: a missing key or
 * another type gives the empty string, 0, false or NULL, so that a reader of hostile documents
 * is a list of questions rather than a ladder of tests. Writing: a writer that keeps commas,
 * indentation, nesting and escapes right.
 *
 * Two readers give the same tree: stk_json_parse over jansson, which judges and reports errors
 * with their place, and stk_json_read, which is fast, keeps views of the text, and leaves every
 * doubt to the first. TOML is read into this tree too (text/toml.h).
 *
 * Writing goes key, value, key, value; assert catches a program that does otherwise. Nothing
 * checks that a key is written once.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum stk_json_type {
	STK_JSON_NULL,
	STK_JSON_FALSE,
	STK_JSON_TRUE,
	STK_JSON_NUMBER,
	STK_JSON_STRING,
	STK_JSON_ARRAY,
	STK_JSON_OBJECT
};

/* One value. Members of objects carry their key; which of the others mean something depends on
   the type. `integer` is 0 for numbers that are none or too large. */
struct stk_json {
	enum stk_json_type type;
	struct stk_str key;  /* as a member of an object */
	struct stk_str text; /* of a string; a number as "%.17g" or its digits */
	double number;
	int64_t integer;	/* of a whole number */
	struct stk_json *items; /* of an array or object, in the order of the text */
	size_t n;
};

/* Parses one document (RFC 8259; duplicate keys: the last wins; trailing bytes are an error). Errors name line and
 * column. */
int stk_json_parse(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err);
/* The same, but an object with the same key twice is an error: for documents that others may read differently. */
int stk_json_parse_strict(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err);

/* The same tree about ten times as fast, for documents by the ten thousand: strings are views of the text, which must
 * stay. */
int stk_json_read(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err);

/* The member of an object, or NULL (also when json is NULL or no object). */
const struct stk_json *stk_json_get(const struct stk_json *json, const char *key);
/* The string member, or the empty string. */
struct stk_str stk_json_str(const struct stk_json *json, const char *key);
/* The number, cut to a whole one, or 0; the boolean, or false. */
int64_t stk_json_int(const struct stk_json *json, const char *key);
bool stk_json_bool(const struct stk_json *json, const char *key);
/* The array or object member with its items; an empty one when absent, so that a loop over n needs no test. */
const struct stk_json *stk_json_list(const struct stk_json *json, const char *key);

/* A writer's state, made by stk_json_writer and kept on the caller's stack. Overflow is the
   buffer's: ask out->overflow at the end. */
struct stk_json_writer {
	struct stk_buf *out;
	int indent; /* spaces a level; 0: one line */
	unsigned depth;
	bool item_written; /* something stands before on this level */
	bool after_key;
};

/* Writes to `out`, which must live longer. Keys and values alternate in objects: a key, then a value or a begin_. */
struct stk_json_writer stk_json_writer(struct stk_buf *out, int indent);
/* Opens and closes; what is open must be closed in turn. */
void stk_json_begin_object(struct stk_json_writer *w);
void stk_json_end_object(struct stk_json_writer *w);
void stk_json_begin_array(struct stk_json_writer *w);
void stk_json_end_array(struct stk_json_writer *w);
/* Inside an object, before each value. */
void stk_json_key(struct stk_json_writer *w, const char *key);
void stk_json_key_str(struct stk_json_writer *w, struct stk_str key);
/* Bytes that are no UTF-8 are written as U+FFFD. */
void stk_json_write_str(struct stk_json_writer *w, struct stk_str s);
/* Values: in an array, behind a key, or the document itself. */
void stk_json_write_int(struct stk_json_writer *w, int64_t value);
/* The shortest text that reads back as the same number; infinities and NaN as null. */
void stk_json_write_double(struct stk_json_writer *w, double value);
void stk_json_write_bool(struct stk_json_writer *w, bool value);
void stk_json_write_null(struct stk_json_writer *w);
/* A read tree, written again. */
void stk_json_write_tree(struct stk_json_writer *w, const struct stk_json *json);
/* key and value in one. */
void stk_json_put_str(struct stk_json_writer *w, const char *key, struct stk_str value);
void stk_json_put_text(struct stk_json_writer *w, const char *key, const char *value);
void stk_json_put_int(struct stk_json_writer *w, const char *key, int64_t value);
void stk_json_put_bool(struct stk_json_writer *w, const char *key, bool value);
/* A list as an array of strings. */
void stk_json_write_strs(struct stk_json_writer *w, const struct stk_strs *list);
void stk_json_put_strs(struct stk_json_writer *w, const char *key, const struct stk_strs *list);
/* Nothing at all when the value is empty. */
void stk_json_put_strs_if(struct stk_json_writer *w, const char *key, const struct stk_strs *list);
void stk_json_put_str_if(struct stk_json_writer *w, const char *key, struct stk_str value);
