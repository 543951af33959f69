/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which database a scan uses, and what has to be said about it. A scan must not fail for want
 * of a database on a fresh machine, and must not look complete either: hence the small built-in
 * set and its notice.
 */
#include <stdlib.h>

#include "advisory/builtin.h"
#include "advisory/database_read.h"
#include "base/time.h"
#include "base/banned.h"

enum { DAY = 86400 };

void stk_database_open_builtin(struct stk_database *out)
{
	struct stk_err err;
	if (stk_database_open_bytes(stk_builtin_advisories(), out, &err) < 0)
		abort(); /* the build made it */
	out->builtin = true;
}

static struct stk_str environment(const char *name)
{
	return stk_str_from(getenv(name));
}

struct stk_str stk_database_path(struct stk_arena *arena, const char *named)
{
	struct stk_str given = named ? stk_str_from(named) : environment("STRAKE_DB"),
		       cache = environment("XDG_CACHE_HOME");
	if (given.n)
		return stk_arena_str(arena, given);
	if (cache.n)
		return stk_arena_printf(arena, STK_FMT "/strake/advisories.db", STK_ARG(cache));
	return stk_arena_printf(arena, STK_FMT "/.cache/strake/advisories.db", STK_ARG(environment("HOME")));
}

static int64_t max_age_days(void)
{
	int64_t days;
	return stk_str_i64(environment("STRAKE_DB_MAX_AGE"), &days) && days >= 0 ? days : STK_DATABASE_MAX_AGE_DAYS;
}

int64_t stk_database_age_days(const struct stk_database *database)
{
	int64_t now = stk_time_now();
	return now > database->built ? (now - database->built) / DAY : 0;
}

bool stk_database_is_old(const struct stk_database *database)
{
	return !database->builtin && max_age_days() && stk_database_age_days(database) > max_age_days();
}

static void notice_builtin(struct stk_report *report, const struct stk_database *database)
{
	*STK_PUSH(report->arena, &report->notices) =
		stk_arena_printf(report->arena,
				 "no advisory database is installed: only the %zu well-known vulnerabilities that are "
				 "part of the program were looked for. "
				 "Run \"strake db update\" for all of them",
				 stk_database_count(database, STK_SECTION_ADVISORIES));
}

static void notice_age(struct stk_report *report, const struct stk_database *database)
{
	if (stk_database_is_old(database))
		*STK_PUSH(report->arena, &report->notices) = stk_arena_printf(
			report->arena,
			"the advisory database is %lld days old: newer vulnerabilities are not known to it. "
			"Run \"strake db update\"",
			(long long)stk_database_age_days(database));
}

int stk_database_use(struct stk_report *report, const char *named, struct stk_database *out, struct stk_err *err)
{
	struct stk_str path = stk_database_path(report->arena, named);
	bool chosen = named || environment("STRAKE_DB").n;
	if (!chosen && !stk_file_exists(path.p)) {
		stk_database_open_builtin(out);
		notice_builtin(report, out);
		return 0;
	}
	if (stk_database_open(report->arena, path.p, out, err) < 0) {
		if (err->code == STK_ENOTFOUND)
			stk_hint(err, "fetch one with \"strake db update\", or name another with --db");
		return stk_within(err, "advisory database");
	}
	notice_age(report, out);
	return 0;
}
