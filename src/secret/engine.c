/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules compiled once and shared: expressions lazily (most scans touch fewer than twenty), the pattern database from
 * the program's own image. Matching is three steps: Hyperscan, or an automaton without it, finds keywords; a rule's
 * shape sees whether what follows can be a match; PCRE2 says what matches.
 */
#include "secret/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "secret/engine_private.h"
#include "secret/shape.h"
#include "secret/user.h"
#include "base/banned.h"

enum { MATCH_LIMIT = 20000000, JIT_STACK = 1 << 20 };

static pcre2_code *compile(const char *regex, struct stk_err *err)
{
	int code;
	PCRE2_SIZE at;
	pcre2_code *out = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
					PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_UTF, &code, &at, NULL);
	if (!out) {
		PCRE2_UCHAR text[200];
		pcre2_get_error_message(code, text, sizeof(text));
		stk_fail(err, STK_EUSAGE, "regular expression, byte %zu: %s", (size_t)at, (const char *)text);
		return NULL;
	}
	pcre2_jit_compile(out, PCRE2_JIT_COMPLETE); /* without it the interpreter does the same more slowly */
	return out;
}

/* The expression in a slot, compiled when it is empty. Expressions of the catalogue are tested; the user's were tried
 * before. */
static const pcre2_code *slot(struct stk_secret_engine *engine, _Atomic(pcre2_code *) *at, const char *regex)
{
	pcre2_code *code = atomic_load_explicit(at, memory_order_acquire);
	if (code)
		return code;
	pthread_mutex_lock(&engine->mutex);
	code = atomic_load_explicit(at, memory_order_acquire);
	if (!code)
		atomic_store_explicit(at, code = compile(regex, NULL), memory_order_release);
	pthread_mutex_unlock(&engine->mutex);
	return code;
}

const pcre2_code *stk_secret_engine_code(const struct stk_secret_engine *engine, size_t i)
{
	struct stk_secret_engine *shared = (struct stk_secret_engine *)engine;
	return slot(shared, &shared->codes[i], engine->rules[i]->regex);
}

size_t stk_secret_engine_rules(const struct stk_secret_engine *engine)
{
	return engine->n;
}

const struct stk_secret_rule *stk_secret_engine_rule(const struct stk_secret_engine *engine, size_t i)
{
	return engine->rules[i];
}

const struct stk_secret_options *stk_secret_engine_options(const struct stk_secret_engine *engine)
{
	return &engine->options;
}

enum stk_confidence stk_secret_engine_least(const struct stk_secret_engine *engine)
{
	return engine->options.least;
}

const char *stk_secret_engine_name(const struct stk_secret_engine *engine)
{
	return engine->name;
}

/* One expression that any interesting path matches: the others are tried only then. */
static int compile_any_path(struct stk_secret_engine *engine, struct stk_err *err)
{
	STK_BUF regex = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < engine->n; i++)
		if (engine->rules[i]->paths)
			stk_buf_printf(&regex, "%s(?:%s)", regex.n ? "|" : "", engine->rules[i]->paths);
	stk_buf_byte(&regex, 0);
	engine->any_path = compile(regex.p, err);
	return engine->any_path ? 0 : -1;
}

/* A wrong expression of the user's must be told before anything is scanned. */
static int try_user_rules(struct stk_secret_engine *engine, struct stk_err *err)
{
	for (size_t i = stk_n_secret_catalogue; i < engine->n; i++) {
		const struct stk_secret_rule *rule = engine->rules[i];
		pcre2_code *code = rule->regex ? compile(rule->regex, err) : NULL;
		if (rule->regex && !code)
			return stk_within(err, "secret rule \"%s\"", stk_secret_rule_name(rule));
		engine->codes[i] = code;
		pcre2_code *path = rule->paths ? compile(rule->paths, err) : NULL;
		if (rule->paths && !path)
			return stk_within(err, "secret rule \"%s\", path", stk_secret_rule_name(rule));
		engine->path_codes[i] = path;
	}
	return 0;
}

static void collect_rules(struct stk_secret_engine *engine)
{
	const struct stk_secret_rules *user = engine->options.user;
	size_t most = stk_n_secret_catalogue + (user ? user->n : 0);
	engine->rules = STK_NEW(&engine->arena, const struct stk_secret_rule *, most);
	for (size_t i = 0; i < stk_n_secret_catalogue; i++)
		engine->rules[engine->n++] = &stk_secret_catalogue[i];
	for (size_t i = 0; user && i < user->n; i++)
		engine->rules[engine->n++] = user->v[i];
	engine->codes = stk_arena_alloc(&engine->arena, engine->n, sizeof(*engine->codes));
	engine->path_codes = stk_arena_alloc(&engine->arena, engine->n, sizeof(*engine->path_codes));
	engine->in_database = STK_NEW(&engine->arena, bool, engine->n);
	engine->in_path_database = STK_NEW(&engine->arena, bool, engine->n);
}

