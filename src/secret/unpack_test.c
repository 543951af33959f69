/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets inside other files: archives by their bytes, archives in archives, git's objects; and the ceilings. */
#include <zip.h>
#include <zlib.h>

#include "archive.h"
#include "base/limits.h"
#include "io/digest.h"
#include "io/file.h"
#include "secret/scan_private.h"
#include "secret/scan_test.h"
#include "test.h"

static struct stk_str leak(struct stk_arena *arena)
{
	return stk_arena_printf(arena, "first\nkey = \"%s%s\"\n", TEST_AWS);
}

static struct stk_str tar_of(struct stk_arena *arena, const char *name, struct stk_str bytes)
{
	STK_BUF tar = stk_buf_new(STK_MIB(64));
	test_tar_write(&tar, test_tar_header(name, '0', bytes.n), bytes);
	test_tar_end(&tar);
	return stk_arena_str(arena, stk_buf_str(&tar));
}

static struct stk_str zip_of(struct stk_arena *arena, const char *name, struct stk_str bytes)
{
	int error;
	struct stk_err err;
	struct stk_str folder = test_folder(arena, "secret-zip"), out;
	struct stk_str path = stk_arena_printf(arena, STK_FMT "/x.zip", STK_ARG(folder));
	zip_t *zip = zip_open(path.p, ZIP_CREATE | ZIP_TRUNCATE, &error);
	assert_non_null(zip);
	assert_int_equal(zip_file_add(zip, name, zip_source_buffer(zip, bytes.p, bytes.n, 0), 0), 0);
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(stk_file_read(arena, path.p, STK_MIB(64), &out, &err), 0);
	return out;
}

static void expect(struct test_secrets *s, const char *path, struct stk_str bytes, const char *want)
{
	test_secrets_scan(s, path, bytes);
	assert_str(test_secrets_found(s), want);
}

CASE(members_are_named_behind_an_exclamation_mark)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_arena *a = &s.arena;
	struct stk_str plain = leak(a);
	expect(&s, "a.tar", tar_of(a, "etc/x.conf", plain), "aws-access-key-id@a.tar!etc/x.conf:2");
	expect(&s, "noname", tar_of(a, "etc/x.conf", plain),
	       "aws-access-key-id@noname!etc/x.conf:2"); /* by bytes, not by name */
	expect(&s, "a.tgz", test_gzip(a, tar_of(a, "x", plain)), "aws-access-key-id@a.tgz!x:2");
	expect(&s, "log.gz", test_gzip(a, plain), "aws-access-key-id@log.gz!log:2");
	expect(&s, "log.zst", test_zstd(a, plain), "aws-access-key-id@log.zst!log:2");
	expect(&s, "log.xz", test_xz(a, plain), "aws-access-key-id@log.xz!log:2");
	expect(&s, "log.bz2", test_bzip2(a, plain), "aws-access-key-id@log.bz2!log:2");
	expect(&s, "a.jar", zip_of(a, "conf/db.properties", plain), "aws-access-key-id@a.jar!conf/db.properties:2");
	expect(&s, "a.war", zip_of(a, "lib/b.jar", zip_of(a, "x", plain)), "aws-access-key-id@a.war!lib/b.jar!x:2");
	expect(&s, "a.tar", tar_of(a, "b.gz", test_gzip(a, plain)), "aws-access-key-id@a.tar!b.gz!b:2");
	assert_int_equal(s.scan->gaps.n, 0);
	test_secrets_close(&s);
}

CASE(nesting_ends_with_a_gap)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_str bytes = leak(&s.arena);
	for (int depth = 1; depth <= STK_SECRET_DEPTH + 1; depth++) {
		bytes = tar_of(&s.arena, "x", bytes);
		test_secrets_scan(&s, "a.tar", bytes);
		bool within = depth <= STK_SECRET_DEPTH;
		if ((s.scan->found.n == 1) != within || (s.scan->gaps.n > 0) == within)
			fail_msg("depth %d: %zu found, %zu gaps", depth, s.scan->found.n, s.scan->gaps.n);
	}
	test_secrets_close(&s);
}

