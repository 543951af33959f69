/* SPDX-License-Identifier: Apache-2.0 */
#include "package/version.h"
#include "test.h"
#include "base/banned.h"

struct ordered {
	const char *lower, *higher;
};

static void check_order(enum stk_scheme scheme, const char *a, const char *b, int want)
{
	int got = 9;
	if (stk_version_compare(scheme, stk_str_from(a), stk_str_from(b), &got) < 0 || got != want)
		fail_msg("%s: %s against %s: got %d, want %d", stk_scheme_name(scheme), a, b, got, want);
}

static void check_table(enum stk_scheme scheme, const struct ordered *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_order(scheme, t[i].lower, t[i].higher, -1);
		check_order(scheme, t[i].higher, t[i].lower, 1);
		check_order(scheme, t[i].lower, t[i].lower, 0);
	}
}

CASE(deb_order)
{
	static const struct ordered t[] = {
		{ "1.0~rc1-1", "1.0-1" },
		{ "9.9", "1:0.1" },
		{ "1.2-3", "1.2-3+b1" },
		{ "2.9", "2.10" },
		{ "1.0a", "1.0+" },
		{ "1.0-1ubuntu1.5", "1.0-1ubuntu1.40" },
		{ "1.99999999999999999999998", "1.99999999999999999999999" },
	};
	check_table(STK_SCHEME_DEB, t, STK_LEN(t));
	check_order(STK_SCHEME_DEB, "1.0", "1.0-0", 0);
	check_order(STK_SCHEME_DEB, "0:1.00", "1.0", 0);
}

CASE(rpm_order)
{
	static const struct ordered t[] = {
		{ "1.0~rc1-1", "1.0-1" }, { "1.0-1", "1.0^git1-1" }, { "1.0^git1", "1.0.1" },
		{ "5", "1:1" },		  { "1.a", "1.1" },	     { "1.0-1.el8", "1.0-1.el8_2" },
	};
	check_table(STK_SCHEME_RPM, t, STK_LEN(t));
	check_order(STK_SCHEME_RPM, "1.0", "1.0-7", -1);
	check_order(STK_SCHEME_RPM, "1_0", "1.0", 0);
}

CASE(apk_order)
{
	static const struct ordered t[] = {
		{ "1.0_alpha1", "1.0_beta1" }, { "1.0_rc2", "1.0" }, { "1.0", "1.0_p1" },    { "1.0", "1.0a" },
		{ "1.0-r9", "1.0-r10" },       { "1.09", "1.1" },    { "1.2.3", "1.2.3.1" },
	};
	check_table(STK_SCHEME_APK, t, STK_LEN(t));
}

CASE(language_orders)
{
	static const struct ordered semver[] = {
		{ "1.0.0-alpha", "1.0.0-alpha.1" },
		{ "1.0.0-2", "1.0.0-10" },
		{ "1.0.0-9", "1.0.0-a" },
		{ "v1.0.0-rc.1", "1" },
	};
	static const struct ordered pep440[] = {
		{ "1.0.dev1", "1.0a1" },      { "1.0a1.dev1", "1.0a1" }, { "1.0rc1", "1.0" },	 { "1.0", "1.0+local" },
		{ "1.0+local", "1.0.post1" }, { "2023.1", "1!0" },	 { "1.0+abc", "1.0+5" },
	};
	static const struct ordered gem[] = {
		{ "1.0.a", "1.0" },
		{ "1.0-beta", "1.0" },
		{ "1.9", "1.10" },
		{ "1.0.a", "1.0.b" },
	};
	check_table(STK_SCHEME_SEMVER, semver, STK_LEN(semver));
	check_table(STK_SCHEME_PEP440, pep440, STK_LEN(pep440));
	check_table(STK_SCHEME_GEM, gem, STK_LEN(gem));
	check_order(STK_SCHEME_SEMVER, "1.2.3+a", "1.2.3+b", 0);
	check_order(STK_SCHEME_PEP440, "v1.0-ALPHA_1", "1.0a1", 0);
	check_order(STK_SCHEME_GEM, "1.0.0", "1", 0);
}

