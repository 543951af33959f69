/* SPDX-License-Identifier: Apache-2.0 */
/* What `strake harden` says of a folder besides the diff: what it mends, and what it leaves. */
#pragma once
#include "audit/audit.h"

struct stk_harden_summary {
	struct stk_arena *arena;
	const struct stk_report *before, *left;	 /* the audit of the folder as it is, and as it would be */
	const struct stk_report *harder;	 /* what --unsafe would leave; NULL: it is at work, or not asked */
	const struct stk_audit_options *options; /* its texts are the mended files */
	size_t files;				 /* that change */
	bool written;				 /* they are, else they would be */
	bool details;				 /* every finding, not the worst alone */
};

/* Prints it to standard error, worst first and about a screen long without details. Lines are those of the files as
   they stand on the disk. Informational findings are left out. */
void stk_harden_summarise(const struct stk_harden_summary *summary);
