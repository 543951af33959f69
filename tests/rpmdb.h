/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Makes rpm's headers, and databases of them in SQLite's form: real databases are megabytes,
 * and hold packages that change.
 */

#include <sqlite3.h>

#include "base/buf.h"

/* A tag with text, or with a number where text is NULL. */
struct test_rpm_entry {
	uint32_t tag;
	const char *text;
	uint32_t number;
};

/* A header of string entries (type 6) and numbers (type 4). */
void test_rpm_header(struct stk_buf *out, const struct test_rpm_entry *entries, size_t n);
/* The table of an rpm database, in a database that is open and empty. */
void test_rpm_create(sqlite3 *db);
/* Inserts a header into it. */
void test_rpm_insert(sqlite3 *db, const struct test_rpm_entry *entries, size_t n);
