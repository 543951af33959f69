/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From RUN instructions to commands, once for all rules: the shell text is read with the shell
 * that SHELL or the syntax of the stage gives it, and each command is looked up by its program
 * in the tables of the package managers. Under the name of Hadolint, only what its own parser
 * would see is read.
 */
#include "dockerfile/commands.h"

#include <string.h>

#include "base/banned.h"

uint64_t stk_program_bits(struct stk_str names)
{
	uint64_t bits = 0;
	for (struct stk_str name; (name = stk_str_cut_word(&names)).n;)
		/* Fibonacci hashing: the top six bits of the product choose one of 64 bits. Two
		   programs may share one; the bits only say who certainly is not there. */
		bits |= UINT64_C(1) << (stk_str_hash(name) * UINT64_C(0x9e3779b97f4a7c15) >> 58);
	return bits;
}

/* ---- reading ---- */

static bool like_hadolint(const struct stk_dockerfile_context *context)
{
	return context->options->compat == STK_COMPAT_HADOLINT;
}

/* What Hadolint takes for the shell text of a RUN with heredocs: only what stands before the first marker, or the body
   headed by what stands behind its marker. */
static struct stk_str hadolint_heredoc_text(struct stk_arena *arena, const struct stk_instruction *instruction)
{
	struct stk_str text = instruction->arguments.text;
	size_t marker = stk_str_find(text, S("<<"));
	if (marker == SIZE_MAX)
		return text;
	if (marker > 0)
		return stk_str_slice(text, 0, marker);
	struct stk_str rest = text;
	(void)stk_str_cut_word(&rest);
	rest = stk_str_trim(rest);
	struct stk_str body = stk_str_trim(instruction->heredocs.v[0].body);
	if (!rest.n || rest.p[0] == '|' || rest.p[0] == '>')
		return body;
	return stk_arena_join(arena, stk_arena_join(arena, rest, S("\n")), body);
}

static struct stk_source_text *single_piece(struct stk_arena *arena, struct stk_str text, size_t file)
{
	struct stk_source_text *source = STK_NEW(arena, struct stk_source_text, 1);
	source->text = text;
	*STK_PUSH(arena, &source->pieces) = (struct stk_text_piece){ 0, file };
	return source;
}

static void add_script(struct stk_dockerfile_context *context, struct stk_run *run, const struct stk_shell *shell,
		       const struct stk_source_text *source)
{
	if (!shell)
		return;
	struct stk_script *script = STK_NEW(context->arena, struct stk_script, 1);
	*script = (struct stk_script){ shell, source };
	*STK_PUSH(context->arena, &run->scripts) = script;
}

static bool feeds_a_shell(const struct stk_shell *shell)
{
	return shell && shell->commands.n && stk_is_one_of(shell->commands.v[0]->name, "sh bash ash dash ksh zsh") &&
	       !stk_shell_flag(shell->commands.v[0], S("c"));
}

static void add_scripts(struct stk_dockerfile_context *context, struct stk_run *run)
{
	const struct stk_instruction *at = run->instruction;
	if (like_hadolint(context)) {
		if (at->heredocs.n) {
			struct stk_str text = hadolint_heredoc_text(context->arena, at);
			add_script(context, run, stk_shell_parse(context->arena, text),
				   single_piece(context->arena, text, at->span.begin));
		} else {
			add_script(context, run,
				   at->script ? at->script : stk_shell_parse(context->arena, at->shell_text.text),
				   &at->shell_text);
		}
		return;
	}
	const struct stk_shell *shell = stk_instruction_shell(context->file, (struct stk_instruction *)at);
	add_script(context, run, shell, &at->shell_text);
	for (size_t i = 0; i < at->heredocs.n && !at->shell_is_heredoc && feeds_a_shell(shell); i++) {
		const struct stk_heredoc *heredoc = &at->heredocs.v[i];
		add_script(context, run, stk_shell_parse(context->arena, heredoc->content),
			   single_piece(context->arena, heredoc->content, heredoc->span.begin));
	}
}

