/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 (OASIS): one run, a rule for every id that occurs, results with stable
 * fingerprints and fixes as replacements. Written for GitHub's code scanning, which reads
 * partialFingerprints, security-severity and help, and shows columns as characters.
 */
#include "report/renderers.h"
#include "report/summary.h"

#include "base/limits.h"
#include "base/map.h"
#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

static const char *level_of(enum stk_severity severity)
{
	return severity >= STK_SEV_HIGH ? "error" : severity == STK_SEV_MEDIUM ? "warning" : "note";
}

/* GitHub sorts alerts by this number; the middle of each CVSS band where no score is known. */
static const char *security_severity(enum stk_severity severity)
{
	static const char *const scores[STK_SEV_COUNT] = { "0.0", "0.0", "2.0", "5.5", "8.0", "9.5" };
	return scores[severity];
}

static void put_message(struct stk_json_writer *w, const char *key, struct stk_str text)
{
	stk_json_key(w, key);
	stk_json_begin_object(w);
	/* The schema wants a text that is not empty. */
	stk_json_put_str(w, "text", text.n ? text : S("-"));
	stk_json_end_object(w);
}

static void write_help(struct stk_json_writer *w, const struct stk_finding *finding)
{
	STK_BUF text = stk_buf_new(STK_MIB(1)), markdown = stk_buf_new(STK_MIB(1));
	stk_buf_printf(&text, STK_FMT "\n\n" STK_FMT, STK_ARG(finding->why), STK_ARG(finding->remedy));
	stk_buf_printf(&markdown, "**Why** " STK_FMT "\n\n**What to do** " STK_FMT, STK_ARG(finding->why),
		       STK_ARG(finding->remedy));
	const struct stk_rule *rule = finding->rule;
	if (rule && rule->bad)
		stk_buf_printf(&markdown, "\n\nBad\n```\n%s\n```", rule->bad);
	if (rule && rule->good)
		stk_buf_printf(&markdown, "\n\nGood\n```\n%s\n```", rule->good);
	stk_json_key(w, "help");
	stk_json_begin_object(w);
	stk_json_put_str(w, "text", finding->why.n || finding->remedy.n ? stk_buf_str(&text) : finding->title);
	if (finding->why.n)
		stk_json_put_str(w, "markdown", stk_buf_str(&markdown));
	stk_json_end_object(w);
}

static bool is_first(const struct stk_strs *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (stk_str_eq(list->v[k], list->v[i]))
			return false;
	return true;
}

static void write_rule(struct stk_json_writer *w, const struct stk_finding *finding)
{
	stk_json_begin_object(w);
	stk_json_put_str(w, "id", finding->id);
	put_message(w, "shortDescription", finding->title.n ? finding->title : finding->id);
	if (finding->why.n)
		put_message(w, "fullDescription", finding->why);
	stk_json_put_str_if(w, "helpUri", finding->url);
	write_help(w, finding);
	stk_json_key(w, "defaultConfiguration");
	stk_json_begin_object(w);
	stk_json_put_text(w, "level", level_of(finding->severity));
	stk_json_end_object(w);
	stk_json_key(w, "properties");
	stk_json_begin_object(w);
	stk_json_key(w, "tags");
	stk_json_begin_array(w);
	stk_json_write_str(w, S("security"));
	stk_json_write_str(w, stk_str_from(stk_layer_name(finding->layer)));
	if (finding->vulnerability)
		stk_json_write_str(w, S("vulnerability"));
	for (size_t i = 0; i < finding->aliases.n; i++)
		if (is_first(&finding->aliases, i)) /* the schema wants them unique */
			stk_json_write_str(w, finding->aliases.v[i]);
	stk_json_end_array(w);
	/* precision and security-severity are GitHub's properties (its "SARIF support for code
	   scanning"). */
	stk_json_put_text(w, "precision", "very-high");
	stk_json_put_text(w, "security-severity", security_severity(finding->severity));
	stk_json_end_object(w);
	stk_json_end_object(w);
}

