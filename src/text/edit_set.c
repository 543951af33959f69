/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See edit_set.h. An edit is looked up by the block of bytes where it begins; a replacement also by the blocks that
 * begin inside of it, each of which has at most one, since edits of a set do not clash. Numbers of edits count from 1:
 * 0 is none.
 */
#include "text/edit_set.h"
#include "base/banned.h"

enum { BLOCK = 64 };

struct stk_edit_set stk_edit_set_new(struct stk_arena *arena, size_t length, bool lines_apart)
{
	return (struct stk_edit_set){
		.begins = STK_NEW(arena, uint32_t, length / BLOCK + 1),
		.covers = STK_NEW(arena, uint32_t, length / BLOCK + 1),
		.length = length,
		.lines_apart = lines_apart,
		.arena = arena,
	};
}

static bool shares_line(const struct stk_text_edit *a, const struct stk_text_edit *b)
{
	return a->begin == b->begin && a->end == a->begin && b->end == b->begin &&
	       (stk_str_find_byte(a->text, '\n') != SIZE_MAX || stk_str_find_byte(b->text, '\n') != SIZE_MAX);
}

static enum stk_edit_verdict judge_pair(const struct stk_edit_set *set, uint32_t number,
					const struct stk_text_edit *edit)
{
	const struct stk_text_edit *other = &set->edits.v[number - 1];
	if (other->begin == edit->begin && other->end == edit->end && stk_str_eq(other->text, edit->text))
		return STK_EDIT_PRESENT;
	return stk_text_edits_clash(other, edit) || (set->lines_apart && shares_line(other, edit)) ? STK_EDIT_CLASHES
												   : STK_EDIT_FREE;
}

enum stk_edit_verdict stk_edit_set_judge(const struct stk_edit_set *set, const struct stk_text_edit *edit)
{
	if (edit->begin > edit->end || edit->end > set->length)
		return STK_EDIT_CLASHES;
	uint32_t cover = set->covers[edit->begin / BLOCK];
	if (cover && judge_pair(set, cover, edit) == STK_EDIT_CLASHES)
		return STK_EDIT_CLASHES;
	for (size_t block = edit->begin / BLOCK; block <= edit->end / BLOCK; block++)
		for (uint32_t i = set->begins[block]; i; i = set->next.v[i - 1]) {
			enum stk_edit_verdict verdict = judge_pair(set, i, edit);
			if (verdict != STK_EDIT_FREE)
				return verdict;
		}
	return STK_EDIT_FREE;
}

static void cover(struct stk_edit_set *set, const struct stk_text_edit *edit, uint32_t number)
{
	for (size_t block = edit->begin / BLOCK + 1; block * BLOCK < edit->end; block++)
		set->covers[block] = number;
}

void stk_edit_set_add(struct stk_edit_set *set, const struct stk_text_edit *edit)
{
	uint32_t *begins = &set->begins[edit->begin / BLOCK];
	*STK_PUSH(set->arena, &set->edits) = *edit;
	*STK_PUSH(set->arena, &set->next) = *begins;
	*begins = (uint32_t)set->edits.n;
	cover(set, edit, *begins);
}

void stk_edit_set_shorten(struct stk_edit_set *set, size_t n)
{
	while (set->edits.n > n) {
		const struct stk_text_edit *edit = &set->edits.v[--set->edits.n];
		cover(set, edit, 0);
		set->begins[edit->begin / BLOCK] = set->next.v[--set->next.n];
	}
}
