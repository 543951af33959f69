/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/catalogue.h"
#include "secret/shape.h"
#include "test.h"

CASE(what_follows_a_keyword_is_told_from_ordinary_text)
{
	static const struct {
		stk_secret_shape *shape;
		const char *rest; /* behind the keyword */
		bool want;
	} t[] = {
		{ stk_secret_shape_assigned, "=aB3dE5gH7jK9mN1p", true },
		{ stk_secret_shape_assigned, "_FOR_DEPLOY: 'aB3dE5gH7jK9mN1p'", true },
		{ stk_secret_shape_assigned, "\": \"aB3dE5gH7jK9mN1p\"", true },
		{ stk_secret_shape_assigned, "\\\":\\\"aB3dE5gH7jK9mN1p\\\"", true },
		{ stk_secret_shape_assigned, "'] = `aB3dE5gH7jK9mN1p`", true },
		{ stk_secret_shape_assigned, " string = \"aB3dE5gH7jK9mN1p\"", true },
		{ stk_secret_shape_assigned, ": Option<&str> = \"aB3dE5gH7jK9mN1p\"", true },
		{ stk_secret_shape_assigned, "\" => \"aB3dE5gH7jK9mN1p\"", true },
		{ stk_secret_shape_assigned, "\", \"aB3dE5gH7jK9mN1p\")", true },
		{ stk_secret_shape_assigned, ">aB3dE5gH7jK9mN1p<", true },
		{ stk_secret_shape_assigned, ":\n\t\"aB3dE5gH7jK9mN1p\"", true },
		{ stk_secret_shape_assigned, "=aB3dE5gH7jK9mN1", false },
		{ stk_secret_shape_assigned, "(aB3dE5gH7jK9mN1p)", false },
		{ stk_secret_shape_assigned, " of a request; key=aB3dE5gH7jK9mN1p", false },
		{ stk_secret_shape_assigned, "=", false },
		{ stk_secret_shape_assigned, "", false },
		{ stk_secret_shape_assigned, "=aB3dE5gH7jK9mN1p(", false },
		{ stk_secret_shape_assigned, " of the request, aB3dE5gH7jK9mN1p", false },
		{ stk_secret_shape_assigned, "\") str : Str => \"aB3dE5gH7jK9mN1p\"", true },
		{ stk_secret_shape_assigned, ": the one that=aB3dE5gH7jK9mN1p", false },
		{ stk_secret_shape_equals, "  =x", true },
		{ stk_secret_shape_equals, "   =x", false },
		{ stk_secret_shape_equals, ":=", false },
		{ stk_secret_shape_equals, "", false },
		{ stk_secret_shape_quoted, " = 'x", true },
		{ stk_secret_shape_quoted, "\": \"x", true },
		{ stk_secret_shape_quoted, " => \"x", true },
		{ stk_secret_shape_quoted, ":=\"x", true },
		{ stk_secret_shape_quoted, " == ''", true },
		{ stk_secret_shape_quoted, "=x", false },
		{ stk_secret_shape_quoted, " 'x'", false },
		{ stk_secret_shape_quoted, "=", false },
		{ stk_secret_shape_quoted, "", false },
		{ stk_secret_shape_userinfo, "user:password@host", true },
		{ stk_secret_shape_userinfo, "user:pass:word@host", true },
		{ stk_secret_shape_userinfo, "user@host", false },
		{ stk_secret_shape_userinfo, "host:8080/a@b", false },
		{ stk_secret_shape_userinfo, "host/user:password@", false },
		{ stk_secret_shape_userinfo, ":password@host", false },
		{ stk_secret_shape_userinfo, "user:password", false },
		{ stk_secret_shape_userinfo, "", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_str text = stk_arena_printf(&arena, "KEY%s", t[i].rest);
		if (t[i].shape(text, 3) != t[i].want)
			fail_msg("row %zu: %s", i, t[i].rest);
	}
}

CASE(names_are_followed_to_their_beginning)
{
	static const struct {
		const char *text; /* the keyword begins at '|' */
		size_t most, want;
	} t[] = {
		{ "x=my.access_|token", 38, 2 },
		{ "the access |token", 38, 4 },
		{ "one of the access |token", 38, 11 },
		{ "|token", 38, 0 },
		{ "(|token", 38, 1 },
		{ "a_long_name_|token", 5, 7 },
		{ "\n |token", 38, 1 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_str text = stk_str_from(t[i].text);
		size_t at = stk_str_find_byte(text, '|');
		assert_int_equal(stk_secret_name_begin(text, at, t[i].most), t[i].want);
	}
}
