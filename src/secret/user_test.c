/* SPDX-License-Identifier: Apache-2.0 */
/* The user's side: Gitleaks configurations, allow lists, baselines and ignore files; what masks a text. */
#include "secret/user.h"

#include "secret/baseline.h"
#include "secret/mask.h"
#include "secret/scan_test.h"
#include "test.h"

/* What is found in "token: corp_1234abcd" at src/app.txt under a configuration. */
static void check(const char *toml, const char *path, const char *text, const char *want)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct test_secrets s;
	struct stk_secret_rules rules = { 0 };
	if (stk_secret_rules_read_gitleaks(&arena, stk_str_from(toml), S("gitleaks.toml"), &rules, &err) < 0)
		fail_msg("%s\n%s", toml, err.msg);
	struct stk_secret_options options = { .least = STK_CONFIDENCE_LOW, .user = &rules };
	test_secrets_open(&s, &options);
	test_secrets_scan(&s, path, stk_str_from(text));
	struct stk_str found = test_secrets_found(&s);
	if (!stk_str_is(found, want))
		fail_msg("%s\n%s gives " STK_FMT ", not %s", toml, text, STK_ARG(found), want);
	test_secrets_close(&s);
	stk_secret_rules_free(&rules);
}

#define RULE "[[rules]]\nid = \"corp\"\nregex = '''corp_[0-9a-z]{8}'''\nkeywords = [\"corp_\"]\n"