CASE(broken_archives_are_searched_as_far_as_they_go)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_str plain = leak(&s.arena), tar = tar_of(&s.arena, "x", plain), gzip = test_gzip(&s.arena, plain);
	struct stk_str zip = zip_of(&s.arena, "x", plain);
	for (size_t n = 1; n < gzip.n; n += 7)
		test_secrets_scan(&s, "a.gz", stk_str_slice(gzip, 0, n));
	for (size_t n = 1; n < zip.n; n += 13)
		test_secrets_scan(&s, "a.zip", stk_str_slice(zip, 0, n));
	for (size_t n = 1; n < tar.n; n += 97)
		test_secrets_scan(&s, "a.tar", stk_str_slice(tar, 0, n));
	expect(&s, "a.tar", stk_str_slice(tar, 0, 512 + plain.n),
	       "aws-access-key-id@a.tar!x:2"); /* the end is missing */
	expect(&s, "a.zip", stk_arena_join(&s.arena, S("PK\3\4 no archive\n"), plain), "aws-access-key-id@a.zip:3");
	test_secrets_close(&s);
}

/* Three members of which two are encrypted, or none; stored, so that a byte can be changed. */
static struct stk_str odd_zip(struct stk_arena *arena, bool encrypted)
{
	int error;
	struct stk_err err;
	struct stk_str folder = test_folder(arena, "secret-odd-zip"), out, plain = leak(arena);
	struct stk_str path = stk_arena_printf(arena, STK_FMT "/x.zip", STK_ARG(folder));
	static const char *const names[] = { "first.txt", "conf/second.txt", "third.txt" };
	zip_t *zip = zip_open(path.p, ZIP_CREATE | ZIP_TRUNCATE, &error);
	assert_non_null(zip);
	for (size_t i = 0; i < STK_LEN(names); i++) {
		zip_int64_t at = zip_file_add(zip, names[i], zip_source_buffer(zip, plain.p, plain.n, 0), 0);
		assert_int_equal(at, i);
		assert_int_equal(zip_set_file_compression(zip, i, ZIP_CM_STORE, 0), 0);
		if (encrypted && i)
			assert_int_equal(zip_file_set_encryption(zip, i, ZIP_EM_AES_256, "open"), 0);
	}
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(stk_file_read(arena, path.p, STK_MIB(64), &out, &err), 0);
	return out;
}

/* An incomplete search is no clean one; but an archive says it once. */
CASE(members_of_a_zip_that_cannot_be_read_are_one_gap)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	expect(&s, "a.zip", odd_zip(&s.arena, true), "aws-access-key-id@a.zip!first.txt:2");
	assert_int_equal(s.scan->gaps.n, 1);
	assert_str(s.scan->gaps.v[0].what, "a.zip");
	assert_str(s.scan->gaps.v[0].why, "2 members are encrypted and were not searched, conf/second.txt the first");
	struct stk_str broken = odd_zip(&s.arena, false);
	size_t at = stk_str_find(broken, S("first\n"));
	((char *)broken.p)[at] = 'F'; /* its checksum is another now */
	expect(&s, "a.zip", broken, "aws-access-key-id@a.zip!conf/second.txt:2 aws-access-key-id@a.zip!third.txt:2");
	assert_int_equal(s.scan->gaps.n, 1);
	assert_str(s.scan->gaps.v[0].what, "a.zip");
	assert_true(stk_str_starts(s.scan->gaps.v[0].why, S("1 member could not be read, first.txt: ")));
	test_secrets_close(&s);
}

static void expect_gap(struct test_secrets *s, const char *what, const char *why)
{
	if (!why) {
		if (s->scan->gaps.n)
			fail_msg("%s: %s", what, s->scan->gaps.v[0].why.p);
		return;
	}
	if (s->scan->gaps.n != 1 || !stk_str_contains(s->scan->gaps.v[0].why, stk_str_from(why)))
		fail_msg("%s: %zu gaps, the first \"" STK_FMT "\", not %s", what, s->scan->gaps.n,
			 STK_ARG(s->scan->gaps.n ? s->scan->gaps.v[0].why : S("")), why);
	assert_str(s->scan->gaps.v[0].what, what);
}

/* A text whose begin has a secret and that no codec makes small, so that its first half can be read alone. */
static struct stk_str long_text(struct stk_arena *arena)
{
	STK_BUF text = stk_buf_new(STK_MIB(8));
	uint32_t random = 1;
	stk_buf_add(&text, leak(arena));
	for (size_t i = 0; i < 1500000; i++) {
		random = random * 1103515245 + 12345;
		stk_buf_byte(&text, i % 80 == 79 ? '\n' : (char)(' ' + 1 + (random >> 16) % 94));
	}
	return stk_arena_str(arena, stk_buf_str(&text));
}

