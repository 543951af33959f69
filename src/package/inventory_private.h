/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A database of an inventory while the scan goes on. Private to inventory*.c. */

#include "package/inventory.h"

/* What one copy of a database gave. */
struct stk_inventory_reading {
	struct stk_packages packages; /* with layer_index */
	size_t broken;		      /* entries without name or version */
	struct stk_str failure;	      /* why the file could not be read to its end, or empty */
};

/* One path of the image where a database stands, or stood. */
struct stk_inventory_database {
	struct stk_str path;
	const struct stk_entry *entry; /* the copy that was read last */
	const struct stk_entry *log;   /* of SQLite: the write-ahead log beside it, the last one that has contents */
	struct stk_arena arena;	       /* what was read from that copy */
	struct stk_inventory_reading reading;
};

/* Reads a database's bytes: what it had before and still has keeps its layer. */
void stk_inventory_read(struct stk_inventory_database *database, int32_t layer, struct stk_str bytes,
			struct stk_str log);
/* Reads database and log once more from the image's layers, and the database with what the log adds. */
void stk_inventory_merge_log(struct stk_arena *arena, struct stk_inventory_database *database, struct stk_image *image,
			     struct stk_scan *scan);
