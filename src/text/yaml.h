/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * YAML 1.1/1.2 as a tree on an arena, read through libyaml's events. Every node knows where it
 * stands, in lines, columns and bytes, so that findings can point and fixes can edit. Nothing
 * is resolved: scalars keep their text, tag and style; aliases are nodes of their own that name
 * their anchor's node, to be followed with a ceiling by who needs it; merge keys are ordinary
 * keys.
 *
 * For Compose files, workflows and settings. What a scalar means ("yes", 0o17, 1e3) differs
 * between YAML versions and their readers, so it is decided where the reader that counts is
 * known: compose/node.h does it for Compose.
 *
 * Bounded: nesting by STK_LIMIT_DEPTH, aliases by not being expanded here.
 */

#include "base/arena.h"
#include "base/err.h"

enum stk_yaml_type { STK_YAML_SCALAR, STK_YAML_LIST, STK_YAML_MAP, STK_YAML_ALIAS };
enum stk_yaml_style { STK_YAML_PLAIN, STK_YAML_SINGLE, STK_YAML_DOUBLE, STK_YAML_LITERAL, STK_YAML_FOLDED };

/* One node. Pointers go to nodes on the same arena and stay valid as long as it. */
struct stk_yaml {
	enum stk_yaml_type type;
	enum stk_yaml_style style; /* of a scalar */
	bool flow;		   /* a list in [] or map in {} */
	struct stk_str text;	   /* of a scalar, escapes and folding undone; of an alias, its name */
	struct stk_str tag;	   /* as written ("!reset", "tag:yaml.org,2002:str"), or empty */
	struct stk_str anchor;	   /* "&name" without the sign, or empty */
	uint32_t line, column;	   /* from 1; columns count bytes */
	uint32_t end_line, end_column;
	size_t begin, end; /* byte offsets in the text: tag and anchor excluded for scalars, block nodes end behind
			      their last content (which may include the line end) */
	struct stk_yaml *target; /* of an alias: the node it stands for */
	struct stk_yaml *keys;	 /* of a map: n keys and n values, in order; duplicates are kept */
	struct stk_yaml *items;	 /* of a list: n items; of a map: n values */
	size_t n;
};

struct stk_yaml_documents {
	struct stk_yaml **v;
	size_t n, cap;
};

/* Parses all documents of a stream. Errors name line and column; nesting deeper than STK_LIMIT_DEPTH and aliases to
   unknown anchors are errors. An empty stream gives n == 0; an empty document gives a plain empty scalar. */
int stk_yaml_parse(struct stk_arena *arena, struct stk_str text, struct stk_yaml_documents *out, struct stk_err *err);

/* Follows aliases; NULL stays NULL. */
const struct stk_yaml *stk_yaml_follow(const struct stk_yaml *node);
/* The value of a key of a map (the last one when repeated, aliases followed), or NULL. Merge keys are not looked into.
 */
const struct stk_yaml *stk_yaml_get(const struct stk_yaml *map, const char *key);
/* The text of a scalar value, or the empty string. */
struct stk_str stk_yaml_str(const struct stk_yaml *map, const char *key);
/* Is a scalar null by the YAML core schema: plain and empty, "~", "null", "Null" or "NULL"? Also true for NULL. */
bool stk_yaml_is_null(const struct stk_yaml *node);
/* Reads a plain scalar as a boolean (true/false, yes/no, on/off as in YAML 1.1). False when it is none. */
bool stk_yaml_bool(const struct stk_yaml *node, bool *out);
