/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Writes archives and compressed texts for tests, right and wrong ones alike: a reader of
 * hostile bytes is tested with bytes that no tool would write. Assertions of cmocka stop the
 * test where writing fails.
 */

#include "base/arena.h"
#include "base/buf.h"

/* A header to be changed before it is written; checksum and magic are filled in when it is. */
struct test_header {
	char bytes[512];
};

/* Name, size, type; mode 0644 (0755 for a directory), no owner, time 0. */
struct test_header test_tar_header(const char *name, char flag, uint64_t size);
/* Puts text into a field. */
void test_tar_set(struct test_header *header, size_t at, const char *text);
/* Appends the header with its checksum, and data filled up to whole blocks. */
void test_tar_write(struct stk_buf *tar, struct test_header header, struct stk_str data);
/* A file; a link of any kind ('1', '2'); a directory (name with "/"). Whole entries, for tests
   whose subject is not the header. */
void test_tar_file(struct stk_buf *tar, const char *name, const char *text);
void test_tar_link(struct stk_buf *tar, const char *name, char flag, const char *target);
void test_tar_dir(struct stk_buf *tar, const char *name);
/* A pax header ('x' or 'g') of records "key=value" up to a NULL. */
void test_tar_pax(struct stk_buf *tar, char flag, const char *const *records);
/* Two blocks of zeros. */
void test_tar_end(struct stk_buf *tar);

/* Each compressed as one member or frame. */
struct stk_str test_gzip(struct stk_arena *arena, struct stk_str bytes);
struct stk_str test_zstd(struct stk_arena *arena, struct stk_str bytes);
struct stk_str test_xz(struct stk_arena *arena, struct stk_str bytes);
struct stk_str test_bzip2(struct stk_arena *arena, struct stk_str bytes);

/* A folder of its own below build-test, emptied; its path. */
struct stk_str test_folder(struct stk_arena *arena, const char *name);
/* Writes a file below it, making the folders on the way. */
void test_write(struct stk_str folder, const char *name, struct stk_str bytes);
