/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See time.h. The arithmetic on days is the well-known one of Howard Hinnant's
 * "chrono-Compatible Low-Level Date Algorithms": eras of 400 years, each of exactly 146,097
 * days.
 */
#include "base/time.h"

#include <stdlib.h>
#include <time.h>

#include "base/banned.h"

enum { DAY = 86400 };

int64_t stk_time_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds;
	if (fixed && stk_str_i64(stk_str_from(fixed), &seconds))
		return seconds;
	return (int64_t)time(NULL);
}

/* Days since the epoch; years are counted from March so that the leap day comes last. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	/* Division rounds towards zero, eras count down: hence the 399 for years before 0. */
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	/* (153 m + 2) / 5 is the number of days before month m of a year that begins in March:
	   31, 30, 31, 30, 31 twice over. */
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	/* 719,468 days lie between 0000-03-01 and 1970-01-01. */
	return era * 146097 + day_of_era - 719468;
}

/* Exactly that many digits, within the bounds: "1" is no month. */
static bool take_number(struct stk_str *rest, size_t digits, int64_t low, int64_t high, int64_t *out)
{
	uint64_t value;
	if (rest->n < digits || !stk_str_u64(stk_str_slice(*rest, 0, digits), 10, &value))
		return false;
	*rest = stk_str_slice(*rest, digits, rest->n);
	*out = (int64_t)value;
	return *out >= low && *out <= high;
}

/* Takes the byte off *rest where it stands at its beginning. */
static bool take_byte(struct stk_str *rest, char byte)
{
	if (!rest->n || rest->p[0] != byte)
		return false;
	*rest = stk_str_slice(*rest, 1, rest->n);
	return true;
}

/* "Z", "+02:00" or nothing: the offset in seconds. */
static bool take_offset(struct stk_str *rest, int64_t *offset)
{
	int64_t hours, minutes;
	*offset = 0;
	if (!rest->n || take_byte(rest, 'Z') || take_byte(rest, 'z'))
		return true;
	bool west = rest->p[0] == '-';
	if (!take_byte(rest, '+') && !take_byte(rest, '-'))
		return false;
	if (!take_number(rest, 2, 0, 23, &hours) || !take_byte(rest, ':') || !take_number(rest, 2, 0, 59, &minutes))
		return false;
	*offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

/* "10:20:30", a fraction, an offset: seconds since midnight UTC, which may be negative. 60 is a
   leap second (RFC 3339, 5.6) and counts as the next minute's first. */
static bool take_clock(struct stk_str *rest, int64_t *seconds)
{
	int64_t hour, minute, second, offset;
	if (!take_number(rest, 2, 0, 23, &hour) || !take_byte(rest, ':') || !take_number(rest, 2, 0, 59, &minute) ||
	    !take_byte(rest, ':') || !take_number(rest, 2, 0, 60, &second))
		return false;
	if (take_byte(rest, '.'))
		while (rest->n && stk_is_digit(rest->p[0]))
			*rest = stk_str_slice(*rest, 1, rest->n);
	if (!take_offset(rest, &offset))
		return false;
	*seconds = hour * 3600 + minute * 60 + second - offset;
	return true;
}

bool stk_time_parse(struct stk_str text, int64_t *out)
{
	int64_t year, month, day, seconds = 0;
	struct stk_str rest = text;
	if (!take_number(&rest, 4, 0, 9999, &year) || !take_byte(&rest, '-') || !take_number(&rest, 2, 1, 12, &month) ||
	    !take_byte(&rest, '-') || !take_number(&rest, 2, 1, 31, &day))
		return false;
	if (rest.n && (rest.p[0] == 'T' || rest.p[0] == 't' || rest.p[0] == ' ')) {
		rest = stk_str_slice(rest, 1, rest.n);
		if (!take_clock(&rest, &seconds))
			return false;
	}
	if (rest.n)
		return false;
	*out = days_from_date(year, month, day) * DAY + seconds;
	return true;
}

/* gmtime_r, as the way back needs no hostile input. */
static struct tm calendar(int64_t seconds)
{
	struct tm parts = { 0 };
	time_t when = (time_t)seconds;
	gmtime_r(&when, &parts);
	return parts;
}

struct stk_str stk_time_date(struct stk_arena *arena, int64_t seconds)
{
	struct tm t = calendar(seconds);
	return stk_arena_printf(arena, "%04d-%02d-%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}

struct stk_str stk_time_format(struct stk_arena *arena, int64_t seconds)
{
	struct tm t = calendar(seconds);
	return stk_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
				t.tm_hour, t.tm_min, t.tm_sec);
}
