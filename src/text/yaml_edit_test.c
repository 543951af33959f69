/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/yaml_edit.h"

struct document {
	struct stk_arena arena;
	struct stk_str text;
	const struct stk_yaml *root;
};

static struct document parse(const char *text)
{
	struct document d = { .text = stk_str_from(text) };
	struct stk_yaml_documents all = { 0 };
	struct stk_err err;
	assert_int_equal(stk_yaml_parse(&d.arena, d.text, &all, &err), 0);
	d.root = all.v[0];
	return d;
}

static void expect(struct document *d, bool done, struct stk_text_edit edit, const char *want)
{
	assert_true(done);
	struct stk_text_edits edits = { &edit, 1, 1 };
	assert_str(stk_text_edits_apply(&d->arena, d->text, &edits), want);
	stk_arena_free(&d->arena);
}

static const struct stk_yaml_value nnp = { .type = STK_YAML_SCALAR, .text = { "no-new-privileges:true", 22 } };
static const struct stk_yaml_value opts = { .type = STK_YAML_LIST, .items = &nnp, .n = 1 };

static void add_key(const char *before, const char *after)
{
	struct document d = parse(before);
	struct stk_text_edit edit = { 0 };
	bool done =
		stk_yaml_add_key(&d.arena, d.text, stk_yaml_get(d.root, "web"), S("security_opt"), &opts, false, &edit);
	expect(&d, done, edit, after);
}

CASE(keys_go_below_the_last_line_of_a_map)
{
	add_key("web:\n  image: a # why\n\n# next\ndb: 1\n",
		"web:\n  image: a # why\n  security_opt:\n    - no-new-privileges:true\n\n# next\ndb: 1\n");
	add_key("web:\n    image: a\n    b:\n        c: 1",
		"web:\n    image: a\n    b:\n        c: 1\n    security_opt:\n        - no-new-privileges:true");
	add_key("web:\r\n  image: a\r\n", "web:\r\n  image: a\r\n  security_opt:\r\n    - no-new-privileges:true\r\n");
	add_key("web:\n  image: |\n    text\n\nx: 1\n",
		"web:\n  image: |\n    text\n  security_opt:\n    - no-new-privileges:true\n\nx: 1\n");
}

CASE(keys_go_before_the_brace)
{
	add_key("web: {image: a}\n", "web: {image: a, security_opt: [no-new-privileges:true]}\n");
	add_key("web: { }\n", "web: {security_opt: [no-new-privileges:true],  }\n");
}

CASE(items_take_the_column_of_the_first_dash)
{
	struct document d = parse("caps:\n- A\n- B # b\nx: 1\n");
	struct stk_text_edit edit = { 0 };
	bool done = stk_yaml_add_item(&d.arena, d.text, stk_yaml_get(d.root, "caps"), &STK_YAML_TEXT(S("ALL")), &edit);
	expect(&d, done, edit, "caps:\n- A\n- B # b\n- ALL\nx: 1\n");
	d = parse("caps: [A, B]\n");
	done = stk_yaml_add_item(&d.arena, d.text, stk_yaml_get(d.root, "caps"), &STK_YAML_TEXT(S("no")), &edit);
	expect(&d, done, edit, "caps: [A, B, \"no\"]\n");
}

CASE(inner_edits_come_before_outer_ones)
{
	struct document d = parse("web:\n  caps:\n    - A # a\ndb: 1\n");
	struct stk_text_edit pair[2] = { 0 };
	const struct stk_yaml *web = stk_yaml_get(d.root, "web");
	assert_true(stk_yaml_add_key(&d.arena, d.text, web, S("user"), &STK_YAML_TEXT(S("app")), false, &pair[0]));
	assert_true(stk_yaml_add_item(&d.arena, d.text, stk_yaml_get(web, "caps"), &STK_YAML_TEXT(S("ALL")), &pair[1]));
	struct stk_text_edits edits = { pair, 2, 2 };
	assert_str(stk_text_edits_apply(&d.arena, d.text, &edits),
		   "web:\n  caps:\n    - A # a\n    - ALL\n  user: app\ndb: 1\n");
	stk_arena_free(&d.arena);
}

CASE(scalars_keep_their_quotes)
{
	struct document d = parse("a: '80:80' # c\n");
	struct stk_text_edit edit = { 0 };
	bool done = stk_yaml_replace(&d.arena, d.text, stk_yaml_get(d.root, "a"), S("127.0.0.1:80:80"), false, &edit);
	expect(&d, done, edit, "a: '127.0.0.1:80:80' # c\n");
	d = parse("a: true\n");
	done = stk_yaml_replace(&d.arena, d.text, stk_yaml_get(d.root, "a"), S("false"), true, &edit);
	expect(&d, done, edit, "a: false\n");
}

CASE(removing_leaves_the_neighbours_comments)
{
	struct document d = parse("version: \"3\" # old\n# about services\nservices: {}\n");
	struct stk_text_edit edit = { 0 };
	bool done = stk_yaml_remove_key(d.text, d.root, 0, &edit);
	expect(&d, done, edit, "# about services\nservices: {}\n");
	d = parse("a: [x, y, z]\n");
	done = stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 1, false, &edit);
	expect(&d, done, edit, "a: [x, z]\n");
	d = parse("a: [x, y, z]\n");
	struct stk_text_edit last;
	assert_true(stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 1, false, &edit));
	assert_true(stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 2, false, &last));
	assert_false(stk_text_edits_clash(&edit, &last));
	expect(&d, true, last, "a: [x, y]\n");
	/* Leading ones go together. */
	d = parse("a: [x, y, z]\n");
	assert_true(stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 0, true, &edit));
	assert_true(stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 1, true, &last));
	assert_false(stk_text_edits_clash(&edit, &last));
	expect(&d, true, last, "a: [x, z]\n");
	d = parse("a: [x, y]\n");
	done = stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 1, false, &edit);
	expect(&d, done, edit, "a: [x]\n");
	d = parse("a:\n  - x\n  - y\nb: 1\n");
	done = stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 1, false, &edit);
	expect(&d, done, edit, "a:\n  - x\nb: 1\n");
}

CASE(the_only_child_stays)
{
	struct document d = parse("a: [x]\n");
	struct stk_text_edit edit;
	assert_false(stk_yaml_remove_item(d.text, stk_yaml_get(d.root, "a"), 0, false, &edit));
	assert_false(stk_yaml_remove_key(d.text, d.root, 0, &edit));
	stk_arena_free(&d.arena);
}
