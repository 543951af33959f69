/* SPDX-License-Identifier: Apache-2.0 */
/* rpm databases made here, byte by byte for NDB and Berkeley DB, by SQLite for its own form. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "package/rpm.h"
#include "rpmdb.h"
#include "test.h"
#include "base/banned.h"

static void put_le32(struct stk_buf *out, uint32_t n)
{
	for (int shift = 0; shift <= 24; shift += 8)
		stk_buf_byte(out, (char)(n >> shift));
}

static void put_le16(struct stk_buf *out, uint32_t n)
{
	stk_buf_byte(out, (char)n);
	stk_buf_byte(out, (char)(n >> 8));
}

static void pad_to(struct stk_buf *out, size_t n)
{
	assert_true(out->n <= n);
	stk_buf_repeat(out, '\0', n - out->n);
}

static const struct test_rpm_entry bash[] = {
	{ 1000, "bash", 0 },
	{ 1001, "5.1.8", 0 },
	{ 1002, "6.el9", 0 },
	{ 1022, "x86_64", 0 },
	{ 1014, "GPLv3+", 0 },
	{ 1011, "Red Hat, Inc.", 0 },
	{ 1044, "bash-5.1.8-6.el9.src.rpm", 0 },
};
static const struct test_rpm_entry module[] = {
	{ 1003, NULL, 2 },
	{ 1000, "nodejs-docs", 0 },
	{ 1001, "18.1", 0 },
	{ 1002, "1.el9", 0 },
	{ 1022, "noarch", 0 },
	{ 1044, "nodejs-18.1-1.el9.src.rpm", 0 },
	{ 5096, "nodejs:18:9020:rhel9", 0 },
};
static const struct test_rpm_entry key[] = { { 1000, "gpg-pubkey", 0 },
					     { 1001, "fd431d51", 0 },
					     { 1002, "4ae0493b", 0 } };

static void check_two(const struct stk_packages *list)
{
	assert_int_equal(list->n, 2);
	assert_str(list->v[0].name, "bash");
	assert_str(list->v[0].version, "5.1.8-6.el9");
	assert_str(list->v[0].source_name, "bash");
	assert_str(list->v[0].source_version, "5.1.8-6.el9");
	assert_str(list->v[0].architecture, "x86_64");
	assert_str(list->v[0].license, "GPLv3+");
	assert_str(list->v[0].maintainer, "Red Hat, Inc.");
	assert_str(list->v[1].version, "2:18.1-1.el9");
	assert_str(list->v[1].source_name, "nodejs");
	assert_str(list->v[1].source_version, "2:18.1-1.el9");
	assert_str(list->v[1].modularity, "nodejs:18:9020:rhel9");
}

static void check_bytes(struct stk_str bytes, struct stk_str log)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	struct stk_err err = { 0 };
	size_t broken = 0;
	if (stk_rpm_parse(&arena, bytes, log, &list, &broken, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(broken, 0);
	check_two(&list);
}

static void check_refused(struct stk_str bytes, const char *why)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	struct stk_err err = { 0 };
	size_t broken = 0;
	assert_int_equal(stk_rpm_parse(&arena, bytes, (struct stk_str){ 0 }, &list, &broken, &err), -1);
	if (!strstr(err.msg, why))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, why);
}

/* Adds a blob to an NDB file whose slot table has one page. */
static void put_ndb(struct stk_buf *slots, struct stk_buf *blobs, uint32_t number, const struct test_rpm_entry *entries,
		    size_t n)
{
	STK_BUF header = stk_buf_new(STK_KIB(64));
	test_rpm_header(&header, entries, n);
	size_t at = 4096 + blobs->n, blocks = (16 + header.n + 12 + 15) / 16;
	stk_buf_add(slots, S("Slot"));
	put_le32(slots, number);
	put_le32(slots, (uint32_t)at / 16);
	put_le32(slots, (uint32_t)blocks);
	size_t end = blobs->n + blocks * 16;
	stk_buf_add(blobs, S("BlbS"));
	put_le32(blobs, number);
	put_le32(blobs, 1);
	put_le32(blobs, (uint32_t)header.n);
	stk_buf_add(blobs, stk_buf_str(&header));
	pad_to(blobs, end);
}

