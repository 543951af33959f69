/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <zlib.h>
#include <zstd.h>

#include "archive.h"
#include "base/limits.h"
#include "io/inflate.h"
#include "base/banned.h"

/* All that a source inflates to, or what its error says. */
static struct stk_str inflate_all(struct stk_arena *arena, struct stk_str source, bool threaded,
				  enum stk_compression *kind, size_t piece)
{
	STK_BUF out = stk_buf_new(STK_MIB(64));
	struct stk_stream *stream;
	struct stk_err err = { 0 };
	char *block = stk_arena_alloc(arena, piece, 1);
	if (stk_inflate_open(stk_stream_memory(source), threaded, kind, &stream, &err) < 0)
		return stk_arena_printf(arena, "ERROR %s", err.msg);
	ptrdiff_t n;
	while ((n = stream->read(stream, block, piece, &err)) > 0)
		stk_buf_add(&out, (struct stk_str){ block, (size_t)n });
	stk_stream_close(stream);
	return n < 0 ? stk_arena_printf(arena, "ERROR %s", err.msg) : stk_arena_str(arena, stk_buf_str(&out));
}

#define assert_inflates(source, want) check_inflates((source), (want), __LINE__)

static void check_inflates(struct stk_str source, struct stk_str want, int line)
{
	static const size_t pieces[] = { 1 << 16, 1000, 7 };
	for (size_t i = 0; i < STK_LEN(pieces); i++) {
		STK_ARENA arena = { 0 };
		struct stk_str got = inflate_all(&arena, source, i == 1, NULL, pieces[i]);
		if (!stk_str_eq(got, want))
			fail_msg("line %d: %zu bytes, not %zu: %.100s", line, got.n, want.n, got.p);
	}
}

static void check_fails(struct stk_str source, const char *said, int line)
{
	STK_ARENA arena = { 0 };
	struct stk_str got = inflate_all(&arena, source, false, NULL, 4096);
	if (!stk_str_starts(got, S("ERROR")) || !strstr(got.p, said))
		fail_msg("line %d: \"%.100s\" says nothing of \"%s\"", line, got.p, said);
}

#define assert_fails(source, said) check_fails((source), (said), __LINE__)

/* Bytes no compressor makes smaller. */
static struct stk_str noise(struct stk_arena *arena, size_t n)
{
	char *out = stk_arena_alloc(arena, n, 1);
	uint64_t state = 88172645463325252U;
	for (size_t i = 0; i < n; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		out[i] = (char)state;
	}
	return (struct stk_str){ out, n };
}

