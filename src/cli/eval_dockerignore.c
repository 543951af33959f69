/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval dockerignore: {"patterns": [...], "path": "..."} to ignored, included or invalid. */
#include "cli/eval.h"
#include "text/dockerignore.h"
#include "text/json.h"
#include "base/banned.h"

static const char *verdict(struct stk_arena *arena, const struct stk_json *question)
{
	struct stk_dockerignore patterns = { 0 };
	const struct stk_json *list = stk_json_list(question, "patterns");
	bool ignored;
	for (size_t i = 0; i < list->n; i++)
		if (stk_dockerignore_add(arena, list->items[i].text, 0, &patterns, NULL) < 0)
			return "invalid";
	if (stk_dockerignore_match(&patterns, stk_json_str(question, "path"), &ignored, NULL) < 0)
		return "invalid";
	return ignored ? "ignored" : "included";
}

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	(void)context;
	struct stk_json *question;
	bool read = stk_json_parse(arena, line, &question, NULL) == 0;
	stk_buf_add(out, read ? stk_str_from(verdict(arena, question)) : S("invalid"));
}

const struct stk_eval_area stk_eval_dockerignore = {
	.name = "dockerignore",
	.form = "{\"patterns\": [...], \"path\": \"...\"} -> ignored, included or invalid",
	.answer = answer,
};
