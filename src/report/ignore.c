/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See ignore.h. Errors are STK_EUSAGE: a file of settings that cannot be read must stop the
 * run, since a typing error would otherwise change what fails. Trivy's files are read as
 * leniently as Trivy does; in our own every key is checked.
 */
#include "report/ignore.h"

#include "base/time.h"
#include "text/path.h"
#include "text/glob.h"
#include "text/nearest.h"
#include "base/banned.h"

enum { DAY = 86400 };

static const struct stk_rule rows[] = {
	{ .id = "CFG-001",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "An ignore has expired",
	  .why = "The decision to live with this finding was limited in time, and the time is over: it counts again.",
	  .remedy = "Mend the finding and delete the ignore, or decide anew and give it a new date.",
	  .bad = "ignore:\n  - id: CVE-2024-3094\n    reason: not reachable\n    expires: 2024-06-30",
	  .good = "ignore: []" },
};

const struct stk_rule_table stk_config_rules = { "configuration", rows, STK_LEN(rows) };

static int fail_at(struct stk_err *err, struct stk_str file, uint32_t line, uint32_t column, const char *what)
{
	return stk_fail(err, STK_EUSAGE, STK_FMT ":%u:%u: %s", STK_ARG(file), line, column, what);
}

/* An ignore holds through its last day. */
static bool set_expiry(struct stk_ignore *ignore, struct stk_str text)
{
	if (!stk_time_parse(text, &ignore->expires))
		return false;
	ignore->expires_text = text;
	if (text.n == 10)
		ignore->expires += DAY;
	return true;
}

int stk_ignores_read_lines(struct stk_arena *arena, struct stk_str text, struct stk_str file, struct stk_ignores *out,
			   struct stk_err *err)
{
	for (uint32_t number = 1; text.n; number++) {
		/* What stands behind "#" on the line of an id is its reason. */
		struct stk_str line = stk_str_cut_line(&text), rest = stk_str_trim(stk_str_cut(&line, '#'));
		struct stk_str id = stk_str_cut_word(&rest);
		if (!id.n)
			continue;
		struct stk_ignore *ignore = STK_PUSH(arena, out);
		*ignore = (struct stk_ignore){ .id = id, .file = file, .line = number, .reason = stk_str_trim(line) };
		for (struct stk_str word; (word = stk_str_cut_word(&rest)).n;)
			if (stk_str_starts(word, S("exp:")) && !set_expiry(ignore, stk_str_slice(word, 4, word.n)))
				return fail_at(err, file, number, 1, "exp: takes a date such as exp:2027-01-31");
	}
	return 0;
}

static void read_strings(struct stk_arena *arena, const struct stk_yaml *value, struct stk_strs *out)
{
	value = stk_yaml_follow(value);
	if (value && value->type == STK_YAML_SCALAR && !stk_yaml_is_null(value))
		*STK_PUSH(arena, out) = value->text;
	for (size_t i = 0; value && value->type == STK_YAML_LIST && i < value->n; i++)
		read_strings(arena, &value->items[i], out);
}

/* The keys of one dialect; strict: unknown keys and missing reasons are errors. */
struct names {
	const char *packages, *reason, *expires;
	bool strict;
};

static bool known_key(struct stk_str key, const struct names *names)
{
	return stk_str_is(key, "id") || stk_str_is(key, "paths") || stk_str_is(key, names->packages) ||
	       stk_str_is(key, names->reason) || stk_str_is(key, names->expires);
}

static int unknown_key(struct stk_err *err, struct stk_str file, const struct stk_yaml *key)
{
	struct stk_str all[] = { S("id"), S("paths"), S("packages"), S("reason"), S("expires") };
	const struct stk_strs known = { all, STK_LEN(all), STK_LEN(all) };
	struct stk_str near = stk_nearest(key->text, &known);
	fail_at(err, file, key->line, key->column, "unknown key; an ignore has id, paths, packages, reason, expires");
	return near.n ? stk_hint(err, "Did you mean \"" STK_FMT "\"?", STK_ARG(near)) : -1;
}

/* A key of our own form is a list of texts. */
static int check_list(const struct stk_yaml *entry, const char *key, struct stk_str file, struct stk_err *err)
{
	const struct stk_yaml *list = stk_yaml_get(entry, key);
	if (stk_yaml_is_null(list))
		return 0;
	if (list->type != STK_YAML_LIST) {
		fail_at(err, file, list->line, list->column, "must be a list");
		return list->type == STK_YAML_SCALAR
			       ? stk_hint(err, "Write %s: [\"" STK_FMT "\"].", key, STK_ARG(list->text))
			       : -1;
	}
	for (size_t i = 0; i < list->n; i++)
		if (stk_yaml_follow(&list->items[i])->type != STK_YAML_SCALAR)
			return fail_at(err, file, list->items[i].line, list->items[i].column, "must be text");
	return 0;
}

