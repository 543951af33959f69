/* SPDX-License-Identifier: Apache-2.0 */
/* See lex.h: $name, ${name}, ${name:-word} and its relatives, ${name#pattern}, ${name/pattern/text}, quotes, escapes.
 */
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/lex.h"
#include "dockerfile/pattern.h"
#include "dockerfile/parse.h"
#include "base/banned.h"

struct lexer {
	struct stk_arena *arena;
	const struct stk_lex_options *options;
	struct stk_str s;
	size_t at;
	bool raw_escapes;
	unsigned depth;
	struct stk_lex_result *result;
};

/* Words being collected on the top level. */
struct word_builder {
	struct stk_buf text;
	size_t begin;
	bool in_word;
};

static bool fail(struct lexer *x, const char *why)
{
	if (!x->result->error)
		x->result->error = why;
	return false;
}

static int peek(const struct lexer *x)
{
	return x->at < x->s.n ? (unsigned char)x->s.p[x->at] : -1;
}

/* ---- words ---- */

static void word_end(struct lexer *x, struct word_builder *w, size_t end)
{
	if (w->text.n)
		*STK_PUSH(x->arena, &x->result->words) =
			(struct stk_lex_word){ stk_arena_str(x->arena, stk_buf_str(&w->text)), w->begin, end };
	stk_buf_clear(&w->text);
	w->in_word = false;
}

static void word_add(struct word_builder *w, struct stk_str text, size_t begin)
{
	if (!w->in_word)
		w->begin = begin;
	w->in_word = true;
	stk_buf_add(&w->text, text);
}

/* Text of a variable: its blanks divide words. */
static void word_add_split(struct lexer *x, struct word_builder *w, struct stk_str text, size_t begin)
{
	for (size_t i = 0; i < text.n;) {
		size_t space = stk_parse_space(stk_str_slice(text, i, text.n));
		if (space && w->text.n)
			word_end(x, w, begin);
		else if (!space)
			word_add(w, stk_str_slice(text, i, i + 1), begin);
		i += space ? space : 1;
	}
}

/* ---- variables ---- */

static bool is_special(int c)
{
	return c > 0 && strchr("@*#?-$!0", c);
}

/* A number, one special character ($@, $?), or a word; bytes beyond ASCII count as letters, as
   in Go's unicode.IsLetter for most of them. */
static struct stk_str name_of(struct lexer *x)
{
	size_t begin = x->at;
	int c = peek(x);
	if (c >= 0 && stk_is_digit((char)c)) {
		while (x->at < x->s.n && stk_is_digit(x->s.p[x->at]))
			x->at++;
	} else if (is_special(c)) {
		x->at++;
	} else {
		while (x->at < x->s.n &&
		       (stk_is_alnum(x->s.p[x->at]) || x->s.p[x->at] == '_' || (x->s.p[x->at] & 0x80)))
			x->at++;
	}
	return stk_str_slice(x->s, begin, x->at);
}

static bool value_of(struct lexer *x, struct stk_str name, struct stk_str *value)
{
	*value = S("");
	bool set = x->options->lookup && x->options->lookup(x->options->context, name, value);
	struct stk_strs *list = set ? &x->result->used : &x->result->missing;
	if (list->n < 1000 && !stk_strs_has(list, name))
		*STK_PUSH(x->arena, list) = name;
	return set;
}

static bool process(struct lexer *x, int stop, bool raw_escapes, struct word_builder *words, struct stk_buf *out);

/* The text up to `stop`, processed. */
static bool operand(struct lexer *x, int stop, bool raw_escapes, struct stk_str *out)
{
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE);
	if (++x->depth > STK_LIMIT_DEPTH)
		return fail(x, "variables are nested too deep");
	bool good = process(x, stop, raw_escapes, NULL, &text);
	x->depth--;
	*out = stk_arena_str(x->arena, stk_buf_str(&text));
	return good && !text.overflow;
}

static const char invalid_escape[] = "a backslash in a pattern stands before something else than * ? \\ } and /";

