/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are read, in bounded time; every position lies in the text and every word holds what lies within. */
#include <stdlib.h>

#include "dockerfile/shell.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_range(const struct stk_shell *shell, size_t begin, size_t end)
{
	if (begin > end || end > shell->text.n)
		abort();
}

static void check_command(const struct stk_shell *shell, const struct stk_shell_node *command)
{
	check_range(shell, command->begin, command->end);
	for (const struct stk_shell_word *word = command->words; word; word = word->next)
		check_range(shell, word->begin, word->end);
	for (const struct stk_shell_redirect *redirect = command->redirects; redirect; redirect = redirect->next)
		check_range(shell, redirect->begin, redirect->end);
	for (size_t i = 0; i < command->n_arguments; i++)
		(void)stk_shell_flag(command, command->arguments[i]->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	const struct stk_shell *shell = stk_shell_parse(&arena, (struct stk_str){ (const char *)data, size });
	for (size_t i = 0; i < shell->commands.n; i++)
		check_command(shell, shell->commands.v[i]);
	if (shell->broken && shell->broken_at > size)
		abort();
	return 0;
}
