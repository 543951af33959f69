/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The engine's own parts: engine.c (rules and expressions), hyperscan.c (the pattern databases
 * that were compiled with the program), keyword.c (what stands in for them where this machine
 * cannot use those). Both look for the same keywords.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "secret/engine.h"

/* Shared by threads; only `codes` and `path_codes` change, each once, from NULL. */
struct stk_secret_engine {
	struct stk_arena arena;
	struct stk_secret_options options;
	const struct stk_secret_rule **rules; /* the catalogue's, then the user's */
	size_t n;
	_Atomic(pcre2_code *) *codes; /* one a rule */
	_Atomic(pcre2_code *) *path_codes;
	pthread_mutex_t mutex;	       /* while an expression is compiled */
	pcre2_code *any_path;	       /* any rule's path expression, where there is no path_database */
	const void *database;	       /* of Hyperscan, or NULL */
	bool *in_database;	       /* rules it holds; the others are found by keyword */
	const void *path_database;     /* there when database is */
	bool *in_path_database;	       /* rules whose path it matches */
	struct stk_secret_paths alone; /* rules with a path that no database matches: they are tried one by one */
	struct stk_keywords *keywords; /* of the rules that look everywhere and are not in the database */
	char name[64];
};

/* hyperscan.c: the embedded databases for the catalogue. Returns false when they cannot be used here. */
bool stk_secret_hyperscan_open(struct stk_secret_engine *engine);
void stk_secret_hyperscan_scratch_free(void *scratch);
void stk_secret_hyperscan_match(struct stk_secret_matcher *matcher, struct stk_str text);
/* Calls stk_secret_path_hit() for each rule whose path expression matches. */
void stk_secret_hyperscan_match_path(struct stk_secret_matcher *matcher, struct stk_str path);
/* Takes down a rule that the path at hand brings in; once, however often it is told. */
void stk_secret_path_hit(struct stk_secret_matcher *matcher, uint32_t rule);

/* keyword.c: an Aho-Corasick automaton over the rules' keywords; rules without any are tried on the whole text. */
struct stk_keywords *stk_keywords_new(struct stk_arena *arena, const struct stk_secret_engine *engine);
void stk_keywords_match(const struct stk_keywords *keywords, struct stk_secret_matcher *matcher, struct stk_str text);

/* A keyword of the rule stands at [begin, end) of the text that is being searched: where a match may begin becomes a
 * hit, if the keyword is followed by what the rule wants. */
void stk_secret_keyword_hit(struct stk_secret_matcher *matcher, uint32_t rule, size_t begin, size_t end);
/* The earliest place at which a match may begin whose keyword stands at text.p[keyword]. */
size_t stk_secret_earliest(const struct stk_secret_rule *rule, struct stk_str text, size_t keyword);
/* Adds the stretch [begin, end] to a rule's hits; overlapping ones grow together. */
void stk_secret_hit(struct stk_secret_matcher *matcher, uint32_t rule, size_t begin, size_t end);
