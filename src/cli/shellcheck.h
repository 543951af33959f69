/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Running ShellCheck. Which scripts, and what its comments mean in a Dockerfile, is
 * dockerfile/shellcheck.h; a process is started here, because only the command line does such
 * things.
 */

#include "dockerfile/shellcheck.h"

/* Runs the shellcheck program once over all scripts, and adds its findings. STK_ENOTFOUND when it is not installed. */
int stk_cli_shellcheck(struct stk_report *report, const struct stk_shellcheck_scripts *scripts, struct stk_err *err);
