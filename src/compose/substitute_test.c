/* SPDX-License-Identifier: Apache-2.0 */
/* compose-spec 12-interpolation.md, as Docker Compose 2.40 reads it. A=value, AB=other, E is set but empty, U is unset.
 */
#include "test.h"

#include "base/buf.h"
#include "base/limits.h"
#include "compose/substitute.h"

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	(void)context;
	static const struct {
		const char *name, *value;
	} set[] = { { "A", "value" }, { "AB", "other" }, { "E", "" }, { "_x9", "under" }, { "D", "$A" } };
	for (size_t i = 0; i < STK_LEN(set); i++)
		if (stk_str_is(name, set[i].name)) {
			*value = stk_str_from(set[i].value);
			return true;
		}
	return false;
}

static int substitute(struct stk_arena *arena, struct stk_str text, struct stk_str *out, struct stk_err *err)
{
	struct stk_compose_substitution s = { .lookup = look_up, .arena = arena };
	*err = (struct stk_err){ 0 };
	return stk_compose_substitute(&s, text, out, err);
}

struct row {
	const char *in, *want;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_str out;
		if (substitute(&arena, stk_str_from(rows[i].in), &out, &err) < 0)
			fail_msg("%s: %s", rows[i].in, err.msg);
		if (!stk_str_is(out, rows[i].want))
			fail_msg("%s: got \"" STK_FMT "\", want \"%s\"", rows[i].in, STK_ARG(out), rows[i].want);
	}
}

static void check_refused(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_str out;
		if (substitute(&arena, stk_str_from(rows[i].in), &out, &err) == 0)
			fail_msg("%s gives \"" STK_FMT "\", want a refusal", rows[i].in, STK_ARG(out));
		if (!stk_str_contains(stk_str_from(err.msg), stk_str_from(rows[i].want)))
			fail_msg("%s: got \"%s\", want \"%s\"", rows[i].in, err.msg, rows[i].want);
	}
}

CASE(plain_names)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "no variable", "no variable" },
		{ "$A", "value" },
		{ "${A}", "value" },
		{ "x$A-y", "xvalue-y" },
		{ "$A$AB", "valueother" }, /* the longest name is meant: not $A and a "B" */
		{ "$AB", "other" },
		{ "${A}B", "valueB" },
		{ "$a", "" }, /* names are case-sensitive */
		{ "${_x9}", "under" },
		{ "$_x9.z", "under.z" },
		{ "$E", "" },
		{ "[$U]", "[]" },
		{ "${U}", "" },
		{ "\\$A", "\\value" }, /* a backslash escapes nothing */
		{ "$D", "$A" },	       /* values are not looked through again */
	};
	check(rows, STK_LEN(rows));
}

CASE(dollars_that_are_meant)
{
	static const struct row rows[] = {
		{ "$$", "$" },	     { "$$A", "$A" },	 { "$$$A", "$value" }, { "$$$$", "$$" },
		{ "$${A}", "${A}" }, { "$", "$" },	 { "a$", "a$" },       { "$1", "$1" },
		{ "$-", "$-" },	     { "$(x)", "$(x)" }, { "$}", "$}" },       { "100$ and $A", "100$ and value" },
	};
	check(rows, STK_LEN(rows));
}

CASE(defaults)
{
	static const struct row rows[] = {
		/*          unset                    empty                    set */
		{ "${U:-d}", "d" },	{ "${E:-d}", "d" },	{ "${A:-d}", "value" },	 { "${U-d}", "d" },
		{ "${E-d}", "" },	{ "${A-d}", "value" },	{ "${U:+p}", "" },	 { "${E:+p}", "" },
		{ "${A:+p}", "p" },	{ "${U+p}", "" },	{ "${E+p}", "p" },	 { "${A+p}", "p" },
		{ "${U:-}", "" },	{ "${U-}", "" },	{ "${A:?m}", "value" },	 { "${A?m}", "value" },
		{ "${E?m}", "" },	{ "${U:-a b}", "a b" }, { "${U-a:-b}", "a:-b" }, { "${U:-a-b}", "a-b" },
		{ "<${U:-d}>", "<d>" }, { "${U:-:80}", ":80" }, { "${U:--1}", "-1" },	 { "${U:-/a?b}", "/a?b" },
	};
	check(rows, STK_LEN(rows));
}

CASE(defaults_are_templates_and_nest)
{
	static const struct row rows[] = {
		{ "${U:-$A}", "value" },
		{ "${U:-${A}}", "value" },
		{ "${U:-${V:-${W:-deep}}}", "deep" },
		{ "${U:-${V:-x}y}z", "xyz" },
		{ "${A:+${AB}}", "other" },
		{ "${U:-a$$b}", "a$b" },
		{ "${U:-{\"k\":1}}", "{\"k\":1}" },
		{ "${U:-{\"k\":{\"j\":\"$A\"}}}", "{\"k\":{\"j\":\"value\"}}" },
		{ "${U:-a}b}", "ab}" },
	};
	check(rows, STK_LEN(rows));
}

CASE(a_required_variable_says_what_is_missing)
{
	static const struct row rows[] = {
		{ "${U:?say so}", "required variable U is missing a value: say so" },
		{ "${E:?say so}", "required variable E is missing a value: say so" },
		{ "${U?say so}", "required variable U is missing a value: say so" },
		{ "${U:?}", "required variable U is missing a value" },
		{ "${U:?for $A}", "required variable U is missing a value: for value" },
		/* 2.40 evaluates what stands behind an operator even when it is not needed */
		{ "${A:-${U:?x}}", "required variable U is missing a value: x" },
	};
	check_refused(rows, STK_LEN(rows));
}

