/* SPDX-License-Identifier: Apache-2.0 */
/* Debian versions (deb-version(7)): [epoch:]upstream[-revision], the revision behind the last hyphen. */
#include "package/version_schemes.h"
#include "base/banned.h"

struct parts {
	struct stk_str epoch, upstream, revision;
};

static struct parts split(struct stk_str v)
{
	struct parts out = { .upstream = stk_str_trim(v) };
	size_t colon = stk_str_find_byte(out.upstream, ':');
	if (colon != SIZE_MAX) {
		out.epoch = stk_str_slice(out.upstream, 0, colon);
		out.upstream = stk_str_slice(out.upstream, colon + 1, out.upstream.n);
	}
	size_t hyphen = stk_str_rfind_byte(out.upstream, '-');
	if (hyphen != SIZE_MAX) {
		out.revision = stk_str_slice(out.upstream, hyphen + 1, out.upstream.n);
		out.upstream = stk_str_slice(out.upstream, 0, hyphen);
	}
	return out;
}

static bool all_of(struct stk_str s, const char *extra)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stk_is_alnum(s.p[i]) && stk_str_find_byte(stk_str_from(extra), s.p[i]) == SIZE_MAX)
			return false;
	return true;
}

/* As deb-version(7) has it, and the underscore that repackaged software brings along. */
static bool valid(struct stk_str v)
{
	v = stk_str_trim(v);
	struct parts parts = split(v);
	struct stk_str epoch = parts.epoch;
	stk_cut_digits(&epoch);
	bool colon_leads = v.n && v.p[0] == ':';
	return !colon_leads && !epoch.n && parts.upstream.n && stk_is_digit(parts.upstream.p[0]) &&
	       all_of(parts.upstream, ".-+~:_") && all_of(parts.revision, ".+~_");
}

/* dpkg's order(): "~" below the end of the part, letters by code, everything else above all
   letters. */
static int weight(struct stk_str s)
{
	if (!s.n || stk_is_digit(s.p[0]))
		return 0;
	if (s.p[0] == '~')
		return -1;
	return stk_is_alpha(s.p[0]) ? (unsigned char)s.p[0] : (unsigned char)s.p[0] + 256;
}

/* dpkg's verrevcmp(): runs of non-digits by weight, runs of digits by value, in turns. At a
   part's end the weight is 0. */
static int compare_part(struct stk_str a, struct stk_str b)
{
	while (a.n || b.n) {
		/* deb-version(7): letters sort before other signs, "~" before even the end;
		   weight() gives that order. */
		while ((a.n && !stk_is_digit(a.p[0])) || (b.n && !stk_is_digit(b.p[0]))) {
			int order = weight(a) - weight(b);
			if (order)
				return order;
			a = stk_str_slice(a, 1, a.n);
			b = stk_str_slice(b, 1, b.n);
		}
		int order = stk_digits_compare(stk_cut_digits(&a), stk_cut_digits(&b));
		if (order)
			return order;
	}
	return 0;
}

static int compare(struct stk_str a, struct stk_str b)
{
	struct parts x = split(a), y = split(b);
	int order = stk_digits_compare(x.epoch, y.epoch);
	if (!order)
		order = compare_part(x.upstream, y.upstream);
	return order ? order : compare_part(x.revision, y.revision);
}

const struct stk_version_ops stk_version_deb = { valid, compare };
