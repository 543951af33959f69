/* SPDX-License-Identifier: Apache-2.0 */
/* The user a container runs as: a USER behind the last step that needs root. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_own.h"
#include "base/banned.h"

/* Users without rights that images bring along; any other number has no name in the image, which few programs mind. */
static struct stk_str user_of(const struct stk_dockerfile *file, size_t stage)
{
	while (file->stages.v[stage].parent != SIZE_MAX)
		stage = file->stages.v[stage].parent;
	struct stk_str reference = file->stages.v[stage].reference;
	if (stk_str_contains(reference, S("distroless/")))
		return S("65532:65532");
	return stk_str_starts(reference, S("node:")) ? S("1000:1000") : S("10001:10001");
}

static bool needs_root(const struct stk_instruction *at)
{
	return at->keyword == STK_RUN || at->keyword == STK_COPY || at->keyword == STK_ADD ||
	       at->keyword == STK_WORKDIR || at->keyword == STK_USER || at->keyword == STK_VOLUME;
}

static bool starts(const struct stk_instruction *at)
{
	return at->keyword == STK_CMD || at->keyword == STK_ENTRYPOINT || at->keyword == STK_HEALTHCHECK;
}

/* Where USER belongs: behind the last step that needs root, and before what starts the program
   (CMD, ENTRYPOINT). A USER that is there already is changed instead. Returns the user's name. */
struct stk_str stk_repair_user(struct stk_repair *repair, size_t stage)
{
	const struct stk_dockerfile *file = repair->context->file;
	const struct stk_instruction *step = NULL, *start = NULL, *last = NULL;
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		if (at->stage != stage)
			continue;
		last = at;
		if (needs_root(at)) {
			step = at;
			/* What starts the program before this step does not count: the line may
			   only come behind it. */
			start = NULL;
		} else if (starts(at) && !start) {
			start = at;
		}
	}
	if (!last || stage >= file->stages.n) {
		repair->failed = true;
		return S("");
	}
	struct stk_str user = user_of(file, stage);
	if (step && step->keyword == STK_USER && step->words.n)
		stk_repair_replace(repair, step->words.v[0].span.begin, step->words.v[0].span.end, user);
	else if (start)
		stk_repair_line_before(repair, start, "USER", user);
	else
		stk_repair_line_behind(repair, last, "USER", user);
	return user;
}
