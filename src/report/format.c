/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every output format, one row each, sorted by name. A format more is a file with one function,
 * its line in renderers.h and a row here; report_fuzz and format_test.c run it from then on.
 */
#include "report/format.h"
#include "report/renderers.h"

#include "base/banned.h"

const struct stk_format stk_formats[] = {
	{ "checkstyle", "Checkstyle XML", stk_render_checkstyle },
	{ "codacy", "Codacy's engine output", stk_render_codacy },
	{ "codeclimate", "Code Climate's engine output", stk_render_codeclimate },
	{ "csv", "one line a finding, RFC 4180", stk_render_csv },
	{ "github", "annotations of a GitHub Actions run", stk_render_github },
	{ "gitlab-container-scanning", "GitLab's container scanning report: known vulnerabilities",
	  stk_render_gitlab_scanning },
	{ "gitlab_codeclimate", "GitLab's code quality report", stk_render_gitlab_codeclimate },
	{ "gitleaks", "Gitleaks' JSON: findings about secrets", stk_render_gitleaks },
	{ "gnu", "lines as compilers write them", stk_render_gnu },
	{ "hadolint", "Hadolint's JSON", stk_render_hadolint },
	{ "hadolint-sarif", "SARIF in Hadolint's shape", stk_render_hadolint_sarif },
	{ "html", "one self-contained page to open and pass on", stk_render_html },
	{ "json", "everything, in the schema of docs/report.schema.json", stk_render_json },
	{ "junit", "JUnit XML", stk_render_junit },
	{ "markdown", "fits a pull-request comment", stk_render_markdown },
	{ "sarif", "SARIF 2.1.0, for code scanning", stk_render_sarif },
	{ "sonarqube", "SonarQube's generic issues", stk_render_sonarqube },
	{ "table", "for people", stk_render_table },
	{ "trivy", "Trivy's JSON, for tools that read it", stk_render_trivy },
	{ "tty", "Hadolint's lines for people", stk_render_tty },
};

const size_t stk_n_formats = STK_LEN(stk_formats);

const struct stk_format *stk_format_find(struct stk_str name)
{
	for (size_t i = 0; i < stk_n_formats; i++)
		if (stk_str_is(name, stk_formats[i].name))
			return &stk_formats[i];
	return NULL;
}
