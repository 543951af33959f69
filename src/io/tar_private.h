/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the three files of the tar reader share: tar.c reads headers, tar_pax.c extended
 * headers, tar_sparse.c the maps of files with holes. Private to them.
 */

#include "base/buf.h"
#include "io/tar.h"

enum { STK_TAR_BLOCK_SIZE = 512 };

enum stk_pax_key {
	STK_PAX_PATH,
	STK_PAX_LINK,
	STK_PAX_SIZE,
	STK_PAX_UID,
	STK_PAX_GID,
	STK_PAX_MTIME,
	STK_PAX_CAPABILITY,
	STK_PAX_SPARSE_NAME,
	STK_PAX_KEYS
};

/* What extended headers say about the next entry, or (global) about all that follow. Two of
   these live as long as the reader: `global` collects g headers, `local` is emptied for each
   entry, filled from its x, L and K headers, and completed from `global` at last. */
struct stk_pax {
	bool has[STK_PAX_KEYS];
	bool hidden[STK_PAX_KEYS]; /* an empty value: the header's own field counts, whatever the globals say */
	struct stk_buf path, link, capability, sparse_name;
	uint64_t size, uid, gid;
	int64_t mtime;
	/* GNU.sparse.*: numbers as "offset,length,offset,length" (0.0 and 0.1). */
	uint64_t sparse_major, sparse_minor, sparse_real_size;
	bool sparse, sparse_sized;
	struct stk_buf sparse_map;
};

/* A run of bytes that is really in the archive; what is between runs is zeros. */
struct stk_tar_run {
	uint64_t offset, size;
};

/* The reader's state. `header` is the block at hand; `stored` counts down as data is read, so
   that finish_entry knows what is left to step over. */
struct stk_tar {
	struct stk_reader *reader;
	char header[STK_TAR_BLOCK_SIZE];
	uint64_t at; /* of the header */
	struct stk_buf meta, joined;
	struct stk_pax local, global;
	uint64_t stored, padding; /* bytes of the entry left in the archive, and what fills its last block */
	uint64_t left;		  /* bytes of contents not handed out */
	bool ended, sparse;
	struct {
		struct stk_tar_run *v;
		size_t n, cap;
	} holes;	   /* the runs of a sparse file */
	size_t run;	   /* the one being read */
	uint64_t position; /* in the contents of a sparse file */
};

/* A header field: octal digits among spaces and NULs, or GNU's base 256; an empty field is 0. False when it is neither
 * or does not fit. */
bool stk_tar_number(const char *p, size_t n, int64_t *out);

/* Empty records, whose buffers stk_pax_free() gives back. */
void stk_pax_init(struct stk_pax *pax);
void stk_pax_free(struct stk_pax *pax);
/* Forgets everything (globals NULL); or takes over from the globals what is not set. */
void stk_pax_start(struct stk_pax *pax, const struct stk_pax *globals);
/* Sets one of the four texts; a longer one than STK_LIMIT_TAR_META cannot come, as the header
   that holds it is bounded so. */
void stk_pax_set(struct stk_pax *pax, enum stk_pax_key key, struct stk_str value);
/* Takes in the records of one header. STK_EFORMAT for a record whose length is wrong or whose
   number is none; keys that are not known are stepped over, as POSIX wants it. */
int stk_pax_parse(struct stk_pax *pax, struct stk_str text, struct stk_err *err);

/* When the entry is sparse in one of GNU tar's ways, reads its map and sets its size and name. */
int stk_tar_sparse_begin(struct stk_tar *tar, struct stk_tar_entry *entry, struct stk_err *err);
/* The next piece of a sparse file's contents, holes as zeros; called while tar->left is not 0. */
int stk_tar_sparse_read(struct stk_tar *tar, struct stk_str *block, struct stk_err *err);
