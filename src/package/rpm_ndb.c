/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDB, the store that SUSE builds rpm with (lib/backend/ndb/rpmpkg.c in rpm's sources): a slot table of 4096-byte
 * pages, its first 32 bytes the file's header, then blobs in units of 16 bytes. All numbers are little-endian.
 */
#include "package/rpm.h"
#include "base/banned.h"

enum { PAGE = 4096, SLOT = 16, BLOCK = 16, FILE_HEAD = 32, BLOB_HEAD = 16 };

static struct stk_str slot_table(struct stk_str bytes)
{
	/* 64 bits: the product of a 32-bit number with 4096 cannot wrap. */
	uint64_t pages = stk_le32(bytes.p + 12);
	return stk_str_slice(bytes, FILE_HEAD, pages * PAGE > bytes.n ? bytes.n : (size_t)pages * PAGE);
}

/* The data of the blob that a slot points to. */
static bool open_blob(struct stk_str bytes, const char *slot, struct stk_str *out)
{
	uint64_t at = (uint64_t)stk_le32(slot + 8) * BLOCK, room = (uint64_t)stk_le32(slot + 12) * BLOCK;
	if (room < BLOB_HEAD || at + room > bytes.n)
		return false;
	const char *head = bytes.p + at;
	uint64_t length = stk_le32(head + 12);
	/* Blob and slot both name the package: if they disagree, one of them is damaged. */
	if (!stk_str_eq((struct stk_str){ head, 4 }, S("BlbS")) || stk_le32(head + 4) != stk_le32(slot + 4) ||
	    length > room - BLOB_HEAD)
		return false;
	*out = (struct stk_str){ head + BLOB_HEAD, (size_t)length };
	return true;
}

int stk_rpm_walk_ndb(struct stk_str bytes, const struct stk_rpm_visitor *visitor, struct stk_err *err)
{
	if (bytes.n < FILE_HEAD)
		return stk_fail(err, STK_EFORMAT, "NDB file ends inside its header");
	struct stk_str slots = slot_table(bytes), blob;
	uint64_t seen = 0;
	for (size_t i = 0; i + SLOT <= slots.n; i += SLOT) {
		const char *slot = slots.p + i;
		if (!stk_str_eq((struct stk_str){ slot, 4 }, S("Slot")))
			return stk_fail(err, STK_EFORMAT, "NDB slot at byte %zu has no signature", i + FILE_HEAD);
		if (!stk_le32(slot + 4))
			continue; /* free */
		if (!open_blob(bytes, slot, &blob))
			return stk_fail(err, STK_EFORMAT, "NDB slot at byte %zu points to no blob", i + FILE_HEAD);
		/* Blobs do not overlap; a file that says so would make us read it over and over. */
		seen += blob.n;
		if (seen > bytes.n)
			return stk_fail(err, STK_EFORMAT, "NDB blobs overlap");
		visitor->visit(visitor->context, blob);
	}
	return 0;
}
