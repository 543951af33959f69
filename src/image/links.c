/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contents of hard links. A link's target stands before it in its own layer, or in a lower one; when a visitor wants
 * the contents, the layers are read once more, from the link's own down, until all targets are found.
 */
#include "base/limits.h"
#include "image/scanner.h"
#include "base/banned.h"

enum { CHAIN = 8 }; /* links to links to links */

/* Contents of a target that links wait for, as the pass has seen them last. */
struct held {
	struct stk_buf bytes;
	bool there, hidden;
	struct stk_str next; /* the target is itself a hard link, to this */
	uint64_t next_before;
};

/* One reading of one layer for the sake of the links. `held` bounds what all targets together
   may occupy. */
struct pass {
	struct stk_scanner *s;
	struct stk_arena *arena;
	struct stk_map targets; /* path to struct held */
	uint64_t held;
	bool own;    /* the links' own layer: order matters */
	size_t open; /* links not served yet */
};

static bool is_waiting(const struct stk_wanted_link *link)
{
	return !link->found && !link->dangling;
}

struct served {
	struct stk_contents base;
	struct stk_str bytes;
	bool given;
};

static int next_of_served(struct stk_contents *contents, struct stk_str *block, struct stk_err *err)
{
	struct served *served = (struct served *)contents;
	(void)err;
	*block = served->bytes;
	if (served->given || !block->n)
		return 0;
	served->given = true;
	return 1;
}

static void serve(struct pass *pass, struct stk_wanted_link *link, struct stk_str bytes)
{
	struct stk_scanner *s = pass->s;
	struct stk_entry *entry = (struct stk_entry *)(uintptr_t)link->entry;
	link->found = true;
	pass->open--;
	entry->size = bytes.n;
	s->current = entry;
	s->kept = entry;
	for (size_t i = 0; i < s->n_visitors; i++)
		if (link->whole >> i & 1 && !stk_scanner_fits(s, &s->visitors[i], entry))
			link->whole &= ~(1U << i);
	struct served served = { { next_of_served }, bytes, false };
	struct stk_err err;
	stk_scanner_deliver(s, entry, link->whole, link->blocks, &served.base, &err);
	s->current = NULL;
	s->kept = NULL;
}

/* Serves the links that stand at this place of their layer (or, at its end, all that are left) with what has been seen.
 */
static void serve_until(struct pass *pass, uint64_t ordinal)
{
	for (size_t i = 0; i < pass->s->links.n; i++) {
		struct stk_wanted_link *link = &pass->s->links.v[i];
		if (!is_waiting(link) || (pass->own && link->before > ordinal))
			continue;
		struct held *held = stk_map_get(&pass->targets, link->target);
		if (!held)
			continue;
		if (held->there) {
			serve(pass, link, stk_buf_str(&held->bytes));
			/* The target is a link itself: from now on its own target is looked for. */
		} else if (held->next.n) {
			link->target = held->next;
			link->before = held->next_before;
		} else if (held->hidden && !pass->own) {
			link->dangling = true;
		}
	}
}

static void hold(struct pass *pass, struct held *held, struct stk_tar *tar, const struct stk_tar_entry *entry,
		 uint64_t ordinal)
{
	struct stk_place place;
	struct stk_str block;
	pass->held -= held->bytes.n;
	stk_buf_clear(&held->bytes);
	held->there = false;
	held->next = S("");
	if (entry->type == STK_TAR_HARDLINK && stk_tree_resolve(pass->s->tree, entry->link, false, &place, NULL) == 0) {
		held->next = stk_arena_str(pass->s->arena, place.path);
		held->next_before = ordinal;
	}
	/* Something else of this name hides what was held. A set of targets larger than the
	   ceiling is not served: its links become gaps. */
	if (entry->type != STK_TAR_FILE || pass->held + entry->size > STK_LIMIT_WHOLE_FILE)
		return;
	int more;
	while ((more = stk_tar_read(tar, &block, NULL)) > 0)
		stk_buf_add(&held->bytes, block);
	held->there = more == 0 && !held->bytes.overflow;
	pass->held += held->bytes.n;
}

