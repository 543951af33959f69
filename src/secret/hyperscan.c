/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue in two Hyperscan (or Vectorscan) databases, for contents and for paths, compiled while the program was
 * built for a processor without extensions beyond SSSE3 and carried in the program: no start-up cost but half a
 * millisecond when a scan begins.
 * Without the library, or on a processor it does not run on, everything is found by the automaton of keyword.c instead,
 * with the same results.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/engine_private.h"

#ifdef STK_HAVE_HYPERSCAN
#include <hs/hs_runtime.h>
#endif
#include "base/banned.h"

#ifdef STK_HAVE_HYPERSCAN

/* Made by compile_rules.c. */
extern const char stk_secret_database[], stk_secret_path_database[];
extern const size_t stk_secret_database_size, stk_secret_path_database_size;
extern const char stk_secret_database_rules[], stk_secret_path_database_rules[];

static bool processor_fits(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_cpu_supports("ssse3") != 0;
#else
	return true;
#endif
}

bool stk_secret_hyperscan_open(struct stk_secret_engine *engine)
{
	const char *off = getenv("STRAKE_NO_HYPERSCAN");
	hs_database_t *contents = NULL, *paths = NULL;
	if ((off && *off) || !processor_fits() ||
	    hs_deserialize_database(stk_secret_database, stk_secret_database_size, &contents) != HS_SUCCESS ||
	    hs_deserialize_database(stk_secret_path_database, stk_secret_path_database_size, &paths) != HS_SUCCESS) {
		hs_free_database(contents);
		return false;
	}
	engine->database = contents;
	engine->path_database = paths;
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		engine->in_database[i] = stk_secret_database_rules[i] == '1';
		engine->in_path_database[i] = stk_secret_path_database_rules[i] == '1';
	}
	snprintf(engine->name, sizeof(engine->name), "hyperscan %.*s", (int)strcspn(hs_version(), " "), hs_version());
	return true;
}

void stk_secret_hyperscan_close(struct stk_secret_engine *engine)
{
	hs_free_database(engine->database);
	hs_free_database(engine->path_database);
}

void *stk_secret_hyperscan_scratch(const struct stk_secret_engine *engine)
{
	hs_scratch_t *scratch = NULL;
	return hs_alloc_scratch(engine->database, &scratch) == HS_SUCCESS &&
			       hs_alloc_scratch(engine->path_database, &scratch) == HS_SUCCESS
		       ? scratch
		       : NULL;
}

void stk_secret_hyperscan_scratch_free(void *scratch)
{
	hs_free_scratch(scratch);
}

/* An end of a match: its start lies at most the rule's width before it. */
static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)from;
	(void)flags;
	struct stk_secret_matcher *matcher = context;
	const struct stk_secret_rule *rule = matcher->engine->rules[id];
	size_t width = rule->width + 2, end = (size_t)to;
	if (rule->nearby)
		stk_secret_hit(matcher, id, 0, matcher->text_size);
	else
		stk_secret_hit(matcher, id, end > width ? end - width : 0, end);
	return 0;
}

void stk_secret_hyperscan_match(struct stk_secret_matcher *matcher, struct stk_str text)
{
	if (text.n && hs_scan(matcher->engine->database, text.p, (unsigned)text.n, 0, matcher->scratch, on_match,
			      matcher) != HS_SUCCESS)
		matcher->failed = true;
}

static int on_path(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)from;
	(void)to;
	(void)flags;
	bool *matched = context;
	matched[id] = true;
	return 0;
}

void stk_secret_hyperscan_match_path(struct stk_secret_matcher *matcher, struct stk_str path, bool *matched)
{
	if (hs_scan(matcher->engine->path_database, path.p, (unsigned)path.n, 0, matcher->scratch, on_path, matched) !=
	    HS_SUCCESS)
		matcher->failed = true;
}

#else

bool stk_secret_hyperscan_open(struct stk_secret_engine *engine)
{
	(void)engine;
	return false;
}

void stk_secret_hyperscan_close(struct stk_secret_engine *engine)
{
	(void)engine;
}

void *stk_secret_hyperscan_scratch(const struct stk_secret_engine *engine)
{
	(void)engine;
	return NULL;
}

void stk_secret_hyperscan_scratch_free(void *scratch)
{
	(void)scratch;
}

void stk_secret_hyperscan_match(struct stk_secret_matcher *matcher, struct stk_str text)
{
	(void)matcher;
	(void)text;
}

void stk_secret_hyperscan_match_path(struct stk_secret_matcher *matcher, struct stk_str path, bool *matched)
{
	(void)matcher;
	(void)path;
	(void)matched;
}

#endif
