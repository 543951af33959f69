/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text for every row of the catalogue, made from its expression by a generator that always draws the same: the engine
 * must report it under that row, or under one that takes its place; what has the shape of a placeholder must stay
 * silent. So a keyword that stands in no match, a width that is too small, or a filter that swallows everything, is
 * noticed.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "secret/engine_private.h"
#include "secret/scan_test.h"
#include "secret/validate.h"
#include "test.h"
#include "text/base64.h"

enum { TRIES = 60 };

struct generator {
	const char *p; /* rest of the expression */
	struct stk_buf out;
	uint32_t random;
	bool silent; /* reading a part that is not chosen */
	bool full;   /* what may be left out stands in every other place */
};

static uint32_t draw(struct generator *g, uint32_t n)
{
	g->random = g->random * 1664525u + 1013904223u;
	return (g->random >> 8) % n;
}

static void emit(struct generator *g, char c)
{
	if (!g->silent)
		stk_buf_byte(&g->out, c);
}

/* One of the bytes of a set: a letter or digit when there is one, else a blank, else whatever is printable. */
static void emit_from(struct generator *g, const bool set[256])
{
	char choice[256];
	uint32_t n = 0;
	if (g->silent)
		return;
	for (int c = 0; c < 256; c++)
		if (set[c] && stk_is_alnum((char)c))
			choice[n++] = (char)c;
	for (int c = 0; c < 256 && !n; c++)
		if (set[c] && c == ' ')
			choice[n++] = (char)c;
	for (int c = '!'; c < 127 && !n; c++)
		if (set[c])
			choice[n++] = (char)c;
	if (n)
		emit(g, choice[draw(g, n)]);
}

static void add_class(bool set[256], char c)
{
	for (int i = 0; i < 256; i++) {
		char at = (char)i;
		set[i] |= (c == 'w' && (stk_is_alnum(at) || i == '_')) || (c == 'd' && stk_is_digit(at)) ||
			  (c == 's' && stk_is_space(at)) || (c == 'S' && !stk_is_space(at)) ||
			  (c == 'W' && !(stk_is_alnum(at) || i == '_'));
	}
}

/* The byte of an escape, or -1 for a class, which is added to the set. p stands behind the backslash and moves behind
 * the escape. */
static int escape(const char **p, bool set[256])
{
	char c = *(*p)++;
	if (c == 'n' || c == 't' || c == 'r')
		return c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
	if (c == 'x') {
		int high = stk_hex_digit((*p)[0]), low = stk_hex_digit((*p)[1]);
		*p += 2;
		return high * 16 + low;
	}
	if (strchr("wdsSW", c)) {
		add_class(set, c);
		return -1;
	}
	return (unsigned char)c;
}

/* Behind "[". */
static void read_class(struct generator *g)
{
	bool set[256] = { false }, negated = *g->p == '^';
	g->p += negated;
	for (bool first = true; *g->p && (*g->p != ']' || first); first = false) {
		int low = (unsigned char)*g->p++;
		if (low == '\\')
			low = escape(&g->p, set);
		int high = low;
		if (g->p[0] == '-' && g->p[1] != ']' && low >= 0) {
			g->p++;
			high = (unsigned char)*g->p++;
			if (high == '\\')
				high = escape(&g->p, set);
		}
		for (int c = low; c >= 0 && c <= high; c++)
			set[c] = true;
	}
	g->p++;
	for (int c = 0; negated && c < 256; c++)
		set[c] = !set[c] && c;
	emit_from(g, set);
}

static void read_alternatives(struct generator *g);

/* Behind "(". */
static void read_group(struct generator *g)
{
	bool silent = g->silent;
	if (g->p[0] == '?') {
		g->silent |= g->p[1] == '!'; /* what must not stand here */
		while (*g->p != ':' && *g->p != '!' && *g->p != ')')
			g->p++;
		if (*g->p == ')') {
			g->p++; /* (?i) */
			return;
		}
		g->p++;
	}
	read_alternatives(g);
	g->p += *g->p == ')';
	g->silent = silent;
}

