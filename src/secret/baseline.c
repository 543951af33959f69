/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See baseline.h. Two tables, since peers' reports name findings by place and ours by
 * fingerprint; a finding is known when either has it.
 */
#include "secret/baseline.h"

#include "secret/history.h"
#include "secret/secret.h"
#include "text/json.h"
#include "base/banned.h"

/* What names a place. */
struct known {
	struct stk_str by;     /* ".gitleaksignore:3" */
	struct stk_str commit; /* 40 digits, or empty: whoever brought it */
	struct stk_str folder; /* only below this one; empty: everywhere */
	struct known *next;
};

static void remember(struct stk_arena *arena, struct stk_map *map, struct stk_str key, struct stk_str file)
{
	struct stk_str *by = STK_NEW(arena, struct stk_str, 1);
	*by = file;
	*stk_map_at(map, arena, stk_arena_str(arena, key)) = by;
}

static void remember_place(struct stk_arena *arena, struct stk_secret_baseline *out, struct stk_str key,
			   const struct known *what)
{
	struct known *known = STK_NEW(arena, struct known, 1);
	void **slot = stk_map_at(&out->places, arena, stk_arena_str(arena, key));
	*known = *what;
	known->next = *slot;
	*slot = known;
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
		const struct known known = { .by = file, .commit = stk_json_str(row, "Commit") };
		remember_place(arena, out,
			       stk_arena_printf(arena, STK_FMT ":" STK_FMT ":%lld", STK_ARG(stk_json_str(row, "File")),
						STK_ARG(rule), (long long)stk_json_int(row, "StartLine")),
			       &known);
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

/* Takes the commit from the front of "commit:file:rule:line". */
static struct stk_str cut_commit(struct stk_str *line)
{
	struct stk_str rest = *line, commit = stk_str_cut(&rest, ':');
	bool hex = commit.n == 40 && rest.n;
	for (size_t i = 0; hex && i < commit.n; i++)
		hex = stk_is_xdigit(commit.p[i]);
	if (!hex)
		return (struct stk_str){ 0 };
	*line = rest;
	return commit;
}

/* Backslashes of Windows' paths stand for slashes, as Gitleaks takes them. */
static struct stk_str with_slashes(struct stk_arena *arena, struct stk_str line)
{
	char *out = stk_arena_alloc(arena, line.n + 1, 1);
	for (size_t i = 0; i < line.n; i++)
		out[i] = line.p[i] == '\\' ? '/' : line.p[i];
	return (struct stk_str){ out, line.n };
}

size_t stk_secret_baseline_read_ignore(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				       struct stk_str folder, struct stk_secret_baseline *out)
{
	size_t n = 0;
	for (uint32_t number = 1; text.n; number++) {
		struct stk_str line = stk_str_trim(stk_str_cut_line(&text));
		struct known known = { .by = stk_arena_printf(arena, STK_FMT ":%u", STK_ARG(file), number),
				       .folder = folder };
		if (!line.n || line.p[0] == '#')
			continue;
		n++;
		if (line.n == 32 && stk_str_find_byte(line, ':') == SIZE_MAX) {
			remember(arena, &out->fingerprints, line, known.by);
			continue;
		}
		known.commit = cut_commit(&line);
		remember_place(arena, out, with_slashes(arena, line), &known);
	}
	if (n)
		*STK_PUSH(arena, &out->folders) = folder;
	return n;
}

/* One use of a baseline on a report. */
struct applying {
	const struct stk_secret_baseline *baseline;
	struct stk_report *report;
	struct stk_arena arena;
	bool *dated; /* of each target: some of its findings have commits */
	struct stk_map
		history; /* twin_key of what the history has -> what suppresses it, a struct stk_str; maybe `nothing` */
	struct stk_map secrets; /* fingerprints that the history has */
	struct stk_str nothing;
};

static struct stk_str place_of(const struct stk_finding *finding)
{
	return finding->location.file.n ? finding->location.file : finding->location.path;
}

static bool is_history(const struct stk_finding *finding)
{
	return finding->location.commit.n || finding->location.commit_path.n;
}

static struct stk_str twin_key(struct applying *a, const struct stk_finding *finding, struct stk_str file)
{
	return stk_arena_printf(&a->arena, STK_FMT ":" STK_FMT, STK_ARG(finding->fingerprint), STK_ARG(file));
}

/* Does an entry with a commit speak of this one? Of the working tree only what a commit may have brought there: the
   secret is in the history, but not in this file's, since git keeps a copy of a file under one name. Where the file's
   own history has it, that decides; where nobody has, it is new. */
static bool fits_commit(struct applying *a, const struct known *known, const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	if (!known->commit.n)
		return true;
	if (at->commit.n)
		return stk_str_eq_nocase(known->commit, at->commit);
	if (at->commit_path.n || !a->dated[finding->target])
		return true;
	return stk_map_get(&a->secrets, finding->fingerprint) &&
	       !stk_map_get(&a->history, twin_key(a, finding, place_of(finding)));
}

/* A name for a finding's file: as the run says it, or as it is called from a folder with an ignore file. */
struct name {
	struct stk_str path;
	const struct stk_str *from;
};

static struct stk_str *look_up(struct applying *a, const struct stk_finding *finding, const struct name *name,
			       struct stk_str rule)
{
	struct known *known = stk_map_get(&a->baseline->places,
					  stk_arena_printf(&a->arena, STK_FMT ":" STK_FMT ":%u", STK_ARG(name->path),
							   STK_ARG(rule), finding->location.line));
	for (; known; known = known->next)
		if (stk_str_starts(place_of(finding), known->folder) &&
		    (!name->from || stk_str_eq(*name->from, known->folder)) && fits_commit(a, known, finding))
			return &known->by;
	return NULL;
}

static struct stk_str *by_name(struct applying *a, const struct stk_finding *finding, const struct name *name)
{
	struct stk_str *by = name->path.n ? look_up(a, finding, name, finding->id) : NULL;
	for (size_t i = 0; name->path.n && !by && i < finding->aliases.n; i++)
		by = look_up(a, finding, name, finding->aliases.v[i]);
	return by;
}

static struct stk_str *by_place(struct applying *a, const struct stk_finding *finding, struct stk_str path)
{
	struct stk_str *by = by_name(a, finding, &(struct name){ path, NULL });
	for (size_t i = 0; !by && i < a->baseline->folders.n; i++) {
		const struct stk_str *folder = &a->baseline->folders.v[i];
		if (folder->n && stk_str_starts(path, *folder))
			by = by_name(a, finding, &(struct name){ stk_str_slice(path, folder->n, path.n), folder });
	}
	return by;
}

/* The file of the working tree that a finding of the history would be in, by the run's name. */
static struct stk_str working_file(struct applying *a, const struct stk_finding *finding)
{
	struct stk_str root = { 0 };
	if (!finding->location.commit_path.n || !stk_secret_git_root(place_of(finding), &root))
		return (struct stk_str){ 0 };
	return stk_arena_join(&a->arena, root, finding->location.commit_path);
}

static struct stk_str *known_by(struct applying *a, const struct stk_finding *finding)
{
	struct stk_str *by = stk_map_get(&a->baseline->fingerprints, finding->fingerprint);
	if (by || !a->baseline->places.n)
		return by;
	if (!is_history(finding)) {
		by = by_place(a, finding, place_of(finding));
		if (!by)
			by = stk_map_get(&a->history, twin_key(a, finding, place_of(finding)));
		return by && by->n ? by : NULL;
	}
	by = by_name(a, finding, &(struct name){ finding->location.commit_path, NULL });
	return by ? by : by_place(a, finding, working_file(a, finding));
}

static void suppress(struct applying *a, struct stk_finding *finding)
{
	struct stk_str *by = finding->layer == STK_LAYER_SECRETS ? known_by(a, finding) : NULL;
	if (is_history(finding)) {
		struct stk_str file = working_file(a, finding);
		*stk_map_at(&a->history, &a->arena, twin_key(a, finding, file)) = by ? by : &a->nothing;
		*stk_map_at(&a->secrets, &a->arena, finding->fingerprint) = &a->nothing;
	}
	if (!by || finding->suppressed)
		return;
	finding->suppressed = STK_NEW(a->report->arena, struct stk_suppression, 1);
	finding->suppressed->by = *by;
	finding->suppressed->reason = S("known already");
}

void stk_secret_baseline_apply(const struct stk_secret_baseline *baseline, struct stk_report *report)
{
	struct applying a = { .baseline = baseline, .report = report };
	a.dated = STK_NEW(&a.arena, bool, report->targets.n);
	for (size_t i = 0; i < report->findings.n; i++)
		a.dated[report->findings.v[i].target] |= report->findings.v[i].location.commit.n > 0;
	/* The history first: it decides about what commits brought into the working tree. */
	for (size_t i = 0; i < report->findings.n; i++)
		if (is_history(&report->findings.v[i]))
			suppress(&a, &report->findings.v[i]);
	for (size_t i = 0; i < report->findings.n; i++)
		if (!is_history(&report->findings.v[i]))
			suppress(&a, &report->findings.v[i]);
	stk_arena_free(&a.arena);
}
