/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The line: which findings are shown, and which of them make the run fail. Two different
 * questions: what --severity hides is not counted, what --fail-on lets pass is still reported.
 */

#include "report/report.h"

/* Made by stk_line_default, changed by options and settings in that order, applied once. */
struct stk_line {
	enum stk_severity at[STK_LAYER_COUNT]; /* findings at or above it fail; STK_SEV_COUNT: none do */
	bool hidden[STK_SEV_COUNT];	       /* severities that are not wanted at all */
	bool ignore_unfixed;
};

/* high for every layer, everything shown. */
struct stk_line stk_line_default(void);
/* Sets the line of all layers: a severity's name or "none". False for another word. */
bool stk_line_set(struct stk_line *line, struct stk_str name);
/* Removes from the report what --severity and --ignore-unfixed leave out; it does not count then either. */
void stk_line_filter(const struct stk_line *line, struct stk_report *report);
/* Does any finding that is not suppressed stand at or above the line? */
bool stk_line_crossed(const struct stk_line *line, const struct stk_report *report);
