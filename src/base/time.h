/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Dates as seconds since 1970-01-01T00:00:00Z, proleptic Gregorian, without leap seconds or
 * time zones: what advisories, image configurations and ignore files hold. Own code rather than
 * strptime and mktime, which read the locale and the machine's time zone.
 *
 * Nothing asks the clock but stk_time_now, and that only where a report has to know today's
 * date (ignores that expire, the age of the database).
 */

#include "base/arena.h"

/* SOURCE_DATE_EPOCH when it is set to a number (reproducible-builds.org's convention), else the
   clock. */
int64_t stk_time_now(void);
/* Reads "2024-05-01", "2024-05-01T10:20:30Z", fractions and numeric offsets (RFC 3339). False
   when it is no date. A blank may stand for the "T"; a time without an offset is UTC; fractions
   are dropped. Days are checked against 31, not against the month: "2023-02-31" is 3 March. */
bool stk_time_parse(struct stk_str text, int64_t *out);
/* "2024-05-01T10:20:30Z" */
struct stk_str stk_time_format(struct stk_arena *arena, int64_t seconds);
/* "2024-05-01" */
struct stk_str stk_time_date(struct stk_arena *arena, int64_t seconds);
