/* SPDX-License-Identifier: Apache-2.0 */
/* All rules of Dockerfiles: each row's bad example makes the whole check report it, its good one does not. */
#include "dockerfile/rules_test.h"
#include "dockerfile/fix.h"

#include "base/buf.h"
#include "base/limits.h"
#include "test.h"

const struct stk_dockerfile_options *test_dockerfile_options(void)
{
	static struct stk_label_rule labels[] = {
		{ S("note"), STK_LABEL_TEXT },	     { S("url"), STK_LABEL_URL },
		{ S("version"), STK_LABEL_SEMVER },  { S("revision"), STK_LABEL_HASH },
		{ S("created"), STK_LABEL_RFC3339 }, { S("licenses"), STK_LABEL_SPDX },
		{ S("contact"), STK_LABEL_EMAIL },
	};
	static struct stk_str registries[] = { S("docker.io"), S("registry.example.com") };
	static struct stk_dockerfile_options options = {
		.all_rules = true,
		.strict_labels = true,
		.has_context = true,
		.now = 1764000000,
	};
	options.labels.v = labels;
	options.labels.n = STK_LEN(labels);
	options.trusted_registries.v = registries;
	options.trusted_registries.n = STK_LEN(registries);
	return &options;
}

struct stk_report *test_dockerfile_check(struct stk_arena *arena, const char *text,
					 const struct stk_dockerfile_options *options)
{
	struct stk_report *report = STK_NEW(arena, struct stk_report, 1);
	struct stk_str whole = stk_str_from(text);
	*report = stk_report_new(arena);
	if (!stk_str_contains_nocase(whole, S("FROM ")))
		whole = stk_arena_printf(arena, "FROM alpine:3.20\n%s\n", text);
	struct stk_dockerfile_context context = {
		.report = report,
		.target = stk_report_target(report, S("Dockerfile"), "dockerfile"),
		.arena = arena,
		.options = options ? options : test_dockerfile_options(),
	};
	context.file = stk_dockerfile_parse(arena, S("Dockerfile"), whole, &context.options->build_args);
	stk_dockerfile_check(&context);
	stk_report_sort(report);
	return report;
}

static bool counts(const struct stk_finding *finding, const char *id)
{
	return !finding->suppressed &&
	       (finding->rule ? stk_rule_is(finding->rule, stk_str_from(id)) : stk_str_is(finding->id, id));
}

size_t test_count_findings(const struct stk_report *report, const char *id)
{
	size_t n = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		n += counts(&report->findings.v[i], id);
	return n;
}

void test_dockerfile_rows(const struct test_dockerfile_row *rows, size_t n,
			  const struct stk_dockerfile_options *options)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		STK_BUF lines = stk_buf_new(4096);
		struct stk_report *report = test_dockerfile_check(&arena, rows[i].text, options);
		for (size_t k = 0; k < report->findings.n; k++)
			if (counts(&report->findings.v[k], rows[i].id))
				stk_buf_printf(&lines, "%s%u", lines.n ? " " : "", report->findings.v[k].location.line);
		if (!stk_str_is(stk_buf_str(&lines), rows[i].lines))
			fail_msg("%s fires on lines \"" STK_FMT "\", not \"%s\" of\n%s", rows[i].id,
				 STK_ARG(stk_buf_str(&lines)), rows[i].lines, rows[i].text);
	}
}

/* The options for a row's examples: the schema has the labels that they name, "example" with the type that the row is
 * about. */
static const struct stk_dockerfile_options *options_for(const struct stk_rule *rule)
{
	static struct stk_label_rule labels[2];
	static struct stk_dockerfile_options options;
	bool schema = stk_rule_is(rule, S("DL3049")) || stk_rule_is(rule, S("DL3050"));
	options = *test_dockerfile_options();
	labels[0] = (struct stk_label_rule){ S("maintainer"), STK_LABEL_TEXT };
	labels[1] = (struct stk_label_rule){ S("example"), (enum stk_label_type)rule->argument };
	options.labels.v = labels;
	options.labels.n = schema ? 1 : 2;
	return &options;
}

