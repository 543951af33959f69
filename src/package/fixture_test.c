/* SPDX-License-Identifier: Apache-2.0 */
/* The package databases of the fixture collection, against the lists that stand beside them. */
#include <fcntl.h>

#include "base/limits.h"
#include "io/file.h"
#include "io/inflate.h"
#include "package/database.h"
#include "text/json.h"
#include "test.h"
#include "base/banned.h"

typedef void parse_fn(struct stk_arena *, struct stk_str, struct stk_packages *, size_t *);

static void parse_rpm(struct stk_arena *arena, struct stk_str bytes, struct stk_packages *out, size_t *broken)
{
	struct stk_err err;
	if (stk_rpm_parse(arena, bytes, (struct stk_str){ 0 }, out, broken, &err) < 0)
		fail_msg("%s", err.msg);
}

static parse_fn *reader_of(const struct stk_json *row)
{
	struct stk_str kind = stk_json_str(row, "kind"), input = stk_json_str(row, "input");
	if (stk_str_ends(kind, S("/dpkg")))
		return stk_dpkg_parse;
	if (stk_str_is(kind, "rpmdb") || stk_str_is(kind, "syft:redhat") || stk_str_contains(input, S("rpmdb.sqlite")))
		return parse_rpm;
	return stk_str_ends(kind, S("/apk")) ? stk_apk_parse : NULL;
}

/* Some lists state epoch and release apart. */
static struct stk_str full_version(struct stk_arena *arena, const struct stk_json *want, const char *prefix)
{
	struct stk_str name = stk_arena_printf(arena, "%sversion", prefix),
		       epoch = stk_arena_printf(arena, "%sepoch", prefix);
	struct stk_str release = stk_arena_printf(arena, "%srelease", prefix), out = stk_json_str(want, name.p);
	if (stk_json_int(want, epoch.p))
		out = stk_arena_printf(arena, "%lld:" STK_FMT, (long long)stk_json_int(want, epoch.p), STK_ARG(out));
	if (stk_json_str(want, release.p).n && !stk_str_is(stk_json_str(want, "type"), "RpmPkg"))
		out = stk_arena_printf(arena, STK_FMT "-" STK_FMT, STK_ARG(out),
				       STK_ARG(stk_json_str(want, release.p)));
	return out;
}

static bool agrees(struct stk_str stated, struct stk_str got)
{
	return !stated.n || stk_str_eq(stated, got);
}

/* One license as rpm's lists state it. Several are not compared, nor apk's: the tools split and translate each in its
 * own way. */
static struct stk_str license_of(const struct stk_json *want)
{
	const struct stk_json *licenses = stk_json_list(want, "licenses");
	return licenses->n == 1 ? licenses->items[0].text : stk_json_str(want, "license");
}

static bool license_agrees(const struct stk_json *want, const struct stk_package *p)
{
	return !stk_str_is(p->ecosystem, "rpm") || stk_str_contains(p->license, S(" ")) ||
	       agrees(license_of(want), p->license);
}

static bool source_file_agrees(struct stk_arena *arena, const struct stk_json *want, const struct stk_package *p)
{
	struct stk_str version = p->source_version, before = stk_str_cut(&version, ':');
	struct stk_str file = stk_arena_printf(arena, STK_FMT "-" STK_FMT ".src.rpm", STK_ARG(p->source_name),
					       STK_ARG(version.n ? version : before));
	return agrees(stk_json_str(want, "source_rpm"), file);
}

static bool has(struct stk_arena *arena, const struct stk_packages *list, const struct stk_json *want)
{
	struct stk_str version = full_version(arena, want, ""), source_version = full_version(arena, want, "source_");
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_package *p = &list->v[i];
		if (stk_str_eq(p->name, stk_json_str(want, "name")) && stk_str_eq(p->version, version) &&
		    agrees(stk_json_str(want, "source_name"), p->source_name) &&
		    agrees(source_version, p->source_version) && agrees(stk_json_str(want, "arch"), p->architecture) &&
		    agrees(stk_json_str(want, "maintainer"), p->maintainer) &&
		    agrees(stk_json_str(want, "vendor"), p->maintainer) && license_agrees(want, p) &&
		    agrees(stk_json_str(want, "modularity"), p->modularity) && source_file_agrees(arena, want, p))
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

static struct stk_str read_database(struct stk_arena *arena, const char *path)
{
	STK_BUF out = stk_buf_new(STK_MIB(256));
	STK_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stk_stream *stream = NULL;
	struct stk_err err = { 0 };
	char piece[4096];
	if (fd < 0 || stk_inflate_open(stk_stream_file(fd, 0, UINT64_MAX), false, NULL, &stream, &err) < 0)
		fail_msg("%s: %s", path, err.msg);
	for (ptrdiff_t n; (n = stream->read(stream, piece, sizeof(piece), &err)) > 0;)
		stk_buf_add(&out, (struct stk_str){ piece, (size_t)n });
	stk_stream_close(stream);
	return stk_arena_str(arena, stk_buf_str(&out));
}

static void check_row(const char *folder, const struct stk_json *row)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	struct stk_str path = database_path(row), id = stk_json_str(row, "id");
	size_t broken = 0;
	if (!path.n)
		fail_msg(STK_FMT ": no database named", STK_ARG(id));
	struct stk_str full = stk_arena_printf(&arena, "%s/" STK_FMT, folder, STK_ARG(path));
	reader_of(row)(&arena, read_database(&arena, full.p), &list, &broken);
	const struct stk_json *want = expected_packages(row);
	if (want->n != list.n)
		fail_msg(STK_FMT ": got %zu packages, want %zu", STK_ARG(id), list.n, want->n);
	for (size_t i = 0; i < want->n; i++)
		if (!has(&arena, &list, &want->items[i]))
			fail_msg(STK_FMT ": " STK_FMT " differs", STK_ARG(id),
				 STK_ARG(stk_json_str(&want->items[i], "name")));
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
	assert_int_equal(stk_file_read(&arena, stk_arena_printf(&arena, "%s/index.json", root.p).p, STK_LIMIT_JSON_FILE,
				       &text, &err),
			 0);
	assert_int_equal(stk_json_parse(&arena, text, &index, &err), 0);
	size_t checked = 0;
	for (size_t i = 0; i < index->n; i++) {
		if (!reader_of(&index->items[i]) || deviates(&index->items[i]) ||
		    !stk_json_get(&index->items[i], "expected"))
			continue;
		check_row(root.p, &index->items[i]);
		checked++;
	}
	assert_true(checked > 24);
}