CASE(gitleaks_rules_and_allow_lists)
{
	static const struct {
		const char *toml, *path, *text, *want;
	} t[] = {
		{ RULE, "a.txt", "x\ncorp_12z4abqd\n", "corp@a.txt:2" },
		{ RULE, "a.txt", "corp_12\n", "" },
		{ RULE "path = '''\\.conf$'''\n", "a.txt", "corp_12z4abqd\n", "" },
		{ RULE "path = '''\\.conf$'''\n", "a.conf", "corp_12z4abqd\n", "corp@a.conf:1" },
		{ RULE "entropy = 3.9\n", "a.txt", "corp_11111111\n", "" },
		{ "[[rules]]\nid = \"g\"\nregex = '''name=(\\w+);id=(\\w{6})'''\nsecretGroup = 2\n", "a.txt",
		  "name=zzz;id=q1w2z3\n", "g@a.txt:1" },
		{ "[[rules]]\nid = \"file\"\npath = '''secret\\.bin$'''\n", "x/secret.bin", "anything\n",
		  "file@x/secret.bin:0" },
		/* Allow lists of a rule */
		{ RULE "[[rules.allowlists]]\nregexes = ['''12z4''']\n", "a.txt", "corp_12z4abqd\n", "" },
		{ RULE "[[rules.allowlists]]\nstopwords = [\"ABQD\"]\n", "a.txt", "corp_12z4abqd\n", "" },
		{ RULE "[[rules.allowlists]]\npaths = ['''^docs/''']\n", "docs/a.txt", "corp_12z4abqd\n", "" },
		{ RULE "[[rules.allowlists]]\npaths = ['''^docs/''']\n", "src/a.txt", "corp_12z4abqd\n",
		  "corp@src/a.txt:1" },
		{ RULE "[[rules.allowlists]]\ncondition = \"AND\"\npaths = ['''^docs/''']\nregexes = ['''nothing''']\n",
		  "docs/a.txt", "corp_12z4abqd\n", "corp@docs/a.txt:1" },
		{ RULE "[[rules.allowlists]]\nregexTarget = \"line\"\nregexes = ['''# test$''']\n", "a.txt",
		  "corp_12z4abqd # test\n", "" },
		/* Global ones */
		{ RULE "[[allowlists]]\nregexes = ['''12z4''']\n", "a.txt", "corp_12z4abqd\n", "" },
		{ RULE "[[allowlists]]\ntargetRules = [\"other\"]\nregexes = ['''12z4''']\n", "a.txt",
		  "corp_12z4abqd\n", "corp@a.txt:1" },
		{ RULE "[allowlist]\npaths = ['''a\\.txt''']\n", "a.txt", "corp_12z4abqd\n", "" },
		/* The catalogue */
		{ "[extend]\nuseDefault = true\ndisabledRules = [\"aws-access-key-id\"]\n", "a.txt",
		  "AKIACG5HK5RKI5PCIN"
		  "EK\n",
		  "" },
		{ "[extend]\nuseDefault = true\n[[rules]]\nid = \"aws-access-key-id\"\n[[rules.allowlists]]\nregexes = "
		  "['''CG5H''']\n",
		  "a.txt",
		  "AKIACG5HK5RKI5PCIN"
		  "EK\n",
		  "" }, /* a known rule with no more than an allow list */
		{ "[extend]\nuseDefault = true\n", "a.txt",
		  "AKIACG5HK5RKI5PCIN"
		  "EK\n",
		  "aws-access-key-id@a.txt:1" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check(t[i].toml, t[i].path, t[i].text, t[i].want);
}

CASE(gitleaks_mistakes_name_file_and_rule)
{
	static const struct {
		const char *toml, *message;
	} t[] = {
		{ "[[rules]]\nregex = '''x'''\n", "a secret rule needs an id" },
		{ RULE "secretGroup = 99\n", "from 0 to 15" },
		{ RULE "[[rules.allowlists]]\nregexes = ['''(''']\n", "regular expression" },
		{ "[[rules]\n", "line 1" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_secret_rules rules = { 0 };
		if (stk_secret_rules_read_gitleaks(&arena, stk_str_from(t[i].toml), S("gitleaks.toml"), &rules, &err) ==
		    0)
			fail_msg("taken: %s", t[i].toml);
		if (!stk_str_contains(stk_str_from(err.msg), stk_str_from(t[i].message)) ||
		    !stk_str_starts(stk_str_from(err.msg), S("gitleaks.toml")))
			fail_msg("%s: %s", t[i].toml, err.msg);
		stk_secret_rules_free(&rules);
	}
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_secret_rules rules = { 0 };
	struct stk_secret_engine *engine;
	assert_int_equal(stk_secret_rules_read_gitleaks(&arena, S("[[rules]]\nid = \"bad\"\nregex = '''a(b'''\n"),
							S("f"), &rules, &err),
			 0);
	struct stk_secret_options options = { .user = &rules };
	assert_int_equal(stk_secret_engine_new(&options, &engine, &err), -1);
	assert_int_equal(err.code, STK_EUSAGE);
	assert_true(stk_str_contains(stk_str_from(err.msg), S("bad")));
	stk_secret_rules_free(&rules);
}

/* The same under a secret configuration of Trivy's. */
static void check_trivy(const char *yaml, const char *path, const char *text, const char *want)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct test_secrets s;
	struct stk_secret_rules rules = { 0 };
	if (stk_secret_rules_read_trivy(&arena, stk_str_from(yaml), S("trivy-secret.yaml"), &rules, &err) < 0)
		fail_msg("%s\n%s", yaml, err.msg);
	struct stk_secret_options options = { .least = STK_CONFIDENCE_LOW, .user = &rules };
	test_secrets_open(&s, &options);
	test_secrets_scan(&s, path, stk_str_from(text));
	struct stk_str found = test_secrets_found(&s);
	if (!stk_str_is(found, want))
		fail_msg("%s\n%s gives " STK_FMT ", not %s", yaml, text, STK_ARG(found), want);
	test_secrets_close(&s);
	stk_secret_rules_free(&rules);
}

#define TRIVY_RULE                                                                                                     \
	"rules:\n- id: corp\n  category: general\n  title: Corp\n  severity: HIGH\n  keywords: [corp_]\n"              \
	"  regex: (?P<key>token)=(?P<secret>corp_[0-9a-z]{8})\n  secret-group-name: secret\n"
#define AWS_LINE                                                                                                       \
	"AKIACG5HK5RKI5PCIN"                                                                                           \
	"EK\n"

CASE(trivy_rules_and_allow_rules)
{
	static const char line[] = "token=corp_12z4abqd\n";
	static const struct {
		const char *yaml, *path, *text, *want;
	} t[] = {
		{ "", "a.txt", AWS_LINE, "aws-access-key-id@a.txt:1" },
		{ TRIVY_RULE, "a.txt", line, "corp@a.txt:1" },
		{ TRIVY_RULE "  path: .*\\.sh\n", "a.txt", line, "" },
		{ TRIVY_RULE "  path: .*\\.sh\n", "a.sh", line, "corp@a.sh:1" },
		{ TRIVY_RULE "  allow-rules: [{id: a, path: ^docs/}]\n", "docs/a", line, "" },
		{ TRIVY_RULE "  allow-rules: [{id: a, path: ^docs/}]\n", "src/a", line, "corp@src/a:1" },
		{ TRIVY_RULE "  allow-rules: [{id: a, regex: ^token=.*qd$}]\n", "a", line, "" }, /* the whole match */
		{ TRIVY_RULE "  allow-rules: [{id: a, path: ^docs/, regex: 12z4}]\n", "a", line, "" },
		{ TRIVY_RULE "allow-rules: [{id: a, regex: ^token=.*qd$}]\n", "a", line, "" },
		{ TRIVY_RULE "allow-rules: [{id: a, path: a}]\n", "a", line, "" },
		{ TRIVY_RULE "allow-rules: [{id: a, path: a}]\ndisable-allow-rules: [a]\n", "a", line, "corp@a:1" },
		{ TRIVY_RULE "disable-rules: [corp]\n", "a", line, "" },
		{ "disable-rules: [aws-access-key-id]\n", "a", AWS_LINE, "" },
		{ "enable-builtin-rules: [aws-access-key-id]\n", "a", AWS_LINE, "aws-access-key-id@a:1" },
		{ "enable-builtin-rules: [github-pat]\n", "a", AWS_LINE, "" },
		{ TRIVY_RULE "enable-builtin-rules: [github-pat]\n", "a", line, "corp@a:1" },
		{ TRIVY_RULE "exclude-block:\n  regexes: ['(?s)BEGIN.*?END']\n", "a",
		  "BEGIN\ntoken=corp_12z4abqd\nEND\ntoken=corp_99z4abqd\n", "corp@a:4" },
		{ TRIVY_RULE "  exclude-block:\n    regexes: ['(?s)BEGIN.*?END']\n", "a",
		  "BEGIN\ntoken=corp_12z4abqd\nEND\n", "" },
		{ TRIVY_RULE "a-key-of-tomorrow: 1\n", "a", line, "corp@a:1" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check_trivy(t[i].yaml, t[i].path, t[i].text, t[i].want);
}

CASE(trivy_mistakes_name_the_file)
{
	static const struct {
		const char *yaml, *message;
	} t[] = {
		{ "- a\n", "a mapping is wanted" },
		{ "rules: [\n", "trivy-secret.yaml" },
		{ "rules:\n- {regex: x}\n", "needs an id" },
		{ "rules:\n- {id: a, regex: '(?P<x>y)', secret-group-name: z}\n",
		  "no group of the regex is called \"z\"" },
		{ "rules:\n- {id: a, regex: '(', secret-group-name: z}\n", "regular expression" },
		{ "allow-rules:\n- {id: a, regex: '('}\n", "regular expression" },
		{ "exclude-block: {regexes: ['(']}\n", "regular expression" },
		{ "rules:\n- {id: a, regex: x, severity: dire}\n", "no severity" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err = { 0 };
		struct stk_secret_rules rules = { 0 };
		if (stk_secret_rules_read_trivy(&arena, stk_str_from(t[i].yaml), S("trivy-secret.yaml"), &rules,
						&err) == 0)
			fail_msg("taken: %s", t[i].yaml);
		if (!stk_str_contains(stk_str_from(err.msg), stk_str_from(t[i].message)) ||
		    !stk_str_starts(stk_str_from(err.msg), S("trivy-secret.yaml")) || err.code != STK_EUSAGE)
			fail_msg("%s: %s", t[i].yaml, err.msg);
		stk_secret_rules_free(&rules);
	}
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_secret_rules rules = { 0 };
	stk_secret_rules_read_trivy(&arena, S("enable-builtin-rules: [github-pat, nobody]\n"), S("t"), &rules, &err);
	assert_int_equal(rules.notices.n, 1);
	assert_str(rules.notices.v[0], "t: enable-builtin-rules: no rule is called \"nobody\"");
	stk_secret_rules_free(&rules);
}

static int read_yaml(struct stk_arena *arena, const char *text, struct stk_secret_rules *rules, struct stk_err *err)
{
	struct stk_yaml_documents documents = { 0 };
	if (stk_yaml_parse(arena, stk_str_from(text), &documents, err) < 0)
		fail_msg("%s", err->msg);
	return stk_secret_rules_read_yaml(arena, documents.v[0], S("s.yaml"), rules, err);
}

CASE(own_rules_in_yaml)
{
	static const struct {
		const char *yaml, *message;
	} t[] = {
		{ "rules:\n- {id: corp, regex: 'corp_[0-9]{4}', severity: high, confidence: low, keywords: [corp_]}\n",
		  NULL },
		{ "allow:\n- {paths: ['^docs/'], rules: [corp]}\ndisable: [github-pat]\n", NULL },
		{ "rules:\n- {id: corp}\n", "needs a regex or a path" },
		{ "rules:\n- {id: corp, regex: x, severity: dire}\n", "\"dire\" is no severity" },
		{ "rules:\n- {id: corp, regex: x, confidence: sure}\n", "confidence is low, medium or high" },
		{ "rules:\n- {regex: x}\n", "needs an id" },
		{ "allow:\n- {regexes: ['(']}\n", "regular expression" },
		{ "allow:\n- {commits: 0123456789abcdef0123456789abcdef01234567}\n", NULL },
		{ "allow:\n- {commits: [0123456]}\n", "a commit is 40 hexadecimal digits" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err = { 0 };
		struct stk_secret_rules rules = { 0 };
		int status = read_yaml(&arena, t[i].yaml, &rules, &err);
		if ((status == 0) != !t[i].message ||
		    (t[i].message && !stk_str_contains(stk_str_from(err.msg), stk_str_from(t[i].message))))
			fail_msg("%s: %d %s", t[i].yaml, status, err.msg);
		if (t[i].message)
			assert_true(stk_str_starts(stk_str_from(err.msg), S("s.yaml:")));
		stk_secret_rules_free(&rules);
	}
}

/* ---- what is known already ---- */

static struct stk_report two_findings(struct test_secrets *s)
{
	struct stk_report report = stk_report_new(&s->arena);
	size_t target = stk_report_target(&report, S("."), "directory");
	test_secrets_scan(s, "a.txt",
			  stk_arena_printf(&s->arena, "\n%s%s\n%s%s\n", TEST_AWS,
					   "gl"
					   "pat",
					   "-8dQuBJpRT-4bisprlRdA"));
	for (size_t i = 0; i < s->scan->found.n; i++)
		stk_secret_report(&report, target, &s->scan->found.v[i])->location.file = S("a.txt");
	assert_int_equal(report.findings.n, 2);
	return report;
}

static void expect_known(struct stk_report *report, const struct stk_secret_baseline *baseline, const char *want)
{
	char got[3] = "--";
	stk_secret_baseline_apply(baseline, report);
	for (size_t i = 0; i < 2; i++)
		if (report->findings.v[i].suppressed)
			got[i] = '+';
	assert_string_equal(got, want);
}

CASE(ignore_files_and_baselines)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_report first = two_findings(&s);
	struct stk_str print = first.findings.v[1].fingerprint;
	static const char commit[] = "0123456789abcdef0123456789abcdef01234567";
	const struct {
		struct stk_str ignore;
		const char *want;
	} t[] = {
		{ S("# nothing\n\n"), "--" },
		{ S("a.txt:aws-access-key-id:2\n"), "+-" },
		{ S("a.txt:aws-access-key-id:3\n"), "--" },
		{ S("b.txt:aws-access-key-id:2\n"), "--" },
		{ S("  a.txt:SEC-aws-access-key-id:2  \r\n"), "+-" },
		{ stk_arena_printf(&s.arena, "%s:a.txt:gitlab-pat:3\n", commit), "-+" },
		{ stk_arena_printf(&s.arena, STK_FMT "\n", STK_ARG(print)), "-+" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_secret_baseline baseline = { 0 };
		struct stk_report report = two_findings(&s);
		stk_secret_baseline_read_ignore(&s.arena, t[i].ignore, S(".gitleaksignore"), S(""), &baseline);
		expect_known(&report, &baseline, t[i].want);
	}
	test_secrets_close(&s);
}

CASE(earlier_reports)
{
	struct test_secrets s;
	struct stk_err err;
	test_secrets_open(&s, NULL);
	struct stk_report first = two_findings(&s);
	const struct {
		struct stk_str text;
		const char *want;
	} t[] = {
		{ S("[]"), "--" },
		{ S("{\"schema\": \"strake/1\", \"findings\": []}"), "--" },
		{ stk_arena_printf(&s.arena, "{\"findings\": [{\"fingerprint\": \"" STK_FMT "\"}]}",
				   STK_ARG(first.findings.v[0].fingerprint)),
		  "+-" },
		/* Gitleaks: by secret, whatever the place; redacted: by place */
		{ stk_arena_printf(&s.arena,
				   "[{\"RuleID\": \"aws-access-key-id\", \"File\": \"old.txt\", \"StartLine\": 9, "
				   "\"Secret\": \"%s%s\"}]",
				   TEST_AWS),
		  "+-" },
		{ S("[{\"RuleID\": \"gitlab-pat\", \"File\": \"a.txt\", \"StartLine\": 3, \"Secret\": \"REDACTED\"}]"),
		  "-+" },
		{ S("[{\"RuleID\": \"gitlab-pat\", \"File\": \"a.txt\", \"StartLine\": 4, \"Secret\": \"REDACTED\"}]"),
		  "--" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_secret_baseline baseline = { 0 };
		struct stk_report report = two_findings(&s);
		assert_int_equal(stk_secret_baseline_read(&s.arena, t[i].text, S("old.json"), &baseline, &err), 0);
		expect_known(&report, &baseline, t[i].want);
	}
	static const char *const wrong[] = { "", "{", "{}", "{\"runs\": []}", "7" };
	for (size_t i = 0; i < STK_LEN(wrong); i++) {
		struct stk_secret_baseline baseline = { 0 };
		if (stk_secret_baseline_read(&s.arena, stk_str_from(wrong[i]), S("old.json"), &baseline, &err) == 0)
			fail_msg("taken: %s", wrong[i]);
		assert_true(stk_str_starts(stk_str_from(err.msg), S("old.json")));
	}
	test_secrets_close(&s);
}

CASE(masking_keeps_every_place)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_str text = stk_arena_printf(&s.arena, "a = %s%s\nb = 2\nc = %s%s", TEST_AWS,
					       "gl"
					       "pat",
					       "-8dQuBJpRT-4bisprlRdA");
	test_secrets_scan(&s, "a.txt", text);
	struct stk_str masked = stk_secret_mask(&s.arena, text, s.scan->found.v, s.scan->found.n);
	assert_str(masked, "a = ********************\nb = 2\nc = **************************");
	assert_str(stk_secret_redact(&s.arena, S("short")), "********"); /* not even its length is told */
	test_secrets_close(&s);
}

/* ---- commits ---- */

#define C1 "0123456789abcdef0123456789abcdef01234567"
#define C2 "89abcdef0123456789abcdef0123456789abcdef"

/* A finding in one target, at line 2, of the history (commit or commit_path given) or of the working tree. */
static void add_finding(struct stk_report *report, const char *file, const char *commit, const char *commit_path,
			const char *fingerprint)
{
	struct stk_finding *finding = stk_report_add(report, stk_secret_catalogue[0].row, 0);
	finding->location.file = stk_str_from(file);
	finding->location.commit = stk_str_from(commit);
	finding->location.commit_path = stk_str_from(commit_path);
	finding->location.line = 2;
	finding->fingerprint = stk_str_from(fingerprint);
}

/* Which of the findings an ignore file with this line suppresses, as a text of + and -. */
static void expect_ignored(const char *line, const char *folder, const char *want,
			   void (*fill)(struct stk_report *report))
{
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	struct stk_secret_baseline baseline = { 0 };
	stk_report_target(&report, S("."), "directory");
	fill(&report);
	struct stk_str text = stk_arena_printf(&arena, "%s", line);
	size_t at = stk_str_find(text, S("RULE"));
	text = stk_arena_printf(&arena, STK_FMT "%s" STK_FMT, STK_ARG(stk_str_slice(text, 0, at)),
				stk_secret_rule_name(&stk_secret_catalogue[0]),
				STK_ARG(stk_str_slice(text, at + 4, text.n)));
	assert_int_equal(stk_secret_baseline_read_ignore(&arena, text, S("i"), stk_str_from(folder), &baseline), 1);
	stk_secret_baseline_apply(&baseline, &report);
	char got[16] = { 0 };
	for (size_t i = 0; i < report.findings.n; i++)
		got[i] = report.findings.v[i].suppressed ? '+' : '-';
	if (strcmp(got, want) != 0)
		fail_msg("%s in \"%s\": %s, not %s", line, folder, got, want);
}

static void with_history(struct stk_report *report)
{
	add_finding(report, ".git/objects/pack/p!x", C1, "a.txt", "one");
	add_finding(report, "a.txt", "", "", "one");			   /* what that commit brought */
	add_finding(report, "a.txt", "", "", "two");			   /* not committed */
	add_finding(report, "b.txt", "", "", "one");			   /* a copy of the file as a whole */
	add_finding(report, ".git/objects/pack/p!y", C2, "", "two words"); /* a message */
}

static void without_history(struct stk_report *report)
{
	add_finding(report, "a.txt", "", "", "one");
	add_finding(report, "sub/a.txt", "", "", "two");
}

static void shallow_history(struct stk_report *report)
{
	add_finding(report, ".git/objects/pack/p!x", "", "a.txt", "one");
	add_finding(report, "a.txt", "", "", "one");
}

static void repository_below(struct stk_report *report)
{
	add_finding(report, "sub/.git/objects/pack/p!x", C1, "a.txt", "one");
	add_finding(report, "sub/a.txt", "", "", "one");
	add_finding(report, "a.txt", "", "", "three");
}

CASE(ignored_commits)
{
	static const struct {
		const char *line, *folder, *want;
		void (*fill)(struct stk_report *report);
	} t[] = {
		{ C1 ":a.txt:RULE:2", "", "++---", with_history },
		{ "0123456789ABCDEF0123456789abcdef01234567:a.txt:RULE:2", "", "++---", with_history },
		{ C2 ":a.txt:RULE:2", "", "-----", with_history },
		{ C2 ":b.txt:RULE:2", "", "---+-", with_history },
		{ C1 ":a.txt:RULE:3", "", "-----", with_history },
		{ "a.txt:RULE:2", "", "+++--", with_history }, /* in every commit, and in none */
		{ ".\\a.txt:RULE:2", "", "-----", with_history },
		{ C1 ":a.txt:RULE:2", "", "+-", without_history },
		{ C1 ":sub\\a.txt:RULE:2", "", "-+", without_history },
		{ "a.txt:RULE:2", "sub/", "-+", without_history },
		{ "sub/a.txt:RULE:2", "sub/", "-+", without_history },
		{ C1 ":a.txt:RULE:2", "", "++", shallow_history },
		{ C1 ":a.txt:RULE:2", "", "++-", repository_below },
		{ C1 ":a.txt:RULE:2", "sub/", "++-", repository_below },
		{ "a.txt:RULE:2", "sub/", "++-", repository_below },
		{ "sub/a.txt:RULE:2", "", "++-", repository_below },
		{ C2 ":a.txt:RULE:2", "", "---", repository_below },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		expect_ignored(t[i].line, t[i].folder, t[i].want, t[i].fill);
}

/* Does a configuration's list let pass, at the end, what a commit brought in? */
static void check_deferred(const char *toml, const char *commit, const char *path, bool want)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_secret_rules rules = { 0 };
	struct stk_secret_conditions conditions = { 0 };
	assert_int_equal(stk_secret_rules_read_gitleaks(&arena, stk_str_from(toml), S("t"), &rules, &err), 0);
	const struct stk_secret_rule *rule = rules.n ? rules.v[0] : &stk_secret_catalogue[0];
	stk_secret_allows_defer(&arena, &rules.allows, rule, S("the line"), S("corp_12z4abqd"), &conditions);
	if (rule->extra)
		stk_secret_allows_defer(&arena, &rule->extra->allows, rule, S("the line"), S("corp_12z4abqd"),
					&conditions);
	if (stk_secret_conditions_hold(&conditions, stk_str_from(commit), stk_str_from(path)) != want)
		fail_msg("%s: %s %s", toml, commit, path);
	/* Without a commit such a list says nothing yet, but for its other parts. */
	if (stk_str_contains(stk_str_from(toml), S("AND")))
		assert_false(stk_secret_allows_hit(&rules.allows, rule, stk_str_from(path), S("the line"),
						   S("corp_12z4abqd"), S("corp_12z4abqd")));
	stk_secret_rules_free(&rules);
}

CASE(allow_lists_that_ask_for_commits)
{
	static const struct {
		const char *toml, *commit, *path;
		bool want;
	} t[] = {
		{ "[allowlist]\ncommits = [\"" C1 "\"]\n", C1, "a", true },
		{ "[allowlist]\ncommits = [\"" C1 "\"]\n", C2, "a", false },
		{ "[allowlist]\ncommits = [\"" C1 "\"]\n", "", "a", false },
		{ "[[allowlists]]\ncommits = [\"" C2 "\", \"" C1 "\"]\n", C1, "", true },
		{ "[[allowlists]]\ncommits = [\"" C1 "\"]\ntargetRules = [\"other\"]\n", C1, "a", false },
		{ "[[allowlists]]\ncommits = [\"" C1 "\"]\npaths = ['''^docs/''']\n", C2, "docs/a", true },
		{ "[[allowlists]]\npaths = ['''^docs/''']\n", C2, "docs/a", true },
		{ "[[allowlists]]\npaths = ['''^docs/''']\n", C2, "src/a", false },
		{ "[[allowlists]]\ncondition = \"AND\"\ncommits = [\"" C1 "\"]\npaths = ['''^docs/''']\n", C1, "docs/a",
		  true },
		{ "[[allowlists]]\ncondition = \"AND\"\ncommits = [\"" C1 "\"]\npaths = ['''^docs/''']\n", C1, "src/a",
		  false },
		{ "[[allowlists]]\ncondition = \"AND\"\ncommits = [\"" C1 "\"]\nregexes = ['''12z4''']\n", C1, "a",
		  true },
		{ "[[allowlists]]\ncondition = \"AND\"\ncommits = [\"" C1 "\"]\nregexes = ['''99''']\n", C1, "a",
		  false },
		{ "[[allowlists]]\ncondition = \"AND\"\ncommits = [\"" C1 "\"]\nstopwords = [\"ABQD\"]\n", C1, "a",
		  true },
		{ "[[allowlists]]\ncondition = \"AND\"\ncommits = [\"" C1
		  "\"]\nregexTarget = \"line\"\nregexes = ['''^the line$''']\n",
		  C1, "a", true },
		{ RULE "[[rules.allowlists]]\ncommits = [\"" C1 "\"]\n", C1, "a", true },
		{ RULE "[[rules.allowlists]]\ncommits = [\"" C1 "\"]\n", C2, "a", false },
		{ RULE "[rules.allowlist]\ncommits = [\"" C1 "\"]\n", C1, "a", true },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check_deferred(t[i].toml, t[i].commit, t[i].path, t[i].want);
}
