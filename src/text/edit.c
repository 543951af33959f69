/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See edit.h. Edits are sorted by place; what overlaps an edit already applied is left out
 * rather than applied to bytes that are gone.
 */
#include "text/edit.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/banned.h"

bool stk_text_edits_clash(const struct stk_text_edit *a, const struct stk_text_edit *b)
{
	/* An insertion clashes only inside of what is replaced: at its border both can be done. */
	if (a->begin == a->end || b->begin == b->end) {
		const struct stk_text_edit *insertion = a->begin == a->end ? a : b, *other = insertion == a ? b : a;
		return other->begin < insertion->begin && insertion->begin < other->end;
	}
	return a->begin < b->end && b->begin < a->end;
}

/* qsort is not stable, so an edit's number in the list decides between equals. */
struct ordered {
	const struct stk_text_edit *edit;
	size_t number;
};

static int compare_edits(const void *left, const void *right)
{
	const struct ordered *a = left, *b = right;
	if (a->edit->begin != b->edit->begin)
		return a->edit->begin < b->edit->begin ? -1 : 1;
	/* An insertion at the beginning of a replacement stands before what replaces. */
	bool a_inserts = a->edit->end == a->edit->begin, b_inserts = b->edit->end == b->edit->begin;
	if (a_inserts != b_inserts)
		return a_inserts ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

struct stk_str stk_text_edits_apply(struct stk_arena *arena, struct stk_str text, const struct stk_text_edits *edits)
{
	STK_BUF out = stk_buf_new(STK_LIMIT_OUTPUT);
	struct ordered *order = STK_NEW(arena, struct ordered, edits->n);
	for (size_t i = 0; i < edits->n; i++)
		order[i] = (struct ordered){ &edits->v[i], i };
	qsort(order, edits->n, sizeof(*order), compare_edits);
	size_t at = 0;
	for (size_t i = 0; i < edits->n; i++) {
		const struct stk_text_edit *edit = order[i].edit;
		if (edit->begin < at || edit->begin > edit->end || edit->end > text.n)
			continue;
		assert(i == 0 || order[i - 1].edit->begin <= edit->begin);
		stk_buf_add(&out, stk_str_slice(text, at, edit->begin));
		stk_buf_add(&out, edit->text);
		at = edit->end;
	}
	stk_buf_add(&out, stk_str_slice(text, at, text.n));
	return stk_arena_str(arena, stk_buf_str(&out));
}
