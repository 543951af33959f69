/* SPDX-License-Identifier: Apache-2.0 */
/* .env and env_file, as Compose's fork of godotenv reads them. The process has SHELL=outer and nothing else. */
#include "test.h"

#include "base/buf.h"
#include "base/limits.h"
#include "compose/substitute.h"

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	(void)context;
	if (!stk_str_is(name, "SHELL"))
		return false;
	*value = S("outer");
	return true;
}

/* All variables in the order in which they came: "A=1|B=2". */
static struct stk_str shown(struct stk_arena *arena, const struct stk_compose_environment *environment)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < environment->values.n; i++) {
		const struct stk_str *value = environment->values.entries[i].value;
		stk_buf_printf(&out, "%s" STK_FMT "=" STK_FMT, i ? "|" : "",
			       STK_ARG(environment->values.entries[i].key), STK_ARG(*value));
	}
	return stk_arena_str(arena, stk_buf_str(&out));
}

struct row {
	const char *in;
	const char *want;    /* "A=1|B=2" */
	const char *refused; /* or words of the error */
};

static void check(const struct row *rows, size_t n, bool raw)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_compose_environment out = { 0 };
		struct stk_err err = { 0 };
		int failed = stk_compose_dotenv(&arena, stk_str_from(rows[i].in), raw, look_up, NULL, &out, &err);
		if (rows[i].refused &&
		    !(failed && stk_str_contains(stk_str_from(err.msg), stk_str_from(rows[i].refused))))
			fail_msg("%s: got \"%s\", want the error \"%s\"", rows[i].in, err.msg, rows[i].refused);
		if (!rows[i].refused && failed)
			fail_msg("%s: %s", rows[i].in, err.msg);
		if (rows[i].refused)
			continue;
		if (!stk_str_is(shown(&arena, &out), rows[i].want))
			fail_msg("%s: got \"" STK_FMT "\", want \"%s\"", rows[i].in, STK_ARG(shown(&arena, &out)),
				 rows[i].want);
	}
}

CASE(lines)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n\n  \n", "" },
		{ "# only a comment", "" },
		{ "A=1", "A=1" },
		{ "A=1\nB=2\n", "A=1|B=2" },
		{ "A: 1\n", "A=1" },
		{ "export A=1\n", "A=1" },
		{ "  A = 1  \n", "A=1" },
		{ "A=1\r\nB=2\r\n", "A=1|B=2" },
		{ "\xef\xbb\xbf"
		  "A=1\n",
		  "A=1" },
		{ "a.b-c[0]=1\n", "a.b-c[0]=1" },
		{ "A=\nB=2\n", "A=|B=2" },
		{ "A=1\nA=2\n", "A=2" },
		{ "exported=1\n", "exported=1" }, /* "export" is a word of its own */
		{ "# c\nA=1\n  # d\nB=2\n", "A=1|B=2" },
		{ "A=x=y\n", "A=x=y" },
		{ "A=http://h:1/p?q=1\n", "A=http://h:1/p?q=1" },
	};
	check(rows, STK_LEN(rows), false);
}

CASE(unquoted_values_end_at_a_comment)
{
	static const struct row rows[] = {
		{ "A=a#b\n", "A=a#b" },	  { "A=a #b\n", "A=a" },      { "A=a b c\n", "A=a b c" },
		{ "A=it's\n", "A=it's" }, { "A=a\\nb\n", "A=a\\nb" }, /* escapes are for double quotes */
	};
	check(rows, STK_LEN(rows), false);
}

CASE(single_quotes_are_literal)
{
	static const struct row rows[] = {
		{ "A='$SHELL'\n", "A=$SHELL" }, { "A='a\\'b'\n", "A=a'b" },
		{ "A='a\\nb'\n", "A=a\\nb" },	{ "A='a\nb'\nB=1", "A=a\nb|B=1" },
		{ "A='a # b'\n", "A=a # b" },	{ "A=''\n", "A=" },
		{ "A='\"'\n", "A=\"" },
	};
	check(rows, STK_LEN(rows), false);
}

CASE(double_quotes_know_escapes_and_variables)
{
	static const struct row rows[] = {
		{ "A=\"a\\nb\"\n", "A=a\nb" },
		{ "A=\"\\a\\b\\f\\r\\t\\v\"\n", "A=\a\b\f\r\t\v" },
		{ "A=\"\\\"\\\\\"\n", "A=\"\\" },
		{ "A=\"\\$SHELL\"\n", "A=$SHELL" },
		{ "A=\"$SHELL\"\n", "A=outer" },
		{ "A=\"\\0101\"\n", "A=A" },
		/* \0 with fewer than three octal digits behind it loses the 0 */
		{ "A=\"\\041\"\n", "A=\\41" },
		{ "A=\"x\\0\"\n", "A=x\\" },
		{ "A=\"\\0888\"\n", "A=\\888" },
		{ "A=\"\\01234\"\n", "A=S4" },
		{ "A=\"a\nb\"\nB=1", "A=a\nb|B=1" },
		{ "A=\"a # b\" # c\nB=1\n", "A=a # b|B=1" },
		{ "A=\"\"\n", "A=" },
		{ "A=\"it's\"\n", "A=it's" },
	};
	check(rows, STK_LEN(rows), false);
}

CASE(values_are_expanded_the_process_first)
{
	static const struct row rows[] = {
		{ "A=1\nB=${A}2\n", "A=1|B=12" },
		{ "SHELL=inner\nB=$SHELL\n", "SHELL=inner|B=outer" },
		{ "B=${A:-d}\n", "B=d" },
		{ "B=$A\nA=1\n", "B=|A=1" }, /* only what stands above */
		{ "A=$$x\n", "A=$x" },
		{ "A=${B:?no B}\n", NULL, "line 1: required variable B is missing a value: no B" },
		{ "\nA=1\nB=${A!}\n", NULL, "line 3: invalid interpolation format" },
	};
	check(rows, STK_LEN(rows), false);
}

CASE(bare_names_are_taken_from_the_process_or_dropped)
{
	static const struct row rows[] = {
		{ "SHELL\n", "SHELL=outer" },
		{ "NONE\nA=1\n", "A=1" },
		{ "export SHELL\nA=1\n", "SHELL=outer|A=1" },
	};
	check(rows, STK_LEN(rows), false);
}

CASE(what_is_no_line)
{
	static const struct row rows[] = {
		{ "A B=1\n", NULL, "line 1: key cannot contain a space" },
		{ "A=1\n\nB!=1\n", NULL, "line 3: unexpected character \"!\"" },
		{ "A=1\nB='x\ny\n", NULL, "line 2: unterminated quoted value" },
		{ "A=\"x", NULL, "line 1: unterminated quoted value" },
		{ "{\"a\": 1}\n", NULL, "line 1: unexpected character" },
	};
	check(rows, STK_LEN(rows), false);
}

CASE(raw_lines_are_taken_as_they_are)
{
	static const struct row rows[] = {
		{ "A='x' # y\n", "A='x' # y" },
		{ "A=$SHELL\n", "A=$SHELL" },
		{ "# c\n\nA=1\n", "A=1" },
		{ "  A=1\n", "A=1" },
		{ "A=1 \n", "A=1 " },
		{ "SHELL\nNONE\n", "SHELL=outer" },
		{ "A=x=y", "A=x=y" },
		{ "A B=1\n", NULL, "line 1: variable \"A B\" contains whitespaces" },
		{ "A=1\n=2\n", NULL, "line 2: no variable name" },
	};
	check(rows, STK_LEN(rows), true);
}