int stk_secret_engine_new(const struct stk_secret_options *options, struct stk_secret_engine **out, struct stk_err *err)
{
	struct stk_secret_engine *engine = calloc(1, sizeof(*engine));
	if (!engine)
		return stk_fail(err, STK_ELIMIT, "out of memory");
	engine->options = *options;
	pthread_mutex_init(&engine->mutex, NULL);
	collect_rules(engine);
	if (try_user_rules(engine, err) < 0 ||
	    (!stk_secret_hyperscan_open(engine) && compile_any_path(engine, err) < 0)) {
		stk_secret_engine_free(engine);
		return -1;
	}
	for (size_t i = 0; i < engine->n; i++)
		if (engine->rules[i]->paths && !engine->in_path_database[i])
			*STK_PUSH(&engine->arena, &engine->alone) = (uint32_t)i;
	if (!engine->database) {
		char version[32] = "";
		pcre2_config(PCRE2_CONFIG_VERSION, version);
		snprintf(engine->name, sizeof(engine->name), "pcre2 %.*s", (int)strcspn(version, " "), version);
	}
	engine->keywords = stk_keywords_new(&engine->arena, engine);
	*out = engine;
	return 0;
}

void stk_secret_engine_free(struct stk_secret_engine *engine)
{
	if (!engine)
		return;
	for (size_t i = 0; i < engine->n; i++) {
		pcre2_code_free(engine->codes[i]);
		pcre2_code_free(engine->path_codes[i]);
	}
	pcre2_code_free(engine->any_path);
	pthread_mutex_destroy(&engine->mutex);
	stk_arena_free(&engine->arena);
	free(engine);
}

int stk_secret_matcher_init(struct stk_secret_matcher *matcher, const struct stk_secret_engine *engine,
			    struct stk_err *err)
{
	*matcher = (struct stk_secret_matcher){ .engine = engine };
	matcher->open = calloc(engine->n, sizeof(*matcher->open));
	matcher->match = pcre2_match_data_create(20, NULL);
	matcher->context = pcre2_match_context_create(NULL);
	matcher->stack = pcre2_jit_stack_create(STK_KIB(32), JIT_STACK, NULL);
	matcher->in_path = calloc(engine->n, sizeof(*matcher->in_path));
	if (!matcher->open || !matcher->in_path || !matcher->match || !matcher->context) {
		stk_secret_matcher_done(matcher);
		return stk_fail(err, STK_ELIMIT, "out of memory");
	}
	pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
	pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
	return 0;
}

void stk_secret_matcher_done(struct stk_secret_matcher *matcher)
{
	free(matcher->open);
	free(matcher->in_path);
	free(matcher->hits.v);
	pcre2_match_data_free(matcher->match);
	pcre2_match_context_free(matcher->context);
	pcre2_jit_stack_free(matcher->stack);
	stk_secret_hyperscan_scratch_free(matcher->scratch);
	*matcher = (struct stk_secret_matcher){ 0 };
}

void stk_secret_hit(struct stk_secret_matcher *matcher, uint32_t rule, size_t begin, size_t end)
{
	/* A rule that matches at every byte of a long run would make a hit for each:
	   overlapping stretches are one, which is then searched once. */
	uint32_t last = matcher->open[rule];
	if (last && begin <= matcher->hits.v[last - 1].end) {
		struct stk_secret_hit *hit = &matcher->hits.v[last - 1];
		hit->begin = begin < hit->begin ? begin : hit->begin;
		hit->end = end > hit->end ? end : hit->end;
		return;
	}
	if (matcher->hits.n == matcher->hits.cap) {
		size_t cap = matcher->hits.cap ? matcher->hits.cap * 2 : 64;
		/* `open` numbers hits in 32 bits. Out of memory is not the end here: the text
		   counts as not searched to its end. */
		struct stk_secret_hit *v = cap > UINT32_MAX / 2 ? NULL : realloc(matcher->hits.v, cap * sizeof(*v));
		if (!v) {
			matcher->failed = true;
			return;
		}
		matcher->hits.v = v;
		matcher->hits.cap = cap;
	}
	matcher->hits.v[matcher->hits.n++] = (struct stk_secret_hit){ rule, begin, end };
	matcher->open[rule] = (uint32_t)matcher->hits.n;
}

