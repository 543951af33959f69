/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms that a label's value may be required to have (hadolint's label-schema) and that need a
 * parser: url, rfc3339, semver, email. They follow what Hadolint's libraries take, not the
 * whole standards: the question is whether it would complain.
 */
#include "dockerfile/label_value.h"

#include <string.h>

#include "base/banned.h"

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static size_t scheme_length(struct stk_str s)
{
	size_t n = 0;
	while (n < s.n && (stk_is_alnum(s.p[n]) || is_in(s.p[n], "+-.")))
		n++;
	return n && stk_is_alpha(s.p[0]) && n < s.n && s.p[n] == ':' ? n : 0;
}

/* A scheme and then only characters of RFC 3986, escapes in full and at most one fragment.
   Relative references are none. */
bool stk_label_is_url(struct stk_str value)
{
	size_t n = scheme_length(value);
	bool fragment = false;
	for (size_t i = n + 1; n && i < value.n; i++) {
		char c = value.p[i];
		if (c == '%') {
			if (i + 2 >= value.n || !stk_is_xdigit(value.p[i + 1]) || !stk_is_xdigit(value.p[i + 2]))
				return false;
		} else if (!stk_is_alnum(c) && !is_in(c, "-._~:/?#[]@!$&'()*+,;=")) {
			return false;
		}
		if (c == '#' && fragment)
			return false;
		fragment |= c == '#';
	}
	return n > 0;
}

/* Takes exactly n digits off the text. */
static bool take_number(struct stk_str *rest, size_t n, unsigned least, unsigned most, unsigned *out)
{
	uint64_t number;
	struct stk_str digits = stk_str_slice(*rest, 0, n);
	if (digits.n != n || !stk_str_u64(digits, 10, &number) || number < least || number > most)
		return false;
	*rest = stk_str_slice(*rest, n, rest->n);
	*out = (unsigned)number;
	return true;
}

static bool take_byte(struct stk_str *rest, const char *set)
{
	if (!rest->n || !is_in(rest->p[0], set))
		return false;
	*rest = stk_str_slice(*rest, 1, rest->n);
	return true;
}

static bool take_date(struct stk_str *rest)
{
	static const unsigned lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day;
	if (!take_number(rest, 4, 0, 9999, &year) || !take_byte(rest, "-") || !take_number(rest, 2, 1, 12, &month) ||
	    !take_byte(rest, "-"))
		return false;
	/* The Gregorian rule (RFC 3339, appendix C). */
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return take_number(rest, 2, 1, lengths[month - 1], &day) && (month != 2 || day < 29 || leap);
}

/* RFC 3339 with a blank allowed for the T (its section 5.6 says that applications may). A leap
   second is 60. */
bool stk_label_is_date(struct stk_str value)
{
	struct stk_str rest = value;
	unsigned unused;
	if (!take_date(&rest) || !take_byte(&rest, "Tt ") || !take_number(&rest, 2, 0, 23, &unused) ||
	    !take_byte(&rest, ":") || !take_number(&rest, 2, 0, 59, &unused) || !take_byte(&rest, ":") ||
	    !take_number(&rest, 2, 0, 60, &unused))
		return false;
	/* A fraction needs a digit, but has no upper bound. */
	if (take_byte(&rest, ".")) {
		if (!take_byte(&rest, "0123456789"))
			return false;
		while (take_byte(&rest, "0123456789"))
			;
	}
	if (take_byte(&rest, "Zz"))
		return !rest.n;
	return take_byte(&rest, "+-") && take_number(&rest, 2, 0, 23, &unused) && take_byte(&rest, ":") &&
	       take_number(&rest, 2, 0, 59, &unused) && !rest.n;
}

bool stk_label_is_hash(struct stk_str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!is_in(value.p[i], "0123456789abcdef"))
			return false;
	return value.n == 7 || value.n == 40;
}

/* Dot-separated identifiers of letters, digits and hyphens; numbers without leading zeros where asked. */
static bool are_identifiers(struct stk_str text, bool strict_numbers)
{
	if (!text.n || text.p[text.n - 1] == '.')
		return false;
	for (struct stk_str rest = text; rest.n;) {
		struct stk_str part = stk_str_cut(&rest, '.');
		bool number = true;
		for (size_t i = 0; i < part.n; i++) {
			if (!stk_is_alnum(part.p[i]) && part.p[i] != '-')
				return false;
			number &= stk_is_digit(part.p[i]);
		}
		/* Numeric identifiers of a pre-release have no leading zero, those of build
		   metadata may (semver.org, 9 and 10). */
		if (!part.n || (strict_numbers && number && part.n > 1 && part.p[0] == '0'))
			return false;
	}
	return true;
}

static bool is_plain_number(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stk_is_digit(s.p[i]))
			return false;
	return s.n == 1 || (s.n > 1 && s.p[0] != '0');
}

bool stk_label_is_semver(struct stk_str value)
{
	size_t plus = stk_str_find_byte(value, '+');
	if (plus != SIZE_MAX && !are_identifiers(stk_str_slice(value, plus + 1, value.n), false))
		return false;
	struct stk_str rest = stk_str_slice(value, 0, plus);
	size_t dash = stk_str_find_byte(rest, '-');
	if (dash != SIZE_MAX && !are_identifiers(stk_str_slice(rest, dash + 1, rest.n), true))
		return false;
	rest = stk_str_slice(rest, 0, dash);
	struct stk_str major = stk_str_cut(&rest, '.'), minor = stk_str_cut(&rest, '.');
	return is_plain_number(major) && is_plain_number(minor) && is_plain_number(rest);
}

/* Atoms divided by single dots. */
static bool is_dot_atom(struct stk_str s)
{
	bool dot = true;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? dot : !stk_is_alnum(s.p[i]) && !is_in(s.p[i], "!#$%&'*+-/=?^_`{|}~"))
			return false;
		dot = s.p[i] == '.';
	}
	return s.n && !dot;
}

static bool is_quoted(struct stk_str s, char open, char close)
{
	if (s.n < 2 || s.p[0] != open || s.p[s.n - 1] != close)
		return false;
	for (size_t i = 1; i + 1 < s.n; i++) {
		/* The closing mark itself cannot be escaped. */
		if (s.p[i] == '\\' && i + 2 < s.n)
			i++;
		else if (s.p[i] == open || s.p[i] == close || s.p[i] == '\\' || (unsigned char)s.p[i] < ' ')
			return false;
	}
	return true;
}

bool stk_label_is_email(struct stk_str value)
{
	size_t at = stk_str_rfind_byte(value, '@');
	if (at == SIZE_MAX)
		return false;
	struct stk_str local = stk_str_slice(value, 0, at), domain = stk_str_slice(value, at + 1, value.n);
	return (is_dot_atom(local) || is_quoted(local, '"', '"')) &&
	       (is_dot_atom(domain) || is_quoted(domain, '[', ']'));
}