static struct stk_str without_folders(struct stk_str name)
{
	size_t slash = stk_str_rfind_byte(name, '/');
	return slash == SIZE_MAX || slash + 1 == name.n ? name : stk_str_slice(name, slash + 1, name.n);
}

/* Programs that run the command behind their options; the flags in the second column take a value. */
static const struct {
	const char *name, *valued;
} wrappers[] = {
	{ "sudo", "u g h p C T r t user group host prompt" },
	{ "doas", "u C" },
	{ "env", "u C S unset chdir split-string" },
	{ "nice", "n adjustment" },
	{ "timeout", "k s kill-after signal" },
	{ "time", "f o format output" },
	{ "gosu", "" },
	{ "su-exec", "" },
	{ "chroot", "" },
	{ "eatmydata", "" },
	{ "nohup", "" },
	{ "xargs", "a d E I L n P s arg-file delimiter max-args max-procs" },
};

/* Where the wrapped command begins among the arguments, or n_arguments. */
static size_t wrapped_at(const struct stk_run_command *command)
{
	size_t w = 0, i = 0;
	while (w < STK_LEN(wrappers) && !stk_command_is(command, wrappers[w].name))
		w++;
	if (w == STK_LEN(wrappers))
		return command->n_arguments;
	/* Their first bare word is a duration, a user or a folder. */
	bool skip_word = stk_is_one_of(command->name, "timeout gosu su-exec chroot");
	for (; i < command->n_arguments; i++) {
		struct stk_str text = command->arguments[i]->text;
		if (text.n > 1 && text.p[0] == '-') {
			struct stk_str flag = stk_str_strip_prefix(stk_str_slice(text, 1, text.n), S("-"));
			i += stk_is_one_of(flag, wrappers[w].valued);
		} else if (skip_word) {
			skip_word = false;
			/* NAME=value before the command is env's and sudo's. */
		} else if (!stk_is_one_of(command->name, "env sudo") || stk_str_find_byte(text, '=') == SIZE_MAX) {
			break;
		}
	}
	return i < command->n_arguments ? i : command->n_arguments;
}

/* Adds what a wrapper runs as a command of its own. */
static void unwrap(struct stk_dockerfile_context *context, struct stk_run *run, struct stk_run_command command)
{
	for (unsigned depth = 0; depth < 4; depth++) {
		size_t i = wrapped_at(&command);
		if (i >= command.n_arguments || !command.arguments[i]->literal)
			return;
		command.word = command.arguments[i];
		command.name = without_folders(command.word->text);
		command.arguments += i + 1;
		command.n_arguments -= i + 1;
		command.unwrapped = true;
		*STK_PUSH(context->arena, &run->commands) = command;
	}
}

static void add_commands(struct stk_dockerfile_context *context, struct stk_run *run, const struct stk_script *script)
{
	bool hadolint = like_hadolint(context);
	if (hadolint && script->shell->broken)
		return;
	run->n_pipes += script->shell->n_pipes;
	for (size_t i = 0; i < script->shell->commands.n; i++) {
		const struct stk_shell_node *node = script->shell->commands.v[i];
		if (!node->name.n || stk_str_is(node->name, "["))
			continue;
		struct stk_run_command command = {
			.name = hadolint ? node->name : without_folders(node->name),
			.word = node->name_word,
			.arguments = node->arguments,
			.n_arguments = node->n_arguments,
			.node = node,
			.script = script,
		};
		*STK_PUSH(context->arena, &run->commands) = command;
		if (!hadolint)
			unwrap(context, run, command);
	}
}