CASE(what_is_no_version_cannot_be_compared)
{
	static const struct {
		enum stk_scheme scheme;
		const char *text;
	} t[] = {
		{ STK_SCHEME_DEB, "a:1" },	 { STK_SCHEME_DEB, "" },	   { STK_SCHEME_DEB, "1.0 1" },
		{ STK_SCHEME_APK, "1.0bc" },	 { STK_SCHEME_APK, "1.0_x1" },	   { STK_SCHEME_APK, "1.0-r" },
		{ STK_SCHEME_SEMVER, "latest" }, { STK_SCHEME_PEP440, "1.0-foo" }, { STK_SCHEME_GEM, "1..2" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		int order = 9;
		assert_false(stk_version_valid(t[i].scheme, stk_str_from(t[i].text)));
		assert_int_equal(stk_version_compare(t[i].scheme, stk_str_from(t[i].text), S("1"), &order), -1);
		assert_int_equal(order, 9);
	}
}

CASE(constraints)
{
	static const struct {
		const char *constraint, *version;
		int want;
	} t[] = {
		{ "", "1", 1 },
		{ "< 2.0-1", "1.9-1", 1 },
		{ "< 2.0-1", "2.0-1", 0 },
		{ ">= 1, < 2", "1.5", 1 },
		{ "1.5", "1.5", 1 },
		{ ">= 1, < 2 || = 3", "3", 1 },
		{ ">=1 <2", "2", 0 },
		{ "!= 1", "1", 0 },
		{ "<", "1", -1 },
		{ "< ?", "1", -1 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		bool out = false;
		int got = stk_version_satisfies(STK_SCHEME_DEB, stk_str_from(t[i].constraint),
						stk_str_from(t[i].version), &out);
		if ((got < 0 ? -1 : out) != t[i].want)
			fail_msg("%s with %s", t[i].constraint, t[i].version);
	}
}

CASE(dialects)
{
	static const struct {
		enum stk_scheme scheme;
		const char *constraint, *version;
		int want;
	} t[] = {
		{ STK_SCHEME_NPM, "^1.2.3", "1.9.0", 1 },	{ STK_SCHEME_NPM, "^1.2.3", "2.0.0", 0 },
		{ STK_SCHEME_NPM, "^0.2.3", "0.3.0", 0 },	{ STK_SCHEME_NPM, "^0.0.3", "0.0.4", 0 },
		{ STK_SCHEME_NPM, "~1.2", "1.2.9", 1 },		{ STK_SCHEME_NPM, "~1.2", "1.3.0", 0 },
		{ STK_SCHEME_NPM, "1.x", "1.5.0", 1 },		{ STK_SCHEME_NPM, "*", "9.9.9", 1 },
		{ STK_SCHEME_NPM, "1.2 - 2.3", "2.3.9", 1 },	{ STK_SCHEME_NPM, "1.2 - 2.3.4", "2.3.5", 0 },
		{ STK_SCHEME_NPM, ">1", "1.5.0", 0 },		{ STK_SCHEME_NPM, "<=1", "1.5.0", 1 },
		{ STK_SCHEME_NPM, "<2", "2.0.0-rc.1", 0 },	{ STK_SCHEME_NPM, "~=1", "1.0.0", -1 },
		{ STK_SCHEME_GENERIC, "=2.0", "2.0.1", 0 },	{ STK_SCHEME_GENERIC, "~> 1.0.7", "1.0.9", 1 },
		{ STK_SCHEME_GENERIC, "~> 1.0.7", "1.1.0", 0 }, { STK_SCHEME_NPM, "99999999999999999999", "1.0.0", -1 },
		{ STK_SCHEME_PEP440, "==1.4.*", "1.4.7", 1 },	{ STK_SCHEME_PEP440, "==1.4.*", "1.5", 0 },
		{ STK_SCHEME_PEP440, "~=1.4.2", "1.4.9", 1 },	{ STK_SCHEME_PEP440, "~=1.4.2", "1.5.0", 0 },
		{ STK_SCHEME_PEP440, "<2.0", "2.0rc1", 0 },	{ STK_SCHEME_PEP440, ">2.0", "2.0.post1", 0 },
		{ STK_SCHEME_PEP440, "==1.0", "1.0+local", 1 }, { STK_SCHEME_PEP440, "===1.0", "1.0", 1 },
		{ STK_SCHEME_GEM, "~> 1.4.4", "1.4.9", 1 },	{ STK_SCHEME_GEM, "~> 1.4.4", "1.5", 0 },
		{ STK_SCHEME_GEM, "~> 2.0", "2.0.a", 0 },	{ STK_SCHEME_GEM, "= 1.2.0", "1.2.0-x86_64-linux", 1 },
		{ STK_SCHEME_NUGET, "[1.0,2.0)", "1.5", 1 },	{ STK_SCHEME_NUGET, "[1.0,2.0)", "2.0", 0 },
		{ STK_SCHEME_NUGET, "[1.0]", "1.0.0", 1 },	{ STK_SCHEME_NUGET, "1.0", "3.0", 1 },
		{ STK_SCHEME_NUGET, "(1.0)", "1.0", -1 },	{ STK_SCHEME_RPM, "< 2:1.0", "0.9", 1 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		bool out = false;
		int got = stk_version_satisfies(t[i].scheme, stk_str_from(t[i].constraint), stk_str_from(t[i].version),
						&out);
		if ((got < 0 ? -1 : out) != t[i].want)
			fail_msg("%s with %s: got %d", t[i].constraint, t[i].version, got < 0 ? -1 : out);
	}
}

CASE(schemes_have_names)
{
	for (int i = 0; i < STK_SCHEME_COUNT; i++) {
		enum stk_scheme scheme = STK_SCHEME_COUNT;
		assert_true(stk_scheme_parse(stk_str_from(stk_scheme_name((enum stk_scheme)i)), &scheme));
		assert_int_equal(scheme, i);
	}
	enum stk_scheme scheme;
	assert_false(stk_scheme_parse(S("unheard-of"), &scheme));
}
