/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompression streams. A codec is a row: how to start, to make a step from input to output, to end. What is common
 * stands here once: blocks of input, the end of members, truncation, ceilings.
 */
#include "io/inflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "io/codec.h"
#include "base/banned.h"

/* A stream that holds the reader of its source. `in` is what the reader gave and the codec has
   not taken yet; `consumed` and `produced` count for the ceilings and for messages. */
struct inflater {
	struct stk_stream base;
	struct stk_reader *source;
	struct stk_str in;
	const struct stk_codec *codec; /* NULL: bytes pass through */
	void *state;
	bool member_done, ended, cut;
	/* One byte of input set aside: the first of a two-byte magic whose second is in the
	   next block. */
	char carry;
	uint64_t consumed, produced;
};

static const struct {
	const char *name;
	struct stk_str magic;
	const struct stk_codec *codec;
	/* The magics as their specifications have them: RFC 1952 (2.3.1), RFC 8878 (3.1.1), the .xz
	   format (2.1.1.1), bzip2's "BZh". The literal of xz is in two pieces because "\xfd7" would be
	   one escape. */
} forms[] = {
	[STK_COMPRESSION_NONE] = { "none", { NULL, 0 }, NULL },
	[STK_COMPRESSION_GZIP] = { "gzip", { "\x1f\x8b", 2 }, &stk_codec_gzip },
	[STK_COMPRESSION_ZSTD] = { "zstd", { "\x28\xb5\x2f\xfd", 4 }, &stk_codec_zstd },
	[STK_COMPRESSION_XZ] = { "xz",
				 { "\xfd"
				   "7zXZ\0",
				   6 },
				 &stk_codec_xz },
	[STK_COMPRESSION_BZIP2] = { "bzip2", { "BZh", 3 }, &stk_codec_bzip2 },
};

const char *stk_compression_name(enum stk_compression compression)
{
	return forms[compression].name;
}

enum stk_compression stk_compression_sniff(struct stk_str start)
{
	for (unsigned i = STK_COMPRESSION_GZIP; i < STK_LEN(forms); i++)
		if (stk_str_starts(start, forms[i].magic))
			return i;
	/* A skippable frame (RFC 8878, 3.1.2) in front: 0x184D2A50 to 5F, little-endian. */
	if (start.n >= 4 && (start.p[0] & 0xf0) == 0x50 && memcmp(start.p + 1, "\x2a\x4d\x18", 3) == 0)
		return STK_COMPRESSION_ZSTD;
	return STK_COMPRESSION_NONE;
}

/* Loads input when there is none: 1, 0 at the end, -1. */
static int load(struct inflater *z, struct stk_err *err)
{
	if (z->in.n)
		return 1;
	int more = stk_reader_next(z->source, &z->in, err);
	if (more > 0)
		z->consumed += z->in.n;
	return more;
}

/* Does the input go on with the two bytes of a gzip magic? They may stand across two blocks of input: then the first is
   fed to the codec from a place of its own. 1, 0, -1. */
static int split_magic(struct inflater *z, struct stk_str magic, struct stk_err *err)
{
	z->carry = z->in.p[0];
	z->in.n = 0;
	int more = load(z, err);
	if (more <= 0 || z->in.p[0] != magic.p[1])
		return more < 0 ? -1 : 0;
	struct stk_str first = { &z->carry, 1 };
	char none;
	size_t n;
	z->codec->reset(z->state);
	return z->codec->step(z->state, &first, &none, 0, &n, err) < 0 ? -1 : 1;
}

/* Is there another member behind the one that ended? What is no member is drained: 1, 0, -1. */
static int next_member(struct inflater *z, struct stk_err *err)
{
	struct stk_str magic = z->codec->member;
	int more = load(z, err);
	if (more <= 0)
		return more;
	if (magic.n == 2 && z->in.n == 1 && z->in.p[0] == magic.p[0]) {
		more = split_magic(z, magic, err);
		if (more)
			return more;
	} else if (stk_str_starts(z->in, magic)) {
		z->codec->reset(z->state);
		return 1;
	}
	/* gzip(1) ignores what follows the last member, and so do Docker and GNU tar. It is
	   still read: the digest of the layer is taken of the whole blob. */
	z->in.n = 0;
	return stk_reader_drain(z->source, err);
}

/* An honest stream can be long or dense, a bomb is both: the ratio is asked only past a
   gigabyte, where nothing real comes near it. Division keeps the product of the ratio from
   wrapping. */
static int check_ceiling(const struct inflater *z, struct stk_err *err)
{
	if (z->produced > STK_LIMIT_INFLATE)
		return stk_fail(err, STK_ELIMIT, "decompresses to more than %llu GiB",
				(unsigned long long)(STK_LIMIT_INFLATE >> 30));
	if (z->produced > STK_GIB(1) && z->produced / STK_LIMIT_INFLATE_RATIO > z->consumed)
		return stk_fail(err, STK_ELIMIT, "a decompression bomb: %llu bytes became more than %llu",
				(unsigned long long)z->consumed, (unsigned long long)z->produced);
	return 0;
}

