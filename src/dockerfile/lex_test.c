/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables and quotes in Dockerfile words: the forms of the Dockerfile reference ("Environment replacement") and of
 * POSIX XCU 2.6.2. Known to the lookup: NAME=value, EMPTY (set, empty), V=1.22.3, PATH=/usr/lib/app, TWO="a b".
 */
#include "dockerfile/lex.h"

#include "base/buf.h"
#include "base/limits.h"
#include "test.h"

static bool lookup(void *context, struct stk_str name, struct stk_str *value)
{
	static const struct {
		const char *name, *value;
	} known[] = {
		{ "NAME", "value" },	    { "EMPTY", "" },  { "V", "1.22.3" },
		{ "PATH", "/usr/lib/app" }, { "TWO", "a b" }, { "Q", "it's" },
	};
	(void)context;
	for (size_t i = 0; i < STK_LEN(known); i++)
		if (stk_str_is(name, known[i].name)) {
			*value = stk_str_from(known[i].value);
			return true;
		}
	return false;
}

static const struct stk_lex_options plain = { .escape = '\\', .lookup = lookup };

struct row {
	const char *text, *want;
}; /* want NULL: an error */

static void check(const struct row *t, size_t n, const struct stk_lex_options *options)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_lex_result got = stk_lex(&arena, stk_str_from(t[i].text), options);
		if (!t[i].want && (!got.error || !stk_str_is(got.text, t[i].text)))
			fail_msg("%s is no error, or its text is not kept: " STK_FMT, t[i].text, STK_ARG(got.text));
		if (t[i].want && (got.error || !stk_str_is(got.text, t[i].want)))
			fail_msg("%s gives " STK_FMT " (%s), not %s", t[i].text, STK_ARG(got.text),
				 got.error ? got.error : "no error", t[i].want);
	}
}

CASE(plain_and_braced_names)
{
	static const struct row t[] = {
		{ "", "" },
		{ "word", "word" },
		{ "$NAME", "value" },
		{ "${NAME}", "value" },
		{ "a${NAME}b$NAME", "avaluebvalue" },
		{ "$NAME/x", "value/x" },
		{ "$NAMEx", "" },
		{ "$NAME.x", "value.x" },
		{ "$NAME-x", "value-x" },
		{ "$UNSET", "" },
		{ "a${UNSET}b", "ab" },
		{ "$EMPTY", "" },
		{ "$", "$" },
		{ "a$", "a$" },
		{ "$ x", "$ x" },
		{ "$.x", "$.x" },
		{ "$/", "$/" },
		{ "$1x", "x" },
		{ "${12}x", "x" },
		{ "$@$*", "" },
		{ "$$NAME", "NAME" }, /* "$$" is a parameter of its own */
		{ "${}", NULL },
		{ "a${", NULL },
		{ "${NAME", NULL },
		{ "${:x}", NULL },
		{ "${{NAME}}", NULL },
		{ "${NAME!}", NULL },
	};
	check(t, STK_LEN(t), &plain);
}

CASE(defaults_alternatives_and_demands)
{
	static const struct row t[] = {
		{ "${NAME:-x}", "value" },
		{ "${UNSET:-x}", "x" },
		{ "${EMPTY:-x}", "x" },
		{ "${EMPTY-x}", "" },
		{ "${UNSET-x}", "x" },
		{ "${UNSET:-}", "" },
		{ "${NAME:+x}", "x" },
		{ "${UNSET:+x}", "" },
		{ "${EMPTY:+x}", "" },
		{ "${EMPTY+x}", "x" },
		{ "${UNSET+x}", "" },
		{ "${NAME:?must be set}", "value" },
		{ "${UNSET:?must be set}", NULL },
		{ "${EMPTY:?must be set}", NULL },
		{ "${EMPTY?must be set}", "" },
		{ "${UNSET?}", NULL },
		{ "${UNSET:-$NAME}", "value" },
		{ "${UNSET:-${UNSET:-${NAME}}}", "value" },
		{ "${UNSET:-a b}", "a b" },
		{ "${UNSET:-\\}}", "}" },
		{ "${UNSET:-'}'}", "}" },
		{ "${UNSET:-\"$NAME\"}", "value" },
		{ "${NAME:=x}", NULL }, /* assigning is not part of it */
		{ "${NAME=x}", NULL },
		{ "${NAME:x}", NULL },
		{ "${NAME:", NULL },
		{ "${UNSET:-x", NULL },
	};
	check(t, STK_LEN(t), &plain);
}

