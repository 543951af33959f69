/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Loading a project: file discovery, .env, interpolation, include, extends, merging,
 * validation, normalisation, as Docker Compose 2.40 does them (compose-spec of 2025).
 * docs/deviations/compose.md says where this differs. Errors name file, line and column.
 *
 * The steps are listed in loader.h in their order. Strictly, the first thing that Compose would
 * refuse ends it; leniently (for checks), everything that can be read is read, and refusals are
 * collected. No I/O but through options->read, no environment but options->environment.
 */

#include "base/err.h"
#include "compose/model.h"

/* What Docker's command line and process would give. Zeroed: the usual file of the process's
   folder. */
struct stk_compose_options {
	struct stk_strs files; /* -f; "-" is standard input; none: COMPOSE_FILE, else the usual names from `directory`
				  upwards */
	const char *project_directory; /* --project-directory, or NULL */
	const char *project_name;      /* -p, or NULL */
	struct stk_strs env_files;     /* --env-file */
	struct stk_strs profiles;      /* --profile; "*": all */
	struct stk_strs services;      /* keep only these and what they depend on; none: all */
	bool no_interpolate, no_normalize, no_path_resolution, no_consistency, no_env_resolution, all_resources;
	bool lenient; /* for checking: all profiles are on, unknown keys and inconsistencies are collected, not refused;
			 a variable that has to be set (${NAME:?why}) may be missing on the machine that checks */
	const char *const *environment; /* "NAME=value", NULL-terminated: environ of the process */
	/* Where files come from: NULL reads them from the disk; tests and fuzzers give their own. Returns 0, or -1 with
	 * STK_ENOTFOUND. */
	int (*read)(void *context, struct stk_arena *arena, const char *path, struct stk_str *out, struct stk_err *err);
	void *read_context;
	const char *search;    /* the folder to look for the usual names in, absolute; NULL: `directory` */
	const char *directory; /* the folder to start from, absolute; NULL: the process's */
};

/* Loads a project. Everything lives on the arena. Errors: STK_ENOTFOUND (no file), STK_EIO, STK_EFORMAT (refused, with
   file:line:column where there is one), STK_ELIMIT (alias bombs, sizes), STK_EUSAGE (a bad project name). */
int stk_compose_load(struct stk_arena *arena, const struct stk_compose_options *options, struct stk_compose **out,
		     struct stk_err *err);
