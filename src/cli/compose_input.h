/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How the commands about Compose projects load one: the options they share, files from the disk, variables of the
 * process. */

#include "cli/cli.h"
#include "compose/load.h"

/* Members of a command's context that the rows below fill. */
struct stk_compose_arguments {
	struct stk_strs files, profiles, env_files;
	const char *project_name, *project_directory;
};

/* Rows for the options table: STK_COMPOSE_OPTIONS(struct context, member of type struct stk_compose_arguments). */
#define STK_COMPOSE_OPTIONS(type, member)                                                                              \
	STK_OPT('f', "file", MANY, type, member.files, "FILE",                                                         \
		"a Compose file; several are merged (default: compose.yaml)"),                                         \
		STK_OPT('p', "project-name", TEXT, type, member.project_name, "NAME", "name of the project"),          \
		STK_OPT(0, "project-directory", TEXT, type, member.project_directory, "DIR",                           \
			"what relative paths start from"),                                                             \
		STK_OPT(0, "profile", MANY, type, member.profiles, "NAME", "switch a profile on; \"*\": all"),         \
		STK_OPT(0, "env-file", MANY, type, member.env_files, "FILE", "variables, instead of .env")

/* Options for stk_compose_load from a command's arguments: with the disk, the process's variables and folder. Returns 0
 * or an exit status. */
int stk_cli_compose_options(struct stk_cli *cli, const struct stk_compose_arguments *arguments,
			    struct stk_compose_options *out);