CASE(patterns_are_removed_and_replaced)
{
	static const struct row t[] = {
		{ "${PATH#/*/}", "lib/app" },
		{ "${PATH##/*/}", "app" },
		{ "${PATH%/*}", "/usr/lib" },
		{ "${PATH%%/*}", "" },
		{ "${V%.*}", "1.22" },
		{ "${V%%.*}", "1" },
		{ "${V#*.}", "22.3" },
		{ "${V##*.}", "3" },
		{ "${V#2}", "1.22.3" },
		{ "${V%?}", "1.22." },
		{ "${V#?.}", "22.3" },
		{ "${V#}", "1.22.3" },
		{ "${V/./-}", "1-22.3" },
		{ "${V//./-}", "1-22-3" },
		{ "${V//./}", "1223" },
		{ "${V/2*/x}", "1.x" },
		{ "${V//?/x}", "xxxxxx" },
		{ "${V/q/x}", "1.22.3" },
		{ "${V/1/$NAME}", "value.22.3" },
		{ "${PATH//\\//:}", ":usr:lib:app" },
		{ "${UNSET#x}", "" },
		{ "${UNSET/x/y}", "" },
		{ "${V:#1}", NULL },
		{ "${V#1\\.}", NULL },
		{ "${V%%\\2*}", NULL },
		{ "${V/\\./x}", NULL },
		{ "${V%\\*}", "1.22.3" },
		{ "${V%\\}}", "1.22.3" },
		{ "${V/1}", NULL },
		{ "${V/1/2", NULL },
	};
	check(t, STK_LEN(t), &plain);
}

CASE(quotes_and_escapes)
{
	static const struct row t[] = {
		{ "'$NAME'", "$NAME" },
		{ "\"$NAME\"", "value" },
		{ "a'b'\"c\"d", "abcd" },
		{ "'a\\'", "a\\" },
		{ "\"a\\\"b\"", "a\"b" },
		{ "\"a\\nb\"", "a\\nb" },
		{ "\"\\$NAME\"", "$NAME" },
		{ "\"\\\\$NAME\"", "\\value" },
		{ "\"'$NAME'\"", "'value'" },
		{ "'\"$NAME\"'", "\"$NAME\"" },
		{ "\\$NAME", "$NAME" },
		{ "\\\\$NAME", "\\value" },
		{ "\\${NAME}", "${NAME}" },
		{ "a\\b", "ab" },
		{ "a\\ b", "a b" },
		{ "a\\", "a" },
		{ "''", "" },
		{ "$Q", "it's" }, /* quotes that a value brings mean nothing */
		{ "'a", NULL },
		{ "\"a", NULL },
		{ "\"a\\\"", NULL },
		{ "it's", NULL },
		{ "\"${NAME\"", NULL },
	};
	check(t, STK_LEN(t), &plain);
}

CASE(the_escape_character_can_be_a_backquote)
{
	static const struct row t[] = {
		{ "C:\\Program", "C:\\Program" }, { "`$NAME", "$NAME" }, { "``$NAME", "`value" },
		{ "\\$NAME", "\\value" },	  { "\"`\"\"", "\"" },
	};
	struct stk_lex_options options = { .escape = '`', .lookup = lookup };
	check(t, STK_LEN(t), &options);
}

