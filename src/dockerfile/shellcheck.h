/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ShellCheck's part: what to give the program for the RUN instructions of a run, and what its
 * answer means. Running it is the caller's. One run for all files: starting it costs more than
 * most scripts.
 */

#include "dockerfile/rules.h"

/* One RUN (or what ONBUILD wraps) as a script: "#!", one "export NAME=..." line for each variable that is set there,
 * the text. */
struct stk_shellcheck_script {
	size_t target; /* in the report */
	const struct stk_dockerfile *file;
	const struct stk_instruction *run;
	struct stk_str text;
	size_t n_preamble; /* its lines above the RUN's text */
};
struct stk_shellcheck_scripts {
	struct stk_shellcheck_script *v;
	size_t n, cap;
	size_t bytes;
	bool at_instruction; /* findings stand at the instruction, as Hadolint has them, not at their true places */
};

/* Adds the file's scripts. Texts for PowerShell, cmd and other interpreters are left out; "# hadolint shell=" comments
   count. Returns false when the ceiling of all scripts together is reached: the rest is left out. */
bool stk_shellcheck_collect(struct stk_dockerfile_context *context, struct stk_shellcheck_scripts *out);
/* Reads the program's --format=json1 output, in which the file names end in "/N" with N the script's index, and adds
   findings SCnnnn at their true places. */
int stk_shellcheck_report(struct stk_report *report, const struct stk_shellcheck_scripts *scripts,
			  struct stk_str output, struct stk_err *err);
