/* SPDX-License-Identifier: Apache-2.0 */
#include "dockerfile/dockerfile.h"
#include "dockerfile/variables.h"
#include "test.h"

static struct stk_dockerfile *parse(struct stk_arena *arena, const char *text)
{
	return stk_dockerfile_parse(arena, S("Dockerfile"), stk_str_from(text), NULL);
}

static struct stk_str bytes(const struct stk_dockerfile *file, struct stk_span span)
{
	return stk_str_slice(file->text, span.begin, span.end);
}

CASE(instructions_with_flags_and_words)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file =
		parse(&arena, "FROM --platform=linux/amd64 alpine:3.20 AS Base\ncopy --from=\"x y\" a b /c\n");
	assert_int_equal(file->errors.n, 0);
	assert_int_equal(file->instructions.n, 2);
	assert_str(file->stages.v[0].image.value, "alpine:3.20");
	assert_str(file->stages.v[0].alias.value, "Base");
	assert_str(file->stages.v[0].platform->value, "linux/amd64");
	const struct stk_instruction *copy = file->instructions.v[1];
	assert_int_equal(copy->keyword, STK_COPY);
	assert_str(stk_instruction_flag(copy, "from")->value, "x y");
	assert_int_equal(copy->words.n, 3);
	assert_str(bytes(file, copy->words.v[2].span), "/c");
}

CASE(continuations_keep_places)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(&arena, "FROM a\nRUN one \\\n# talk\n\n  two \\  \n three\nUSER x\n");
	const struct stk_instruction *run = file->instructions.v[1];
	assert_str(run->shell_text.text, "one   two  three");
	assert_true(run->empty_continuation);
	assert_int_equal(run->line, 2);
	assert_int_equal(run->end_line, 6);
	size_t at = stk_str_find(run->shell_text.text, S("three"));
	assert_str(bytes(file, stk_source_span(&run->shell_text, at, at + 5)), "three");
	at = stk_str_find(run->shell_text.text, S("two"));
	struct stk_source_text slice = stk_source_slice(&arena, &run->shell_text, at, at + 3);
	assert_str(bytes(file, stk_source_span(&slice, 0, 3)), "two");
	assert_int_equal(file->comments.n, 1);
	assert_true(file->comments.v[0].inside);
	assert_int_equal(file->instructions.v[2]->line, 7);
}

CASE(json_form_decodes_and_falls_back)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file =
		parse(&arena, "FROM a\nCMD [\"a\\n\", \"\\u00e9x\"]\nCMD [\"a\", 'b']\nCMD [1]\n");
	const struct stk_instruction *cmd = file->instructions.v[1];
	assert_true(cmd->json);
	assert_str(cmd->words.v[0].value, "a\n");
	assert_str(cmd->words.v[1].value, "\xc3\xa9x");
	assert_str(cmd->shell_text.text, "a\n \xc3\xa9x");
	assert_str(bytes(file, stk_source_span(&cmd->shell_text, 5, 6)), "x");
	assert_false(file->instructions.v[2]->json);
	assert_int_equal(file->errors.n, 1);
	assert_ptr_equal(file->errors.v[0].instruction, file->instructions.v[3]);
}

CASE(heredocs)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(
		&arena,
		"FROM a\nRUN <<-EOF\n\techo 1\n\t\tEOF\nCOPY <<A <<'B' /x/\na\nA\nb$c\nB\nRUN 3<<X cat\nX\nCMD x\n");
	assert_int_equal(file->errors.n, 0);
	const struct stk_instruction *run = file->instructions.v[1], *copy = file->instructions.v[2];
	assert_true(run->shell_is_heredoc);
	assert_str(run->shell_text.text, "echo 1\n");
	assert_str(bytes(file, stk_source_span(&run->shell_text, 0, 4)), "echo");
	assert_int_equal(run->end_line, 4);
	assert_int_equal(copy->heredocs.n, 2);
	assert_str(copy->heredocs.v[1].body, "b$c\n");
	assert_false(copy->heredocs.v[1].expand);
	assert_int_equal(file->instructions.v[3]->heredocs.n, 1);
	assert_int_equal(file->instructions.v[4]->keyword, STK_CMD);
}

CASE(goes_on_after_errors)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(&arena, "FRM a\nFROM b\nCOPY x\nRUN --bogus ls\nEXPOSE x\nUSER y\n");
	assert_int_equal(file->instructions.n, 6);
	assert_int_equal(file->errors.n, 4);
	assert_str(file->errors.v[0].hint, "did you mean FROM?");
	assert_true(file->errors.v[2].semantic);
	assert_false(file->instructions.v[5]->broken);
}

CASE(directives_escape_and_crlf)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file =
		parse(&arena, "\xef\xbb\xbf# Escape = `\r\n# check=skip=all\r\nFROM a\r\nRUN dir `\r\n C:\\x\r\n");
	assert_int_equal(file->escape, '`');
	assert_str(file->directives.check.value, "skip=all");
	assert_int_equal(file->instructions.n, 2);
	assert_str(file->instructions.v[1]->shell_text.text, "dir  C:\\x");
}

CASE(onbuild_wraps)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(&arena, "FROM a\nONBUILD COPY --chown=1 a /b\nONBUILD RUN <<E\nx\nE\n");
	assert_int_equal(file->errors.n, 0);
	assert_int_equal(file->instructions.v[1]->inner->keyword, STK_COPY);
	assert_str(file->instructions.v[1]->inner->flags.v[0].value, "1");
	assert_str(file->instructions.v[2]->inner->shell_text.text, "x\n");
}

static const char *value_at(struct stk_dockerfile *file, size_t i, const char *text)
{
	return stk_arena_str(file->arena, stk_dockerfile_expand(file, file->instructions.v[i], stk_str_from(text)).text)
		.p;
}

CASE(variables_follow_stages)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(
		&arena,
		"ARG V=1.2.3\nFROM a:$V AS base\nARG V\nENV A=x B=\"$A y\"\nENV A=z\nFROM base\nARG A=q\nRUN x\n");
	assert_str(file->stages.v[0].reference, "a:1.2.3");
	assert_int_equal(file->stages.v[1].parent, 0);
	assert_string_equal(value_at(file, 7, "$A|${B}|${V%.*}|${V#*.}|${V/./-}|${N:-d}|${A:+s}|\\$A|'$A'"),
			    "z| y|1.2|2.3|1-2.3|d|s|$A|$A");
}

CASE(shells)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = parse(
		&arena,
		"FROM mcr.microsoft.com/windows/nanoserver AS w\nRUN x\nSHELL [\"pwsh.exe\", \"-c\"]\nRUN y\nFROM w\nRUN z\nFROM a\nRUN q\n");
	assert_int_equal(file->instructions.v[1]->shell->kind, STK_RUNS_CMD);
	assert_int_equal(file->instructions.v[3]->shell->kind, STK_RUNS_POWERSHELL);
	assert_int_equal(file->instructions.v[5]->shell->kind, STK_RUNS_POWERSHELL);
	assert_int_equal(file->instructions.v[7]->shell->kind, STK_RUNS_SHELL);
}