static void make_ndb(struct stk_buf *out)
{
	STK_BUF blobs = stk_buf_new(STK_KIB(64));
	stk_buf_add(out, S("RpmP"));
	for (uint32_t i = 0; i < 7; i++)
		put_le32(out, i == 2 ? 1 : 0); /* pages of slots */
	put_ndb(out, &blobs, 1, bash, STK_LEN(bash));
	put_ndb(out, &blobs, 2, key, STK_LEN(key));
	put_ndb(out, &blobs, 3, module, STK_LEN(module));
	while (out->n < 4096) {
		stk_buf_add(out, S("Slot"));
		stk_buf_repeat(out, '\0', 12);
	}
	stk_buf_add(out, stk_buf_str(&blobs));
}

CASE(ndb)
{
	STK_BUF out = stk_buf_new(STK_KIB(256));
	make_ndb(&out);
	check_bytes(stk_buf_str(&out), (struct stk_str){ 0 });
	out.p[36] = 9; /* the slot and its blob disagree */
	check_refused(stk_buf_str(&out), "NDB slot at byte 32 points to no blob");
	check_refused(stk_str_slice(stk_buf_str(&out), 0, 20), "ends inside its header");
}

static void put_page_head(struct stk_buf *out, uint32_t number, uint32_t next, uint32_t entries, uint32_t used,
			  char type)
{
	stk_buf_repeat(out, '\0', 8);
	put_le32(out, number);
	put_le32(out, 0);
	put_le32(out, next);
	put_le16(out, entries);
	put_le16(out, used);
	stk_buf_byte(out, '\0');
	stk_buf_byte(out, type);
}

static void put_key(struct stk_buf *out, uint32_t number)
{
	stk_buf_byte(out, 1);
	put_le32(out, number);
}

/* A page of key and value: the counter, a value inside the page, one on a chain of two pages. Items lie from the end
 * on. */
static void put_hash_page(struct stk_buf *out, struct stk_str inside, uint32_t outside)
{
	struct stk_buf items[6];
	size_t end = 512, start = out->n;
	for (size_t i = 0; i < STK_LEN(items); i++)
		items[i] = stk_buf_new(512);
	put_key(&items[0], 0);
	put_key(&items[1], 2);
	put_key(&items[2], 1);
	stk_buf_byte(&items[3], 1);
	stk_buf_add(&items[3], inside);
	put_key(&items[4], 2);
	stk_buf_byte(&items[5], 3);
	stk_buf_repeat(&items[5], '\0', 3);
	put_le32(&items[5], 2);
	put_le32(&items[5], outside);
	put_page_head(out, 1, 0, 6, 0, 13);
	for (size_t i = 0; i < STK_LEN(items); i++)
		put_le16(out, (uint32_t)(end -= items[i].n));
	pad_to(out, start + end);
	for (size_t i = STK_LEN(items); i-- > 0;) {
		stk_buf_add(out, stk_buf_str(&items[i]));
		stk_buf_free(&items[i]);
	}
}

static void make_bdb(struct stk_buf *out)
{
	STK_BUF first = stk_buf_new(STK_KIB(4)), second = stk_buf_new(STK_KIB(4));
	test_rpm_header(&first, bash, STK_LEN(bash));
	test_rpm_header(&second, module, STK_LEN(module));
	stk_buf_repeat(out, '\0', 12);
	put_le32(out, 0x061561);
	put_le32(out, 9);
	put_le32(out, 512);
	stk_buf_byte(out, '\0');
	stk_buf_byte(out, 8);
	pad_to(out, 32);
	put_le32(out, 3);
	pad_to(out, 512);
	put_hash_page(out, stk_buf_str(&first), (uint32_t)second.n);
	put_page_head(out, 2, 3, 1, 100, 7);
	stk_buf_add(out, stk_str_slice(stk_buf_str(&second), 0, 100));
	pad_to(out, 3 * 512);
	put_page_head(out, 3, 0, 1, (uint32_t)second.n - 100, 7);
	stk_buf_add(out, stk_str_slice(stk_buf_str(&second), 100, second.n));
	pad_to(out, 4 * 512);
}

