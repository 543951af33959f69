/* SPDX-License-Identifier: Apache-2.0 */
/* Python's versions, PEP 440 with the spellings of its appendix B: [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]. */
#include "package/constraint.h"
#include "package/version_schemes.h"
#include "base/banned.h"

enum pre { PRE_NONE, PRE_A, PRE_B, PRE_RC };

/* The parts of a version; numbers as digits, empty ones count as 0. */
struct pep440 {
	struct stk_str epoch, release, pre_number, post_number, dev_number, local;
	enum pre pre;
	bool post, dev;
};

static bool separator(char c)
{
	return c == '.' || c == '-' || c == '_';
}

/* Takes "[sep]WORD[sep][N]" off *rest. The longest spelling stands first in each list. */
static bool take_word(struct stk_str *rest, const char *const *words, struct stk_str *number, size_t *which)
{
	struct stk_str s = *rest;
	if (s.n && separator(s.p[0]))
		s = stk_str_slice(s, 1, s.n);
	for (size_t i = 0; words[i]; i++) {
		struct stk_str word = stk_str_from(words[i]);
		if (!stk_str_starts_nocase(s, word))
			continue;
		s = stk_str_slice(s, word.n, s.n);
		if (s.n > 1 && separator(s.p[0]) && stk_is_digit(s.p[1]))
			s = stk_str_slice(s, 1, s.n);
		*number = stk_cut_digits(&s);
		*which = i;
		*rest = s;
		return true;
	}
	return false;
}

static bool local_valid(struct stk_str s)
{
	bool expect = true;
	for (size_t i = 0; i < s.n; i++) {
		bool sep = separator(s.p[i]);
		if ((sep && expect) || (!sep && !stk_is_alnum(s.p[i])))
			return false;
		expect = sep;
	}
	return !expect;
}

static void parse_release(struct stk_str *rest, struct pep440 *out)
{
	struct stk_str s = *rest;
	struct stk_str first = stk_cut_digits(&s);
	if (first.n && s.n && s.p[0] == '!') {
		out->epoch = first;
		s = *rest = stk_str_slice(s, 1, s.n);
		first = stk_cut_digits(&s);
	}
	while (first.n && s.n > 1 && s.p[0] == '.' && stk_is_digit(s.p[1])) {
		s = stk_str_slice(s, 1, s.n);
		stk_cut_digits(&s);
	}
	out->release = stk_str_slice(*rest, 0, rest->n - s.n);
	*rest = s;
}

static bool parse(struct stk_str v, struct pep440 *out)
{
	static const char *const pre[] = { "alpha", "a", "beta", "b", "preview", "pre", "rc", "c", NULL };
	static const enum pre pre_kinds[] = { PRE_A, PRE_A, PRE_B, PRE_B, PRE_RC, PRE_RC, PRE_RC, PRE_RC };
	static const char *const post[] = { "post", "rev", "r", NULL };
	static const char *const dev[] = { "dev", NULL };
	struct stk_str rest = stk_str_trim(v);
	size_t which;
	*out = (struct pep440){ 0 };
	if (rest.n && stk_lower(rest.p[0]) == 'v')
		rest = stk_str_slice(rest, 1, rest.n);
	parse_release(&rest, out);
	if (!out->release.n)
		return false;
	if (take_word(&rest, pre, &out->pre_number, &which))
		out->pre = pre_kinds[which];
	/* PEP 440 spells a post release "1.0-1" as well. */
	if (rest.n > 1 && rest.p[0] == '-' && stk_is_digit(rest.p[1])) {
		rest = stk_str_slice(rest, 1, rest.n);
		out->post_number = stk_cut_digits(&rest);
		out->post = true;
	} else {
		out->post = take_word(&rest, post, &out->post_number, &which);
	}
	out->dev = take_word(&rest, dev, &out->dev_number, &which);
	if (!rest.n)
		return true;
	out->local = stk_str_slice(rest, 1, rest.n);
	return rest.p[0] == '+' && local_valid(out->local);
}

static bool valid(struct stk_str v)
{
	struct pep440 ignored;
	return parse(v, &ignored);
}

/* dev alone sorts below every prerelease, no prerelease above all. */
static int pre_rank(const struct pep440 *v)
{
	if (v->pre != PRE_NONE)
		return (int)v->pre;
	return v->dev && !v->post ? 0 : PRE_RC + 1;
}

static struct stk_str cut_segment(struct stk_str *rest)
{
	size_t n = 0;
	while (n < rest->n && !separator(rest->p[n]))
		n++;
	struct stk_str out = stk_str_slice(*rest, 0, n);
	*rest = stk_str_slice(*rest, n + 1, rest->n);
	return out;
}

static bool numeric(struct stk_str s)
{
	stk_cut_digits(&s);
	return !s.n;
}