CASE(a_lenient_reader_takes_a_required_variable_as_unset)
{
	STK_ARENA arena = { 0 };
	struct stk_map unset = { 0 };
	struct stk_str out;
	struct stk_err err;
	struct stk_compose_substitution s = { .lookup = look_up, .arena = &arena, .unset = &unset, .lenient = true };
	assert_int_equal(stk_compose_substitute(&s, S("<${U:?say so}>"), &out, &err), 0);
	assert_str(out, "<>");
	assert_int_equal(unset.n, 1);
}

CASE(what_is_no_template)
{
	static const struct row rows[] = {
		{ "${}", "${}" },	{ "${ A}", "${ A}" },	    { "${A!}", "${A!}" },
		{ "${A:}", "${A:}" },	{ "${A:0:1}", "${A:0:" },   { "${A%x}", "${A%x}" },
		{ "${1}", "${1}" },	{ "${#A}", "${#A}" },	    { "${A", "${A" },
		{ "${A:-x", "${A:-x" }, { "${U:-a\nb}", "${U:-a" }, { "ok ${U:-${}}", "invalid interpolation format" },
	};
	check_refused(rows, STK_LEN(rows));
}

CASE(an_invalid_template_hints_at_the_escape)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str out;
	assert_int_equal(substitute(&arena, S("${A!}"), &out, &err), -1);
	assert_int_equal(err.code, STK_EFORMAT);
	assert_true(stk_str_contains(stk_str_from(err.hint), S("$$")));
}

static struct stk_str nested(struct stk_arena *arena, size_t depth)
{
	STK_BUF text = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < depth; i++)
		stk_buf_add(&text, S("${U:-"));
	stk_buf_add(&text, S("end"));
	stk_buf_repeat(&text, '}', depth);
	return stk_arena_str(arena, stk_buf_str(&text));
}

CASE(nesting_is_bounded)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str out;
	assert_int_equal(substitute(&arena, nested(&arena, STK_LIMIT_DEPTH), &out, &err), 0);
	assert_str(out, "end");
	assert_int_equal(substitute(&arena, nested(&arena, STK_LIMIT_DEPTH + 1), &out, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_int_equal(substitute(&arena, nested(&arena, 100000), &out, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
}

/* A small text whose value is large: 64 levels would double it 64 times. */
static bool look_up_large(void *context, struct stk_str name, struct stk_str *value)
{
	(void)name;
	*value = *(struct stk_str *)context;
	return true;
}

CASE(a_value_cannot_grow_without_end)
{
	STK_ARENA arena = { 0 };
	struct stk_err err = { 0 };
	struct stk_str out, text;
	STK_BUF large = stk_buf_new(STK_MIB(2)), uses = stk_buf_new(STK_MIB(1));
	stk_buf_repeat(&large, 'x', STK_MIB(1));
	for (size_t i = 0; i < 17; i++)
		stk_buf_add(&uses, S("$L"));
	struct stk_str value = stk_buf_str(&large);
	struct stk_compose_substitution s = { .lookup = look_up_large, .context = &value, .arena = &arena };
	text = stk_buf_str(&uses);
	assert_int_equal(stk_compose_substitute(&s, text, &out, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	/* The same inside of a default. */
	text = stk_arena_printf(&arena, "${U:+" STK_FMT "}", STK_ARG(text));
	assert_int_equal(stk_compose_substitute(&s, text, &out, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_int_equal(stk_compose_substitute(&s, S("$L"), &out, &err), 0);
	assert_int_equal(out.n, STK_MIB(1));
}

CASE(unset_names_and_replacing_are_told)
{
	static const struct {
		const char *in, *unset; /* names, in their order */
		bool replaced;
	} rows[] = {
		{ "plain", "", false }, { "$1 a$", "", false },	       { "$$", "", true },
		{ "$A", "", true },	{ "$U ${V} $U", "U V", true }, { "${U:-d}", "", true },
		{ "${U-d}", "", true }, { "${U:+p}", "", true },       { "${U:-$V}", "V", true },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF names = stk_buf_new(100);
		struct stk_map unset = { 0 };
		struct stk_str out;
		struct stk_err err;
		struct stk_compose_substitution s = { .lookup = look_up, .arena = &arena, .unset = &unset };
		assert_int_equal(stk_compose_substitute(&s, stk_str_from(rows[i].in), &out, &err), 0);
		for (size_t k = 0; k < unset.n; k++)
			stk_buf_printf(&names, "%s" STK_FMT, k ? " " : "", STK_ARG(unset.entries[k].key));
		assert_str(stk_buf_str(&names), rows[i].unset);
		assert_int_equal(s.replaced, rows[i].replaced);
	}
}

CASE(of_two_environments_the_first_is_the_stronger)
{
	STK_ARENA arena = { 0 };
	struct stk_compose_environment strong = { 0 }, weak = { 0 };
	struct stk_str value = S("untouched");
	stk_compose_environment_set(&arena, &strong, S("A"), S("strong"));
	stk_compose_environment_set(&arena, &weak, S("A"), S("weak"));
	stk_compose_environment_set(&arena, &weak, S("B"), S("weak"));
	assert_false(stk_compose_environment_get(&strong, S("B"), &value));
	assert_str(value, "untouched");
	stk_compose_environment_merge(&arena, &strong, &weak);
	assert_true(stk_compose_environment_get(&strong, S("A"), &value));
	assert_str(value, "strong");
	assert_true(stk_compose_environment_get(&strong, S("B"), &value));
	assert_str(value, "weak");
}
