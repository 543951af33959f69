/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the files of the scan share: scan.c drives, links.c serves hard links, rootfs.c walks
 * directories. Private to this folder.
 */

#include "base/buf.h"
#include "image/layer.h"
#include "image/tree.h"

/* A hard link whose target's contents a visitor wants, when the layer's other entries are through. */
struct stk_wanted_link {
	const struct stk_entry *entry;
	struct stk_str target; /* where the contents are looked for: the link's target, or what that links to */
	uint64_t before;       /* number of the layer's entry it must stand before; UINT64_MAX: any */
	bool found, dangling;
	uint32_t whole, blocks; /* bit i: visitor i wants it so */
};

/* The state of one scan. Sets of visitors are bit masks, hence STK_MOST_VISITORS. `whole`,
   `path` and `link` are reused from entry to entry. */
struct stk_scanner {
	struct stk_arena *arena;
	struct stk_scan *scan;
	struct stk_image *image;
	struct stk_tree *tree;
	const struct stk_visitor *visitors;
	size_t n_visitors;
	const struct stk_scan_options *options;
	const struct stk_layer *layer;
	bool whiteouts;		/* names that start with .wh. mean something */
	uint64_t ordinal;	/* of the entry in its layer, from 1 */
	uint64_t before, total; /* stored bytes of the layers that are through, and of all */
	struct stk_buf whole, path, link;
	struct {
		struct stk_wanted_link *v;
		size_t n, cap;
	} links;
	const struct stk_entry *current; /* what callbacks are being called for */
	struct stk_entry *kept;		 /* its copy, or NULL */
};

enum { STK_MOST_VISITORS = 32 };

/* A file's bytes, whatever they come from. */
struct stk_contents {
	int (*next)(struct stk_contents *contents, struct stk_str *block, struct stk_err *err); /* as stk_tar_read */
};

/* Takes one entry in: whiteouts, tree, visitors. -1 when its contents cannot be read to their end. */
int stk_scanner_entry(struct stk_scanner *s, const struct stk_tar_entry *entry, struct stk_contents *contents,
		      struct stk_err *err);
/* Gives contents to the visitors of a set; size is what is to be expected. */
int stk_scanner_deliver(struct stk_scanner *s, const struct stk_entry *entry, uint32_t whole, uint32_t blocks,
			struct stk_contents *contents, struct stk_err *err);
/* Is the entry within what a visitor takes in one piece? Else it is a gap. */
bool stk_scanner_fits(struct stk_scanner *s, const struct stk_visitor *visitor, const struct stk_entry *entry);
/* "layer 3", or "layer 3, path". */
struct stk_str stk_scanner_place(struct stk_scanner *s, struct stk_str path);
/* Reads layers again, from the present one down, for the contents of hard links. */
void stk_scanner_links(struct stk_scanner *s);
/* Walks a root file system's directory instead of a layer's archive. */
int stk_scanner_folder(struct stk_scanner *s, struct stk_err *err);
