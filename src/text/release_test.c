/* SPDX-License-Identifier: Apache-2.0 */
#include "text/release.h"

#include "base/time.h"
#include "text/json.h"
#include "test.h"
#include "base/banned.h"

static void check(const struct stk_release *got, const char *want)
{
	assert_string_equal(got ? got->version : "none", want);
}

CASE(os_release_to_release)
{
	static const struct {
		const char *id, *version, *release;
	} t[] = {
		{ "debian", "12", "12" },
		{ "debian", "12.5", "12" },
		{ "debian", "120", "none" },
		{ "debian", "bullseye", "11" },
		{ "alpine", "3.20.3", "3.20" },
		{ "alpine", "3.2.1", "3.2" },
		{ "alpine", "3.21_alpha1", "3.21" },
		{ "alpine", "edge", "edge" },
		{ "ubuntu", "22.04", "22.04" },
		{ "rhel", "8.9", "8" },
		{ "ol", "7.9", "7" },
		{ "amzn", "2", "2" },
		{ "amzn", "2023", "2023" },
		{ "opensuse-leap", "15.5", "15.5" },
		{ "almalinux", "9.3", "9" },
		{ "debian", "", "none" },
		{ "nobody", "1", "none" },
		{ "sles", "15.6", "15.6" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check(stk_release_find(stk_release_family(stk_str_from(t[i].id)), stk_str_from(t[i].version)),
		      t[i].release);
}

CASE(base_image_to_release)
{
	static const struct {
		const char *name, *tag, *release;
	} t[] = {
		{ "debian", "bookworm-slim", "12" },   { "docker.io/library/debian", "11.6-slim", "11" },
		{ "debian", "buster-20240110", "10" }, { "python", "3.9-slim-buster", "10" },
		{ "node", "18-alpine3.17", "3.17" },   { "node", "18-alpine", "none" },
		{ "alpine", "3.16", "3.16" },	       { "alpine", "latest", "none" },
		{ "ubuntu", "focal", "20.04" },	       { "ubuntu", "20.04", "20.04" },
		{ "quay.io/centos/centos", "7", "7" }, { "opensuse/leap", "15.3", "15.3" },
		{ "nginx", "1.25", "none" },	       { "python", "3.8", "none" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check(stk_release_of_image(stk_str_from(t[i].name), stk_str_from(t[i].tag)), t[i].release);
}

CASE(the_last_day_still_counts)
{
	const struct stk_release *buster = stk_release_find(S("debian"), S("10"));
	int64_t last;
	assert_true(stk_time_parse(S("2024-06-30T23:59:59Z"), &last));
	assert_false(stk_release_ended(buster, last));
	assert_true(stk_release_ended(buster, last + 1));
	assert_false(stk_release_ended(stk_release_find(S("debian"), S("13")), last));
}

CASE(every_date_is_one)
{
	for (size_t i = 0; i < stk_n_releases; i++) {
		int64_t ignored;
		assert_true(!stk_releases[i].end || stk_time_parse(stk_str_from(stk_releases[i].end), &ignored));
		assert_ptr_equal(
			stk_release_find(stk_str_from(stk_releases[i].family), stk_str_from(stk_releases[i].version)),
			&stk_releases[i]);
	}
}

/* The facts call two families by other names. */
static struct stk_str family_name(struct stk_str name)
{
	return stk_str_is(name, "opensuse") ? S("opensuse-leap") : stk_str_is(name, "slemicro") ? S("slem") : name;
}

static size_t check_family(const struct stk_json *family)
{
	for (size_t i = 0; i < family->n; i++) {
		const struct stk_release *got = stk_release_find(family_name(family->key), family->items[i].key);
		assert_non_null(got);
		struct stk_str want = family->items[i].text;
		if (stk_str_compare(want, S("3000")) >= 0 && want.p[0] != '9')
			assert_null(got->end);
		else if (want.p[0] != '9')
			assert_str(want, got->end);
	}
	return family->n;
}

CASE(dates_agree_with_the_collected_facts)
{
	STK_ARENA arena = { 0 };
	struct stk_json *table;
	struct stk_err err;
	if (!test_shared("cases")) {
		test_skip("../shared/cases is absent");
		return;
	}
	assert_int_equal(stk_json_parse(&arena, test_read(&arena, "../shared/cases/eol.json"), &table, &err), 0);
	size_t checked = 0;
	for (size_t i = 0; i < table->n; i++)
		checked += check_family(&table->items[i]);
	assert_true(checked > 150 && checked <= stk_n_releases);
}
