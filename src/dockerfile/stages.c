/* SPDX-License-Identifier: Apache-2.0 */
/* Stages and what they hand on: parents, the shell in effect, variables. */
#include "dockerfile/parse.h"
#include "dockerfile/variables.h"
#include "text/reference.h"
#include "base/banned.h"

static struct stk_shell_setting *default_shell(struct stk_arena *arena, bool windows)
{
	struct stk_shell_setting *setting = STK_NEW(arena, struct stk_shell_setting, 1);
	setting->kind = windows ? STK_RUNS_CMD : STK_RUNS_SHELL;
	*STK_PUSH(arena, &setting->words) = windows ? S("cmd") : S("/bin/sh");
	*STK_PUSH(arena, &setting->words) = windows ? S("/S") : S("-c");
	if (windows)
		*STK_PUSH(arena, &setting->words) = S("/C");
	return setting;
}

/* Images that hold Windows: their shell forms run under cmd. */
static bool is_windows_image(const struct stk_build_stage *stage)
{
	static const char *const marks[] = { "mcr.microsoft.com/windows", "windowsservercore", "nanoserver",
					     "microsoft/windows" };
	if (stage->platform && stk_str_starts_nocase(stage->platform->value, S("windows")))
		return true;
	for (size_t i = 0; i < STK_LEN(marks); i++)
		if (stk_str_contains_nocase(stage->reference, stk_str_from(marks[i])))
			return true;
	return false;
}

/* The program of a SHELL instruction: the last part of its path, without ".exe". */
static enum stk_interpreter interpreter_of(struct stk_str program)
{
	static const char *const shells[] = { "sh",   "bash", "ash",	 "dash", "ksh",
					      "mksh", "zsh",  "busybox", "env",	 "eatmydata" };
	for (size_t i = program.n; i-- > 0;)
		if (program.p[i] == '/' || program.p[i] == '\\') {
			program = stk_str_slice(program, i + 1, program.n);
			break;
		}
	if (program.n > 4 && stk_str_eq_nocase(stk_str_slice(program, program.n - 4, program.n), S(".exe")))
		program.n -= 4;
	if (stk_str_eq_nocase(program, S("powershell")) || stk_str_eq_nocase(program, S("pwsh")))
		return STK_RUNS_POWERSHELL;
	if (stk_str_eq_nocase(program, S("cmd")))
		return STK_RUNS_CMD;
	for (size_t i = 0; i < STK_LEN(shells); i++)
		if (stk_str_is(program, shells[i]))
			return STK_RUNS_SHELL;
	return STK_RUNS_OTHER;
}

static const struct stk_shell_setting *shell_of(struct stk_arena *arena, const struct stk_instruction *instruction)
{
	struct stk_shell_setting *setting = STK_NEW(arena, struct stk_shell_setting, 1);
	setting->set_by = instruction;
	for (size_t i = 0; i < instruction->words.n; i++)
		*STK_PUSH(arena, &setting->words) = instruction->words.v[i].value;
	setting->kind = interpreter_of(instruction->words.v[0].value);
	return setting;
}

struct stager {
	struct stk_dockerfile *file;
	struct {
		const struct stk_shell_setting **v;
		size_t n, cap;
	} shells; /* the last one of each stage */
	const struct stk_instruction *workdir;
	struct {
		const struct stk_instruction **v;
		size_t n, cap;
	} workdirs; /* the last one of each stage */
	const struct stk_shell_setting *posix, *windows, *shell;
};

/* An image name without variables must be one. A second ":" behind the last "/" no parser takes. */
static void check_image(struct stk_dockerfile *file, struct stk_instruction *from, const struct stk_build_stage *stage)
{
	struct stk_reference reference;
	struct stk_err err;
	if (from->broken || stage->parent != SIZE_MAX || !stage->image.raw.n ||
	    stk_str_find_byte(stage->image.raw, '$') != SIZE_MAX ||
	    stk_reference_parse(stage->reference, &reference, &err) == 0)
		return;
	struct stk_str name = stage->reference;
	size_t slash = stk_str_rfind_byte(name, '/'), at = stk_str_find_byte(name, '@');
	name = stk_str_slice(name, slash == SIZE_MAX ? 0 : slash + 1, at);
	size_t colon = stk_str_find_byte(name, ':');
	bool twice = colon != SIZE_MAX && stk_str_find_byte(stk_str_slice(name, colon + 1, name.n), ':') != SIZE_MAX;
	stk_parse_error_at(file, from, stage->image.span, !twice, stk_arena_str(file->arena, stk_str_from(err.msg)));
	from->broken = false; /* the stage itself can be judged */
}

static void begin_stage(struct stager *s, struct stk_instruction *from)
{
	struct stk_dockerfile *file = s->file;
	size_t index = file->stages.n;
	struct stk_build_stage stage = { .from = from, .parent = SIZE_MAX, .first = from->index };
	if (from->words.n) {
		stage.image = from->words.v[0];
		struct stk_lex_result image = stk_dockerfile_expand(file, NULL, stage.image.raw);
		stage.reference = image.text;
		stage.resolved = !image.gap && !image.error;
	}
	if (from->words.n == 3)
		stage.alias = from->words.v[2];
	stage.platform = stk_instruction_flag(from, "platform");
	if (stage.resolved)
		stage.parent = stk_dockerfile_stage(file, stage.reference, index);
	check_image(file, from, &stage);
	*STK_PUSH(file->arena, &file->stages) = stage;
	stk_parse_name_stage(file, index);
	stk_scope_add_stage(file);
	s->shell = stage.parent != SIZE_MAX   ? s->shells.v[stage.parent]
		   : is_windows_image(&stage) ? s->windows
					      : s->posix;
	*STK_PUSH(file->arena, &s->shells) = s->shell;
	s->workdir = stage.parent != SIZE_MAX ? s->workdirs.v[stage.parent] : NULL;
	*STK_PUSH(file->arena, &s->workdirs) = s->workdir;
}

static void place(struct stager *s, struct stk_instruction *instruction, size_t index)
{
	struct stk_dockerfile *file = s->file;
	instruction->index = index;
	if (instruction->keyword == STK_FROM)
		begin_stage(s, instruction);
	instruction->stage = file->stages.n ? file->stages.n - 1 : SIZE_MAX;
	if (instruction->keyword == STK_SHELL && instruction->json && instruction->words.n)
		s->shell = shell_of(file->arena, instruction);
	instruction->shell = s->shell;
	instruction->workdir = s->workdir;
	if (instruction->inner) {
		instruction->inner->index = index;
		instruction->inner->stage = instruction->stage;
		instruction->inner->shell = s->shell;
		instruction->inner->workdir = s->workdir;
	}
	if (file->stages.n) {
		if (instruction->keyword == STK_WORKDIR && instruction->words.n)
			s->workdir = instruction;
		s->workdirs.v[file->stages.n - 1] = s->workdir;
		s->shells.v[file->stages.n - 1] = s->shell;
		file->stages.v[file->stages.n - 1].n++;
	}
	stk_scope_add(file, instruction);
}

void stk_parse_stages(struct stk_dockerfile *file, const struct stk_variables *build_args)
{
	struct stager s = { .file = file,
			    .posix = default_shell(file->arena, false),
			    .windows = default_shell(file->arena, true) };
	s.shell = s.posix;
	file->scope = stk_scope_new(file->arena, build_args);
	for (size_t i = 0; i < file->instructions.n; i++)
		place(&s, file->instructions.v[i], i);
}