CASE(streams_that_break_off_are_searched_and_a_gap)
{
	static const struct {
		const char *name, *why;
		struct stk_str (*pack)(struct stk_arena *arena, struct stk_str bytes);
	} t[] = {
		{ "a.gz", "gzip: truncated after", test_gzip },
		{ "a.zst", "zstd: truncated after", test_zstd },
		{ "a.xz", "xz: truncated after", test_xz },
		{ "a.bz2", "bzip2: truncated after", test_bzip2 },
	};
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_str text = long_text(&s.arena), tar = tar_of(&s.arena, "x", text);
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_str whole = t[i].pack(&s.arena, text), half = stk_str_slice(whole, 0, whole.n * 3 / 4);
		struct stk_str name = stk_str_from(t[i].name);
		struct stk_str found = stk_arena_printf(&s.arena, "aws-access-key-id@" STK_FMT "!a:2", STK_ARG(name));
		expect(&s, t[i].name, whole, found.p);
		expect_gap(&s, t[i].name, NULL);
		expect(&s, t[i].name, half, found.p);
		expect_gap(&s, t[i].name, t[i].why);
		/* In its first block: nothing came out, but it is no accident either. */
		test_secrets_scan(&s, t[i].name, stk_str_slice(whole, 0, 40));
		expect_gap(&s, t[i].name, t[i].why);
		char *broken = (char *)stk_arena_str(&s.arena, whole).p;
		memset(broken + whole.n * 3 / 4, 0x55, 64);
		expect(&s, t[i].name, (struct stk_str){ broken, whole.n }, found.p);
		/* zstd may take it for text, having no checksum. */
		assert_int_equal(s.scan->gaps.n, t[i].pack != test_zstd);
		/* Among test data that is as it is meant to be. */
		test_secrets_scan(&s, stk_arena_printf(&s.arena, "testdata/%s", t[i].name).p, half);
		expect_gap(&s, t[i].name, NULL);
		assert_int_equal(s.scan->found.n, 1);
		assert_true(s.scan->spoilt > 0);
		/* An archive in it: the member broke off, and that is all that is said. */
		whole = t[i].pack(&s.arena, tar);
		found = stk_arena_printf(&s.arena, "aws-access-key-id@" STK_FMT "!x:2", STK_ARG(name));
		expect(&s, t[i].name, stk_str_slice(whole, 0, whole.n * 3 / 4), found.p);
		expect_gap(&s, stk_arena_printf(&s.arena, STK_FMT "!x", STK_ARG(name)).p, "its contents broke off");
	}
	expect(&s, "a.tar", stk_str_slice(tar, 0, tar.n / 2), "aws-access-key-id@a.tar!x:2");
	expect_gap(&s, "a.tar!x", "its contents broke off");
	char *odd =
		(char *)stk_arena_join(&s.arena, stk_str_slice(tar, 0, tar.n - 1024), tar_of(&s.arena, "y", text)).p;
	odd[tar.n - 1024] ^= 1; /* the second header's checksum */
	expect(&s, "a.tar", (struct stk_str){ odd, 2 * tar.n - 1024 }, "aws-access-key-id@a.tar!x:2");
	expect_gap(&s, "a.tar", "tar header at byte");
	test_secrets_close(&s);
}

CASE(names_and_magics_by_accident_are_no_gap)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_str plain = leak(&s.arena);
	static const struct {
		const char *name, *begin;
		size_t n;
	} t[] = {
		{ "names.txt", "BZhou, Li\n", 10 },
		{ "names.txt", "BZh9 names\n", 11 },
		{ "x.bin", "\x1f\x8b text\n", 8 },
		{ "x.bin", "\x1f\x8b\x08 text\n", 9 },
		{ "x.bin",
		  "\xfd"
		  "7zXZ\0 text\n",
		  12 },
		{ "x.bin", "\x28\xb5\x2f\xfd\xff\xff text\n", 12 },
		{ "x.zip", "PK\3\4 no archive\n", 16 },
		{ "log.gz", "named so, but\n", 14 },
		{ "log.tar", "named so, but\n", 14 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_str bytes = stk_arena_join(&s.arena, (struct stk_str){ t[i].begin, t[i].n }, plain);
		expect(&s, t[i].name, bytes, stk_arena_printf(&s.arena, "aws-access-key-id@%s:3", t[i].name).p);
		expect_gap(&s, t[i].name, NULL);
	}
	test_secrets_close(&s);
}

