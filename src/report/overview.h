/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The audit's first screen on a terminal, for reports that have a checklist. */

#include "report/format.h"

/* One screen about a report that has a checklist: totals, attack paths, the worst findings, one line each. */
void stk_overview(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report);
/* The checklist: a line a layer, and below it what is not met or not checked (with details: every item). */
void stk_checklist(struct stk_buf *out, const struct stk_render_options *options, const struct stk_report *report);
