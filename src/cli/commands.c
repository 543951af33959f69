/* SPDX-License-Identifier: Apache-2.0 */
/* Every command, sorted by name; commands_test.c asserts the order. */
#include "cli/commands.h"

#include "base/banned.h"

const struct stk_command *const stk_commands[] = {
	&stk_command_audit,	 &stk_command_completion, &stk_command_compose,	  &stk_command_context,
	&stk_command_convert,	 &stk_command_db_build,	  &stk_command_db_status, &stk_command_db_update,
	&stk_command_dockerfile, &stk_command_eval,	  &stk_command_explain,	  &stk_command_harden,
	&stk_command_image,	 &stk_command_init,	  &stk_command_manual,	  &stk_command_network,
	&stk_command_rules,	 &stk_command_secrets,
};

const size_t stk_n_commands = STK_LEN(stk_commands);
