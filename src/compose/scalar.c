/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain scalars as go-yaml v3 resolves them, which is YAML 1.2's core schema with parts of 1.1: 0777 is octal, 1_000 a
 * number, yes a string, an unquoted date a timestamp.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compose/tree.h"
#include "base/banned.h"

/* strconv.ParseInt with base 0, underscores taken out before. */
static bool read_int(struct stk_str digits, int64_t *out)
{
	bool negative = digits.n && digits.p[0] == '-';
	if (digits.n && (digits.p[0] == '-' || digits.p[0] == '+'))
		digits = stk_str_slice(digits, 1, digits.n);
	unsigned base = 10;
	if (digits.n > 1 && digits.p[0] == '0') {
		char mark = stk_lower(digits.p[1]);
		base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
		digits = stk_str_slice(digits, stk_is_digit(mark) ? 1 : 2, digits.n);
		if (!stk_is_digit(mark) && mark != 'x' && mark != 'b' && mark != 'o')
			return false;
	}
	uint64_t value;
	if (!digits.n || !stk_is_xdigit(digits.p[0]) || !stk_str_u64(digits, base, &value) ||
	    value > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_like_float(struct stk_str s)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'), begin = i, digits = 0;
	for (; i < s.n && stk_is_digit(s.p[i]); i++)
		digits++;
	if (i < s.n && s.p[i] == '.') {
		size_t after = ++i;
		while (i < s.n && stk_is_digit(s.p[i]))
			i++;
		/* "." alone, or a sign and "." */
		if (!digits && i == after)
			return false;
	} else if (!digits) {
		return false;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		/* The sign counts only with something behind it: "1e+" has no exponent and is a
		   string. */
		i += 1 + (i + 1 < s.n && (s.p[i + 1] == '-' || s.p[i + 1] == '+'));
		size_t exponent = i;
		while (i < s.n && stk_is_digit(s.p[i]))
			i++;
		if (i == exponent)
			return false;
	}
	return i == s.n && i > begin;
}

/* YAML's .inf and .nan in the three spellings of the core schema, else what strtod reads. An underflow is a
   number, an overflow is none, as in strconv.ParseFloat. */
static bool read_float(struct stk_arena *arena, struct stk_str text, double *out)
{
	struct stk_str unsigned_text = stk_str_slice(text, text.p[0] == '+' || text.p[0] == '-', text.n);
	bool word = stk_str_starts(unsigned_text, S(".")) && unsigned_text.n == 4;
	if (word && stk_is_one_of(text, ".nan .NaN .NAN")) {
		*out = strtod("nan", NULL);
		return true;
	}
	if (word && stk_is_one_of(text, ".inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF")) {
		*out = text.p[0] == '-' ? -strtod("inf", NULL) : strtod("inf", NULL);
		return true;
	}
	if (!looks_like_float(text) || text.n > 400)
		return false;
	errno = 0;
	*out = strtod(stk_arena_str(arena, text).p, NULL);
	return errno != ERANGE || (*out < 1 && *out > -1);
}

/* Up to `most` digits, so that *out cannot overflow; false where there is none. */
static bool cut_number(struct stk_str *rest, size_t most, unsigned *out)
{
	size_t n = 0;
	*out = 0;
	while (n < most && n < rest->n && stk_is_digit(rest->p[n]))
		*out = *out * 10 + (unsigned)(rest->p[n++] - '0');
	*rest = stk_str_slice(*rest, n, rest->n);
	return n > 0;
}

/* One byte that is any of these. */
static bool cut_byte(struct stk_str *rest, const char *any)
{
	if (!rest->n || !memchr(any, rest->p[0], strlen(any)))
		return false;
	*rest = stk_str_slice(*rest, 1, rest->n);
	return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + leap;
}

/* 2006-1-2, 2006-1-2T15:4:5.999Z07:00 or 2006-1-2 15:4:5.999; *out receives it as RFC 3339 has it. */
static bool read_time(struct stk_arena *arena, struct stk_str s, struct stk_str *out)
{
	unsigned year, month, day, hour = 0, minute = 0, second = 0, digits, off_hour, off_minute;
	struct stk_str rest = s, fraction = S(""), zone = S("Z");
	if (s.n < 8 || s.p[4] != '-' || !cut_number(&rest, 4, &year) || !cut_byte(&rest, "-") ||
	    !cut_number(&rest, 2, &month) || !cut_byte(&rest, "-") || !cut_number(&rest, 2, &day) || month < 1 ||
	    month > 12 || day < 1 || day > days_in(year, month))
		return false;
	if (rest.n) {
		bool zoned = rest.p[0] != ' ';
		if (!cut_byte(&rest, "Tt ") || !cut_number(&rest, 2, &hour) || !cut_byte(&rest, ":") ||
		    !cut_number(&rest, 2, &minute) || !cut_byte(&rest, ":") || !cut_number(&rest, 2, &second) ||
		    hour > 23 || minute > 59 || second > 59)
			return false;
		fraction = rest;
		if (cut_byte(&rest, ".") && !cut_number(&rest, 9, &digits))
			return false;
		fraction.n -= rest.n;
		if (zoned && !cut_byte(&rest, "Z")) {
			zone = rest;
			if (!cut_byte(&rest, "+-") || !cut_number(&rest, 2, &off_hour) || !cut_byte(&rest, ":") ||
			    !cut_number(&rest, 2, &off_minute))
				return false;
		}
		if (rest.n)
			return false;
	}
	if (stk_str_is(zone, "+00:00"))
		zone = S("Z");
	while (fraction.n && (fraction.p[fraction.n - 1] == '0' || fraction.n == 1))
		fraction.n--;
	*out = stk_arena_printf(arena, "%04u-%02u-%02uT%02u:%02u:%02u" STK_FMT STK_FMT, year, month, day, hour, minute,
				second, STK_ARG(fraction), STK_ARG(zone));
	return true;
}

/* go-yaml takes them out of everything that may be a number, wherever they stand. */
static struct stk_str without_underscores(struct stk_arena *arena, struct stk_str text)
{
	if (stk_str_find_byte(text, '_') == SIZE_MAX)
		return text;
	char *copy = stk_arena_alloc(arena, text.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_')
			copy[n++] = text.p[i];
	return (struct stk_str){ copy, n };
}

/* The order decides: a date begins like a number (2024-01-02), and an integer is a float as
   well. */
void stk_compose_scalar(struct stk_arena *arena, struct stk_str text, struct stk_compose_node *out)
{
	out->text = text;
	out->type = STK_COMPOSE_STRING;
	char first = text.n ? text.p[0] : '~';
	if (!text.n || (memchr("~nN", first, 3) && stk_is_one_of(text, "~ null Null NULL"))) {
		out->type = STK_COMPOSE_NULL;
	} else if (memchr("tTfF", first, 4) && stk_is_one_of(text, "true True TRUE false False FALSE")) {
		out->type = STK_COMPOSE_BOOL;
		out->boolean = stk_lower(first) == 't';
		/* Nothing else can be a number or a date. (.inf and .nan begin with a dot.) */
	} else if (stk_is_digit(first) || memchr("-+.", first, 3)) {
		struct stk_str plain = without_underscores(arena, text);
		if (read_time(arena, text, &out->text))
			out->type = STK_COMPOSE_TIME;
		else if (first != '.' && read_int(plain, &out->integer))
			out->type = STK_COMPOSE_INT;
		else if (read_float(arena, plain, &out->number))
			out->type = STK_COMPOSE_FLOAT;
	}
}
