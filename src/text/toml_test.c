/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "text/toml.h"

CASE(toml_reads_every_kind_of_value)
{
	STK_ARENA arena = { 0 };
	struct stk_json *root;
	struct stk_err err = { 0 };
	const char *text = "title = \"a \\\"b\\\" \\u00e9\" # comment\n"
			   "regex = '''\n(?i)\\bkey'''\n"
			   "many = \"\"\"one \\\n   two\"\"\"\n"
			   "n = 1_000\nhex = 0xff\nfloat = 3.5\nyes = true\nday = 1979-05-27 07:32:00Z\n"
			   "list = [\n  'a', # first\n  \"b\",\n]\n"
			   "point = { x = 1, y.z = 2 }\n"
			   "[a.\"b c\"]\nd = 1\n"
			   "[[rules]]\nid = \"one\"\n[[rules.allowlists]]\npaths = ['x']\n[[rules]]\nid = \"two\"\n";
	assert_int_equal(stk_toml_parse(&arena, stk_str_from(text), &root, &err), 0);
	assert_str(stk_json_str(root, "title"), "a \"b\" \xc3\xa9");
	assert_str(stk_json_str(root, "regex"), "(?i)\\bkey");
	assert_str(stk_json_str(root, "many"), "one two");
	assert_int_equal(stk_json_int(root, "n"), 1000);
	assert_int_equal(stk_json_int(root, "hex"), 255);
	assert_true(stk_json_get(root, "float")->number > 3.4);
	assert_true(stk_json_bool(root, "yes"));
	assert_str(stk_json_str(root, "day"), "1979-05-27 07:32:00Z");
	assert_int_equal(stk_json_list(root, "list")->n, 2);
	assert_int_equal(stk_json_int(stk_json_get(stk_json_get(root, "point"), "y"), "z"), 2);
	assert_int_equal(stk_json_int(stk_json_get(stk_json_get(root, "a"), "b c"), "d"), 1);
	const struct stk_json *rules = stk_json_list(root, "rules");
	assert_int_equal(rules->n, 2);
	assert_str(stk_json_str(&rules->items[1], "id"), "two");
	assert_int_equal(stk_json_list(&rules->items[0], "allowlists")->n, 1);
}

CASE(toml_says_where_it_is_wrong)
{
	static const struct {
		const char *text, *message;
	} t[] = {
		{ "a = 1\nb\n", "line 2: \"=\" is missing" },
		{ "a = 1\na = 2\n", "line 2: a key is defined twice" },
		{ "[a]\n[a]\n", "line 2: a table is defined twice" },
		{ "a = \"x\n", "line 1: a string has no end" },
		{ "a = [1 2]\n", "line 1: \",\" or \"]\" is missing in an array" },
		{ "a = { b = 1\n", "line 1: \",\" or \"}\" is missing in a table" },
		{ "a = 1 b = 2\n", "line 1: a line end is missing" },
		{ "a = \"\\q\"\n", "line 1: an unknown escape" },
		{ "a = 1\n[a.b]\n", "line 2: the name goes through something that is no table" },
		{ "a = zzz\n", "line 1: a value is missing or is none" },
		{ "[[a]\n", "line 1: a table's header has no end" },
		{ "a = \xff\n", "not UTF-8" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_json *root;
		struct stk_err err = { 0 };
		assert_int_equal(stk_toml_parse(&arena, stk_str_from(t[i].text), &root, &err), -1);
		assert_string_equal(err.msg, t[i].message);
	}
}
