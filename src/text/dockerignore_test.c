/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/buf.h"
#include "text/dockerignore.h"

static bool left_out(const char *file, const char *path)
{
	STK_ARENA a = { 0 };
	struct stk_err err;
	struct stk_dockerignore patterns = { 0 };
	bool ignored = false;
	if (stk_dockerignore_read(&a, stk_str_from(file), &patterns, &err) < 0 ||
	    stk_dockerignore_match(&patterns, stk_str_from(path), &ignored, &err) < 0)
		fail_msg("%s: %s", file, err.msg);
	return ignored;
}

CASE(shapes_of_patterns)
{
	static const struct {
		const char *file, *path;
		bool ignored;
	} t[] = {
		{ "vendor", "vendor", true },
		{ "vendor", "lib/vendor", false },
		{ "vendor/", "vendor/x.go", true },
		{ "./vendor", "vendor", true },
		{ "/vendor", "vendor", true },
		{ "a/../vendor", "vendor", true },
		{ "**/vendor", "lib/vendor", true },
		{ "**/vendor", "xvendor", false },
		{ "**vendor", "xvendor", true },
		{ "tmp**", "tmpfile/x", true },
		{ "tmp/**", "tmp", false },
		{ "tmp/**", "tmp/a/b", true },
		{ "**/*.pem", "key.pem", true },
		{ "**/*.pem", "a/b/key.pem", true },
		{ "**/*.pem", "key.pem.txt", false },
		{ "*.pem", "a/key.pem", false },
		{ "a/**/b", "a/b", true },
		{ "a/**/b", "a/x/y/b", true },
		{ "a**b*", "ab", true },
		{ "a**b*", "ax/bc", true },
		{ "a**b*", "axb", false },
		{ "?", "\xc3\xbc", true },
		{ "**", "any/thing", true },
		{ "*/**", "top", false },
		{ "v[0-9]", "v3", true },
		{ "v[^0-9]", "v3", false },
		{ "v[!3]", "v!", true },
		{ "a\\*", "a*", true },
		{ "a\\*", "ab", false },
		{ "x.y*", "xzy", false },
		{ "/", "a", false },
		{ "..", "a", false },
		{ "\\#a", "#a", true },
		{ "a b # c", "a b # c", true },
		{ "\xef\xbb\xbf# x\nb", "b", true },
		{ " # x", "# x", true },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (left_out(t[i].file, t[i].path) != t[i].ignored)
			fail_msg("%s on %s", t[i].file, t[i].path);
}

CASE(what_leaks_into_the_expression)
{
	static const struct {
		const char *file, *path;
		bool ignored;
	} t[] = {
		{ "^z*", "zz", true },	       { "^z*", "^z", false },	      { "b^*", "b^", false },
		{ "\\w\\d", "k7", true },      { "\\w\\d", "wd", false },     { "[[:digit:]]", "5", true },
		{ "[[:digit:]]", "d", false }, { "[[:^digit:]]", "d", true }, { "\\x41*", "Abc", true },
		{ "\\101?", "Ab", true },      { "a\\b*", "a", true },	      { "\\Qa.b", "a\\.b$", true },
		{ "[a*]", "aa]", true },       { "[a*]", "*", false },	      { "[?]", "/]", true },
		{ "\\t?", "\tx", true },       { "\\S*", "x", true },	      { "\\D", "7", false },
		{ "[\\D]", "x", true },	       { "a\\zb*", "ab", false },     { "\\Aa*", "ab", true },
		{ "x\\B*", "xy", true },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (left_out(t[i].file, t[i].path) != t[i].ignored)
			fail_msg("%s on %s", t[i].file, t[i].path);
}

CASE(the_last_pattern_wins_but_skipped_ones_do_not_return)
{
	assert_false(left_out("*\n!src", "src/deep/main.c"));
	assert_true(left_out("*\n!src", "docs/x"));
	assert_false(left_out("logs\n!logs/keep", "logs/keep"));
	assert_true(left_out("logs\n!logs/keep\nlogs/keep", "logs/keep"));
	/* The exception was not evaluated on "logs", so it cannot bring back what the first line took. */
	assert_true(left_out("logs/a\n!logs", "logs/a"));
	assert_false(left_out("logs\n!**/*.md", "logs/deep/x.md"));
	assert_false(left_out("!!bang\n", "x"));
}

CASE(the_other_combination_brings_back)
{
	STK_ARENA a = { 0 };
	struct stk_err err;
	struct stk_dockerignore patterns = { 0 };
	bool ignored;
	assert_int_equal(stk_dockerignore_read(&a, S("logs/a\n!logs\n"), &patterns, &err), 0);
	assert_int_equal(stk_dockerignore_match_last(&patterns, S("logs/a"), &ignored, &err), 0);
	assert_false(ignored);
}

CASE(bad_patterns_name_their_line)
{
	static const struct {
		const char *file, *message;
	} t[] = {
		{ "ok\n!\n", "line 2: illegal exclusion pattern" },
		{ "[a-]", "line 1: syntax error" },
		{ "\n\nx\\", "line 3: syntax error" },
		{ "[]a]", "line 1: syntax error" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA a = { 0 };
		struct stk_err err = { 0 };
		struct stk_dockerignore patterns = { 0 };
		assert_int_equal(stk_dockerignore_read(&a, stk_str_from(t[i].file), &patterns, &err), -1);
		assert_non_null(strstr(err.msg, t[i].message));
	}
}

CASE(an_expression_that_re2_refuses_fails_when_it_is_used)
{
	STK_ARENA a = { 0 };
	struct stk_err err = { 0 };
	struct stk_dockerignore patterns = { 0 };
	bool ignored;
	assert_int_equal(stk_dockerignore_read(&a, S("x\n\\j*\n"), &patterns, &err), 0);
	assert_int_equal(stk_dockerignore_match(&patterns, S("y"), &ignored, &err), -1);
	assert_non_null(strstr(err.msg, "line 2"));
	patterns.v[1].exception = true; /* never looked at: nothing is left out before it */
	assert_int_equal(stk_dockerignore_match(&patterns, S("y"), &ignored, &err), 0);
}

CASE(lines_keep_where_they_stand)
{
	STK_ARENA a = { 0 };
	struct stk_err err;
	struct stk_dockerignore patterns = { 0 };
	assert_int_equal(stk_dockerignore_read(&a, S("# head\r\n\r\n  ! /b//c/ \r\nd"), &patterns, &err), 0);
	assert_int_equal(patterns.n, 2);
	assert_str(patterns.v[0].text, "b/c");
	assert_str(patterns.v[0].source, "! /b//c/");
	assert_true(patterns.v[0].exception);
	assert_int_equal(patterns.v[0].line, 3);
	assert_int_equal(patterns.v[1].line, 4);
}

CASE(long_patterns_stay_linear)
{
	STK_ARENA a = { 0 };
	STK_BUF file = stk_buf_new(1 << 20), path = stk_buf_new(1 << 20);
	for (int i = 0; i < 200; i++)
		stk_buf_add(&file, S("**/a*a?"));
	stk_buf_add(&file, S("[x]"));
	stk_buf_repeat(&path, 'a', 4000);
	assert_false(left_out(stk_arena_str(&a, stk_buf_str(&file)).p, stk_arena_str(&a, stk_buf_str(&path)).p));
}