static void read_atom(struct generator *g)
{
	bool set[256] = { false };
	char c = *g->p++;
	switch (c) {
	case '(':
		read_group(g);
		break;
	case '[':
		read_class(g);
		break;
	case '^':
	case '$':
		break;
	case '.':
		emit(g, (char)('a' + draw(g, 26)));
		break;
	case '\\':
		if (strchr("bBAzZ", *g->p)) {
			g->p++;
			break;
		}
		int byte = escape(&g->p, set);
		if (byte >= 0)
			emit(g, (char)byte);
		else
			emit_from(g, set);
		break;
	default:
		emit(g, c);
	}
}

/* How often: of {2,5} the middle, but at most 200 more than must be; of {0,n}, ? and * none, and it is optional. */
static uint32_t read_count(const char **p, bool *optional)
{
	uint32_t least = 1, most = 1;
	*optional = false;
	if (**p == '?' || **p == '*') {
		least = most = 0;
		++*p;
	} else if (**p == '+') {
		least = most = 4;
		++*p;
	} else if (**p == '{' && stk_is_digit((*p)[1])) {
		for (least = 0, ++*p; stk_is_digit(**p); ++*p)
			least = least * 10 + (uint32_t)(**p - '0');
		most = least;
		if (**p == ',')
			for (most = 0, ++*p; stk_is_digit(**p); ++*p)
				most = most * 10 + (uint32_t)(**p - '0');
		++*p;
	} else {
		return 1;
	}
	*p += **p == '?' || **p == '+';
	*optional = least == 0;
	uint32_t more = most > least ? (most - least) / 2 : 0;
	return least == 0 ? 0 : least + (more < 200 ? more : 200);
}

static void read_sequence(struct generator *g)
{
	while (*g->p && *g->p != '|' && *g->p != ')') {
		const char *atom = g->p;
		struct generator look = *g;
		look.silent = true;
		read_atom(&look);
		const char *behind = look.p;
		bool optional;
		uint32_t count = read_count(&behind, &optional);
		if (optional && g->full)
			count = draw(g, 2);
		for (uint32_t i = 0; i < count; i++) {
			g->p = atom;
			read_atom(g);
		}
		g->p = behind;
	}
}

static void read_alternatives(struct generator *g)
{
	struct generator look = *g;
	uint32_t n = 1;
	look.silent = true;
	for (read_sequence(&look); *look.p == '|'; n++) {
		look.p++;
		read_sequence(&look);
	}
	uint32_t chosen = n > 1 ? draw(g, n) : 0;
	bool silent = g->silent;
	for (uint32_t i = 0; i < n; i++) {
		g->silent = silent || i != chosen;
		read_sequence(g);
		g->p += *g->p == '|';
	}
	g->silent = silent;
}

static struct stk_str sample_of(struct stk_arena *arena, const char *regex, uint32_t seed, bool full)
{
	struct generator g = {
		.p = regex, .out = stk_buf_new(STK_MIB(1)), .random = seed * 2654435761u + 1, .full = full
	};
	read_alternatives(&g);
	struct stk_str out = stk_arena_str(arena, stk_buf_str(&g.out));
	stk_buf_free(&g.out);
	return out;
}

static struct stk_str sample(struct stk_arena *arena, const char *regex, uint32_t seed)
{
	return sample_of(arena, regex, seed, false);
}

/* Paths are matched anywhere in "folder/name": the sample stands at the end of one. */
static struct stk_str sample_path(struct stk_arena *arena, const struct stk_secret_rule *rule, uint32_t seed)
{
	if (!rule->paths)
		return S("app/settings.txt");
	struct stk_str path = sample(arena, rule->paths, seed);
	bool start = path.n && path.p[0] == '/';
	return stk_arena_printf(arena, "srv%s" STK_FMT, start ? "" : "/", STK_ARG(path));
}

static const struct stk_secret *found_as(const struct test_secrets *s, const struct stk_secret_rule *rule)
{
	for (size_t i = 0; i < s->scan->found.n; i++)
		if (s->scan->found.v[i].rule == rule)
			return &s->scan->found.v[i];
	return NULL;
}

