/* SPDX-License-Identifier: Apache-2.0 */
/* See fix.h. */
#include "dockerfile/fix.h"
#include "base/limits.h"
#include "text/edit.h"
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

enum { BLOCK = 64 };

/* The edits that are taken, in the order of taking, which decides between insertions at one place. They do not clash.
   An edit is looked up by the block of bytes where it begins; a replacement also by those that begin inside of it. */
struct taken {
	struct stk_text_edits edits;
	struct {
		uint32_t *v; /* by edit: the edit before it in the same block + 1, or 0 */
		size_t n, cap;
	} next;
	uint32_t *begins, *covers; /* by block: a number of an edit + 1, or 0 */
};

enum verdict { FREE, PRESENT, CLASHES };

/* Two insertions at one place, one of which begins or ends a line: the other would land on the wrong one. */
static bool shares_line(const struct stk_text_edit *a, const struct stk_text_edit *b)
{
	return a->begin == b->begin && a->end == a->begin && b->end == b->begin &&
	       (stk_str_find_byte(a->text, '\n') != SIZE_MAX || stk_str_find_byte(b->text, '\n') != SIZE_MAX);
}

static enum verdict judge_pair(const struct stk_text_edit *other, const struct stk_text_edit *edit)
{
	if (other->begin == edit->begin && other->end == edit->end && stk_str_eq(other->text, edit->text))
		return PRESENT;
	return stk_text_edits_clash(other, edit) || shares_line(other, edit) ? CLASHES : FREE;
}

static enum verdict judge(const struct taken *taken, const struct stk_text_edit *edit)
{
	uint32_t cover = taken->covers[edit->begin / BLOCK];
	if (cover && judge_pair(&taken->edits.v[cover - 1], edit) == CLASHES)
		return CLASHES;
	for (size_t block = edit->begin / BLOCK; block <= edit->end / BLOCK; block++)
		for (uint32_t i = taken->begins[block]; i; i = taken->next.v[i - 1]) {
			enum verdict verdict = judge_pair(&taken->edits.v[i - 1], edit);
			if (verdict != FREE)
				return verdict;
		}
	return FREE;
}

static void cover(struct taken *taken, const struct stk_text_edit *edit, uint32_t number)
{
	for (size_t block = edit->begin / BLOCK + 1; block * BLOCK < edit->end; block++)
		taken->covers[block] = number;
}

static void add(struct stk_arena *arena, struct taken *taken, const struct stk_text_edit *edit)
{
	uint32_t *begins = &taken->begins[edit->begin / BLOCK];
	*STK_PUSH(arena, &taken->edits) = *edit;
	*STK_PUSH(arena, &taken->next) = *begins;
	*begins = (uint32_t)taken->edits.n;
	cover(taken, edit, *begins);
}

/* Gives back all but the first n. */
static void shorten(struct taken *taken, size_t n)
{
	while (taken->edits.n > n) {
		const struct stk_text_edit *edit = &taken->edits.v[--taken->edits.n];
		cover(taken, edit, 0);
		taken->begins[edit->begin / BLOCK] = taken->next.v[--taken->next.n];
	}
}

/* All edits of a fix or none. */
static bool take(struct stk_arena *arena, const struct stk_fix *fix, struct taken *taken)
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
			add(arena, taken, &wanted);
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
static void take_carefully(const struct job *job, const struct stk_report *report, struct taken *taken,
			   struct round *round)
{
	size_t budget = STK_MIB(16); /* bytes to parse, whatever the file's size */
	for (size_t i = 0; i < report->findings.n && budget > round->text.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		size_t before = taken->edits.n;
		if (!is_wanted(job, finding) || !take(job->scratch, finding->fix, taken))
			continue;
		budget -= round->text.n + 1;
		if (taken->edits.n > before && count_errors(job, round->text, &taken->edits) > round->n_errors)
			shorten(taken, before);
		else
			round->n_applied++;
	}
}

/* One run of all rules over the text, and what the fixes they offer make of it. */
static struct round mend_once(const struct job *job, struct stk_str text, bool carefully)
{
	struct stk_report report = stk_report_new(job->scratch);
	struct taken taken = {
		.begins = STK_NEW(job->scratch, uint32_t, text.n / BLOCK + 1),
		.covers = STK_NEW(job->scratch, uint32_t, text.n / BLOCK + 1),
	};
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
			round.n_applied += take(job->scratch, report.findings.v[i].fix, &taken);
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
