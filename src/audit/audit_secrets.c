/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in the files of the deployment's folder. */
#include "audit/audit_private.h"

#include "secret/mask.h"
#include "secret/tree.h"
#include "base/banned.h"

/* Image archives are searched as images; what the discovery passes over belongs to others. */
static bool skip(void *context, struct stk_str path, bool directory)
{
	static const char *const folders[] = { ".strake-rollback", ".terraform",   ".venv",
					       "__pycache__",	   "node_modules", "venv" };
	const struct stk_audit_run *run = context;
	struct stk_str base = stk_str_after_last(path, '/');
	for (size_t i = 0; directory && i < STK_LEN(folders); i++)
		if (stk_str_is(base, folders[i]))
			return true;
	for (size_t i = 0; i < run->found.found[STK_FOUND_IMAGE].n; i++)
		if (stk_str_ends(run->found.found[STK_FOUND_IMAGE].v[i], path))
			return true;
	return false;
}

/* The target that a finding's file already is, else the folder's. */
static size_t target_of(const struct stk_report *report, struct stk_str file, size_t folder)
{
	for (size_t i = 0; i < report->targets.n; i++)
		if (stk_str_eq(report->targets.v[i].name, file))
			return i;
	return folder;
}

/* Excerpts must not show what was found. Facts and rules have seen the texts as they are; nothing is written from
 * these. */
static void mask_texts(struct stk_report *report, const struct stk_secret_results *results)
{
	for (size_t t = 0; t < report->targets.n; t++) {
		struct {
			struct stk_secret *v;
			size_t n, cap;
		} here = { 0 };
		for (size_t i = 0; report->targets.v[t].text.n && i < results->found.n; i++)
			if (stk_str_eq(results->found.v[i].path, report->targets.v[t].name))
				*STK_PUSH(report->arena, &here) = results->found.v[i];
		if (here.n)
			report->targets.v[t].text =
				stk_secret_mask(report->arena, report->targets.v[t].text, here.v, here.n);
	}
}

/* A text that stands in for a file is searched in its place. */
static void search_texts(struct stk_audit_run *run, struct stk_str prefix, struct stk_secret_results *results)
{
	struct stk_secret_scan *scan = stk_secret_scan_new(run->options->secrets, run->report->arena);
	for (size_t t = 0; t < run->options->texts.n; t++) {
		struct stk_str path = stk_str_strip_prefix(run->options->texts.v[t].name, prefix);
		size_t kept = 0;
		for (size_t i = 0; i < results->found.n; i++)
			if (!stk_str_eq(results->found.v[i].path, path))
				results->found.v[kept++] = results->found.v[i];
		results->found.n = kept;
		stk_secret_scan_text(scan, path, run->options->texts.v[t].text);
	}
	stk_secret_results_add(results, run->report->arena, scan);
	stk_secret_scan_free(scan);
}

void stk_audit_secrets(struct stk_audit_run *run)
{
	struct stk_report *report = run->report;
	struct stk_secret_tree_options how = { .threads = run->options->threads, .skip = skip, .context = run };
	struct stk_secret_results results = { 0 };
	struct stk_str folder = stk_str_from(run->options->folder), prefix;
	struct stk_err err;
	if (!run->options->secrets) {
		stk_audit_miss(run, STK_ASPECT_FILES, "secrets are not searched for, as asked");
		stk_audit_miss(run, STK_ASPECT_CONTENTS, "secrets are not searched for, as asked");
		return;
	}
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	prefix = stk_str_is(folder, ".") ? S("") : stk_arena_printf(report->arena, STK_FMT "/", STK_ARG(folder));
	stk_audit_progress(run, S("secrets"), 0, 0);
	size_t target = stk_report_target(report, folder, "directory");
	if (stk_secret_scan_tree(run->options->secrets, report->arena, run->folder.p, S(""), &how, &results, &err) <
	    0) {
		stk_report_gap(report, target, S("secrets"), stk_arena_str(report->arena, stk_str_from(err.msg)));
		return;
	}
	search_texts(run, prefix, &results);
	for (size_t i = 0; i < results.found.n; i++) {
		/* Searched by their paths inside the folder: where the folder stands says nothing about what is in it.
		 */
		results.found.v[i].path = stk_arena_join(report->arena, prefix, results.found.v[i].path);
		size_t at = target_of(report, results.found.v[i].path, target);
		stk_secret_report(report, at, &results.found.v[i])->location.file = results.found.v[i].path;
	}
	mask_texts(report, &results);
	for (size_t i = 0; i < results.gaps.n; i++)
		stk_report_gap(report, target, results.gaps.v[i].what, results.gaps.v[i].why);
	run->coverage.looked[STK_ASPECT_FILES] = true;
}
