/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes are found by parent and name through one hash table and never leave it; what is removed is marked so and
   unlinked from its parent's list, so that walking a folder costs what lives in it. */
#include "image/tree.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

struct stk_tree *stk_tree_new(struct stk_arena *arena, bool keep_all)
{
	struct stk_tree *tree = STK_NEW(arena, struct stk_tree, 1);
	tree->arena = arena;
	tree->keep_all = keep_all;
	tree->root = (struct stk_node){ .live = true, .linked = true, .type = STK_TAR_DIR };
	return tree;
}

/* Parents are told apart by their address: the hash differs from run to run, the order of walks
   does not come from it. */
static uint32_t hash_of(const struct stk_node *parent, struct stk_str name)
{
	uint64_t hash = stk_str_hash(name) ^ ((uint64_t)(uintptr_t)parent >> 4) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash ^ (hash >> 31));
}

static struct stk_node *child(const struct stk_tree *tree, const struct stk_node *parent, struct stk_str name)
{
	uint32_t hash = hash_of(parent, name);
	struct stk_node *node = tree->n_slots ? tree->slots[hash & (tree->n_slots - 1)] : NULL;
	while (node && (node->hash != hash || node->parent != parent || !stk_str_eq(node->name, name)))
		node = node->chain;
	return node;
}

/* Doubled when there are as many nodes as slots; chains are short then. */
static void grow(struct stk_tree *tree)
{
	size_t n = tree->n_slots ? tree->n_slots * 2 : 1024;
	struct stk_node **slots = STK_NEW(tree->arena, struct stk_node *, n);
	for (size_t i = 0; i < tree->n_slots; i++) {
		for (struct stk_node *node = tree->slots[i], *after; node; node = after) {
			after = node->chain;
			node->chain = slots[node->hash & (n - 1)];
			slots[node->hash & (n - 1)] = node;
		}
	}
	tree->slots = slots;
	tree->n_slots = n;
}

static struct stk_node *make_child(struct stk_tree *tree, struct stk_node *parent, struct stk_str name)
{
	struct stk_node *node = child(tree, parent, name);
	if (node)
		return node;
	/* The arena is the whole scan's, so the ceiling is on everything that a scan keeps. */
	if (tree->arena->total > STK_LIMIT_TREE) {
		tree->full = true;
		return NULL;
	}
	if (tree->n >= tree->n_slots)
		grow(tree);
	node = STK_NEW(tree->arena, struct stk_node, 1);
	node->parent = parent;
	node->name = stk_arena_str(tree->arena, name);
	node->hash = hash_of(parent, name);
	assert(tree->n_slots && (tree->n_slots & (tree->n_slots - 1)) == 0);
	node->chain = tree->slots[node->hash & (tree->n_slots - 1)];
	tree->slots[node->hash & (tree->n_slots - 1)] = node;
	tree->n++;
	return node;
}

/* Into the parent's list of what lives in it, at its front: the list has no order. */
static void attach(struct stk_node *node)
{
	struct stk_node *parent = node->parent;
	if (node->linked || !parent)
		return;
	assert(!node->before && !node->next);
	node->linked = true;
	node->before = NULL;
	node->next = parent->first;
	if (parent->first)
		parent->first->before = node;
	parent->first = node;
}

/* Out of that list; the node itself stays, to be found when a later layer brings the name back. */
static void detach(struct stk_node *node)
{
	if (!node->linked || !node->parent)
		return;
	assert(node->before ? node->before->next == node : node->parent->first == node);
	if (node->before)
		node->before->next = node->next;
	else
		node->parent->first = node->next;
	if (node->next)
		node->next->before = node->before;
	node->next = node->before = NULL;
	node->linked = false;
}

/* The kept copy belongs to the visitor and stays; the tree only says what became of it. */
static void retire(struct stk_node *node, int32_t layer, bool replaced)
{
	if (node->entry) {
		node->entry->removed_in = layer;
		node->entry->replaced = replaced;
	}
	node->entry = NULL;
	node->link = S("");
}

/* What was the archive's is copied; `user` belongs to whoever kept the entry and does not come along. */
static struct stk_entry *copy_entry(struct stk_tree *tree, const struct stk_entry *entry)
{
	struct stk_entry *copy = STK_NEW(tree->arena, struct stk_entry, 1);
	*copy = *entry;
	copy->path = stk_arena_str(tree->arena, entry->path);
	copy->link = stk_arena_str(tree->arena, entry->link);
	copy->capability = stk_arena_str(tree->arena, entry->capability);
	copy->user = NULL;
	return copy;
}

