/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/path.h"

struct row {
	const char *path, *clean, *dir, *base;
};

/* What Go's path/filepath returns, but for the base of the empty path, which is "." there. */
static const struct row rows[] = {
	{ "", ".", ".", "" },
	{ ".", ".", ".", "." },
	{ "/", "/", "/", "/" },
	{ "//", "/", "/", "/" },
	{ "a", "a", ".", "a" },
	{ "a/", "a", "a", "a" },
	{ "a/b", "a/b", "a", "b" },
	{ "/a/b/", "/a/b", "/a/b", "b" },
	{ "a//b/./c", "a/b/c", "a/b", "c" },
	{ "a/../b", "b", ".", "b" },
	{ "a/..", ".", "a", ".." },
	{ "/..", "/", "/", ".." },
	{ "/../a", "/a", "/", "a" },
	{ "..", "..", ".", ".." },
	{ "../..", "../..", "..", ".." },
	{ "../a/../../b", "../../b", "../..", "b" },
	{ "/abcdef/gh/../i", "/abcdef/i", "/abcdef", "i" },
};

CASE(paths_are_cut_as_go_cuts_them)
{
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		struct stk_str path = stk_str_from(rows[i].path), clean = stk_path_clean(&arena, path);
		assert_str(clean, rows[i].clean);
		assert_int_equal(clean.p[clean.n], 0);
		assert_str(stk_path_dir(&arena, path), rows[i].dir);
		assert_str(stk_path_base(path), rows[i].base);
	}
}

CASE(an_absolute_path_is_below_nothing)
{
	STK_ARENA arena = { 0 };
	assert_str(stk_path_join(&arena, S("/p"), S("../a")), "/a");
	assert_str(stk_path_join(&arena, S("p/"), S("./a/")), "p/a");
	assert_str(stk_path_join(&arena, S("/p"), S("/a/../b")), "/a/../b");
}

CASE(a_name_is_put_below_a_folder_as_people_write_it)
{
	STK_ARENA arena = { 0 };
	assert_str(stk_path_below(&arena, S("."), "a"), "a");
	assert_str(stk_path_below(&arena, S("p/../q"), "a"), "p/../q/a");
	assert_str(stk_path_below(&arena, S("p/"), "a"), "p/a");
	assert_str(stk_path_below(&arena, S("/"), "a"), "/a");
}
