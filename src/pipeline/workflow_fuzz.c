/* SPDX-License-Identifier: Apache-2.0 */
/* Both readers and every rule; every finding's place lies in the text. */
#include <stdlib.h>

#include "pipeline/workflow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = { (const char *)data, size };
	for (int kind = STK_WORKFLOW_GITHUB; kind <= STK_WORKFLOW_GITLAB; kind++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_workflow workflow;
		struct stk_report report = stk_report_new(&arena);
		size_t target = stk_report_target(&report, S("x.yml"), "workflow");
		if (stk_workflow_parse(&arena, (enum stk_workflow_kind)kind, S("x.yml"), text, &workflow, &err) < 0)
			continue;
		stk_workflow_check(&report, target, &workflow);
		for (size_t i = 0; i < report.findings.n; i++)
			if (report.findings.v[i].location.line > size + 1)
				abort();
	}
	return 0;
}
