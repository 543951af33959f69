/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four levels of linters (error, warning, info, style), for the formats that come from
 * Hadolint and ShellCheck.
 */
#include "report/lint_level.h"

#include <assert.h>

#include "base/banned.h"

enum stk_lint_level stk_lint_level(enum stk_severity severity)
{
	switch (severity) {
	case STK_SEV_CRITICAL:
	case STK_SEV_HIGH:
		return STK_LINT_ERROR;
	case STK_SEV_MEDIUM:
		return STK_LINT_WARNING;
	case STK_SEV_LOW:
		return STK_LINT_INFO;
	default:
		return STK_LINT_STYLE;
	}
}

const char *stk_lint_level_name(enum stk_lint_level level)
{
	static const char *const names[] = { "error", "warning", "info", "style" };
	assert(level < STK_LEN(names));
	return names[level];
}

struct stk_str stk_lint_file(const struct stk_report *report, const struct stk_finding *finding)
{
	assert(finding->target < report->targets.n);
	return finding->location.file.n ? finding->location.file : report->targets.v[finding->target].name;
}

uint32_t stk_lint_line(const struct stk_finding *finding)
{
	return finding->location.line ? finding->location.line : 1;
}

uint32_t stk_lint_column(const struct stk_finding *finding)
{
	return finding->location.column ? finding->location.column : 1;
}

bool stk_lint_is_parse_error(const struct stk_finding *finding)
{
	return stk_str_is(finding->id, "DL1000");
}
