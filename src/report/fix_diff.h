/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a fix would change, shown before it is applied. Renderers have no files to read: the
 * texts of the report's targets are all they know.
 */

#include "report/report.h"
#include "base/buf.h"

/* Appends the unified diff that a fix would make to the texts of the report's targets; nothing for files whose text the
   report does not hold, or when edits lie outside the text (a report read back against a file that changed since). */
void stk_fix_diff(struct stk_buf *out, const struct stk_report *report, const struct stk_fix *fix);
