/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See archive.h. The tar writer knows nothing of the reader that it tests: fields stand at
 * their offsets as numbers.
 */
#include "archive.h"

#include <bzlib.h>
#include <errno.h>
#include <ftw.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "test.h"
#include "base/limits.h"
#include "io/file.h"

void test_tar_set(struct test_header *header, size_t at, const char *text)
{
	memcpy(header->bytes + at, text, strlen(text));
}

struct test_header test_tar_header(const char *name, char flag, uint64_t size)
{
	struct test_header h = { { 0 } };
	char number[16];
	test_tar_set(&h, 0, name);
	test_tar_set(&h, 100, flag == '5' ? "0000755" : "0000644");
	test_tar_set(&h, 108, "0000000");
	test_tar_set(&h, 116, "0000000");
	snprintf(number, sizeof(number), "%011llo", (unsigned long long)size);
	test_tar_set(&h, 124, number);
	test_tar_set(&h, 136, "00000000000");
	h.bytes[156] = flag;
	memcpy(h.bytes + 257, "ustar\00000", 8);
	return h;
}

void test_tar_write(struct stk_buf *tar, struct test_header h, struct stk_str data)
{
	unsigned sum = 0;
	char text[16];
	memset(h.bytes + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(h.bytes); i++)
		sum += (unsigned char)h.bytes[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(h.bytes + 148, text, 7);
	stk_buf_add(tar, (struct stk_str){ h.bytes, sizeof(h.bytes) });
	stk_buf_add(tar, data);
	stk_buf_repeat(tar, 0, -data.n & 511);
}

void test_tar_file(struct stk_buf *tar, const char *name, const char *text)
{
	test_tar_write(tar, test_tar_header(name, '0', strlen(text)), stk_str_from(text));
}

void test_tar_link(struct stk_buf *tar, const char *name, char flag, const char *target)
{
	struct test_header h = test_tar_header(name, flag, 0);
	test_tar_set(&h, 157, target);
	test_tar_write(tar, h, S(""));
}

void test_tar_dir(struct stk_buf *tar, const char *name)
{
	test_tar_write(tar, test_tar_header(name, '5', 0), S(""));
}

void test_tar_pax(struct stk_buf *tar, char flag, const char *const *records)
{
	STK_BUF text = stk_buf_new(STK_MIB(4));
	for (; *records; records++) {
		size_t body = strlen(*records) + 2, n = body + 1;
		char digits[24];
		while ((size_t)snprintf(digits, sizeof(digits), "%zu", n) + body != n)
			n++;
		stk_buf_printf(&text, "%s %s\n", digits, *records);
	}
	test_tar_write(tar, test_tar_header("pax", flag, text.n), stk_buf_str(&text));
}

void test_tar_end(struct stk_buf *tar)
{
	stk_buf_repeat(tar, 0, 1024);
}

struct stk_str test_gzip(struct stk_arena *arena, struct stk_str bytes)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.p, .avail_in = (uInt)bytes.n };
	size_t cap = bytes.n + bytes.n / 100 + 1000;
	char *out = stk_arena_alloc(arena, cap, 1);
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return (struct stk_str){ out, cap - z.avail_out };
}

struct stk_str test_zstd(struct stk_arena *arena, struct stk_str bytes)
{
	size_t cap = ZSTD_compressBound(bytes.n);
	char *out = stk_arena_alloc(arena, cap, 1);
	size_t n = ZSTD_compress(out, cap, bytes.p, bytes.n, 3);
	assert_false(ZSTD_isError(n));
	return (struct stk_str){ out, n };
}

struct stk_str test_xz(struct stk_arena *arena, struct stk_str bytes)
{
	size_t cap = lzma_stream_buffer_bound(bytes.n), n = 0;
	char *out = stk_arena_alloc(arena, cap, 1);
	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)bytes.p, bytes.n,
						 (uint8_t *)out, &n, cap),
			 LZMA_OK);
	return (struct stk_str){ out, n };
}

struct stk_str test_bzip2(struct stk_arena *arena, struct stk_str bytes)
{
	unsigned n = (unsigned)(bytes.n + bytes.n / 100 + 600);
	char *out = stk_arena_alloc(arena, n, 1);
	assert_int_equal(BZ2_bzBuffToBuffCompress(out, &n, (char *)(uintptr_t)bytes.p, (unsigned)bytes.n, 1, 0, 0),
			 BZ_OK);
	return (struct stk_str){ out, n };
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

struct stk_str test_folder(struct stk_arena *arena, const char *name)
{
	struct stk_str path = stk_arena_printf(arena, "build-test/tmp-%s", name);
	nftw(path.p, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir("build-test", 0755);
	assert_int_equal(mkdir(path.p, 0755), 0);
	return path;
}

void test_write(struct stk_str folder, const char *name, struct stk_str bytes)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str path = stk_arena_printf(&arena, STK_FMT "/%s", STK_ARG(folder), name);
	char *text = (char *)(uintptr_t)path.p;
	for (size_t i = folder.n + 1; i < path.n; i++) {
		if (text[i] != '/')
			continue;
		text[i] = 0;
		assert_true(mkdir(text, 0755) == 0 || errno == EEXIST);
		text[i] = '/';
	}
	if (stk_file_replace(path.p, bytes, &err) < 0)
		fail_msg("%s", err.msg);
}