CASE(berkeley_db)
{
	STK_BUF out = stk_buf_new(STK_KIB(256));
	make_bdb(&out);
	check_bytes(stk_buf_str(&out), (struct stk_str){ 0 });
	check_refused(stk_str_slice(stk_buf_str(&out), 0, 3 * 512), "page 3 is no overflow page");
	check_refused(stk_str_slice(stk_buf_str(&out), 0, 60), "ends inside its first page");
	out.p[2 * 512 + 16] = 2; /* the chain leads back to itself */
	check_refused(stk_buf_str(&out), "has another length");
	out.p[25] = 9;
	check_refused(stk_buf_str(&out), "no hash database");
}

/* A database and its log as they are while the last transaction stands in the log alone. */
static void make_sqlite(struct stk_arena *arena, struct stk_str *bytes, struct stk_str *log)
{
	char path[] = "/tmp/strake-rpm-XXXXXX", file[64];
	sqlite3 *db;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/rpmdb.sqlite", path);
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	test_rpm_create(db);
	test_rpm_insert(db, bash, STK_LEN(bash));
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	test_rpm_insert(db, key, STK_LEN(key));
	test_rpm_insert(db, module, STK_LEN(module));
	*bytes = test_read(arena, file);
	snprintf(file, sizeof(file), "%s/rpmdb.sqlite-wal", path);
	*log = test_read(arena, file);
	sqlite3_close(db);
	snprintf(file, sizeof(file), "%s/rpmdb.sqlite", path);
	remove(file);
	remove(path);
}

CASE(sqlite_with_its_log)
{
	STK_ARENA arena = { 0 };
	struct stk_str bytes, log;
	struct stk_packages list = { 0 };
	struct stk_err err;
	size_t broken = 0;
	make_sqlite(&arena, &bytes, &log);
	check_bytes(bytes, log);
	/* Without the log only what was checkpointed is there, and a log that breaks off ends at its last whole
	 * transaction. */
	assert_int_equal(stk_rpm_parse(&arena, bytes, (struct stk_str){ 0 }, &list, &broken, &err), 0);
	assert_int_equal(list.n, 1);
	list.n = 0;
	assert_int_equal(stk_rpm_parse(&arena, bytes, stk_str_slice(log, 0, log.n - 1), &list, &broken, &err), 0);
	assert_int_equal(list.n, 1);
	check_refused(stk_str_slice(bytes, 0, bytes.n - 700), "SQLite");
}

CASE(rpm_header_is_checked)
{
	STK_ARENA arena = { 0 };
	STK_BUF blob = stk_buf_new(STK_KIB(4));
	struct stk_package package;
	test_rpm_header(&blob, bash, STK_LEN(bash));
	assert_true(stk_rpm_header(&arena, stk_buf_str(&blob), &package));
	for (size_t n = 0; n < blob.n; n++)
		assert_false(stk_rpm_header(&arena, stk_str_slice(stk_buf_str(&blob), 0, n), &package));
	blob.p[8 + 2 * 16] = 1; /* no release */
	assert_true(stk_rpm_header(&arena, stk_buf_str(&blob), &package));
	assert_str(package.version, "5.1.8");
	blob.p[8] = 1; /* no name */
	assert_false(stk_rpm_header(&arena, stk_buf_str(&blob), &package));
}

CASE(rpm_manifest)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	size_t broken = 0;
	stk_rpm_manifest_parse(
		&arena,
		S("zlib\t1.2.11-1.cm1\t1653816591\t1653628924\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\t"
		  "zlib-1.2.11-1.cm1.src.rpm\nopenssl-libs\t1.1.1-2\t1\t1\tM\t(none)\t1\tx86_64\t3\t"
		  "openssl-1.1.1-2.src.rpm\n\nlonely\n"),
		&list, &broken);
	assert_int_equal(list.n, 2);
	assert_int_equal(broken, 1);
	assert_str(list.v[0].version, "1.2.11-1.cm1");
	assert_str(list.v[0].maintainer, "Microsoft Corporation");
	assert_str(list.v[1].version, "3:1.1.1-2");
	assert_str(list.v[1].source_name, "openssl");
	assert_str(list.v[1].source_version, "3:1.1.1-2");
}
