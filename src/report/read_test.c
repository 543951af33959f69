/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/limits.h"
#include "report/format.h"
#include "report/read.h"

static const char sample[] =
	"{\"schema\":\"strake/1\",\"targets\":[{\"name\":\"x.tar\",\"kind\":\"image\",\"os\":{\"family\":\"debian\",\"version\":\"12\",\"end_of_life\":true},"
	"\"facts\":{\"User\":\"root\"},\"layers\":[{\"digest\":\"sha256:1\",\"size\":7,\"packages\":2}]}],"
	"\"findings\":[{\"id\":\"CVE-1\",\"aliases\":[\"A\"],\"severity\":\"high\",\"layer\":\"image\",\"target\":0,\"title\":\"t\",\"message\":\"m\","
	"\"location\":{\"path\":\"p\",\"layer_index\":1},\"package\":{\"name\":\"n\",\"version\":\"1\",\"target\":0},"
	"\"vulnerability\":{\"fixed_version\":\"2\",\"published\":\"2024-01-02T00:00:00Z\",\"cvss\":[{\"source\":\"nvd\",\"vector\":\"v\",\"score\":9.8}]},"
	"\"fix\":{\"description\":\"d\",\"safe\":true,\"edits\":[{\"file\":\"f\",\"begin\":1,\"end\":2,\"text\":\"z\"}]}}],"
	"\"packages\":[],\"incomplete\":[{\"target\":0,\"what\":\"w\",\"why\":\"y\"}],\"notices\":[\"n\"],"
	"\"checklist\":[{\"id\":\"i\",\"layer\":\"runtime\",\"text\":\"t\",\"state\":\"not met\",\"findings\":1,\"rules\":[\"R\"]}],\"paths\":[\"a\"]}";

static struct stk_str render(struct stk_arena *arena, const struct stk_report *report)
{
	struct stk_render_options options = { .width = 80, .show_suppressed = true };
	STK_BUF out = stk_buf_new(STK_MIB(4));
	stk_format_find(S("json"))->render(report, &options, &out);
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(what_is_written_reads_back_the_same)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *root;
	struct stk_report first = stk_report_new(&arena), second = stk_report_new(&arena);
	assert_int_equal(stk_json_parse(&arena, S(sample), &root, &err), 0);
	assert_int_equal(stk_report_read(&first, root, &err), 0);
	struct stk_str once = render(&arena, &first);
	assert_true(stk_str_contains(once, S("\"fixed_version\": \"2\"")));
	assert_true(stk_str_contains(once, S("\"published\": \"2024-01-02T00:00:00Z\"")));
	assert_true(stk_str_contains(once, S("\"state\": \"not met\"")));
	assert_int_equal(stk_json_parse(&arena, once, &root, &err), 0);
	assert_int_equal(stk_report_read(&second, root, &err), 0);
	assert_str(render(&arena, &second), once.p);
}

CASE(what_makes_no_sense_is_refused)
{
	static const struct {
		const char *text, *message;
	} t[] = {
		{ "{}", "no report of the schema strake/1" },
		{ "{\"schema\":\"strake/1\",\"findings\":[{\"target\":3}]}",
		  "findings[0]: target 3 is not in the list of targets" },
		{ "{\"schema\":\"strake/1\",\"targets\":[{}],\"findings\":[{\"severity\":\"dire\"}]}",
		  "findings[0]: unknown severity \"dire\"" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_json *root;
		struct stk_report report = stk_report_new(&arena);
		assert_int_equal(stk_json_parse(&arena, stk_str_from(t[i].text), &root, &err), 0);
		assert_int_equal(stk_report_read(&report, root, &err), -1);
		assert_string_equal(err.msg, t[i].message);
	}
}
