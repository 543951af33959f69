/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

CASE(memory_is_zeroed_and_aligned)
{
	STK_ARENA arena = { 0 };
	for (size_t n = 1; n < 200000; n = n * 3 + 1) {
		char *p = stk_arena_alloc(&arena, n, 1);
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_true(p[0] == 0 && p[n - 1] == 0);
		memset(p, 0xff, n);
	}
}

CASE(vectors_grow_and_keep_their_elements)
{
	STK_ARENA arena = { 0 };
	struct {
		int *v;
		size_t n, cap;
	} list = { 0 };
	for (int i = 0; i < 1000; i++)
		*STK_PUSH(&arena, &list) = i;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(list.v[i], i);
}

CASE(copies_are_terminated)
{
	STK_ARENA arena = { 0 };
	struct stk_str s = stk_arena_str(&arena, stk_str_slice(S("abcdef"), 1, 3));
	assert_string_equal(s.p, "bc");
	assert_str(stk_arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
	assert_str(stk_arena_lower(&arena, S("AbC")), "abc");
}

CASE(an_arena_that_was_reset_serves_again)
{
	STK_ARENA arena = { 0 };
	stk_arena_reset(&arena);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 1000; i++) {
			char *p = stk_arena_alloc(&arena, 1000, 1);
			assert_true(p[0] == 0 && p[999] == 0);
			memset(p, 0xff, 1000);
		}
		stk_arena_reset(&arena);
		assert_true(arena.total <= 1 << 20);
	}
}
