/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Decompression as a stream over a stream. The form is told by the first bytes, never by a name
 * or a media type: registries and tools disagree about the latter, the bytes do not.
 *
 * Used by the image folder for layers (threaded, so that inflating overlaps with walking the
 * archive) and for compressed members of packages and archives. Not for seeking: to read
 * something twice is to open it twice.
 */

#include "io/stream.h"

/* Rows: name of the enum, name in messages. */
#define STK_COMPRESSIONS(X)                                                                                            \
	X(NONE, "none")                                                                                                \
	X(GZIP, "gzip")                                                                                                \
	X(ZSTD, "zstd")                                                                                                \
	X(XZ, "xz")                                                                                                    \
	X(BZIP2, "bzip2")

enum stk_compression {
#define X(name, text) STK_COMPRESSION_##name,
	STK_COMPRESSIONS(X)
#undef X
};

/* "none" "gzip" "zstd" "xz" "bzip2": for messages. */
const char *stk_compression_name(enum stk_compression compression);
/* What the first bytes (6 suffice) say. */
enum stk_compression stk_compression_sniff(struct stk_str start);

/*
 * Takes `source` over and gives its bytes decompressed; bytes that are not compressed pass through. gzip (RFC 1952):
 * any number of members, CRC and length checked, bytes behind the last member ignored; zstd (RFC 8878): any number of
 * frames, skippable ones stepped over, windows up to 128 MiB. The source is read to its end, also what is ignored.
 * threaded: on a thread of its own. *kind (may be NULL) tells the form. More than STK_LIMIT_INFLATE bytes, or a ratio
 * that only a bomb has, is STK_ELIMIT.
 */
int stk_inflate_open(struct stk_stream *source, bool threaded, enum stk_compression *kind, struct stk_stream **out,
		     struct stk_err *err);

/* After a read of such a stream failed: did its input end too early, or else, was it wrong? */
bool stk_inflate_cut(const struct stk_stream *stream);

/* A whole zlib (RFC 1950) or raw deflate text, for members of other formats; at most limit bytes. */
int stk_inflate_zlib(struct stk_arena *arena, struct stk_str bytes, size_t limit, struct stk_str *out,
		     struct stk_err *err);
