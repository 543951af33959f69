/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

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
