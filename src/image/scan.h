/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One pass over an image's layers, base first. Visitors say which files they want and get them
 * whole or block by block; the scan keeps only what they ask it to keep, knows through symbolic
 * links and whiteouts which copy of a path is the live one, and verifies every layer's digests
 * on the way.
 *
 * All callbacks run on the thread that called stk_image_scan, in this order: for every entry of
 * a layer `wants`, then (for a file that is wanted) `whole` once, or `block` any number of
 * times and `done` once; behind the last entry `layer`. Contents of hard links come behind the
 * layer's other entries, before `layer`.
 *
 * Since layers come base first, a visitor sees files that a later layer removes. What counts in
 * the end is asked of kept entries (removed_in == 0), when the scan is over. Inventory, secrets
 * and image checks are visitors of one scan, so that an image is read once.
 */

#include "image/image.h"
#include "io/tar.h"

/* An entry of a layer. What a callback gets is valid during the call; stk_scan_keep makes a copy that lasts. */
struct stk_entry {
	struct stk_str path;	/* from the image's root, without leading slash, symbolic links in its parents followed:
				   "usr/lib/os-release"; bytes, not always UTF-8 */
	struct stk_str link;	/* of a symbolic link: its text; of a hard link: the target's path, cleaned like path */
	enum stk_tar_type type; /* never STK_TAR_OTHER */
	uint32_t mode;		/* permission bits with setuid, setgid, sticky */
	uint64_t uid, gid, size;
	int64_t mtime;
	uint32_t device_major, device_minor;
	struct stk_str capability; /* security.capability, raw, or empty */
	int32_t layer;		   /* from 1 */
	/* Of kept entries: */
	int32_t removed_in; /* the layer that deleted or replaced it, or 0: it is part of the image as it runs */
	bool replaced;	    /* removed_in put another file in its place */
	bool implied;	    /* a directory that only its contents speak of */
	const struct stk_entry *target; /* of a hard link: the kept entry it shares contents with, or NULL */
	void *user;			/* free for who kept it; NULL at first */
};

enum stk_want {
	STK_WANT_NOTHING,
	STK_WANT_WHOLE,	 /* `whole` gets the contents in one piece, up to the visitor's limit */
	STK_WANT_BLOCKS, /* `block` gets them piece by piece, `done` at the end */
};

struct stk_scan;

/* Callbacks that are not needed may be NULL, but for `wants`. */
struct stk_visitor {
	void *context;
	/* Called for every entry of every type that is no whiteout, deleted later or not. The answer counts for files
	   and for hard links; a link's contents, which are its target's, come behind the layer's other entries and cost
	   another reading of the layer: answer STK_WANT_NOTHING where the target itself will do. */
	enum stk_want (*wants)(void *context, struct stk_scan *scan, const struct stk_entry *entry);
	/* The bytes are gone after the call. */
	void (*whole)(void *context, struct stk_scan *scan, const struct stk_entry *entry, struct stk_str bytes);
	/* offset counts from the file's start. */
	void (*block)(void *context, struct stk_scan *scan, const struct stk_entry *entry, uint64_t offset,
		      struct stk_str bytes);
	/* complete: false when the layer broke off inside the file. */
	void (*done)(void *context, struct stk_scan *scan, const struct stk_entry *entry, bool complete);
	/* Before the tree changes: an entry of this type is laid at `path`, over what is there; or, with an empty path,
	   a whiteout is applied. Who uses stk_scan_keep_late calls it here for entries that could be hidden by it, and
	   returns true then. */
	bool (*changes)(void *context, struct stk_scan *scan, struct stk_str path, enum stk_tar_type type);
	/* Behind the last entry of a layer, when its whiteouts have been applied. */
	void (*layer)(void *context, struct stk_scan *scan, const struct stk_layer *layer);
	uint64_t limit; /* ceiling of STK_WANT_WHOLE; 0: STK_LIMIT_WHOLE_FILE. A larger file is a gap */
};

/* Something that could not be scanned. */
struct stk_scan_gap {
	struct stk_str what, why;
};

struct stk_scan_options {
	bool keep_all;							/* keep every entry: the whole merged tree */
	bool unverified;						/* do not check digests */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* bytes of layers as stored; may be NULL */
	void *context;
};

struct stk_scan {
	struct stk_arena *arena; /* what is kept lives here */
	const struct stk_image *image;
	struct stk_tree *tree; /* private, as scanner is */
	struct stk_scanner *scanner;
	struct {
		struct stk_scan_gap *v;
		size_t n, cap;
	} gaps;			 /* any: the result is incomplete */
	struct stk_strs notes;	 /* oddities of the archives that change nothing, at most a hundred */
	uint64_t entries, bytes; /* seen, uncompressed */
};

/* Scans all layers. A broken layer is a gap, not an error: the others are still read, and
   scan->gaps says that the result is incomplete. -1 only when it is called with more than 32
   visitors. */
int stk_image_scan(struct stk_arena *arena, struct stk_image *image, const struct stk_visitor *visitors,
		   size_t n_visitors, const struct stk_scan_options *options, struct stk_scan *scan,
		   struct stk_err *err);

/* Keeps the entry a callback is being called for; later calls for the same entry give the same copy. Its removed_in is
   kept up to date until the scan ends. */
struct stk_entry *stk_scan_keep(struct stk_scan *scan, const struct stk_entry *entry);
/* The same behind the calls for that entry, given a copy of it: no later than in `layer`, and before the tree changes
   where the entry is (see `changes`). */
struct stk_entry *stk_scan_keep_late(struct stk_scan *scan, const struct stk_entry *entry);
/* The kept entry that a path means now (at the end: in the image as it runs), symbolic links followed to the end; or
 * NULL. */
const struct stk_entry *stk_scan_find(const struct stk_scan *scan, struct stk_str path);
/* Adds a gap: part of the scan could not be done. The texts are copied. */
void stk_scan_add_gap(struct stk_scan *scan, struct stk_str what, const char *why);
/* Every live kept entry in byte order of the paths. */
void stk_scan_walk(const struct stk_scan *scan, void (*visit)(void *context, const struct stk_entry *entry),
		   void *context);
