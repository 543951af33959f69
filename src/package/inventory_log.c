/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An rpm that was killed leaves transactions in SQLite's write-ahead log, maybe in a layer above its database. That is
 * rare, and keeping every database until its log may come would cost memory in every scan: so the layers are read
 * again.
 */
#include "package/inventory_private.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

/* Bytes of the two files, the last copy of each that the second scan comes past. */
struct pair {
	const struct stk_inventory_database *database;
	struct stk_buf bytes, log;
};

static bool is_copy(const struct stk_entry *entry, const struct stk_entry *kept)
{
	return entry->layer == kept->layer && stk_str_eq(entry->path, kept->path);
}

static enum stk_want wants(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	const struct pair *pair = context;
	(void)scan;
	return is_copy(entry, pair->database->entry) || is_copy(entry, pair->database->log) ? STK_WANT_WHOLE
											    : STK_WANT_NOTHING;
}

static void whole(void *context, struct stk_scan *scan, const struct stk_entry *entry, struct stk_str bytes)
{
	struct pair *pair = context;
	(void)scan;
	struct stk_buf *out = is_copy(entry, pair->database->log) ? &pair->log : &pair->bytes;
	stk_buf_clear(out);
	stk_buf_add(out, bytes);
}

void stk_inventory_merge_log(struct stk_arena *arena, struct stk_inventory_database *database, struct stk_image *image,
			     struct stk_scan *scan)
{
	struct pair pair = { database, stk_buf_new(STK_LIMIT_WHOLE_FILE), stk_buf_new(STK_LIMIT_WHOLE_FILE) };
	struct stk_visitor visitor = { .context = &pair, .wants = wants, .whole = whole };
	/* The first scan has checked the digests. */
	struct stk_scan_options options = { .unverified = true };
	struct stk_scan again;
	struct stk_err err;
	if (stk_image_scan(arena, image, &visitor, 1, &options, &again, &err) < 0)
		stk_scan_add_gap(scan, database->path, err.msg);
	else if (!pair.bytes.n)
		stk_scan_add_gap(scan, database->path, "could not be read a second time");
	else
		stk_inventory_read(database, database->log->layer, stk_buf_str(&pair.bytes), stk_buf_str(&pair.log));
	stk_buf_free(&pair.bytes);
	stk_buf_free(&pair.log);
}
