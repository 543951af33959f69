/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Findings that are known already: an earlier report, or .gitleaksignore. They are suppressed,
 * not dropped, so that a report shows what was let pass and who said so.
 */

#include "base/map.h"
#include "report/report.h"

/* Zeroed: nothing is known. Reading adds. */
struct stk_secret_baseline {
	struct stk_map fingerprints; /* -> the file that names it, a struct stk_str */
	struct stk_map places;	     /* "file:rule:line" -> what names it: a list, private */
	struct stk_strs folders;     /* that ignore files speak of */
};

/* An earlier report: strake's JSON, or the JSON of Gitleaks (compared by secret where it shows one, else by file, rule,
 * line and, where it has one, commit). */
int stk_secret_baseline_read(struct stk_arena *arena, struct stk_str text, struct stk_str file,
			     struct stk_secret_baseline *out, struct stk_err *err);
/* .gitleaksignore: lines "file:rule:line" or "commit:file:rule:line", or fingerprints; "#" begins a comment. It speaks
   of what is below the folder ("": of everything), and its files are named from there, or as this run names them
   ("deploy/app.py" with the folder "deploy/"). Returns the number of its entries. */
size_t stk_secret_baseline_read_ignore(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				       struct stk_str folder, struct stk_secret_baseline *out);
/*
 * Marks the findings that it names as suppressed. A place without a commit is that of the file in the working tree and
 * in every commit. With a commit it is that of what this commit brought in, and of the same secret in that file of the
 * working tree; where commits are not known (no history was searched, or that of a shallow clone) the place alone
 * decides.
 */
void stk_secret_baseline_apply(const struct stk_secret_baseline *baseline, struct stk_report *report);
