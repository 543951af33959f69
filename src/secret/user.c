/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of the user's from two forms into one. Gitleaks (its config/gitleaks.toml): rules, allowlists,
 * extend.disabledRules. A rule with the name of one of the catalogue's takes
 * its place.
 */
#include "secret/user_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "text/toml.h"
#include "base/banned.h"

int stk_secret_code_add(struct stk_arena *arena, struct stk_secret_rules *rules, struct stk_secret_codes *to,
			struct stk_str regex, struct stk_err *err)
{
	int number;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)regex.p, regex.n, PCRE2_NEVER_UTF, &number, &at, NULL);
	if (!code) {
		PCRE2_UCHAR text[200];
		pcre2_get_error_message(number, text, sizeof(text));
		return stk_fail(err, STK_EUSAGE, "regular expression \"" STK_FMT "\", byte %zu: %s", STK_ARG(regex),
				(size_t)at, (const char *)text);
	}
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	*STK_PUSH(arena, to) = code;
	*STK_PUSH(arena, &rules->owned) = code;
	return 0;
}

static int add_codes(struct stk_arena *arena, struct stk_secret_rules *rules, struct stk_secret_codes *to,
		     const struct stk_strs *regexes, struct stk_err *err)
{
	for (size_t i = 0; i < regexes->n; i++)
		if (stk_secret_code_add(arena, rules, to, regexes->v[i], err) < 0)
			return -1;
	return 0;
}

/* "Two Words,x" as the catalogue writes keywords: lower case, a space between them and \037 inside. */
static const char *join_keywords(struct stk_arena *arena, const struct stk_strs *words)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < words->n; i++) {
		if (!words->v[i].n)
			continue;
		if (out.n)
			stk_buf_byte(&out, ' ');
		for (size_t k = 0; k < words->v[i].n; k++)
			stk_buf_byte(&out, words->v[i].p[k] == ' ' ? '\037' : stk_lower(words->v[i].p[k]));
	}
	return out.n ? stk_arena_str(arena, stk_buf_str(&out)).p : NULL;
}

static const char *text_or_null(struct stk_arena *arena, struct stk_str s)
{
	return s.n ? stk_arena_str(arena, s).p : NULL;
}

int stk_secret_rules_add(struct stk_arena *arena, const struct stk_secret_draft *draft, struct stk_secret_rules *out,
			 struct stk_err *err)
{
	enum stk_severity severity = STK_SEV_HIGH;
	enum stk_confidence confidence = STK_CONFIDENCE_HIGH;
	if (!draft->id.n)
		return stk_fail(err, STK_EUSAGE, "a secret rule needs an id");
	if (!draft->regex.n && !draft->path.n)
		return stk_fail(err, STK_EUSAGE, "secret rule \"" STK_FMT "\" needs a regex or a path",
				STK_ARG(draft->id));
	if (draft->severity.n && !stk_severity_parse(draft->severity, &severity))
		return stk_fail(err, STK_EUSAGE, "secret rule \"" STK_FMT "\": \"" STK_FMT "\" is no severity",
				STK_ARG(draft->id), STK_ARG(draft->severity));
	if (draft->confidence.n && !stk_confidence_parse(draft->confidence, &confidence))
		return stk_fail(err, STK_EUSAGE, "secret rule \"" STK_FMT "\": confidence is low, medium or high",
				STK_ARG(draft->id));
	if (draft->group < 0 || draft->group > 15)
		return stk_fail(err, STK_EUSAGE, "secret rule \"" STK_FMT "\": the group is a number from 0 to 15",
				STK_ARG(draft->id));
	struct stk_rule *row = STK_NEW(arena, struct stk_rule, 1);
	struct stk_secret_rule *rule = STK_NEW(arena, struct stk_secret_rule, 1);
	*row = (struct stk_rule){
		.id = stk_arena_str(arena, draft->id).p,
		.layer = STK_LAYER_SECRETS,
		.severity = severity,
		.title = draft->title.n ? stk_arena_str(arena, draft->title).p : stk_arena_str(arena, draft->id).p,
		.why = "A rule of this project says that this is a secret.",
		.remedy = "Replace it, and hand the new one over at run time.",
	};
	*rule = (struct stk_secret_rule){
		.row = row,
		.confidence = confidence,
		.regex = text_or_null(arena, draft->regex),
		.paths = text_or_null(arena, draft->path),
		.keywords = join_keywords(arena, &draft->keywords),
		.priority = 100,
		.entropy = (float)draft->entropy,
		.group = (unsigned)draft->group,
		.extra = draft->extra,
	};
	*STK_PUSH(arena, out) = rule;
	*STK_PUSH(arena, &out->disabled) = stk_str_from(row->id);
	return 0;
}

