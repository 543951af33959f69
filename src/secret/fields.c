/* SPDX-License-Identifier: Apache-2.0 */
/* Assignments that no single expression sees: Dockerfile lines with their own syntax, and names and values in two
 * fields. */
#include <string.h>

#include "base/limits.h"
#include "secret/decode.h"
#include "base/banned.h"

enum { REACH = 300 }; /* bytes between a name and its value */

static void add_assignment(struct stk_arena *arena, struct stk_derived *out, struct stk_str text, struct stk_str name,
			   struct stk_str value)
{
	if (!name.n || !value.n || value.n > STK_KIB(64))
		return;
	stk_buf_add(&out->text, name);
	stk_buf_add(&out->text, S("=\""));
	size_t at = out->text.n, begin = (size_t)(value.p - text.p);
	stk_buf_add(&out->text, value);
	stk_buf_add(&out->text, S("\"\n"));
	if (!out->text.overflow)
		*STK_PUSH(arena, &out->segments) = (struct stk_segment){
			.at = at, .n = value.n, .begin = begin, .end = begin + value.n, .linear = true
		};
}

/* The next word of an ENV line, quotes respected and taken off its value. */
static struct stk_str next_word(struct stk_str *rest)
{
	char quote = 0;
	size_t i = 0;
	*rest = stk_str_trim_left(*rest);
	while (i < rest->n && (quote || !stk_is_space(rest->p[i]))) {
		if (rest->p[i] == '\\' && i + 1 < rest->n && rest->p[i + 1] != '\n')
			i++;
		else if (quote ? rest->p[i] == quote : rest->p[i] == '"' || rest->p[i] == '\'')
			quote = quote ? 0 : rest->p[i];
		i++;
	}
	struct stk_str word = stk_str_slice(*rest, 0, i);
	*rest = stk_str_slice(*rest, i, rest->n);
	return word;
}

static struct stk_str unquote(struct stk_str value)
{
	if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'') && value.p[value.n - 1] == value.p[0])
		return stk_str_slice(value, 1, value.n - 1);
	return value;
}

/* One logical line: "ENV A=b C=d", "ENV A b c", "ARG A=b", "LABEL a=b". */
static void read_instruction(struct stk_arena *arena, struct stk_str text, struct stk_str line, struct stk_derived *out)
{
	struct stk_str rest = stk_str_trim(line), keyword = stk_str_cut_word(&rest);
	if (!stk_str_eq_nocase(keyword, S("ENV")) && !stk_str_eq_nocase(keyword, S("ARG")) &&
	    !stk_str_eq_nocase(keyword, S("LABEL")))
		return;
	struct stk_str first = rest, name = next_word(&first);
	if (stk_str_find_byte(name, '=') == SIZE_MAX) {
		add_assignment(arena, out, text, name, unquote(stk_str_trim(first)));
		return;
	}
	while (stk_str_trim(rest).n) {
		struct stk_str value = next_word(&rest), key = stk_str_cut(&value, '=');
		if (!stk_str_is(key, "\\"))
			add_assignment(arena, out, text, unquote(key), unquote(value));
	}
}

void stk_decode_dockerfile(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	*out = (struct stk_derived){ .text = stk_buf_new(STK_MIB(16)) };
	for (struct stk_str rest = text; rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest);
		while (rest.n && stk_str_ends(stk_str_trim_right(line), S("\\"))) {
			stk_str_cut_line(&rest);
			line.n = (size_t)(rest.p - line.p);
		}
		read_instruction(arena, text, line, out);
	}
}

static bool is_sign(char c)
{
	return c == ':' || c == '=' || c == '>';
}

/* Behind the word at `i`: quotes, blanks, one ":" or "=" or a tag's ">", blanks, then a quoted or bare scalar. */
static struct stk_str scalar_after(struct stk_str text, size_t i, size_t *end)
{
	bool sign = false;
	while (i < text.n &&
	       (stk_is_space(text.p[i]) || text.p[i] == '"' || text.p[i] == '\'' || (is_sign(text.p[i]) && !sign))) {
		if ((text.p[i] == '"' || text.p[i] == '\'') && sign) {
			const char *close = memchr(text.p + i + 1, text.p[i], text.n - i - 1);
			*end = close ? (size_t)(close - text.p) + 1 : text.n;
			return close ? stk_str_slice(text, i + 1, (size_t)(close - text.p)) : (struct stk_str){ 0 };
		}
		sign |= is_sign(text.p[i]);
		if (text.p[i] == '\n' && sign)
			break;
		i++;
	}
	size_t begin = i;
	while (sign && i < text.n && !stk_is_space(text.p[i]) && text.p[i] != ',' && text.p[i] != '}' &&
	       text.p[i] != '<')
		i++;
	*end = i;
	return stk_str_slice(text, begin, i);
}

static bool is_word_at(struct stk_str text, size_t i, size_t n)
{
	return (i == 0 || (!stk_is_alnum(text.p[i - 1]) && text.p[i - 1] != '_' && text.p[i - 1] != '-')) &&
	       (i + n == text.n || (!stk_is_alnum(text.p[i + n]) && text.p[i + n] != '_'));
}

