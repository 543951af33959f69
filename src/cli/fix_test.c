/* SPDX-License-Identifier: Apache-2.0 */
/* --fix: which repairs of a report are made, together, and what becomes of the texts. */
#include "archive.h"
#include "cli/cli.h"
#include "io/file.h"
#include "base/limits.h"
#include "test.h"

struct edit {
	size_t begin, end;
	const char *text;
};
struct repair {
	bool safe, suppressed;
	struct edit edits[2];
}; /* an edit ends the list with text NULL */

static struct stk_report report_of(struct stk_arena *arena, struct stk_str file, const char *text,
				   const struct repair *repairs, size_t n)
{
	struct stk_report report = stk_report_new(arena);
	size_t target = stk_report_target(&report, file, "dockerfile");
	report.targets.v[target].text = stk_str_from(text);
	for (size_t i = 0; i < n; i++) {
		struct stk_finding *finding = stk_report_add_bare(&report, stk_arena_printf(arena, "X%zu", i), target);
		finding->location = (struct stk_location){ .file = file, .line = (uint32_t)i + 1 };
		if (repairs[i].suppressed)
			finding->suppressed = STK_NEW(arena, struct stk_suppression, 1);
		struct stk_fix *fix = stk_finding_fix(&report, finding, repairs[i].safe, "mend");
		for (size_t k = 0; k < 2 && repairs[i].edits[k].text; k++)
			stk_fix_edit(&report, fix, file, repairs[i].edits[k].begin, repairs[i].edits[k].end,
				     stk_str_from(repairs[i].edits[k].text));
	}
	return report;
}

CASE(which_repairs_are_made)
{
	static const struct {
		enum stk_fix_mode mode;
		size_t n;
		struct repair repairs[3];
		const char *want;
		size_t left;
	} t[] = {
		{ STK_FIX_SAFE, 1, { { true, false, { { 0, 1, "X" } } } }, "Xbcdef", 0 },
		{ STK_FIX_NONE, 1, { { true, false, { { 0, 1, "X" } } } }, "abcdef", 1 },
		{ STK_FIX_SAFE, 1, { { false, false, { { 0, 1, "X" } } } }, "abcdef", 1 },
		{ STK_FIX_ALL, 1, { { false, false, { { 0, 1, "X" } } } }, "Xbcdef", 0 },
		{ STK_FIX_ALL, 1, { { true, true, { { 0, 1, "X" } } } }, "abcdef", 1 }, /* silenced */
		{ STK_FIX_SAFE,
		  2,
		  { { true, false, { { 0, 1, "X" } } }, { true, false, { { 3, 3, "Y" } } } },
		  "XbcYdef",
		  0 },
		{ STK_FIX_SAFE,
		  2,
		  { { true, false, { { 0, 3, "X" } } }, { true, false, { { 2, 4, "Y" } } } },
		  "Xdef",
		  1 }, /* overlap: the first one */
		{ STK_FIX_SAFE,
		  2,
		  { { true, false, { { 0, 1, "X" } } }, { true, false, { { 0, 1, "X" } } } },
		  "Xbcdef",
		  0 }, /* the same: once */
		{ STK_FIX_SAFE,
		  2,
		  { { true, false, { { 0, 1, "X" } } }, { true, false, { { 5, 6, "Z" }, { 0, 1, "Y" } } } },
		  "Xbcdef",
		  1 },									   /* all or none */
		{ STK_FIX_SAFE, 1, { { true, false, { { 4, 99, "X" } } } }, "abcdef", 1 }, /* beyond the end */
		{ STK_FIX_SAFE, 1, { { true, false, { { 3, 1, "X" } } } }, "abcdef", 1 },  /* backwards */
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		size_t applied = 0;
		struct stk_str folder = test_folder(&arena, "cli-fix"), after;
		struct stk_str name = stk_arena_printf(&arena, STK_FMT "/f", STK_ARG(folder));
		test_write(folder, "f", S("abcdef"));
		struct stk_report report = report_of(&arena, name, "abcdef", t[i].repairs, t[i].n);
		assert_int_equal(stk_cli_fix(&report, t[i].mode, false, &applied, &err), 0);
		assert_int_equal(stk_file_read(&arena, name.p, STK_KIB(64), &after, &err), 0);
		if (!stk_str_is(after, t[i].want) || report.findings.n != t[i].left || applied != t[i].n - t[i].left)
			fail_msg("row %zu: " STK_FMT ", %zu left, %zu made", i, STK_ARG(after), report.findings.n,
				 applied);
	}
}

static bool leave_all(void *context, struct stk_str file)
{
	(void)context;
	return file.n > 0;
}

static int refuse(void *context, const struct stk_fixed_file *files, size_t n, struct stk_err *err)
{
	*(size_t *)context = n;
	return stk_fail(err, STK_EUSAGE, "no: " STK_FMT, STK_ARG(files[0].text));
}

CASE(texts_can_be_asked_for_and_refused)
{
	static const struct repair repair = { true, false, { { 0, 1, "X" } } };
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_fixed_file *files;
	size_t n, asked = 0, applied;
	struct stk_str folder = test_folder(&arena, "cli-fix"), after;
	struct stk_str name = stk_arena_printf(&arena, STK_FMT "/f", STK_ARG(folder));
	test_write(folder, "f", S("abcdef"));
	struct stk_report report = report_of(&arena, name, "abcdef", &repair, 1);
	assert_int_equal(stk_cli_fix_texts(&report, STK_FIX_SAFE, NULL, NULL, &files, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_str(files[0].text, "Xbcdef");
	assert_int_equal(stk_cli_fix_asking(&report, STK_FIX_SAFE, false, refuse, &asked, &applied, &err), -1);
	assert_string_equal(err.msg, "no: Xbcdef");
	assert_int_equal(asked, 1);
	assert_int_equal(stk_cli_fix_texts(&report, STK_FIX_SAFE, leave_all, NULL, &files, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(stk_file_read(&arena, name.p, STK_KIB(64), &after, &err), 0);
	assert_str(after, "abcdef"); /* nothing was written */
}

CASE(files_that_are_not_there_yet)
{
	static const struct repair repair = { true, false, { { 0, 0, "new\n" } } };
	STK_ARENA arena = { 0 };
	struct stk_err err;
	size_t applied;
	struct stk_str folder = test_folder(&arena, "cli-fix"), after;
	struct stk_str name = stk_arena_printf(&arena, STK_FMT "/.dockerignore", STK_ARG(folder));
	struct stk_report report = report_of(&arena, name, "", &repair, 1);
	assert_int_equal(stk_cli_fix(&report, STK_FIX_SAFE, false, &applied, &err), 0);
	assert_int_equal(stk_file_read(&arena, name.p, STK_KIB(64), &after, &err), 0);
	assert_str(after, "new\n");
	struct stk_str nowhere = stk_arena_printf(&arena, STK_FMT "/no/such/folder", STK_ARG(folder));
	report = report_of(&arena, nowhere, "", &repair, 1);
	assert_int_equal(stk_cli_fix(&report, STK_FIX_SAFE, false, &applied, &err), -1);
	assert_int_equal(report.findings.n, 1);
}
