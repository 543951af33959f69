/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/time.h"
#include "report/ignore.h"
#include "report/line.h"

static struct stk_report sample(struct stk_arena *arena)
{
	static const struct stk_package package = { .name = { "openssl", 7 },
						    .purl = { "pkg:deb/debian/openssl@3.0", 26 } };
	struct stk_report report = stk_report_new(arena);
	size_t target = stk_report_target(&report, S("image"), "image");
	struct stk_finding *cve = stk_report_add_bare(&report, S("CVE-2024-1"), target);
	cve->severity = STK_SEV_HIGH;
	*STK_PUSH(arena, &cve->aliases) = S("DSA-1");
	cve->vulnerability = STK_NEW(arena, struct stk_vulnerability, 1);
	cve->vulnerability->package = &package;
	struct stk_finding *secret = stk_report_add_bare(&report, S("aws-key"), target);
	secret->severity = STK_SEV_CRITICAL;
	secret->location.path = S("root/.aws/credentials");
	return report;
}

static size_t ignored_by(const char *text, const char *now)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_ignores ignores = { 0 };
	struct stk_report report = sample(&arena);
	int64_t seconds = 0;
	assert_true(stk_time_parse(stk_str_from(now), &seconds));
	assert_int_equal(stk_ignores_read_lines(&arena, stk_str_from(text), S(".trivyignore"), &ignores, &err), 0);
	stk_ignores_apply(&ignores, &report, seconds);
	size_t n = 0;
	for (size_t i = 0; i < report.findings.n; i++)
		n += report.findings.v[i].suppressed ? 1 : stk_str_is(report.findings.v[i].id, "CFG-001") ? 100 : 0;
	return n;
}

CASE(lines_name_ids_aliases_and_dates)
{
	assert_int_equal(ignored_by("# nothing\n\n", "2026-01-01"), 0);
	assert_int_equal(ignored_by("CVE-2024-1 # because\naws-*\n", "2026-01-01"), 2);
	assert_int_equal(ignored_by("DSA-1 exp:2026-01-01\n", "2026-01-01T23:59:59Z"), 1);
	assert_int_equal(ignored_by("DSA-1 exp:2026-01-01\n", "2026-01-02"), 100);
	assert_int_equal(ignored_by("CVE-2024-10 exp:2020-01-01\n", "2026-01-02"), 0);
}

static size_t ignored_by_yaml(const char *text)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_ignores ignores = { 0 };
	struct stk_report report = sample(&arena);
	assert_int_equal(stk_ignores_read_trivy(&arena, stk_str_from(text), S("f"), &ignores, &err), 0);
	stk_ignores_apply(&ignores, &report, 0);
	return (report.findings.v[0].suppressed != NULL) + 2u * (report.findings.v[1].suppressed != NULL);
}

CASE(yaml_narrows_by_path_and_package)
{
	assert_int_equal(ignored_by_yaml("vulnerabilities:\n  - id: CVE-2024-1\n    purls: [pkg:deb/debian/openssl]\n"),
			 1);
	assert_int_equal(
		ignored_by_yaml("vulnerabilities:\n  - id: CVE-2024-1\n    purls: ['pkg:deb/debian/openssl@2']\n"), 0);
	assert_int_equal(ignored_by_yaml("secrets:\n  - id: aws-key\n    paths: ['root/**']\n"), 2);
	assert_int_equal(ignored_by_yaml("secrets:\n  - id: aws-key\n    paths: ['home/**']\n"), 0);
}

CASE(mistakes_name_the_place)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_ignores ignores = { 0 };
	struct stk_yaml_documents documents = { 0 };
	assert_int_equal(stk_yaml_parse(&arena, S("- id: X\n  reason: y\n  expires: soon\n"), &documents, &err), 0);
	assert_int_equal(stk_ignores_read_list(&arena, documents.v[0], S("f.yaml"), &ignores, &err), -1);
	assert_string_equal(err.msg, "f.yaml:3:12: not a date such as 2027-01-31");
	assert_int_equal(stk_ignores_read_lines(&arena, S("A exp:x"), S("f"), &ignores, &err), -1);
}

CASE(the_line_looks_at_what_is_left)
{
	STK_ARENA arena = { 0 };
	struct stk_report report = sample(&arena);
	struct stk_line line = stk_line_default();
	assert_true(stk_line_crossed(&line, &report));
	line.ignore_unfixed = true;
	line.hidden[STK_SEV_CRITICAL] = true;
	stk_line_filter(&line, &report);
	assert_int_equal(report.findings.n, 0);
	assert_false(stk_line_crossed(&line, &report));
	assert_true(stk_line_set(&line, S("None")) && !stk_line_set(&line, S("worse")));
}