static struct stk_str text(struct stk_arena *arena)
{
	STK_BUF out = stk_buf_new(STK_MIB(4));
	for (int i = 0; i < 40000; i++)
		stk_buf_printf(&out, "line %d of a text\n", i);
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(every_form_gives_its_text_back)
{
	STK_ARENA arena = { 0 };
	struct stk_str plain = text(&arena);
	const struct {
		struct stk_str bytes;
		enum stk_compression kind;
	} forms[] = {
		{ plain, STK_COMPRESSION_NONE },
		{ test_gzip(&arena, plain), STK_COMPRESSION_GZIP },
		{ test_zstd(&arena, plain), STK_COMPRESSION_ZSTD },
		{ test_xz(&arena, plain), STK_COMPRESSION_XZ },
		{ test_bzip2(&arena, plain), STK_COMPRESSION_BZIP2 },
	};
	for (size_t i = 0; i < STK_LEN(forms); i++) {
		enum stk_compression kind;
		assert_true(stk_str_eq(inflate_all(&arena, forms[i].bytes, false, &kind, 1 << 16), plain));
		assert_int_equal(kind, forms[i].kind);
		assert_inflates(forms[i].bytes, plain);
		if (forms[i].kind == STK_COMPRESSION_NONE)
			continue;
		assert_inflates(stk_arena_join(&arena, forms[i].bytes, forms[i].bytes),
				stk_arena_join(&arena, plain, plain));
		assert_fails(stk_str_slice(forms[i].bytes, 0, forms[i].bytes.n - 3), "truncated");
		assert_fails(stk_str_slice(forms[i].bytes, 0, forms[i].bytes.n / 2), "truncated");
	}
	assert_inflates(S(""), S(""));
	assert_inflates(test_gzip(&arena, S("")), S(""));
}

CASE(gzip_members_and_what_follows)
{
	STK_ARENA arena = { 0 };
	struct stk_str a = test_gzip(&arena, S("first ")), b = test_gzip(&arena, S("second")),
		       both = stk_arena_join(&arena, a, b);
	assert_inflates(both, S("first second"));
	assert_inflates(stk_arena_join(&arena, both, S("\0\0\0\0\0\0\0\0")), S("first second"));
	assert_inflates(stk_arena_join(&arena, both, S("garbage")), S("first second"));
	assert_inflates(stk_arena_join(&arena, both, S("\x1f")), S("first second"));
	assert_inflates(stk_arena_join(&arena, both, S("\x1f!")), S("first second"));
	assert_fails(stk_arena_join(&arena, both, S("\x1f\x8b\x08")), "truncated");
	assert_inflates(stk_arena_join(&arena, test_gzip(&arena, S("")), both), S("first second"));
}

CASE(gzip_checks_are_checked)
{
	STK_ARENA arena = { 0 };
	struct stk_str good = test_gzip(&arena, S("some text"));
	for (size_t back = 1; back <= 8; back++) { /* CRC and length */
		struct stk_str bad = stk_arena_str(&arena, good);
		((char *)(uintptr_t)bad.p)[bad.n - back] ^= 0x10;
		assert_fails(bad, "gzip");
	}
	assert_fails(S("\x1f\x8b\x07\0\0\0\0\0\0\3"), "gzip");
}

/* The reader hands out blocks of 128 KiB: a member's magic may stand across two of them, its header anywhere. */
CASE(gzip_members_across_blocks)
{
	STK_ARENA arena = { 0 };
	struct stk_str second = test_gzip(&arena, S("second"));
	for (size_t end = STK_KIB(128) - 12; end <= STK_KIB(128) + 1; end++) {
		/* An empty member of any length: its extra field is as long as needed; two, since one holds 65,535
		 * bytes at most. */
		STK_BUF bytes = stk_buf_new(STK_MIB(1));
		const size_t rest = 12 + 2 + 8, extras[] = { 65530, end - 2 * rest - 65530 };
		for (size_t i = 0; i < STK_LEN(extras); i++) {
			stk_buf_add(&bytes, S("\x1f\x8b\x08\4\0\0\0\0\0\3"));
			stk_buf_byte(&bytes, (char)(extras[i] & 255));
			stk_buf_byte(&bytes, (char)(extras[i] >> 8));
			stk_buf_repeat(&bytes, 'e', extras[i]);
			stk_buf_add(&bytes, S("\3\0\0\0\0\0\0\0\0\0"));
		}
		assert_int_equal(bytes.n, end);
		stk_buf_add(&bytes, second);
		assert_inflates(stk_buf_str(&bytes), S("second"));
	}
}

CASE(zstd_frames_and_skippable_ones)
{
	STK_ARENA arena = { 0 };
	struct stk_str skippable = S("\x53\x2a\x4d\x18\3\0\0\0abc"), a = test_zstd(&arena, S("first ")),
		       b = test_zstd(&arena, S("second"));
	struct stk_str all =
		stk_arena_join(&arena, stk_arena_join(&arena, skippable, a), stk_arena_join(&arena, skippable, b));
	assert_inflates(all, S("first second"));
	assert_inflates(stk_arena_join(&arena, all, skippable), S("first second"));
	assert_fails(stk_arena_join(&arena, all, S("garbage")), "zstd");
	assert_fails(stk_str_slice(all, 0, 9), "truncated");
}

CASE(zstd_windows_have_a_ceiling)
{
	char out[4096];
	ZSTD_CCtx *z = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, STK_LIMIT_ZSTD_WINDOW_LOG + 1);
	ZSTD_inBuffer in = { "text", 4, 0 };
	ZSTD_outBuffer o = { out, sizeof(out), 0 };
	ZSTD_compressStream2(z, &o, &in, ZSTD_e_flush); /* so that the size is not known and the window is stated */
	in = (ZSTD_inBuffer){ "more", 4, 0 };
	assert_int_equal(ZSTD_compressStream2(z, &o, &in, ZSTD_e_end), 0);
	ZSTD_freeCCtx(z);
	assert_fails(((struct stk_str){ out, o.pos }), "memory");
}

