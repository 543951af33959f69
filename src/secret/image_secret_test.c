/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of an image: in layers, deleted and replaced ones too, in the configuration and in the history; and where
 * each came from. */
#include "base/limits.h"
#include "layout.h"
#include "secret/image.h"
#include "secret/scan_test.h"
#include "test.h"

#define HISTORY(more)                                                                                                  \
	"\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[{\"created_by\":\"COPY . /app # buildkit\"},"        \
	"{\"created_by\":\"RUN /bin/sh -c rm /app/key # buildkit\"}" more "]"

/* Two layers: app/key with a secret and app/keep, then what the second is made of. The report of the image. */
static struct stk_report scanned(struct test_secrets *s, const char *settings, struct stk_str first,
				 struct stk_str second, struct stk_str dockerfile)
{
	struct stk_err err;
	struct stk_image image;
	struct stk_scan scan;
	struct stk_secret_image secrets;
	struct test_files files = { &s->arena, { 0 } };
	struct stk_str layers[] = { first, second };
	struct stk_str manifest = test_image(&files, settings, layers, layers, 2, "");
	const struct stk_scan_options options = { 0 };
	test_layout(&files, &manifest, 1);
	if (stk_image_open(&s->arena, test_as_folder(&files, "secret-image"), NULL, &image, &err) < 0)
		fail_msg("%s", err.msg);
	struct stk_strs hidden = { 0 };
	assert_int_equal(stk_secret_image_values(&s->arena, &image, &hidden, &err), 0);
	stk_secret_image_begin(&secrets, s->engine, &s->arena, &image, &hidden);
	struct stk_visitor visitors[] = { secrets.visitor };
	if (stk_image_scan(&s->arena, &image, visitors, 1, &options, &scan, &err) < 0)
		fail_msg("%s", err.msg);
	struct stk_report report = stk_report_new(&s->arena);
	stk_secret_image_report(&secrets, &report, stk_report_target(&report, S("x"), "image"), dockerfile,
				S("Dockerfile"));
	stk_image_close(&image);
	return report;
}

static struct stk_str tar_of(struct stk_arena *arena, const char *const *names, const char *text)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	for (; *names; names++)
		test_tar_file(&tar, *names, text);
	test_tar_end(&tar);
	return stk_arena_str(arena, stk_buf_str(&tar));
}

CASE(in_layers)
{
	static const struct {
		const char *second[2];
		bool leak;
		const char *path, *message;
		size_t n;
	} t[] = {
		{ { NULL }, false, "app/key", "", 1 },
		{ { "app/.wh.key" }, false, "app/key", "still in layer 1, deleted in layer 2", 1 },
		{ { "app/key" }, false, "app/key", "still in layer 1, replaced in layer 2", 1 },
		{ { "app/.wh..wh..opq" }, false, "app/key", "deleted in layer 2", 1 },
		{ { "app/key" }, true, "app/key", "replaced in layer 2", 2 }, /* in both */
	};
	static const char *const first[] = { "app/key", NULL };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct test_secrets s;
		test_secrets_open(&s, NULL);
		struct stk_str key = stk_arena_printf(&s.arena, "\nkey = %s%s\n", TEST_AWS);
		const char *second[] = { t[i].second[0], NULL };
		struct stk_report report = scanned(&s, HISTORY(""), tar_of(&s.arena, first, key.p),
						   tar_of(&s.arena, second, t[i].leak ? key.p : "nothing\n"), S(""));
		if (report.findings.n != t[i].n)
			fail_msg("row %zu: %zu findings", i, report.findings.n);
		const struct stk_finding *finding = &report.findings.v[0];
		assert_str(finding->location.path, t[i].path);
		assert_int_equal(finding->location.layer_index, 1);
		assert_int_equal(finding->location.line, 2);
		assert_true(stk_str_contains(finding->location.instruction, S("COPY . /app")));
		if (!stk_str_contains(finding->message, stk_str_from(t[i].message)))
			fail_msg("row %zu: " STK_FMT, i, STK_ARG(finding->message));
		test_secrets_close(&s);
	}
}

CASE(in_configuration_and_history)
{
	static const struct {
		const char *settings, *path;
	} t[] = {
		{ "\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Env\":[\"PATH=/bin\",\"AWS=%s%s\"]}",
		  "image:env" },
		{ "\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":{\"key\":\"%s%s\"}}",
		  "image:label" },
		{ "\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Cmd\":[\"run\",\"--key=%s%s\"]}",
		  "image:cmd" },
		{ HISTORY(",{\"created_by\":\"ENV AWS=%s%s\",\"empty_layer\":true}"), "image:history" },
		{ HISTORY(",{\"created_by\":\"RUN |1 AWS=%s%s /bin/sh -c x # buildkit\",\"empty_layer\":true}"),
		  "image:history" },
	};
	static const char *const nothing[] = { NULL };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct test_secrets s;
		test_secrets_open(&s, NULL);
		struct stk_str rest = stk_str_from(t[i].settings), head = stk_str_cut(&rest, '%'),
			       none = tar_of(&s.arena, nothing, "");
		struct stk_str settings = stk_arena_printf(&s.arena, STK_FMT "%s%s" STK_FMT, STK_ARG(head), TEST_AWS,
							   STK_ARG(stk_str_slice(rest, 3, rest.n)));
		struct stk_report report = scanned(&s, settings.p, none, none, S(""));
		if (report.findings.n != 1 || !stk_str_is(report.findings.v[0].location.path, t[i].path))
			fail_msg("%s: %zu findings, at " STK_FMT, t[i].path, report.findings.n,
				 STK_ARG(report.findings.n ? report.findings.v[0].location.path : S("")));
		for (size_t e = 0; e < report.findings.v[0].evidence.n;
		     e++) /* the instruction is shown, the value is not */
			assert_false(stk_str_contains(report.findings.v[0].evidence.v[e],
						      stk_arena_printf(&s.arena, "%s%s", TEST_AWS)));
		assert_false(stk_str_contains(report.findings.v[0].location.instruction,
					      stk_arena_printf(&s.arena, "%s%s", TEST_AWS)));
		test_secrets_close(&s);
	}
}

/* The same secret in the history and in the environment that it made is one finding; a Dockerfile gives its line. */
CASE(one_finding_for_one_cause)
{
	struct test_secrets s;
	static const char *const nothing[] = { NULL };
	test_secrets_open(&s, NULL);
	struct stk_str value = stk_arena_printf(&s.arena, "%s%s", TEST_AWS), none = tar_of(&s.arena, nothing, "");
	struct stk_str settings = stk_arena_printf(
		&s.arena,
		"\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Env\":[\"AWS=%s\"]},\"history\":["
		"{\"created_by\":\"COPY . /app # buildkit\"},{\"created_by\":\"RUN /bin/sh -c x # buildkit\"},"
		"{\"created_by\":\"ENV AWS=%s\",\"empty_layer\":true}]",
		value.p, value.p);
	struct stk_str dockerfile =
		stk_arena_printf(&s.arena, "FROM scratch\nCOPY . /app\nRUN x\nENV AWS=%s\n", value.p);
	struct stk_report report = scanned(&s, settings.p, none, none, dockerfile);
	assert_int_equal(report.findings.n, 1);
	assert_str(report.findings.v[0].location.path, "image:env");
	assert_true(stk_strs_has(&report.findings.v[0].evidence, S("Dockerfile:4")));
	test_secrets_close(&s);
}
