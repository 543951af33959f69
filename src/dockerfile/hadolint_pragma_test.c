/* SPDX-License-Identifier: Apache-2.0 */
/* Comments that silence findings: Hadolint's three forms, their grammar and lines. */
#include "dockerfile/rules_test.h"
#include "test.h"

CASE(on_the_line_below)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3019", "", "FROM a:1\n# hadolint ignore=DL3019\nRUN apk add x=1" },
		{ "DL3019", "", "FROM a:1\n#hadolint ignore=DL3019\nRUN apk add x=1" },
		{ "DL3019", "", "FROM a:1\n#  hadolint\tignore = DL3019 \nRUN apk add x=1" },
		{ "DL3019", "", "FROM a:1\n# hadolint ignore=DL3008,DL3019\nRUN apk add x=1" },
		{ "DL3019", "", "FROM a:1\n# hadolint ignore=DL3008 , DL3019 # cached elsewhere\nRUN apk add x=1" },
		{ "DL3019", "", "FROM a:1\r\n# hadolint ignore=DL3019\r\nRUN apk add x=1\r\n" },
		{ "DL3019", "", "FROM a:1\n# hadolint ignore=DS-0025\nRUN apk add x=1" }, /* an alias does */
		{ "DL3019", "",
		  "FROM a:1\n# hadolint ignore=DL3019\n# hadolint ignore=DL3018\nRUN apk add x=1" }, /* they add up */
		{ "DL3019", "", "FROM a:1\nRUN x && \\\n# hadolint ignore=DL3019\n apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# hadolint ignore=DL3018\nRUN apk add x=1" },
		{ "DL3019", "4", "FROM a:1\n# hadolint ignore=DL3019\n\nRUN apk add x=1" },
		{ "DL3019", "4", "FROM a:1\n# hadolint ignore=DL3019\nUSER x\nRUN apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# hadolint ignore=DL3019,\nRUN apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# hadolint ignore=DL3019 because\nRUN apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# hadolint ignore DL3019\nRUN apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# hadolint ignore=\nRUN apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# Hadolint ignore=DL3019\nRUN apk add x=1" },
		{ "DL3019", "2", "FROM a:1\nRUN apk add x=1 # hadolint ignore=DL3019" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(in_a_stage_or_everywhere)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3019", "5",
		  "# hadolint stage ignore=DL3019\nFROM a:1\nRUN apk add x=1\nFROM b:1\nRUN apk add x=1" },
		{ "DL3019", "2 7",
		  "FROM a:1\nRUN apk add x=1\n# hadolint stage ignore=DL3019\nUSER y\nRUN apk add x=1\nFROM b:1\nRUN apk add x=1" },
		{ "DL3019", "",
		  "FROM a:1\nRUN apk add x=1\nFROM b:1\nRUN apk add x=1\n# hadolint global ignore=DL3019" },
		{ "DL3019", "",
		  "# hadolint global ignore=DL3018\n# hadolint global ignore=DL3019\nFROM a:1\nRUN apk add x=1" },
		{ "DL3019", "3", "# hadolint globalignore=DL3019\nFROM a:1\nRUN apk add x=1" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(with_hadolints_verdicts)
{
	static const struct stk_dockerfile_options hadolint = { .compat = STK_COMPAT_HADOLINT };
	static const struct test_dockerfile_row t[] = {
		{ "DL3019", "", "FROM a:1\n# hadolint ignore=DL3019\nRUN apk add x=1" },
		{ "DL3019", "4",
		  "FROM a:1\n# hadolint ignore=DL3019\n# hadolint ignore=DL3018\nRUN apk add x=1" }, /* only the one
													above */
		{ "DL3019", "2", "FROM a:1\nRUN x && \\\n# hadolint ignore=DL3019\n apk add x=1" },
		{ "DL3019", "3", "FROM a:1\n# hadolint ignore=DS-0025\nRUN apk add x=1" },
	};
	test_dockerfile_rows(t, STK_LEN(t), &hadolint);
}

CASE(can_be_switched_off)
{
	struct stk_dockerfile_options options = *test_dockerfile_options();
	static const struct test_dockerfile_row t = { "DL3019", "3",
						      "FROM a:1\n# hadolint ignore=DL3019\nRUN apk add x=1" };
	options.disable_ignore_pragma = true;
	test_dockerfile_rows(&t, 1, &options);
}

CASE(reason_and_place_are_kept)
{
	static const struct {
		const char *text, *reason;
	} t[] = {
		{ "FROM a:1\n# hadolint ignore=DL3019 # cached elsewhere\nRUN apk add x=1", "cached elsewhere" },
		{ "FROM a:1\n# hadolint ignore=DL3019\nRUN apk add x=1", "hadolint comment" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_report *report = test_dockerfile_check(&arena, t[i].text, NULL);
		size_t seen = 0;
		for (size_t k = 0; k < report->findings.n; k++)
			if (stk_str_is(report->findings.v[k].id, "DL3019")) {
				assert_non_null(report->findings.v[k].suppressed);
				assert_str(report->findings.v[k].suppressed->reason, t[i].reason);
				assert_str(report->findings.v[k].suppressed->by, "Dockerfile:2");
				seen++;
			}
		assert_int_equal(seen, 1);
	}
}