/* 128 KiB of the same byte in four: past a gigabyte nothing honest looks like that. */
CASE(bombs_are_stopped)
{
	STK_BUF bytes = stk_buf_new(STK_MIB(1));
	struct stk_stream *stream;
	struct stk_err err = { 0 };
	static char block[1 << 20];
	uint64_t n = 0;
	stk_buf_add(&bytes, S("\x28\xb5\x2f\xfd\0\x58"));
	for (int i = 0; i < 20000; i++)
		stk_buf_add(&bytes, S("\2\0\x10z"));
	stk_buf_add(&bytes, S("\3\0\x10z"));
	assert_int_equal(stk_inflate_open(stk_stream_memory(stk_buf_str(&bytes)), false, NULL, &stream, &err), 0);
	ptrdiff_t got;
	while ((got = stream->read(stream, block, sizeof(block), &err)) > 0)
		n += (uint64_t)got;
	stk_stream_close(stream);
	assert_int_equal(got, -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_non_null(strstr(err.msg, "bomb"));
	assert_true(n < STK_GIB(2));
}

CASE(noise_survives)
{
	STK_ARENA arena = { 0 };
	struct stk_str plain = noise(&arena, 300001);
	assert_inflates(test_gzip(&arena, plain), plain);
	assert_inflates(test_zstd(&arena, plain), plain);
	assert_inflates(test_bzip2(&arena, plain), plain);
	assert_inflates(test_xz(&arena, plain), plain);
}

CASE(zlib_and_raw_deflate_in_one_piece)
{
	STK_ARENA arena = { 0 };
	struct stk_str plain = text(&arena), out;
	struct stk_err err;
	uLongf n = compressBound(plain.n);
	char *packed = stk_arena_alloc(&arena, n, 1);
	assert_int_equal(compress((Bytef *)packed, &n, (const Bytef *)plain.p, plain.n), Z_OK);
	assert_int_equal(stk_inflate_zlib(&arena, (struct stk_str){ packed, n }, STK_MIB(4), &out, &err), 0);
	assert_true(stk_str_eq(out, plain));
	assert_int_equal(stk_inflate_zlib(&arena, (struct stk_str){ packed + 2, n - 6 }, STK_MIB(4), &out, &err), 0);
	assert_true(stk_str_eq(out, plain));
	assert_int_equal(stk_inflate_zlib(&arena, (struct stk_str){ packed, n }, 1000, &out, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_int_equal(stk_inflate_zlib(&arena, (struct stk_str){ packed, n / 2 }, STK_MIB(4), &out, &err), -1);
	assert_non_null(strstr(err.msg, "truncated"));
	assert_int_equal(stk_inflate_zlib(&arena, S(""), STK_MIB(4), &out, &err), -1);
}

CASE(sniffing)
{
	assert_int_equal(stk_compression_sniff(S("\x1f\x8b")), STK_COMPRESSION_GZIP);
	assert_int_equal(stk_compression_sniff(S("\x5f\x2a\x4d\x18")), STK_COMPRESSION_ZSTD);
	assert_int_equal(stk_compression_sniff(S("BZh9")), STK_COMPRESSION_BZIP2);
	assert_int_equal(stk_compression_sniff(S("")), STK_COMPRESSION_NONE);
	assert_int_equal(stk_compression_sniff(S("\x1f")), STK_COMPRESSION_NONE);
	assert_string_equal(stk_compression_name(STK_COMPRESSION_XZ), "xz");
}
