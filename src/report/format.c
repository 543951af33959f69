/* SPDX-License-Identifier: Apache-2.0 */
/* Every output format, one row each, sorted by name. */
#include "report/format.h"
#include "report/renderers.h"

#include "base/banned.h"

const struct stk_format stk_formats[] = {
	{ "csv", "one line a finding, RFC 4180", stk_render_csv },
	{ "github", "annotations of a GitHub Actions run", stk_render_github },
	{ "gitlab-container-scanning", "GitLab's container scanning report: known vulnerabilities", stk_render_gitlab_scanning },
	{ "html", "one self-contained page to open and pass on", stk_render_html },
	{ "json", "everything, in the schema of docs/report.schema.json", stk_render_json },
	{ "markdown", "fits a pull-request comment", stk_render_markdown },
	{ "sarif", "SARIF 2.1.0, for code scanning", stk_render_sarif },
	{ "table", "for people", stk_render_table },
	{ "trivy", "Trivy's JSON, for tools that read it", stk_render_trivy },
};

const size_t stk_n_formats = STK_LEN(stk_formats);

const struct stk_format *stk_format_find(struct stk_str name)
{
	for (size_t i = 0; i < stk_n_formats; i++)
		if (stk_str_is(name, stk_formats[i].name))
			return &stk_formats[i];
	return NULL;
}