/* The folder that only its contents speak of. */
static void imply(struct stk_tree *tree, struct stk_node *node, struct stk_str path, int32_t layer)
{
	node->live = true;
	node->type = STK_TAR_DIR;
	node->layer = layer;
	attach(node);
	if (tree->keep_all) {
		struct stk_entry entry = {
			.path = path, .type = STK_TAR_DIR, .mode = 0755, .layer = layer, .implied = true
		};
		node->entry = copy_entry(tree, &entry);
	}
}

/* Everything below a node goes, whatever layer brought it; deepest first, without recursion. */
static void remove_below(struct stk_node *top, int32_t layer)
{
	struct stk_node *node = top;
	for (;;) {
		while (node->first)
			node = node->first;
		if (node == top)
			return;
		struct stk_node *parent = node->parent;
		retire(node, layer, false);
		node->live = false;
		detach(node);
		node = parent;
	}
}

static struct stk_str path_of(struct stk_arena *arena, const struct stk_node *node)
{
	/* From the leaf upwards twice: once for the length, once for the text from its end. */
	size_t n = 0;
	for (const struct stk_node *at = node; at->parent; at = at->parent)
		n += at->name.n + (at->parent->parent ? 1 : 0);
	char *text = stk_arena_alloc(arena, n + 1, 1);
	size_t end = n;
	for (const struct stk_node *at = node; at->parent; at = at->parent) {
		for (size_t i = at->name.n; i-- > 0;)
			text[--end] = at->name.p[i];
		if (at->parent->parent)
			text[--end] = '/';
	}
	return (struct stk_str){ text, n };
}

/* What `layer` itself did not bring goes, deepest first; folders that hold something of the layer stay as implied ones.
 */
static void remove_lower(struct stk_tree *tree, struct stk_node *node, int32_t layer)
{
	if (node->live && node->layer < layer) {
		bool holds = node->first != NULL;
		retire(node, layer, false);
		node->live = false;
		if (holds)
			imply(tree, node, path_of(tree->arena, node), layer);
		else
			detach(node);
	}
}

/* Recursion is as deep as STK_LONGEST_PATH allows. Nothing of lower layers can come back while a layer is laid, so once
 * is enough. */
static void sweep(struct stk_tree *tree, struct stk_node *top, int32_t layer)
{
	if (top->swept == layer)
		return;
	top->swept = layer;
	for (struct stk_node *node = top->first, *next; node; node = next) {
		next = node->next;
		sweep(tree, node, layer);
		remove_lower(tree, node, layer);
	}
}

static bool only_dots(const struct stk_str *pending, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (struct stk_str rest = pending[i]; rest.n;) {
			struct stk_str part = stk_str_cut(&rest, '/');
			if (part.n && !stk_str_is(part, "."))
				return false;
		}
	}
	return true;
}

/* The path that a resolve has come to is the tree's own buffer; false where it has no room. */
static bool push_part(struct stk_tree *tree, struct stk_str part)
{
	size_t n = tree->path_length;
	if (part.n >= STK_LONGEST_PATH || n + 1 + part.n > STK_LONGEST_PATH)
		return false;
	if (n)
		tree->path[n++] = '/';
	memcpy(tree->path + n, part.p, part.n);
	tree->path_length = n + part.n;
	return true;
}

static void pop_part(struct stk_tree *tree)
{
	size_t slash = stk_str_rfind_byte((struct stk_str){ tree->path, tree->path_length }, '/');
	tree->path_length = slash == SIZE_MAX ? 0 : slash;
}

int stk_tree_resolve(struct stk_tree *tree, struct stk_str name, bool last, struct stk_place *place,
		     struct stk_err *err)
{
	struct stk_str pending[STK_LIMIT_SYMLINKS + 1] = {
		name
	};			   /* what is left of the name, and of links inside it */
	size_t n = 1, missing = 0; /* components behind the deepest node */
	struct stk_node *node = &tree->root, *next;
	tree->path_length = 0;
	for (int links = 0; n;) {
		if (!pending[n - 1].n) {
			n--;
			continue;
		}
		struct stk_str part = stk_str_cut(&pending[n - 1], '/');
		if (!part.n || stk_str_is(part, "."))
			continue;
		if (stk_str_is(part, "..")) {
			pop_part(tree);
			if (missing)
				missing--;
			else if (node->parent)
				node = node->parent;
			continue;
		}
		next = missing ? NULL : child(tree, node, part);
		if (next && next->live && next->link.n && (last || !only_dots(pending, n))) {
			if (links++ == STK_LIMIT_SYMLINKS)
				return stk_fail(err, STK_EFORMAT, "its symbolic links lead nowhere");
			if (next->link.p[0] == '/') {
				tree->path_length = 0;
				node = &tree->root;
			}
			/* The rest of this name waits below the link's own text. The array
			   holds one more than links may be followed. */
			if (pending[n - 1].n)
				n++;
			pending[n - 1] = next->link;
			continue;
		}
		if (!push_part(tree, part))
			return stk_fail(err, STK_ELIMIT, "a path of more than %d bytes", STK_LONGEST_PATH);
		missing += !next;
		node = next ? next : node;
	}
	place->path = (struct stk_str){ tree->path, tree->path_length };
	place->node = missing ? NULL : node;
	place->above = missing ? node : node->parent;
	return 0;
}

