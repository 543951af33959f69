/* SPDX-License-Identifier: Apache-2.0 */
/* Every renderer on one report that holds a bit of everything, hostile text included. */
#include "test.h"

#include "base/limits.h"
#include "report/format.h"
#include "text/json.h"

static const struct stk_rule rule = { .id = "X1",
				      .aliases = { "DS-0001" },
				      .severity = STK_SEV_HIGH,
				      .layer = STK_LAYER_BUILD,
				      .title = "a title",
				      .why = "because",
				      .remedy = "mend | it" };

static struct stk_report sample(struct stk_arena *arena)
{
	static const struct stk_package package = { .name = { "libc6", 5 },
						    .version = { "2.36", 4 },
						    .ecosystem = { "deb", 3 } };
	struct stk_vulnerability *vulnerability = STK_NEW(arena, struct stk_vulnerability, 1);
	*vulnerability = (struct stk_vulnerability){ .package = &package, .fixed_version = S("2.37") };
	struct stk_report report = stk_report_new(arena);
	size_t file = stk_report_target(&report, S("a b/Dockerfile"), "dockerfile");
	report.targets.v[file].text = S("FROM x\nRUN\tfoo \xc3\xa9 bar\n");
	struct stk_finding *finding = stk_report_add(&report, &rule, file);
	finding->location = (struct stk_location){
		.file = S("a b/Dockerfile"), .line = 2, .column = 12, .end_line = 2, .end_column = 15
	};
	finding->message = S("bad\x1b[31m, \"word\"");
	stk_fix_edit(&report, stk_finding_fix(&report, finding, true, "say baz"), S("a b/Dockerfile"), 18, 21,
		     S("baz"));
	size_t image = stk_report_target(&report, S("x.tar"), "image");
	report.targets.v[image].os_family = S("debian");
	report.targets.v[image].os_version = S("12");
	struct stk_finding *cve = stk_report_add_bare(&report, S("CVE-2024-1"), image);
	cve->severity = STK_SEV_CRITICAL;
	cve->title = S("overflow");
	cve->vulnerability = vulnerability;
	*STK_PUSH(arena, &vulnerability->cvss) = (struct stk_cvss){ S("nvd"), S("CVSS:3.1/AV:N"), 9.8 };
	stk_report_gap(&report, image, S("layer 3"), S("truncated"));
	return report;
}

static struct stk_str render(struct stk_arena *arena, const char *name)
{
	static const struct stk_render_options options = { .width = 80 };
	struct stk_report report = sample(arena);
	STK_BUF out = stk_buf_new(STK_MIB(4));
	const struct stk_format *format = stk_format_find(stk_str_from(name));
	assert_non_null(format);
	format->render(&report, &options, &out);
	assert_false(out.overflow);
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(formats_are_sorted_and_write_no_control_bytes)
{
	for (size_t i = 0; i < stk_n_formats; i++) {
		STK_ARENA arena = { 0 };
		assert_true(!i || strcmp(stk_formats[i - 1].name, stk_formats[i].name) < 0);
		struct stk_str text = render(&arena, stk_formats[i].name);
		assert_true(text.n > 0);
		if (strcmp(stk_formats[i].name, "csv") != 0 && strcmp(stk_formats[i].name, "github") != 0)
			assert_true(stk_str_find_byte(text, '\x1b') == SIZE_MAX);
	}
}

CASE(json_formats_parse_and_hold_the_findings)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *root;
	assert_int_equal(stk_json_parse(&arena, render(&arena, "json"), &root, &err), 0);
	assert_str(stk_json_str(root, "schema"), "strake/1");
	assert_int_equal(stk_json_list(root, "findings")->n, 2);
	assert_int_equal(stk_json_list(root, "incomplete")->n, 1);
	assert_int_equal(stk_json_parse(&arena, render(&arena, "sarif"), &root, &err), 0);
	const struct stk_json *run = &stk_json_list(root, "runs")->items[0];
	const struct stk_json *result = &stk_json_list(run, "results")->items[0];
	const struct stk_json *place = stk_json_get(&stk_json_list(result, "locations")->items[0], "physicalLocation");
	assert_str(stk_json_str(stk_json_get(place, "artifactLocation"), "uri"), "a%20b/Dockerfile");
	assert_int_equal(stk_json_int(stk_json_get(place, "region"), "startColumn"), 11);
	assert_int_equal(stk_json_parse(&arena, render(&arena, "trivy"), &root, &err), 0);
	assert_int_equal(stk_json_int(root, "SchemaVersion"), 2);
	assert_str(stk_json_str(&stk_json_list(root, "Results")->items[1], "Target"), "x.tar (debian 12)");
}