static int read_entry(struct stk_arena *arena, const struct stk_yaml *entry, struct stk_str file,
		      const struct names *names, struct stk_ignores *out, struct stk_err *err)
{
	entry = stk_yaml_follow(entry);
	if (entry->type != STK_YAML_MAP)
		return fail_at(err, file, entry->line, entry->column, "an ignore is a map with an id");
	for (size_t i = 0; i < entry->n && names->strict; i++)
		if (!known_key(entry->keys[i].text, names))
			return unknown_key(err, file, &entry->keys[i]);
	struct stk_ignore *ignore = STK_PUSH(arena, out);
	*ignore = (struct stk_ignore){ .id = stk_yaml_str(entry, "id"),
				       .file = file,
				       .line = entry->line,
				       .reason = stk_yaml_str(entry, names->reason) };
	if (!ignore->id.n)
		return fail_at(err, file, entry->line, entry->column, "an ignore needs an id");
	if (names->strict && !ignore->reason.n)
		return fail_at(err, file, entry->line, entry->column,
			       "an ignore needs a reason: whoever reads it next will ask");
	if (names->strict &&
	    (check_list(entry, "paths", file, err) < 0 || check_list(entry, names->packages, file, err) < 0))
		return -1;
	read_strings(arena, stk_yaml_get(entry, "paths"), &ignore->paths);
	read_strings(arena, stk_yaml_get(entry, names->packages), &ignore->packages);
	const struct stk_yaml *expires = stk_yaml_get(entry, names->expires);
	if (!stk_yaml_is_null(expires) && !set_expiry(ignore, expires->text))
		return fail_at(err, file, expires->line, expires->column, "not a date such as 2027-01-31");
	return 0;
}

static int read_entries(struct stk_arena *arena, const struct stk_yaml *list, struct stk_str file,
			const struct names *names, struct stk_ignores *out, struct stk_err *err)
{
	list = stk_yaml_follow(list);
	if (stk_yaml_is_null(list))
		return 0;
	if (list->type != STK_YAML_LIST)
		return fail_at(err, file, list->line, list->column, "must be a list of ignores");
	for (size_t i = 0; i < list->n; i++)
		if (read_entry(arena, &list->items[i], file, names, out, err) < 0)
			return -1;
	return 0;
}

int stk_ignores_read_trivy(struct stk_arena *arena, struct stk_str text, struct stk_str file, struct stk_ignores *out,
			   struct stk_err *err)
{
	static const char *const sections[] = { "vulnerabilities", "misconfigurations", "secrets", "licenses" };
	static const struct names names = { .packages = "purls", .reason = "statement", .expires = "expired_at" };
	struct stk_yaml_documents documents = { 0 };
	if (stk_yaml_parse(arena, text, &documents, err) < 0) {
		err->code = STK_EUSAGE;
		return stk_within(err, STK_FMT, STK_ARG(file));
	}
	for (size_t i = 0; documents.n && i < STK_LEN(sections); i++)
		if (read_entries(arena, stk_yaml_get(documents.v[0], sections[i]), file, &names, out, err) < 0)
			return -1;
	return 0;
}

int stk_ignores_read_list(struct stk_arena *arena, const struct stk_yaml *list, struct stk_str file,
			  struct stk_ignores *out, struct stk_err *err)
{
	static const struct names names = {
		.packages = "packages", .reason = "reason", .expires = "expires", .strict = true
	};
	return read_entries(arena, list, file, &names, out, err);
}

/* An entry names a finding by its id, by the id of another tool for the same thing, or by a
   pattern of one. */
static bool matches_id(const struct stk_ignore *ignore, const struct stk_finding *finding)
{
	if (stk_glob_match(ignore->id, finding->id) || (finding->rule && stk_rule_is(finding->rule, ignore->id)))
		return true;
	for (size_t i = 0; i < finding->aliases.n; i++)
		if (stk_glob_match(ignore->id, finding->aliases.v[i]))
			return true;
	return false;
}

