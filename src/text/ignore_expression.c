/* SPDX-License-Identifier: Apache-2.0 */
/* Atoms of an expression: characters, classes, repetitions, alternatives. */
#include <string.h>

#include "text/ignore_private.h"
#include "base/banned.h"

/* Repetitions are written out; an expression that grows beyond this is refused. RE2's own bound is some hundred times
 * higher. */
enum { MOST_ATOMS = 10000, MOST_REPETITIONS = 1000 };

/* An expression being read. */
struct reader {
	struct stk_arena *arena;
	struct stk_ignore_expression *out;
	struct stk_str rest;
	size_t unit;   /* the first of the atoms that a repetition would apply to; SIZE_MAX: nothing to repeat */
	bool repeated; /* a repetition has just been read: another one is an error */
};

static struct stk_ignore_atom *new_atom(struct reader *r, enum stk_ignore_atom_kind kind)
{
	struct stk_ignore_atom *atom = STK_PUSH(r->arena, &r->out->atoms);
	*atom = (struct stk_ignore_atom){ .kind = kind };
	return atom;
}

/* "." as RE2 has it: a line end is no character. */
static void new_dot(struct reader *r, enum stk_ignore_atom_kind kind)
{
	struct stk_ignore_class class = { .negated = true };
	stk_ignore_class_add(r->arena, &class, '\n', '\n');
	new_atom(r, kind)->class = class;
}

static void new_character(struct reader *r, uint32_t c)
{
	stk_ignore_class_add(r->arena, &new_atom(r, STK_IGNORE_CHARACTER)->class, c, c);
}

static void new_optional(struct reader *r, uint32_t skip)
{
	new_atom(r, STK_IGNORE_OPTIONAL)->skip = skip;
}

/* \Q up to \E. */
static void read_quoted(struct reader *r)
{
	size_t end = stk_str_find(r->rest, S("\\E"));
	for (struct stk_str literal = stk_str_slice(r->rest, 0, end); literal.n;) {
		r->unit = r->out->atoms.n;
		new_character(r, stk_ignore_take(&literal));
	}
	r->rest = end == SIZE_MAX ? S("") : stk_str_slice(r->rest, end + 2, r->rest.n);
}

/* What stands behind a backslash. \p and \C are refused: see docs/deviations/dockerignore.md. */
static bool read_escape(struct reader *r)
{
	static const struct {
		char letter;
		enum stk_ignore_atom_kind kind;
	} places[] = { { 'A', STK_IGNORE_BEGIN },
		       { 'z', STK_IGNORE_END },
		       { 'b', STK_IGNORE_WORD_EDGE },
		       { 'B', STK_IGNORE_NO_WORD_EDGE } };
	struct stk_ignore_class class = { 0 };
	uint32_t c;
	if (stk_ignore_take_byte(&r->rest, 'Q')) {
		read_quoted(r);
		return true;
	}
	r->unit = r->out->atoms.n;
	for (size_t i = 0; i < STK_LEN(places); i++)
		if (stk_ignore_take_byte(&r->rest, places[i].letter)) {
			new_atom(r, places[i].kind);
			return true;
		}
	struct stk_str whole = { r->rest.p - 1, r->rest.n + 1 };
	if (stk_ignore_take_perl_class(r->arena, &whole, &class)) {
		r->rest = whole;
		new_atom(r, STK_IGNORE_CHARACTER)->class = class;
		return true;
	}
	if (!stk_ignore_take_escape(&r->rest, &c))
		return false;
	new_character(r, c);
	return true;
}

/* A whole number of a repetition: no leading zeros. Absurd ones saturate. */
static bool take_count(struct stk_str *rest, uint32_t *out)
{
	size_t n = 0;
	uint32_t value = 0;
	for (; n < rest->n && stk_is_digit(rest->p[n]); n++)
		value = value > 1000000 ? value : value * 10 + (uint32_t)(rest->p[n] - '0');
	if (!n || (n > 1 && rest->p[0] == '0'))
		return false;
	*rest = stk_str_slice(*rest, n, rest->n);
	*out = value;
	return true;
}

/* "{2}", "{2,}", "{2,3}"; *most is UINT32_MAX for no end. False, with nothing taken, for a brace that is only a brace.
 */
static bool take_repetition(struct stk_str *rest, uint32_t *least, uint32_t *most)
{
	struct stk_str s = *rest;
	if (!stk_ignore_take_byte(&s, '{') || !take_count(&s, least))
		return false;
	*most = *least;
	if (stk_ignore_take_byte(&s, ',') && !take_count(&s, most))
		*most = UINT32_MAX;
	if (!stk_ignore_take_byte(&s, '}'))
		return false;
	*rest = s;
	return true;
}

