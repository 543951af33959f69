/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "base/limits.h"
#include "text/json.h"

CASE(a_tree_is_read_and_written_back)
{
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_err err;
	struct stk_json *root;
	static const char text[] = "{\"a\":[1,-2.5,true,null,\"x\\u00e9\\n\"],\"b\":{},\"c\":9007199254740993}";
	assert_int_equal(stk_json_parse(&arena, S(text), &root, &err), 0);
	assert_int_equal(stk_json_int(root, "c"), 9007199254740993);
	assert_str(stk_json_list(root, "a")->items[4].text, "x\xc3\xa9\n");
	assert_int_equal(stk_json_list(root, "absent")->n, 0);
	assert_str(stk_json_str(NULL, "x"), "");
	struct stk_json_writer w = stk_json_writer(&out, 0);
	stk_json_write_tree(&w, root);
	assert_str(stk_buf_str(&out), "{\"a\":[1,-2.5,true,null,\"x\xc3\xa9\\n\"],\"b\":{},\"c\":9007199254740993}");
}

CASE(errors_name_the_place)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *root;
	assert_int_equal(stk_json_parse(&arena, S("{\n \"a\": ]"), &root, &err), -1);
	assert_non_null(strstr(err.msg, "line 2, column"));
	assert_int_equal(stk_json_parse(&arena, S(""), &root, &err), -1);
}

CASE(hostile_text_stays_inside_its_string)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_json_writer w = stk_json_writer(&out, 2);
	stk_json_begin_object(&w);
	stk_json_put_str(&w, "k", S("a\"\\\x01\xff\x7f"));
	stk_json_key(&w, "e");
	stk_json_begin_array(&w);
	stk_json_end_array(&w);
	stk_json_key(&w, "d");
	stk_json_write_double(&w, 0.1);
	stk_json_end_object(&w);
	assert_str(stk_buf_str(&out),
		   "{\n  \"k\": \"a\\\"\\\\\\u0001\xef\xbf\xbd\\u007f\",\n  \"e\": [],\n  \"d\": 0.1\n}");
}

/* Every byte at every distance from the start, among plain ones: words of eight bytes are looked at together. */
CASE(every_byte_is_quoted_wherever_it_stands)
{
	for (int byte = 0; byte < 0x80; byte++)
		for (size_t at = 0; at < 20; at++) {
			char text[20];
			STK_BUF out = stk_buf_new(STK_KIB(1)), expected = stk_buf_new(STK_KIB(1));
			memset(text, 'x', sizeof(text));
			text[at] = (char)byte;
			struct stk_json_writer w = stk_json_writer(&out, 0);
			stk_json_write_str(&w, (struct stk_str){ text, sizeof(text) });
			stk_buf_byte(&expected, '"');
			stk_buf_repeat(&expected, 'x', at);
			if (byte == '"' || byte == '\\')
				stk_buf_byte(&expected, '\\');
			if (byte >= 0x20 && byte != 0x7f)
				stk_buf_byte(&expected, (char)byte);
			else if (byte >= 8 && byte <= 13 && byte != 11)
				stk_buf_printf(&expected, "\\%c", "btn_fr"[byte - 8]);
			else
				stk_buf_printf(&expected, "\\u%04x", (unsigned)byte);
			stk_buf_repeat(&expected, 'x', sizeof(text) - at - 1);
			stk_buf_byte(&expected, '"');
			assert_true(stk_str_eq(stk_buf_str(&out), stk_buf_str(&expected)));
		}
}

CASE(numbers_are_written_whole)
{
	static const struct {
		int64_t value;
		const char *text;
	} t[] = {
		{ 0, "0" },
		{ -1, "-1" },
		{ 1234567890, "1234567890" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_BUF out = stk_buf_new(STK_KIB(1));
		struct stk_json_writer w = stk_json_writer(&out, 0);
		stk_json_write_int(&w, t[i].value);
		assert_str(stk_buf_str(&out), t[i].text);
	}
}
