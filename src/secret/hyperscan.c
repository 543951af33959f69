/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue in two Hyperscan (or Vectorscan) databases, for contents (keywords, and expressions without one) and
 * for paths, compiled while the program was built for a processor without extensions beyond SSSE3. They lie in the
 * program as they are used: only the pages that a scan touches are read, and none is copied. Without the library, or on
 * a processor it does not run on, everything is found by the automaton of keyword.c instead, with the same results.
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
/* What the patterns are: the rule's number, and the keyword's length or 0 for an expression. */
extern const unsigned short stk_secret_database_rule[], stk_secret_path_database_rule[];
extern const unsigned char stk_secret_database_length[];

static bool processor_fits(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_cpu_supports("ssse3") != 0;
#else
	return true;
#endif
}

/* Does the library at hand take the database? Another version of a shared one does not. */
static bool fits(const char *database, size_t size)
{
	size_t n;
	return hs_database_size((const hs_database_t *)database, &n) == HS_SUCCESS && n == size;
}

bool stk_secret_hyperscan_open(struct stk_secret_engine *engine)
{
	const char *off = getenv("STRAKE_NO_HYPERSCAN");
	if ((off && *off) || !processor_fits() || !fits(stk_secret_database, stk_secret_database_size) ||
	    !fits(stk_secret_path_database, stk_secret_path_database_size))
		return false;
	engine->database = stk_secret_database;
	engine->path_database = stk_secret_path_database;
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		engine->in_database[i] = stk_secret_database_rules[i] == '1';
		engine->in_path_database[i] = stk_secret_path_database_rules[i] == '1';
	}
	snprintf(engine->name, sizeof(engine->name), "hyperscan %.*s", (int)strcspn(hs_version(), " "), hs_version());
	return true;
}

/* The matcher's scratch, made when it is first needed; NULL, and the search has failed, when it cannot be had. */
static hs_scratch_t *scratch(struct stk_secret_matcher *matcher)
{
	const struct stk_secret_engine *engine = matcher->engine;
	hs_scratch_t *made = NULL;
	if (matcher->scratch)
		return matcher->scratch;
	if (hs_alloc_scratch(engine->database, &made) != HS_SUCCESS ||
	    hs_alloc_scratch(engine->path_database, &made) != HS_SUCCESS) {
		hs_free_scratch(made);
		matcher->failed = true;
		return NULL;
	}
	return matcher->scratch = made;
}

void stk_secret_hyperscan_scratch_free(void *scratch)
{
	hs_free_scratch(scratch);
}

/* A keyword, or the end of an expression's match, whose start lies at most the rule's width before it. */
static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)from;
	(void)flags;
	struct stk_secret_matcher *matcher = context;
	uint32_t rule = stk_secret_database_rule[id];
	size_t length = stk_secret_database_length[id], end = (size_t)to;
	size_t width = matcher->engine->rules[rule]->width + 2;
	if (length)
		stk_secret_keyword_hit(matcher, rule, end - length, end);
	else
		stk_secret_hit(matcher, rule, end > width ? end - width : 0, end);
	return 0;
}

void stk_secret_hyperscan_match(struct stk_secret_matcher *matcher, struct stk_str text)
{
	if (text.n && hs_scan(matcher->engine->database, text.p, (unsigned)text.n, 0, scratch(matcher), on_match,
			      matcher) != HS_SUCCESS)
		matcher->failed = true;
}

static int on_path(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)from;
	(void)to;
	(void)flags;
	stk_secret_path_hit(context, stk_secret_path_database_rule[id]);
	return 0;
}

void stk_secret_hyperscan_match_path(struct stk_secret_matcher *matcher, struct stk_str path)
{
	if (hs_scan(matcher->engine->path_database, path.p, (unsigned)path.n, 0, scratch(matcher), on_path, matcher) !=
	    HS_SUCCESS)
		matcher->failed = true;
}

#else

bool stk_secret_hyperscan_open(struct stk_secret_engine *engine)
{
	(void)engine;
	return false;
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

void stk_secret_hyperscan_match_path(struct stk_secret_matcher *matcher, struct stk_str path)
{
	(void)matcher;
	(void)path;
}

#endif
