/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The rows that the cmd_*.c files define; commands.c puts them in order. A command more is a
 * file, a line here, a line there, and one in meson.build.
 */

#include "cli/cli.h"

extern const struct stk_command stk_command_audit;
extern const struct stk_command stk_command_completion;
extern const struct stk_command stk_command_compose;
extern const struct stk_command stk_command_context;
extern const struct stk_command stk_command_convert;
extern const struct stk_command stk_command_db_build;
extern const struct stk_command stk_command_db_status;
extern const struct stk_command stk_command_db_update;
extern const struct stk_command stk_command_dockerfile;
extern const struct stk_command stk_command_eval;
extern const struct stk_command stk_command_explain;
extern const struct stk_command stk_command_init;
extern const struct stk_command stk_command_harden;
extern const struct stk_command stk_command_image;
extern const struct stk_command stk_command_manual;
extern const struct stk_command stk_command_network;
extern const struct stk_command stk_command_rules;
extern const struct stk_command stk_command_secrets;
