/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line of severity from which findings make a run fail, per layer, and what is left out of
 * the report before that is asked.
 */
#include "report/line.h"

#include "base/banned.h"

struct stk_line stk_line_default(void)
{
	struct stk_line line = { 0 };
	for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++)
		line.at[layer] = STK_SEV_HIGH;
	return line;
}

bool stk_line_set(struct stk_line *line, struct stk_str name)
{
	enum stk_severity severity = STK_SEV_COUNT;
	if (!stk_str_eq_nocase(name, S("none")) && !stk_severity_parse(name, &severity))
		return false;
	for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++)
		line->at[layer] = severity;
	return true;
}

static bool left_out(const struct stk_line *line, const struct stk_finding *finding)
{
	if (line->hidden[finding->severity])
		return true;
	return line->ignore_unfixed && finding->vulnerability && !finding->vulnerability->fixed_version.n;
}

void stk_line_filter(const struct stk_line *line, struct stk_report *report)
{
	size_t kept = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		if (!left_out(line, &report->findings.v[i]))
			report->findings.v[kept++] = report->findings.v[i];
	report->findings.n = kept;
}

bool stk_line_crossed(const struct stk_line *line, const struct stk_report *report)
{
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (!finding->suppressed && finding->severity >= line->at[finding->layer])
			return true;
	}
	return false;
}
