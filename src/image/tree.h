/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The merged tree while layers are laid over one another. It holds what later entries can depend on: symbolic links,
 * the entries that visitors keep, and the folders above them; all other files pass through without a trace, so that
 * memory does not grow with the image. Private to this folder.
 */

#include "image/scan.h"

/* One path that something is known about. Nodes are never freed: a removed one may come back in
   a later layer. */
struct stk_node {
	struct stk_node *parent, *first, *next, *before; /* children in no order */
	struct stk_node *chain;				 /* of the hash table */
	struct stk_str name;
	uint32_t hash;
	int32_t layer;	   /* that brought what is here */
	int32_t swept;	   /* layer whose whiteouts have been applied to everything below */
	bool live, linked; /* there is something here now; is in its parent's list */
	enum stk_tar_type type;
	struct stk_str link;	 /* of a symbolic link */
	struct stk_entry *entry; /* kept, or NULL */
};

enum { STK_LONGEST_PATH = 4096 };

struct stk_tree {
	struct stk_arena *arena;
	struct stk_node root;
	struct stk_node **slots;
	size_t n, n_slots;
	bool keep_all;
	bool full;		     /* STK_LIMIT_TREE was reached: what came behind is missing */
	char path[STK_LONGEST_PATH]; /* the last resolved one */
	size_t path_length;
};

/* Where a name leads. */
struct stk_place {
	struct stk_str path;	/* resolved; valid until the next call */
	struct stk_node *node;	/* the node of the path, live or not; or NULL */
	struct stk_node *above; /* the deepest node on the way to it */
};

/* An empty tree on the arena, which is also where its nodes live. keep_all: keep every entry, not only what visitors
 * ask for. */
struct stk_tree *stk_tree_new(struct stk_arena *arena, bool keep_all);
/* Cleans a name and follows the symbolic links among its parents (and, with `last`, at its end) inside the root. -1: a
   loop, or too long. */
int stk_tree_resolve(struct stk_tree *tree, struct stk_str name, bool last, struct stk_place *place,
		     struct stk_err *err);
/* Lays an entry, whose path is place->path, over what is there. */
void stk_tree_lay(struct stk_tree *tree, const struct stk_place *place, const struct stk_entry *entry);
/* The kept copy of an entry that has been laid. NULL when the tree is full. */
struct stk_entry *stk_tree_keep(struct stk_tree *tree, const struct stk_entry *entry);
/* Removes what layers below `layer` put at the place, or (opaque) only below it. True when the layer itself put
 * something there. */
bool stk_tree_whiteout(struct stk_tree *tree, const struct stk_place *place, bool opaque, int32_t layer);
/* The live kept entry at a path, links followed to the end; or NULL. */
struct stk_entry *stk_tree_find(struct stk_tree *tree, struct stk_str path);
/* All nodes, folders before their contents, in no order. */
const struct stk_node *stk_tree_first(const struct stk_tree *tree);
const struct stk_node *stk_tree_after(const struct stk_node *node);
