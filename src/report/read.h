/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A report read back from the tool's own JSON (docs/report.schema.json), to be rendered again:
 * `strake convert`. The document may be anybody's, so numbers are bounded and references
 * checked before anything follows them.
 */

#include "report/report.h"
#include "text/json.h"

/*
 * Fills an empty report from a parsed document; strings are views into the tree. Rule rows are not looked up: findings
 * carry all their texts. References that point nowhere (a target's number) are STK_EFORMAT, as is another schema;
 * unknown keys are passed over, so that reports of a later version stay readable.
 */
int stk_report_read(struct stk_report *report, const struct stk_json *root, struct stk_err *err);
