/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of a pattern's expression, shared by the files that read and match it. Private to
 * text/ignore_*.c: ignore_class.c reads characters and classes, ignore_expression.c puts atoms
 * together, ignore_matcher.c makes the expression's text and runs it.
 */

#include "base/arena.h"

enum stk_ignore_atom_kind {
	STK_IGNORE_CHARACTER,
	STK_IGNORE_ANY_NUMBER,
	STK_IGNORE_OPTIONAL,
	STK_IGNORE_BEGIN, /* and the rest: places, not characters */
	STK_IGNORE_END,
	STK_IGNORE_WORD_EDGE,
	STK_IGNORE_NO_WORD_EDGE
};

/* Code points [low, high]. */
struct stk_ignore_range {
	uint32_t low, high;
};

/* A set of characters: a bit map for ASCII, which nearly all paths are, and ranges for the
   rest. `negated` is applied when asked, not when built. */
struct stk_ignore_class {
	bool negated;
	uint64_t ascii[2];
	struct {
		struct stk_ignore_range *v;
		size_t n, cap;
	} wide; /* from U+0080 on */
};

/* A step of the expression: one character of the class, any number of them, a place, or STK_IGNORE_OPTIONAL: the next
   `skip` atoms may be passed over. */
struct stk_ignore_atom {
	enum stk_ignore_atom_kind kind;
	uint32_t skip;
	bool optional; /* stands in the reach of an STK_IGNORE_OPTIONAL */
	struct stk_ignore_class class;
};

/* One alternative: n atoms from number `first` on. */
struct stk_ignore_branch {
	size_t first, n;
};

/* Alternatives of atoms: branch after branch in one vector. */
struct stk_ignore_expression {
	struct {
		struct stk_ignore_atom *v;
		size_t n, cap;
	} atoms;
	struct {
		struct stk_ignore_branch *v;
		size_t n, cap;
	} branches;
};

/* ignore_class.c */

/* One character off the front; broken bytes are U+FFFD, as in Go. */
uint32_t stk_ignore_take(struct stk_str *rest);
bool stk_ignore_take_byte(struct stk_str *rest, char c);
void stk_ignore_class_add(struct stk_arena *arena, struct stk_ignore_class *class, uint32_t low, uint32_t high);
bool stk_ignore_class_has(const struct stk_ignore_class *class, uint32_t c);
/* \d \s \w and their opposites. False when rest starts with none of them. */
bool stk_ignore_take_perl_class(struct stk_arena *arena, struct stk_str *rest, struct stk_ignore_class *class);
/* An escaped character as RE2 reads it; rest starts behind the backslash. */
bool stk_ignore_take_escape(struct stk_str *rest, uint32_t *out);
/* A class behind its "[". */
bool stk_ignore_take_class(struct stk_arena *arena, struct stk_str *rest, struct stk_ignore_class *class);

/* ignore_expression.c: reads an expression as RE2 would. False when RE2 would refuse it, or when it grows too large. */
bool stk_ignore_expression_read(struct stk_arena *arena, struct stk_str text, struct stk_ignore_expression *out);