/* Under the names that Gitleaks' readers know, and nothing of the value. */
CASE(gitleaks_names_commit_and_rule)
{
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_err err;
	struct stk_json *root;
	struct stk_report report = stk_report_new(&arena);
	size_t number = stk_report_target(&report, S("."), "directory");
	stk_report_add_bare(&report, S("DL3006"), number)->layer = STK_LAYER_BUILD;
	struct stk_finding *finding = stk_report_add_bare(&report, S("SEC-x"), number);
	finding->layer = STK_LAYER_SECRETS;
	*STK_PUSH(&arena, &finding->aliases) = S("x");
	*STK_PUSH(&arena, &finding->aliases) = S("x-of-gitleaks");
	finding->location = (struct stk_location){ .file = S(".git/objects/pack/p!x"),
						   .line = 3,
						   .column = 5,
						   .end_line = 3,
						   .end_column = 9,
						   .commit = S("abc"),
						   .commit_path = S("a.txt"),
						   .commit_author = S("Ann B <ann@corp.internal>"),
						   .commit_date = S("2025-03-01T10:00:00Z") };
	stk_format_find(S("gitleaks"))->render(&report, &(struct stk_render_options){ 0 }, &out);
	assert_int_equal(stk_json_parse(&arena, stk_buf_str(&out), &root, &err), 0);
	assert_int_equal(root->n, 1);
	assert_str(stk_json_str(&root->items[0], "RuleID"), "x-of-gitleaks");
	assert_str(stk_json_str(&root->items[0], "Fingerprint"), "abc:a.txt:x-of-gitleaks:3");
	assert_str(stk_json_str(&root->items[0], "Author"), "Ann B");
	assert_str(stk_json_str(&root->items[0], "Email"), "ann@corp.internal");
	assert_str(stk_json_str(&root->items[0], "Secret"), "REDACTED");
	assert_int_equal(stk_json_int(&root->items[0], "EndColumn"), 8);
}

/* Trivy's readers look for an image's id and layers, and for one result a file with secrets. */
CASE(trivy_tells_images_and_secrets_apart)
{
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_err err;
	struct stk_json *root;
	struct stk_report report = stk_report_new(&arena);
	size_t number = stk_report_target(&report, S("x.tar"), "image");
	struct stk_target *target = &report.targets.v[number];
	*STK_PUSH(&arena, &target->facts) = (struct stk_fact){ S("Id"), S("sha256:aa") };
	*STK_PUSH(&arena, &target->facts) = (struct stk_fact){ S("Tags"), S("a:1, b:2") };
	*STK_PUSH(&arena, &target->layers) = (struct stk_target_layer){ .digest = S("sha256:bb"), .size = 7 };
	static const char *const paths[] = { "etc/one", "srv/two", "etc/one" };
	for (size_t i = 0; i < STK_LEN(paths); i++) {
		struct stk_finding *finding = stk_report_add_bare(&report, S("SEC-x"), number);
		finding->layer = STK_LAYER_SECRETS;
		finding->location.path = stk_str_from(paths[i]);
	}
	stk_format_find(S("trivy"))->render(&report, &(struct stk_render_options){ 0 }, &out);
	assert_int_equal(stk_json_parse(&arena, stk_buf_str(&out), &root, &err), 0);
	const struct stk_json *metadata = stk_json_get(root, "Metadata");
	assert_str(stk_json_str(metadata, "ImageID"), "sha256:aa");
	assert_str(stk_json_list(metadata, "RepoTags")->items[1].text, "b:2");
	assert_str(stk_json_list(metadata, "DiffIDs")->items[0].text, "sha256:bb");
	assert_int_equal(stk_json_int(&stk_json_list(metadata, "Layers")->items[0], "Size"), 7);
	const struct stk_json *results = stk_json_list(root, "Results");
	assert_int_equal(results->n, 2);
	assert_str(stk_json_str(&results->items[0], "Target"), "/etc/one");
	assert_int_equal(stk_json_list(&results->items[0], "Secrets")->n, 2);
	assert_str(stk_json_str(&results->items[1], "Target"), "/srv/two");
}

CASE(the_table_points_at_the_words)
{
	STK_ARENA arena = { 0 };
	struct stk_str text = render(&arena, "table");
	assert_true(stk_str_contains(text, S("     2 \xe2\x94\x82 RUN    foo \xc3\xa9 bar\n")));
	assert_true(stk_str_contains(text, S("       \xe2\x94\x82              ^^^\n")));
	assert_true(stk_str_contains(text, S("x.tar (debian 12): 1 critical\n")));
	assert_true(stk_str_contains(text, S("NOT SCANNED: layer 3: truncated")));
}