static struct stk_strs json_strings(struct stk_arena *arena, const struct stk_json *table, const char *key)
{
	struct stk_strs out = { 0 };
	const struct stk_json *list = stk_json_list(table, key);
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].type == STK_JSON_STRING)
			*STK_PUSH(arena, &out) = list->items[i].text;
	return out;
}

static int finish_allow(struct stk_arena *arena, struct stk_secret_rules *rules, struct stk_secret_allow *allow,
			const struct stk_strs *paths, const struct stk_strs *regexes, struct stk_str target,
			struct stk_err *err)
{
	if (target.n && !stk_str_is(target, "secret") && !stk_str_is(target, "match") && !stk_str_is(target, "line"))
		return stk_fail(err, STK_EUSAGE, "an allow list's target is secret, match or line, not \"" STK_FMT "\"",
				STK_ARG(target));
	allow->target = stk_str_is(target, "line")    ? STK_ALLOW_IN_LINE
			: stk_str_is(target, "match") ? STK_ALLOW_IN_MATCH
						      : STK_ALLOW_IN_SECRET;
	return add_codes(arena, rules, &allow->paths, paths, err) < 0
		       ? -1
		       : add_codes(arena, rules, &allow->regexes, regexes, err);
}

static int gitleaks_allow(struct stk_arena *arena, const struct stk_json *table, struct stk_secret_rules *rules,
			  struct stk_secret_allows *out, struct stk_err *err)
{
	struct stk_secret_allow *allow = STK_PUSH(arena, out);
	struct stk_strs paths = json_strings(arena, table, "paths"), regexes = json_strings(arena, table, "regexes");
	allow->description = stk_json_str(table, "description");
	allow->stopwords = json_strings(arena, table, "stopwords");
	allow->commits = json_strings(arena, table, "commits");
	allow->rules = json_strings(arena, table, "targetRules");
	allow->all = stk_str_is(stk_json_str(table, "condition"), "AND") ||
		     stk_str_is(stk_json_str(table, "condition"), "&&");
	return finish_allow(arena, rules, allow, &paths, &regexes, stk_json_str(table, "regexTarget"), err);
}

/* [allowlist] of older configurations, [[allowlists]] of newer ones. */
static int gitleaks_allows(struct stk_arena *arena, const struct stk_json *table, struct stk_secret_rules *rules,
			   struct stk_secret_allows *out, struct stk_err *err)
{
	const struct stk_json *one = stk_json_get(table, "allowlist"), *many = stk_json_list(table, "allowlists");
	if (one && gitleaks_allow(arena, one, rules, out, err) < 0)
		return -1;
	for (size_t i = 0; i < many->n; i++)
		if (gitleaks_allow(arena, &many->items[i], rules, out, err) < 0)
			return -1;
	return 0;
}

static int gitleaks_rule(struct stk_arena *arena, const struct stk_json *table, struct stk_secret_rules *out,
			 struct stk_err *err)
{
	const struct stk_json *entropy = stk_json_get(table, "entropy");
	struct stk_secret_draft draft = {
		.id = stk_json_str(table, "id"),
		.title = stk_json_str(table, "description"),
		.regex = stk_json_str(table, "regex"),
		.path = stk_json_str(table, "path"),
		.keywords = json_strings(arena, table, "keywords"),
		.entropy = entropy ? entropy->number : 0,
		.group = stk_json_int(table, "secretGroup"),
		.extra = STK_NEW(arena, struct stk_secret_extra, 1),
	};
	/* With [extend], a table that only names a known rule adds allow lists to it. */
	if (draft.id.n && !draft.regex.n && !draft.path.n) {
		size_t first = out->allows.n;
		if (gitleaks_allows(arena, table, out, &out->allows, err) < 0)
			return -1;
		for (size_t i = first; i < out->allows.n; i++)
			*STK_PUSH(arena, &out->allows.v[i].rules) = draft.id;
		return 0;
	}
	if (gitleaks_allows(arena, table, out, &draft.extra->allows, err) < 0)
		return stk_within(err, "secret rule \"" STK_FMT "\"", STK_ARG(draft.id));
	return stk_secret_rules_add(arena, &draft, out, err);
}

