/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval cvss: vectors to scores. */
#include "advisory/cvss.h"
#include "cli/eval.h"
#include "base/banned.h"

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	(void)context;
	(void)arena;
	double score;
	if (stk_cvss_score(line, &score))
		stk_buf_printf(out, "%.1f", score);
	else
		stk_buf_add(out, S("invalid"));
}

const struct stk_eval_area stk_eval_cvss = { .name = "cvss", .form = "CVSS vector -> score", .answer = answer };
