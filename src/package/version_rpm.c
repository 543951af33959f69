/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPM versions ([epoch:]version[-release]) by rpm's own rules, with "~" below and "^" just above the bare version; and
 * pacman's, which share the segments but know neither sign and put letters behind a common prefix below it.
 */
#include "package/version_schemes.h"
#include "base/banned.h"

struct evr {
	struct stk_str epoch, version, release;
	bool has_release;
};

static struct evr split(struct stk_str v)
{
	struct evr out = { .version = stk_str_trim(v) };
	size_t colon = stk_str_find_byte(out.version, ':');
	if (colon != SIZE_MAX) {
		out.epoch = stk_str_slice(out.version, 0, colon);
		out.version = stk_str_slice(out.version, colon + 1, out.version.n);
	}
	size_t hyphen = stk_str_rfind_byte(out.version, '-');
	if (hyphen != SIZE_MAX) {
		out.release = stk_str_slice(out.version, hyphen + 1, out.version.n);
		out.version = stk_str_slice(out.version, 0, hyphen);
		out.has_release = true;
	}
	return out;
}

/* rpm compares whatever it is given. */
static bool valid(struct stk_str v)
{
	(void)v;
	return true;
}

static bool is_at(struct stk_str s, char c)
{
	return s.n && s.p[0] == c;
}

static struct stk_str skip_separators(struct stk_str s, bool tilde_and_caret)
{
	while (s.n && !stk_is_alnum(s.p[0]) && !(tilde_and_caret && (s.p[0] == '~' || s.p[0] == '^')))
		s = stk_str_slice(s, 1, s.n);
	return s;
}

/* One run of digits or letters of each; the kind is that of a's. Digits are newer than letters. */
static int compare_run(struct stk_str *a, struct stk_str *b)
{
	bool numeric = stk_is_digit(a->p[0]);
	if (numeric != stk_is_digit(b->p[0]))
		return numeric ? 1 : -1;
	if (numeric)
		return stk_digits_compare(stk_cut_digits(a), stk_cut_digits(b));
	return stk_str_compare(stk_cut_letters(a), stk_cut_letters(b));
}

/* "~" or "^" at the front of either. 1: decided in *order; 0: nothing there; -1: taken off both. */
static int compare_sign(struct stk_str *a, struct stk_str *b, int *order)
{
	if (is_at(*a, '~') || is_at(*b, '~')) {
		*order = is_at(*b, '~') - is_at(*a, '~');
	} else if (is_at(*a, '^') || is_at(*b, '^')) {
		/* "1.0^git1" is newer than "1.0", and older than "1.0.1", where b goes on with
		   something else. */
		if (!a->n || !b->n)
			*order = a->n ? 1 : -1;
		else
			*order = is_at(*b, '^') - is_at(*a, '^');
	} else {
		return 0;
	}
	if (*order)
		return 1;
	*a = stk_str_slice(*a, 1, a->n);
	*b = stk_str_slice(*b, 1, b->n);
	return -1;
}

static int segments_compare(struct stk_str a, struct stk_str b)
{
	while (a.n || b.n) {
		int order = 0;
		a = skip_separators(a, true);
		b = skip_separators(b, true);
		int sign = compare_sign(&a, &b, &order);
		if (sign > 0)
			return order;
		if (sign < 0)
			continue;
		if (!a.n || !b.n)
			break;
		order = compare_run(&a, &b);
		if (order)
			return order;
	}
	/* All runs were equal: whichever has something left is newer (rpmvercmp.c). */
	return (a.n > 0) - (b.n > 0);
}

/* A missing epoch is zero. Feeds also carry epochs that are no numbers: those compare as any segment does. */
static int compare_epochs(struct stk_str a, struct stk_str b)
{
	return segments_compare(a.n ? a : S("0"), b.n ? b : S("0"));
}

/* As rpmverCmp: no release is less than any. (Dependencies without a release fit all; that is another question.) */
static int compare(struct stk_str a, struct stk_str b)
{
	struct evr x = split(a), y = split(b);
	int order = compare_epochs(x.epoch, y.epoch);
	if (!order)
		order = segments_compare(x.version, y.version);
	return order ? order : segments_compare(x.release, y.release);
}

static int pacman_segments(struct stk_str a, struct stk_str b)
{
	while (a.n && b.n) {
		struct stk_str x = skip_separators(a, false), y = skip_separators(b, false);
		size_t skipped_a = a.n - x.n, skipped_b = b.n - y.n;
		a = x;
		b = y;
		if (!a.n || !b.n)
			break;
		/* alpm's vercmp.c: more separators make a version newer. */
		if (skipped_a != skipped_b)
			return skipped_a < skipped_b ? -1 : 1;
		int order = compare_run(&a, &b);
		if (order)
			return order;
	}
	if (!a.n && !b.n)
		return 0;
	/* What is left decides: a letter run is a prerelease, anything else is newer. */
	if ((!a.n && !stk_is_alpha(b.p[0])) || (a.n && stk_is_alpha(a.p[0])))
		return -1;
	return 1;
}

/* Other than rpm's: a release that is missing on one side is not compared. */
static int pacman_compare(struct stk_str a, struct stk_str b)
{
	struct evr x = split(a), y = split(b);
	int order = compare_epochs(x.epoch, y.epoch);
	if (!order)
		order = pacman_segments(x.version, y.version);
	if (order || !x.has_release || !y.has_release)
		return order;
	return pacman_segments(x.release, y.release);
}

const struct stk_version_ops stk_version_rpm = { valid, compare };
const struct stk_version_ops stk_version_pacman = { valid, pacman_compare };