CASE(zips_that_were_cut_off_are_a_gap)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	struct stk_str zip = odd_zip(&s.arena, false);
	test_secrets_scan(&s, "a.zip", stk_str_slice(zip, 0, zip.n - 30));
	assert_int_equal(s.scan->found.n > 0, 1); /* members that are stored stand there */
	assert_int_equal(s.scan->gaps.n, 1);
	assert_str(s.scan->gaps.v[0].what, "a.zip");
	test_secrets_close(&s);
}

CASE(bombs_end_with_a_gap)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	STK_BUF text = stk_buf_new(STK_MIB(128));
	static const char zeros[1 << 16];
	stk_buf_add(&text, leak(&s.arena));
	for (size_t i = 0; i < 1600; i++)
		stk_buf_add(&text, (struct stk_str){ zeros, sizeof zeros });
	struct stk_str bomb = test_bzip2(&s.arena, stk_buf_str(&text));
	expect(&s, "a.bz2", bomb, "aws-access-key-id@a.bz2!a:2");
	expect_gap(&s, "a.bz2!a", "a thousand times its size");
	expect(&s, "a.tar", tar_of(&s.arena, "b.bz2", bomb), "aws-access-key-id@a.tar!b.bz2!b:2");
	expect_gap(&s, "a.tar!b.bz2!b", "a thousand times its size");
	struct stk_str tar = tar_of(&s.arena, "x", stk_str_slice(stk_buf_str(&text), 0, STK_MIB(63)));
	STK_BUF two = stk_buf_new(STK_MIB(256));
	stk_buf_add(&two, stk_str_slice(tar, 0, tar.n - 1024));
	stk_buf_add(&two, tar);
	expect(&s, "a.tbz", test_bzip2(&s.arena, stk_buf_str(&two)),
	       "aws-access-key-id@a.tbz!x:2 aws-access-key-id@a.tbz!x:2");
	assert_int_equal(s.scan->gaps.n, 1);
	test_secrets_close(&s);
}

/* A text that inflates a thousandfold is read as a stream; what was in it is found all the same. */
CASE(long_runs_of_zeros_cost_nothing)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	STK_BUF text = stk_buf_new(STK_MIB(64));
	static const char zeros[1 << 16];
	for (size_t i = 0; i < 400; i++)
		stk_buf_add(&text, (struct stk_str){ zeros, sizeof zeros });
	stk_buf_printf(&text, "\n%s%s\n", TEST_AWS);
	test_secrets_scan(&s, "a.gz", test_gzip(&s.arena, stk_buf_str(&text)));
	assert_int_equal(s.scan->found.n, 1);
	assert_int_equal(s.scan->gaps.n, 0);
	test_secrets_close(&s);
}

/* ---- git (gitformat-loose, gitformat-pack) ---- */

static struct stk_str deflated(struct stk_arena *arena, struct stk_str bytes)
{
	uLongf n = compressBound(bytes.n);
	char *out = stk_arena_alloc(arena, n, 1);
	assert_int_equal(compress((Bytef *)out, &n, (const Bytef *)bytes.p, bytes.n), Z_OK);
	return (struct stk_str){ out, n };
}

static struct stk_str loose(struct stk_arena *arena, const char *type, struct stk_str content)
{
	STK_BUF object = stk_buf_new(STK_MIB(1));
	stk_buf_printf(&object, "%s %zu", type, content.n);
	stk_buf_byte(&object, 0);
	stk_buf_add(&object, content);
	return deflated(arena, stk_buf_str(&object));
}

