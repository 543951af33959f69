/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The compiled rules and how a text is matched against them. Private to this folder.
 *
 * Matching is in two steps: stk_secret_match says where which rules may match, by their keywords,
 * quickly and for all rules at once; stk_secret_confirm runs the one rule's expression there and
 * finds the captured secret. A matcher is one thread's memory; the engine is shared and only read, but
 * for expressions that are compiled when they are first needed.
 */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "secret/secret.h"

/* Where a rule may match: look from begin on, for matches that start at or before end. */
struct stk_secret_hit {
	uint32_t rule;
	size_t begin, end;
};

/* Numbers of rules. */
struct stk_secret_paths {
	uint32_t *v;
	size_t n, cap;
};

/* One thread's means of matching. */
struct stk_secret_matcher {
	const struct stk_secret_engine *engine;
	struct {
		struct stk_secret_hit *v;
		size_t n, cap;
	} hits;
	uint32_t *open;			   /* a rule's latest hit + 1 */
	bool *in_path;			   /* which rules the path at hand brings in, and */
	struct stk_secret_paths path_hits; /* the same as a list, on path_arena */
	struct stk_arena *path_arena;
	void *scratch; /* of Hyperscan; NULL until it is needed */
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	struct stk_str text; /* being searched */
	bool failed;	     /* a limit was reached: the text was not searched to its end */
};

/* The catalogue's rules and behind them the user's, numbered from 0; and what the engine was made with. */
size_t stk_secret_engine_rules(const struct stk_secret_engine *engine);
const struct stk_secret_rule *stk_secret_engine_rule(const struct stk_secret_engine *engine, size_t i);
const struct stk_secret_options *stk_secret_engine_options(const struct stk_secret_engine *engine);
/* The rule's expression, compiled when first asked for. */
const pcre2_code *stk_secret_engine_code(const struct stk_secret_engine *engine, size_t i);

/* Takes memory for one thread; stk_secret_matcher_done() frees it. The engine must live longer. */
int stk_secret_matcher_init(struct stk_secret_matcher *matcher, const struct stk_secret_engine *engine,
			    struct stk_err *err);
void stk_secret_matcher_done(struct stk_secret_matcher *matcher);
/* Fills matcher->hits for the rules that look everywhere, sorted by rule and place. */
void stk_secret_match(struct stk_secret_matcher *matcher, struct stk_str text);
/* Rules that this path brings in, content and path rules alike; numbers of the engine's rules, ascending, on the
 * arena. */
void stk_secret_match_path(struct stk_secret_matcher *matcher, struct stk_arena *arena, struct stk_str path,
			   struct stk_secret_paths *out);

/* One match of a rule's expression. */
struct stk_secret_span {
	size_t match_begin, match_end, begin, end;
};
/* The next match that starts in [*at, end]; moves *at behind it. False when there is none. */
bool stk_secret_confirm(struct stk_secret_matcher *matcher, size_t rule, struct stk_str text, size_t *at, size_t end,
			struct stk_secret_span *out);
