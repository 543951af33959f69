/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ZIP archives over libzip, from memory or a file, members read whole under a ceiling. For
 * jars, wheels and eggs in an image, and for advisories that come as one zip. One thread at a
 * time for each archive.
 */

#include "base/arena.h"
#include "base/err.h"

/* `n` is what the central directory says; the members themselves are only looked at when they
   are read. */
struct stk_zip {
	void *archive; /* zip_t */
	uint64_t n;    /* members */
};

struct stk_zip_member {
	struct stk_str name;		/* bytes as in the archive; valid until close */
	uint64_t size, compressed_size; /* as the directory claims */
	bool directory, encrypted;
};

#define STK_ZIP __attribute__((cleanup(stk_zip_close))) struct stk_zip

/* The bytes must stay until close. Bytes before the archive (a script, an executable) are fine.
   STK_EFORMAT when it is none. */
int stk_zip_open(struct stk_zip *zip, struct stk_str bytes, struct stk_err *err);
/* The same from a file, which libzip reads piece by piece: for archives of advisories, which
   are hundreds of megabytes. */
int stk_zip_open_file(struct stk_zip *zip, const char *path, struct stk_err *err);
/* Closes; a zeroed struct is fine. */
void stk_zip_close(struct stk_zip *zip);
/* Member i of n. */
int stk_zip_member(struct stk_zip *zip, uint64_t i, struct stk_zip_member *out, struct stk_err *err);
/* Its contents on the arena, checksum verified; more than limit bytes is STK_ELIMIT whatever the directory claims. */
int stk_zip_read(struct stk_zip *zip, uint64_t i, struct stk_arena *arena, size_t limit, struct stk_str *out,
		 struct stk_err *err);
/* The number of the member with this name, or -1. */
int64_t stk_zip_find(struct stk_zip *zip, struct stk_str name);
