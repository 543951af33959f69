/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "dockerfile/label_value.h"
#include "base/banned.h"

struct value {
	const char *text;
	bool good;
};

static void check(bool (*is)(struct stk_str), const struct value *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is(stk_str_from(values[i].text)) != values[i].good)
			fail_msg("%s", values[i].text);
}

CASE(urls)
{
	static const struct value t[] = {
		{ "https://example.com/a?b#c", true },
		{ "mailto:a@example.com", true },
		{ "urn:x", true },
		{ "example.com", false },
		{ "", false },
		{ "http://a b", false },
		{ "1http://a", false },
		{ "http://a%zz", false },
		{ "http://a%20b", true },
		{ "a#b:c", false },
	};
	check(stk_label_is_url, t, STK_LEN(t));
}

CASE(dates)
{
	static const struct value t[] = {
		{ "2024-02-29T10:00:00Z", true },	 { "2023-02-29T10:00:00Z", false },
		{ "2024-01-01T10:00:00.5+01:00", true }, { "2024-01-01", false },
		{ "2024-13-01T10:00:00Z", false },	 { "2024-01-01T24:00:00Z", false },
		{ "2024-01-01T10:00:00", false },	 { "2024-01-01T10:00:00.Z", false },
		{ "2024-01-01T10:00:00Zx", false },	 { "", false },
	};
	check(stk_label_is_date, t, STK_LEN(t));
}

CASE(licenses)
{
	static const struct value t[] = {
		{ "MIT", true },
		{ "Apache-2.0", true },
		{ "GPL-3.0-or-later", true },
		{ "0BSD", true },
		{ "zlib-acknowledgement", true },
		{ "mit", false },
		{ "MIT OR Apache-2.0", false },
		{ "", false },
	};
	check(stk_label_is_spdx, t, STK_LEN(t));
}

CASE(hashes_and_versions)
{
	static const struct value hashes[] = {
		{ "2dbfae9", true }, { "2DBFAE9", false }, { "2dbfae", false }, { "", false }
	};
	static const struct value versions[] = {
		{ "1.0.0", true },    { "1.0.0-rc.1+build.5", true },
		{ "v1.0.0", false },  { "1.0", false },
		{ "01.0.0", false },  { "1.0.0-01", false },
		{ "1.0.0-", false },  { "1.0.0+", false },
		{ "1.0.0.0", false }, { "", false },
	};
	check(stk_label_is_hash, hashes, STK_LEN(hashes));
	check(stk_label_is_semver, versions, STK_LEN(versions));
}

CASE(addresses)
{
	static const struct value t[] = {
		{ "a@example.com", true },
		{ "a.b+c@example.com", true },
		{ "\"a b\"@example.com", true },
		{ "a@[127.0.0.1]", true },
		{ "a", false },
		{ "a..b@example.com", false },
		{ "@example.com", false },
		{ "a@", false },
		{ "a b@example.com", false },
	};
	check(stk_label_is_email, t, STK_LEN(t));
}
