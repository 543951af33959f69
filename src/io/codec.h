/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What inflate.c asks of a decompression library. Private to this folder: others use
 * io/inflate.h.
 *
 * A codec is a row of functions around a state that `open` makes and `close` frees. The loop
 * around them belongs to inflate.c: it loads input, calls `step` until that says STK_CODEC_END,
 * looks whether another member follows (`member`), and if so calls `reset` and goes on.
 */

#include "base/err.h"

enum { STK_CODEC_MORE, STK_CODEC_END /* of a member */ };

/* One library. step() may take nothing and give nothing only when it needs more input:
   inflate.c calls that truncation when there is none. */
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
