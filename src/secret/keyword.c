/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An Aho-Corasick automaton (CACM 18, 1975) over keywords, as a dense table over classes of bytes, letters folded. Each
 * keyword names rules.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "secret/engine_private.h"
#include "base/banned.h"

/* text: folded. exact: as it is written, if only that counts. v: rules it stands for. */
struct word {
	struct stk_str text, exact;
	uint32_t *v;
	size_t n, cap;
};

/* word: the keyword that ends here, + 1; output: the nearest shorter state with a word, or 0. */
struct state {
	uint32_t fail, word, output;
};

struct stk_keywords {
	struct {
		struct word *v;
		size_t n, cap;
	} words;
	struct {
		uint32_t *v;
		size_t n, cap;
	} always; /* rules without a keyword */
	uint8_t class_of[256];
	size_t n_classes, n_states;
	uint32_t *table; /* n_states rows of n_classes */
	struct state *states;
};

/* A rule's next keyword; "\037" becomes a space. */
static struct stk_str next_keyword(struct stk_arena *arena, struct stk_str *rest)
{
	struct stk_str word = stk_arena_str(arena, stk_str_cut(rest, ' '));
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '\037')
			((char *)word.p)[i] = ' ';
	return word;
}

static struct stk_str folded(struct stk_arena *arena, struct stk_str text)
{
	struct stk_str out = stk_arena_str(arena, text);
	for (size_t i = 0; i < out.n; i++)
		((char *)out.p)[i] = stk_lower(out.p[i]);
	return out;
}

static void add_rule(struct stk_arena *arena, struct stk_keywords *keywords, struct stk_map *seen, const char *list,
		     uint32_t rule)
{
	struct stk_str rest = stk_str_from(list);
	while (rest.n) {
		struct stk_str keyword = next_keyword(arena, &rest), text = folded(arena, keyword);
		struct stk_str exact = stk_secret_keyword_exact(keyword) ? keyword : (struct stk_str){ 0 };
		if (!text.n)
			continue;
		void **at = stk_map_at(seen, arena, text);
		if (!*at) {
			*STK_PUSH(arena, &keywords->words) = (struct word){ .text = text, .exact = exact };
			*at = (void *)(uintptr_t)keywords->words.n;
		}
		struct word *word = &keywords->words.v[(uintptr_t)*at - 1];
		/* Of two rules that disagree about the case both are told of every case. */
		if (!stk_str_eq(word->exact, exact))
			word->exact = (struct stk_str){ 0 };
		*STK_PUSH(arena, word) = rule;
	}
}

static void collect(struct stk_arena *arena, struct stk_keywords *keywords, const struct stk_secret_engine *engine)
{
	struct stk_map seen = { 0 };
	for (size_t i = 0; i < engine->n; i++) {
		const struct stk_secret_rule *rule = engine->rules[i];
		if (engine->in_database[i] || !stk_secret_rule_everywhere(rule))
			continue;
		if (rule->keywords || rule->nearby)
			add_rule(arena, keywords, &seen, rule->keywords ? rule->keywords : rule->nearby, (uint32_t)i);
		else
			*STK_PUSH(arena, &keywords->always) = (uint32_t)i;
	}
}

static size_t classify(struct stk_keywords *keywords)
{
	size_t total = 1;
	keywords->n_classes = 1; /* class 0: every byte that no keyword has */
	for (size_t i = 0; i < keywords->words.n; i++) {
		struct stk_str text = keywords->words.v[i].text;
		total += text.n;
		for (size_t k = 0; k < text.n; k++)
			if (!keywords->class_of[(unsigned char)text.p[k]])
				keywords->class_of[(unsigned char)text.p[k]] = (uint8_t)keywords->n_classes++;
	}
	for (char c = 'A'; c <= 'Z'; c++)
		keywords->class_of[(unsigned char)c] = keywords->class_of[(unsigned char)stk_lower(c)];
	return total;
}

static void build_trie(struct stk_keywords *keywords)
{
	keywords->n_states = 1;
	for (size_t i = 0; i < keywords->words.n; i++) {
		struct stk_str text = keywords->words.v[i].text;
		size_t state = 0;
		for (size_t k = 0; k < text.n; k++) {
			uint32_t *next = &keywords->table[state * keywords->n_classes +
							  keywords->class_of[(unsigned char)text.p[k]]];
			if (!*next)
				*next = (uint32_t)keywords->n_states++;
			state = *next;
		}
		keywords->states[state].word = (uint32_t)i + 1;
	}
}

/* Breadth first: a state's failure is known before its children's, so the table can be completed in place. */
static void complete(struct stk_arena *arena, struct stk_keywords *keywords)
{
	uint32_t *queue = STK_NEW(arena, uint32_t, keywords->n_states);
	size_t head = 0, tail = 0;
	for (size_t c = 0; c < keywords->n_classes; c++)
		if (keywords->table[c])
			queue[tail++] = keywords->table[c];
	while (head < tail) {
		uint32_t here = queue[head++], fail = keywords->states[here].fail;
		keywords->states[here].output = keywords->states[fail].word ? fail : keywords->states[fail].output;
		for (size_t c = 0; c < keywords->n_classes; c++) {
			uint32_t *next = &keywords->table[here * keywords->n_classes + c];
			uint32_t other = keywords->table[fail * keywords->n_classes + c];
			if (*next) {
				keywords->states[*next].fail = other;
				queue[tail++] = *next;
			} else {
				*next = other;
			}
		}
	}
}

struct stk_keywords *stk_keywords_new(struct stk_arena *arena, const struct stk_secret_engine *engine)
{
	struct stk_keywords *keywords = STK_NEW(arena, struct stk_keywords, 1);
	collect(arena, keywords, engine);
	size_t most = classify(keywords);
	keywords->table = STK_NEW(arena, uint32_t, most * keywords->n_classes);
	keywords->states = STK_NEW(arena, struct state, most);
	build_trie(keywords);
	complete(arena, keywords);
	return keywords;
}

static void on_word(const struct word *word, struct stk_secret_matcher *matcher, size_t end)
{
	size_t begin = end - word->text.n;
	if (word->exact.n && !stk_str_eq(stk_str_slice(matcher->text, begin, end), word->exact))
		return;
	for (size_t i = 0; i < word->n; i++)
		stk_secret_keyword_hit(matcher, word->v[i], begin, end);
}

void stk_keywords_match(const struct stk_keywords *keywords, struct stk_secret_matcher *matcher, struct stk_str text)
{
	for (size_t i = 0; i < keywords->always.n; i++)
		stk_secret_hit(matcher, keywords->always.v[i], 0, text.n);
	if (!keywords->words.n)
		return;
	uint32_t state = 0;
	for (size_t i = 0; i < text.n; i++) {
		state = keywords->table[state * keywords->n_classes + keywords->class_of[(unsigned char)text.p[i]]];
		const struct state *at = &keywords->states[state];
		if (at->word)
			on_word(&keywords->words.v[at->word - 1], matcher, i + 1);
		for (uint32_t out = at->output; out; out = keywords->states[out].output)
			on_word(&keywords->words.v[keywords->states[out].word - 1], matcher, i + 1);
	}
}
