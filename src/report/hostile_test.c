/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every renderer on reports that are empty, that have each severity, and whose texts mean something to the format: JSON
 * parses, XML is well formed, tables keep their columns, no line of a CI system begins where nobody wrote one, and
 * nothing drives a terminal.
 */
#include "base/limits.h"
#include "report/format.h"
#include "report/read.h"
#include "test.h"
#include "text/json.h"
#include "text/utf8.h"

static const struct stk_render_options options = { .width = 100, .show_suppressed = true, .details = true };

static struct stk_str rendered(struct stk_arena *arena, const struct stk_format *format,
			       const struct stk_report *report)
{
	STK_BUF out = stk_buf_new(STK_MIB(16));
	format->render(report, &options, &out);
	assert_false(out.overflow);
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* A report in which one text stands wherever a text can come from a file, an image or a database. */
static struct stk_report hostile(struct stk_arena *arena, struct stk_str text)
{
	struct stk_report report = stk_report_new(arena);
	size_t target = stk_report_target(&report, text, "dockerfile");
	report.targets.v[target].text = stk_arena_join(arena, text, S("\nsecond\n"));
	struct stk_finding *finding = stk_report_add_bare(&report, text, target);
	finding->severity = STK_SEV_HIGH;
	finding->title = finding->message = finding->why = finding->remedy = finding->url = text;
	*STK_PUSH(arena, &finding->aliases) = text;
	finding->location = (struct stk_location){ .file = text,
						   .line = 1,
						   .column = 1,
						   .end_line = 1,
						   .end_column = 2,
						   .service = text,
						   .instruction = text };
	stk_finding_evidence(&report, finding, STK_FMT, STK_ARG(text));
	size_t image = stk_report_target(&report, text, "image");
	struct stk_package *package = STK_NEW(arena, struct stk_package, 1);
	*package = (struct stk_package){
		.name = text, .version = text, .ecosystem = text, .purl = text, .path = text, .target = image
	};
	*STK_PUSH(arena, &report.packages) = package;
	finding = stk_report_add_bare(&report, text, image);
	finding->severity = STK_SEV_LOW;
	finding->title = text;
	finding->location = (struct stk_location){ .path = text, .layer = text, .layer_index = 1 };
	finding->vulnerability = STK_NEW(arena, struct stk_vulnerability, 1);
	*finding->vulnerability = (struct stk_vulnerability){
		.package = package, .fixed_version = text, .description = text, .status = text
	};
	finding->suppressed = STK_NEW(arena, struct stk_suppression, 1);
	*finding->suppressed = (struct stk_suppression){ text, text, S("2027-01-31") };
	stk_report_gap(&report, image, text, text);
	*STK_PUSH(arena, &report.notices) = text;
	*STK_PUSH(arena, &report.paths) = text;
	*STK_PUSH(arena, &report.checklist) =
		(struct stk_item){ .id = text, .text = text, .state = STK_ITEM_NOT_MET, .reason = text };
	return report;
}

static const struct stk_str texts[] = {
	S("plain"),
	S("\x1b[31mred\x1b]0;title\x07"),
	S("a\0b\x01\x7f"),
	S("\xff\xfe\x80 \xc3"),
	S("\xe2\x80\xae"
	  "evil\xe2\x80\xa6"),
	S("]]><x a=\"b\"/>"),
	S("</script><script>alert(1)</script>"),
	S("</style><img src=x onerror=alert(1)>"),
	S("a|b\\|c\\"),
	S("\"quoted\" 'single' `tick`"),
	S("::error::x\n::warning file=y::z\r\n##[error]q"),
	S("=1+1"),
	S("@SUM(A1)\t,\"x"),
	S("javascript:alert(1)"),
	S("https://example.com/\"><b>"),
	S("%s%n%0A%25"),
	S("&amp;&#x41;"),
	S("line one\nline two\r\n\r"),
	S(""),
};

static bool is(const struct stk_format *format, const char *names)
{
	for (struct stk_str rest = stk_str_from(names); rest.n;)
		if (stk_str_is(stk_str_cut(&rest, ' '), format->name))
			return true;
	return false;
}

/* ---- what each family of formats promises ---- */

static const char *check_json(struct stk_arena *arena, struct stk_str text)
{
	struct stk_err err;
	struct stk_json *root;
	return stk_json_parse(arena, text, &root, &err) < 0 ? "is no JSON" : NULL;
}

/* Objects, each followed by a NUL byte. */
static const char *check_objects(struct stk_arena *arena, struct stk_str text)
{
	while (text.n) {
		const char *wrong = check_json(arena, stk_str_cut(&text, '\0'));
		if (wrong)
			return wrong;
	}
	return NULL;
}

static bool is_entity(struct stk_str s)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#39;", "&#xA;", "&#10;" };
	for (size_t i = 0; i < STK_LEN(known); i++)
		if (stk_str_starts(s, stk_str_from(known[i])))
			return true;
	return false;
}

