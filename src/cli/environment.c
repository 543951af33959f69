/* SPDX-License-Identifier: Apache-2.0 */
/* environment: development in .strake.yaml: what only a machine that serves others has to fear weighs less on a
 * developer's own. */
#include "cli/environment.h"

#include "base/banned.h"

/* The most that a finding of the rule weighs in development. */
static const struct {
	const char *id;
	enum stk_severity most;
} rows[] = {
	{ "CMP-301", STK_SEV_LOW },    { "CMP-302", STK_SEV_MEDIUM }, { "CMP-401", STK_SEV_LOW },
	{ "CMP-403", STK_SEV_LOW },    { "CMP-404", STK_SEV_INFO },   { "CMP-405", STK_SEV_INFO },
	{ "CMP-406", STK_SEV_INFO },   { "CMP-407", STK_SEV_INFO },   { "CMP-502", STK_SEV_INFO },
	{ "NET-001", STK_SEV_MEDIUM }, { "NET-004", STK_SEV_MEDIUM },
};

void stk_environment_apply(enum stk_environment environment, struct stk_report *report)
{
	for (size_t i = 0; environment == STK_DEVELOPMENT && i < report->findings.n; i++)
		for (size_t k = 0; k < STK_LEN(rows); k++)
			if (stk_str_is(report->findings.v[i].id, rows[k].id) &&
			    report->findings.v[i].severity > rows[k].most)
				report->findings.v[i].severity = rows[k].most;
}
