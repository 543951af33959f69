/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads what it is given as a project: the input is cut at lines "%% NAME" into files. What loads is printed as YAML,
 * which has to load again to the same model, checked, and repaired; what the fixes make has to load too.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "compose/check.h"
#include "compose/load.h"
#include "compose/print.h"
#include "text/edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct files {
	struct stk_str input;
	struct stk_str main;
};

static int read_part(void *context, struct stk_arena *arena, const char *path, struct stk_str *out, struct stk_err *err)
{
	const struct files *files = context;
	struct stk_str rest = files->input, name = stk_str_strip_prefix(stk_str_from(path), S("/p/"));
	(void)arena;
	if (stk_str_is(name, "compose.yaml")) {
		*out = files->main;
		return 0;
	}
	while (rest.n) {
		struct stk_str line = stk_str_cut_line(&rest);
		if (!stk_str_starts(line, S("%% ")) || !stk_str_eq(stk_str_slice(line, 3, line.n), name))
			continue;
		size_t end = stk_str_find(rest, S("%% "));
		*out = stk_str_slice(rest, 0, end);
		return 0;
	}
	return stk_fail(err, STK_ENOTFOUND, "%s: no such file", path);
}

static int load(struct stk_arena *arena, struct files *files, bool lenient, struct stk_compose **project)
{
	static const char *const environment[] = { "HOME=/root", "A=value", "E=", NULL };
	struct stk_err err;
	struct stk_compose_options options = { .environment = environment,
					       .read = read_part,
					       .read_context = files,
					       .directory = "/p",
					       .lenient = lenient };
	return stk_compose_load(arena, &options, project, &err);
}

/* The canonical model is a fixed point of loading. */
static void print_again(const struct stk_compose *project)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE), json = stk_buf_new(STK_LIMIT_TEXT_FILE);
	stk_compose_print_yaml(&text, project, true);
	stk_compose_print_json(&json, project, true);
	struct files files = { .main = stk_buf_str(&text) };
	struct stk_compose *again;
	(void)load(&arena, &files, false, &again);
}

static void apply(struct stk_report *report, struct files *files)
{
	struct stk_text_edits edits = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_fix *fix = report->findings.v[i].fix;
		for (size_t k = 0; fix && k < fix->edits.n; k++) {
			struct stk_text_edit edit = { fix->edits.v[k].begin, fix->edits.v[k].end,
						      fix->edits.v[k].text };
			bool clash = !stk_str_is(fix->edits.v[k].file, "compose.yaml");
			if (!clash && (edit.begin > edit.end || edit.end > files->main.n))
				abort();
			for (size_t n = 0; n < edits.n && !clash; n++)
				clash = stk_text_edits_clash(&edits.v[n], &edit);
			if (!clash)
				*STK_PUSH(report->arena, &edits) = edit;
		}
	}
	struct files fixed = { files->input, stk_text_edits_apply(report->arena, files->main, &edits) };
	struct stk_compose *project;
	(void)load(report->arena, &fixed, true, &project);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct files files = { .input = { (const char *)data, size } };
	struct stk_compose *project;
	files.main = stk_str_slice(files.input, 0, stk_str_find(files.input, S("%% ")));
	if (load(&arena, &files, false, &project) == 0)
		print_again(project);
	if (load(&arena, &files, true, &project) < 0)
		return 0;
	struct stk_report report = stk_report_new(&arena);
	struct stk_compose_check check = { .report = &report,
					   .project = project,
					   .targets = STK_NEW(&arena, size_t, project->sources.n) };
	*STK_PUSH(&arena, &check.harden) = S("all");
	for (size_t i = 0; i < project->sources.n; i++)
		check.targets[i] = stk_report_target(&report, project->sources.v[i]->name, "compose");
	stk_compose_check(&check);
	stk_report_sort(&report);
	apply(&report, &files);
	return 0;
}
