/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rules and allow lists of the user's: the `secrets:` section of .strake.yaml, and Gitleaks
 * configurations. They become rows like the catalogue's (catalogue.h), so that the engine knows
 * one kind of rule.
 *
 * Expressions are compiled when they are read: a wrong one is an error with its place before
 * anything is scanned.
 */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "base/err.h"
#include "secret/catalogue.h"
#include "text/yaml.h"

enum stk_secret_allow_target { STK_ALLOW_IN_SECRET, STK_ALLOW_IN_MATCH, STK_ALLOW_IN_LINE };

struct stk_secret_codes {
	pcre2_code **v;
	size_t n, cap;
};

/* One allow list: a finding is allowed when any of its parts says so, or all of them when `all` is set. */
struct stk_secret_allow {
	struct stk_str description;
	struct stk_secret_codes paths, regexes;
	struct stk_secret_codes blocks; /* what stands inside a stretch of text that they match; alone in its list */
	struct stk_strs stopwords;	/* case folded, anywhere in the secret */
	struct stk_strs commits;	/* 40 hexadecimal digits: what these brought into a repository */
	struct stk_strs rules;		/* only for these rules; empty: all */
	enum stk_secret_allow_target target;
	bool all;
};
struct stk_secret_allows {
	struct stk_secret_allow *v;
	size_t n, cap;
};

/* What a rule of the user's has beyond a row of the catalogue. */
struct stk_secret_extra {
	struct stk_secret_allows allows;
};

struct stk_secret_rules {
	const struct stk_secret_rule **v;
	size_t n, cap;
	struct stk_secret_codes owned;	 /* every expression of the allow lists, to be freed */
	struct stk_secret_allows allows; /* for every rule */
	struct stk_strs disabled;	 /* ids or aliases of rules that are switched off */
	struct stk_strs only;		 /* of the catalogue's rules these alone; empty: all */
	struct stk_strs notices;	 /* what users should hear of their files */
};

/* A [[rules]] table, [[allowlists]], [extend] disabledRules of a Gitleaks configuration. Errors name file and line. */
int stk_secret_rules_read_gitleaks(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				   struct stk_secret_rules *out, struct stk_err *err);
/* secrets: { rules: [{id, regex, title, severity, confidence, keywords, paths, entropy, group}], allow: [{paths,
   regexes, stopwords, commits, rules, target, all}], disable: [id] } */
int stk_secret_rules_read_yaml(struct stk_arena *arena, const struct stk_yaml *section, struct stk_str file,
			       struct stk_secret_rules *out, struct stk_err *err);
/* Trivy's secret configuration (trivy-secret.yaml): rules, allow-rules, enable-builtin-rules, disable-rules,
   disable-allow-rules, exclude-block. Other keys are let pass, as Trivy lets them. */
int stk_secret_rules_read_trivy(struct stk_arena *arena, struct stk_str text, struct stk_str file,
				struct stk_secret_rules *out, struct stk_err *err);
void stk_secret_rules_free(struct stk_secret_rules *rules);

/* Do the lists allow this? */
bool stk_secret_allows_hit(const struct stk_secret_allows *allows, const struct stk_secret_rule *rule,
			   struct stk_str path, struct stk_str line, struct stk_str match, struct stk_str secret);
/* Does the n bytes at `at` of a text stand in a block that one of the lists leaves out for this rule? */
bool stk_secret_allows_block(const struct stk_secret_allows *allows, const struct stk_secret_rule *rule,
			     struct stk_str text, size_t at, size_t n);
/* One list that a finding in a repository's history may yet meet, when its commit is known. */
struct stk_secret_condition {
	const struct stk_secret_allow *allow;
	bool met; /* its expressions and stopwords are, as far as it has some */
};
struct stk_secret_conditions {
	struct stk_secret_condition *v;
	size_t n, cap;
};
/* Adds those of the lists that speak of this rule and have commits or paths. */
void stk_secret_allows_defer(struct stk_arena *arena, const struct stk_secret_allows *allows,
			     const struct stk_secret_rule *rule, struct stk_str line, struct stk_str secret,
			     struct stk_secret_conditions *out);
/* Does one of them allow what this commit (40 digits, or empty) brought in as this file? */
bool stk_secret_conditions_hold(const struct stk_secret_conditions *conditions, struct stk_str commit,
				struct stk_str path);
/* Does a list that has nothing but paths allow this file for every rule? Then it need not be read. */
bool stk_secret_allows_path(const struct stk_secret_allows *allows, struct stk_str path);
