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

CASE(base64_is_written_in_both_alphabets)
{
	static const struct {
		const char *bytes, *plain, *url;
	} t[] = {
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "\xfb\xff\xbe", "+/++", "-_--" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_BUF plain = stk_buf_new(64), url = stk_buf_new(64);
		stk_base64_encode(&plain, t[i].bytes, strlen(t[i].bytes), false);
		stk_base64_encode(&url, t[i].bytes, strlen(t[i].bytes), true);
		assert_str(stk_buf_str(&plain), t[i].plain);
		assert_str(stk_buf_str(&url), t[i].url);
	}
}
