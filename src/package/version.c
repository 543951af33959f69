/* SPDX-License-Identifier: Apache-2.0 */
/* The table of schemes, and what they share. */
#include "package/version.h"

#include "package/version_schemes.h"
#include "base/banned.h"

static const struct {
	const char *name;
	const struct stk_version_ops *ops;
} schemes[] = {
	[STK_SCHEME_DEB] = { "deb", &stk_version_deb },
	[STK_SCHEME_APK] = { "apk", &stk_version_apk },
	[STK_SCHEME_RPM] = { "rpm", &stk_version_rpm },
	[STK_SCHEME_PACMAN] = { "pacman", &stk_version_pacman },
	[STK_SCHEME_SEMVER] = { "semver", &stk_version_semver },
	[STK_SCHEME_GENERIC] = { "generic", &stk_version_generic },
	[STK_SCHEME_GO] = { "go", &stk_version_go },
	[STK_SCHEME_NPM] = { "npm", &stk_version_npm },
	[STK_SCHEME_PUB] = { "pub", &stk_version_pub },
	[STK_SCHEME_PEP440] = { "pep440", &stk_version_pep440 },
	[STK_SCHEME_GEM] = { "gem", &stk_version_gem },
	[STK_SCHEME_NUGET] = { "nuget", &stk_version_nuget },
};
_Static_assert(STK_LEN(schemes) == STK_SCHEME_COUNT, "a row a scheme");

static struct stk_str cut_while(struct stk_str *rest, bool (*test)(char))
{
	size_t n = 0;
	while (n < rest->n && test(rest->p[n]))
		n++;
	struct stk_str out = stk_str_slice(*rest, 0, n);
	*rest = stk_str_slice(*rest, n, rest->n);
	return out;
}

struct stk_str stk_cut_digits(struct stk_str *rest)
{
	return cut_while(rest, stk_is_digit);
}

struct stk_str stk_cut_letters(struct stk_str *rest)
{
	return cut_while(rest, stk_is_alpha);
}

/* "007" and "7" are the same number; "000" becomes the empty string, as does "", which is less
   than every other number. */
static struct stk_str without_zeros(struct stk_str s)
{
	while (s.n && s.p[0] == '0')
		s = stk_str_slice(s, 1, s.n);
	return s;
}

int stk_digits_compare(struct stk_str a, struct stk_str b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return stk_str_compare(a, b);
}

int stk_dotted_compare(struct stk_str a, struct stk_str b)
{
	while (a.n || b.n) {
		int order = stk_digits_compare(stk_str_cut(&a, '.'), stk_str_cut(&b, '.'));
		if (order)
			return order;
	}
	return 0;
}

const char *stk_scheme_name(enum stk_scheme scheme)
{
	return schemes[scheme].name;
}

bool stk_scheme_parse(struct stk_str name, enum stk_scheme *out)
{
	for (size_t i = 0; i < STK_LEN(schemes); i++) {
		if (!stk_str_is(name, schemes[i].name))
			continue;
		*out = (enum stk_scheme)i;
		return true;
	}
	return false;
}

bool stk_version_valid(enum stk_scheme scheme, struct stk_str version)
{
	return schemes[scheme].ops->valid(version);
}

int stk_version_compare(enum stk_scheme scheme, struct stk_str a, struct stk_str b, int *order)
{
	const struct stk_version_ops *ops = schemes[scheme].ops;
	if (!ops->valid(a) || !ops->valid(b))
		return -1;
	int got = ops->compare(a, b);
	*order = (got > 0) - (got < 0);
	return 0;
}
