/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

CASE(cut_walks_every_field)
{
	static const struct {
		const char *in, *head, *rest;
	} t[] = {
		{ "a,b", "a", "b" }, { "a", "a", "" }, { ",b", "", "b" }, { "", "", "" }, { "a,", "a", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_str rest = stk_str_from(t[i].in);
		assert_str(stk_str_cut(&rest, ','), t[i].head);
		assert_str(rest, t[i].rest);
	}
}

CASE(lines_lose_both_kinds_of_ending)
{
	struct stk_str rest = S("one\r\ntwo\nthree");
	assert_str(stk_str_cut_line(&rest), "one");
	assert_str(stk_str_cut_line(&rest), "two");
	assert_str(stk_str_cut_line(&rest), "three");
	assert_int_equal(rest.n, 0);
}

CASE(numbers_refuse_what_is_none)
{
	uint64_t u = 7;
	int64_t i = 7;
	assert_true(stk_str_u64(S("18446744073709551615"), 10, &u) && u == UINT64_MAX);
	assert_false(stk_str_u64(S("18446744073709551616"), 10, &u));
	assert_false(stk_str_u64(S(""), 10, &u));
	assert_false(stk_str_u64(S("1 "), 10, &u));
	assert_true(stk_str_u64(S("0000755"), 8, &u) && u == 0755);
	assert_true(stk_str_i64(S("-9223372036854775808"), &i) && i == INT64_MIN);
	assert_false(stk_str_i64(S("9223372036854775808"), &i));
	assert_false(stk_str_i64(S("-"), &i));
}

CASE(slices_are_clamped)
{
	assert_str(stk_str_slice(S("abc"), 1, 9), "bc");
	assert_str(stk_str_slice(S("abc"), 5, 2), "");
	assert_str(stk_str_slice((struct stk_str){ 0 }, 0, 4), "");
}

CASE(search_and_order)
{
	assert_int_equal(stk_str_find(S("a=b=c"), S("=")), 1);
	assert_int_equal(stk_str_rfind_byte(S("a=b=c"), '='), 3);
	assert_true(stk_is_one_of(S("b"), "a b cd") && stk_is_one_of(S("cd"), "a b cd"));
	assert_false(stk_is_one_of(S("c"), "a b cd") || stk_is_one_of(S("d"), "a b cd") || stk_is_one_of(S(""), "a b"));
	assert_false(stk_is_one_of(S("a b"), "a b cd") || stk_is_listed(S("a"), (struct stk_str){ 0 }));
	assert_str(stk_str_after_last(S("a/b/c"), '/'), "c");
	assert_str(stk_str_after_last(S("a/"), '/'), "");
	assert_str(stk_str_after_last(S("a"), '/'), "a");
	assert_str(stk_str_through_last(S("a/b/c"), '/'), "a/b/");
	assert_str(stk_str_through_last(S("/a"), '/'), "/");
	assert_str(stk_str_through_last(S("a"), '/'), "");
	assert_true(stk_str_find(S("abc"), S("x")) == SIZE_MAX);
	assert_true(stk_str_contains_nocase(S("The DOCKER Engine"), S("docker")));
	assert_true(stk_str_compare(S("a"), S("ab")) < 0 && stk_str_compare(S("b"), S("ab")) > 0);
	assert_true(stk_str_ends(S("x.tar"), S(".tar")) && !stk_str_ends(S("r"), S(".tar")));
	assert_str(stk_str_trim(S(" \t x y\n")), "x y");
	assert_true(stk_str_eq_nocase(S("AbC"), S("aBc")));
}

CASE(needles_are_found_wherever_they_stand)
{
	char text[100];
	for (size_t n = 4; n < sizeof(text); n++)
		for (size_t at = 0; at + 4 <= n; at++) {
			/* Half needles around it must not be taken for it. */
			for (size_t i = 0; i < n; i++)
				text[i] = "ale"[i % 3];
			memcpy(text + at, "alue", 4);
			assert_int_equal(stk_str_find((struct stk_str){ text, n }, S("alue")), at);
			assert_int_equal(stk_str_find((struct stk_str){ text + at + 1, n - at - 1 }, S("alue")),
					 SIZE_MAX);
		}
	for (size_t at = 0; at < 60; at++) {
		memset(text, '@', sizeof(text)); /* 0x40, which differs from 0x60 in the bit of the case */
		memcpy(text + at, "`pA@sS`", 7);
		assert_true(stk_str_contains_nocase((struct stk_str){ text, sizeof(text) }, S("`Pa@Ss`")));
		assert_false(stk_str_contains_nocase((struct stk_str){ text, sizeof(text) }, S("@Pa@Ss`")));
		assert_false(stk_str_contains_nocase((struct stk_str){ text, at + 6 }, S("`pa@ss`")));
	}
	assert_true(stk_str_contains_nocase(S("x"), S("")));
	assert_false(stk_str_contains_nocase(S(""), S("x")));
	assert_int_equal(stk_str_find(S(""), S("ab")), SIZE_MAX);
	assert_int_equal(stk_str_find(S("b"), S("b")), 0);
	assert_int_equal(stk_str_find(S("aab"), S("")), 0);
}