/* Rules that need a .dockerignore, or a registry, beside the file. */
static bool needs_more(const struct stk_rule *rule)
{
	return !rule->check || !rule->bad || stk_rule_is(rule, S("CopyIgnoredFile")) ||
	       stk_rule_is(rule, S("InvalidBaseImagePlatform"));
}

CASE(examples_of_all_rows)
{
	size_t seen = 0, wrong = 0;
	for (size_t t = 0; t < stk_n_dockerfile_tables; t++)
		for (size_t i = 0; i < stk_dockerfile_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_dockerfile_tables[t]->rows[i];
			const struct stk_dockerfile_options *options = options_for(rule);
			STK_ARENA arena = { 0 };
			if (needs_more(rule))
				continue;
			bool bad = test_count_findings(test_dockerfile_check(&arena, rule->bad, options), rule->id) > 0;
			bool good = rule->good &&
				    test_count_findings(test_dockerfile_check(&arena, rule->good, options), rule->id);
			if (!bad || good)
				print_error("%s: bad example %s, good one %s\n%s\n%s\n", rule->id,
					    bad ? "fires" : "does not fire", good ? "fires" : "does not", rule->bad,
					    rule->good);
			wrong += !bad || good;
			seen++;
		}
	assert_int_equal(wrong, 0);
	assert_true(seen > 100);
}

CASE(rows_are_whole_and_their_names_are_their_own)
{
	for (size_t t = 0; t < stk_n_dockerfile_tables; t++)
		for (size_t i = 0; i < stk_dockerfile_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_dockerfile_tables[t]->rows[i];
			if (!rule->title || !rule->why || !rule->remedy || !*rule->title ||
			    stk_str_ends(stk_str_from(rule->title), S(".")))
				fail_msg("%s lacks a text, or its title ends in a full stop", rule->id);
			if (i && strcmp(stk_dockerfile_tables[t]->rows[i - 1].id, rule->id) >= 0)
				fail_msg("%s is not sorted", rule->id);
			for (size_t u = 0; u < stk_n_dockerfile_tables; u++)
				for (size_t k = 0; k < stk_dockerfile_tables[u]->n; k++)
					if ((u != t || k != i) &&
					    stk_rule_is(&stk_dockerfile_tables[u]->rows[k], stk_str_from(rule->id)))
						fail_msg("%s is a name of two rows", rule->id);
		}
}

CASE(places_lie_inside_the_file)
{
	for (size_t t = 0; t < stk_n_dockerfile_tables; t++)
		for (size_t i = 0; i < stk_dockerfile_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_dockerfile_tables[t]->rows[i];
			STK_ARENA arena = { 0 };
			if (!rule->bad)
				continue;
			struct stk_report *report = test_dockerfile_check(&arena, rule->bad, NULL);
			for (size_t k = 0; k < report->findings.n; k++) {
				const struct stk_location *at = &report->findings.v[k].location;
				bool forward = at->end_line > at->line ||
					       (at->end_line == at->line && at->end_column >= at->column);
				if (!at->line || !at->column || !forward)
					fail_msg("%s on %s: %u:%u-%u:%u", report->findings.v[k].rule->id, rule->bad,
						 at->line, at->column, at->end_line, at->end_column);
			}
		}
}

void test_dockerfile_fixes(const struct test_fix_row *t, size_t n, const struct stk_dockerfile_options *options,
			   bool unsafe)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		const char *want = t[i].after ? t[i].after : t[i].before;
		struct stk_dockerfile_fixed once =
			stk_dockerfile_fix(&arena, S("Dockerfile"), stk_str_from(t[i].before), options, unsafe);
		struct stk_dockerfile_fixed twice =
			stk_dockerfile_fix(&arena, S("Dockerfile"), once.text, options, unsafe);
		if (!stk_str_is(once.text, want))
			fail_msg("%s\n---- became\n" STK_FMT "\n---- not\n%s", t[i].before, STK_ARG(once.text), want);
		if (!stk_str_eq(once.text, twice.text) || twice.n_applied)
			fail_msg("mending twice changes again: " STK_FMT, STK_ARG(twice.text));
		if (!t[i].after != !once.n_applied)
			fail_msg("%zu findings mended in: %s", once.n_applied, t[i].before);
	}
}