/* A whiteout in a layer between hides what is below it. */
static void note_whiteout(struct pass *pass, struct stk_str path)
{
	struct stk_str folder = stk_str_through_last(path, '/'), name = stk_str_after_last(path, '/');
	if (!pass->s->whiteouts || !stk_str_starts(name, S(".wh.")))
		return;
	STK_ARENA arena = { 0 };
	bool opaque = stk_str_is(name, ".wh..wh..opq");
	struct stk_str hidden = opaque ? folder : stk_arena_join(&arena, folder, stk_str_slice(name, 4, name.n));
	for (size_t i = 0; i < pass->targets.n; i++) {
		struct stk_str target = pass->targets.entries[i].key;
		if (stk_str_starts(target, hidden) && (opaque || target.n == hidden.n || target.p[hidden.n] == '/'))
			((struct held *)pass->targets.entries[i].value)->hidden = true;
	}
}

static void read_layer(struct pass *pass, const struct stk_layer *layer)
{
	struct stk_layer_stream stream;
	struct stk_tar_entry entry;
	struct stk_place place;
	/* Digests were compared in the first pass; here the layer is only read again. */
	if (layer->absent || stk_layer_open(pass->s->image, layer, false, &stream, NULL) < 0)
		return; /* a gap already */
	struct stk_tar *tar = stk_tar_new(stream.reader);
	for (uint64_t ordinal = 1; pass->open && stk_tar_next(tar, &entry, NULL) > 0; ordinal++) {
		if (pass->own)
			serve_until(pass, ordinal);
		if (stk_tree_resolve(pass->s->tree, entry.name, false, &place, NULL) < 0)
			continue;
		struct held *held = stk_map_get(&pass->targets, place.path);
		if (held)
			hold(pass, held, tar, &entry, ordinal);
		else
			note_whiteout(pass, place.path);
	}
	serve_until(pass, UINT64_MAX);
	stk_tar_free(tar);
	stk_layer_close(&stream);
}

/* One pass over a layer for all links that still wait for their target there, so that a layer
   with ten thousand hard links is not read ten thousand times. */
static void read_once(struct stk_scanner *s, const struct stk_layer *layer)
{
	STK_ARENA arena = { 0 };
	struct pass pass = { .s = s, .arena = &arena, .own = layer == s->layer };
	for (size_t i = 0; i < s->links.n; i++) {
		struct stk_wanted_link *link = &s->links.v[i];
		if (!is_waiting(link))
			continue;
		pass.open++;
		void **place = stk_map_at(&pass.targets, &arena, link->target);
		if (*place)
			continue;
		struct held *held = *place = STK_NEW(&arena, struct held, 1);
		held->bytes = stk_buf_new(STK_LIMIT_WHOLE_FILE);
	}
	if (pass.open)
		read_layer(&pass, layer);
	for (size_t i = 0; i < pass.targets.n; i++) {
		struct held *held = pass.targets.entries[i].value;
		/* Whited out in this layer and not laid anew: nothing below can be meant any
		   more. */
		for (size_t k = 0; held->hidden && !held->there && k < s->links.n; k++)
			s->links.v[k].dangling |= is_waiting(&s->links.v[k]) &&
						  stk_str_eq(s->links.v[k].target, pass.targets.entries[i].key);
		stk_buf_free(&held->bytes);
	}
}

static size_t count_waiting(const struct stk_scanner *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->links.n; i++)
		n += is_waiting(&s->links.v[i]);
	return n;
}

void stk_scanner_links(struct stk_scanner *s)
{
	for (int32_t layer = s->layer->index; layer > 0 && count_waiting(s); layer--) {
		for (int pass = 0; pass < CHAIN && count_waiting(s); pass++) {
			STK_ARENA before = { 0 };
			struct stk_strs targets = { 0 };
			for (size_t i = 0; i < s->links.n; i++)
				*STK_PUSH(&before, &targets) = s->links.v[i].target;
			read_once(s, stk_image_layer(s->image, layer));
			bool moved =
				false; /* a target that is a link itself is looked for in the same layer once more */
			for (size_t i = 0; i < s->links.n; i++)
				moved |= is_waiting(&s->links.v[i]) && s->links.v[i].target.p != targets.v[i].p;
			if (!moved)
				break;
		}
		for (size_t i = 0; i < s->links.n; i++)
			s->links.v[i].before = UINT64_MAX;
	}
	for (size_t i = 0; i < s->links.n; i++) {
		const struct stk_wanted_link *link = &s->links.v[i];
		if (link->found)
			continue;
		struct stk_str why = stk_arena_printf(s->arena, "a hard link to " STK_FMT ", which is not there",
						      STK_ARG(link->target));
		stk_scan_add_gap(s->scan, stk_scanner_place(s, link->entry->path), why.p);
	}
	s->links.n = 0;
}
