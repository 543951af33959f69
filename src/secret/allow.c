/* SPDX-License-Identifier: Apache-2.0 */
/* The user's allow lists, as Gitleaks defines them: within a list any part suffices, or all of them with condition =
 * "AND". */
#include "secret/user.h"

#include "base/banned.h"

static bool any_matches(const struct stk_secret_codes *codes, struct stk_str text)
{
	pcre2_match_data *match = codes->n ? pcre2_match_data_create(1, NULL) : NULL;
	bool found = false;
	for (size_t i = 0; match && i < codes->n && !found; i++)
		found = pcre2_match(codes->v[i], (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, match, NULL) >= 0;
	pcre2_match_data_free(match);
	return found;
}

static bool has_stopword(const struct stk_strs *words, struct stk_str secret)
{
	for (size_t i = 0; i < words->n; i++)
		if (stk_str_contains_nocase(secret, words->v[i]))
			return true;
	return false;
}

static bool concerns(const struct stk_secret_allow *allow, const struct stk_secret_rule *rule)
{
	for (size_t i = 0; i < allow->rules.n; i++)
		if (stk_rule_is(rule->row, allow->rules.v[i]))
			return true;
	return !allow->rules.n;
}

/* A part of a list: is it stated, and does it say yes? */
struct part {
	bool stated, met;
};

static bool decide(const struct stk_secret_allow *allow, const struct part *parts, size_t n)
{
	bool any = false, every = true;
	for (size_t i = 0; i < n; i++) {
		any |= parts[i].stated && parts[i].met;
		every &= !parts[i].stated || parts[i].met;
	}
	return any && (!allow->all || every);
}

/* A commit is not known yet: a list that insists on one says no, until stk_secret_conditions_hold. */
static bool allows(const struct stk_secret_allow *allow, struct stk_str path, struct stk_str target,
		   struct stk_str secret)
{
	const struct part parts[] = {
		{ allow->paths.n > 0, any_matches(&allow->paths, path) },
		{ allow->regexes.n > 0, any_matches(&allow->regexes, target) },
		{ allow->stopwords.n > 0, has_stopword(&allow->stopwords, secret) },
		{ allow->commits.n > 0, false },
	};
	return decide(allow, parts, STK_LEN(parts));
}

static bool has_commit(const struct stk_strs *commits, struct stk_str commit)
{
	for (size_t i = 0; i < commits->n && commit.n; i++)
		if (stk_str_eq_nocase(commits->v[i], commit))
			return true;
	return false;
}

static struct stk_str target_of(const struct stk_secret_allow *allow, struct stk_str line, struct stk_str match,
				struct stk_str secret)
{
	return allow->target == STK_ALLOW_IN_LINE ? line : allow->target == STK_ALLOW_IN_MATCH ? match : secret;
}

void stk_secret_allows_defer(struct stk_arena *arena, const struct stk_secret_allows *list,
			     const struct stk_secret_rule *rule, struct stk_str line, struct stk_str secret,
			     struct stk_secret_conditions *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_secret_allow *allow = &list->v[i];
		if ((!allow->commits.n && !allow->paths.n) || !concerns(allow, rule))
			continue;
		bool met =
			(!allow->regexes.n || any_matches(&allow->regexes, target_of(allow, line, secret, secret))) &&
			(!allow->stopwords.n || has_stopword(&allow->stopwords, secret));
		*STK_PUSH(arena, out) = (struct stk_secret_condition){ allow, met };
	}
}

bool stk_secret_conditions_hold(const struct stk_secret_conditions *conditions, struct stk_str commit,
				struct stk_str path)
{
	for (size_t i = 0; i < conditions->n; i++) {
		const struct stk_secret_allow *allow = conditions->v[i].allow;
		const struct part parts[] = {
			{ allow->paths.n > 0, path.n && any_matches(&allow->paths, path) },
			{ allow->commits.n > 0, has_commit(&allow->commits, commit) },
		};
		if (decide(allow, parts, STK_LEN(parts)) && (!allow->all || conditions->v[i].met))
			return true;
	}
	return false;
}

bool stk_secret_allows_hit(const struct stk_secret_allows *list, const struct stk_secret_rule *rule,
			   struct stk_str path, struct stk_str line, struct stk_str match, struct stk_str secret)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_secret_allow *allow = &list->v[i];
		if (concerns(allow, rule) && allows(allow, path, target_of(allow, line, match, secret), secret))
			return true;
	}
	return false;
}

static bool covers(const pcre2_code *code, struct stk_str text, size_t at, size_t n)
{
	pcre2_match_data *match = pcre2_match_data_create(1, NULL);
	PCRE2_SIZE from = 0;
	bool found = false;
	while (match && !found && from <= at &&
	       pcre2_match(code, (PCRE2_SPTR)text.p, text.n, from, 0, match, NULL) >= 0) {
		const PCRE2_SIZE *span = pcre2_get_ovector_pointer(match);
		found = span[0] <= at && at + n <= span[1];
		from = span[1] > from ? span[1] : from + 1;
	}
	pcre2_match_data_free(match);
	return found;
}

bool stk_secret_allows_block(const struct stk_secret_allows *list, const struct stk_secret_rule *rule,
			     struct stk_str text, size_t at, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->v[i].blocks.n; k++)
			if (concerns(&list->v[i], rule) && covers(list->v[i].blocks.v[k], text, at, n))
				return true;
	return false;
}

bool stk_secret_allows_path(const struct stk_secret_allows *list, struct stk_str path)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_secret_allow *allow = &list->v[i];
		bool paths_suffice = !allow->all || (!allow->regexes.n && !allow->stopwords.n && !allow->commits.n);
		if (!allow->rules.n && paths_suffice && any_matches(&allow->paths, path))
			return true;
	}
	return false;
}
