/* SPDX-License-Identifier: Apache-2.0 */
/* Which value a variable has where: the Dockerfile reference ("ARG": scope, impact on caching; "ENV"; "Automatic
 * platform ARGs"). */
#include "dockerfile/variables.h"

#include "test.h"

/* The value of a text just before the last instruction. build_arg: "NAME=value" or NULL. */
static void check(const char *text, const char *build_arg, const char *source, const char *want)
{
	STK_ARENA arena = { 0 };
	struct stk_variables args = { 0 };
	if (build_arg) {
		struct stk_str value = stk_str_from(build_arg), name = stk_str_cut(&value, '=');
		*STK_PUSH(&arena, &args) = (struct stk_variable){ name, value };
	}
	struct stk_dockerfile *file = stk_dockerfile_parse(&arena, S("Dockerfile"), stk_str_from(text), &args);
	const struct stk_instruction *last = file->instructions.v[file->instructions.n - 1];
	struct stk_lex_result got = stk_dockerfile_expand(file, last, stk_str_from(source));
	if (!stk_str_is(got.text, want))
		fail_msg("%s\nwith %s: %s is " STK_FMT ", not %s", text, build_arg ? build_arg : "nothing", source,
			 STK_ARG(got.text), want);
}

CASE(scopes)
{
	static const struct {
		const char *text, *build_arg, *source, *want;
	} t[] = {
		/* ARG */
		{ "FROM a\nARG X=1\nRUN x", NULL, "$X", "1" },
		{ "FROM a\nARG X\nRUN x", NULL, "[$X]", "[]" },
		{ "FROM a\nARG X\nRUN x", "X=2", "$X", "2" },
		{ "FROM a\nARG X=1\nRUN x", "X=2", "$X", "2" },
		{ "FROM a\nRUN x", "X=2", "[$X]", "[]" }, /* not declared */
		{ "FROM a\nARG X=1\nARG X=2\nRUN x", NULL, "$X", "2" },
		{ "FROM a\nARG X=1\nFROM b\nRUN x", NULL, "[$X]", "[]" },   /* ends with its stage */
		{ "FROM a AS s\nARG X=1\nFROM s\nRUN x", NULL, "$X", "1" }, /* but stages built on it have it */
		{ "FROM a\nRUN x\nARG X=1", NULL, "[$X]", "[]" },	    /* not before its line */
		{ "FROM a\nARG X=1 Y=$X\nRUN x", NULL, "$X", "1" },
		/* Global ARG */
		{ "ARG X=1\nFROM a\nRUN x", NULL, "[$X]", "[]" },
		{ "ARG X=1\nFROM a\nARG X\nRUN x", NULL, "$X", "1" },
		{ "ARG X=1\nFROM a\nARG X=2\nRUN x", NULL, "$X", "2" },
		{ "ARG X=1\nFROM a\nARG X\nRUN x", "X=3", "$X", "3" },
		{ "ARG X=1\nARG Y=$X.0\nFROM a\nARG Y\nRUN x", NULL, "$Y", "1.0" },
		/* ENV */
		{ "FROM a\nENV X=1\nRUN x", NULL, "$X", "1" },
		{ "FROM a\nENV X=1\nRUN x", "X=2", "$X", "1" },
		{ "FROM a\nENV X=1\nARG X=2\nRUN x", NULL, "$X", "1" }, /* ENV counts before ARG */
		{ "FROM a\nARG X=2\nENV X=1\nRUN x", NULL, "$X", "1" },
		{ "FROM a\nARG X=2\nENV X=${X:-3}\nRUN x", NULL, "$X", "2" },
		{ "FROM a\nARG X\nENV X=${X:-3}\nRUN x", NULL, "$X", "3" },
		{ "FROM a AS s\nENV X=1\nFROM s\nRUN x", NULL, "$X", "1" },
		{ "FROM a AS s\nENV X=1\nFROM s\nARG X=5\nRUN x", NULL, "$X", "1" },
		{ "FROM a AS s\nENV X=1\nFROM S\nENV X=2\nRUN x", NULL, "$X", "2" },
		{ "FROM a AS s\nENV X=1\nFROM b\nRUN x", NULL, "[$X]", "[]" },
		{ "FROM a\nENV X=1\nENV X=2 Y=$X\nRUN x", NULL, "$X$Y", "21" }, /* the value before the line */
		{ "FROM a\nENV X one two\nRUN x", NULL, "$X", "one two" },
		{ "FROM a\nENV X='$Y'\nENV Y=1\nRUN x", NULL, "$X", "$Y" },
		{ "FROM a\nENV X=\"a b\"\nRUN x", NULL, "$X", "a b" },
		{ "FROM a\nENV N=X\nENV $N=1\nRUN x", NULL, "$X", "1" },
		/* What BuildKit sets */
		{ "FROM a\nARG TARGETARCH\nRUN x", NULL, "$TARGETARCH", "amd64" },
		{ "FROM a\nRUN x", NULL, "[$TARGETARCH]", "[]" },
		{ "FROM a\nARG TARGETARCH\nRUN x", "TARGETARCH=arm64", "$TARGETARCH", "arm64" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check(t[i].text, t[i].build_arg, t[i].source, t[i].want);
}

CASE(images_take_global_arguments)
{
	static const struct {
		const char *text, *build_arg, *reference;
		bool resolved;
		size_t parent;
	} t[] = {
		{ "ARG V=3.20\nFROM alpine:$V", NULL, "alpine:3.20", true, SIZE_MAX },
		{ "ARG V=3.20\nFROM alpine:$V", "V=3.21", "alpine:3.21", true, SIZE_MAX },
		{ "ARG V\nFROM alpine:$V", NULL, "alpine:", false, SIZE_MAX },
		{ "ARG V\nFROM alpine:${V:-3}", NULL, "alpine:3", true, SIZE_MAX },
		{ "FROM alpine:$V", NULL, "alpine:", false, SIZE_MAX },
		{ "FROM --platform=$BUILDPLATFORM alpine", NULL, "alpine", true, SIZE_MAX },
		{ "FROM x-$TARGETARCH", NULL, "x-amd64", true, SIZE_MAX },
		{ "FROM \"alpine\"", NULL, "alpine", true, SIZE_MAX },
		{ "ARG B=base\nFROM a AS base\nFROM $B", NULL, "base", true, 0 },
		{ "FROM a AS base\nFROM ${B:-base}", NULL, "base", true, 0 },
		{ "FROM a AS one\nFROM b AS two\nFROM ONE", NULL, "ONE", true, 0 },
		{ "FROM a AS one\nFROM one AS one", NULL, "one", true, 0 },
		{ "FROM a AS one\nFROM b AS one\nFROM one", NULL, "one", true, 1 },
		{ "FROM later\nFROM a AS later", NULL, "a", true, SIZE_MAX },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_variables args = { 0 };
		if (t[i].build_arg) {
			struct stk_str value = stk_str_from(t[i].build_arg), name = stk_str_cut(&value, '=');
			*STK_PUSH(&arena, &args) = (struct stk_variable){ name, value };
		}
		struct stk_dockerfile *file =
			stk_dockerfile_parse(&arena, S("Dockerfile"), stk_str_from(t[i].text), &args);
		const struct stk_build_stage *stage = &file->stages.v[file->stages.n - 1];
		if (!stk_str_is(stage->reference, t[i].reference) || stage->parent != t[i].parent ||
		    stage->resolved != t[i].resolved)
			fail_msg("%s: " STK_FMT " from %zu, resolved %d", t[i].text, STK_ARG(stage->reference),
				 stage->parent, stage->resolved);
	}
}

CASE(what_is_declared)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file =
		stk_dockerfile_parse(&arena, S("Dockerfile"), S("ARG G=1\nFROM a\nARG X\nENV Y=2\nRUN x\n"), NULL);
	const struct stk_instruction *run = file->instructions.v[4], *from = file->instructions.v[1];
	struct stk_str value = S("untouched");
	assert_true(stk_variable_declared(file, run, S("X")));
	assert_false(stk_variable_value(file, run, S("X"), &value));
	assert_true(stk_variable_value(file, run, S("Y"), &value));
	assert_str(value, "2");
	assert_false(stk_variable_declared(file, run, S("G")));
	assert_true(stk_variable_declared(file, NULL, S("G")));
	assert_false(stk_variable_declared(file, from, S("X")));
	struct stk_strs names = { 0 };
	stk_variable_names(file, run, &names);
	assert_true(stk_strs_has(&names, S("Y")) && !stk_strs_has(&names, S("X")) && !stk_strs_has(&names, S("G")));
	struct stk_lex_result kept = stk_dockerfile_expand_known(file, run, S("$X $Y ${Z:-1}"));
	assert_str(kept.text, "$X 2 ${Z:-1}");
	assert_true(stk_variable_is_platform(S("TARGETOS")) && !stk_variable_is_platform(S("TARGET")));
}