size_t stk_secret_earliest(const struct stk_secret_rule *rule, struct stk_str text, size_t keyword)
{
	if (rule->name_before)
		return stk_secret_name_begin(text, keyword, rule->before);
	return keyword > rule->before ? keyword - rule->before : 0;
}

void stk_secret_keyword_hit(struct stk_secret_matcher *matcher, uint32_t number, size_t begin, size_t end)
{
	const struct stk_secret_rule *rule = matcher->engine->rules[number];
	if (rule->shape && !rule->shape(matcher->text, end))
		return;
	/* Without a width the match may reach from one end of the text to the other. */
	if (rule->nearby || !rule->width)
		stk_secret_hit(matcher, number, 0, matcher->text.n);
	else
		stk_secret_hit(matcher, number, stk_secret_earliest(rule, matcher->text, begin), begin);
}

static int by_rule(const void *a, const void *b)
{
	const struct stk_secret_hit *x = a, *y = b;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

void stk_secret_match(struct stk_secret_matcher *matcher, struct stk_str text)
{
	matcher->hits.n = 0;
	matcher->text = text;
	if (matcher->engine->database)
		stk_secret_hyperscan_match(matcher, text);
	stk_keywords_match(matcher->engine->keywords, matcher, text);
	for (size_t i = 0; i < matcher->hits.n; i++)
		matcher->open[matcher->hits.v[i].rule] = 0;
	if (matcher->hits.n > 1)
		qsort(matcher->hits.v, matcher->hits.n, sizeof(*matcher->hits.v), by_rule);
}

static bool matches(struct stk_secret_matcher *matcher, const pcre2_code *code, struct stk_str text)
{
	return code && pcre2_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, matcher->match, matcher->context) > 0;
}

void stk_secret_path_hit(struct stk_secret_matcher *matcher, uint32_t rule)
{
	if (matcher->in_path[rule])
		return;
	matcher->in_path[rule] = true;
	*STK_PUSH(matcher->path_arena, &matcher->path_hits) = rule;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

void stk_secret_match_path(struct stk_secret_matcher *matcher, struct stk_arena *arena, struct stk_str path,
			   struct stk_secret_paths *out)
{
	struct stk_secret_engine *engine = (struct stk_secret_engine *)matcher->engine;
	pcre2_set_offset_limit(matcher->context, PCRE2_UNSET);
	out->n = 0;
	if (!path.n || (engine->any_path && !matches(matcher, engine->any_path, path)))
		return;
	matcher->path_arena = arena;
	matcher->path_hits = *out;
	if (engine->path_database)
		stk_secret_hyperscan_match_path(matcher, path);
	for (size_t i = 0; i < engine->alone.n; i++) {
		uint32_t rule = engine->alone.v[i];
		if (matches(matcher, slot(engine, &engine->path_codes[rule], engine->rules[rule]->paths), path))
			stk_secret_path_hit(matcher, rule);
	}
	*out = matcher->path_hits;
	for (size_t i = 0; i < out->n; i++)
		matcher->in_path[out->v[i]] = false;
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), by_number);
}

/* The group that holds the secret: the named one, or the first that took part; the whole match where there is no group.
 */
static void capture(const pcre2_match_data *match, const struct stk_secret_rule *rule, int groups,
		    struct stk_secret_span *out)
{
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer((pcre2_match_data *)match);
	size_t group = rule->group;
	for (size_t i = 1; !group && i < (size_t)groups; i++)
		if (v[2 * i] != PCRE2_UNSET && v[2 * i + 1] > v[2 * i])
			group = i;
	if (group >= (size_t)groups || v[2 * group] == PCRE2_UNSET)
		group = 0;
	*out = (struct stk_secret_span){ v[0], v[1], v[2 * group], v[2 * group + 1] };
}

bool stk_secret_confirm(struct stk_secret_matcher *matcher, size_t rule, struct stk_str text, size_t *at, size_t end,
			struct stk_secret_span *out)
{
	const pcre2_code *code = stk_secret_engine_code(matcher->engine, rule);
	if (!code || *at > end || *at > text.n)
		return false;
	/* No match reaches further. Without this PCRE2 may look for a character that a match needs far beyond. */
	size_t width = matcher->engine->rules[rule]->width;
	if (width)
		text = stk_str_slice(text, 0, end + width + 2);
	pcre2_set_offset_limit(matcher->context, end);
	int groups = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, *at, 0, matcher->match, matcher->context);
	if (groups < -1)
		matcher->failed = true;
	if (groups <= 0)
		return false;
	capture(matcher->match, matcher->engine->rules[rule], groups, out);
	/* Rules consume the byte behind a token, which may be the one before the next. */
	size_t next = out->end > out->match_begin ? out->end : out->match_end;
	*at = next > *at ? next : *at + 1;
	return true;
}
