/* SPDX-License-Identifier: Apache-2.0 */
/* See fix.h. */
#include "dockerfile/fix.h"
#include "text/edit.h"
#include "base/banned.h"

/* Fixes make room for others: a key gets its "=", then its case, then its quotes. More rounds than this mean that two
 * fixes fight. */
enum { MOST_ROUNDS = 10 };

struct round {
	struct stk_str text;
	size_t n_applied, n_errors;
};

enum verdict { FREE, PRESENT, CLASHES };

static enum verdict judge(const struct stk_text_edits *taken, const struct stk_text_edit *edit)
{
	for (size_t i = 0; i < taken->n; i++) {
		const struct stk_text_edit *other = &taken->v[i];
		if (other->begin == edit->begin && other->end == edit->end && stk_str_eq(other->text, edit->text))
			return PRESENT;
		if (stk_text_edits_clash(other, edit))
			return CLASHES;
	}
	return FREE;
}

/* All edits of a fix or none. */
static bool take(struct stk_arena *arena, const struct stk_fix *fix, struct stk_text_edits *taken)
{
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		if (judge(taken, &(struct stk_text_edit){ edit->begin, edit->end, edit->text }) == CLASHES)
			return false;
	}
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		struct stk_text_edit wanted = { edit->begin, edit->end, edit->text };
		if (judge(taken, &wanted) == FREE)
			*STK_PUSH(arena, taken) = wanted;
	}
	return true;
}

static struct round mend_once(struct stk_arena *arena, struct stk_str name, struct stk_str text,
			      const struct stk_dockerfile_options *options, bool unsafe)
{
	struct stk_report report = stk_report_new(arena);
	struct stk_text_edits edits = { 0 };
	struct round round = { .text = text };
	struct stk_dockerfile_context context = {
		.report = &report,
		.target = stk_report_target(&report, name, "dockerfile"),
		.arena = arena,
		.file = stk_dockerfile_parse(arena, name, text, &options->build_args),
		.options = options,
	};
	stk_dockerfile_check(&context);
	if (options->ignores)
		stk_ignores_apply(options->ignores, &report, options->now);
	stk_report_sort(&report);
	round.n_errors = context.file->errors.n;
	for (size_t i = 0; i < report.findings.n; i++) {
		const struct stk_fix *fix = report.findings.v[i].fix;
		if (fix && fix->edits.n && (fix->safe || unsafe) && !report.findings.v[i].suppressed)
			round.n_applied += take(arena, fix, &edits);
	}
	if (edits.n)
		round.text = stk_text_edits_apply(arena, text, &edits);
	return round;
}

struct stk_dockerfile_fixed stk_dockerfile_fix(struct stk_arena *arena, struct stk_str name, struct stk_str text,
					       const struct stk_dockerfile_options *options, bool unsafe)
{
	struct stk_dockerfile_fixed fixed = { .text = text };
	struct round before = mend_once(arena, name, text, options, unsafe);
	for (int i = 0; i < MOST_ROUNDS && before.n_applied && !stk_str_eq(before.text, fixed.text); i++) {
		struct round after = mend_once(arena, name, before.text, options, unsafe);
		if (after.n_errors > before.n_errors)
			break;
		fixed.text = before.text;
		fixed.n_applied += before.n_applied;
		before = after;
	}
	return fixed;
}
