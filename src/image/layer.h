/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The bytes of one layer: found, decompressed on threads of their own, digested on the way.
 * Private to this folder.
 *
 * Order: stk_layer_open, read the archive from `reader`, stk_layer_verify when the archive has
 * ended (it reads what stands behind the archive's end, which the digests cover too),
 * stk_layer_close. The struct must not move while it is open: threads hold its address.
 */

#include <stdatomic.h>

#include "image/source.h"

/* `stored` is digested while the blob is read, `contents` by the reader's tap; `consumed` is
   written by one thread and shown by another. */
struct stk_layer_stream {
	const struct stk_layer *layer;
	struct stk_blob blob;
	struct stk_reader *reader; /* the tar archive */
	enum stk_compression form;
	struct stk_digest stored, contents; /* of the bytes as they stand there, and decompressed */
	bool verify;
	_Atomic uint64_t consumed;
};

/* Opens the layer; sizes are checked here. */
int stk_layer_open(struct stk_image *image, const struct stk_layer *layer, bool verify, struct stk_layer_stream *stream,
		   struct stk_err *err);
/* Reads what is left and compares the digests; tells the diffID of a layer that has none stated. */
int stk_layer_verify(struct stk_layer_stream *stream, struct stk_arena *arena, struct stk_str *diff_id,
		     struct stk_err *err);
/* Stored bytes read so far. */
uint64_t stk_layer_consumed(const struct stk_layer_stream *stream);
void stk_layer_close(struct stk_layer_stream *stream);
/* Does the media type say what the bytes are not? */
bool stk_layer_lies(const struct stk_layer_stream *stream);
