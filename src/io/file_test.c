/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"

CASE(an_output_appears_complete_or_not_at_all)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	char folder[] = "/tmp/strake-test-XXXXXX";
	assert_non_null(mkdtemp(folder));
	struct stk_str path = stk_arena_printf(&arena, "%s/out", folder);
	struct stk_output out;
	assert_int_equal(stk_output_open(&out, path.p, &err), 0);
	fputs("half", out.stream);
	stk_output_close(&out);
	assert_false(stk_file_exists(path.p));
	assert_int_equal(stk_file_replace(path.p, S("whole"), &err), 0);
	assert_int_equal(chmod(path.p, 0640), 0);
	assert_int_equal(stk_file_replace(path.p, S("again"), &err), 0);
	struct stat st;
	assert_int_equal(stat(path.p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	struct stk_str text;
	assert_int_equal(stk_file_read(&arena, path.p, STK_MIB(1), &text, &err), 0);
	assert_str(text, "again");
	assert_int_equal(stk_file_read(&arena, path.p, 3, &text, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	unlink(path.p);
	rmdir(folder);
}

CASE(mistakes_are_named)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str text;
	struct stk_mapping map;
	assert_int_equal(stk_file_read(&arena, "/nowhere/at/all", 10, &text, &err), -1);
	assert_int_equal(err.code, STK_ENOTFOUND);
	assert_int_equal(stk_file_read(&arena, "/", 10, &text, &err), -1);
	assert_int_equal(err.code, STK_EFORMAT);
	assert_int_equal(stk_mapping_open(&map, "/", &err), -1);
}

CASE(what_is_no_regular_file_is_written_in_place)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stat st;
	char folder[] = "/tmp/strake-test-XXXXXX", got[8] = { 0 };
	assert_non_null(mkdtemp(folder));
	struct stk_str path = stk_arena_printf(&arena, "%s/pipe", folder);
	assert_int_equal(mkfifo(path.p, 0600), 0);
	int reader = open(path.p, O_RDWR | O_NONBLOCK);
	assert_int_equal(stk_file_replace(path.p, S("text"), &err), 0);
	assert_int_equal(read(reader, got, sizeof got), 4);
	assert_int_equal(stat(path.p, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	close(reader);
	unlink(path.p);
	rmdir(folder);
}
