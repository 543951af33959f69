/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/utf8.h"

CASE(only_valid_sequences_decode)
{
	static const struct {
		const char *in;
		size_t n;
		uint32_t c;
	} t[] = {
		{ "a", 1, 'a' },
		{ "\xc3\xa9", 2, 0xe9 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xf0\x9f\x90\xb3", 4, 0x1f433 },
		{ "\xc0\x80", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 },
		{ "\xf4\x90\x80\x80", 0, 0 },
		{ "\x80", 0, 0 },
		{ "\xe2\x82", 0, 0 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		uint32_t c = 0;
		assert_int_equal(stk_utf8_decode(stk_str_from(t[i].in), &c), t[i].n);
		assert_true(t[i].n == 0 || c == t[i].c);
	}
}

CASE(encoding_is_the_inverse)
{
	static const uint32_t points[] = { 0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff };
	for (size_t i = 0; i < STK_LEN(points); i++) {
		STK_BUF b = stk_buf_new(8);
		uint32_t c = 1;
		stk_utf8_encode(&b, points[i]);
		assert_int_equal(stk_utf8_decode(stk_buf_str(&b), &c), b.n);
		assert_int_equal(c, points[i]);
	}
}

CASE(a_terminal_is_never_driven_by_data)
{
	STK_BUF b = stk_buf_new(100);
	stk_utf8_printable(&b, S("a\x1b[31mb\nc\xff\xe2\x80\xae\xc3\xa9"));
	assert_str(stk_buf_str(&b), "a\\x1b[31mb c\\xff\\xe2\\x80\\xae\xc3\xa9");
	assert_int_equal(stk_utf8_width(S("\xe6\xbc\xa2\xc3\xa9x")), 4);
	assert_int_equal(stk_utf8_width(S("\xf0\x9f\x9a\x80\xe2\x9c\x85")), 4); /* a rocket and a check mark */
}