/* ${name<op>word}: op is one of -, +, ? with or without ":", or # and %. */
static bool modifier(struct lexer *x, struct stk_str name, char op, bool null_is_unset, struct stk_buf *out)
{
	struct stk_str word, value;
	if (!operand(x, '}', op == '#' || op == '%', &word))
		return fail(x, "missing \"}\"");
	bool set = value_of(x, name, &value);
	/* The colon forms take an empty value for none. */
	bool filled = set && !(null_is_unset && !value.n);
	if (x->options->keep_unset && !set) {
		stk_buf_printf(out, "${" STK_FMT "%s%c" STK_FMT "}", STK_ARG(name), null_is_unset ? ":" : "", op,
			       STK_ARG(word));
		return true;
	}
	switch (op) {
	case '-':
		stk_buf_add(out, filled ? value : word);
		return true;
	case '+':
		stk_buf_add(out, filled ? word : S(""));
		return true;
	case '?':
		x->result->demands |= !filled;
		if (!filled)
			return fail(x, "a variable that must be set is not");
		stk_buf_add(out, value);
		return true;
	default:
		break;
	}
	/* Without a value nothing is known of what is left after trimming, unlike with the
	   forms above, which say what stands in for it. */
	x->result->gap |= !set;
	bool longest = word.n && word.p[0] == op;
	struct stk_str pattern = longest ? stk_str_slice(word, 1, word.n) : word;
	if (!stk_pattern_is_valid(pattern))
		return fail(x, invalid_escape);
	stk_buf_add(out, op == '#' ? stk_pattern_trim_prefix(pattern, value, longest)
				   : stk_pattern_trim_suffix(pattern, value, longest));
	return true;
}

/* ${name/pattern/text} and ${name//pattern/text}. */
static bool replacement(struct lexer *x, struct stk_str name, struct stk_buf *out)
{
	struct stk_str pattern, text, value;
	bool all = peek(x) == '/';
	x->at += all;
	if (!operand(x, '/', true, &pattern) || !operand(x, '}', true, &text))
		return fail(x, "missing \"/\" or \"}\"");
	bool set = value_of(x, name, &value);
	x->result->gap |= !set;
	if (x->options->keep_unset && !set)
		stk_buf_printf(out, "${" STK_FMT "/" STK_FMT "/" STK_FMT "}", STK_ARG(name), STK_ARG(pattern),
			       STK_ARG(text));
	else if (!stk_pattern_is_valid(pattern))
		return fail(x, invalid_escape);
	else
		stk_pattern_replace(pattern, value, text, all, out);
	return true;
}

/* What stands behind "${". BuildKit's own lexer, not the shell's: it knows these modifiers and
   refuses all others. */
static bool braces(struct lexer *x, struct stk_buf *out)
{
	struct stk_str value;
	int c = peek(x);
	if (c < 0)
		return fail(x, "missing \"}\"");
	if (c == '{' || c == '}' || c == ':')
		return fail(x, "bad substitution");
	struct stk_str name = name_of(x);
	int op = peek(x);
	x->at += op >= 0;
	if (op == '}') {
		bool set = value_of(x, name, &value);
		x->result->gap |= !set;
		if (!set && x->options->keep_unset)
			stk_buf_printf(out, "${" STK_FMT "}", STK_ARG(name));
		else
			stk_buf_add(out, value);
		return true;
	}
	if (op == '/')
		return replacement(x, name, out);
	bool colon = op == ':';
	if (colon) {
		op = peek(x);
		x->at += op >= 0;
	}
	/* op <= 0 keeps strchr from finding the set's own terminator. */
	if (op <= 0 || !strchr(colon ? "+-?" : "+-?#%", op))
		return fail(x, "unsupported modifier in a substitution");
	return modifier(x, name, (char)op, colon, out);
}

/* at stands on the "$". */
static bool dollar(struct lexer *x, struct stk_buf *out)
{
	struct stk_str value;
	x->at++;
	if (peek(x) == '{') {
		x->at++;
		return braces(x, out);
	}
	struct stk_str name = name_of(x);
	if (!name.n) {
		stk_buf_byte(out, '$');
		return true;
	}
	bool set = value_of(x, name, &value);
	x->result->gap |= !set;
	if (!set && x->options->keep_unset)
		stk_buf_printf(out, "$" STK_FMT, STK_ARG(name));
	else
		stk_buf_add(out, value);
	return true;
}

/* ---- quotes ---- */

static bool single_quotes(struct lexer *x, struct stk_buf *out)
{
	size_t begin = x->at + 1;
	size_t n = stk_str_find_byte(stk_str_slice(x->s, begin, x->s.n), '\'');
	if (n == SIZE_MAX)
		return fail(x, "a single quote is not closed");
	x->at = begin + n + 1;
	bool raw = x->options->raw_quotes;
	stk_buf_add(out, stk_str_slice(x->s, begin - raw, begin + n + raw));
	return true;
}

/* A backslash in double quotes escapes only what is special there ("$ and itself) and otherwise
   stays, as in a shell. */
