/* SPDX-License-Identifier: Apache-2.0 */
/* OSV schema 1.7. Readers take what they understand: a member of another type counts as absent. */
#include "advisory/osv.h"

#include "advisory/ecosystem.h"
#include "base/time.h"
#include "base/banned.h"

static void read_strings(struct stk_arena *arena, const struct stk_json *list, struct stk_strs *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].type == STK_JSON_STRING)
			*STK_PUSH(arena, out) = list->items[i].text;
}

static int64_t read_time(const struct stk_json *json, const char *key)
{
	int64_t seconds = 0;
	/* Go's zero time, "0001-01-01T00:00:00Z", says that nothing is known. */
	return stk_time_parse(stk_json_str(json, key), &seconds) && seconds > 0 ? seconds : 0;
}

static void read_severities(struct stk_arena *arena, const struct stk_json *list, struct stk_osv_severities *out)
{
	for (size_t i = 0; i < list->n; i++) {
		struct stk_osv_severity one = { stk_json_str(&list->items[i], "type"),
						stk_json_str(&list->items[i], "score") };
		if (one.score.n)
			*STK_PUSH(arena, out) = one;
	}
}

static enum stk_range_type range_type(struct stk_str name)
{
	static const char *const names[] = { "ECOSYSTEM", "SEMVER", "GIT" };
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (stk_str_is(name, names[i]))
			return (enum stk_range_type)i;
	return STK_RANGE_OTHER;
}

/* Each event is an object of one member; a careless one may hold several. */
static void read_event(struct stk_arena *arena, const struct stk_json *json, struct stk_osv_range *out)
{
	static const char *const names[STK_EVENT_KINDS] = { "introduced", "fixed", "last_affected", "limit" };
	for (size_t kind = 0; kind < STK_EVENT_KINDS; kind++) {
		struct stk_str version = stk_json_str(json, names[kind]);
		if (version.n)
			*STK_PUSH(arena, &out->events) = (struct stk_osv_event){ (enum stk_event_kind)kind, version };
	}
}

static struct stk_str vendor_word(const struct stk_json *affected)
{
	/* Where distributions put their own severity: Debian "urgency", Ubuntu
	   "ubuntu_priority" or "priority", others "severity". */
	static const char *const members[] = { "ecosystem_specific", "database_specific" };
	static const char *const keys[] = { "urgency", "ubuntu_priority", "severity", "priority" };
	for (size_t m = 0; m < STK_LEN(members); m++)
		for (size_t k = 0; k < STK_LEN(keys); k++) {
			struct stk_str word = stk_json_str(stk_json_get(affected, members[m]), keys[k]);
			if (word.n)
				return word;
		}
	return S("");
}

void stk_osv_read_affected(struct stk_arena *arena, const struct stk_json *json, struct stk_osv_affected *out)
{
	const struct stk_json *ranges = stk_json_list(json, "ranges"), *package = stk_json_get(json, "package");
	*out = (struct stk_osv_affected){ .ecosystem = stk_json_str(package, "ecosystem"),
					  .name = stk_json_str(package, "name") };
	for (size_t i = 0; i < ranges->n; i++) {
		const struct stk_json *events = stk_json_list(&ranges->items[i], "events");
		struct stk_osv_range *range = STK_PUSH(arena, &out->ranges);
		range->type = range_type(stk_json_str(&ranges->items[i], "type"));
		for (size_t k = 0; k < events->n; k++)
			read_event(arena, &events->items[k], range);
	}
	read_strings(arena, stk_json_list(json, "versions"), &out->versions);
	read_severities(arena, stk_json_list(json, "severity"), &out->severities);
	out->word = vendor_word(json);
}

static void read_cwes(struct stk_arena *arena, const struct stk_json *json, struct stk_strs *out)
{
	const struct stk_json *specific = stk_json_get(json, "database_specific");
	const struct stk_json *ids = stk_json_list(specific, "cwe_ids"), *cwes = stk_json_list(specific, "cwes");
	read_strings(arena, ids, out);
	for (size_t i = 0; !ids->n && i < cwes->n; i++) {
		struct stk_str id = stk_json_str(&cwes->items[i], "cweId");
		if (id.n)
			*STK_PUSH(arena, out) = id;
	}
}

int stk_osv_read(struct stk_arena *arena, const struct stk_json *json, struct stk_osv *out, struct stk_err *err)
{
	const struct stk_json *affected = stk_json_list(json, "affected"),
			      *references = stk_json_list(json, "references");
	*out = (struct stk_osv){ .id = stk_json_str(json, "id") };
	if (!out->id.n)
		return stk_fail(err, STK_EFORMAT, "no OSV record: it has no \"id\"");
	out->summary = stk_json_str(json, "summary");
	out->details = stk_json_str(json, "details");
	out->word = stk_json_str(stk_json_get(json, "database_specific"), "severity");
	out->published = read_time(json, "published");
	out->modified = read_time(json, "modified");
	out->withdrawn = stk_json_str(json, "withdrawn").n > 0;
	read_strings(arena, stk_json_list(json, "aliases"), &out->aliases);
	read_strings(arena, stk_json_list(json, "upstream"), &out->upstream);
	read_strings(arena, stk_json_list(json, "related"), &out->related);
	read_severities(arena, stk_json_list(json, "severity"), &out->severities);
	read_cwes(arena, json, &out->cwes);
	for (size_t i = 0; i < references->n; i++)
		if (stk_json_str(&references->items[i], "url").n)
			*STK_PUSH(arena, &out->references) = stk_json_str(&references->items[i], "url");
	for (size_t i = 0; i < affected->n; i++)
		stk_osv_read_affected(arena, &affected->items[i], STK_PUSH(arena, &out->affected));
	return 0;
}

enum stk_verdict stk_osv_judge(const struct stk_osv_affected *affected, struct stk_str version, struct stk_str *fix)
{
	const struct stk_ecosystem *ecosystem = stk_ecosystem_find(affected->ecosystem);
	struct stk_judge judge = stk_judge_begin(ecosystem ? ecosystem->scheme : STK_SCHEME_COUNT, version);
	for (size_t i = 0; i < affected->versions.n; i++)
		stk_judge_listed(&judge, affected->versions.v[i]);
	for (size_t i = 0; i < affected->ranges.n; i++) {
		const struct stk_osv_range *range = &affected->ranges.v[i];
		stk_judge_range(&judge, range->type);
		for (size_t k = 0; k < range->events.n; k++)
			stk_judge_event(&judge, range->events.v[k].kind, range->events.v[k].version);
	}
	return stk_judge_end(&judge, fix);
}
