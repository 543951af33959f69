/* SPDX-License-Identifier: Apache-2.0 */
/* Folders: what is read, what is left out, what cannot be read; and files that a distribution's package brought. */
#include "secret/tree.h"

#include <stdlib.h>
#include <unistd.h>

#include "archive.h"
#include "base/buf.h"
#include "base/limits.h"
#include "io/digest.h"
#include "secret/scan_test.h"
#include "secret/vendor.h"
#include "test.h"

static bool leave_vendor(void *context, struct stk_str path, bool directory)
{
	size_t *asked = context;
	*asked += directory && stk_str_is(path, "node_modules");
	return stk_str_is(path, "node_modules") || stk_str_ends(path, S(".skip"));
}

static struct stk_str leak(struct stk_arena *arena)
{
	return stk_arena_printf(arena, "\nkey = \"%s%s\"\n", TEST_AWS);
}

static int by_text(const void *a, const void *b)
{
	return stk_str_compare(*(const struct stk_str *)a, *(const struct stk_str *)b);
}

/* Paths of what was found, sorted, by one space. */
static struct stk_str paths_of(struct stk_arena *arena, const struct stk_secret_results *results)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_str *paths = STK_NEW(arena, struct stk_str, results->found.n);
	for (size_t i = 0; i < results->found.n; i++)
		paths[i] = results->found.v[i].path;
	qsort(paths, results->found.n, sizeof(*paths), by_text);
	for (size_t i = 0; i < results->found.n; i++)
		stk_buf_printf(&out, "%s" STK_FMT, i ? " " : "", STK_ARG(paths[i]));
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(every_regular_file_is_read_once)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_arena *a = &s.arena;
	struct stk_err err;
	struct stk_str folder = test_folder(a, "secret-tree");
	test_write(folder, "a.txt", leak(a));
	test_write(folder, "b/c/d.txt", leak(a));
	test_write(folder, "node_modules/x.txt", leak(a));
	test_write(folder, "e.skip", leak(a));
	test_write(folder, "empty", S(""));
	struct stk_str link = stk_arena_printf(a, STK_FMT "/link.txt", STK_ARG(folder)),
		       pipe = stk_arena_printf(a, STK_FMT "/loop", STK_ARG(folder));
	assert_int_equal(symlink("a.txt", link.p), 0); /* neither files nor folders are reached by links */
	assert_int_equal(symlink(".", pipe.p), 0);
	for (unsigned threads = 1; threads < 4; threads++) {
		size_t asked = 0;
		struct stk_secret_results results = { 0 };
		struct stk_secret_tree_options options = { .threads = threads,
							   .skip = leave_vendor,
							   .context = &asked };
		assert_int_equal(stk_secret_scan_tree(s.engine, a, folder.p, S("./"), &options, &results, &err), 0);
		assert_str(paths_of(a, &results), "./a.txt ./b/c/d.txt");
		assert_int_equal(asked, 1);
		assert_int_equal(results.files, 3);
		assert_int_equal(results.gaps.n, 0);
	}
	struct stk_secret_results all = { 0 };
	assert_int_equal(stk_secret_scan_tree(s.engine, a, folder.p, S(""), NULL, &all, &err), 0);
	assert_str(paths_of(a, &all), "a.txt b/c/d.txt e.skip node_modules/x.txt");
	test_secrets_close(&s);
}

CASE(what_is_not_there_is_an_error)
{
	struct test_secrets s;
	struct stk_err err;
	struct stk_secret_results results = { 0 };
	test_secrets_open(&s, NULL);
	struct stk_str folder = test_folder(&s.arena, "secret-file");
	test_write(folder, "a.txt", leak(&s.arena));
	struct stk_str file = stk_arena_printf(&s.arena, STK_FMT "/a.txt", STK_ARG(folder)),
		       gone = stk_arena_printf(&s.arena, "%s.gone", file.p);
	assert_int_equal(stk_secret_scan_tree(s.engine, &s.arena, gone.p, S(""), NULL, &results, &err), -1);
	assert_int_equal(err.code, STK_ENOTFOUND);
	assert_int_equal(stk_secret_scan_tree(s.engine, &s.arena, file.p, S(""), NULL, &results, &err), -1);
	assert_int_equal(stk_secret_scan_file(s.engine, &s.arena, file.p, S("a.txt"), &results, &err), 0);
	assert_str(paths_of(&s.arena, &results), "a.txt");
	assert_int_equal(stk_secret_scan_file(s.engine, &s.arena, gone.p, S("a.txt"), &results, &err), -1);
	test_secrets_close(&s);
}

/* ---- vendor ---- */

static struct stk_secret of_file(struct stk_arena *arena, const char *path, struct stk_str bytes)
{
	struct stk_secret secret = { .path = stk_arena_str(arena, stk_str_from(path)),
				     .confidence = STK_CONFIDENCE_HIGH,
				     .digests = { .known = true } };
	uint8_t sum[STK_DIGEST_MAX];
	stk_digest_of(STK_MD5, bytes, sum);
	memcpy(secret.digests.md5, sum, sizeof(secret.digests.md5));
	stk_digest_of(STK_SHA1, bytes, sum);
	memcpy(secret.digests.sha1, sum, sizeof(secret.digests.sha1));
	stk_digest_of(STK_SHA256, bytes, sum);
	memcpy(secret.digests.sha256, sum, sizeof(secret.digests.sha256));
	return secret;
}

