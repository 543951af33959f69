/* SPDX-License-Identifier: Apache-2.0 */
/* Code Climate's engine output: one issue a finding, each ended by a NUL byte; and GitLab's code quality report, an
   array of the same with fingerprints. */
#include <openssl/evp.h>
#include <stdio.h>

#include "report/lint_level.h"
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "text/json.h"
#include "base/banned.h"

static void put_place(struct stk_json_writer *w, const char *key, uint32_t line, uint32_t column)
{
	stk_json_key(w, key);
	stk_json_begin_object(w);
	stk_json_put_int(w, "column", column);
	stk_json_put_int(w, "line", line);
	stk_json_end_object(w);
}

/* Hadolint writes a parse error with "positions" behind the path and all else with "lines"
   before it; both are valid by Code Climate's specification, and readers that compare bytes see
   the order. */
static void put_location(struct stk_json_writer *w, const struct stk_report *report, const struct stk_finding *finding)
{
	uint32_t line = stk_lint_line(finding), column = stk_lint_column(finding);
	bool parse_error = stk_lint_is_parse_error(finding);
	stk_json_key(w, "location");
	stk_json_begin_object(w);
	if (parse_error)
		stk_json_put_str(w, "path", stk_lint_file(report, finding));
	stk_json_key(w, parse_error ? "positions" : "lines");
	stk_json_begin_object(w);
	if (parse_error) {
		put_place(w, "begin", line, column);
		put_place(w, "end", line, column);
	} else {
		stk_json_put_int(w, "begin", line);
		stk_json_put_int(w, "end", finding->location.end_line > line ? finding->location.end_line : line);
	}
	stk_json_end_object(w);
	if (!parse_error)
		stk_json_put_str(w, "path", stk_lint_file(report, finding));
	stk_json_end_object(w);
}

/* An issue, its keys in the order of their names; the fingerprint is left out when empty. */
static void write_issue(struct stk_json_writer *w, const struct stk_report *report, const struct stk_finding *finding,
			struct stk_str fingerprint)
{
	static const char *const severities[] = { "blocker", "major", "info", "minor" };
	stk_json_begin_object(w);
	stk_json_key(w, "categories");
	stk_json_begin_array(w);
	stk_json_write_str(w, S("Bug Risk"));
	stk_json_end_array(w);
	stk_json_put_str(w, "check_name", finding->id);
	stk_json_put_str(w, "description", stk_finding_message(finding));
	stk_json_put_str_if(w, "fingerprint", fingerprint);
	put_location(w, report, finding);
	stk_json_put_text(w, "severity", severities[stk_lint_level(finding->severity)]);
	stk_json_put_text(w, "type", "issue");
	stk_json_end_object(w);
}

void stk_render_codeclimate(const struct stk_report *report, const struct stk_render_options *options,
			    struct stk_buf *out)
{
	(void)options;
	STK_EACH_LINT(finding, report)
	{
		struct stk_json_writer w = stk_json_writer(out, 0);
		write_issue(&w, report, finding, S(""));
		stk_buf_byte(out, 0);
	}
}

/* SHA-1 names the issue, as Hadolint does; nothing depends on its strength. */
static void hex_sha1(struct stk_str bytes, char out[static 41])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	size_t n = 0;
	(void)EVP_Q_digest(NULL, "SHA1", NULL, bytes.p, bytes.n, digest, &n);
	for (size_t i = 0; i < 20; i++)
		snprintf(out + 2 * i, 3, "%02x", i < n ? digest[i] : 0);
}

void stk_render_gitlab_codeclimate(const struct stk_report *report, const struct stk_render_options *options,
				   struct stk_buf *out)
{
	(void)options;
	struct stk_json_writer w = stk_json_writer(out, 0);
	stk_json_begin_array(&w);
	STK_EACH_LINT(finding, report)
	{
		STK_BUF issue = stk_buf_new(STK_MIB(1));
		struct stk_json_writer inner = stk_json_writer(&issue, 0);
		write_issue(&inner, report, finding, S(""));
		char fingerprint[41];
		hex_sha1(stk_buf_str(&issue), fingerprint);
		write_issue(&w, report, finding, stk_str_from(fingerprint));
	}
	stk_json_end_array(&w);
}
