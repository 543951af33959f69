/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trivy's secret configuration. Its rules become rows as Gitleaks' do; an allow rule lets a file pass by its path, or a
 * match by its text, one of the two being enough. Trivy's own allow rules have no counterpart here, so that switching
 * them off needs nothing.
 */
#include "secret/user_private.h"

#include "base/banned.h"

static bool lists(const struct stk_strs *list, struct stk_str id)
{
	for (size_t i = 0; i < list->n; i++)
		if (id.n && stk_str_eq(list->v[i], id))
			return true;
	return false;
}

static int read_allow(struct stk_arena *arena, const struct stk_yaml *map, struct stk_secret_rules *rules,
		      struct stk_secret_allows *out, struct stk_err *err)
{
	struct stk_secret_allow *allow = STK_PUSH(arena, out);
	struct stk_str path = stk_yaml_str(map, "path"), regex = stk_yaml_str(map, "regex");
	*allow = (struct stk_secret_allow){ .description = stk_yaml_str(map, "description"),
					    .target = STK_ALLOW_IN_MATCH };
	if (path.n && stk_secret_code_add(arena, rules, &allow->paths, path, err) < 0)
		return -1;
	return regex.n ? stk_secret_code_add(arena, rules, &allow->regexes, regex, err) : 0;
}

/* allow-rules and exclude-block, of a rule or of all. */
static int read_allows(struct stk_arena *arena, const struct stk_yaml *map, const struct stk_strs *disabled,
		       struct stk_secret_rules *rules, struct stk_secret_allows *out, struct stk_err *err)
{
	const struct stk_yaml *list = stk_yaml_follow(stk_yaml_get(map, "allow-rules"));
	for (size_t i = 0; list && list->type == STK_YAML_LIST && i < list->n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&list->items[i]);
		if (!lists(disabled, stk_yaml_str(item, "id")) && read_allow(arena, item, rules, out, err) < 0)
			return -1;
	}
	const struct stk_yaml *block = stk_yaml_follow(stk_yaml_get(map, "exclude-block"));
	struct stk_strs regexes = stk_secret_yaml_strings(arena, block, "regexes");
	if (!regexes.n)
		return 0;
	struct stk_secret_allow *allow = STK_PUSH(arena, out);
	*allow = (struct stk_secret_allow){ .description = stk_yaml_str(block, "description") };
	for (size_t i = 0; i < regexes.n; i++)
		if (stk_secret_code_add(arena, rules, &allow->blocks, regexes.v[i], err) < 0)
			return -1;
	return 0;
}

/* The number of a named group: 0 when none is named, or none has the name. */
static int find_group(struct stk_arena *arena, struct stk_str regex, struct stk_str name,
		      struct stk_secret_rules *rules, int64_t *out, struct stk_err *err)
{
	struct stk_secret_codes codes = { 0 };
	*out = 0;
	if (!name.n || !regex.n)
		return 0;
	if (stk_secret_code_add(arena, rules, &codes, regex, err) < 0)
		return -1;
	int number = pcre2_substring_number_from_name(codes.v[0], (PCRE2_SPTR)stk_arena_str(arena, name).p);
	if (number < 0)
		return stk_fail(err, STK_EUSAGE, "no group of the regex is called \"" STK_FMT "\"", STK_ARG(name));
	*out = number;
	return 0;
}

static int read_rule(struct stk_arena *arena, const struct stk_yaml *map, const struct stk_strs *disabled,
		     struct stk_secret_rules *out, struct stk_err *err)
{
	struct stk_str severity = stk_yaml_str(map, "severity"), none = { 0 };
	struct stk_secret_draft draft = {
		.id = stk_yaml_str(map, "id"),
		.title = stk_yaml_str(map, "title"),
		.regex = stk_yaml_str(map, "regex"),
		.path = stk_yaml_str(map, "path"),
		.severity = stk_str_eq_nocase(severity, S("unknown")) ? none : severity,
		.keywords = stk_secret_yaml_strings(arena, map, "keywords"),
		.extra = STK_NEW(arena, struct stk_secret_extra, 1),
	};
	if (find_group(arena, draft.regex, stk_yaml_str(map, "secret-group-name"), out, &draft.group, err) < 0 ||
	    read_allows(arena, map, disabled, out, &draft.extra->allows, err) < 0)
		return stk_within(err, "secret rule \"" STK_FMT "\"", STK_ARG(draft.id));
	return stk_secret_rules_add(arena, &draft, out, err);
}

static bool is_known(struct stk_str name)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++)
		if (stk_rule_is(stk_secret_catalogue[i].row, name))
			return true;
	return false;
}

/* Trivy's names of rules are ours for the most part; one that is not would switch on nothing, unseen. */
static void enable(struct stk_arena *arena, const struct stk_strs *names, struct stk_str file,
		   struct stk_secret_rules *out)
{
	for (size_t i = 0; i < names->n; i++) {
		*STK_PUSH(arena, &out->only) = names->v[i];
		if (!is_known(names->v[i]))
			*STK_PUSH(arena, &out->notices) = stk_arena_printf(
				arena, STK_FMT ": enable-builtin-rules: no rule is called \"" STK_FMT "\"",
				STK_ARG(file), STK_ARG(names->v[i]));
	}
}

static int read_document(struct stk_arena *arena, const struct stk_yaml *root, struct stk_str file,
			 struct stk_secret_rules *out, struct stk_err *err)
{
	struct stk_strs enabled = stk_secret_yaml_strings(arena, root, "enable-builtin-rules");
	struct stk_strs disabled = stk_secret_yaml_strings(arena, root, "disable-rules");
	struct stk_strs without = stk_secret_yaml_strings(arena, root, "disable-allow-rules");
	const struct stk_yaml *rules = stk_yaml_follow(stk_yaml_get(root, "rules"));
	enable(arena, &enabled, file, out);
	for (size_t i = 0; i < disabled.n; i++)
		*STK_PUSH(arena, &out->disabled) = disabled.v[i];
	for (size_t i = 0; rules && rules->type == STK_YAML_LIST && i < rules->n; i++) {
		const struct stk_yaml *rule = stk_yaml_follow(&rules->items[i]);
		if (!lists(&disabled, stk_yaml_str(rule, "id")) && read_rule(arena, rule, &without, out, err) < 0)
			return stk_within(err, STK_FMT ":%u", STK_ARG(file), rule->line);
	}
	return read_allows(arena, root, &without, out, &out->allows, err) < 0 ? stk_within(err, STK_FMT, STK_ARG(file))
									      : 0;
}

int stk_secret_rules_read_trivy(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				struct stk_secret_rules *out, struct stk_err *err)
{
	struct stk_yaml_documents documents = { 0 };
	if (stk_yaml_parse(arena, text, &documents, err) < 0) {
		if (err)
			err->code = STK_EUSAGE;
		return stk_within(err, STK_FMT, STK_ARG(file));
	}
	if (!documents.n || stk_yaml_is_null(documents.v[0]))
		return 0;
	if (documents.v[0]->type != STK_YAML_MAP)
		return stk_fail(err, STK_EUSAGE, STK_FMT ": a mapping is wanted here", STK_ARG(file));
	return read_document(arena, documents.v[0], file, out, err);
}