/* Did a rule report that says more about the same bytes? */
static bool found_as_better(const struct test_secrets *s, const struct stk_secret_rule *rule)
{
	for (size_t i = 0; i < s->scan->found.n; i++)
		if (s->scan->found.v[i].rule->priority >= rule->priority)
			return true;
	return false;
}

/* Structures that a generator does not hit by chance; validate_test.c has them. */
static bool needs_structure(const struct stk_secret_rule *rule)
{
	return rule->validate == stk_secret_jwt_json || rule->validate == stk_secret_discord_snowflake ||
	       rule->validate == stk_secret_pem_body || rule->validate == stk_secret_base64_userpass ||
	       strcmp(stk_secret_rule_name(rule), "kafka-jaas-password") == 0;
}

static const struct stk_secret *try_rule(struct test_secrets *s, const struct stk_secret_rule *rule, uint32_t seed,
					 struct stk_str *path, struct stk_str *text)
{
	*path = sample_path(&s->arena, rule, seed);
	struct stk_str body = rule->regex ? sample(&s->arena, rule->regex, seed) : S("x");
	*text = stk_arena_printf(&s->arena, "%s\n" STK_FMT "\n", rule->nearby ? rule->nearby : "", STK_ARG(body));
	test_secrets_scan(s, path->p, *text);
	return found_as(s, rule);
}

CASE(a_text_made_from_each_row_is_reported)
{
	struct test_secrets s;
	size_t direct = 0, wrong = 0;
	test_secrets_open(&s, NULL);
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		struct stk_str path, text;
		bool direct_hit = false, better = false;
		for (uint32_t seed = 0; seed < TRIES && !direct_hit; seed++) {
			direct_hit = try_rule(&s, rule, seed, &path, &text) != NULL;
			better |= found_as_better(&s, rule);
		}
		direct += direct_hit;
		if (direct_hit || better || needs_structure(rule))
			continue;
		wrong++;
		print_error("%s is not reported: " STK_FMT ": " STK_FMT, rule->row->id, STK_ARG(path), STK_ARG(text));
	}
	test_secrets_close(&s);
	assert_int_equal(wrong, 0);
	assert_true(direct * 100 >= stk_n_secret_catalogue * 90);
}

/* The same text with "x" for everything behind the secret's first six bytes. */
CASE(a_placeholder_of_the_same_shape_is_not)
{
	struct test_secrets s;
	size_t tried = 0, wrong = 0;
	test_secrets_open(&s, NULL);
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		const struct stk_secret *secret = NULL;
		struct stk_str path, text;
		if (!rule->regex || (rule->allow & STK_ALLOW_COMMON) != STK_ALLOW_COMMON)
			continue;
		for (uint32_t seed = 0; seed < TRIES && !secret; seed++)
			secret = try_rule(&s, rule, seed, &path, &text);
		if (!secret || secret->encoding.n || secret->length < 14 || secret->length >= 200)
			continue;
		memset((char *)text.p + secret->offset + 6, 'x', secret->length - 6);
		test_secrets_scan(&s, path.p, text);
		tried++;
		if (found_as(&s, rule)) {
			wrong++;
			print_error("%s is reported: " STK_FMT, rule->row->id, STK_ARG(text));
		}
	}
	test_secrets_close(&s);
	assert_int_equal(wrong, 0);
	assert_true(tried > 150);
}

/* ---- keywords, and the automaton that looks for them against the pattern database ---- */

enum { KEYWORD_TRIES = 50, ENGINE_TRIES = 4 };

/* Does the keyword stand at text[i] so that the rule would be told of it? */
static bool leads_here(const struct stk_secret_rule *rule, struct stk_str text, size_t i, struct stk_str keyword)
{
	struct stk_str there = stk_str_slice(text, i, i + keyword.n);
	bool same = stk_secret_keyword_exact(keyword) ? stk_str_eq(there, keyword) : stk_str_eq_nocase(there, keyword);
	if (!stk_secret_rule_everywhere(rule))
		return same;
	return same && stk_secret_earliest(rule, text, i) == 0 && (!rule->shape || rule->shape(text, i + keyword.n));
}

