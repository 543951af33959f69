/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval osv: is a version affected by the ranges and versions of an OSV record? */
#include "advisory/osv.h"
#include "cli/eval.h"
#include "base/banned.h"

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	static const char *const words[] = { "unaffected", "affected", "invalid" };
	(void)context;
	struct stk_err err;
	struct stk_json *json;
	struct stk_osv_affected affected;
	struct stk_str fix, version;
	if (stk_json_parse(arena, line, &json, &err) < 0 || !(version = stk_json_str(json, "version")).n) {
		stk_buf_add(out, S("invalid"));
		return;
	}
	stk_osv_read_affected(arena, json, &affected);
	affected.ecosystem = stk_json_str(json, "ecosystem");
	stk_buf_add(out, stk_str_from(words[stk_osv_judge(&affected, version, &fix)]));
}

const struct stk_eval_area stk_eval_osv = {
	.name = "osv",
	.form = "JSON {ecosystem, ranges, versions, version} -> affected or unaffected",
	.answer = answer,
};
