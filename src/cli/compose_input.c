/* SPDX-License-Identifier: Apache-2.0 */
/* See compose_input.h. */
#include "cli/compose_input.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "base/banned.h"

static int read_from_disk(void *context, struct stk_arena *arena, const char *path, struct stk_str *out,
			  struct stk_err *err)
{
	(void)context;
	return stk_file_read(arena, path, STK_LIMIT_TEXT_FILE, out, err);
}

int stk_cli_compose_options(struct stk_cli *cli, const struct stk_compose_arguments *arguments,
			    struct stk_compose_options *out)
{
	struct stk_err err;
	char *folder = getcwd(NULL, 0);
	if (!folder) {
		stk_fail(&err, STK_EIO, "the current folder cannot be found");
		return stk_cli_error(&err);
	}
	/* src/compose never asks for the folder or the environment itself: tests give it
	   others. */
	*out = (struct stk_compose_options){
		.files = arguments->files,
		.profiles = arguments->profiles,
		.env_files = arguments->env_files,
		.project_name = arguments->project_name,
		.project_directory = arguments->project_directory,
		.environment = (const char *const *)environ,
		.read = read_from_disk,
		.directory = stk_arena_str(cli->arena, stk_str_from(folder)).p,
	};
	free(folder);
	return 0;
}
