/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * From YAML text to the tree of node.h: scalars resolved, aliases and merge keys expanded,
 * !reset and !override noted. The first step of loading a file.
 */

#include "base/err.h"
#include "compose/node.h"

/* A path that a later file resets or overrides: the earlier value there goes before the files are merged. */
struct stk_compose_reset {
	struct stk_str *parts;
	size_t n;
};
/* Paths in the order of the document. */
struct stk_compose_resets {
	struct stk_compose_reset *v;
	size_t n, cap;
};

/* Makes the tree of one document. Errors name file, line and column: duplicate keys, keys that are no strings, merges
   of something that is no map, alias cycles, more than STK_LIMIT_COMPOSE_ALIASED nodes behind aliases. A document that
   is null gives a null node. */
int stk_compose_tree(struct stk_arena *arena, const struct stk_compose_source *source, const struct stk_yaml *document,
		     struct stk_compose_node **out, struct stk_compose_resets *resets, struct stk_err *err);
/* The same for one plain scalar: what `text` means in YAML. */
void stk_compose_scalar(struct stk_arena *arena, struct stk_str text, struct stk_compose_node *out);
/* Takes the values at these paths out of a tree. */
void stk_compose_apply_resets(struct stk_compose_node *root, const struct stk_compose_resets *resets);

/* "file:line:column: message"; returns -1. */
int stk_compose_fail(struct stk_err *err, struct stk_compose_place place, const char *fmt, ...) STK_PRINTF(3, 4);
