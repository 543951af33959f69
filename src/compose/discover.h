/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Before anything is loaded: which files, which folder, which variables, which name. The order
 * of the answers is Compose's: options, COMPOSE_* variables, .env, the folder.
 */

#include "compose/loader.h"

/* The answers. */
struct stk_compose_setup {
	struct stk_strs files;			    /* absolute, or "-" */
	struct stk_str directory;		    /* of the project */
	struct stk_compose_environment environment; /* for interpolation: of the process, then of .env or --env-file */
	struct stk_strs profiles;
};

/* Fills *setup, as Compose 2.40 finds its files: -f, COMPOSE_FILE, then the folder and those above it. Errors: no file,
 * an unreadable .env or env file. */
int stk_compose_discover(struct stk_compose_loader *l, struct stk_compose_setup *setup);
/* Sets project->name and the variable COMPOSE_PROJECT_NAME; the name may stay empty. */
int stk_compose_name_project(struct stk_compose_loader *l, struct stk_compose_setup *setup,
			     const struct stk_compose_files *files);
