/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "text/base64.h"

CASE(base64_takes_both_alphabets_and_missing_padding)
{
	static const struct {
		const char *text, *bytes;
		bool good;
	} t[] = {
		{ "aGVsbG8=", "hello", true },
		{ "aGVsbG8", "hello", true },
		{ "YX9_fn4-", "a\x7f\x7f~~>", true },
		{ "aGVs\n bG8=", "hello", true },
		{ "aGV*", "he", false },
		{ "aGVsb", "hel", false },
		{ "", "", true },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_BUF out = stk_buf_new(64);
		assert_int_equal(stk_base64_decode(&out, stk_str_from(t[i].text)), t[i].good);
		assert_str(stk_buf_str(&out), t[i].bytes);
	}
}

CASE(hex_takes_pairs)
{
	STK_BUF out = stk_buf_new(64);
	assert_true(stk_hex_decode(&out, S("68656C6c6f")));
	assert_str(stk_buf_str(&out), "hello");
	assert_false(stk_hex_decode(&out, S("6g")));
	assert_false(stk_hex_decode(&out, S("686")));
}