int stk_secret_rules_read_gitleaks(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				   struct stk_secret_rules *out, struct stk_err *err)
{
	struct stk_json *root;
	if (stk_toml_parse(arena, text, &root, err) < 0) {
		if (err)
			err->code = STK_EUSAGE;
		return stk_within(err, STK_FMT, STK_ARG(file));
	}
	const struct stk_json *extend = stk_json_get(root, "extend"), *rules = stk_json_list(root, "rules");
	struct stk_strs disabled = json_strings(arena, extend, "disabledRules");
	for (size_t i = 0; i < disabled.n; i++)
		*STK_PUSH(arena, &out->disabled) = disabled.v[i];
	for (size_t i = 0; i < rules->n; i++)
		if (gitleaks_rule(arena, &rules->items[i], out, err) < 0)
			return stk_within(err, STK_FMT, STK_ARG(file));
	return gitleaks_allows(arena, root, out, &out->allows, err) < 0 ? stk_within(err, STK_FMT, STK_ARG(file)) : 0;
}

struct stk_strs stk_secret_yaml_strings(struct stk_arena *arena, const struct stk_yaml *map, const char *key)
{
	const struct stk_yaml *node = stk_yaml_get(map, key);
	struct stk_strs out = { 0 };
	if (node && node->type == STK_YAML_SCALAR && !stk_yaml_is_null(node))
		*STK_PUSH(arena, &out) = node->text;
	for (size_t i = 0; node && node->type == STK_YAML_LIST && i < node->n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&node->items[i]);
		if (item && item->type == STK_YAML_SCALAR)
			*STK_PUSH(arena, &out) = item->text;
	}
	return out;
}

static struct stk_str alternatives(struct stk_arena *arena, const struct stk_strs *regexes)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < regexes->n; i++)
		stk_buf_printf(&out, "%s(?:" STK_FMT ")", i ? "|" : "", STK_ARG(regexes->v[i]));
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* A misspelt key would quietly switch a rule or an exception off: it is an error. */
static int check_keys(const struct stk_yaml *map, const char *const *known, size_t n, struct stk_str file,
		      struct stk_err *err)
{
	if (!map || map->type != STK_YAML_MAP)
		return stk_fail(err, STK_EUSAGE, STK_FMT ":%u:%u: a mapping is wanted here", STK_ARG(file),
				map ? map->line : 1, map ? map->column : 1);
	for (size_t i = 0; i < map->n; i++) {
		bool found = false;
		for (size_t k = 0; k < n; k++)
			found |= stk_str_is(map->keys[i].text, known[k]);
		if (!found)
			return stk_fail(err, STK_EUSAGE, STK_FMT ":%u:%u: \"" STK_FMT "\" means nothing here",
					STK_ARG(file), map->keys[i].line, map->keys[i].column,
					STK_ARG(map->keys[i].text));
	}
	return 0;
}

static int yaml_number(const struct stk_yaml *map, const char *key, double *out, struct stk_str file,
		       struct stk_err *err)
{
	const struct stk_yaml *node = stk_yaml_get(map, key);
	char text[32], *end;
	if (!node)
		return 0;
	size_t n = node->text.n < sizeof(text) - 1 ? node->text.n : 0;
	memcpy(text, node->text.p, n);
	text[n] = 0;
	*out = strtod(text, &end);
	if (node->type != STK_YAML_SCALAR || !n || *end)
		return stk_fail(err, STK_EUSAGE, STK_FMT ":%u:%u: %s is a number", STK_ARG(file), node->line,
				node->column, key);
	return 0;
}

