/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/buf.h"

CASE(overflow_is_sticky_and_drops_whole_pieces)
{
	STK_BUF b = stk_buf_new(5);
	stk_buf_add(&b, S("abc"));
	stk_buf_add(&b, S("def"));
	assert_true(b.overflow);
	stk_buf_byte(&b, 'x');
	assert_str(stk_buf_str(&b), "abc");
	stk_buf_clear(&b);
	stk_buf_printf(&b, "%05d", 42);
	assert_false(b.overflow);
	assert_str(stk_buf_str(&b), "00042");
}

CASE(an_empty_buffer_has_an_empty_text)
{
	STK_BUF b = stk_buf_new(5);
	assert_non_null(stk_buf_str(&b).p);
	stk_buf_repeat(&b, '-', 3);
	assert_str(stk_buf_str(&b), "---");
}