static void add_run(struct stk_dockerfile_context *context, struct stk_runs *runs,
		    const struct stk_instruction *instruction)
{
	struct stk_run *run = STK_PUSH(context->arena, runs);
	run->instruction = instruction;
	run->onbuild = instruction->outer != NULL;
	run->stage = run->onbuild ? SIZE_MAX : instruction->stage;
	add_scripts(context, run);
	for (size_t i = 0; i < run->scripts.n; i++)
		add_commands(context, run, run->scripts.v[i]);
	for (size_t i = 0; i < run->commands.n; i++)
		runs->programs |= stk_program_bits(run->commands.v[i].name);
}

const struct stk_runs *stk_dockerfile_runs(struct stk_dockerfile_context *context)
{
	if (context->runs)
		return context->runs;
	struct stk_runs *runs = STK_NEW(context->arena, struct stk_runs, 1);
	const struct stk_instructions *all = &context->file->instructions;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i]->keyword == STK_RUN)
			add_run(context, runs, all->v[i]);
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i]->inner && all->v[i]->inner->keyword == STK_RUN)
			add_run(context, runs, all->v[i]->inner);
	context->runs = runs;
	return runs;
}

/* ---- asking ---- */

const struct stk_shell_word *stk_command_argument(const struct stk_run_command *command, const char *values)
{
	for (size_t i = 0; i < command->n_arguments; i++)
		if (stk_is_one_of(command->arguments[i]->text, values))
			return command->arguments[i];
	return NULL;
}

/* Does the argument give one of the flags? */
static bool gives(struct stk_str argument, const char *flags)
{
	if (argument.n < 2 || argument.p[0] != '-')
		return false;
	if (argument.p[1] == '-') {
		struct stk_str name = stk_str_slice(argument, 2, argument.n);
		return stk_is_one_of(stk_str_cut(&name, '='), flags);
	}
	for (size_t i = 1; i < argument.n; i++)
		if (stk_is_one_of(stk_str_slice(argument, i, i + 1), flags))
			return true;
	return false;
}

const struct stk_shell_word *stk_command_flag(const struct stk_run_command *command, const char *flags)
{
	for (size_t i = 0; i < command->n_arguments; i++)
		if (gives(command->arguments[i]->text, flags))
			return command->arguments[i];
	return NULL;
}

size_t stk_command_flag_count(const struct stk_run_command *command, const char *flag)
{
	size_t count = 0;
	for (size_t i = 0; i < command->n_arguments; i++) {
		struct stk_str text = command->arguments[i]->text;
		if (text.n > 1 && text.p[0] == '-' && text.p[1] != '-' && strlen(flag) == 1)
			for (size_t k = 1; k < text.n; k++)
				count += text.p[k] == flag[0];
		else
			count += gives(text, flag);
	}
	return count;
}

struct stk_arguments stk_command_plain(struct stk_arena *arena, const struct stk_run_command *command,
				       const char *valued_flags)
{
	struct stk_arguments out = { 0 };
	for (size_t i = 0; i < command->n_arguments; i++) {
		const struct stk_shell_word *argument = command->arguments[i];
		if (stk_shell_is_flag(argument)) {
			if (gives(argument->text, valued_flags) && stk_str_find_byte(argument->text, '=') == SIZE_MAX)
				i++;
		} else {
			*STK_PUSH(arena, &out) = argument;
		}
	}
	return out;
}

bool stk_run_has_cache(const struct stk_run *run, const char *path)
{
	const struct stk_mounts *mounts = &run->instruction->mounts;
	for (size_t i = 0; i < mounts->n; i++)
		if ((stk_str_is(mounts->v[i].type, "cache") || stk_str_is(mounts->v[i].type, "tmpfs")) &&
		    stk_str_contains(mounts->v[i].target, stk_str_from(path)))
			return true;
	return false;
}

struct stk_span stk_word_span(const struct stk_run_command *command, const struct stk_shell_word *word)
{
	return stk_source_span(command->script->source, word->begin, word->end);
}

struct stk_span stk_command_span(const struct stk_run_command *command)
{
	return stk_source_span(command->script->source, command->node->begin, command->node->end);
}
