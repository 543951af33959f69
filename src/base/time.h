/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Dates as seconds since 1970-01-01T00:00:00Z, proleptic Gregorian, without leap seconds or time zones. */

#include "base/arena.h"

/* SOURCE_DATE_EPOCH when it is set to a number, else the clock. */
int64_t stk_time_now(void);
/* Reads "2024-05-01", "2024-05-01T10:20:30Z", fractions and numeric offsets (RFC 3339). False when it is no date. */
bool stk_time_parse(struct stk_str text, int64_t *out);
/* "2024-05-01T10:20:30Z" */
struct stk_str stk_time_format(struct stk_arena *arena, int64_t seconds);
/* "2024-05-01" */
struct stk_str stk_time_date(struct stk_arena *arena, int64_t seconds);
