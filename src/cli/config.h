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
	const struct stk_yaml *root; /* for sections that a module reads itself ("secrets", "dockerfile") */
	struct stk_line line;
	struct stk_ignores ignores;
	struct stk_strs trusted_registries, trusted_bases;
	const struct stk_yaml *assertions; /* the list network.assertions, or NULL */
	enum stk_environment environment;
};

/* Reads the file that --config names, or .strake.yaml of this folder or one above it (up to a repository's root).
   Without one the defaults stand. A mistake is STK_EUSAGE with file:line:column. */
int stk_config_load(struct stk_arena *arena, const char *named, struct stk_config *out, struct stk_err *err);