/* An artifact location is a URI reference: everything outside the unreserved set and "/" is escaped. */
static void put_uri(struct stk_json_writer *w, struct stk_str path)
{
	STK_BUF uri = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		if (stk_is_alnum(c) || c == '/' || c == '.' || c == '-' || c == '_' || c == '~' || c == '@' || c == '+')
			stk_buf_byte(&uri, c);
		else
			stk_buf_printf(&uri, "%%%02X", (unsigned char)c);
	}
	stk_json_key(w, "artifactLocation");
	stk_json_begin_object(w);
	stk_json_put_str(w, "uri", stk_buf_str(&uri));
	stk_json_end_object(w);
}

/* SARIF counts lines from 1: a finding without one is shown at the first. */
static void write_region(struct stk_json_writer *w, const struct stk_target *target, const struct stk_location *at)
{
	stk_json_key(w, "region");
	stk_json_begin_object(w);
	stk_json_put_int(w, "startLine", at->line ? at->line : 1);
	/* Columns are bytes here and characters in SARIF. */
	if (at->column)
		stk_json_put_int(w, "startColumn", stk_target_character(target, at->line, at->column));
	/* An empty region is left out rather than written with an end before its start. */
	if (at->end_line >= at->line && at->end_line && (at->end_line > at->line || at->end_column > at->column)) {
		stk_json_put_int(w, "endLine", at->end_line);
		if (at->end_column)
			stk_json_put_int(w, "endColumn", stk_target_character(target, at->end_line, at->end_column));
	}
	stk_json_end_object(w);
}

static void write_location(struct stk_json_writer *w, const struct stk_report *report,
			   const struct stk_finding *finding)
{
	const struct stk_target *target = &report->targets.v[finding->target];
	const struct stk_location *at = &finding->location;
	struct stk_str path = at->file.n ? at->file : at->path.n ? at->path : target->name;
	STK_BUF place = stk_buf_new(STK_MIB(1));
	stk_finding_place(&place, report, finding);
	stk_json_key(w, "locations");
	stk_json_begin_array(w);
	stk_json_begin_object(w);
	stk_json_key(w, "physicalLocation");
	stk_json_begin_object(w);
	/* Relative, as GitHub matches them with the files of a repository. */
	put_uri(w, path.n ? stk_str_strip_prefix(stk_str_strip_prefix(path, S("./")), S("/")) : S("target"));
	write_region(w, target, at);
	stk_json_end_object(w);
	put_message(w, "message", stk_buf_str(&place));
	stk_json_end_object(w);
	stk_json_end_array(w);
}

static void write_fix(struct stk_json_writer *w, const struct stk_finding *finding)
{
	const struct stk_fix *fix = finding->fix;
	if (!fix || !fix->edits.n)
		return;
	stk_json_key(w, "fixes");
	stk_json_begin_array(w);
	stk_json_begin_object(w);
	put_message(w, "description", fix->description);
	stk_json_key(w, "artifactChanges");
	stk_json_begin_array(w);
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		stk_json_begin_object(w);
		put_uri(w, edit->file);
		stk_json_key(w, "replacements");
		stk_json_begin_array(w);
		stk_json_begin_object(w);
		stk_json_key(w, "deletedRegion");
		stk_json_begin_object(w);
		stk_json_put_int(w, "byteOffset", (int64_t)edit->begin);
		stk_json_put_int(w, "byteLength", (int64_t)(edit->end - edit->begin));
		stk_json_end_object(w);
		put_message(w, "insertedContent", edit->text);
		stk_json_end_object(w);
		stk_json_end_array(w);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
	stk_json_end_object(w);
	stk_json_end_array(w);
}

