/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/time.h"

CASE(dates_are_read_and_written)
{
	static const struct {
		const char *in;
		int64_t seconds;
		const char *out;
	} t[] = {
		{ "1970-01-01", 0, "1970-01-01T00:00:00Z" },
		{ "2024-02-29T12:30:15Z", 1709209815, "2024-02-29T12:30:15Z" },
		{ "2024-02-29T14:30:15.123456+02:00", 1709209815, "2024-02-29T12:30:15Z" },
		{ "1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z" },
	};
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		int64_t seconds;
		assert_true(stk_time_parse(stk_str_from(t[i].in), &seconds));
		assert_int_equal(seconds, t[i].seconds);
		assert_str(stk_time_format(&arena, seconds), t[i].out);
	}
	assert_str(stk_time_date(&arena, 1709209815), "2024-02-29");
}

CASE(what_is_no_date_is_refused)
{
	static const char *const bad[] = { "",
					   "2024",
					   "2024-13-01",
					   "2024-01-32",
					   "2024-01-01T",
					   "2024-01-01T25:00:00Z",
					   "2024-01-01x",
					   "2024-01-01T10:00:00+2" };
	for (size_t i = 0; i < STK_LEN(bad); i++) {
		int64_t seconds;
		assert_false(stk_time_parse(stk_str_from(bad[i]), &seconds));
	}
}
