/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/limits.h"
#include "rpmdb.h"
#include "base/banned.h"

static void put_be32(struct stk_buf *out, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		stk_buf_byte(out, (char)(n >> shift));
}

void test_rpm_header(struct stk_buf *out, const struct test_rpm_entry *entries, size_t n)
{
	STK_BUF store = stk_buf_new(STK_KIB(64)), index = stk_buf_new(STK_KIB(64));
	for (size_t i = 0; i < n; i++) {
		put_be32(&index, entries[i].tag);
		put_be32(&index, entries[i].text ? 6 : 4);
		put_be32(&index, (uint32_t)store.n);
		put_be32(&index, 1);
		if (entries[i].text)
			stk_buf_add(&store, (struct stk_str){ entries[i].text, strlen(entries[i].text) + 1 });
		else
			put_be32(&store, entries[i].number);
	}
	put_be32(out, (uint32_t)n);
	put_be32(out, (uint32_t)store.n);
	stk_buf_add(out, stk_buf_str(&index));
	stk_buf_add(out, stk_buf_str(&store));
}

void test_rpm_create(sqlite3 *db)
{
	sqlite3_exec(db,
		     "PRAGMA page_size=512; PRAGMA journal_mode=WAL;"
		     "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",
		     NULL, NULL, NULL);
}

void test_rpm_insert(sqlite3 *db, const struct test_rpm_entry *entries, size_t n)
{
	STK_BUF header = stk_buf_new(STK_KIB(64));
	sqlite3_stmt *statement;
	test_rpm_header(&header, entries, n);
	assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES(?)", -1, &statement, NULL),
			 SQLITE_OK);
	sqlite3_bind_blob(statement, 1, header.p, (int)header.n, SQLITE_TRANSIENT);
	assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
	sqlite3_finalize(statement);
}