/* The nearest "name" or "key" field before the value field at `value`. */
static struct stk_str name_before(struct stk_str text, size_t value, size_t from)
{
	static const char *const words[] = { "name", "Name", "key", "Key" };
	struct stk_str best = { 0 };
	size_t best_at = from;
	for (size_t w = 0; w < STK_LEN(words); w++) {
		struct stk_str word = stk_str_from(words[w]);
		for (size_t i = best_at; i + word.n < value; i++) {
			size_t end;
			if (memcmp(text.p + i, word.p, word.n) != 0 || !is_word_at(text, i, word.n))
				continue;
			struct stk_str scalar = scalar_after(stk_str_slice(text, 0, value), i + word.n, &end);
			if (!scalar.n || scalar.n > 100)
				continue;
			best = scalar;
			best_at = i;
		}
	}
	return best;
}

static bool is_name(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stk_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return s.n > 0;
}

/* Code is full of fields called "value": only what could be a credential is worth a look back for its name. */
static bool looks_secret(struct stk_str value)
{
	bool digit = false, small = false, large = false;
	for (size_t i = 0; i < value.n; i++) {
		if (stk_is_space(value.p[i]))
			return false;
		digit |= stk_is_digit(value.p[i]);
		small |= value.p[i] >= 'a' && value.p[i] <= 'z';
		large |= value.p[i] >= 'A' && value.p[i] <= 'Z';
	}
	return value.n <= STK_KIB(4) && ((digit && value.n >= 8) || (small && large && value.n >= 16));
}

void stk_decode_pairs(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	*out = (struct stk_derived){ .text = stk_buf_new(STK_MIB(16)) };
	size_t from = 0;
	for (size_t i = 0; i + 5 < text.n;) {
		size_t next = stk_str_find(stk_str_slice(text, i, text.n), S("alue"));
		if (next == SIZE_MAX)
			return;
		i += next;
		if (i == 0 || (text.p[i - 1] != 'v' && text.p[i - 1] != 'V') || !is_word_at(text, i - 1, 5)) {
			i += 4;
			continue;
		}
		size_t end;
		struct stk_str value = scalar_after(text, i + 4, &end);
		if (!looks_secret(value)) {
			i += 4;
			continue;
		}
		struct stk_str name = name_before(text, i - 1, i > REACH && i - REACH > from ? i - REACH : from);
		if (is_name(name))
			add_assignment(arena, out, text, name, value);
		from = i + 4;
		i += 4;
	}
}

/* Behind "${": the name and its default value. False when it has none, or one that is made of others. */
static bool read_default(struct stk_str text, struct stk_str *name, struct stk_str *value)
{
	size_t n = 0;
	while (n < text.n && n < REACH && (stk_is_alnum(text.p[n]) || text.p[n] == '_'))
		n++;
	*name = stk_str_slice(text, 0, n);
	struct stk_str rest = stk_str_slice(text, n, n + STK_KIB(4));
	rest = stk_str_strip_prefix(rest, S(":"));
	if (!n || !rest.n || (rest.p[0] != '-' && rest.p[0] != '='))
		return false;
	size_t close = stk_str_find_byte(rest, '}');
	*value = stk_str_slice(rest, 1, close);
	if (value->n >= 2 && (value->p[0] == '"' || value->p[0] == '\'') && value->p[value->n - 1] == value->p[0])
		*value = stk_str_slice(*value, 1, value->n - 1);
	return close != SIZE_MAX && stk_str_find_byte(*value, '$') == SIZE_MAX &&
	       stk_str_find_byte(*value, '\n') == SIZE_MAX;
}

void stk_decode_defaults(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	*out = (struct stk_derived){ .text = stk_buf_new(STK_MIB(16)) };
	for (struct stk_str rest = text, name, value;;) {
		size_t at = stk_str_find(rest, S("${"));
		if (at == SIZE_MAX)
			return;
		rest = stk_str_slice(rest, at + 2, rest.n);
		if (read_default(rest, &name, &value))
			add_assignment(arena, out, text, name, value);
	}
}

/* The quoted word that follows, behind blanks and what stands in `skip`; empty when something else does. */
static struct stk_str quoted_after(struct stk_str text, char skip)
{
	size_t i = 0;
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == skip))
		i++;
	struct stk_str rest = stk_str_slice(text, i + 1, i + 1 + STK_KIB(4));
	size_t close = stk_str_find_byte(rest, '"');
	bool quoted = i < text.n && text.p[i] == '"' && close != SIZE_MAX;
	return quoted ? stk_str_slice(rest, 0, close) : (struct stk_str){ 0 };
}

void stk_decode_variables(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	*out = (struct stk_derived){ .text = stk_buf_new(STK_MIB(16)) };
	for (struct stk_str rest = text;;) {
		size_t at = stk_str_find(rest, S("variable"));
		if (at == SIZE_MAX)
			return;
		rest = stk_str_slice(rest, at + 8, rest.n);
		/* Bounded, since every such word comes here. */
		struct stk_str block = stk_str_slice(rest, 0, STK_KIB(4)), name = quoted_after(block, ' ');
		if (!name.n)
			continue;
		block = stk_str_slice(block, 0, stk_str_find(block, S("\n}")));
		size_t value = stk_str_find(block, S("default"));
		if (value != SIZE_MAX)
			add_assignment(arena, out, text, name,
				       quoted_after(stk_str_slice(block, value + 7, block.n), '='));
	}
}
