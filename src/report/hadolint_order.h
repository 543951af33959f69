/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The order in which Hadolint lists the findings of a file. */

#include "report/report.h"

/* Puts each target's findings in Hadolint's order: by line, and where several stand on one line in the order that its
   unstable sort leaves them in. Suppressed findings, which it does not have, go behind the others. The report must be
   sorted (stk_report_sort), and the targets' texts be at hand: what ONBUILD wraps counts as found later. */
void stk_hadolint_order(struct stk_report *report);
