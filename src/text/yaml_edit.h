/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Changes of a YAML text that keep what they do not touch: comments, anchors, quotes,
 * indentation, the order of keys, line ends. Each function works on a node of the tree that
 * stk_yaml_parse made from this very text, and gives one replacement of bytes (text/edit.h).
 * Functions return false, and set nothing, where the change cannot be made so: a node that is
 * an alias, a map that is a merge, text that would not stay what it is. A caller then has a
 * finding without a fix, which is better than a fix that breaks a file.
 *
 * Several edits of one text are collected and applied at once; the tree is not kept in step
 * with them.
 */

#include "text/edit.h"
#include "text/yaml.h"

/* A value to be written: a scalar (quoted where YAML would read it as something else), a list of values or a map. */
struct stk_yaml_value {
	enum stk_yaml_type type;	    /* STK_YAML_SCALAR, _LIST or _MAP */
	struct stk_str text;		    /* of a scalar */
	bool literal;			    /* a scalar that is written as it is: numbers, true, false */
	const struct stk_str *keys;	    /* of a map: n */
	const struct stk_yaml_value *items; /* n */
	size_t n;
	struct stk_str comment; /* written behind the key or item, or empty */
};

#define STK_YAML_TEXT(s)	 ((struct stk_yaml_value){ .type = STK_YAML_SCALAR, .text = (s) })
#define STK_YAML_LITERAL_TEXT(s) ((struct stk_yaml_value){ .type = STK_YAML_SCALAR, .text = (s), .literal = true })

/* Adds a key at the end of a map, in its style: a line of its own, or before the closing brace. Where a map ends
   together with the one around it and both get something, the inner edit has to come first: `inner` puts it before the
   line break that the outer one follows. */
bool stk_yaml_add_key(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *map, struct stk_str key,
		      const struct stk_yaml_value *value, bool inner, struct stk_text_edit *out);
/* Adds an item at the end of a list; an inner edit. */
bool stk_yaml_add_item(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *list,
		       const struct stk_yaml_value *value, struct stk_text_edit *out);
/* Replaces a scalar's text and keeps its style of quoting; block scalars are refused. */
bool stk_yaml_replace(struct stk_arena *arena, struct stk_str text, const struct stk_yaml *scalar, struct stk_str value,
		      bool literal, struct stk_text_edit *out);
/* Takes the i-th key of a map away, with its value and a comment on its lines; comments above belong to what follows.
 * The only key of a map cannot go. */
bool stk_yaml_remove_key(struct stk_str text, const struct stk_yaml *map, size_t i, struct stk_text_edit *out);
/* The same for a list's item. leading: the items before it go too, but not all behind it, so that in [a, b, c] the
 * comma behind it is taken and the edits do not overlap. */
bool stk_yaml_remove_item(struct stk_str text, const struct stk_yaml *list, size_t i, bool leading,
			  struct stk_text_edit *out);
/* The number of a child in its parent's keys, values or items, or SIZE_MAX. */
size_t stk_yaml_index(const struct stk_yaml *parent, const struct stk_yaml *child);
/* The scalar as it would be written: plain, or in double quotes. */
struct stk_str stk_yaml_quote(struct stk_arena *arena, struct stk_str value, bool always);
