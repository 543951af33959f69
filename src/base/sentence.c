/* SPDX-License-Identifier: Apache-2.0 */
/* See sentence.h. */
#include "base/sentence.h"

#include "base/banned.h"

struct stk_str stk_strs_sentence(struct stk_arena *arena, const struct stk_strs *list, size_t most, bool whole)
{
	struct stk_str text = { "", 0 };
	for (size_t i = 0; i < list->n && i < most; i++) {
		const char *before = !i ? "" : i + 1 == list->n ? " and " : ", ";
		text = stk_arena_printf(arena, STK_FMT "%s" STK_FMT, STK_ARG(text), before, STK_ARG(list->v[i]));
	}
	if (list->n <= most)
		return text;
	return whole ? stk_arena_printf(arena, STK_FMT " and %zu more", STK_ARG(text), list->n - most)
		     : stk_arena_join(arena, text, S(" and more"));
}
