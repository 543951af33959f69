/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --fix, --fix-unsafe, --diff: the fixes of the report's findings, put together file by file. A
 * fix is taken with all of its edits or not at all; of two that touch the same bytes the first
 * in the report's order is taken, and the next run sees the other.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "cli/cli.h"
#include "io/file.h"
#include "text/edit_set.h"
#include "base/banned.h"

/* One file with the edits that were taken so far; `text` is what the edits' offsets count in. */
struct patched {
	struct stk_str name, text;
	bool exists;
	struct stk_edit_set taken;
};

struct patches {
	struct stk_report *report;
	struct stk_map by_name; /* file -> struct patched */
};

/* The text the edits were made for: the target's, else the file's; a file that is not there yet is empty. */
static int find_text(struct patches *p, struct patched *file, struct stk_err *err)
{
	for (size_t i = 0; i < p->report->targets.n; i++)
		if (stk_str_eq(p->report->targets.v[i].name, file->name) && p->report->targets.v[i].text.n) {
			file->text = p->report->targets.v[i].text;
			file->exists = true;
			return 0;
		}
	struct stk_str path = stk_arena_str(p->report->arena, file->name);
	if (stk_file_read(p->report->arena, path.p, STK_LIMIT_TEXT_FILE, &file->text, err) == 0) {
		file->exists = true;
		return 0;
	}
	file->text = S("");
	return err->code == STK_ENOTFOUND ? 0 : -1;
}

/* The file's entry, made on first use with the text that the edits count in. */
static int patched_file(struct patches *p, struct stk_str name, struct patched **out, struct stk_err *err)
{
	struct patched **place = (struct patched **)stk_map_at(&p->by_name, p->report->arena, name);
	if (!*place) {
		*place = STK_NEW(p->report->arena, struct patched, 1);
		(*place)->name = name;
		if (find_text(p, *place, err) < 0)
			return -1;
		(*place)->taken = stk_edit_set_new(p->report->arena, (*place)->text.n, false);
	}
	*out = *place;
	return 0;
}

/* All edits of a fix or none. Sets *taken. */
static int take_fix(struct patches *p, const struct stk_fix *fix, bool *taken, struct stk_err *err)
{
	struct patched *file;
	*taken = false;
	/* First all are judged, then all are taken. */
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		if (patched_file(p, edit->file, &file, err) < 0)
			return -1;
		if (stk_edit_set_judge(&file->taken, &(struct stk_text_edit){ edit->begin, edit->end, edit->text }) ==
		    STK_EDIT_CLASHES)
			return 0;
	}
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		struct stk_text_edit wanted = { edit->begin, edit->end, edit->text };
		if (patched_file(p, edit->file, &file, err) < 0)
			return -1;
		if (stk_edit_set_judge(&file->taken, &wanted) == STK_EDIT_FREE)
			stk_edit_set_add(&file->taken, &wanted);
	}
	*taken = true;
	return 0;
}

static int collect(struct patches *p, enum stk_fix_mode mode, bool *mended, size_t *n_applied, struct stk_err *err)
{
	for (size_t i = 0; i < p->report->findings.n; i++) {
		const struct stk_finding *finding = &p->report->findings.v[i];
		const struct stk_fix *fix = finding->fix;
		if (!fix || !fix->edits.n || finding->suppressed || (mode == STK_FIX_SAFE && !fix->safe))
			continue;
		if (take_fix(p, fix, &mended[i], err) < 0)
			return -1;
		*n_applied += mended[i];
	}
	return 0;
}

/* Files in the order in which the first fix named them, which is the report's. */
static int write_out(const struct patches *p, bool diff, struct stk_err *err)
{
	for (size_t i = 0; i < p->by_name.n; i++) {
		struct patched *file = p->by_name.entries[i].value;
		struct stk_str after = stk_text_edits_apply(p->report->arena, file->text, &file->taken.edits);
		if (diff) {
			STK_BUF text = stk_buf_new(STK_LIMIT_OUTPUT);
			stk_diff_unified(&text, file->name, file->text, after, stk_cli_color(NULL, STDOUT_FILENO));
			fwrite(text.p ? text.p : "", 1, text.n, stdout);
		} else if (!stk_str_eq(file->text, after) &&
			   stk_file_replace(stk_arena_str(p->report->arena, file->name).p, after, err) < 0) {
			return -1;
		}
	}
	return 0;
}

/* What is mended is no finding of this run any more. */
static void drop_mended(struct stk_report *report, const bool *mended)
{
	size_t kept = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		if (!mended[i])
			report->findings.v[kept++] = report->findings.v[i];
	report->findings.n = kept;
}

/* Asks whether the texts may be written as they would be. */
static int ask(const struct patches *p, stk_fix_accept_fn *accept, void *context, struct stk_err *err)
{
	struct stk_fixed_file *files = STK_NEW(p->report->arena, struct stk_fixed_file, p->by_name.n);
	for (size_t i = 0; i < p->by_name.n; i++) {
		struct patched *file = p->by_name.entries[i].value;
		files[i] = (struct stk_fixed_file){ file->name, stk_text_edits_apply(p->report->arena, file->text,
										     &file->taken.edits) };
	}
	return p->by_name.n ? accept(context, files, p->by_name.n, err) : 0;
}

int stk_cli_fix_texts(struct stk_report *report, enum stk_fix_mode mode,
		      bool (*leave)(void *context, struct stk_str file), void *context, struct stk_fixed_file **files,
		      size_t *n, struct stk_err *err)
{
	struct patches p = { .report = report };
	bool *mended = STK_NEW(report->arena, bool, report->findings.n);
	size_t n_mended = 0;
	*n = 0;
	for (size_t i = 0; i < report->findings.n; i++) {
		struct stk_fix *fix = report->findings.v[i].fix;
		for (size_t e = 0; fix && e < fix->edits.n; e++)
			if (leave && leave(context, fix->edits.v[e].file))
				report->findings.v[i].fix = fix = NULL;
	}
	stk_report_sort(report);
	if (collect(&p, mode, mended, &n_mended, err) < 0)
		return -1;
	*files = STK_NEW(report->arena, struct stk_fixed_file, p.by_name.n);
	for (size_t i = 0; i < p.by_name.n; i++) {
		struct patched *file = p.by_name.entries[i].value;
		struct stk_str after = stk_text_edits_apply(report->arena, file->text, &file->taken.edits);
		if (!stk_str_eq(after, file->text))
			(*files)[(*n)++] = (struct stk_fixed_file){ file->name, after };
	}
	return 0;
}

int stk_cli_fix(struct stk_report *report, enum stk_fix_mode mode, bool diff, size_t *n_applied, struct stk_err *err)
{
	return stk_cli_fix_asking(report, mode, diff, NULL, NULL, n_applied, err);
}

int stk_cli_fix_asking(struct stk_report *report, enum stk_fix_mode mode, bool diff, stk_fix_accept_fn *accept,
		       void *context, size_t *n_applied, struct stk_err *err)
{
	struct patches p = { .report = report };
	bool *mended = STK_NEW(report->arena, bool, report->findings.n);
	*n_applied = 0;
	if (mode == STK_FIX_NONE)
		return 0;
	/* A fixed order, so that the same report mends the same. */
	stk_report_sort(report);
	if (collect(&p, mode, mended, n_applied, err) < 0 || (accept && ask(&p, accept, context, err) < 0) ||
	    write_out(&p, diff, err) < 0)
		return -1;
	if (!diff)
		drop_mended(report, mended);
	return 0;
}
