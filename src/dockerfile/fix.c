/* SPDX-License-Identifier: Apache-2.0 */
/* See fix.h. */
#include "dockerfile/fix.h"
#include "base/limits.h"
#include "text/edit_set.h"
#include "base/banned.h"

/* Fixes make room for others: a key gets its "=", then its case, then its quotes. More rounds than this mean that two
 * fixes fight. */
enum { MOST_ROUNDS = 20 };

struct job {
	struct stk_arena *arena;   /* of the texts */
	struct stk_arena *scratch; /* of one round */
	struct stk_str name;
	const struct stk_dockerfile_options *options;
	bool unsafe;
};

struct round {
	struct stk_str text;
	size_t n_applied, n_errors;
};

/* All edits of a fix or none. */
static bool take(const struct stk_fix *fix, struct stk_edit_set *taken)
{
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		if (stk_edit_set_judge(taken, &(struct stk_text_edit){ edit->begin, edit->end, edit->text }) ==
		    STK_EDIT_CLASHES)
			return false;
	}
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		struct stk_text_edit wanted = { edit->begin, edit->end, edit->text };
		if (stk_edit_set_judge(taken, &wanted) == STK_EDIT_FREE)
			stk_edit_set_add(taken, &wanted);
	}
	return true;
}

static bool is_wanted(const struct job *job, const struct stk_finding *finding)
{
	const struct stk_fix *fix = finding->fix;
	return fix && fix->edits.n && (fix->safe || job->unsafe) && !finding->suppressed;
}

static size_t count_errors(const struct job *job, struct stk_str text, const struct stk_text_edits *edits)
{
	return stk_dockerfile_parse(job->scratch, job->name, stk_text_edits_apply(job->scratch, text, edits),
				    &job->options->build_args)
		->errors.n;
}

/* Takes fix after fix, leaving out those after which the file no longer parses as well: two that are right alone may
 * be wrong together, as when each removes one of the last two arguments. */
static void take_carefully(const struct job *job, const struct stk_report *report, struct stk_edit_set *taken,
			   struct round *round)
{
	size_t budget = STK_MIB(16); /* bytes to parse, whatever the file's size */
	for (size_t i = 0; i < report->findings.n && budget > round->text.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		size_t before = taken->edits.n;
		if (!is_wanted(job, finding) || !take(finding->fix, taken))
			continue;
		budget -= round->text.n + 1;
		if (taken->edits.n > before && count_errors(job, round->text, &taken->edits) > round->n_errors)
			stk_edit_set_shorten(taken, before);
		else
			round->n_applied++;
	}
}

/* One run of all rules over the text, and what the fixes they offer make of it. */
static struct round mend_once(const struct job *job, struct stk_str text, bool carefully)
{
	struct stk_report report = stk_report_new(job->scratch);
	struct stk_edit_set taken = stk_edit_set_new(job->scratch, text.n, true);
	struct round round = { .text = text };
	struct stk_dockerfile_context context = {
		.report = &report,
		.target = stk_report_target(&report, job->name, "dockerfile"),
		.arena = job->scratch,
		.file = stk_dockerfile_parse(job->scratch, job->name, text, &job->options->build_args),
		.options = job->options,
	};
	stk_dockerfile_check(&context);
	if (job->options->ignores)
		stk_ignores_apply(job->options->ignores, &report, job->options->now);
	stk_report_sort(&report);
	round.n_errors = context.file->errors.n;
	if (carefully)
		take_carefully(job, &report, &taken, &round);
	for (size_t i = 0; i < report.findings.n && !carefully; i++)
		if (is_wanted(job, &report.findings.v[i]))
			round.n_applied += take(report.findings.v[i].fix, &taken);
	if (taken.edits.n)
		round.text = stk_text_edits_apply(job->arena, text, &taken.edits);
	stk_arena_reset(job->scratch);
	return round;
}

struct stk_dockerfile_fixed stk_dockerfile_fix(struct stk_arena *arena, struct stk_str name, struct stk_str text,
					       const struct stk_dockerfile_options *options, bool unsafe)
{
	STK_ARENA scratch = { 0 };
	const struct job job = {
		.arena = arena, .scratch = &scratch, .name = name, .options = options, .unsafe = unsafe
	};
	struct stk_dockerfile_fixed fixed = { .text = text };
	struct round before = mend_once(&job, text, false);
	for (int i = 0; i < MOST_ROUNDS && before.n_applied && !stk_str_eq(before.text, fixed.text); i++) {
		struct round after = mend_once(&job, before.text, false);
		if (after.n_errors > before.n_errors) {
			before = mend_once(&job, fixed.text, true);
			after = mend_once(&job, before.text, false);
			if (!before.n_applied || after.n_errors > before.n_errors)
				break;
		}
		fixed.text = before.text;
		fixed.n_applied += before.n_applied;
		before = after;
	}
	return fixed;
}
