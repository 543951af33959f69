/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decompression libraries behind one shape. gzip goes through ISA-L where it is built in
 * (twice zlib's speed), else zlib; zstd, xz and bzip2 through their own libraries. What each is
 * told: how much memory a stream may ask for, and nothing else.
 */
#include "io/codec.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#ifdef STK_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

#include "base/limits.h"
#include "base/banned.h"

/* The libraries count in 32 bits; a longer block is simply taken in several steps. */
static unsigned clamp(size_t n)
{
	return n > 1U << 30 ? 1U << 30 : (unsigned)n;
}

/* Goes over the input that a step has used up. */
static void advance(struct stk_str *in, size_t used)
{
	*in = stk_str_slice(*in, used, SIZE_MAX);
}

#ifdef STK_HAVE_ISAL

static void *open_isal(void)
{
	struct inflate_state *z = malloc(sizeof(*z));
	if (z) {
		isal_inflate_init(z);
		z->crc_flag = ISAL_GZIP;
	}
	return z;
}

static void reset_isal(void *state)
{
	struct inflate_state *z = state;
	isal_inflate_reset(z);
	z->crc_flag = ISAL_GZIP;
}

static int step_isal(void *state, struct stk_str *in, char *out, size_t cap, size_t *n, struct stk_err *err)
{
	struct inflate_state *z = state;
	unsigned before = clamp(in->n);
	/* The API takes no const, and does not write. */
	z->next_in = (uint8_t *)(uintptr_t)in->p;
	z->avail_in = before;
	z->next_out = (uint8_t *)out;
	z->avail_out = clamp(cap);
	int status = isal_inflate(z);
	*n = clamp(cap) - z->avail_out;
	advance(in, before - z->avail_in);
	/* Both gzip libraries fail with the same words, so that a message does not depend on
	   how the program was built. */
	if (status < 0)
		return stk_fail(err, STK_EFORMAT,
				status == ISAL_INCORRECT_CHECKSUM ? "checksum or length is wrong"
				: status == ISAL_INVALID_WRAPPER  ? "broken header"
								  : "broken data");
	return z->block_state == ISAL_BLOCK_FINISH ? STK_CODEC_END : STK_CODEC_MORE;
}

const struct stk_codec stk_codec_gzip = { "gzip", { "\x1f\x8b", 2 }, open_isal, step_isal, reset_isal, free };

#else

static void *open_zlib(void)
{
	z_stream *z = calloc(1, sizeof(*z));
	if (z && inflateInit2(z, MAX_WBITS + 16) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static void reset_zlib(void *state)
{
	inflateReset(state);
}

/* The words of the other library, whatever it was built with. */
static const char *reason_zlib(const char *message)
{
	if (message && strstr(message, "header"))
		return "broken header";
	return message && strstr(message, "incorrect") ? "checksum or length is wrong" : "broken data";
}

static int step_zlib(void *state, struct stk_str *in, char *out, size_t cap, size_t *n, struct stk_err *err)
{
	z_stream *z = state;
	unsigned before = clamp(in->n);
	z->next_in = (Bytef *)(uintptr_t)in->p;
	z->avail_in = before;
	z->next_out = (Bytef *)out;
	z->avail_out = clamp(cap);
	int status = inflate(z, Z_NO_FLUSH);
	*n = clamp(cap) - z->avail_out;
	advance(in, before - z->avail_in);
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		return stk_fail(err, STK_EFORMAT, "%s", reason_zlib(z->msg));
	return status == Z_STREAM_END ? STK_CODEC_END : STK_CODEC_MORE;
}

static void close_zlib(void *state)
{
	inflateEnd(state);
	free(state);
}

const struct stk_codec stk_codec_gzip = { "gzip", { "\x1f\x8b", 2 }, open_zlib, step_zlib, reset_zlib, close_zlib };

#endif

static void *open_zstd(void)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	if (z)
		ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, STK_LIMIT_ZSTD_WINDOW_LOG);
	return z;
}

static void reset_zstd(void *state)
{
	ZSTD_DCtx_reset(state, ZSTD_reset_session_only);
}

static int step_zstd(void *state, struct stk_str *in, char *out, size_t cap, size_t *n, struct stk_err *err)
{
	ZSTD_inBuffer source = { in->p, in->n, 0 };
	ZSTD_outBuffer sink = { out, cap, 0 };
	size_t status = ZSTD_decompressStream(state, &sink, &source);
	*n = sink.pos;
	advance(in, source.pos);
	if (ZSTD_isError(status))
		return stk_fail(err, STK_EFORMAT, "%s", ZSTD_getErrorName(status));
	return status == 0 ? STK_CODEC_END : STK_CODEC_MORE;
}

static void close_zstd(void *state)
{
	ZSTD_freeDCtx(state);
}

/* Frames and skippable frames alike are left to the library: whatever follows must be one. */
const struct stk_codec stk_codec_zstd = { "zstd", { NULL, 0 }, open_zstd, step_zstd, reset_zstd, close_zstd };

static void reset_xz(void *state)
{
	lzma_stream *z = state;
	/* 160 MiB: xz -9 needs 65, and a hostile header may ask for 4 GiB. The call frees what
	   the last member had. */
	if (lzma_stream_decoder(z, STK_MIB(160), 0) != LZMA_OK)
		abort();
}

static void *open_xz(void)
{
	/* LZMA_STREAM_INIT is all zeros. */
	lzma_stream *z = calloc(1, sizeof(*z));
	if (z)
		reset_xz(z);
	return z;
}

/* LZMA_BUF_ERROR means "no progress possible", as Z_BUF_ERROR of zlib does: not an error here,
   since inflate.c sees what came out and what is left. */
static int step_xz(void *state, struct stk_str *in, char *out, size_t cap, size_t *n, struct stk_err *err)
{
	lzma_stream *z = state;
	z->next_in = (const uint8_t *)in->p;
	z->avail_in = in->n;
	z->next_out = (uint8_t *)out;
	z->avail_out = cap;
	lzma_ret status = lzma_code(z, LZMA_RUN);
	*n = cap - z->avail_out;
	advance(in, in->n - z->avail_in);
	if (status == LZMA_MEMLIMIT_ERROR)
		return stk_fail(err, STK_ELIMIT, "needs a dictionary of more than 160 MiB");
	if (status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR)
		return stk_fail(err, STK_EFORMAT, "broken data");
	return status == LZMA_STREAM_END ? STK_CODEC_END : STK_CODEC_MORE;
}

static void close_xz(void *state)
{
	lzma_end(state);
	free(state);
}

const struct stk_codec stk_codec_xz = { "xz", { "\xfd", 1 }, open_xz, step_xz, reset_xz, close_xz };

static void *open_bzip2(void)
{
	bz_stream *z = calloc(1, sizeof(*z));
	if (z && BZ2_bzDecompressInit(z, 0, 0) != BZ_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static void reset_bzip2(void *state)
{
	bz_stream *z = state;
	/* bzip2 has no reset. */
	BZ2_bzDecompressEnd(z);
	if (BZ2_bzDecompressInit(z, 0, 0) != BZ_OK)
		abort();
}

static int step_bzip2(void *state, struct stk_str *in, char *out, size_t cap, size_t *n, struct stk_err *err)
{
	bz_stream *z = state;
	unsigned before = clamp(in->n);
	z->next_in = (char *)(uintptr_t)in->p;
	z->avail_in = before;
	z->next_out = out;
	z->avail_out = clamp(cap);
	int status = BZ2_bzDecompress(z);
	*n = clamp(cap) - z->avail_out;
	advance(in, before - z->avail_in);
	if (status != BZ_OK && status != BZ_STREAM_END)
		return stk_fail(err, STK_EFORMAT, "broken data");
	return status == BZ_STREAM_END ? STK_CODEC_END : STK_CODEC_MORE;
}

static void close_bzip2(void *state)
{
	BZ2_bzDecompressEnd(state);
	free(state);
}

const struct stk_codec stk_codec_bzip2 = { "bzip2", { "B", 1 }, open_bzip2, step_bzip2, reset_bzip2, close_bzip2 };