/* Tags nest, attributes are quoted, "<" and "&" stand nowhere else, and the document has one root. */
static const char *check_xml(struct stk_str s)
{
	struct stk_str stack[32];
	size_t depth = 0, roots = 0;
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '&' && !is_entity(stk_str_slice(s, i, s.n)))
			return "has a bare &";
		if (s.p[i] != '<') {
			if (!depth && !stk_is_space(s.p[i]))
				return "has text outside the root";
			i++;
			continue;
		}
		size_t end = i + 1;
		for (char quote = 0; end < s.n && (quote || s.p[end] != '>'); end++) {
			if (quote && s.p[end] == '<')
				return "has < in an attribute";
			if (s.p[end] == '"' || s.p[end] == '\'')
				quote = !quote ? s.p[end] : quote == s.p[end] ? 0 : quote;
		}
		if (end >= s.n)
			return "ends inside a tag";
		struct stk_str tag = stk_str_slice(s, i + 1, end), name = tag;
		name = stk_str_cut_word(&name);
		if (tag.p[0] == '/') {
			if (!depth || !stk_str_eq(stack[--depth], stk_str_slice(tag, 1, tag.n)))
				return "has tags that do not nest";
		} else if (tag.p[0] != '?' && !stk_str_ends(tag, S("/"))) {
			roots += !depth;
			if (depth == STK_LEN(stack))
				return "nests too deep";
			stack[depth++] = name;
		}
		i = end + 1;
	}
	return depth || roots != 1 ? "has no single root" : NULL;
}

/* RFC 4180: every row has eleven fields, all quoted; no field begins a formula. */
static const char *check_csv(struct stk_str s)
{
	stk_str_cut_line(&s); /* the heading is not quoted */
	while (s.n) {
		size_t fields = 0, i = 0;
		for (;; fields++) {
			if (s.p[i] != '"')
				return "has a field without quotes";
			if (i + 1 < s.n && stk_str_find_byte(S("=+-@\t\r"), s.p[i + 1]) != SIZE_MAX)
				return "has a formula";
			for (i++; i < s.n && (s.p[i] != '"' || (i + 1 < s.n && s.p[i + 1] == '"')); i++)
				i += s.p[i] == '"';
			if (i >= s.n)
				return "has an open quote";
			if (s.p[++i] != ',')
				break;
			i++;
		}
		if (fields + 1 != 11 || !stk_str_starts(stk_str_slice(s, i, s.n), S("\r\n")))
			return "has a row of another length";
		s = stk_str_slice(s, i + 2, s.n);
	}
	return NULL;
}

/* Lines that a runner takes for commands are ours; carriage returns would hide some. */
static const char *check_github(struct stk_str s)
{
	while (s.n) {
		struct stk_str line = stk_str_cut_line(&s);
		if (!stk_str_starts(line, S("::error ")) && !stk_str_starts(line, S("::warning ")) &&
		    !stk_str_starts(line, S("::notice ")))
			return "has a line that is no annotation";
		if (stk_str_find_byte(line, '\r') != SIZE_MAX)
			return "has a carriage return";
	}
	return NULL;
}

/* Rows of a table have as many cells as the heading. */
static const char *check_markdown(struct stk_str s)
{
	for (size_t want = 0; s.n;) {
		struct stk_str line = stk_str_cut_line(&s);
		size_t pipes = 0;
		for (size_t i = 0; i < line.n; i++) {
			pipes += line.p[i] == '|';
			i += line.p[i] == '\\'; /* and what it defuses */
		}
		if (!stk_str_starts(line, S("|")))
			want = 0;
		else if (want && pipes != want)
			return "has a row of another length";
		else
			want = pipes;
	}
	return NULL;
}

static const char *check_html(struct stk_str s)
{
	size_t scripts = 0;
	for (size_t at; (at = stk_str_find(s, S("<script"))) != SIZE_MAX; scripts++)
		s = stk_str_slice(s, at + 7, s.n);
	return scripts != 1					     ? "has another script"
	       : stk_str_contains(s, S("<img src=x"))		     ? "has an element of the text's"
	       : stk_str_contains_nocase(s, S("href=\"javascript:")) ? "has a link that runs"
								     : NULL;
}

/* Control characters other than line ends and tabs. */
static const char *check_bytes(const struct stk_format *format, struct stk_str s)
{
	if (!stk_utf8_valid(s) && !is(format, "github"))
		return "is no UTF-8";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool end =
			c == '\n' || c == '\t' || (c == '\r' && is(format, "csv")) || (!c && is(format, "codeclimate"));
		if ((c < 0x20 || c == 0x7f) && !end && !is(format, "github"))
			return "has a control character";
	}
	return NULL;
}

