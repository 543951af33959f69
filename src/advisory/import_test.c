/* SPDX-License-Identifier: Apache-2.0 */
/* Folders, archives and single records of advisories, broken ones among them; which database a scan uses, and what it
 * says about it. */
#include "advisory/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

#include "advisory/database_read.h"
#include "archive.h"
#include "base/time.h"
#include "test.h"

#define RECORD(id)                                                                                                     \
	"{\"id\": \"" id                                                                                               \
	"\", \"modified\": \"2024-01-01T00:00:00Z\", \"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lamp\"}}]}"

static size_t imported(const char *path, struct stk_import *import, int *status, struct stk_err *err)
{
	*import = (struct stk_import){ .builder = stk_builder_new(NULL) };
	*status = stk_import_path(import, path, err);
	char *bytes;
	size_t n;
	FILE *memory = open_memstream(&bytes, &n);
	struct stk_err unused;
	assert_int_equal(stk_builder_finish(import->builder, 1700000000, 0, memory, &unused), 0);
	fclose(memory);
	free(bytes);
	size_t advisories = stk_builder_counts(import->builder)->advisories;
	stk_builder_free(import->builder);
	return advisories;
}

static const char *zip_in(struct stk_arena *arena, struct stk_str folder, const char *name)
{
	int error;
	const char *path = stk_arena_printf(arena, STK_FMT "/%s", STK_ARG(folder), name).p;
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
	assert_non_null(zip);
	zip_file_add(zip, "A.json", zip_source_buffer(zip, RECORD("A"), sizeof RECORD("A") - 1, 0), 0);
	zip_file_add(zip, "notes.txt", zip_source_buffer(zip, "x", 1, 0), 0);
	zip_file_add(zip, "B.json", zip_source_buffer(zip, "{", 1, 0), 0);
	assert_int_equal(zip_close(zip), 0);
	return path;
}

CASE(records_are_found_wherever_they_are)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_import import;
	int status;
	struct stk_str folder = test_folder(&arena, "advisory-import");
	test_write(folder, "PyPI/X.json", S(RECORD("X")));
	test_write(folder, "PyPI/deeper/Y.json", S(RECORD("Y")));
	test_write(folder, "PyPI/.hidden.json", S("{"));
	test_write(folder, "PyPI/readme.md", S("not a record"));
	test_write(folder, "PyPI/broken.json", S("{\"id\": 7"));
	test_write(folder, "PyPI/nameless.json", S("{}"));
	assert_int_equal(imported(folder.p, &import, &status, &err), 2);
	assert_int_equal(status, 0);
	assert_int_equal(import.files, 4);
	assert_int_equal(import.broken, 2); /* counted; the first one is told */
	assert_true(stk_str_contains(stk_str_from(import.first_broken.msg), S("PyPI/broken.json")));
	assert_int_equal(imported(zip_in(&arena, folder, "all.zip"), &import, &status, &err), 1);
	assert_int_equal(import.broken, 1);
	assert_true(stk_str_contains(stk_str_from(import.first_broken.msg), S("all.zip: B.json")));
	assert_int_equal(
		imported(stk_arena_printf(&arena, STK_FMT "/PyPI/X.json", STK_ARG(folder)).p, &import, &status, &err),
		1);
}

CASE(what_is_no_input_is_an_error)
{
	STK_ARENA arena = { 0 };
	struct stk_str folder = test_folder(&arena, "advisory-import");
	test_write(folder, "x.txt", S("x"));
	test_write(folder, "bad.zip", S("PK no archive"));
	static const struct {
		const char *name;
		enum stk_errc code;
	} t[] = {
		{ "gone", STK_ENOTFOUND },
		{ "x.txt", STK_EUSAGE },
		{ "bad.zip", STK_EFORMAT },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_err err = { 0 };
		struct stk_import import;
		int status;
		imported(stk_arena_printf(&arena, STK_FMT "/%s", STK_ARG(folder), t[i].name).p, &import, &status, &err);
		if (status != -1 || err.code != t[i].code ||
		    !stk_str_contains(stk_str_from(err.msg), stk_str_from(t[i].name)))
			fail_msg("%s: %d, code %d, %s", t[i].name, status, err.code, err.msg);
	}
}

/* ---- which database ---- */

static void write_database(struct stk_arena *arena, struct stk_str folder, const char *name, int64_t built)
{
	char *bytes;
	size_t n;
	struct stk_err err;
	struct stk_import import = { .builder = stk_builder_new(NULL) };
	stk_import_record(&import, S(RECORD("A")), "record");
	FILE *memory = open_memstream(&bytes, &n);
	assert_int_equal(stk_builder_finish(import.builder, built, 1, memory, &err), 0);
	fclose(memory);
	stk_builder_free(import.builder);
	test_write(folder, name, stk_arena_str(arena, (struct stk_str){ bytes, n }));
	free(bytes);
}

CASE(the_database_that_is_used_and_what_is_said)
{
	static const struct {
		const char *named, *variable, *age;
		int status;
		bool builtin;
		const char *notice;
	} t[] = {
		{ NULL, NULL, NULL, 0, true, "no advisory database is installed" },
		{ "new.db", NULL, NULL, 0, false, NULL },
		{ "old.db", NULL, NULL, 0, false, "days old" },
		{ "old.db", NULL, "0", 0, false, NULL }, /* no age is too old */
		{ "old.db", NULL, "99999", 0, false, NULL },
		{ NULL, "new.db", NULL, 0, false, NULL },
		{ "new.db", "gone.db", NULL, 0, false, NULL }, /* what is named counts */
		{ "gone.db", NULL, NULL, -1, false, NULL },
		{ NULL, "gone.db", NULL, -1, false, NULL }, /* never the built-in one where another was wanted */
		{ "broken.db", NULL, NULL, -1, false, NULL },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err = { 0 };
		struct stk_database database = { 0 };
		struct stk_report report = stk_report_new(&arena);
		struct stk_str folder = test_folder(&arena, "advisory-use");
		write_database(&arena, folder, "new.db", stk_time_now());
		write_database(&arena, folder, "old.db", 1500000000);
		test_write(folder, "broken.db", S("no database"));
		setenv("XDG_CACHE_HOME", stk_arena_printf(&arena, STK_FMT "/cache", STK_ARG(folder)).p, 1);
		setenv("STRAKE_DB",
		       t[i].variable ? stk_arena_printf(&arena, STK_FMT "/%s", STK_ARG(folder), t[i].variable).p : "",
		       1);
		setenv("STRAKE_DB_MAX_AGE", t[i].age ? t[i].age : "", 1);
		const char *named =
			t[i].named ? stk_arena_printf(&arena, STK_FMT "/%s", STK_ARG(folder), t[i].named).p : NULL;
		int status = stk_database_use(&report, named, &database, &err);
		bool said = report.notices.n > 0;
		if (status != t[i].status || database.builtin != t[i].builtin || said != (t[i].notice != NULL) ||
		    (said && !stk_str_contains(report.notices.v[0], stk_str_from(t[i].notice))))
			fail_msg("row %zu: %d, builtin %d, \"" STK_FMT "\" %s", i, status, database.builtin,
				 STK_ARG(said ? report.notices.v[0] : S("")), err.msg);
		if (!status)
			stk_database_close(&database);
		else
			assert_true(stk_str_starts(stk_str_from(err.msg), S("advisory database")));
	}
	unsetenv("STRAKE_DB");
	unsetenv("STRAKE_DB_MAX_AGE");
	unsetenv("XDG_CACHE_HOME");
}
