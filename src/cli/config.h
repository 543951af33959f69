/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * .strake.yaml: the project's settings. docs/configuration.md describes every key;
 * docs/config.schema.json is for editors. Options of the command line win over it; both are
 * merged by finish.c.
 *
 * Sections that one area alone understands ("secrets", "dockerfile") stay YAML and are read by
 * that area's command, so that this file need not know them.
 */

#include "cli/cli.h"
#include "report/ignore.h"
#include "report/line.h"

/* Development is judged more leniently: see environment.h. */
enum stk_environment { STK_PRODUCTION, STK_DEVELOPMENT };

struct stk_config {
	struct stk_str file;	     /* empty when there is none */
	bool elsewhere;		     /* found for another folder than that of the run: people are told */
	const struct stk_yaml *root; /* for the section that a module reads itself ("secrets") */
	struct stk_line line;
	struct stk_ignores ignores;
	struct stk_strs trusted_registries;
	const struct stk_yaml *assertions; /* the list network.assertions, or NULL */
	enum stk_environment environment;
};

/* Reads the file that --config names, or the .strake.yaml nearest to what is looked at: of `folder` (NULL: the folder
   of the run) or one above it, up to a repository's root; where that has none, the same for the folder of the run.
   Without one the defaults stand. A mistake is STK_EUSAGE with file:line:column. */
int stk_config_load(struct stk_arena *arena, const char *named, const char *folder, struct stk_config *out,
		    struct stk_err *err);
/* "settings are those of deploy/.strake.yaml, which ignores 3 findings", where that is not what everybody expects; else
   empty. */
struct stk_str stk_config_notice(struct stk_arena *arena, const struct stk_config *config);
