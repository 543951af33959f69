/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/map.h"

CASE(every_key_is_found_again_in_insertion_order)
{
	STK_ARENA arena = { 0 };
	struct stk_map map = { 0 };
	assert_null(stk_map_get(&map, S("x")));
	for (uintptr_t i = 1; i <= 5000; i++)
		*stk_map_at(&map, &arena, stk_arena_printf(&arena, "key%zu", (size_t)i)) = (void *)i;
	assert_int_equal(map.n, 5000);
	for (uintptr_t i = 1; i <= 5000; i++) {
		assert_ptr_equal(stk_map_get(&map, stk_arena_printf(&arena, "key%zu", (size_t)i)), (void *)i);
		assert_ptr_equal(map.entries[i - 1].value, (void *)i);
	}
	assert_false(stk_map_add(&map, &arena, S("key7")));
	assert_true(stk_map_add(&map, &arena, S("other")));
}