static const char *check(struct stk_arena *arena, const struct stk_format *format, struct stk_str s)
{
	const char *wrong = check_bytes(format, s);
	if (!wrong &&
	    is(format,
	       "json sarif trivy gitlab-container-scanning gitlab_codeclimate hadolint hadolint-sarif sonarqube"))
		wrong = check_json(arena, s);
	if (!wrong && is(format, "codeclimate"))
		wrong = check_objects(arena, s);
	if (!wrong && is(format, "checkstyle junit"))
		wrong = check_xml(s);
	if (!wrong && is(format, "csv"))
		wrong = check_csv(s);
	if (!wrong && is(format, "github"))
		wrong = check_github(s);
	if (!wrong && is(format, "markdown"))
		wrong = check_markdown(s);
	return !wrong && is(format, "html") ? check_html(s) : wrong;
}

CASE(texts_that_mean_something_to_a_format)
{
	size_t bad = 0;
	for (size_t i = 0; i < stk_n_formats; i++)
		for (size_t k = 0; k < STK_LEN(texts); k++) {
			STK_ARENA arena = { 0 };
			struct stk_report report = hostile(&arena, texts[k]);
			const char *wrong = check(&arena, &stk_formats[i], rendered(&arena, &stk_formats[i], &report));
			if (wrong)
				print_error("%s %s with text %zu: " STK_FMT "\n", stk_formats[i].name, wrong, k,
					    STK_ARG(texts[k]));
			bad += wrong != NULL;
		}
	assert_int_equal(bad, 0);
}

CASE(empty_reports_and_every_severity)
{
	for (size_t i = 0; i < stk_n_formats; i++)
		for (int severity = -2; severity < STK_SEV_COUNT; severity++) {
			STK_ARENA arena = { 0 };
			struct stk_report report = stk_report_new(&arena);
			if (severity > -2)
				stk_report_target(&report, S("Dockerfile"), "dockerfile");
			if (severity >= 0) {
				struct stk_finding *finding = stk_report_add_bare(&report, S("X1"), 0);
				finding->severity = (enum stk_severity)severity;
				finding->title = S("a title");
				finding->location = (struct stk_location){ .file = S("Dockerfile"), .line = 3 };
			}
			struct stk_str text = rendered(&arena, &stk_formats[i], &report);
			const char *wrong = text.n ? check(&arena, &stk_formats[i], text) : NULL;
			if (wrong)
				fail_msg("%s %s, severity %d", stk_formats[i].name, wrong, severity);
			/* Two formats are about one kind of finding, which this is not. */
			if (severity >= 0 && !is(&stk_formats[i], "gitlab-container-scanning") &&
			    !is(&stk_formats[i], "gitleaks") && !stk_str_contains(text, S("X1")))
				fail_msg("%s leaves a finding of severity %d out", stk_formats[i].name, severity);
		}
}

CASE(a_fingerprint_is_taken_over_when_it_is_one)
{
	static const struct {
		const char *text;
		bool kept;
	} t[] = {
		{ "0123456789abcdef0123456789abcdef", true },
		{ "\\\"><script>alert(1)</script>aaaaaa", false },
		{ "0123456789abcdef0123456789abcde", false },
		{ "", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_json *root;
		struct stk_report report = stk_report_new(&arena);
		struct stk_str text =
			stk_arena_printf(&arena,
					 "{\"schema\": \"strake/1\", \"targets\": [{}], \"findings\": [{\"id\": \"X\", "
					 "\"severity\": \"low\", \"layer\": \"build\", \"fingerprint\": \"%s\"}]}",
					 t[i].text);
		assert_int_equal(stk_json_parse(&arena, text, &root, &err), 0);
		assert_int_equal(stk_report_read(&report, root, &err), 0);
		assert_str(report.findings.v[0].fingerprint, t[i].kept ? t[i].text : "");
	}
}

/* What is written, read and written again is the same; texts that are no UTF-8 are made so once. */
CASE(json_is_read_as_it_was_written)
{
	const struct stk_format *json = stk_format_find(S("json"));
	for (size_t k = 0; k < STK_LEN(texts); k++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_json *root;
		struct stk_report report = hostile(&arena, texts[k]), again = stk_report_new(&arena);
		struct stk_str once = rendered(&arena, json, &report);
		assert_int_equal(stk_json_parse(&arena, once, &root, &err), 0);
		if (stk_report_read(&again, root, &err) < 0)
			fail_msg("text %zu: %s", k, err.msg);
		struct stk_str twice = rendered(&arena, json, &again);
		for (struct stk_str a = once, b = twice; a.n || b.n;) {
			struct stk_str was = stk_str_cut_line(&a), is_now = stk_str_cut_line(&b);
			if (!stk_str_eq(was, is_now))
				fail_msg("text %zu: " STK_FMT " became " STK_FMT, k, STK_ARG(was), STK_ARG(is_now));
		}
	}
}
