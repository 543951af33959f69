/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `command:` and `entrypoint:` written as one text become words as mattn/go-shellwords splits them, the library that
 * Compose uses; nothing is run and no variable is read. A shell would split some texts otherwise: see the comments.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "compose/loader.h"
#include "base/banned.h"

struct splitter {
	struct stk_arena *arena;
	struct stk_strs *words;
	struct stk_buf word;	     /* what has been read of the word */
	bool started;		     /* there is a word, which may be empty: "" */
	bool escaped, single, twice; /* behind a backslash, inside single or double quotes */
	bool back, dollar;	     /* inside `...` or $(...) */
};

static void end_word(struct splitter *s)
{
	if (!s->started)
		return;
	*STK_PUSH(s->arena, s->words) = stk_arena_str(s->arena, stk_buf_str(&s->word));
	stk_buf_clear(&s->word);
	s->started = false;
}

/* A quote that opens or closes and is no part of the word. Closing makes a word even of nothing. */
static bool take_quote(struct splitter *s, char c)
{
	bool *quote = c == '"' && !s->single && !s->dollar   ? &s->twice
		      : c == '\'' && !s->twice && !s->dollar ? &s->single
							     : NULL;
	if (!quote)
		return false;
	s->started |= *quote;
	*quote = !*quote;
	return true;
}

/* `...` and $(...) stay in the word as text, they only keep blanks from ending it. A ")" that nothing opened counts as
   an opening one, as in the library. NULL, or what is wrong. */
static const char *note_substitution(struct splitter *s, char c)
{
	if (s->single || s->twice)
		return NULL;
	if (c == '`' && !s->dollar)
		s->back = !s->back;
	else if (c == ')' && !s->back)
		s->dollar = !s->dollar;
	else if (c == '(' && !s->back) {
		if (s->dollar || !stk_str_ends(stk_buf_str(&s->word), S("$")))
			return "invalid command line string: a parenthesis must be quoted";
		s->dollar = true;
	}
	return NULL;
}

/* Takes one byte; *end: the text is read no further. NULL, or what is wrong. */
static const char *take(struct splitter *s, char c, bool *end)
{
	bool quoted = s->single || s->twice || s->back || s->dollar;
	const char *wrong;
	/* Inside single quotes a backslash is itself. */
	if (s->escaped || (c == '\\' && s->single)) {
		stk_buf_byte(&s->word, c);
		s->started |= s->escaped;
		s->escaped = false;
		return NULL;
	}
	if (c == '\\') {
		s->escaped = true;
		return NULL;
	}
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		if (quoted)
			stk_buf_byte(&s->word, c);
		else
			end_word(s);
		return NULL;
	}
	if (take_quote(s, c))
		return NULL;
	if ((wrong = note_substitution(s, c)))
		return wrong;
	/* Here the library stops without an error: the rest is another command's. */
	if (!quoted && stk_str_find_byte(S(";&|<>"), c) != SIZE_MAX) {
		/* A digit before ">" (2>) is a descriptor and no word. */
		if (c == '>' && s->word.n && stk_is_digit(s->word.p[0]))
			s->started = false;
		*end = true;
		return NULL;
	}
	s->started = true;
	stk_buf_byte(&s->word, c);
	return NULL;
}

const char *stk_compose_split_words(struct stk_arena *arena, struct stk_str text, struct stk_strs *words)
{
	struct splitter s = { .arena = arena, .words = words, .word = stk_buf_new(STK_LIMIT_TEXT_FILE) };
	const char *wrong = NULL;
	bool end = false;
	for (size_t i = 0; i < text.n && !end && !wrong; i++)
		wrong = take(&s, text.p[i], &end);
	if (!wrong && (s.escaped || s.single || s.twice || s.back || s.dollar))
		wrong = "invalid command line string: a quote is not closed";
	if (!wrong)
		end_word(&s);
	stk_buf_free(&s.word);
	return wrong;
}
