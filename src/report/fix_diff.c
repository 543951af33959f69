/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See fix_diff.h. A fix may edit several files; each gets its own diff, in the order in which
 * the fix names them first.
 */
#include "report/fix_diff.h"

#include "text/edit.h"
#include "base/banned.h"

static const struct stk_target *target_named(const struct stk_report *report, struct stk_str file)
{
	for (size_t i = 0; i < report->targets.n; i++)
		if (stk_str_eq(report->targets.v[i].name, file) && report->targets.v[i].text.n)
			return &report->targets.v[i];
	return NULL;
}

/* Is edit i the first that speaks of its file? */
static bool first_of_file(const struct stk_fix *fix, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (stk_str_eq(fix->edits.v[k].file, fix->edits.v[i].file))
			return false;
	return true;
}

void stk_fix_diff(struct stk_buf *out, const struct stk_report *report, const struct stk_fix *fix)
{
	STK_ARENA scratch = { 0 };
	for (size_t i = 0; i < fix->edits.n; i++) {
		struct stk_str file = fix->edits.v[i].file;
		const struct stk_target *target = target_named(report, file);
		struct stk_text_edits edits = { 0 };
		if (!target || !first_of_file(fix, i))
			continue;
		for (size_t k = i; k < fix->edits.n; k++) {
			const struct stk_edit *edit = &fix->edits.v[k];
			if (stk_str_eq(edit->file, file))
				*STK_PUSH(&scratch, &edits) =
					(struct stk_text_edit){ edit->begin, edit->end, edit->text };
		}
		stk_diff_unified(out, file, target->text, stk_text_edits_apply(&scratch, target->text, &edits), false);
	}
}
