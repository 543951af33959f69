/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Tape archives, read forward: v7, ustar, GNU (L and K names, base-256 numbers, sparse files),
 * pax (local and global headers, GNU.sparse 0.0, 0.1 and 1.0, extended attributes). Nothing is
 * believed: sizes, checksums and lengths are checked, names are handed out as they stand, "../"
 * and all: what a name means is the image folder's to decide, and nothing is ever unpacked.
 *
 * Order of calls: stk_tar_new on a reader, stk_tar_next for each entry, stk_tar_read for its
 * contents where they are wanted (what is not read is stepped over), stk_tar_free. Where programs disagree about an
 * archive, Go's archive/tar decides, with which Docker reads layers.
 */

#include "io/stream.h"

enum stk_tar_type {
	STK_TAR_FILE,
	STK_TAR_HARDLINK,
	STK_TAR_SYMLINK,
	STK_TAR_CHAR,
	STK_TAR_BLOCK,
	STK_TAR_DIR,
	STK_TAR_FIFO,
	STK_TAR_OTHER, /* a type this reader does not know; its data is skipped */
};

/* One entry, fields in host order. Views are valid until the next stk_tar_next. */
struct stk_tar_entry {
	struct stk_str name, link; /* bytes as in the archive; valid until the next entry */
	enum stk_tar_type type;
	char flag;     /* the type as written */
	uint64_t size; /* of the contents, holes included; 0 for everything but files */
	uint32_t mode; /* permission bits with setuid, setgid and sticky */
	uint64_t uid, gid;
	int64_t mtime;
	uint32_t device_major, device_minor;
	struct stk_str capability; /* the extended attribute security.capability, raw; or empty */
	uint64_t offset;	   /* where the data starts in the archive */
	bool sparse;		   /* the data in the archive is not the contents */
};

struct stk_tar;

/* Does a block of 512 bytes look like a tar header (checksum right)? */
bool stk_tar_sniff(struct stk_str start);
/* Reads from the reader, which stays the caller's. */
struct stk_tar *stk_tar_new(struct stk_reader *reader);
/* The next entry: 1, 0 at the end (two zero blocks, or the end of the stream between entries), -1. */
int stk_tar_next(struct stk_tar *tar, struct stk_tar_entry *entry, struct stk_err *err);
/* The next piece of the current entry's contents, holes as zeros: 1, 0 at its end, -1. */
int stk_tar_read(struct stk_tar *tar, struct stk_str *block, struct stk_err *err);
void stk_tar_free(struct stk_tar *tar);