/* A file of the run as it is called from the settings' folder, or empty when it is not below that. */
static struct stk_str from_settings(struct stk_arena *arena, const struct stk_ignore *ignore, struct stk_str file)
{
	if (!ignore->folder.n || !file.n)
		return S("");
	struct stk_str path = stk_path_clean(
		arena, stk_str_starts(file, S("/"))
			       ? file
			       : stk_arena_printf(arena, STK_FMT "/" STK_FMT, STK_ARG(ignore->here), STK_ARG(file)));
	struct stk_str above = stk_str_strip_suffix(ignore->folder, S("/"));
	if (!stk_str_starts(path, above) || path.n <= above.n || path.p[above.n] != '/')
		return S("");
	return stk_str_slice(path, above.n + 1, path.n);
}

/* Whatever a reader would call the finding's place: the file, the path in an image, the target,
   the package's file. Without paths an entry holds everywhere. */
static bool matches_path(struct stk_arena *arena, const struct stk_ignore *ignore, const struct stk_finding *finding,
			 const struct stk_target *target)
{
	const struct stk_location *at = &finding->location;
	struct stk_str stands = at->file.n ? at->file : target->name;
	if (!stk_str_starts(stands, ignore->below) && !stk_str_eq(stands, stk_str_strip_suffix(ignore->below, S("/"))))
		return false;
	if (!ignore->paths.n)
		return true;
	const struct stk_str places[] = { at->file,
					  at->path,
					  target->name,
					  finding->vulnerability ? finding->vulnerability->package->path : S(""),
					  from_settings(arena, ignore, at->file),
					  from_settings(arena, ignore, target->name) };
	for (size_t i = 0; i < ignore->paths.n; i++)
		for (size_t k = 0; k < STK_LEN(places); k++)
			if (places[k].n && stk_glob_match(stk_str_strip_prefix(ignore->paths.v[i], S("/")),
							  stk_str_strip_prefix(places[k], S("/"))))
				return true;
	return false;
}

/* A purl without a version stands for all versions; qualifiers are not compared. */
static bool matches_purl(struct stk_str wanted, struct stk_str purl)
{
	wanted = stk_str_cut(&wanted, '?');
	purl = stk_str_cut(&purl, '?');
	size_t at = stk_str_rfind_byte(wanted, '@');
	return stk_str_eq(wanted, at == SIZE_MAX ? stk_str_slice(purl, 0, stk_str_rfind_byte(purl, '@')) : purl);
}

static bool matches_package(const struct stk_ignore *ignore, const struct stk_finding *finding)
{
	if (!ignore->packages.n)
		return true;
	for (size_t i = 0; finding->vulnerability && i < ignore->packages.n; i++) {
		struct stk_str wanted = ignore->packages.v[i];
		if (stk_glob_match(wanted, finding->vulnerability->package->name) ||
		    matches_purl(wanted, finding->vulnerability->package->purl))
			return true;
	}
	return false;
}

static void suppress(struct stk_report *report, struct stk_finding *finding, const struct stk_ignore *ignore)
{
	finding->suppressed = STK_NEW(report->arena, struct stk_suppression, 1);
	finding->suppressed->by =
		ignore->line ? stk_arena_printf(report->arena, STK_FMT ":%u", STK_ARG(ignore->file), ignore->line)
			     : ignore->file;
	finding->suppressed->reason = ignore->reason;
	finding->suppressed->expires = ignore->expires_text;
}

static void report_expired(struct stk_report *report, const struct stk_ignore *ignore, size_t target)
{
	struct stk_finding *finding = stk_report_add(report, &rows[0], target);
	finding->location = (struct stk_location){ .file = ignore->file, .line = ignore->line };
	finding->message = stk_arena_printf(report->arena, "the ignore of " STK_FMT " expired on " STK_FMT,
					    STK_ARG(ignore->id), STK_ARG(ignore->expires_text));
}

void stk_ignores_apply(const struct stk_ignores *ignores, struct stk_report *report, int64_t now)
{
	/* Expired entries add findings, which no entry can hide. */
	size_t n = report->findings.n;
	for (size_t k = 0; k < ignores->n; k++) {
		const struct stk_ignore *ignore = &ignores->v[k];
		bool expired = ignore->expires && now >= ignore->expires, said = false;
		for (size_t i = 0; i < n; i++) {
			struct stk_finding *finding = &report->findings.v[i];
			if (finding->suppressed || !matches_id(ignore, finding) || !matches_package(ignore, finding) ||
			    !matches_path(report->arena, ignore, finding, &report->targets.v[finding->target]))
				continue;
			if (!expired)
				suppress(report, finding, ignore);
			else if (!said)
				report_expired(report, ignore, finding->target);
			said = true;
		}
	}
}