/* Gives bytes as soon as there are some. A step that gives none either needs more input, ended
   a member, or the input is over: each is one way through the loop. */
static ptrdiff_t read_inflated(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct inflater *z = (struct inflater *)stream;
	while (!z->ended) {
		if (z->member_done) {
			int more = next_member(z, err);
			if (more < 0)
				return -1;
			z->member_done = false;
			z->ended = more == 0;
			continue;
		}
		int more = load(z, err);
		if (more < 0)
			return -1;
		size_t n = 0;
		/* With an empty `in` the codec may still have bytes to give, which it held back
		   when `out` was full; so it is asked before the end of the input is called a
		   truncation. */
		int step = z->codec->step(z->state, &z->in, out, cap, &n, err);
		if (step < 0)
			return stk_within(err, "%s", z->codec->name);
		z->produced += n;
		z->member_done = step == STK_CODEC_END;
		if (n)
			return check_ceiling(z, err) < 0 ? -1 : (ptrdiff_t)n;
		z->cut = more == 0 && !z->member_done;
		if (z->cut)
			return stk_fail(err, STK_EFORMAT, "%s: truncated after %llu bytes", z->codec->name,
					(unsigned long long)z->consumed);
	}
	return 0;
}

bool stk_inflate_cut(const struct stk_stream *stream)
{
	return ((const struct inflater *)stream)->cut;
}

static ptrdiff_t read_plain(struct stk_stream *stream, char *out, size_t cap, struct stk_err *err)
{
	struct inflater *z = (struct inflater *)stream;
	int more = load(z, err);
	if (more <= 0)
		return more;
	struct stk_str piece = stk_str_slice(z->in, 0, cap);
	memcpy(out, piece.p, piece.n);
	z->in = stk_str_slice(z->in, piece.n, SIZE_MAX);
	return (ptrdiff_t)piece.n;
}

static void close_inflater(struct stk_stream *stream)
{
	struct inflater *z = (struct inflater *)stream;
	if (z->codec)
		z->codec->close(z->state);
	stk_reader_close(z->source);
	free(z);
}

int stk_inflate_open(struct stk_stream *source, bool threaded, enum stk_compression *kind, struct stk_stream **out,
		     struct stk_err *err)
{
	struct inflater *z = calloc(1, sizeof(*z));
	if (!z)
		abort();
	z->base = (struct stk_stream){ read_plain, NULL, close_inflater };
	z->source = stk_reader_new(source, threaded);
	/* Closing closes the source too: it was taken over, also when this fails. */
	if (load(z, err) < 0) {
		close_inflater(&z->base);
		return -1;
	}
	enum stk_compression form = stk_compression_sniff(z->in);
	z->codec = forms[form].codec;
	if (z->codec) {
		z->base.read = read_inflated;
		z->state = z->codec->open();
		if (!z->state)
			abort();
	}
	if (kind)
		*kind = form;
	*out = &z->base;
	return 0;
}

int stk_inflate_zlib(struct stk_arena *arena, struct stk_str bytes, size_t limit, struct stk_str *out,
		     struct stk_err *err)
{
	STK_BUF text = stk_buf_new(limit);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.p, .avail_in = (uInt)bytes.n };
	/* RFC 1950, 2.2: method 8, and both header bytes as one number divisible by 31. */
	bool wrapped = bytes.n >= 2 && (bytes.p[0] & 0x0f) == 8 &&
		       (((uint8_t)bytes.p[0] << 8) + (uint8_t)bytes.p[1]) % 31 == 0;
	if (bytes.n > UINT32_MAX || inflateInit2(&z, wrapped ? MAX_WBITS : -MAX_WBITS) != Z_OK)
		return stk_fail(err, STK_ELIMIT, "deflate text of %zu bytes is too large", bytes.n);
	char block[16 << 10];
	int status = Z_OK;
	while (status == Z_OK && !text.overflow) {
		z.next_out = (Bytef *)block;
		z.avail_out = sizeof(block);
		status = inflate(&z, Z_NO_FLUSH);
		stk_buf_add(&text, (struct stk_str){ block, sizeof(block) - z.avail_out });
	}
	inflateEnd(&z);
	if (text.overflow)
		return stk_fail(err, STK_ELIMIT, "decompresses to more than %zu bytes", limit);
	if (status != Z_STREAM_END)
		return stk_fail(err, STK_EFORMAT,
				status == Z_BUF_ERROR ? "deflate text is truncated" : "broken deflate text");
	*out = stk_arena_str(arena, stk_buf_str(&text));
	return 0;
}
