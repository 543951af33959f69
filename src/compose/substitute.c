/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compose finds variables with a regular expression and then balances braces by hand; the two do not always agree, and
 * what follows keeps to what they do together: the text up to the last "}" of the line belongs to a ${NAME:-…}, of
 * which the part up to the balancing brace is evaluated.
 */
#include "compose/substitute.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

void stk_compose_environment_set(struct stk_arena *arena, struct stk_compose_environment *environment,
				 struct stk_str name, struct stk_str value)
{
	struct stk_str *place = STK_NEW(arena, struct stk_str, 1);
	*place = value;
	*stk_map_at(&environment->values, arena, name) = place;
}

void stk_compose_environment_merge(struct stk_arena *arena, struct stk_compose_environment *into,
				   const struct stk_compose_environment *from)
{
	for (size_t i = 0; i < from->values.n; i++) {
		void **place = stk_map_at(&into->values, arena, from->values.entries[i].key);
		if (!*place)
			*place = from->values.entries[i].value;
	}
}

bool stk_compose_environment_get(const struct stk_compose_environment *environment, struct stk_str name,
				 struct stk_str *value)
{
	const struct stk_str *found = stk_map_get(&environment->values, name);
	if (found)
		*value = *found;
	return found != NULL;
}

struct state {
	struct stk_compose_substitution *s;
	struct stk_buf *out;
	struct stk_err *err;
	unsigned depth;
};

static bool is_name_start(char c)
{
	return stk_is_alpha(c) || c == '_';
}

static size_t name_length(struct stk_str text)
{
	size_t n = 0;
	while (n < text.n && (is_name_start(text.p[n]) || (n && stk_is_digit(text.p[n]))))
		n++;
	return n;
}

static int invalid(struct state *st, struct stk_str text)
{
	stk_fail(st->err, STK_EFORMAT, "invalid interpolation format: " STK_FMT, STK_ARG(stk_str_slice(text, 0, 200)));
	return stk_hint(st->err, "write $$ where a dollar sign is meant");
}

static int expand(struct state *st, struct stk_str text);

static bool look_up(struct state *st, struct stk_str name, struct stk_str *value)
{
	*value = S("");
	return st->s->lookup(st->s->context, name, value);
}

static void put_variable(struct state *st, struct stk_str name)
{
	struct stk_str value;
	if (!look_up(st, name, &value) && st->s->unset)
		*stk_map_at(st->s->unset, st->s->arena, name) = st->s;
	stk_buf_add(st->out, value);
}

/* The index of the brace that balances the first one, or SIZE_MAX. The byte behind an opening brace is never looked at.
 */
static size_t balancing_brace(struct stk_str text)
{
	size_t open = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '}' && open && --open == 0)
			return i;
		if (text.p[i] == '{') {
			open++;
			i++;
		}
	}
	return SIZE_MAX;
}

/* What a ${NAME<operator>text} stands for: operator is '-', '+' or '?', strict when a colon stood before it. */
static int put_conditional(struct state *st, struct stk_str name, char operator, bool strict, struct stk_str text)
{
	struct stk_str value;
	STK_BUF nested = stk_buf_new(STK_LIMIT_TEXT_FILE);
	struct state inner = { .s = st->s, .out = &nested, .err = st->err, .depth = st->depth + 1 };
	if (expand(&inner, text) < 0)
		return -1;
	bool set = look_up(st, name, &value), good = set && (!strict || value.n);
	struct stk_str other = stk_buf_str(&nested);
	if (operator== '?' && !good && st->s->lenient) {
		if (st->s->unset)
			*stk_map_at(st->s->unset, st->s->arena, name) = st->s;
		return 0;
	}
	if (operator== '?' && !good)
		return stk_fail(st->err, STK_EFORMAT,
				other.n ? "required variable " STK_FMT " is missing a value: " STK_FMT
					: "required variable " STK_FMT " is missing a value" STK_FMT,
				STK_ARG(name), STK_ARG(other));
	bool take_other = operator== '-' ? !good : operator== '+' && good;
	stk_buf_add(st->out, take_other ? other : value);
	st->out->overflow |= nested.overflow;
	return 0;
}

/* text starts with "${"; *used says how much of it was taken. */
static int put_braced(struct state *st, struct stk_str text, size_t *used)
{
	struct stk_str inside = stk_str_slice(text, 2, text.n);
	size_t n = name_length(inside), at = n;
	struct stk_str name = stk_str_slice(inside, 0, n);
	if (n && n < inside.n && inside.p[n] == '}') {
		*used = n + 3;
		put_variable(st, name);
		return 0;
	}
	bool strict = at < inside.n && inside.p[at] == ':';
	at += strict;
	if (!n || at >= inside.n || !memchr("-+?", inside.p[at], 3))
		return invalid(st, text);
	size_t line = stk_str_find_byte(text, '\n');
	struct stk_str match = stk_str_slice(text, 0, line);
	size_t last = stk_str_rfind_byte(match, '}');
	if (last == SIZE_MAX || last < at + 2)
		return invalid(st, text);
	match = stk_str_slice(match, 0, last + 1);
	size_t close = balancing_brace(match);
	if (close == SIZE_MAX)
		close = last;
	*used = close + 1;
	return put_conditional(st, name, inside.p[at], strict, stk_str_slice(match, at + 3, close));
}

static int expand(struct state *st, struct stk_str text)
{
	if (st->depth > STK_LIMIT_DEPTH)
		return stk_fail(st->err, STK_ELIMIT, "variables are nested too deeply");
	for (size_t i = 0; i < text.n;) {
		struct stk_str rest = stk_str_slice(text, i, text.n);
		size_t dollar = stk_str_find_byte(rest, '$');
		stk_buf_add(st->out, stk_str_slice(rest, 0, dollar));
		if (dollar == SIZE_MAX)
			return 0;
		i += dollar;
		rest = stk_str_slice(text, i, text.n);
		char next = rest.n > 1 ? rest.p[1] : 0;
		size_t used = 1;
		if (next == '$') {
			used = 2;
			stk_buf_byte(st->out, '$');
		} else if (is_name_start(next)) {
			used = 1 + name_length(stk_str_slice(rest, 1, rest.n));
			put_variable(st, stk_str_slice(rest, 1, used));
		} else if (next == '{') {
			if (put_braced(st, rest, &used) < 0)
				return -1;
		} else {
			stk_buf_byte(st->out, '$');
			i++;
			continue;
		}
		st->s->replaced = true;
		i += used;
	}
	return 0;
}

int stk_compose_substitute(struct stk_compose_substitution *s, struct stk_str text, struct stk_str *out,
			   struct stk_err *err)
{
	s->replaced = false;
	*out = text;
	if (stk_str_find_byte(text, '$') == SIZE_MAX)
		return 0;
	STK_BUF buf = stk_buf_new(STK_LIMIT_TEXT_FILE);
	struct state st = { .s = s, .out = &buf, .err = err };
	if (expand(&st, text) < 0)
		return -1;
	if (buf.overflow)
		return stk_fail(err, STK_ELIMIT, "a value grows beyond 16 MiB when its variables are replaced");
	*out = stk_arena_str(s->arena, stk_buf_str(&buf));
	return 0;
}
