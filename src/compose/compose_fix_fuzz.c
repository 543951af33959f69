/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks what it is given as a project, with every service hardened, and applies the fixes: edits stand inside the text
 * they are for, and as the command does it, a text that no longer loads is not taken. After a few rounds nothing is
 * left to edit.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "compose/check.h"
#include "compose/parts.h"
#include "text/edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROUNDS = 3 };

/* A host where every other path exists, and some are links out of the project. */
static bool file_facts(void *context, struct stk_str path, struct stk_compose_file *out)
{
	(void)context;
	char last = path.n ? path.p[path.n - 1] : '/';
	*out = (struct stk_compose_file){ .exists = last & 1, .mode = 0644, .real = last == 'k' ? S("/etc") : path };
	return true;
}

static void check(struct stk_report *report, const struct stk_compose *project)
{
	struct stk_compose_check check = { .report = report,
					   .project = project,
					   .file = file_facts,
					   .targets = STK_NEW(report->arena, size_t, project->sources.n) };
	*STK_PUSH(report->arena, &check.harden) = S("all");
	for (size_t i = 0; i < project->sources.n; i++)
		check.targets[i] = stk_report_target(report, project->sources.v[i]->name, "compose");
	stk_compose_check(&check);
	stk_report_sort(report);
}

static struct stk_text_edits edits_of(const struct stk_report *report, struct stk_str text)
{
	struct stk_text_edits edits = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_fix *fix = report->findings.v[i].fix;
		for (size_t k = 0; fix && k < fix->edits.n; k++) {
			struct stk_text_edit edit = { fix->edits.v[k].begin, fix->edits.v[k].end,
						      fix->edits.v[k].text };
			bool clash = !stk_str_is(fix->edits.v[k].file, "compose.yaml");
			if (!clash && (edit.begin > edit.end || edit.end > text.n))
				abort();
			for (size_t n = 0; n < edits.n && !clash; n++)
				clash = stk_text_edits_clash(&edits.v[n], &edit);
			if (!clash)
				*STK_PUSH(report->arena, &edits) = edit;
		}
	}
	return edits;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct parts parts = parts_of((struct stk_str){ (const char *)data, size });
	for (int round = 0; round < ROUNDS; round++) {
		struct stk_compose *project;
		struct stk_err err;
		if (parts_load(&arena, &parts, true, &project, &err) < 0)
			return 0;
		struct stk_report report = stk_report_new(&arena);
		check(&report, project);
		struct stk_text_edits edits = edits_of(&report, parts.main);
		if (!edits.n)
			return 0;
		parts.main = stk_text_edits_apply(&arena, parts.main, &edits);
	}
	return 0;
}
