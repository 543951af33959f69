/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval versions: tab-separated questions about versions of one scheme. */
#include "cli/eval.h"
#include "package/version.h"
#include "base/banned.h"

static const char *answer_of(struct stk_str verb, enum stk_scheme scheme, struct stk_str first, struct stk_str second)
{
	static const char *const orders[] = { "-1", "0", "1" };
	int order;
	bool yes;
	if (stk_str_is(verb, "valid"))
		return stk_version_valid(scheme, first) ? "true" : "false";
	if (stk_str_is(verb, "compare"))
		return stk_version_compare(scheme, first, second, &order) < 0 ? "invalid" : orders[order + 1];
	if (stk_str_is(verb, "satisfies") && stk_version_satisfies(scheme, first, second, &yes) == 0)
		return yes ? "true" : "false";
	return "invalid";
}

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	(void)context;
	(void)arena;
	struct stk_str verb = stk_str_cut(&line, '\t'), name = stk_str_cut(&line, '\t'),
		       first = stk_str_cut(&line, '\t');
	enum stk_scheme scheme;
	stk_buf_add(out, stk_scheme_parse(name, &scheme) ? stk_str_from(answer_of(verb, scheme, first, line))
							 : S("invalid"));
}

const struct stk_eval_area stk_eval_versions = {
	.name = "versions",
	.form = "compare SCHEME A B -> -1, 0 or 1; satisfies SCHEME CONSTRAINT VERSION, valid SCHEME VERSION -> true or false",
	.answer = answer,
};