CASE(records_of_packages)
{
	static const struct {
		const char *path;
		bool is;
	} t[] = {
		{ "var/lib/dpkg/info/x.md5sums", true },
		{ "var/lib/dpkg/status.d/x.md5sums", true },
		{ "var/lib/dpkg/info/x.list", false },
		{ "home/x.md5sums", false },
		{ "a/var/lib/dpkg/info/x.md5sums", false },
		{ "lib/apk/db/installed", true },
		{ "usr/lib/apk/db/installed", true },
		{ "srv/lib/apk/db/installed", false },
		{ "usr/lib/python3/dist-packages/x-1.dist-info/RECORD", true },
		{ "x-1.dist-info/RECORD", true },
		{ "x-1.dist-info/METADATA", false },
		{ "RECORD", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_secret_vendor_is_list(stk_str_from(t[i].path)) != t[i].is)
			fail_msg("%s", t[i].path);
}

/* The sums of "hello\n". */
#define MD5    "b1946ac92492d2347c6235b4d2611184"
#define SHA1   "9XLTlvrpIGYocU+yzgD3LpTyJY8="
#define SHA256 "WJG1tSLV3whtD_CxEPvZ0hu0_HFjrzTQgoai6Eb2vgM"

static const char of_dpkg[] = MD5 "  usr/share/x/key.pem\n" MD5 "  lib/y.pem\nshort\n";
static const char of_apk[] = "C:Q1x\nP:x\nF:usr/share/x\nR:other.pem\nZ:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nR:key.pem\n"
			     "a:0:0:600\nZ:Q1" SHA1 "\nF:\nR:y.pem\nZ:Q1" SHA1 "\n\nP:z\nZ:Q1" SHA1 "\n";
static const char of_wheel[] = "x/key.pem,sha256=" SHA256 ",6\n\"x/a,b.pem\",sha256=" SHA256 ",6\nx/none.pem,,\n";
static const char of_own_wheel[] = "x/key.pem,sha256=" SHA256 ",6\nx-1.dist-info/direct_url.json,sha256=abc,9\n";

static void check_record(const char *record, const char *text, const char *path, const char *bytes,
			 enum stk_confidence want)
{
	STK_ARENA arena = { 0 };
	struct stk_secret_vendor vendor = { 0 };
	struct stk_secret secret = of_file(&arena, path, stk_str_from(bytes));
	size_t n = 1, weaker = 0;
	stk_secret_vendor_add(&vendor, &arena, stk_str_from(record), stk_str_from(text));
	stk_secret_vendor_apply(&vendor, S("root/"), STK_CONFIDENCE_LOW, &secret, &n, &weaker);
	if (n != 1 || secret.confidence != want)
		fail_msg("%s, %s: %s", record, path, stk_confidence_name(secret.confidence));
	stk_secret_vendor_apply(&vendor, S("root/"), STK_CONFIDENCE_MEDIUM, &secret, &n, &weaker);
	assert_int_equal(n, want != STK_CONFIDENCE_LOW); /* too weak then, and counted */
	assert_int_equal(weaker, want == STK_CONFIDENCE_LOW);
}

CASE(unchanged_files_of_packages_count_less)
{
	static const char dpkg[] = "var/lib/dpkg/info/x.md5sums", apk[] = "lib/apk/db/installed",
			  wheel[] = "opt/lib/x-1.dist-info/RECORD", top[] = "x-1.dist-info/RECORD";
	static const struct {
		const char *record, *text, *path, *bytes;
		enum stk_confidence want;
	} t[] = {
		{ dpkg, of_dpkg, "root/usr/share/x/key.pem", "hello\n", STK_CONFIDENCE_LOW },
		{ dpkg, of_dpkg, "root/usr/share/x/key.pem!member", "hello\n", STK_CONFIDENCE_LOW },
		{ dpkg, of_dpkg, "root/usr/lib/y.pem", "hello\n", STK_CONFIDENCE_LOW }, /* merged /usr */
		{ dpkg, of_dpkg, "root/usr/share/x/key.pem", "changed\n", STK_CONFIDENCE_HIGH },
		{ dpkg, of_dpkg, "root/usr/share/x/other.pem", "hello\n", STK_CONFIDENCE_HIGH },
		{ apk, of_apk, "root/usr/share/x/key.pem", "hello\n", STK_CONFIDENCE_LOW },
		{ apk, of_apk, "root/y.pem", "hello\n", STK_CONFIDENCE_LOW },
		{ apk, of_apk, "root/usr/share/x/key.pem", "changed\n", STK_CONFIDENCE_HIGH },
		{ apk, of_apk, "root/usr/share/x/other.pem", "hello\n", STK_CONFIDENCE_HIGH },
		{ wheel, of_wheel, "root/opt/lib/x/key.pem", "hello\n", STK_CONFIDENCE_LOW },
		{ wheel, of_wheel, "root/opt/lib/x/a,b.pem", "hello\n", STK_CONFIDENCE_LOW },
		{ wheel, of_wheel, "root/opt/lib/x/key.pem", "changed\n", STK_CONFIDENCE_HIGH },
		{ wheel, of_wheel, "root/opt/lib/x/none.pem", "hello\n", STK_CONFIDENCE_HIGH },
		{ wheel, of_wheel, "root/srv/x/key.pem", "hello\n", STK_CONFIDENCE_HIGH },
		{ top, of_wheel, "root/x/key.pem", "hello\n", STK_CONFIDENCE_LOW },
		{ top, of_own_wheel, "root/x/key.pem", "hello\n", STK_CONFIDENCE_HIGH }, /* built from a folder */
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check_record(t[i].record, t[i].text, t[i].path, t[i].bytes, t[i].want);
}