CASE(loose_objects)
{
	struct test_secrets s;
	const char *path = ".git/objects/ab/cdef0123456789abcdef0123456789abcdef01";
	test_secrets_open(&s, NULL);
	struct stk_arena *a = &s.arena;
	assert_int_equal(test_secrets_scan(&s, path, loose(a, "blob", leak(a))), 1);
	assert_int_equal(test_secrets_scan(&s, path, loose(a, "commit", leak(a))), 1);
	assert_int_equal(test_secrets_scan(&s, path, loose(a, "blob", S("nothing here\n"))), 0);
	assert_int_equal(test_secrets_scan(&s, path, deflated(a, S("blob 99\0too short"))), 0);
	assert_int_equal(test_secrets_scan(&s, path, deflated(a, S("no header at all"))), 0);
	test_secrets_close(&s);
}

/* Type and size, little-endian base 128 behind the first four bits. */
static void pack_header(struct stk_buf *pack, unsigned type, size_t size)
{
	unsigned char c = (unsigned char)(type << 4 | (size & 15));
	for (size >>= 4; size; size >>= 7) {
		stk_buf_byte(pack, (char)(c | 0x80));
		c = size & 0x7f;
	}
	stk_buf_byte(pack, (char)c);
}

static struct stk_str pack_end(struct stk_arena *arena, struct stk_buf *pack)
{
	uint8_t sum[STK_DIGEST_MAX];
	struct stk_digest digest = { 0 };
	stk_digest_begin(&digest, STK_SHA1);
	stk_digest_add(&digest, stk_buf_str(pack));
	stk_digest_end(&digest, sum);
	stk_digest_free(&digest);
	stk_buf_add(pack, (struct stk_str){ (const char *)sum, 20 });
	return stk_arena_str(arena, stk_buf_str(pack));
}

/* A blob "first\n<first half of the key>", and a delta upon it that adds the second half. */
static struct stk_str pack_with_delta(struct stk_arena *arena, bool by_name, bool broken)
{
	STK_BUF pack = stk_buf_new(STK_MIB(1));
	struct stk_str base = stk_arena_printf(arena, "first\n%.0s%.0s%s", TEST_AWS, "AKIACG5HK5RKI5PCIN"),
		       add = S("EK\n");
	stk_buf_add(&pack, S("PACK\0\0\0\2\0\0\0\2"));
	size_t offset = pack.n;
	pack_header(&pack, 3, base.n);
	stk_buf_add(&pack, deflated(arena, base));
	STK_BUF delta = stk_buf_new(1024);
	stk_buf_byte(&delta, (char)base.n);
	stk_buf_byte(&delta, (char)(base.n + add.n));
	stk_buf_add(&delta, S("\x90")); /* copy, one byte of size, from 0 */
	stk_buf_byte(&delta, (char)(broken ? base.n + 40 : base.n));
	stk_buf_byte(&delta, (char)add.n); /* insert */
	stk_buf_add(&delta, add);
	size_t here = pack.n;
	pack_header(&pack, by_name ? 7 : 6, delta.n);
	if (by_name) {
		uint8_t id[STK_DIGEST_MAX];
		struct stk_digest digest = { 0 };
		struct stk_str head = stk_arena_printf(arena, "blob %zu", base.n);
		stk_digest_begin(&digest, STK_SHA1);
		stk_digest_add(&digest, (struct stk_str){ head.p, head.n + 1 });
		stk_digest_add(&digest, base);
		stk_digest_end(&digest, id);
		stk_digest_free(&digest);
		stk_buf_add(&pack, (struct stk_str){ (const char *)id, 20 });
	} else {
		stk_buf_byte(&pack, (char)(here - offset));
	}
	stk_buf_add(&pack, deflated(arena, stk_buf_str(&delta)));
	return pack_end(arena, &pack);
}

CASE(packs_and_their_deltas)
{
	static const struct {
		bool by_name, broken;
		size_t found;
	} t[] = { { false, false, 1 }, { true, false, 1 }, { false, true, 0 } };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct test_secrets s;
		test_secrets_open(&s, NULL);
		struct stk_str pack = pack_with_delta(&s.arena, t[i].by_name, t[i].broken);
		size_t n = test_secrets_scan(&s, "store/pack-1.pack", pack);
		if (n != t[i].found)
			fail_msg("row %zu: " STK_FMT, i, STK_ARG(test_secrets_found(&s)));
		if (t[i].broken)
			assert_true(s.scan->gaps.n > 0);
		for (size_t cut = 12; cut < pack.n; cut += 5) /* broken off anywhere */
			test_secrets_scan(&s, "store/pack-1.pack", stk_str_slice(pack, 0, cut));
		test_secrets_close(&s);
	}
}
