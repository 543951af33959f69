/* SPDX-License-Identifier: Apache-2.0 */
/* The order of Hadolint 2.15.1 for findings that were made for it, as the program printed them. */
#include "test.h"

#include "base/buf.h"
#include "report/hadolint_order.h"

static const struct stk_rule rule = { .id = "X", .severity = STK_SEV_LOW };

/* "3:DL3008 3:DL3009": findings in this order; "!" in front: suppressed. */
static struct stk_report read_findings(struct stk_arena *arena, struct stk_str text, struct stk_str file)
{
	struct stk_report report = stk_report_new(arena);
	size_t target = stk_report_target(&report, S("Dockerfile"), "dockerfile");
	report.targets.v[target].text = file;
	for (struct stk_str word; (word = stk_str_cut_word(&text)).n;) {
		struct stk_finding *finding = stk_report_add(&report, &rule, target);
		uint64_t line = 0;
		if (stk_str_starts(word, S("!")))
			finding->suppressed = STK_NEW(arena, struct stk_suppression, 1);
		word = stk_str_strip_prefix(word, S("!"));
		assert_true(stk_str_u64(stk_str_cut(&word, ':'), 10, &line));
		finding->location.line = (uint32_t)line;
		finding->id = word;
	}
	stk_report_sort(&report);
	return report;
}

static void check_order(const char *findings, const char *file, const char *want)
{
	STK_ARENA arena = { 0 };
	struct stk_report report = read_findings(&arena, stk_str_from(findings), stk_str_from(file));
	stk_hadolint_order(&report);
	STK_BUF got = stk_buf_new(1 << 16);
	for (size_t i = 0; i < report.findings.n; i++)
		stk_buf_printf(&got, "%s%s%u:" STK_FMT, i ? " " : "", report.findings.v[i].suppressed ? "!" : "",
			       report.findings.v[i].location.line, STK_ARG(report.findings.v[i].id));
	assert_string_equal(stk_arena_str(&arena, stk_buf_str(&got)).p, want);
}

CASE(hadolint_order_is_that_of_its_heap)
{
	static const char file[] =
		"FROM a\nWORKDIR b\nRUN c\nONBUILD RUN d\nADD e f\nCOPY g h i\nRUN j\nonbuild RUN k\n";
	check_order(
		"1:DL3006 2:DL3000 3:DL3003 3:DL3004 3:DL3008 3:DL3014 3:DL3015 4:DL3008 4:DL3013 4:DL3015 4:DL3042 "
		"5:DL3020 6:DL3021 7:DL3016 7:DL3018 7:DL3019 7:DL3032 7:DL3033 7:DL4006 8:DL3004 8:DL3028 9:DL4000 "
		"10:DL3007 11:DL3047 11:DL4006 12:DL4001 13:DL3011 14:DL3025 15:DL4004 16:DL3025 17:DL3002 17:DL3066",
		file,
		"1:DL3006 2:DL3000 3:DL3014 3:DL3003 3:DL3008 3:DL3004 3:DL3015 4:DL3042 4:DL3008 4:DL3013 4:DL3015 "
		"5:DL3020 6:DL3021 7:DL3032 7:DL3018 7:DL3016 7:DL3019 7:DL4006 7:DL3033 8:DL3004 8:DL3028 9:DL4000 "
		"10:DL3007 11:DL3047 11:DL4006 12:DL4001 13:DL3011 14:DL3025 15:DL4004 16:DL3025 17:DL3002 17:DL3066");
}

CASE(hadolint_order_of_few_findings)
{
	check_order("", "", "");
	check_order("3:DL3009", "", "3:DL3009");
	check_order("3:DL3009 3:DL3008", "", "3:DL3008 3:DL3009");
	check_order("3:DL3008 3:DL3009 3:DL3014 3:DL3015", "", "3:DL3008 3:DL3009 3:DL3015 3:DL3014");
	check_order("2:SC2086 2:DL4006 1:DL3006", "", "1:DL3006 2:DL4006 2:SC2086");
}

CASE(hadolint_order_leaves_suppressed_findings_behind)
{
	check_order("1:DL3006 3:DL3008 !3:DL3009 3:DL3014 3:DL3015", "",
		    "1:DL3006 3:DL3008 3:DL3015 3:DL3014 !3:DL3009");
}

CASE(hadolint_order_keeps_to_the_lines_whatever_the_number)
{
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	(void)stk_report_target(&report, S("Dockerfile"), "dockerfile");
	for (uint32_t i = 0; i < 5000; i++) {
		struct stk_finding *finding = stk_report_add(&report, &rule, 0);
		finding->id = stk_arena_printf(&arena, "DL%u", 3000 + i % 67);
		finding->location.line = 1 + i * 7919 % 331;
	}
	stk_report_sort(&report);
	stk_hadolint_order(&report);
	for (size_t i = 1; i < report.findings.n; i++)
		assert_true(report.findings.v[i - 1].location.line <= report.findings.v[i].location.line);
}
