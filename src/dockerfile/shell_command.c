/* SPDX-License-Identifier: Apache-2.0 */
/* What a simple command runs: its name, arguments and flags. */
#include "dockerfile/shell_private.h"

#include "base/banned.h"

/* Commands whose first plain word is the command that really runs. */
static bool runs_its_argument(struct stk_str name)
{
	return stk_str_is(name, "busybox") || stk_str_is(name, "builtin") || stk_str_is(name, "command") ||
	       stk_str_is(name, "run");
}

/* The first word of exec's arguments behind -c, -l and -a NAME. */
static const struct stk_shell_word *behind_exec_options(const struct stk_shell_node *command)
{
	for (size_t i = 0; i < command->n_arguments; i++) {
		struct stk_str text = command->arguments[i]->text;
		if (stk_str_is(text, "-a"))
			i++;
		else if (!stk_str_starts(text, S("-")))
			return command->arguments[i];
	}
	return NULL;
}

/* The word that names the program: behind "busybox", "command" or "exec -a x". A name that is not literal is
   left alone, since what it expands to may take the next word for anything. */
static const struct stk_shell_word *name_word(const struct stk_shell_node *command)
{
	const struct stk_shell_word *first = command->words;
	if (!first->literal || !command->n_arguments)
		return first;
	const struct stk_shell_word *next = command->arguments[0];
	if (runs_its_argument(first->text) && !stk_str_starts(next->text, S("-")))
		return next;
	if (stk_str_is(first->text, "exec")) {
		next = behind_exec_options(command);
		return next ? next : first;
	}
	return first;
}

void stk_shell_finish_command(struct stk_arena *arena, struct stk_shell_node *command)
{
	struct {
		struct stk_shell_word **v;
		size_t n, cap;
	} arguments = { 0 };
	if (!command->words)
		return;
	for (struct stk_shell_word *word = command->words->next; word; word = word->next)
		*STK_PUSH(arena, &arguments) = word;
	command->arguments = arguments.v;
	command->n_arguments = arguments.n;
	command->name_word = name_word(command);
	if (command->name_word->literal)
		command->name = command->name_word->text;
}

bool stk_shell_has_argument(const struct stk_shell_node *command, struct stk_str value)
{
	for (size_t i = 0; i < command->n_arguments; i++)
		if (stk_str_eq(command->arguments[i]->text, value))
			return true;
	return false;
}

bool stk_shell_is_flag(const struct stk_shell_word *argument)
{
	return argument->text.n > 1 && argument->text.p[0] == '-' && !stk_str_is(argument->text, "--");
}

/* "-rf" gives "r" and "f", "--force=yes" gives "force". A word such as "-name", as find has them, gives every
   letter: who asks for long options of one dash asks for the argument itself. */
static bool gives_flag(struct stk_str argument, struct stk_str flag)
{
	if (argument.n < 2 || argument.p[0] != '-')
		return false;
	if (argument.p[1] != '-')
		return flag.n == 1 && stk_str_find_byte(stk_str_slice(argument, 1, argument.n), flag.p[0]) != SIZE_MAX;
	struct stk_str name = stk_str_slice(argument, 2, argument.n);
	return stk_str_eq(stk_str_cut(&name, '='), flag);
}

const struct stk_shell_word *stk_shell_flag(const struct stk_shell_node *command, struct stk_str flag)
{
	for (size_t i = 0; i < command->n_arguments; i++)
		if (gives_flag(command->arguments[i]->text, flag))
			return command->arguments[i];
	return NULL;
}

enum stk_shell_dialect stk_shell_dialect_of(struct stk_str program)
{
	static const struct {
		const char *name;
		enum stk_shell_dialect dialect;
	} known[] = {
		{ "sh", STK_SHELL_POSIX },	  { "dash", STK_SHELL_POSIX },
		{ "ash", STK_SHELL_POSIX },	  { "busybox", STK_SHELL_POSIX },
		{ "bash", STK_SHELL_BASH },	  { "ksh", STK_SHELL_BASH },
		{ "zsh", STK_SHELL_BASH },	  { "mksh", STK_SHELL_BASH },
		{ "cmd", STK_SHELL_CMD },	  { "powershell", STK_SHELL_POWERSHELL },
		{ "pwsh", STK_SHELL_POWERSHELL },
	};
	struct stk_str name = program;
	for (size_t i = program.n; i > 0; i--)
		if (program.p[i - 1] == '/' || program.p[i - 1] == '\\') {
			name = stk_str_slice(program, i, program.n);
			break;
		}
	if (name.n > 4 && stk_str_eq_nocase(stk_str_slice(name, name.n - 4, name.n), S(".exe")))
		name = stk_str_slice(name, 0, name.n - 4);
	for (size_t i = 0; i < STK_LEN(known); i++)
		if (stk_str_eq_nocase(name, stk_str_from(known[i].name)))
			return known[i].dialect;
	return STK_SHELL_OTHER;
}