/* Case does not matter in a local version (PEP 440, "Normalization"). */
static int compare_folded(struct stk_str a, struct stk_str b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (stk_lower(a.p[i]) != stk_lower(b.p[i]))
			return stk_lower(a.p[i]) < stk_lower(b.p[i]) ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

static int compare_local(struct stk_str a, struct stk_str b)
{
	while (a.n && b.n) {
		struct stk_str x = cut_segment(&a), y = cut_segment(&b);
		bool x_numeric = numeric(x), y_numeric = numeric(y);
		/* Numeric segments are above words, the other way round than in prereleases of
		   semver. */
		int order = x_numeric != y_numeric ? (x_numeric ? 1 : -1)
			    : x_numeric		   ? stk_digits_compare(x, y)
						   : compare_folded(x, y);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

/* PEP 440, "Summary of permitted suffixes and relative ordering": epoch, release, pre, post,
   dev, local; a development release is before what it leads to. */
static int compare(struct stk_str a, struct stk_str b)
{
	struct pep440 x, y;
	parse(a, &x);
	parse(b, &y);
	int order = stk_digits_compare(x.epoch, y.epoch);
	if (!order)
		order = stk_dotted_compare(x.release, y.release);
	if (!order)
		order = pre_rank(&x) - pre_rank(&y);
	if (!order)
		order = stk_digits_compare(x.pre_number, y.pre_number);
	if (!order)
		order = x.post - y.post;
	if (!order)
		order = stk_digits_compare(x.post_number, y.post_number);
	if (!order)
		order = y.dev - x.dev;
	if (!order)
		order = stk_digits_compare(x.dev_number, y.dev_number);
	return order ? order : compare_local(x.local, y.local);
}

static size_t count_parts(struct stk_str release)
{
	size_t n = 0;
	for (; release.n; n++)
		stk_str_cut(&release, '.');
	return n;
}

/* Does the release begin with these `n` parts? Missing ones are zero. */
static bool begins(struct stk_str release, struct stk_str parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stk_digits_compare(stk_str_cut(&release, '.'), stk_str_cut(&parts, '.')) != 0)
			return false;
	return true;
}

static bool same_base(const struct pep440 *a, const struct pep440 *b)
{
	return stk_digits_compare(a->epoch, b->epoch) == 0 && stk_dotted_compare(a->release, b->release) == 0;
}

/* "==1.4.*", "==1.4.post1.*" */
static int prefix_holds(struct stk_str prefix, const struct pep440 *v)
{
	struct pep440 p;
	if (!parse(prefix, &p) || p.dev || p.local.n)
		return -1;
	if (stk_digits_compare(p.epoch, v->epoch) != 0 || !begins(v->release, p.release, count_parts(p.release)))
		return 0;
	if (p.pre == PRE_NONE && !p.post)
		return 1;
	return same_base(&p, v) && p.pre == v->pre && stk_digits_compare(p.pre_number, v->pre_number) == 0 &&
	       (!p.post || (v->post && stk_digits_compare(p.post_number, v->post_number) == 0));
}

/* "~=1.4.2": at least it, and all but its last part the same. */
static int compatible_holds(struct stk_str bound, struct stk_str version, const struct pep440 *v)
{
	struct pep440 b;
	if (!parse(bound, &b) || count_parts(b.release) < 2)
		return -1;
	return compare(version, bound) >= 0 && stk_digits_compare(b.epoch, v->epoch) == 0 &&
	       begins(v->release, b.release, count_parts(b.release) - 1);
}

/* "<" and ">" leave out what only precedes or follows the bound itself: 2.0rc1 is not below 2.0, 2.0.post1 not above.
 */
static bool exclusive_holds(enum stk_operator op, const struct pep440 *b, const struct pep440 *v, int order)
{
	if (op == STK_OP_LT)
		return order < 0 && !((v->pre != PRE_NONE || (v->dev && !v->post)) && b->pre == PRE_NONE && !b->dev &&
				      same_base(v, b));
	return order > 0 && !(v->post && !b->post && same_base(v, b));
}

int stk_pep440_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version)
{
	struct pep440 b, v;
	(void)scheme;
	if (c->op == STK_OP_IDENTICAL)
		return stk_str_eq_nocase(stk_str_trim(c->version), stk_str_trim(version));
	if (!parse(version, &v))
		return -1;
	if (stk_str_is(c->version, "*"))
		return c->op == STK_OP_EQ ? 1 : -1;
	if (stk_str_ends(c->version, S(".*"))) {
		int holds = prefix_holds(stk_str_strip_suffix(c->version, S(".*")), &v);
		return holds < 0 || c->op > STK_OP_NE ? -1 : c->op == STK_OP_EQ ? holds : !holds;
	}
	if (!parse(c->version, &b) || (c->op > STK_OP_GE && c->op != STK_OP_COMPATIBLE))
		return -1;
	/* A local version matters only to a bound that has one. */
	struct stk_str public = b.local.n ? version : stk_str_slice(version, 0, stk_str_find_byte(version, '+'));
	if (c->op == STK_OP_COMPATIBLE)
		return compatible_holds(c->version, public, &v);
	if (c->op == STK_OP_LT || c->op == STK_OP_GT)
		return exclusive_holds(c->op, &b, &v, compare(public, c->version));
	return stk_order_holds(c->op, compare(public, c->version));
}

const struct stk_version_ops stk_version_pep440 = { valid, compare };