static int yaml_rule(struct stk_arena *arena, const struct stk_yaml *map, struct stk_str file,
		     struct stk_secret_rules *out, struct stk_err *err)
{
	static const char *const keys[] = { "id",	"title",      "regex",	 "paths", "keywords",
					    "severity", "confidence", "entropy", "group" };
	double entropy = 0, group = 0;
	if (check_keys(map, keys, STK_LEN(keys), file, err) < 0 ||
	    yaml_number(map, "entropy", &entropy, file, err) < 0 || yaml_number(map, "group", &group, file, err) < 0)
		return -1;
	struct stk_strs paths = stk_secret_yaml_strings(arena, map, "paths");
	struct stk_secret_draft draft = {
		.id = stk_yaml_str(map, "id"),
		.title = stk_yaml_str(map, "title"),
		.regex = stk_yaml_str(map, "regex"),
		.path = alternatives(arena, &paths),
		.severity = stk_yaml_str(map, "severity"),
		.confidence = stk_yaml_str(map, "confidence"),
		.keywords = stk_secret_yaml_strings(arena, map, "keywords"),
		.entropy = entropy,
		.group = group >= 0 && group < 100 ? (int64_t)group : -1,
		.extra = STK_NEW(arena, struct stk_secret_extra, 1),
	};
	return stk_secret_rules_add(arena, &draft, out, err) < 0
		       ? stk_within(err, STK_FMT ":%u", STK_ARG(file), map->line)
		       : 0;
}

/* A shortened id would name no commit, and the exception would quietly mean nothing. */
static int check_commits(const struct stk_strs *commits, struct stk_err *err)
{
	for (size_t i = 0; i < commits->n; i++) {
		bool good = commits->v[i].n == 40;
		for (size_t k = 0; good && k < 40; k++)
			good = stk_is_xdigit(commits->v[i].p[k]);
		if (!good)
			return stk_fail(err, STK_EUSAGE,
					"a commit is 40 hexadecimal digits, which \"" STK_FMT "\" is not",
					STK_ARG(commits->v[i]));
	}
	return 0;
}

static int yaml_allow(struct stk_arena *arena, const struct stk_yaml *map, struct stk_str file,
		      struct stk_secret_rules *out, struct stk_err *err)
{
	static const char *const keys[] = { "description", "paths", "regexes", "stopwords",
					    "commits",	   "rules", "target",  "all" };
	if (check_keys(map, keys, STK_LEN(keys), file, err) < 0)
		return -1;
	struct stk_secret_allow *allow = STK_PUSH(arena, &out->allows);
	struct stk_strs paths = stk_secret_yaml_strings(arena, map, "paths"),
			regexes = stk_secret_yaml_strings(arena, map, "regexes");
	allow->description = stk_yaml_str(map, "description");
	allow->stopwords = stk_secret_yaml_strings(arena, map, "stopwords");
	allow->commits = stk_secret_yaml_strings(arena, map, "commits");
	allow->rules = stk_secret_yaml_strings(arena, map, "rules");
	stk_yaml_bool(stk_yaml_get(map, "all"), &allow->all);
	if (check_commits(&allow->commits, err) < 0)
		return stk_within(err, STK_FMT ":%u", STK_ARG(file), map->line);
	return finish_allow(arena, out, allow, &paths, &regexes, stk_yaml_str(map, "target"), err) < 0
		       ? stk_within(err, STK_FMT ":%u", STK_ARG(file), map->line)
		       : 0;
}

int stk_secret_rules_read_yaml(struct stk_arena *arena, const struct stk_yaml *section, struct stk_str file,
			       struct stk_secret_rules *out, struct stk_err *err)
{
	static const char *const keys[] = { "rules", "allow", "disable" };
	if (check_keys(section, keys, STK_LEN(keys), file, err) < 0)
		return -1;
	const struct stk_yaml *rules = stk_yaml_get(section, "rules"), *allow = stk_yaml_get(section, "allow");
	struct stk_strs disabled = stk_secret_yaml_strings(arena, section, "disable");
	for (size_t i = 0; i < disabled.n; i++)
		*STK_PUSH(arena, &out->disabled) = disabled.v[i];
	for (size_t i = 0; rules && rules->type == STK_YAML_LIST && i < rules->n; i++)
		if (yaml_rule(arena, stk_yaml_follow(&rules->items[i]), file, out, err) < 0)
			return -1;
	for (size_t i = 0; allow && allow->type == STK_YAML_LIST && i < allow->n; i++)
		if (yaml_allow(arena, stk_yaml_follow(&allow->items[i]), file, out, err) < 0)
			return -1;
	return 0;
}

void stk_secret_rules_free(struct stk_secret_rules *rules)
{
	for (size_t i = 0; i < rules->owned.n; i++)
		pcre2_code_free(rules->owned.v[i]);
	rules->owned.n = 0;
}
