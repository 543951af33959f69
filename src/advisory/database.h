/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The advisory database: one read-only file that is mapped and never parsed, docs/database.md
 * describes its bytes. Opening checks the header and that every section lies inside the file;
 * whoever follows a number found in it checks that number. A file is replaced by renaming a new
 * one over it, so that a mapping of the old one stays whole.
 *
 * Two ways to open: stk_database_use, which does what a scan wants (find it, fall back on the
 * built-in set, say so), and stk_database_open for commands about the file itself. Rows are
 * read through database_read.h. An open database is never written to, so threads may share it;
 * strings read from it live until it is closed.
 */

#include "base/arena.h"
#include "base/err.h"
#include "io/file.h"
#include "report/report.h"

#define STK_DATABASE_MAX_AGE_DAYS                                                                                      \
	7 /* older than this is worth a notice; $STRAKE_DB_MAX_AGE (days, 0: never) overrides it */

struct stk_database {
	struct stk_mapping mapping; /* owned; empty for the built-in one */
	struct stk_str bytes;	    /* the whole file */
	struct stk_str path; /* where it is, or empty for the built-in one; lives as long as the arena given to open */
	bool builtin;
	int64_t built; /* when it was written, seconds */
	const struct stk_database_header *header;
};

#define STK_DATABASE __attribute__((cleanup(stk_database_close))) struct stk_database

/* Maps a file. STK_ENOTFOUND when there is none, STK_EFORMAT when it is no database, of another version, or cut short.
 */
int stk_database_open(struct stk_arena *arena, const char *path, struct stk_database *out, struct stk_err *err);
/* The small set that is part of the program; never fails. */
void stk_database_open_builtin(struct stk_database *out);
/* A database in memory; the bytes must stay, aligned to 8, until close. */
int stk_database_open_bytes(struct stk_str bytes, struct stk_database *out, struct stk_err *err);
/* A zeroed struct may be closed. */
void stk_database_close(struct stk_database *database);

/* Where the database is: `named` (--db) when not NULL, else $STRAKE_DB, else strake/advisories.db in $XDG_CACHE_HOME or
 * ~/.cache. */
struct stk_str stk_database_path(struct stk_arena *arena, const char *named);
/*
 * What a scan opens: the file of stk_database_path; when none is there and none was named, the built-in set. Notices
 * about the built-in set and about an old database are added to report->notices. An error when a named one is missing
 * or any is broken.
 */
int stk_database_use(struct stk_report *report, const char *named, struct stk_database *out, struct stk_err *err);

/* Whole days since it was built; is that more than $STRAKE_DB_MAX_AGE or STK_DATABASE_MAX_AGE_DAYS allows? */
int64_t stk_database_age_days(const struct stk_database *database);
bool stk_database_is_old(const struct stk_database *database);

/* Is the checksum over all bytes right? Reads the whole file. */
int stk_database_verify(const struct stk_database *database, struct stk_err *err);
