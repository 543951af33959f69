/* SPDX-License-Identifier: Apache-2.0 */
/* Files searched by several threads: the same findings in the same order as by one, whatever the files' sizes. */
#include "secret/crew.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/limits.h"
#include "image/scan.h"
#include "layout.h"
#include "secret/image.h"
#include "secret/scan_test.h"
#include "test.h"
#include "base/banned.h"

enum { MANY = 3000 };

/* What a file of this number holds: one in eight is large, one in three has a secret at its end. */
static void write_file(struct stk_buf *out, unsigned i)
{
	size_t n = i % 501 == 7 ? STK_MIB(3) + i : i % 97 == 5 ? STK_KIB(300) : i % 50 * 20 + 1;
	stk_buf_clear(out);
	for (size_t k = 0; k < n; k++)
		stk_buf_byte(out, k % 64 == 63 ? '\n' : ' ');
	if (i % 3 == 0)
		stk_buf_printf(out, "\nkey = \"%s%s\"\n", TEST_AWS);
}

struct seen {
	struct stk_secret_scan *scan;
	uint64_t last;
	size_t files;
};

static void see(void *context, uint64_t number, size_t first, size_t n)
{
	struct seen *seen = context;
	char path[32];
	assert_true(!seen->files || number > seen->last);
	assert_int_equal(n, 1);
	snprintf(path, sizeof(path), "file%u", (unsigned)number);
	assert_true(stk_str_is(seen->scan->found.v[first].path, path));
	seen->last = number;
	seen->files++;
}

static void check_crew(unsigned threads, unsigned every)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	STK_BUF text = stk_buf_new(STK_MIB(8));
	struct stk_secret_crew *crew = stk_secret_crew_new(s.engine, threads);
	assert_non_null(crew);
	struct seen seen = { .scan = s.scan };
	char path[32];
	for (unsigned i = 0; i < MANY; i++) {
		write_file(&text, i);
		snprintf(path, sizeof(path), "file%u", i);
		assert_int_equal(stk_secret_crew_begin(crew, stk_str_from(path)), i);
		for (size_t at = 0; at < text.n; at += STK_KIB(100) + i)
			stk_secret_crew_piece(crew, stk_str_slice(stk_buf_str(&text), at, at + STK_KIB(100) + i));
		stk_secret_crew_end(crew);
		if (i % every == every - 1)
			stk_secret_crew_collect(crew, s.scan, see, &seen);
	}
	stk_secret_crew_collect(crew, s.scan, see, &seen);
	assert_int_equal(seen.files, MANY / 3);
	assert_int_equal(s.scan->found.n, MANY / 3);
	assert_int_equal(s.scan->gaps.n, 0);
	stk_secret_crew_free(crew, s.scan);
	test_secrets_close(&s);
}

CASE(findings_come_in_the_order_of_the_files)
{
	check_crew(2, 100000);
	check_crew(3, 700);
}

CASE(one_thread_needs_no_crew)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	assert_null(stk_secret_crew_new(s.engine, 1));
	stk_secret_crew_free(NULL, NULL);
	test_secrets_close(&s);
}

/* What is left undone is no leak. */
CASE(a_crew_may_end_at_any_time)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_secret_crew *crew = stk_secret_crew_new(s.engine, 2);
	STK_BUF text = stk_buf_new(STK_MIB(8));
	write_file(&text, 7);
	stk_secret_crew_begin(crew, S("a"));
	stk_secret_crew_piece(crew, stk_buf_str(&text));
	stk_secret_crew_free(crew, s.scan);
	test_secrets_close(&s);
}

/* The message of each finding of an image with these two layers, a line each. */
static struct stk_str messages(struct stk_arena *arena, struct stk_str first, struct stk_str second, unsigned threads)
{
	struct stk_secret_options how = { .threads = threads };
	struct test_secrets s;
	struct stk_err err;
	struct stk_image image;
	struct stk_scan scan;
	struct stk_secret_image secrets;
	struct stk_strs hidden = { 0 };
	test_secrets_open(&s, &how);
	struct test_files files = { &s.arena, { 0 } };
	struct stk_str layers[] = { first, second };
	struct stk_str manifest =
		test_image(&files, "\"os\":\"linux\",\"architecture\":\"amd64\"", layers, layers, 2, "");
	test_layout(&files, &manifest, 1);
	if (stk_image_open(&s.arena, test_as_folder(&files, "crew-image"), NULL, &image, &err) < 0)
		fail_msg("%s", err.msg);
	stk_secret_image_begin(&secrets, s.engine, &s.arena, &image, &hidden);
	assert_true((secrets.crew != NULL) == (threads != 1));
	assert_int_equal(stk_image_scan(&s.arena, &image, &secrets.visitor, 1, NULL, &scan, &err), 0);
	struct stk_report report = stk_report_new(&s.arena);
	stk_secret_image_report(&secrets, &report, stk_report_target(&report, S("x"), "image"), S(""), S(""));
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < report.findings.n; i++)
		stk_buf_printf(&out, STK_FMT " " STK_FMT "\n", STK_ARG(report.findings.v[i].location.path),
			       STK_ARG(report.findings.v[i].message));
	stk_image_close(&image);
	struct stk_str text = stk_arena_str(arena, stk_buf_str(&out));
	test_secrets_close(&s);
	return text;
}

/* A file that its own layer replaces, by another file, a link above it or a folder, and a whiteout of the same layer:
   who deleted what is the same although the findings come later. */
CASE(a_layer_that_replaces_its_own_files)
{
	struct stk_arena arena = { 0 };
	STK_BUF first = stk_buf_new(STK_MIB(1)), second = stk_buf_new(STK_MIB(1));
	struct stk_str leak = stk_arena_printf(&arena, "key = \"%s%s\"\n", TEST_AWS);
	const char *const twice[] = { "a", "a", "b/c/d", "e/f", "g/h", "i" };
	for (size_t i = 0; i < STK_LEN(twice); i++)
		test_tar_file(&first, twice[i], leak.p);
	test_tar_file(&first, "b", "a file where a folder was\n");
	test_tar_file(&first, "e/.wh.f", "");
	test_tar_end(&first);
	test_tar_file(&second, "g/.wh..wh..opq", "");
	test_tar_file(&second, "i", leak.p);
	test_tar_end(&second);
	struct stk_str one = messages(&arena, stk_buf_str(&first), stk_buf_str(&second), 1);
	struct stk_str two = messages(&arena, stk_buf_str(&first), stk_buf_str(&second), 2);
	assert_true(stk_str_contains(one, S("still in layer 1, replaced in layer 1")));
	assert_true(stk_str_contains(one, S("still in layer 1, deleted in layer 2")));
	if (!stk_str_eq(one, two))
		fail_msg("one thread:\n" STK_FMT "two:\n" STK_FMT, STK_ARG(one), STK_ARG(two));
	stk_arena_free(&arena);
}
