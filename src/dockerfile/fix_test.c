/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repairs: the file before and after. Whatever a row says, mending the result changes nothing, and comments, order and
 * line ends survive. Only safe repairs are made unless the row says otherwise.
 */
#include "dockerfile/fix.h"

#include "dockerfile/rules_test.h"
#include "test.h"

static const struct stk_dockerfile_options usual = { .now = 1764000000 };

CASE(casing)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nrun x\nUSER 1\n", "FROM a:1\nRUN x\nUSER 1\n" },
		{ "from a:1\nRUN x\nuser 1\n", "from a:1\nrun x\nuser 1\n" },
		{ "FROM a:1 as b\nUSER 1\n", "FROM a:1 AS b\nUSER 1\n" },
		{ "FROM a:1 AS Base\nUSER 1\n", "FROM a:1 AS base\nUSER 1\n" },
		{ "FROM a:1 AS Base\nFROM Base\nUSER 1\n",
		  "FROM a:1 AS base\nFROM Base\nUSER 1\n" }, /* stage names are found in any case */
		{ "\xef\xbb\xbf"
		  "FROM a:1\r\nrun x # y\r\nUSER 1\r\n",
		  "\xef\xbb\xbf"
		  "FROM a:1\r\nRUN x # y\r\nUSER 1\r\n" },
		{ "FROM a:1\nUSER 1\n", NULL },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(key_values)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nENV A b\nUSER 1\n", "FROM a:1\nENV A=b\nUSER 1\n" },
		{ "FROM a:1\nENV A b c\nUSER 1\n", "FROM a:1\nENV A=\"b c\"\nUSER 1\n" },
		{ "FROM a:1\nLABEL a b\nUSER 1\n", "FROM a:1\nLABEL a=b\nUSER 1\n" },
		{ "FROM a:1\nENV A=b\nUSER 1\n", NULL },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(continuations)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN x \\\n\n  y\nUSER 1\n", "FROM a:1\nRUN x \\\n  y\nUSER 1\n" },
		{ "FROM a:1\r\nRUN x \\\r\n\r\n  y\r\nUSER 1\r\n", "FROM a:1\r\nRUN x \\\r\n  y\r\nUSER 1\r\n" },
		{ "FROM a:1\nRUN x \\\n# talk\n\n\n  # more\n  y\nUSER 1\n",
		  "FROM a:1\nRUN x \\\n# talk\n  # more\n  y\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(ports_and_platforms)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nEXPOSE 80/TCP 53/Udp\nUSER 1\n", "FROM a:1\nEXPOSE 80/tcp 53/udp\nUSER 1\n" },
		{ "FROM --platform=$TARGETPLATFORM a:1\nUSER 1\n", "FROM a:1\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(flags_of_package_managers)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN apt-get update && apt-get install -y x=1 && rm -rf /var/lib/apt/lists/*\nUSER 1\n",
		  NULL },
		{ "FROM a:1\nRUN apk add x=1\nUSER 1\n", "FROM a:1\nRUN apk add --no-cache x=1\nUSER 1\n" },
		{ "FROM a:1\nRUN apk add \\\n  x=1 \\\n  # why\n  y=2\nUSER 1\n",
		  "FROM a:1\nRUN apk add --no-cache \\\n  x=1 \\\n  # why\n  y=2\nUSER 1\n" },
		{ "FROM a:1\nRUN [\"apk\", \"add\", \"x=1\"]\nUSER 1\n",
		  "FROM a:1\nRUN [\"apk\", \"add\", \"--no-cache\", \"x=1\"]\nUSER 1\n" },
		{ "FROM a:1\nRUN <<EOF\napk add x=1\nEOF\nUSER 1\n",
		  "FROM a:1\nRUN <<EOF\napk add --no-cache x=1\nEOF\nUSER 1\n" },
		{ "FROM a:1\nRUN pip install x==1\nUSER 1\n",
		  "FROM a:1\nRUN pip install --no-cache-dir x==1\nUSER 1\n" },
		{ "FROM a:1\nRUN pip install x==1 && pip3 install y==1\nUSER 1\n",
		  "FROM a:1\nRUN pip install --no-cache-dir x==1 && pip3 install --no-cache-dir y==1\nUSER 1\n" },
		{ "FROM a:1\nRUN yum -y install x-1.0\nUSER 1\n",
		  "FROM a:1\nRUN yum -y install x-1.0 && yum clean all\nUSER 1\n" },
		{ "FROM a:1\nRUN yum -y install \\\n    x-1.0\nUSER 1\n",
		  "FROM a:1\nRUN yum -y install \\\n    x-1.0 \\\n    && yum clean all\nUSER 1\n" },
		{ "FROM a:1\nRUN yum -y install x-1.0 # why\nUSER 1\n",
		  "FROM a:1\nRUN yum -y install x-1.0 && yum clean all # why\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(what_is_ignored_stays)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\n# hadolint ignore=DL3019\nRUN apk add x=1\nUSER 1\n", NULL },
		{ "# hadolint global ignore=DL3019\nFROM a:1\nRUN apk add x=1\nUSER 1\n", NULL },
		{ "FROM a:1\n# check=skip=StageNameCasing it is meant\nFROM b:1 AS Base\nUSER 1\n", NULL },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(what_the_settings_silence_is_left_as_it_is)
{
	static const struct {
		struct stk_ignore ignore;
		const char *after; /* NULL: as it was */
	} t[] = {
		{ { .id = { "DL3019", 6 } }, NULL },
		{ { .id = { "DS-0025", 7 } }, NULL }, /* an alias does */
		{ { .id = { "DL3018", 6 } }, "FROM a:1\nRUN apk add --no-cache x=1\nUSER 1\n" },
		{ { .id = { "DL3019", 6 }, .expires = 1 }, "FROM a:1\nRUN apk add --no-cache x=1\nUSER 1\n" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_ignores ignores = { (struct stk_ignore *)(uintptr_t)&t[i].ignore, 1, 1 };
		struct stk_dockerfile_options options = usual;
		const struct test_fix_row row = { "FROM a:1\nRUN apk add x=1\nUSER 1\n", t[i].after };
		options.ignores = &ignores;
		options.now = 1000;
		test_dockerfile_fixes(&row, 1, &options, false);
	}
}

CASE(risky_repairs_are_asked_for)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nADD x /y\nUSER 1\n", "FROM a:1\nCOPY x /y\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

/* The bad example of every rule: what can be mended is gone afterwards, and the file parses as well as before. */
CASE(examples_of_all_rows)
{
	size_t mended = 0;
	for (size_t table = 0; table < stk_n_dockerfile_tables; table++)
		for (size_t i = 0; i < stk_dockerfile_tables[table]->n; i++) {
			const struct stk_rule *rule = &stk_dockerfile_tables[table]->rows[i];
			STK_ARENA arena = { 0 };
			if (!rule->bad)
				continue;
			struct stk_str before = stk_str_from(rule->bad);
			if (!stk_str_contains_nocase(before, S("FROM ")))
				before = stk_arena_printf(&arena, "FROM alpine:3.20\n%s\n", rule->bad);
			struct stk_dockerfile_fixed once =
				stk_dockerfile_fix(&arena, S("Dockerfile"), before, test_dockerfile_options(), true);
			struct stk_dockerfile_fixed twice =
				stk_dockerfile_fix(&arena, S("Dockerfile"), once.text, test_dockerfile_options(), true);
			if (!stk_str_eq(once.text, twice.text))
				fail_msg("%s: mending twice changes again\n" STK_FMT "\n----\n" STK_FMT, rule->id,
					 STK_ARG(once.text), STK_ARG(twice.text));
			size_t errors = stk_dockerfile_parse(&arena, S("a"), before, NULL)->errors.n;
			if (stk_dockerfile_parse(&arena, S("b"), once.text, NULL)->errors.n > errors)
				fail_msg("%s: mending breaks the file\n" STK_FMT, rule->id, STK_ARG(once.text));
			mended += once.n_applied > 0;
		}
	assert_true(mended > 30);
}
