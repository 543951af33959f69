/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Advisories in, one database file out. Everything is held in memory until the file is written;
 * records are copied.
 *
 * Used by `strake db build` and `db update`, and while the program itself is built, for the set
 * that is part of it (embed.c). Order: stk_builder_new, stk_builder_add for every record
 * (import.h reads them from files), stk_builder_finish once, counts for the summary,
 * stk_builder_free. One thread.
 */

#include <stdio.h>

#include "advisory/osv.h"

struct stk_builder;

/* For the line that `db build` prints. */
struct stk_builder_counts {
	size_t records, withdrawn,
		repeated; /* given; of these: left out as withdrawn, as older or equal copies of another */
	size_t advisories, packages, affected; /* in the file; known once it is written */
};

/* ecosystems: names without suffix that are wanted, e.g. "Debian"; empty: all. It must stay until the builder is freed.
 */
struct stk_builder *stk_builder_new(const struct stk_strs *ecosystems);
/* Adds one record. Of two with the same id the later `modified` counts. */
void stk_builder_add(struct stk_builder *builder, const struct stk_osv *record);
/* Writes the file; inputs is kept in its header, to tell later whether other inputs would give another file. STK_ELIMIT
   when something passed what the format can number; errors of the stream are left to its owner. Call it once, as the
   last thing. */
int stk_builder_finish(struct stk_builder *builder, int64_t built, uint64_t inputs, FILE *out, struct stk_err *err);
const struct stk_builder_counts *stk_builder_counts(const struct stk_builder *builder);
/* The latest `modified` of the records so far. */
int64_t stk_builder_newest(const struct stk_builder *builder);
void stk_builder_free(struct stk_builder *builder);