CASE(what_is_not_known_can_stay)
{
	static const struct row t[] = {
		{ "$UNSET", "$UNSET" },
		{ "${UNSET}", "${UNSET}" },
		{ "$NAME-$UNSET", "value-$UNSET" },
		{ "${UNSET:-x}", "${UNSET:-x}" },
		{ "${UNSET+x}", "${UNSET+x}" },
		{ "${UNSET#a}", "${UNSET#a}" },
		{ "${UNSET/a/b}", "${UNSET/a/b}" },
		{ "${NAME:-x}", "value" },
	};
	struct stk_lex_options options = { .escape = '\\', .keep_unset = true, .lookup = lookup };
	check(t, STK_LEN(t), &options);
}

CASE(quotes_and_escapes_can_stay)
{
	static const struct row t[] = {
		{ "'a' \"b\"", "'a' \"b\"" },
		{ "a\\ b", "a\\ b" },
		{ "\"a\\\"b\"", "\"a\\\"b\"" },
		{ "\"$NAME\"", "\"value\"" },
	};
	struct stk_lex_options options = { .escape = '\\', .raw_quotes = true, .raw_escapes = true, .lookup = lookup };
	check(t, STK_LEN(t), &options);
}

/* Words joined by "|", each with the bytes it came from. */
static void check_words(const char *text, const char *want)
{
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(4096);
	struct stk_lex_result got = stk_lex(&arena, stk_str_from(text), &plain);
	for (size_t i = 0; i < got.words.n; i++)
		stk_buf_printf(&out, "%s" STK_FMT "@%zu-%zu", i ? "|" : "", STK_ARG(got.words.v[i].text),
			       got.words.v[i].begin, got.words.v[i].end);
	assert_str(stk_buf_str(&out), want);
}

CASE(words_end_at_blanks_that_are_not_quoted)
{
	static const struct row t[] = {
		{ "", "" },
		{ "   ", "" },
		{ "a b", "a@0-1|b@2-3" },
		{ "  a\t\tb  ", "a@2-3|b@5-6" },
		{ "'a b' c", "a b@0-5|c@6-7" },
		{ "a\\ b c", "a b@0-4|c@5-6" },
		{ "x'a'\"b\" c", "xab@0-7|c@8-9" },
		{ "$NAME b", "value@0-5|b@6-7" },
		{ "\"$TWO\"", "a b@0-6" },
		{ "$UNSET b", "b@7-8" },
		{ "a\xc2\xa0"
		  "b",
		  "a@0-1|b@3-4" }, /* Unicode's blanks count too */
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check_words(t[i].text, t[i].want);
	STK_ARENA arena = { 0 };
	struct stk_lex_result got = stk_lex(&arena, S("x$TWO"), &plain);
	assert_int_equal(got.words.n, 2); /* blanks that a value brings divide as well */
	assert_str(got.words.v[0].text, "xa");
	assert_str(got.words.v[1].text, "b");
}

CASE(names_are_listed_once)
{
	STK_ARENA arena = { 0 };
	struct stk_lex_result got = stk_lex(&arena, S("$A ${B:-$C} $NAME $A '$D' \\$E ${NAME}"), &plain);
	assert_int_equal(got.missing.n, 3);
	assert_true(stk_strs_has(&got.missing, S("A")) && stk_strs_has(&got.missing, S("B")) &&
		    stk_strs_has(&got.missing, S("C")));
	assert_int_equal(got.used.n, 1);
	assert_str(got.used.v[0], "NAME");
}

CASE(nesting_and_size_are_bounded)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(4));
	for (size_t i = 0; i < 100000; i++)
		stk_buf_add(&text, S("${A:-"));
	assert_non_null(stk_lex(&arena, stk_buf_str(&text), &plain).error);
	stk_buf_clear(&text);
	static char big[1 << 16];
	memset(big, 'x', sizeof big);
	for (size_t i = 0; i < 50; i++)
		stk_buf_add(&text, (struct stk_str){ big, sizeof big });
	struct stk_lex_result got = stk_lex(&arena, stk_buf_str(&text), &plain);
	assert_true(got.error || got.text.n == text.n); /* whole, or said to be too long */
}
