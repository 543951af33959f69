/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The Dockerfiles that the arguments of a command mean. */

#include "cli/cli.h"

/* Adds path itself when it is a file or "-", or the Dockerfiles below it when it is a folder, without those that a
   .gitignore leaves out; sorted. What could not be read becomes a gap of the report. Nothing found in a folder is
   STK_ENOTFOUND. */
int stk_dockerfiles_find(struct stk_cli *cli, struct stk_str path, struct stk_report *report, struct stk_strs *out,
			 struct stk_err *err);
