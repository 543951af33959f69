/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gitleaks' JSON report, so that what reads it works unchanged: the findings about secrets, each under the name that
 * Gitleaks has for the rule where it has one. Values are told as Gitleaks does with --redact.
 */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "text/json.h"
#include "base/banned.h"

/* Rows name themselves first and peers' names behind. */
static struct stk_str rule_name(const struct stk_finding *finding)
{
	return finding->aliases.n ? finding->aliases.v[finding->aliases.n - 1]
				  : stk_str_strip_prefix(finding->id, S("SEC-"));
}

static struct stk_str file_of(const struct stk_location *at)
{
	return at->commit_path.n ? at->commit_path : at->file.n ? at->file : at->path;
}

/* "Ann <ann@corp.internal>" */
static void put_author(struct stk_json_writer *w, struct stk_str author)
{
	struct stk_str rest = author, name = stk_str_trim(stk_str_cut(&rest, '<'));
	stk_json_put_str(w, "Author", name);
	stk_json_put_str(w, "Email", stk_str_strip_suffix(rest, S(">")));
}

static void put_fingerprint(struct stk_json_writer *w, const struct stk_location *at, struct stk_str rule)
{
	STK_BUF text = stk_buf_new(STK_MIB(1));
	if (at->commit.n)
		stk_buf_printf(&text, STK_FMT ":", STK_ARG(at->commit));
	stk_buf_printf(&text, STK_FMT ":" STK_FMT ":%u", STK_ARG(file_of(at)), STK_ARG(rule), at->line);
	stk_json_put_str(w, "Fingerprint", stk_buf_str(&text));
}

static void write_finding(struct stk_json_writer *w, const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	struct stk_str rule = rule_name(finding);
	stk_json_begin_object(w);
	stk_json_put_str(w, "RuleID", rule);
	stk_json_put_str(w, "Description", finding->title);
	stk_json_put_int(w, "StartLine", at->line);
	stk_json_put_int(w, "EndLine", at->end_line);
	stk_json_put_int(w, "StartColumn", at->column);
	/* Of the last character; ours is the one behind it. */
	stk_json_put_int(w, "EndColumn", at->end_column ? at->end_column - 1 : 0);
	stk_json_put_text(w, "Match", "REDACTED");
	stk_json_put_text(w, "Secret", "REDACTED");
	stk_json_put_str(w, "File", file_of(at));
	stk_json_put_text(w, "SymlinkFile", "");
	stk_json_put_str(w, "Commit", at->commit);
	stk_json_put_int(w, "Entropy", 0);
	put_author(w, at->commit_author);
	stk_json_put_str(w, "Date", at->commit_date);
	stk_json_put_str(w, "Message", finding->message);
	stk_json_put_strs(w, "Tags", &(struct stk_strs){ 0 });
	put_fingerprint(w, at, rule);
	stk_json_end_object(w);
}

void stk_render_gitleaks(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	struct stk_json_writer w = stk_json_writer(out, 1);
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (finding->layer == STK_LAYER_SECRETS && (!finding->suppressed || options->show_suppressed))
			write_finding(&w, finding);
	}
	stk_json_end_array(&w);
	stk_buf_byte(out, '\n');
}
