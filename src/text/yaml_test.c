/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/yaml.h"

static struct stk_yaml *parse(struct stk_arena *arena, const char *text)
{
	struct stk_err err;
	struct stk_yaml_documents documents = { 0 };
	if (stk_yaml_parse(arena, stk_str_from(text), &documents, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(documents.n, 1);
	return documents.v[0];
}

CASE(nodes_know_their_bytes)
{
	STK_ARENA arena = { 0 };
	static const char text[] = "a: 1\n\xc3\xa9: &x !t 'two'\nlist:\n  - *x\n  - {k: v}\n";
	struct stk_yaml *root = parse(&arena, text);
	const struct stk_yaml *two = stk_yaml_get(root, "\xc3\xa9");
	assert_str(two->text, "two");
	assert_str(two->anchor, "x");
	assert_str(two->tag, "!t");
	assert_str(stk_str_slice(S(text), two->begin, two->end), "'two'");
	assert_int_equal(two->line, 2);
	const struct stk_yaml *list = stk_yaml_get(root, "list");
	assert_int_equal(list->items[0].type, STK_YAML_ALIAS);
	assert_ptr_equal(stk_yaml_follow(&list->items[0]), two);
	assert_true(list->items[1].flow);
	assert_str(stk_yaml_str(&list->items[1], "k"), "v");
}

CASE(an_alias_may_name_an_enclosing_node)
{
	STK_ARENA arena = { 0 };
	struct stk_yaml *root = parse(&arena, "a: &a\n  b: [*a, 1]\n");
	const struct stk_yaml *a = stk_yaml_get(root, "a");
	assert_ptr_equal(stk_yaml_follow(&stk_yaml_get(a, "b")->items[0]), a);
}

CASE(mistakes_name_line_and_column)
{
	static const struct {
		const char *text, *place;
	} t[] = {
		{ "a: [1\nb: 2\n", "line 2, column" },
		{ "a: *nope\n", "line 1, column 4" },
		{ "a: \"x", "line 1" },
		{ "a: 1\n\tb: 2\n", "line 2" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_yaml_documents documents = { 0 };
		assert_int_equal(stk_yaml_parse(&arena, stk_str_from(t[i].text), &documents, &err), -1);
		assert_non_null(strstr(err.msg, t[i].place));
	}
}

CASE(depth_is_bounded)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_yaml_documents documents = { 0 };
	char text[400];
	memset(text, '[', sizeof(text));
	assert_int_equal(stk_yaml_parse(&arena, (struct stk_str){ text, sizeof(text) }, &documents, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
}

CASE(null_and_bool)
{
	STK_ARENA arena = { 0 };
	struct stk_yaml *root = parse(&arena, "a:\nb: 'null'\nc: Yes\nd: 'yes'\n");
	bool value = false;
	assert_true(stk_yaml_is_null(stk_yaml_get(root, "a")) && stk_yaml_is_null(stk_yaml_get(root, "z")));
	assert_false(stk_yaml_is_null(stk_yaml_get(root, "b")));
	assert_true(stk_yaml_bool(stk_yaml_get(root, "c"), &value) && value);
	assert_false(stk_yaml_bool(stk_yaml_get(root, "d"), &value));
}
