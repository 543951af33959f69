/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's SQLite form: one table, Packages(hnum, blob). SQLite itself reads it, from memory, with what hostile files call
 * for switched on. A write-ahead log is merged first, as www.sqlite.org/fileformat2.html says in section 4: an
 * in-memory database cannot have one.
 */
#include <sqlite3.h>
#include <string.h>

#include "base/limits.h"
#include "package/rpm.h"
#include "base/banned.h"

enum { LOG_HEAD = 32, FRAME_HEAD = 24, LOG_MAGIC = 0x377f0682, STEPS_BETWEEN_CALLS = 1000, MOST_CALLS = 200000 };

struct log {
	struct stk_str bytes;
	uint32_t page_size, sum[2];
	bool big_endian;
	size_t committed; /* end of the last frame that counts */
	uint32_t pages;	  /* of the database after it; 0: nothing counts */
};

/* The log's own checksum, over pairs of words in the byte order that its magic states; sums run
   on from frame to frame, which is how old frames are told from new ones. */
static void add_sum(struct log *log, struct stk_str data)
{
	uint32_t (*word)(const char *) = log->big_endian ? stk_be32 : stk_le32;
	for (size_t i = 0; i + 8 <= data.n; i += 8) {
		log->sum[0] += word(data.p + i) + log->sum[1];
		log->sum[1] += word(data.p + i + 4) + log->sum[0];
	}
}

static bool sum_is(const struct log *log, const char *stored)
{
	return log->sum[0] == stk_be32(stored) && log->sum[1] == stk_be32(stored + 4);
}

static bool open_log(struct log *log)
{
	if (log->bytes.n < LOG_HEAD || (stk_be32(log->bytes.p) & ~1u) != LOG_MAGIC)
		return false;
	log->big_endian = stk_be32(log->bytes.p) & 1;
	log->page_size = stk_be32(log->bytes.p + 8);
	add_sum(log, stk_str_slice(log->bytes, 0, 24));
	return log->page_size >= 512 && log->page_size <= 65536 && sum_is(log, log->bytes.p + 24);
}

/* Frames count up to the last commit before the first that an older run of the log left behind. */
static void find_commit(struct log *log)
{
	size_t step = FRAME_HEAD + (size_t)log->page_size;
	for (size_t at = LOG_HEAD; at + step <= log->bytes.n; at += step) {
		const char *frame = log->bytes.p + at;
		add_sum(log, (struct stk_str){ frame, 8 });
		add_sum(log, (struct stk_str){ frame + FRAME_HEAD, log->page_size });
		if (memcmp(frame + 8, log->bytes.p + 16, 8) != 0 || !sum_is(log, frame + 16))
			return;
		if (!stk_be32(frame + 4))
			continue;
		log->committed = at + step;
		log->pages = stk_be32(frame + 4);
	}
}

static void apply_frames(const struct log *log, char *out)
{
	size_t step = FRAME_HEAD + (size_t)log->page_size;
	for (size_t at = LOG_HEAD; at < log->committed; at += step) {
		uint32_t page = stk_be32(log->bytes.p + at);
		if (page && page <= log->pages)
			memcpy(out + (size_t)(page - 1) * log->page_size, log->bytes.p + at + FRAME_HEAD,
			       log->page_size);
	}
}

/* A copy that SQLite may have: the log merged, and the header changed to say that there is none. */
static int merge(struct stk_str bytes, struct stk_str log_bytes, struct stk_str *out, struct stk_err *err)
{
	struct log log = { .bytes = log_bytes };
	if (open_log(&log))
		find_commit(&log);
	/* The last commit states how many pages the database has: it may be longer, or shorter,
	   than the file. */
	uint64_t size = log.pages ? (uint64_t)log.pages * log.page_size : bytes.n;
	if (size > STK_LIMIT_WHOLE_FILE)
		return stk_fail(err, STK_ELIMIT, "SQLite database is larger than 512 MiB");
	char *copy = sqlite3_malloc64(size);
	if (!copy)
		return stk_fail(err, STK_ELIMIT, "no memory for a database of %zu bytes", (size_t)size);
	size_t kept = bytes.n < size ? bytes.n : (size_t)size;
	memcpy(copy, bytes.p, kept);
	memset(copy + kept, 0, (size_t)size - kept);
	apply_frames(&log, copy);
	if (size > 19)
		copy[18] = copy[19] = 1; /* journal mode: not WAL */
	*out = (struct stk_str){ copy, (size_t)size };
	return 0;
}

/* A schema of somebody else's making can ask for endless work. */
static int count_steps(void *calls)
{
	return ++*(int *)calls > MOST_CALLS;
}

/* Takes the copy over, also when it fails. */
static int open_database(struct stk_str copy, int *calls, sqlite3 **db)
{
	int status = sqlite3_open_v2(":memory:", db, SQLITE_OPEN_READONLY | SQLITE_OPEN_MEMORY, NULL);
	if (status != SQLITE_OK) {
		sqlite3_free((void *)copy.p);
		return status;
	}
	/* What sqlite.org/security.html advises for files of others: no functions or virtual
	   tables that a schema calls, no views, no triggers, a ceiling on values. */
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_limit(*db, SQLITE_LIMIT_LENGTH, STK_MIB(256));
	sqlite3_progress_handler(*db, STEPS_BETWEEN_CALLS, count_steps, calls);
	status = sqlite3_deserialize(*db, "main", (unsigned char *)copy.p, (sqlite3_int64)copy.n, (sqlite3_int64)copy.n,
				     SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
	return status == SQLITE_OK ? sqlite3_exec(*db, "PRAGMA cell_size_check=ON", NULL, NULL, NULL) : status;
}

static int walk_rows(sqlite3 *db, const struct stk_rpm_visitor *visitor)
{
	sqlite3_stmt *statement = NULL;
	/* In rpm's own order, so that two scans list the same. */
	int status = sqlite3_prepare_v2(db, "SELECT blob FROM Packages ORDER BY hnum", -1, &statement, NULL);
	while (status == SQLITE_OK || status == SQLITE_ROW) {
		status = sqlite3_step(statement);
		if (status != SQLITE_ROW)
			break;
		const char *blob = sqlite3_column_blob(statement, 0);
		int n = sqlite3_column_bytes(statement, 0);
		visitor->visit(visitor->context, (struct stk_str){ blob ? blob : "", blob ? (size_t)n : 0 });
	}
	sqlite3_finalize(statement);
	return status;
}

int stk_rpm_walk_sqlite(struct stk_str bytes, struct stk_str log, const struct stk_rpm_visitor *visitor,
			struct stk_err *err)
{
	struct stk_str copy = S("");
	sqlite3 *db = NULL;
	int calls = 0;
	if (merge(bytes, log, &copy, err) < 0)
		return -1;
	int status = open_database(copy, &calls, &db);
	if (status == SQLITE_OK)
		status = walk_rows(db, visitor);
	if (status != SQLITE_DONE)
		stk_fail(err, STK_EFORMAT, "SQLite: %s", db ? sqlite3_errmsg(db) : sqlite3_errstr(status));
	sqlite3_close(db);
	return status == SQLITE_DONE ? 0 : -1;
}
