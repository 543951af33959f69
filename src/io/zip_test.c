/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <zip.h>

#include "archive.h"
#include "base/limits.h"
#include "io/zip.h"
#include "base/banned.h"

/* An archive with "a.txt", an empty folder and a large member of zeros, written by libzip to a file and read back. */
static struct stk_str make_zip(struct stk_arena *arena, const char *folder)
{
	static char zeros[1 << 20];
	struct stk_str path = stk_arena_printf(arena, STK_FMT "/x.zip", STK_ARG(test_folder(arena, folder)));
	int error;
	zip_t *zip = zip_open(path.p, ZIP_CREATE, &error);
	assert_non_null(zip);
	assert_int_equal(zip_file_add(zip, "a.txt", zip_source_buffer(zip, "hello", 5, 0), 0), 0);
	assert_int_equal(zip_dir_add(zip, "META-INF/", 0), 1);
	assert_int_equal(zip_file_add(zip, "META-INF/zeros", zip_source_buffer(zip, zeros, sizeof(zeros), 0), 0), 2);
	assert_int_equal(zip_close(zip), 0);
	return test_read(arena, path.p);
}

CASE(members_by_number_and_name)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str text;
	struct stk_zip_member member;
	struct stk_str bytes =
		stk_arena_join(&arena, S("#!/bin/sh\n"), make_zip(&arena, "zip-members")); /* a script in front */
	STK_ZIP zip;
	assert_int_equal(stk_zip_open(&zip, bytes, &err), 0);
	assert_int_equal(zip.n, 3);
	assert_int_equal(stk_zip_member(&zip, 0, &member, &err), 0);
	assert_str(member.name, "a.txt");
	assert_int_equal(member.size, 5);
	assert_false(member.directory);
	assert_false(member.encrypted);
	assert_int_equal(stk_zip_member(&zip, 1, &member, &err), 0);
	assert_true(member.directory);
	assert_int_equal(stk_zip_member(&zip, 3, &member, &err), -1);
	assert_int_equal(stk_zip_find(&zip, S("META-INF/zeros")), 2);
	assert_int_equal(stk_zip_find(&zip, S("meta-inf/zeros")), -1);
	assert_int_equal(stk_zip_read(&zip, 0, &arena, 100, &text, &err), 0);
	assert_str(text, "hello");
	assert_int_equal(stk_zip_read(&zip, 2, &arena, STK_MIB(1), &text, &err), 0);
	assert_int_equal(text.n, 1 << 20);
	assert_int_equal(stk_zip_read(&zip, 2, &arena, 1000, &text, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_int_equal(stk_zip_read(&zip, 9, &arena, 1000, &text, &err), -1);
}

CASE(broken_archives)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_zip zip;
	struct stk_str text, good = make_zip(&arena, "zip-broken");
	assert_int_equal(stk_zip_open(&zip, S("no zip at all"), &err), -1);
	assert_int_equal(err.code, STK_EFORMAT);
	stk_zip_close(&zip);
	assert_int_equal(stk_zip_open(&zip, S(""), &err), -1);
	assert_int_equal(stk_zip_open(&zip, stk_str_slice(good, 0, good.n - 10), &err), -1);
	assert_int_equal(stk_zip_open_file(&zip, "build-test/no-such.zip", &err), -1);
	assert_int_equal(err.code, STK_ENOTFOUND);
	struct stk_str bad = stk_arena_str(&arena, good);
	((char *)(uintptr_t)bad.p)[35] ^= 1; /* in the data of a.txt */
	assert_int_equal(stk_zip_open(&zip, bad, &err), 0);
	assert_int_equal(stk_zip_read(&zip, 0, &arena, 100, &text, &err), -1);
	assert_int_equal(err.code, STK_EFORMAT);
	stk_zip_close(&zip);
	stk_zip_close(&zip);
}
