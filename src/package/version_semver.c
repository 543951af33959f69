/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semantic Versioning 2.0 and its relatives. Read leniently, as scanners and registries do: a leading "v" or "=", any
 * number of components (missing ones are zero), a prerelease without its hyphen ("1.21rc2", "1.0.0.alpha"). What
 * differs between the relatives: Pub orders by build metadata too, NuGet folds case.
 */
#include "package/version_schemes.h"
#include "base/banned.h"

/* Release "1.2.3", prerelease without its hyphen, build metadata without its plus sign. */
struct semver {
	struct stk_str release, pre, build;
};

static struct stk_str strip_sign(struct stk_str v)
{
	v = stk_str_trim(v);
	while (v.n && (v.p[0] == '=' || stk_is_space(v.p[0])))
		v = stk_str_slice(v, 1, v.n);
	if (v.n > 1 && stk_lower(v.p[0]) == 'v')
		v = stk_str_trim_left(stk_str_slice(v, 1, v.n));
	return v;
}

static bool identifiers(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stk_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '~' &&
		    s.p[i] != '+')
			return false;
	return s.n > 0;
}

static bool parse(struct stk_str v, struct semver *out)
{
	struct stk_str rest = strip_sign(v), whole = rest;
	while (rest.n && stk_is_digit(rest.p[0])) {
		stk_cut_digits(&rest);
		/* "1.2.alpha": the dot belongs to the prerelease. */
		if (rest.n < 2 || rest.p[0] != '.' || !stk_is_digit(rest.p[1]))
			break;
		rest = stk_str_slice(rest, 1, rest.n);
	}
	*out = (struct semver){ .release = stk_str_slice(whole, 0, whole.n - rest.n) };
	if (!out->release.n)
		return false;
	if (!rest.n)
		return true;
	struct stk_str tail = rest;
	out->pre = stk_str_cut(&tail, '+');
	out->build = tail;
	if (!out->pre.n)
		return identifiers(out->build);
	if (out->pre.p[0] == '-' || out->pre.p[0] == '.' || out->pre.p[0] == '_')
		out->pre = stk_str_slice(out->pre, 1, out->pre.n);
	return identifiers(out->pre) && (rest.n == out->pre.n || !out->build.n || identifiers(out->build));
}

static bool valid(struct stk_str v)
{
	struct semver ignored;
	return parse(v, &ignored);
}

static bool numeric(struct stk_str s)
{
	stk_cut_digits(&s);
	return !s.n;
}

static int compare_text(struct stk_str a, struct stk_str b, bool fold)
{
	for (size_t i = 0; fold && i < a.n && i < b.n; i++)
		if (stk_lower(a.p[i]) != stk_lower(b.p[i]))
			return stk_lower(a.p[i]) < stk_lower(b.p[i]) ? -1 : 1;
	return fold ? (a.n > b.n) - (a.n < b.n) : stk_str_compare(a, b);
}

/* Dotted identifiers: numbers below words, fewer below more. */
static int compare_identifiers(struct stk_str a, struct stk_str b, bool fold)
{
	while (a.n && b.n) {
		struct stk_str x = stk_str_cut(&a, '.'), y = stk_str_cut(&b, '.');
		bool x_numeric = numeric(x), y_numeric = numeric(y);
		/* semver.org, 11.4: numbers as numbers, before words; the longer of two that
		   begin alike is the greater. */
		int order = x_numeric != y_numeric ? (x_numeric ? -1 : 1)
			    : x_numeric		   ? stk_digits_compare(x, y)
						   : compare_text(x, y, fold);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

static int compare_core(const struct semver *a, const struct semver *b, bool fold)
{
	int order = stk_dotted_compare(a->release, b->release);
	if (order)
		return order;
	/* A prerelease is before its release (semver.org, 11.3). */
	if (!a->pre.n || !b->pre.n)
		return (b->pre.n > 0) - (a->pre.n > 0);
	return compare_identifiers(a->pre, b->pre, fold);
}

static int compare(struct stk_str a, struct stk_str b)
{
	struct semver x, y;
	parse(a, &x);
	parse(b, &y);
	return compare_core(&x, &y, false);
}

static int nuget_compare(struct stk_str a, struct stk_str b)
{
	struct semver x, y;
	parse(a, &x);
	parse(b, &y);
	return compare_core(&x, &y, true);
}

static int pub_compare(struct stk_str a, struct stk_str b)
{
	struct semver x, y;
	parse(a, &x);
	parse(b, &y);
	int order = compare_core(&x, &y, false);
	return order ? order : compare_identifiers(x.build, y.build, false);
}

/* The toolchain's own versions are written "go1.21.3". */
static struct stk_str strip_go(struct stk_str v)
{
	return stk_str_strip_prefix(stk_str_trim(v), S("go"));
}

/* A module's version is short only when nothing follows: "v1.2", but not "v1.2-pre". */
static bool go_valid(struct stk_str v)
{
	struct semver parsed;
	if (!parse(strip_go(v), &parsed))
		return false;
	size_t dots = 0;
	for (size_t i = 0; i < parsed.release.n; i++)
		dots += parsed.release.p[i] == '.';
	return v.p[0] != 'v' || dots >= 2 || (!parsed.pre.n && !parsed.build.n);
}

static int go_compare(struct stk_str a, struct stk_str b)
{
	return compare(strip_go(a), strip_go(b));
}

const struct stk_version_ops stk_version_semver = { valid, compare };
const struct stk_version_ops stk_version_generic = { valid, compare };
const struct stk_version_ops stk_version_go = { go_valid, go_compare };
const struct stk_version_ops stk_version_npm = { valid, compare };
const struct stk_version_ops stk_version_pub = { valid, pub_compare };
const struct stk_version_ops stk_version_nuget = { valid, nuget_compare };
