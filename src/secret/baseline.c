/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See baseline.h. Two tables, since peers' reports name findings by place and ours by
 * fingerprint; a finding is known when either has it.
 */
#include "secret/baseline.h"

#include "secret/secret.h"
#include "text/json.h"
#include "base/banned.h"

static void remember(struct stk_arena *arena, struct stk_map *map, struct stk_str key, struct stk_str file)
{
	struct stk_str *by = STK_NEW(arena, struct stk_str, 1);
	*by = file;
	*stk_map_at(map, arena, stk_arena_str(arena, key)) = by;
}

/* Gitleaks names a rule; the same secret has a fingerprint under each of ours that goes by that name. */
static void remember_secret(struct stk_arena *arena, struct stk_secret_baseline *out, struct stk_str rule,
			    struct stk_str secret, struct stk_str file)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		char fingerprint[33];
		const struct stk_secret_rule *row = &stk_secret_catalogue[i];
		if (!stk_rule_is(row->row, rule))
			continue;
		stk_secret_fingerprint(stk_secret_rule_name(row), secret, fingerprint);
		remember(arena, &out->fingerprints, stk_str_from(fingerprint), file);
	}
}

static void read_gitleaks(struct stk_arena *arena, const struct stk_json *list, struct stk_str file,
			  struct stk_secret_baseline *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_json *row = &list->items[i];
		struct stk_str rule = stk_json_str(row, "RuleID"), secret = stk_json_str(row, "Secret");
		if (secret.n && !stk_str_contains(secret, S("REDACTED")) && !stk_str_ends(secret, S("...")))
			remember_secret(arena, out, rule, secret, file);
		remember(arena, &out->places,
			 stk_arena_printf(arena, STK_FMT ":" STK_FMT ":%lld", STK_ARG(stk_json_str(row, "File")),
					  STK_ARG(rule), (long long)stk_json_int(row, "StartLine")),
			 file);
	}
}

int stk_secret_baseline_read(struct stk_arena *arena, struct stk_str text, struct stk_str file,
			     struct stk_secret_baseline *out, struct stk_err *err)
{
	struct stk_json *root;
	if (stk_json_parse(arena, text, &root, err) < 0)
		return stk_within(err, STK_FMT, STK_ARG(file));
	if (root->type == STK_JSON_ARRAY) {
		read_gitleaks(arena, root, file, out);
		return 0;
	}
	if (!stk_json_get(root, "findings"))
		return stk_fail(err, STK_EUSAGE,
				STK_FMT ": neither a report of strake's (--format json) nor one of Gitleaks'",
				STK_ARG(file));
	const struct stk_json *findings = stk_json_list(root, "findings");
	for (size_t i = 0; i < findings->n; i++)
		if (stk_json_str(&findings->items[i], "fingerprint").n)
			remember(arena, &out->fingerprints, stk_json_str(&findings->items[i], "fingerprint"), file);
	return 0;
}

/* A commit in front of "file:rule:line" goes: what a file holds counts, whoever brought it. */
static struct stk_str without_commit(struct stk_str line)
{
	size_t colon = stk_str_find_byte(line, ':');
	if (colon != 40)
		return line;
	for (size_t i = 0; i < 40; i++)
		if (!stk_is_xdigit(line.p[i]))
			return line;
	return stk_str_slice(line, 41, line.n);
}

void stk_secret_baseline_read_ignore(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				     struct stk_secret_baseline *out)
{
	for (uint32_t number = 1; text.n; number++) {
		struct stk_str line = stk_str_trim(stk_str_cut_line(&text));
		struct stk_str by = stk_arena_printf(arena, STK_FMT ":%u", STK_ARG(file), number);
		if (!line.n || line.p[0] == '#')
			continue;
		if (line.n == 32 && stk_str_find_byte(line, ':') == SIZE_MAX)
			remember(arena, &out->fingerprints, line, by);
		else
			remember(arena, &out->places, without_commit(line), by);
	}
}

static const struct stk_str *place_of(const struct stk_secret_baseline *baseline, struct stk_arena *arena,
				      const struct stk_finding *finding, struct stk_str rule)
{
	struct stk_str file = finding->location.file.n ? finding->location.file : finding->location.path;
	return stk_map_get(&baseline->places, stk_arena_printf(arena, STK_FMT ":" STK_FMT ":%u", STK_ARG(file),
							       STK_ARG(rule), finding->location.line));
}

static const struct stk_str *known_by(const struct stk_secret_baseline *baseline, struct stk_arena *arena,
				      const struct stk_finding *finding)
{
	const struct stk_str *by = stk_map_get(&baseline->fingerprints, finding->fingerprint);
	if (!by && baseline->places.n)
		by = place_of(baseline, arena, finding, finding->id);
	for (size_t i = 0; !by && baseline->places.n && i < finding->aliases.n; i++)
		by = place_of(baseline, arena, finding, finding->aliases.v[i]);
	return by;
}

void stk_secret_baseline_apply(const struct stk_secret_baseline *baseline, struct stk_report *report)
{
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		struct stk_finding *finding = &report->findings.v[i];
		const struct stk_str *by =
			finding->layer == STK_LAYER_SECRETS ? known_by(baseline, &arena, finding) : NULL;
		if (!by || finding->suppressed)
			continue;
		finding->suppressed = STK_NEW(report->arena, struct stk_suppression, 1);
		finding->suppressed->by = *by;
		finding->suppressed->reason = S("known already");
	}
}