static void write_result(struct stk_json_writer *w, const struct stk_report *report, const struct stk_finding *finding,
			 int64_t rule_index)
{
	char fingerprint[33];
	STK_BUF text = stk_buf_new(STK_MIB(1));
	stk_finding_fingerprint(report, finding, fingerprint);
	stk_buf_add(&text, finding->message.n ? finding->message : finding->title);
	if (finding->vulnerability) {
		const struct stk_vulnerability *v = finding->vulnerability;
		stk_buf_printf(&text, " (" STK_FMT " " STK_FMT, STK_ARG(v->package->name),
			       STK_ARG(v->package->version));
		if (v->fixed_version.n)
			stk_buf_printf(&text, ", fixed in " STK_FMT, STK_ARG(v->fixed_version));
		stk_buf_byte(&text, ')');
	}
	stk_json_begin_object(w);
	stk_json_put_str(w, "ruleId", finding->id);
	stk_json_put_int(w, "ruleIndex", rule_index);
	stk_json_put_text(w, "level", level_of(finding->severity));
	put_message(w, "message", stk_buf_str(&text));
	write_location(w, report, finding);
	stk_json_key(w, "partialFingerprints");
	stk_json_begin_object(w);
	stk_json_put_text(w, "strake/v1", fingerprint);
	stk_json_end_object(w);
	write_fix(w, finding);
	if (finding->suppressed) {
		stk_json_key(w, "suppressions");
		stk_json_begin_array(w);
		stk_json_begin_object(w);
		stk_json_put_text(w, "kind", "external");
		stk_json_put_str(w, "justification",
				 finding->suppressed->reason.n ? finding->suppressed->reason : finding->suppressed->by);
		stk_json_end_object(w);
		stk_json_end_array(w);
	}
	stk_json_end_object(w);
}

static bool shown(const struct stk_finding *finding, const struct stk_render_options *options)
{
	return !finding->suppressed || options->show_suppressed;
}

static void write_rules(struct stk_json_writer *w, const struct stk_report *report,
			const struct stk_render_options *options, struct stk_map *numbers)
{
	stk_json_key(w, "rules");
	stk_json_begin_array(w);
	for (size_t i = 0; i < report->findings.n; i++)
		/* A rule's index is its place in this list: its number in the map, less one. */
		if (shown(&report->findings.v[i], options) &&
		    stk_map_add(numbers, report->arena, report->findings.v[i].id)) {
			*stk_map_at(numbers, report->arena, report->findings.v[i].id) = (void *)(uintptr_t)numbers->n;
			write_rule(w, &report->findings.v[i]);
		}
	stk_json_end_array(w);
}

/* A run with gaps says so, and that it did not succeed. */
static void write_invocation(struct stk_json_writer *w, const struct stk_report *report)
{
	stk_json_key(w, "invocations");
	stk_json_begin_array(w);
	stk_json_begin_object(w);
	stk_json_put_bool(w, "executionSuccessful", report->incomplete.n == 0);
	if (report->incomplete.n) {
		stk_json_key(w, "toolExecutionNotifications");
		stk_json_begin_array(w);
		for (size_t i = 0; i < report->incomplete.n; i++) {
			STK_BUF text = stk_buf_new(STK_MIB(1));
			stk_buf_printf(&text, STK_FMT ": " STK_FMT, STK_ARG(report->incomplete.v[i].what),
				       STK_ARG(report->incomplete.v[i].why));
			stk_json_begin_object(w);
			stk_json_put_text(w, "level", "error");
			put_message(w, "message", stk_buf_str(&text));
			stk_json_end_object(w);
		}
		stk_json_end_array(w);
	}
	stk_json_end_object(w);
	stk_json_end_array(w);
}

void stk_render_sarif(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	struct stk_json_writer w = stk_json_writer(out, 2);
	struct stk_map numbers = { 0 };
	stk_json_begin_object(&w);
	stk_json_put_text(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	stk_json_put_text(&w, "version", "2.1.0");
	stk_json_key(&w, "runs");
	stk_json_begin_array(&w);
	stk_json_begin_object(&w);
	stk_json_key(&w, "tool");
	stk_json_begin_object(&w);
	stk_json_key(&w, "driver");
	stk_json_begin_object(&w);
	stk_json_put_text(&w, "name", "strake");
	stk_json_put_text(&w, "semanticVersion", STK_VERSION);
	write_rules(&w, report, options, &numbers);
	stk_json_end_object(&w);
	stk_json_end_object(&w);
	write_invocation(&w, report);
	stk_json_put_text(&w, "columnKind", "unicodeCodePoints");
	stk_json_key(&w, "results");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (shown(finding, options))
			write_result(&w, report, finding, (int64_t)(uintptr_t)stk_map_get(&numbers, finding->id) - 1);
	}
	stk_json_end_array(&w);
	stk_json_end_object(&w);
	stk_json_end_array(&w);
	stk_json_end_object(&w);
	stk_buf_byte(out, '\n');
}
