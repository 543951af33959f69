/* SPDX-License-Identifier: Apache-2.0 */
/* The package databases of the fixture collection, against the lists that stand beside them. */
#include <stdio.h>

#include "base/limits.h"
#include "io/file.h"
#include "package/database.h"
#include "text/json.h"
#include "test.h"
#include "base/banned.h"

typedef void parse_fn(struct stk_arena *, struct stk_str, struct stk_packages *, size_t *);

static parse_fn *reader_of(struct stk_str kind)
{
	if (stk_str_ends(kind, S("/dpkg")))
		return stk_dpkg_parse;
	return stk_str_ends(kind, S("/apk")) ? stk_apk_parse : NULL;
}

/* Some lists state epoch and release apart. */
static struct stk_str full_version(struct stk_arena *arena, const struct stk_json *want, const char *prefix)
{
	struct stk_str name = stk_arena_printf(arena, "%sversion", prefix), epoch = stk_arena_printf(arena, "%sepoch", prefix);
	struct stk_str release = stk_arena_printf(arena, "%srelease", prefix), out = stk_json_str(want, name.p);
	if (stk_json_int(want, epoch.p))
		out = stk_arena_printf(arena, "%lld:" STK_FMT, (long long)stk_json_int(want, epoch.p), STK_ARG(out));
	if (stk_json_str(want, release.p).n)
		out = stk_arena_printf(arena, STK_FMT "-" STK_FMT, STK_ARG(out), STK_ARG(stk_json_str(want, release.p)));
	return out;
}

static bool agrees(struct stk_str stated, struct stk_str got)
{
	return !stated.n || stk_str_eq(stated, got);
}

static bool has(struct stk_arena *arena, const struct stk_packages *list, const struct stk_json *want)
{
	struct stk_str version = full_version(arena, want, ""), source_version = full_version(arena, want, "source_");
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_package *p = &list->v[i];
		if (stk_str_eq(p->name, stk_json_str(want, "name")) && stk_str_eq(p->version, version) &&
		    agrees(stk_json_str(want, "source_name"), p->source_name) && agrees(source_version, p->source_version) &&
		    agrees(stk_json_str(want, "arch"), p->architecture))
			return true;
	}
	return false;
}

static const struct stk_json *expected_packages(const struct stk_json *row)
{
	const struct stk_json *expected = stk_json_get(row, "expected"), *groups = stk_json_list(expected, "groups");
	return stk_json_list(groups->n == 1 ? &groups->items[0] : expected, "packages");
}

/* The database of a row: its input, or the status file of its tree. */
static struct stk_str database_path(const struct stk_json *row)
{
	const struct stk_json *files = stk_json_list(row, "files");
	for (size_t i = 0; i < files->n; i++)
		if (stk_str_ends(files->items[i].text, S("dpkg/status")))
			return files->items[i].text;
	return stk_json_str(row, "input");
}

/* Where strake differs on purpose: docs/deviations/packages.md says why. */
static bool deviates(const struct stk_json *row)
{
	static const char *const cases[] = { "corrupsed", "statusfield", "statusfield including not installed" };
	for (size_t i = 0; i < STK_LEN(cases); i++)
		if (stk_str_is(stk_json_str(row, "case"), cases[i]))
			return true;
	return false;
}

static void check_row(const char *folder, const struct stk_json *row)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	struct stk_str text = S(""), path = database_path(row), id = stk_json_str(row, "id");
	size_t broken = 0;
	struct stk_err err = { 0 };
	struct stk_str full = stk_arena_printf(&arena, "%s/" STK_FMT, folder, STK_ARG(path));
	if (!path.n || stk_file_read(&arena, full.p, STK_LIMIT_TEXT_FILE, &text, &err) < 0)
		fail_msg(STK_FMT ": %s", STK_ARG(id), path.n ? err.msg : "no database named");
	reader_of(stk_json_str(row, "kind"))(&arena, text, &list, &broken);
	const struct stk_json *want = expected_packages(row);
	if (want->n != list.n)
		fail_msg(STK_FMT ": got %zu packages, want %zu", STK_ARG(id), list.n, want->n);
	for (size_t i = 0; i < want->n; i++)
		if (!has(&arena, &list, &want->items[i]))
			fail_msg(STK_FMT ": " STK_FMT " differs", STK_ARG(id), STK_ARG(stk_json_str(&want->items[i], "name")));
}

CASE(package_databases_of_other_projects)
{
	STK_ARENA arena = { 0 };
	struct stk_json *index;
	struct stk_str text;
	struct stk_err err;
	const char *folder = test_shared("fixtures");
	if (!folder) {
		test_skip("../shared/fixtures is absent");
		return;
	}
	struct stk_str root = stk_arena_str(&arena, stk_str_from(folder));
	assert_int_equal(stk_file_read(&arena, stk_arena_printf(&arena, "%s/index.json", root.p).p, STK_LIMIT_JSON_FILE, &text,
				       &err), 0);
	assert_int_equal(stk_json_parse(&arena, text, &index, &err), 0);
	size_t checked = 0;
	for (size_t i = 0; i < index->n; i++) {
		if (!reader_of(stk_json_str(&index->items[i], "kind")) || deviates(&index->items[i]) ||
		    !stk_json_get(&index->items[i], "expected"))
			continue;
		check_row(root.p, &index->items[i]);
		checked++;
	}
	assert_true(checked > 20);
}
