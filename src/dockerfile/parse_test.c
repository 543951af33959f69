/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From bytes to instructions: line ends, directives, comments, continuations, and the places of what was read.
 * Expectations from the Dockerfile reference ("Format", "Parser directives", "Escape") and BuildKit's parser.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/dockerfile.h"
#include "test.h"

static struct stk_dockerfile *parse(struct stk_arena *arena, struct stk_str text)
{
	return stk_dockerfile_parse(arena, S("Dockerfile"), text, NULL);
}

/* "KEYWORD@line-end[arguments]" of every instruction; "!" marks a broken one. */
static struct stk_str described(struct stk_arena *arena, const struct stk_dockerfile *file)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		stk_buf_printf(&out, "%s%s@%u-%u[" STK_FMT "]%s", i ? " " : "", stk_keyword_name(at->keyword), at->line,
			       at->end_line, STK_ARG(at->arguments.text), at->broken ? "!" : "");
	}
	return stk_arena_str(arena, stk_buf_str(&out));
}

struct row {
	const char *text, *want;
};

static void check(const struct row *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_str got = described(&arena, parse(&arena, stk_str_from(t[i].text)));
		if (!stk_str_is(got, t[i].want))
			fail_msg("%s\ngives " STK_FMT "\nnot   %s", t[i].text, STK_ARG(got), t[i].want);
	}
}

CASE(lines_and_their_ends)
{
	static const struct row t[] = {
		{ "FROM a", "FROM@1-1[a]" },
		{ "FROM a\n", "FROM@1-1[a]" },
		{ "FROM a\r\nUSER b\r\n", "FROM@1-1[a] USER@2-2[b]" },
		{ "\xef\xbb\xbf"
		  "FROM a\n",
		  "FROM@1-1[a]" },
		{ "\n\n  FROM a  \n\n\tUSER b\t\n", "FROM@3-3[a] USER@5-5[b]" },
		{ "from a\nUsEr b", "FROM@1-1[a] USER@2-2[b]" },
		{ "FROM\ta\n", "FROM@1-1[a]" },
		{ "FROM  a   AS  b\n", "FROM@1-1[a   AS  b]" },
		{ "FROM a\nUSER b # no comment\n", "FROM@1-1[a] USER@2-2[b # no comment]" },
		{ "FROM a\nFOO x\nUSER b", "FROM@1-1[a] @2-2[x]! USER@3-3[b]" },
		{ "FROM a\nUSER\nRUN b", "FROM@1-1[a] USER@2-2[]! RUN@3-3[b]" },
	};
	check(t, STK_LEN(t));
}

CASE(continuations)
{
	static const struct row t[] = {
		{ "FROM a\nRUN x \\\ny\n", "FROM@1-1[a] RUN@2-3[x y]" },
		{ "FROM a\nRUN x\\\ny\n", "FROM@1-1[a] RUN@2-3[xy]" },
		{ "FROM a\nRUN x \\ \t\n  y\n", "FROM@1-1[a] RUN@2-3[x   y]" },
		{ "FROM a\r\nRUN x \\\r\n  y\r\nUSER z\r\n", "FROM@1-1[a] RUN@2-3[x   y] USER@4-4[z]" },
		{ "FROM a\nRUN x \\\n# talk\ny", "FROM@1-1[a] RUN@2-4[x y]" },
		{ "FROM a\nRUN x \\\n   # talk \\\ny", "FROM@1-1[a] RUN@2-4[x y]" },
		{ "FROM a\nRUN x \\\n\n\ny", "FROM@1-1[a] RUN@2-5[x y]" },
		{ "FROM a\nRUN x \\\n", "FROM@1-1[a] RUN@2-2[x]" },
		{ "FROM a\nRUN x \\\n# last", "FROM@1-1[a] RUN@2-3[x]" },
		{ "FROM a\nRUN x \\\\\nUSER y", "FROM@1-1[a] RUN@2-2[x \\\\] USER@3-3[y]" },
		{ "FROM a\nRUN x \\ y\nUSER z", "FROM@1-1[a] RUN@2-2[x \\ y] USER@3-3[z]" },
		{ "FROM \\\n a\nRUN \\\n x", "FROM@1-2[a] RUN@3-4[x]" },
		{ "FROM a\nRU\\\nN x", "FROM@1-1[a] RUN@2-3[x]" },
		{ "FROM a\n# talk \\\nRUN x", "FROM@1-1[a] RUN@3-3[x]" },
		{ "FROM a\n\\\nRUN x", "FROM@1-1[a] RUN@2-3[x]" },
		{ "# escape=`\nFROM a\nRUN x `\n y\nCOPY a C:\\\nUSER z",
		  "FROM@2-2[a] RUN@3-4[x  y] COPY@5-5[a C:\\] USER@6-6[z]" },
	};
	check(t, STK_LEN(t));
}

