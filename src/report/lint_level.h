/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The four levels that linters have (Hadolint's error, warning, info, style), for the formats
 * that came from them: checkstyle, gnu, tty, codacy, hadolint and their kin.
 */

#include "report/report.h"

enum stk_lint_level { STK_LINT_ERROR, STK_LINT_WARNING, STK_LINT_INFO, STK_LINT_STYLE };

/* high and above: error; medium: warning; low: info; below: style. */
enum stk_lint_level stk_lint_level(enum stk_severity severity);
const char *stk_lint_level_name(enum stk_lint_level level);
/* The file as the user named it, or the target's name. */
struct stk_str stk_lint_file(const struct stk_report *report, const struct stk_finding *finding);
/* Line and column, 1 where they are not known. */
uint32_t stk_lint_line(const struct stk_finding *finding);
uint32_t stk_lint_column(const struct stk_finding *finding);
/* Is it about text that does not parse? */
bool stk_lint_is_parse_error(const struct stk_finding *finding);

/* Every finding that counts, of one target or of all. */
#define STK_EACH_LINT_OF(finding, report, target)                                                                      \
	STK_EACH_FINDING(finding, report, target)                                                                      \
	if (!finding->suppressed)
#define STK_EACH_LINT(finding, report) STK_EACH_LINT_OF(finding, report, SIZE_MAX)
