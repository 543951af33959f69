/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "report/report.h"

CASE(findings_come_in_one_order_and_once)
{
	static const struct stk_rule rule = {
		.id = "X1", .aliases = { "Y1" }, .title = "t", .why = "w", .remedy = "r"
	};
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	size_t target = stk_report_target(&report, S("f"), "dockerfile");
	static const uint32_t lines[] = { 9, 2, 9, 5 };
	for (size_t i = 0; i < STK_LEN(lines); i++)
		stk_report_add(&report, &rule, target)->location.line = lines[i];
	stk_report_sort(&report);
	assert_int_equal(report.findings.n, 3);
	assert_int_equal(report.findings.v[0].location.line, 2);
	assert_int_equal(report.findings.v[2].location.line, 9);
	assert_str(report.findings.v[0].aliases.v[0], "Y1");
}

CASE(severities_are_read_whatever_their_case)
{
	enum stk_severity severity;
	assert_true(stk_severity_parse(S("HIGH"), &severity) && severity == STK_SEV_HIGH);
	assert_true(stk_severity_parse(S("negligible"), &severity) && severity == STK_SEV_INFO);
	assert_false(stk_severity_parse(S("worst"), &severity));
}

CASE(a_merged_report_keeps_what_belongs_together)
{
	STK_ARENA arena = { 0 };
	struct stk_package package = { .name = S("x"), .target = 0 };
	struct stk_report one = stk_report_new(&arena), two = stk_report_new(&arena);
	stk_report_target(&one, S("a"), "image");
	size_t target = stk_report_target(&two, S("b"), "image");
	stk_report_add_bare(&two, S("CVE-1"), target);
	stk_report_gap(&two, target, S("layer"), S("broken"));
	*STK_PUSH(&arena, &two.packages) = &package;
	*STK_PUSH(&arena, &one.notices) = S("old database");
	*STK_PUSH(&arena, &two.notices) = S("old database");
	stk_report_merge(&one, &two);
	assert_str(one.targets.v[one.findings.v[0].target].name, "b");
	assert_int_equal(one.incomplete.v[0].target, 1);
	assert_int_equal(one.packages.v[0]->target, 1);
	assert_int_equal(one.notices.n, 1);
}

CASE(a_finding_that_was_taken_out_leaves_nothing_to_the_next)
{
	static const struct stk_rule rule = { .id = "X1", .title = "t", .why = "w", .remedy = "r" };
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	size_t target = stk_report_target(&report, S("f"), "dockerfile");
	struct stk_finding *first = stk_report_add(&report, &rule, target);
	stk_finding_fix(&report, first, true, "mend it");
	stk_finding_evidence(&report, first, "because");
	report.findings.n = 0;
	struct stk_finding *second = stk_report_add(&report, &rule, target);
	assert_null(second->fix);
	assert_int_equal(second->evidence.n, 0);
}

CASE(a_range_holds_the_findings_of_its_target)
{
	static const struct stk_rule rule = { .id = "X1", .title = "t", .why = "w", .remedy = "r" };
	static const size_t order[] = { 2, 0, 2, 2, 0 }, expected[] = { 2, 0, 3 };
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	for (size_t i = 0; i < STK_LEN(expected); i++)
		stk_report_target(&report, S("f"), "dockerfile");
	for (size_t i = 0; i < STK_LEN(order); i++)
		stk_report_add(&report, &rule, order[i])->location.line = (uint32_t)i + 1;
	for (int sorted = 0; sorted < 2; sorted++) {
		for (size_t target = 0; target < STK_LEN(expected); target++) {
			size_t n = 0;
			STK_EACH_FINDING(finding, &report, target)
			n++;
			assert_int_equal(n, expected[target]);
			struct stk_finding_range range = stk_report_range(&report, target);
			assert_int_equal(range.end - range.begin,
					 (ptrdiff_t)(sorted ? expected[target] : STK_LEN(order)));
		}
		stk_report_sort(&report);
	}
}

CASE(credentials_are_masked_in_one_copy_of_the_text)
{
	static const struct stk_rule secret = { .id = "X1", .title = "t", .why = "w", .remedy = "r", .conceal = true };
	static const struct stk_rule other = { .id = "X2", .title = "t", .why = "w", .remedy = "r" };
	static const char text[] = "a: one\nb: two\nc: three\nd: four\n";
	/* Out of order, one twice, one that is not on a line of its own, one of a rule that shows what it names. */
	static const struct {
		const struct stk_rule *rule;
		uint32_t line, column, end_line, end_column;
	} places[] = {
		{ &secret, 3, 4, 3, 9 }, { &secret, 1, 4, 1, 7 },   { &secret, 3, 4, 3, 9 },
		{ &secret, 2, 4, 3, 2 }, { &secret, 99, 1, 99, 2 }, { &other, 4, 4, 4, 8 },
	};
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	size_t target = stk_report_target(&report, S("f"), "compose");
	report.targets.v[target].text = stk_str_from(text);
	for (size_t i = 0; i < STK_LEN(places); i++) {
		struct stk_location *at = &stk_report_add(&report, places[i].rule, target)->location;
		*at = (struct stk_location){ .file = S("f"),
					     .line = places[i].line,
					     .column = places[i].column,
					     .end_line = places[i].end_line,
					     .end_column = places[i].end_column };
	}
	stk_report_conceal(&report);
	assert_str(report.targets.v[target].text, "a: ***\nb: two\nc: *****\nd: four\n");
	assert_string_equal(text, "a: one\nb: two\nc: three\nd: four\n");
}