static void copy_unit(struct reader *r, const struct stk_ignore_atom *unit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct stk_ignore_atom copy = unit[i];
		*STK_PUSH(r->arena, &r->out->atoms) = copy;
	}
}

/* Writes the last unit out again: `least` times, then optionally up to `most`. */
static bool repeat_unit(struct reader *r, uint32_t least, uint32_t most)
{
	size_t n = r->unit == SIZE_MAX ? 0 : r->out->atoms.n - r->unit;
	bool endless = most == UINT32_MAX;
	uint32_t copies = endless ? least + 1 : most;
	if (r->unit == SIZE_MAX || r->repeated || copies > MOST_REPETITIONS + 1U || least > copies ||
	    (copies * (n + 1)) > MOST_ATOMS)
		return false;
	struct stk_ignore_atom *unit = STK_NEW(r->arena, struct stk_ignore_atom, n);
	memcpy(unit, r->out->atoms.v + r->unit, n * sizeof(*unit));
	r->out->atoms.n = r->unit;
	for (uint32_t i = 0; i < copies; i++) {
		if (i >= least)
			new_optional(r, (uint32_t)n);
		copy_unit(r, unit, n);
	}
	/* Without an end, the last copy goes round: of a single character that is STK_IGNORE_ANY_NUMBER, and nothing
	   longer can stand here but what is optional or without width already, where once is as good as often. */
	if (endless && n == 1 && unit[0].kind == STK_IGNORE_CHARACTER)
		r->out->atoms.v[r->out->atoms.n - 1].kind = STK_IGNORE_ANY_NUMBER;
	r->repeated = true;
	return true;
}

static bool read_class(struct reader *r)
{
	struct stk_ignore_class class = { 0 };
	if (!stk_ignore_take_class(r->arena, &r->rest, &class))
		return false;
	new_atom(r, STK_IGNORE_CHARACTER)->class = class;
	return true;
}

static void end_branch(struct reader *r)
{
	size_t first = r->out->branches.n ? r->out->branches.v[r->out->branches.n - 1].first +
						    r->out->branches.v[r->out->branches.n - 1].n
					  : 0;
	*STK_PUSH(r->arena, &r->out->branches) = (struct stk_ignore_branch){ first, r->out->atoms.n - first };
	r->unit = SIZE_MAX;
}

/* One character's worth of expression, without a "*" that may follow. */
static bool read_simple(struct reader *r)
{
	r->unit = r->out->atoms.n;
	if (stk_ignore_take_byte(&r->rest, '['))
		return read_class(r);
	if (stk_ignore_take_byte(&r->rest, '^'))
		new_atom(r, STK_IGNORE_BEGIN);
	else if (stk_ignore_take_byte(&r->rest, '$'))
		new_atom(r, STK_IGNORE_END);
	else if (stk_ignore_take_byte(&r->rest, '.'))
		new_dot(r, STK_IGNORE_CHARACTER);
	else
		new_character(r, stk_ignore_take(&r->rest));
	return true;
}

static bool read_next(struct reader *r)
{
	uint32_t least, most;
	bool after_repetition = r->repeated;
	if (take_repetition(&r->rest, &least, &most))
		return repeat_unit(r, least, most);
	r->repeated = false;
	if (stk_ignore_take_byte(&r->rest, '|')) {
		end_branch(r);
		return true;
	}
	if (stk_ignore_take_byte(&r->rest, '\\'))
		return read_escape(r);
	if (stk_str_starts(r->rest, S("(.*/)?"))) {
		r->rest = stk_str_slice(r->rest, 6, r->rest.n);
		r->unit = r->out->atoms.n;
		new_optional(r, 2);
		new_dot(r, STK_IGNORE_ANY_NUMBER);
		new_character(r, '/');
		r->repeated = true;
		return true;
	}
	if (stk_ignore_take_byte(&r->rest, '*')) {
		r->repeated = after_repetition;
		return repeat_unit(r, 0, UINT32_MAX);
	}
	return read_simple(r);
}

static void mark_optional(struct stk_ignore_expression *out)
{
	for (size_t i = 0; i < out->atoms.n; i++)
		for (size_t k = 1; k <= out->atoms.v[i].skip; k++)
			out->atoms.v[i + k].optional = true;
}

bool stk_ignore_expression_read(struct stk_arena *arena, struct stk_str text, struct stk_ignore_expression *out)
{
	struct reader r = { .arena = arena, .out = out, .rest = text, .unit = SIZE_MAX };
	while (r.rest.n)
		if (!read_next(&r) || out->atoms.n > MOST_ATOMS)
			return false;
	end_branch(&r);
	mark_optional(out);
	return true;
}
