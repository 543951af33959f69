/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The commands of RUN instructions, as rules see them: name, arguments, flags, and where each
 * stands in the file. Text for PowerShell, cmd and unknown interpreters has no commands; nor,
 * when Hadolint's verdicts are wanted, has text that no shell would parse.
 *
 * Made once a file, at the first question (stk_dockerfile_runs); most rules about package
 * managers are loops over these. The grammar of the shell is shell.h's.
 */

#include "dockerfile/rules.h"
#include "dockerfile/shell.h"

/* One text that a shell gets: the instruction's, or that of a heredoc. */
struct stk_script {
	const struct stk_shell *shell;
	const struct stk_source_text *source;
};

/* One simple command of a RUN, wherever it is nested. */
struct stk_run_command {
	struct stk_str
		name; /* as in stk_shell_node.name. By default also without folders: "/usr/bin/apt-get" is "apt-get" */
	const struct stk_shell_word *word; /* what gave the name */
	struct stk_shell_word *const *arguments;
	size_t n_arguments;
	const struct stk_shell_node *node;
	const struct stk_script *script;
	bool unwrapped; /* behind sudo, env and the like; never when Hadolint's verdicts are wanted */
};

/* One RUN with all its commands. */
struct stk_run {
	const struct stk_instruction *instruction; /* the RUN */
	bool onbuild;
	size_t stage; /* SIZE_MAX before the first FROM and in ONBUILD */
	struct {
		struct stk_script **v;
		size_t n, cap;
	} scripts;
	struct {
		struct stk_run_command *v;
		size_t n, cap;
	} commands; /* outer before nested, left to right */
	size_t n_pipes;
};
struct stk_runs {
	struct stk_run *v;
	size_t n, cap;
	uint64_t programs; /* stk_program_bits of all names: which programs may run at all */
};

/* One bit or more for names, divided by spaces. Two names may share a bit. */
uint64_t stk_program_bits(struct stk_str names);

/* Every RUN of the file, those in ONBUILD behind the others. Parsed on first use. */
const struct stk_runs *stk_dockerfile_runs(struct stk_dockerfile_context *context);
static inline bool stk_command_is(const struct stk_run_command *command, const char *name)
{
	return stk_str_is(command->name, name);
}
/* Is the name one of these, divided by spaces? */
static inline bool stk_command_is_any(const struct stk_run_command *command, const char *names)
{
	return stk_is_one_of(command->name, names);
}
/* Is some argument, anywhere, exactly one of these words, divided by spaces? The argument, or NULL. */
const struct stk_shell_word *stk_command_argument(const struct stk_run_command *command, const char *values);
/* Is a flag given? "--name", "--name=value" give "name"; "-xyz" gives "x", "y", "z". flags are divided by spaces. The
 * argument, or NULL. */
const struct stk_shell_word *stk_command_flag(const struct stk_run_command *command, const char *flags);
/* How often a flag is given. */
size_t stk_command_flag_count(const struct stk_run_command *command, const char *flag);

/* Words of a command, in order. */
struct stk_arguments {
	const struct stk_shell_word **v;
	size_t n, cap;
};
/* The arguments that are no flags, without the values that stand behind the flags named (divided by spaces). */
struct stk_arguments stk_command_plain(struct stk_arena *arena, const struct stk_run_command *command,
				       const char *valued_flags);

/* Has the RUN a cache or tmpfs mount whose target contains the path? */
bool stk_run_has_cache(const struct stk_run *run, const char *path);
/* The bytes of the file where a word of the command, or the whole command, stands. */
struct stk_span stk_word_span(const struct stk_run_command *command, const struct stk_shell_word *word);
struct stk_span stk_command_span(const struct stk_run_command *command);