static bool double_quotes(struct lexer *x, struct stk_buf *out)
{
	char escape = x->options->escape;
	if (x->options->raw_quotes)
		stk_buf_byte(out, '"');
	x->at++;
	for (;;) {
		int c = peek(x);
		if (c < 0)
			return fail(x, "a double quote is not closed");
		if (c == '"')
			break;
		if (c == '$') {
			if (!dollar(x, out))
				return false;
			continue;
		}
		x->at++;
		if (c == escape) {
			int next = peek(x);
			if (x->raw_escapes)
				stk_buf_byte(out, escape);
			/* A lone escape at the end is dropped; the next round reports the open
			   quote. */
			if (next < 0)
				continue;
			if (next == '"' || next == '$' || next == escape) {
				c = next;
				x->at++;
			}
		}
		stk_buf_byte(out, (char)c);
	}
	x->at++;
	if (x->options->raw_quotes)
		stk_buf_byte(out, '"');
	return true;
}

/* "<<" and the blanks behind it stay one word with what follows. */
static void heredoc_marker(struct lexer *x, struct stk_buf *out)
{
	size_t begin = x->at++;
	if (peek(x) == '<')
		for (x->at++; x->at < x->s.n && strchr(" \t\r", x->s.p[x->at]) && x->s.p[x->at];)
			x->at++;
	stk_buf_add(out, stk_str_slice(x->s, begin, x->at));
}

/* One quoted part, variable or "<". */
static bool special(struct lexer *x, int c, struct stk_buf *out)
{
	switch (c) {
	case '$':
		return dollar(x, out);
	case '\'':
		return single_quotes(x, out);
	case '"':
		return double_quotes(x, out);
	default:
		heredoc_marker(x, out);
		return true;
	}
}

static void plain(struct lexer *x, struct word_builder *words, struct stk_buf *out)
{
	size_t begin = x->at++;
	char c = x->s.p[begin];
	if (c != x->options->escape) {
		size_t space = words ? stk_parse_space(stk_str_slice(x->s, begin, x->s.n)) : 0;
		if (space > 1)
			x->at = begin + space;
		struct stk_str text = stk_str_slice(x->s, begin, x->at);
		stk_buf_add(out, text);
		if (words && space)
			word_end(x, words, begin);
		else if (words)
			word_add(words, text, begin);
		return;
	}
	size_t from = begin + !x->raw_escapes;
	x->at += x->at < x->s.n;
	struct stk_str text = stk_str_slice(x->s, from, x->at);
	stk_buf_add(out, text);
	if (words)
		word_add(words, text, begin);
}

/* The main loop, also for the words inside ${...}: reads to `stop`, or to the end if that is
   negative. With `words`, what a variable brings is split at blanks; quoted text never is. */
static bool process(struct lexer *x, int stop, bool raw_escapes, struct word_builder *words, struct stk_buf *out)
{
	bool before = x->raw_escapes;
	x->raw_escapes = raw_escapes;
	for (int c; (c = peek(x)) >= 0;) {
		if (c == stop) {
			x->at++;
			x->raw_escapes = before;
			return true;
		}
		size_t begin = x->at, n = out->n;
		if (c != '$' && c != '\'' && c != '"' && c != '<') {
			plain(x, words, out);
			continue;
		}
		if (!special(x, c, out))
			return false;
		/* Only what this round appended. The buffer may have moved, so it is looked up
		   again. */
		struct stk_str made = { out->p ? out->p + n : "", out->n - n };
		if (words && c == '$')
			word_add_split(x, words, made, begin);
		else if (words)
			word_add(words, made, begin);
	}
	x->raw_escapes = before;
	return stop < 0 ? true : fail(x, "the text ends too early");
}

struct stk_lex_result stk_lex(struct stk_arena *arena, struct stk_str source, const struct stk_lex_options *options)
{
	struct stk_lex_result result = { .text = source };
	struct lexer x = {
		.arena = arena, .options = options, .s = source, .raw_escapes = options->raw_escapes, .result = &result
	};
	struct word_builder words = { .text = stk_buf_new(STK_LIMIT_TEXT_FILE) };
	STK_BUF out = stk_buf_new(STK_LIMIT_TEXT_FILE);
	bool good = process(&x, -1, options->raw_escapes, &words, &out);
	word_end(&x, &words, source.n);
	if (out.overflow || words.text.overflow)
		good = fail(&x, "the value is too long");
	stk_buf_free(&words.text);
	if (good)
		result.text = stk_arena_str(arena, stk_buf_str(&out));
	else
		result.words.n = 0;
	return result;
}