/* A file or link where a folder must be now gives way. */
static void clear_way(struct stk_tree *tree, struct stk_node *above, int32_t layer)
{
	for (; above; above = above->parent) {
		if (!above->live || above->type == STK_TAR_DIR)
			continue;
		retire(above, layer, true);
		imply(tree, above, path_of(tree->arena, above), layer);
	}
}

/* The node of a path, its folders made where they are not. NULL when the tree is full. */
static struct stk_node *reach(struct stk_tree *tree, struct stk_str path, int32_t layer)
{
	struct stk_node *node = &tree->root;
	for (struct stk_str rest = path; rest.n && node;) {
		if (node->parent && !node->live)
			imply(tree, node, stk_str_slice(path, 0, path.n - rest.n - 1), layer);
		node = make_child(tree, node, stk_str_cut(&rest, '/'));
	}
	return node;
}

void stk_tree_lay(struct stk_tree *tree, const struct stk_place *place, const struct stk_entry *entry)
{
	struct stk_node *node = place->node;
	clear_way(tree, place->above, entry->layer);
	if (node && node->live) {
		bool folder = node->type == STK_TAR_DIR;
		if (node == &tree->root && entry->type != STK_TAR_DIR)
			return;
		retire(node, entry->layer, true);
		/* A directory laid over a directory changes its mode and owner, and hides
		   nothing below it. */
		if (folder && entry->type == STK_TAR_DIR) {
			node->layer = entry->layer;
			return;
		}
		remove_below(node, entry->layer);
		node->live = false;
		detach(node);
	}
	/* Other entries need no node unless a visitor keeps them: stk_tree_keep makes it then. */
	if (entry->type != STK_TAR_SYMLINK || !entry->link.n)
		return;
	node = reach(tree, entry->path, entry->layer);
	if (!node)
		return;
	node->live = true;
	node->type = STK_TAR_SYMLINK;
	node->layer = entry->layer;
	node->link = stk_arena_str(tree->arena, entry->link);
	attach(node);
}

/* A link to a link shares the contents of the last one. */
static const struct stk_entry *find_target(struct stk_tree *tree, struct stk_str path)
{
	struct stk_place place;
	if (stk_tree_resolve(tree, path, false, &place, NULL) < 0 || !place.node || !place.node->live)
		return NULL;
	const struct stk_entry *entry = place.node->entry;
	return entry && entry->type == STK_TAR_HARDLINK ? entry->target : entry;
}

struct stk_entry *stk_tree_keep(struct stk_tree *tree, const struct stk_entry *entry)
{
	struct stk_node *node = reach(tree, entry->path, entry->layer);
	if (!node)
		return NULL;
	if (node->entry)
		return node->entry;
	struct stk_entry *copy = copy_entry(tree, entry);
	if (entry->type == STK_TAR_HARDLINK)
		copy->target = find_target(tree, copy->link);
	node->entry = copy;
	node->live = true;
	node->type = entry->type;
	node->layer = entry->layer;
	if (entry->type == STK_TAR_SYMLINK)
		node->link = copy->link;
	attach(node);
	return copy;
}

bool stk_tree_whiteout(struct stk_tree *tree, const struct stk_place *place, bool opaque, int32_t layer)
{
	struct stk_node *node = place->node;
	if (!node || !node->live)
		return false;
	sweep(tree, node, layer);
	if (opaque || node == &tree->root)
		return false;
	/* The specification forbids a layer to name a file and its whiteout; Docker lets the
	   file stay. */
	if (node->layer == layer)
		return true;
	remove_lower(tree, node, layer);
	return false;
}

struct stk_entry *stk_tree_find(struct stk_tree *tree, struct stk_str path)
{
	struct stk_place place;
	if (stk_tree_resolve(tree, path, true, &place, NULL) < 0 || !place.node || !place.node->live)
		return NULL;
	return place.node->entry;
}

const struct stk_node *stk_tree_first(const struct stk_tree *tree)
{
	return &tree->root;
}

const struct stk_node *stk_tree_after(const struct stk_node *node)
{
	if (node->first)
		return node->first;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}