CASE(blank_lines_in_a_continuation_are_noted)
{
	static const struct {
		const char *text;
		bool noted;
	} t[] = {
		{ "FROM a\nRUN x \\\n\n y", true },	{ "FROM a\nRUN x \\\n   \n y", true },
		{ "FROM a\nRUN x \\\r\n\r\n y", true }, { "FROM a\nRUN x \\\n# talk\n y", false },
		{ "FROM a\nRUN x \\\n y\n\n", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		if (parse(&arena, stk_str_from(t[i].text))->instructions.v[1]->empty_continuation != t[i].noted)
			fail_msg("%s", t[i].text);
	}
}

CASE(directives)
{
	static const struct {
		const char *text;
		char escape;
		const char *syntax, *check;
		size_t errors;
	} t[] = {
		{ "# syntax=docker/dockerfile:1\nFROM a", '\\', "docker/dockerfile:1", NULL, 0 },
		{ "#syntax = docker/dockerfile:1  \nFROM a", '\\', "docker/dockerfile:1", NULL, 0 },
		{ "# SYNTAX=x\n# Escape=`\n# cHeck=skip=all\nFROM a", '`', "x", "skip=all", 0 },
		{ "#!/bin/x\n# syntax=y\nFROM a", '\\', "y", NULL, 0 },
		{ "# escape=\\\nFROM a", '\\', NULL, NULL, 0 },
		{ "\xef\xbb\xbf# escape=`\r\nFROM a", '`', NULL, NULL, 0 },
		{ "\n# escape=`\nFROM a", '\\', NULL, NULL, 0 },	    /* a blank line ends the directives */
		{ "# talk\n# escape=`\nFROM a", '\\', NULL, NULL, 0 },	    /* so does a comment */
		{ "# unknown=1\n# escape=`\nFROM a", '\\', NULL, NULL, 0 }, /* and a directive that nobody knows */
		{ "FROM a\n# escape=`\nUSER b", '\\', NULL, NULL, 0 },
		{ "# escape=x\nFROM a", '\\', NULL, NULL, 1 },
		{ "# escape=``\nFROM a", '\\', NULL, NULL, 1 },
		{ "# syntax=x\n# syntax=y\nFROM a", '\\', "x", NULL, 1 },
		{ "# syntax=\nFROM a", '\\', NULL, NULL, 0 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file = parse(&arena, stk_str_from(t[i].text));
		bool good = file->escape == t[i].escape && file->errors.n == t[i].errors &&
			    !t[i].syntax == !file->directives.syntax.value.p &&
			    !t[i].check == !file->directives.check.value.p &&
			    (!t[i].syntax || stk_str_is(file->directives.syntax.value, t[i].syntax)) &&
			    (!t[i].check || stk_str_is(file->directives.check.value, t[i].check));
		if (!good)
			fail_msg("%s: escape %c, %zu errors, syntax " STK_FMT, t[i].text, file->escape, file->errors.n,
				 STK_ARG(file->directives.syntax.value));
	}
}

CASE(comments_know_their_place)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(
		&arena, S("# syntax=x\n# one\nFROM a\n\n# two\n  # three\nRUN x \\\n # four\n y\n# five\n\nUSER z"));
	static const struct {
		const char *text;
		uint32_t line;
		bool directive, inside;
	} t[] = {
		{ " syntax=x", 1, true, false }, { " one", 2, false, false }, { " two", 5, false, false },
		{ " three", 6, false, false },	 { " four", 8, false, true }, { " five", 10, false, false },
	};
	assert_int_equal(file->comments.n, STK_LEN(t));
	for (size_t i = 0; i < STK_LEN(t); i++) {
		const struct stk_comment *comment = &file->comments.v[i];
		assert_str(comment->text, t[i].text);
		assert_int_equal(comment->line, t[i].line);
		assert_int_equal(comment->directive, t[i].directive);
		assert_int_equal(comment->inside, t[i].inside);
		assert_int_equal(file->text.p[comment->span.begin], '#');
	}
	/* The unbroken run above: directives do not belong to it, and a blank line breaks it. */
	static const struct {
		size_t first, n;
	} above[] = { { 1, 1 }, { 2, 2 }, { 0, 0 } };
	for (size_t i = 0; i < STK_LEN(above); i++) {
		assert_int_equal(file->instructions.v[i]->comments.n, above[i].n);
		if (above[i].n)
			assert_int_equal(file->instructions.v[i]->comments.first, above[i].first);
	}
}

/* The part of the file between two bytes. */
static struct stk_str bytes(const struct stk_dockerfile *file, struct stk_span span)
{
	return stk_str_slice(file->text, span.begin, span.end);
}

CASE(every_word_knows_its_bytes)
{
	static const struct {
		const char *text, *words;
	} t[] = {
		{ "FROM  --platform=x  img:1   AS  b", "img:1|AS|b" },
		{ "COPY a \\\n  'b c' \\\n# talk\n\n  /d/", "a|'b|c'|/d/" },
		{ "EXPOSE 80\t443/tcp \\\r\n 53/udp\r\n", "80|443/tcp|53/udp" },
		{ "\xef\xbb\xbf"
		  "EXPOSE 80 90",
		  "80|90" },
		{ "COPY [\"a b\", \"c\\\"d\", \"/e\"]", "\"a b\"|\"c\\\"d\"|\"/e\"" },
		{ "ENV A=1 \\\n B='x y' C=\"z\"", "A=1|B='x y'|C=\"z\"" },
		{ "VOLUME /a \\\n /b", "/a|/b" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF out = stk_buf_new(4096);
		struct stk_dockerfile *file = parse(&arena, stk_str_from(t[i].text));
		const struct stk_words *words = &file->instructions.v[0]->words;
		for (size_t k = 0; k < words->n; k++)
			stk_buf_printf(&out, "%s" STK_FMT, k ? "|" : "", STK_ARG(bytes(file, words->v[k].span)));
		if (!stk_str_is(stk_buf_str(&out), t[i].words))
			fail_msg("%s\ngives " STK_FMT "\nnot   %s", t[i].text, STK_ARG(stk_buf_str(&out)), t[i].words);
	}
}

CASE(pairs_know_their_bytes)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file =
		parse(&arena, S("FROM a\nENV A=\"1 2\" \\\n  B=$A\nLABEL k  some words\nARG X\n"));
	const struct stk_pair *a = &file->instructions.v[1]->pairs.v[0], *b = &file->instructions.v[1]->pairs.v[1];
	assert_str(bytes(file, a->key.span), "A");
	assert_str(bytes(file, a->value.span), "\"1 2\"");
	assert_str(bytes(file, a->span), "A=\"1 2\"");
	assert_str(bytes(file, b->span), "B=$A");
	const struct stk_pair *k = &file->instructions.v[2]->pairs.v[0], *x = &file->instructions.v[3]->pairs.v[0];
	assert_true(k->legacy && k->has_value && !x->has_value && !x->legacy);
	assert_str(bytes(file, k->span), "k  some words");
	assert_str(bytes(file, k->value.span), "some words");
}

CASE(positions_count_from_one)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(&arena, S("FROM a\n\nRUN x \\\n y\nUSER z"));
	static const struct {
		size_t offset;
		uint32_t line, column;
	} t[] = {
		{ 0, 1, 1 },  { 5, 1, 6 },  { 6, 1, 7 },  { 7, 2, 1 },	{ 8, 3, 1 },
		{ 16, 4, 1 }, { 17, 4, 2 }, { 19, 5, 1 }, { 24, 5, 6 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		uint32_t line, column;
		stk_dockerfile_position(file, t[i].offset, &line, &column);
		if (line != t[i].line || column != t[i].column)
			fail_msg("byte %zu is %u:%u", t[i].offset, line, column);
	}
	assert_null(stk_dockerfile_instruction_at(file, 2));
	assert_ptr_equal(stk_dockerfile_instruction_at(file, 4), file->instructions.v[1]);
	assert_null(stk_dockerfile_instruction_at(file, 6));
	assert_null(stk_dockerfile_instruction_at(file, 0));
}

CASE(onbuild_has_an_instruction_inside)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(
		&arena,
		S("FROM a\nONBUILD RUN x \\\n y\nonbuild copy --from=b c /d\nONBUILD\nONBUILD ONBUILD RUN x\nONBUILD FOO\n"));
	const struct stk_instruction *run = file->instructions.v[1], *copy = file->instructions.v[2];
	assert_str(run->inner->shell_text.text, "x  y");
	assert_int_equal(run->inner->line, 2);
	assert_int_equal(run->inner->end_line, 3);
	assert_ptr_equal(run->inner->outer, run);
	assert_str(bytes(file, run->inner->span), "RUN x \\\n y");
	assert_int_equal(copy->inner->keyword, STK_COPY);
	assert_str(stk_instruction_flag(copy->inner, "from")->value, "b");
	assert_str(bytes(file, copy->inner->words.v[1].span), "/d");
	assert_true(file->instructions.v[3]->broken && file->instructions.v[5]->broken);
	assert_null(file->instructions.v[4]->inner->inner);
}

CASE(files_that_are_none)
{
	static const struct {
		struct stk_str text;
		const char *message;
	} t[] = {
		{ S(""), "the file holds no instructions" },
		{ S("\n# talk\n"), "the file holds no instructions" },
		{ S("\xff\xfe"
		    "F\0"),
		  "the file is UTF-16; BuildKit reads UTF-8 only" },
		{ S("\xfe\xff\0F"), "the file is UTF-16; BuildKit reads UTF-8 only" },
		{ S("\xff\xfe\0\0"), "the file is UTF-32; BuildKit reads UTF-8 only" },
		{ S("\\\n"), "nothing follows the continuation mark" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file = parse(&arena, t[i].text);
		assert_true(file->errors.n > 0);
		assert_str(file->errors.v[0].message, t[i].message);
	}
}

CASE(bytes_that_are_no_text_are_read_on)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(&arena, S("FROM a\nRUN a\0b \xff\nUSER x"));
	assert_int_equal(file->instructions.n, 3);
	assert_int_equal(file->instructions.v[1]->shell_text.text.n, 5);
	assert_str(file->instructions.v[2]->words.v[0].value, "x");
}
