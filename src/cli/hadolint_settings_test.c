/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cli/hadolint_settings.h"
#include "base/banned.h"

static char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static char *some_environment(const char *name)
{
	static char formats[] = "nonsense,json", yes[] = "TRUE", other[] = "2", labels[] = "a:email,b:nonsense,c",
		    threshold[] = "loud";
	const struct {
		const char *name;
		char *value;
	} all[] = {
		{ "HADOLINT_FORMAT", formats },
		{ "HADOLINT_NOFAIL", yes },
		{ "HADOLINT_STRICT_LABELS", other },
		{ "HADOLINT_REQUIRE_LABELS", labels },
		{ "HADOLINT_FAILURE_THRESHOLD", threshold },
		{ "HADOLINT_IGNORE", labels },
	};
	for (size_t i = 0; i < STK_LEN(all); i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].value;
	return NULL;
}

CASE(the_environment)
{
	STK_ARENA arena = { 0 };
	struct stk_hadolint_settings settings = stk_hadolint_settings_new();
	stk_hadolint_settings_environment(&arena, no_environment, &settings);
	assert_int_equal(settings.no_fail, STK_HADOLINT_UNSET);
	stk_hadolint_settings_environment(&arena, some_environment, &settings);
	assert_int_equal(settings.no_fail, 1);
	assert_int_equal(settings.strict_labels, 0);
	assert_int_equal(settings.formats.n, 1);
	assert_int_equal(settings.labels.n, 2);
	assert_int_equal(settings.labels.v[1].type, STK_LABEL_TEXT);
	assert_int_equal(settings.ignored.n, 3);
	assert_int_equal(settings.threshold.n, 0);
}

CASE(the_file_comes_on_top_but_labels_stay)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_hadolint_settings settings = stk_hadolint_settings_new();
	stk_hadolint_settings_environment(&arena, some_environment, &settings);
	assert_int_equal(
		stk_hadolint_settings_yaml(
			&arena,
			S("no-fail: false\nignored: [DL3008]\nformat: tty\nlabel-schema: {a: url, d: hash}\n"
			  "override: {error: [DL3015], info: DL3009}\ntrustedRegistries: docker.io\nunknown: 1\n"),
			S("x.yaml"), &settings, &err),
		0);
	assert_int_equal(settings.no_fail, 0);
	assert_int_equal(settings.ignored.n, 4);
	assert_int_equal(settings.formats.n, 2);
	assert_int_equal(settings.labels.n, 3);
	assert_int_equal(settings.labels.v[0].type, STK_LABEL_EMAIL);
	assert_str(settings.overrides[STK_HADOLINT_INFO].v[0], "DL3009");
	assert_str(settings.trusted_registries.v[0], "docker.io");
}

CASE(mistakes_are_named)
{
	static const struct {
		const char *text, *message;
	} t[] = {
		{ "", "x.yaml: is empty" },
		{ "- a\n", "x.yaml:1:1: must be a map of settings" },
		{ "no-fail: maybe\n", "x.yaml:1:10: must be true or false" },
		{ "failure-threshold: loud\n", "x.yaml:1:20: must be error, warning, info, style, ignore or none" },
		{ "label-schema: {a: b}\n", "x.yaml:1:19: must be text, url, semver, hash, rfc3339, spdx or email" },
		{ "ignored: {a: b}\n", "x.yaml:1:10: must be a list" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_hadolint_settings settings = stk_hadolint_settings_new();
		assert_int_equal(
			stk_hadolint_settings_yaml(&arena, stk_str_from(t[i].text), S("x.yaml"), &settings, &err), -1);
		assert_string_equal(err.msg, t[i].message);
	}
}

CASE(whose_file_is_it)
{
	STK_ARENA arena = { 0 };
	assert_true(stk_hadolint_settings_is(&arena, S("trustedRegistries: [a]\n")));
	assert_false(stk_hadolint_settings_is(&arena, S("fail-on: high\nignore: []\n")));
	assert_false(stk_hadolint_settings_is(&arena, S("")));
}

CASE(the_worst_override_wins)
{
	STK_ARENA arena = { 0 };
	static const struct stk_rule rule = { .id = "DL3006", .aliases = { "DS-0001" }, .title = "t" };
	struct stk_report report = stk_report_new(&arena);
	struct stk_hadolint_settings settings = stk_hadolint_settings_new();
	(void)stk_report_target(&report, S("Dockerfile"), "dockerfile");
	(void)stk_report_add(&report, &rule, 0);
	*STK_PUSH(&arena, &settings.overrides[STK_HADOLINT_STYLE]) = S("DL3006");
	*STK_PUSH(&arena, &settings.overrides[STK_HADOLINT_WARNING]) = S("DS-0001");
	stk_hadolint_settings_override(&settings, &report, 0);
	assert_int_equal(report.findings.v[0].severity, STK_SEV_MEDIUM);
}
