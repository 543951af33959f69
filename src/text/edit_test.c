/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/limits.h"
#include "text/edit.h"

CASE(edits_apply_in_the_order_of_their_places)
{
	STK_ARENA arena = { 0 };
	static struct stk_text_edit list[] = {
		{ 4, 7, { "two", 3 } }, { 0, 0, { ">", 1 } },	{ 7, 7, { "!", 1 } },
		{ 7, 7, { "?", 1 } },	{ 90, 91, { "x", 1 } },
	};
	struct stk_text_edits edits = { list, STK_LEN(list), STK_LEN(list) };
	assert_str(stk_text_edits_apply(&arena, S("one 222 three"), &edits), ">one two!? three");
}

CASE(only_overlapping_edits_clash)
{
	struct stk_text_edit a = { 2, 5, S("") }, inside = { 3, 3, S("") }, border = { 5, 5, S("") },
			     over = { 4, 9, S("") }, next = { 5, 9, S("") };
	assert_true(stk_text_edits_clash(&a, &inside) && stk_text_edits_clash(&inside, &a));
	assert_false(stk_text_edits_clash(&a, &border) || stk_text_edits_clash(&border, &border));
	assert_true(stk_text_edits_clash(&a, &over) && stk_text_edits_clash(&a, &a));
	assert_false(stk_text_edits_clash(&a, &next));
}

static void check_diff(const char *before, const char *after, const char *want)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	stk_diff_unified(&out, S("f"), stk_str_from(before), stk_str_from(after), false);
	assert_str(stk_buf_str(&out), want);
}

CASE(diffs_are_what_patch_expects)
{
	check_diff("a\n", "a\n", "");
	check_diff("a\nb\nc\n", "a\nx\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
	check_diff("", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
	check_diff("a", "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
	check_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n",
		   "--- a/f\n+++ b/f\n@@ -6,4 +6,3 @@\n 6\n 7\n 8\n-9\n");
	check_diff("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
		   "--- a/f\n+++ b/f\n@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
}

CASE(distant_changes_get_hunks_of_their_own)
{
	check_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		   "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

CASE(lines_of_a_changed_text_are_found_in_the_original)
{
	STK_ARENA arena = { 0 };
	uint32_t *lines;
	size_t n;
	stk_diff_lines(&arena, S("a\nb\nc\n"), S("b\nnew\nc\n"), &lines, &n);
	assert_int_equal(n, 3);
	assert_int_equal(lines[0], 2);
	assert_int_equal(lines[1], 2); /* below b */
	assert_int_equal(lines[2], 3);
	stk_diff_lines(&arena, S("a\n"), S("new\na\n"), &lines, &n);
	assert_int_equal(lines[0], 1);
	assert_int_equal(lines[1], 1);
}
