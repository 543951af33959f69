/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/cvss.h"
#include "test.h"
#include "base/banned.h"

/* Examples of FIRST's specifications and user guides, and published scores of well-known vulnerabilities. */
CASE(scores)
{
	static const struct {
		const char *vector;
		int tenths;
	} t[] = {
		{ "AV:N/AC:L/Au:N/C:N/I:N/A:C", 78 },	/* v2 guide 3.3.1 */
		{ "AV:N/AC:L/Au:N/C:C/I:C/A:C", 100 },	/* v2 guide 3.3.2 */
		{ "(AV:L/AC:H/Au:N/C:C/I:C/A:C)", 62 }, /* v2 guide 3.3.3 */
		{ "AV:N/AC:L/Au:N/C:N/I:N/A:N", 0 },
		{ "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61 },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100 },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75 },
		{ "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H/E:F/RL:O", 70 }, /* the base score */
		{ "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0 },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 100 },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0 },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 93 },
		{ "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 73 },
		{ "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:X/MVC:X/U:Red", 73 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		double score = -1;
		if (!stk_cvss_score(stk_str_from(t[i].vector), &score) || (int)(score * 10 + 0.5) != t[i].tenths)
			fail_msg("%s: got %.1f", t[i].vector, score);
	}
}

CASE(what_is_no_vector_is_refused)
{
	static const char *t[] = {
		"",
		"AV",
		"CVSS:3.1",
		"CVSS:3.1/",
		"CVSS:9.9/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N", /* a base metric is missing */
		"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
		"CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/ZZ:1",
		"AV:N/AC:L/Au:N/C:N/I:N",
		"(AV:N/AC:L/Au:N/C:N/I:N/A:C",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:S/VI:H/VA:H/SC:N/SI:N/SA:N",
	};
	double score;
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_cvss_score(stk_str_from(t[i]), &score))
			fail_msg("accepted %s", t[i]);
}

CASE(ratings_have_their_bounds)
{
	assert_int_equal(stk_cvss_severity(0), STK_SEV_INFO);
	assert_int_equal(stk_cvss_severity(0.1), STK_SEV_LOW);
	assert_int_equal(stk_cvss_severity(3.9), STK_SEV_LOW);
	assert_int_equal(stk_cvss_severity(4.0), STK_SEV_MEDIUM);
	assert_int_equal(stk_cvss_severity(7.0), STK_SEV_HIGH);
	assert_int_equal(stk_cvss_severity(8.9), STK_SEV_HIGH);
	assert_int_equal(stk_cvss_severity(9.0), STK_SEV_CRITICAL);
}
