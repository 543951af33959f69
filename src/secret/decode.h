/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Texts inside a text: base64, hexadecimal, percent and \u escapes, UTF-16, and assignments
 * that are spread over two fields. Each function makes a derived text that is searched like any
 * other, and segments by which a place in it is told as a place in the original.
 */

#include "base/arena.h"
#include "base/buf.h"

/* Bytes [at, at + n) of the derived text stand for bytes [begin, end) of the text it was made from. */
struct stk_segment {
	size_t at, n, begin, end;
	const char *how; /* "base64", "hex", "percent", "escapes", "UTF-16"; NULL: nothing was decoded */
	bool linear;	 /* byte for byte (UTF-16: two for one), so that places can be told inside */
};

struct stk_derived {
	struct stk_buf text; /* pieces, each on lines of its own */
	struct {
		struct stk_segment *v;
		size_t n, cap;
	} segments;
};

/* Everything in text that is encoded and decodes to something readable. text.p of *out must be freed with stk_buf_free.
 */
void stk_decode(struct stk_arena *arena, struct stk_str text, struct stk_derived *out);
/* Is this UTF-16? 'l' little-endian, 'b' big-endian, 0 no: a byte order mark, or every other byte of the start is NUL.
 */
char stk_decode_is_utf16(struct stk_str start);
void stk_decode_utf16(struct stk_arena *arena, struct stk_str text, char order, struct stk_derived *out);
/* Dockerfile ENV, ARG and LABEL lines as NAME=VALUE lines. */
void stk_decode_dockerfile(struct stk_arena *arena, struct stk_str text, struct stk_derived *out);
/* {"name": N, "value": V}, "- name: N / value: V", <add key="N" value="V">, <name>N</name><value>V</value>: as N="V"
 * lines. */
void stk_decode_pairs(struct stk_arena *arena, struct stk_str text, struct stk_derived *out);
/* variable "NAME" { ... default = "value" }, as Terraform has it: as NAME="value" lines. */
void stk_decode_variables(struct stk_arena *arena, struct stk_str text, struct stk_derived *out);
/* "${NAME:-value}", "${NAME=value}" and their like, as a shell and Compose read them: as NAME="value" lines. */
void stk_decode_defaults(struct stk_arena *arena, struct stk_str text, struct stk_derived *out);
/* The segment that byte `at` of the derived text belongs to, or NULL. */
const struct stk_segment *stk_derived_at(const struct stk_derived *derived, size_t at);
