/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What inflate.c asks of a decompression library. Private to this folder. */

#include "base/err.h"

enum { STK_CODEC_MORE, STK_CODEC_END /* of a member */ };

struct stk_codec {
	const char *name;
	struct stk_str member; /* how a further member starts: one or two bytes */
	void *(*open)(void);   /* NULL when memory is out */
	/* Takes bytes off *in and puts at most cap into out (*n says how many): STK_CODEC_MORE, STK_CODEC_END or -1. */
	int (*step)(void *state, struct stk_str *in, char *out, size_t cap, size_t *n, struct stk_err *err);
	void (*reset)(void *state); /* before a further member */
	void (*close)(void *state);
};

extern const struct stk_codec stk_codec_gzip, stk_codec_zstd, stk_codec_xz, stk_codec_bzip2;
