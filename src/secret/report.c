/* SPDX-License-Identifier: Apache-2.0 */
/* From what was found to what a report says: never the value itself, unless the scan was asked to keep it. */
#include "secret/secret.h"

#include <string.h>

#include "secret/remedy.h"
#include "base/banned.h"

static void describe(struct stk_report *report, struct stk_finding *finding, const struct stk_secret *secret)
{
	struct stk_str shown = secret->value.n ? secret->value : secret->redacted;
	if (!shown.n)
		finding->message =
			stk_arena_printf(report->arena, "%s: the file's name says so", secret->rule->row->title);
	else if (secret->name.n && secret->name.n < 80)
		finding->message = stk_arena_printf(report->arena, "%s: " STK_FMT " = " STK_FMT,
						    secret->rule->row->title, STK_ARG(secret->name), STK_ARG(shown));
	else
		finding->message =
			stk_arena_printf(report->arena, "%s: " STK_FMT, secret->rule->row->title, STK_ARG(shown));
}

bool stk_secret_repeats_git(struct stk_map *seen, struct stk_arena *arena, const struct stk_secret *secret)
{
	size_t at = stk_str_find(secret->path, S(".git/"));
	if (secret->line || at == SIZE_MAX || strcmp(stk_secret_rule_name(secret->rule), "git-directory") != 0)
		return false;
	return !stk_map_add(seen, arena, stk_str_slice(secret->path, 0, at));
}

struct stk_finding *stk_secret_report(struct stk_report *report, size_t target, const struct stk_secret *secret)
{
	struct stk_finding *finding = stk_report_add(report, secret->rule->row, target);
	finding->severity = secret->severity;
	finding->location.line = secret->line;
	finding->location.end_line = secret->line;
	finding->location.column = secret->column;
	finding->location.end_column = secret->end_column;
	finding->location.commit = secret->commit;
	finding->location.commit_path = secret->commit_path;
	finding->location.commit_author = secret->commit_author;
	finding->location.commit_date = secret->commit_date;
	finding->fingerprint = secret->fingerprint;
	finding->remedy = stk_secret_remedy(report->arena, secret, stk_secret_way_of(secret->path));
	describe(report, finding, secret);
	stk_finding_evidence(report, finding, "confidence %s", stk_confidence_name(secret->confidence));
	if (secret->weak)
		stk_finding_evidence(report, finding, "a default that everybody knows");
	if (secret->note.n)
		stk_finding_evidence(report, finding, STK_FMT, STK_ARG(secret->note));
	if (secret->origin.n)
		stk_finding_evidence(report, finding, STK_FMT, STK_ARG(secret->origin));
	if (secret->encoding.n)
		stk_finding_evidence(report, finding, "encoded as " STK_FMT, STK_ARG(secret->encoding));
	if (secret->fingerprint.n)
		stk_finding_evidence(report, finding, "fingerprint " STK_FMT, STK_ARG(secret->fingerprint));
	if (secret->allowed.n) {
		finding->suppressed = STK_NEW(report->arena, struct stk_suppression, 1);
		finding->suppressed->by = S("inline comment");
		finding->suppressed->reason = secret->allowed;
	}
	return finding;
}