static bool holds_keyword(const struct stk_secret_rule *rule, struct stk_str text)
{
	struct stk_str rest = stk_str_from(rule->keywords);
	while (rest.n) {
		char word[128];
		struct stk_str next = stk_str_cut(&rest, ' ');
		assert_true(next.n && next.n < sizeof(word));
		for (size_t i = 0; i < next.n; i++)
			word[i] = next.p[i] == '\037' ? ' ' : next.p[i];
		for (size_t i = 0; i + next.n <= text.n; i++)
			if (leads_here(rule, text, i, (struct stk_str){ word, next.n }))
				return true;
	}
	return false;
}

/* What the expression takes of a sample; empty when it takes nothing. */
static struct stk_str matched(const struct test_secrets *s, size_t rule, struct stk_str text, pcre2_match_data *match)
{
	const pcre2_code *code = stk_secret_engine_code(s->engine, rule);
	if (pcre2_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, match, NULL) <= 0)
		return (struct stk_str){ 0 };
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer(match);
	return stk_str_slice(text, v[0], v[1]);
}

/* Keywords are what the search begins with: a match that has none, or none where a row says, is never looked at. */
CASE(every_match_holds_a_keyword)
{
	struct test_secrets s;
	size_t tried = 0, wrong = 0;
	test_secrets_open(&s, NULL);
	pcre2_match_data *match = pcre2_match_data_create(20, NULL);
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		bool asked = rule->regex && rule->keywords, missed = false;
		for (uint32_t seed = 0; asked && seed < KEYWORD_TRIES && !missed; seed++) {
			STK_ARENA arena = { 0 };
			struct stk_str body = sample_of(&arena, rule->regex, seed, true);
			struct stk_str text =
				matched(&s, i, stk_arena_printf(&arena, " " STK_FMT "\n", STK_ARG(body)), match);
			tried += text.n > 0;
			missed = text.n && (!holds_keyword(rule, text) || (rule->width && text.n > rule->width));
			if (missed)
				print_error("%s: no keyword in " STK_FMT "\n", rule->row->id, STK_ARG(text));
		}
		wrong += missed;
	}
	pcre2_match_data_free(match);
	test_secrets_close(&s);
	assert_int_equal(wrong, 0);
	assert_true(tried > 150 * KEYWORD_TRIES / 2);
}

static struct stk_str engine_finds(struct test_secrets *s, const char *path, struct stk_str text)
{
	test_secrets_scan(s, path, text);
	return test_secrets_found(s);
}

CASE(both_engines_find_the_same)
{
	struct test_secrets with, without;
	size_t found = 0, wrong = 0;
	test_secrets_open(&with, NULL);
	setenv("STRAKE_NO_HYPERSCAN", "1", 1);
	test_secrets_open(&without, NULL);
	setenv("STRAKE_NO_HYPERSCAN", "", 1);
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		bool differ = false;
		for (uint32_t seed = 0; rule->regex && seed < ENGINE_TRIES && !differ; seed++) {
			struct stk_str path = sample_path(&with.arena, rule, seed);
			struct stk_str body = sample_of(&with.arena, rule->regex, seed, seed % 2 == 1);
			struct stk_str text = stk_arena_printf(&with.arena, "%s\n" STK_FMT "\n",
							       rule->nearby ? rule->nearby : "", STK_ARG(body));
			struct stk_str a = engine_finds(&with, path.p, text), b = engine_finds(&without, path.p, text);
			found += a.n > 0;
			differ = !stk_str_eq(a, b);
			if (differ)
				print_error("%s: with Hyperscan \"" STK_FMT "\", without \"" STK_FMT "\": " STK_FMT
					    "\n",
					    rule->row->id, STK_ARG(a), STK_ARG(b), STK_ARG(body));
		}
		wrong += differ;
	}
	test_secrets_close(&with);
	test_secrets_close(&without);
	assert_int_equal(wrong, 0);
	assert_true(found > stk_n_secret_catalogue * ENGINE_TRIES / 2);
}
