/* SPDX-License-Identifier: Apache-2.0 */
/* A report read from foreign bytes, then written by every renderer: whatever it holds, none may stumble. */
#include "base/limits.h"
#include "report/format.h"
#include "report/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *root;
	struct stk_report report = stk_report_new(&arena);
	struct stk_render_options options = { .width = 80, .show_suppressed = true, .details = true };
	if (stk_json_parse(&arena, (struct stk_str){ (const char *)data, size }, &root, &err) < 0 ||
	    stk_report_read(&report, root, &err) < 0)
		return 0;
	stk_report_sort(&report);
	for (size_t i = 0; i < stk_n_formats; i++) {
		STK_BUF out = stk_buf_new(STK_MIB(64));
		stk_formats[i].render(&report, &options, &out);
	}
	return 0;
}
