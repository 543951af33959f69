/* SPDX-License-Identifier: Apache-2.0 */
/* The set against what it stands for: every pair of edits, one by one. */
#include "test.h"

#include "text/edit_set.h"

enum { LENGTH = 700, ROUNDS = 4000 };

static struct stk_text_edit any_edit(uint32_t *seed)
{
	static const struct stk_str texts[] = { { "", 0 }, { "a", 1 }, { "b\n", 2 } };
	uint32_t r[4];
	for (int i = 0; i < 4; i++)
		r[i] = (*seed = *seed * 1664525 + 1013904223) >> 8;
	size_t begin = r[0] % (LENGTH + 1), most = r[1] % 8 ? 6 : 300, end = begin + r[2] % most;
	return (struct stk_text_edit){ begin, end < LENGTH ? end : LENGTH, texts[r[3] % STK_LEN(texts)] };
}

static enum stk_edit_verdict judge_all(const struct stk_text_edits *edits, const struct stk_text_edit *edit)
{
	for (size_t i = 0; i < edits->n; i++) {
		const struct stk_text_edit *other = &edits->v[i];
		if (other->begin == edit->begin && other->end == edit->end && stk_str_eq(other->text, edit->text))
			return STK_EDIT_PRESENT;
		if (stk_text_edits_clash(other, edit))
			return STK_EDIT_CLASHES;
	}
	return STK_EDIT_FREE;
}

CASE(judges_as_pair_by_pair)
{
	STK_ARENA arena = { 0 };
	uint32_t seed = 7;
	struct stk_edit_set set = stk_edit_set_new(&arena, LENGTH, false);
	for (int i = 0; i < ROUNDS; i++) {
		struct stk_text_edit edit = any_edit(&seed);
		enum stk_edit_verdict verdict = stk_edit_set_judge(&set, &edit);
		assert_int_equal(verdict, judge_all(&set.edits, &edit));
		if (verdict == STK_EDIT_FREE)
			stk_edit_set_add(&set, &edit);
		if (i % 500 == 499)
			stk_edit_set_shorten(&set, set.edits.n / 2);
	}
	assert_true(set.edits.n > 20);
}

CASE(lines_are_kept_apart_where_asked)
{
	STK_ARENA arena = { 0 };
	struct stk_edit_set set = stk_edit_set_new(&arena, 10, true);
	stk_edit_set_add(&set, &(struct stk_text_edit){ 5, 5, S("x\n") });
	assert_int_equal(stk_edit_set_judge(&set, &(struct stk_text_edit){ 5, 5, S("y") }), STK_EDIT_CLASHES);
	assert_int_equal(stk_edit_set_judge(&set, &(struct stk_text_edit){ 5, 5, S("x\n") }), STK_EDIT_PRESENT);
	assert_int_equal(stk_edit_set_judge(&set, &(struct stk_text_edit){ 6, 6, S("y") }), STK_EDIT_FREE);
	assert_int_equal(stk_edit_set_judge(&set, &(struct stk_text_edit){ 4, 11, S("") }), STK_EDIT_CLASHES);
	assert_int_equal(stk_edit_set_judge(&set, &(struct stk_text_edit){ 4, 3, S("") }), STK_EDIT_CLASHES);
}
