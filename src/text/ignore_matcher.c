/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moby's patternmatcher decides by the pattern's shape: plain text is compared, "**" at one end alone is a suffix or
 * prefix test, and everything else is translated to an RE2 expression. The translation is sloppy - "^", "|", "{2}",
 * classes and escapes pass as they are,
 * "*" inside a class is translated too - so the only faithful way is to make the same expression and read it as RE2
 * would. What can come out is a small language: alternatives of characters, classes, "[^/]*", "(.*\/)?", ".*",
 * repetitions and assertions. A set of states, one an atom, searches it in time linear in the path.
 */
#include "text/ignore_matcher.h"

#include <string.h>

#include "text/ignore_private.h"
#include "text/utf8.h"
#include "base/banned.h"

enum shape { EXACT, PREFIX, SUFFIX, EXPRESSION, BROKEN };

struct stk_ignore_matcher {
	enum shape shape;
	struct stk_str text; /* EXACT, PREFIX, SUFFIX: what to compare with */
	struct stk_str tail; /* EXPRESSION: bytes that the path must end with */
	struct stk_ignore_expression expression;
	bool *now, *next; /* scratch: one state more than atoms */
};

/* "**" and what it means at the place where it stands; the second star has not been taken yet.
   moby's loop has three cases here, and its outcome depends on what came before: only a "**"
   that is last, behind plain text, is a prefix test, and only one that is first makes a suffix
   test, which later characters may still take back. */
static enum shape translate_stars(struct stk_buf *out, struct stk_str *rest, enum shape shape, bool first)
{
	stk_ignore_take_byte(rest, '*');
	stk_ignore_take_byte(rest, '/');
	if (rest->n) {
		stk_buf_add(out, S("(.*/)?"));
		shape = EXPRESSION;
	} else if (shape == EXACT) {
		shape = PREFIX;
	} else {
		stk_buf_add(out, S(".*"));
		shape = EXPRESSION;
	}
	return first ? SUFFIX : shape;
}

/* Writes the expression between "^" and "$", and says which comparison it takes. */
static enum shape translate(struct stk_buf *out, struct stk_str rest)
{
	enum shape shape = EXACT;
	rest = stk_str_strip_prefix(rest, S("\xef\xbb\xbf"));
	/* `first` is moby's test for index 0. */
	for (bool first = true; rest.n; first = false) {
		uint32_t c = stk_ignore_take(&rest);
		if (c == '*' && rest.n && rest.p[0] == '*') {
			shape = translate_stars(out, &rest, shape, first);
			continue;
		}
		if (c == '*' || c == '?') {
			stk_buf_add(out, c == '*' ? S("[^/]*") : S("[^/]"));
			shape = EXPRESSION;
			continue;
		}
		/* Upstream means to escape "{", "|" and "}" as well, but its table holds characters below 64 only. */
		if (c < 128 && c && memchr(".+()$", (int)c, 5)) {
			stk_buf_byte(out, '\\');
		} else if (c == '\\' && rest.n) {
			stk_buf_byte(out, '\\');
			c = stk_ignore_take(&rest);
			shape = EXPRESSION;
		} else if (c == '[' || c == ']') {
			shape = EXPRESSION;
		}
		stk_utf8_encode(out, c);
	}
	return shape;
}

/* The one ASCII character of an atom, or -1. */
static int single_character(const struct stk_ignore_atom *atom)
{
	int found = -1;
	if (atom->kind != STK_IGNORE_CHARACTER || atom->class.negated || atom->class.wide.n)
		return -1;
	for (int c = 0; c < 128; c++)
		if (stk_ignore_class_has(&atom->class, (uint32_t)c)) {
			if (found >= 0)
				return -1;
			found = c;
		}
	return found;
}

/* What every match ends with: a cheap way to refuse most paths. */
static struct stk_str literal_tail(struct stk_arena *arena, const struct stk_ignore_matcher *m)
{
	if (m->expression.branches.n != 1 || !m->expression.atoms.n ||
	    m->expression.atoms.v[m->expression.atoms.n - 1].kind != STK_IGNORE_END)
		return S("");
	size_t n = m->expression.atoms.n - 1, from = n;
	/* Optional atoms and sets of several characters end the tail: they may be something
	   else, or nothing. */
	while (from && !m->expression.atoms.v[from - 1].optional &&
	       single_character(&m->expression.atoms.v[from - 1]) >= 0)
		from--;
	char *tail = STK_NEW(arena, char, n - from + 1);
	for (size_t i = from; i < n; i++)
		tail[i - from] = (char)single_character(&m->expression.atoms.v[i]);
	return (struct stk_str){ tail, n - from };
}

struct stk_ignore_matcher *stk_ignore_matcher_new(struct stk_arena *arena, struct stk_str pattern)
{
	struct stk_ignore_matcher *m = STK_NEW(arena, struct stk_ignore_matcher, 1);
	/* One character of a pattern becomes at most five bytes of expression; "**" and a slash
	   become six. */
	STK_BUF expression = stk_buf_new(pattern.n * 8 + 8);
	m->text = pattern;
	m->shape = translate(&expression, pattern);
	if (m->shape == PREFIX)
		m->text.n -= 2;
	else if (m->shape == SUFFIX)
		m->text = stk_str_slice(pattern, 2, pattern.n);
	if (m->shape != EXPRESSION)
		return m;
	stk_buf_byte(&expression, '$');
	if (!stk_ignore_expression_read(arena, stk_arena_join(arena, S("^"), stk_buf_str(&expression)), &m->expression))
		m->shape = BROKEN;
	m->now = STK_NEW(arena, bool, m->expression.atoms.n + 1);
	m->next = STK_NEW(arena, bool, m->expression.atoms.n + 1);
	if (m->shape == EXPRESSION)
		m->tail = literal_tail(arena, m);
	return m;
}

static bool is_word(struct stk_str path, size_t at)
{
	return at < path.n && (stk_is_alnum(path.p[at]) || path.p[at] == '_');
}

static bool place_holds(enum stk_ignore_atom_kind kind, struct stk_str path, size_t at)
{
	bool edge = (at && is_word(path, at - 1)) != is_word(path, at);
	switch (kind) {
	case STK_IGNORE_BEGIN:
		return at == 0;
	case STK_IGNORE_END:
		return at == path.n;
	case STK_IGNORE_WORD_EDGE:
		return edge;
	default:
		return !edge;
	}
}

/* Adds the states that are reached without reading a character. They lie ahead, so one pass finds all. */
static void close_states(const struct stk_ignore_atom *atoms, size_t n, bool *states, struct stk_str path, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		if (!states[i] || atoms[i].kind == STK_IGNORE_CHARACTER)
			continue;
		if (atoms[i].kind == STK_IGNORE_OPTIONAL)
			/* Both ways: into the optional part and past it. */
			states[i + 1] = states[i + 1 + atoms[i].skip] = true;
		else if (atoms[i].kind == STK_IGNORE_ANY_NUMBER || place_holds(atoms[i].kind, path, at))
			states[i + 1] = true;
	}
}

/* Reads a character in every state; false when none is left. */
static bool advance(const struct stk_ignore_atom *atoms, size_t n, const bool *now, bool *next, uint32_t c)
{
	bool any = false;
	memset(next, 0, (n + 1) * sizeof(bool));
	for (size_t i = 0; i < n; i++) {
		if (!now[i] || (atoms[i].kind != STK_IGNORE_CHARACTER && atoms[i].kind != STK_IGNORE_ANY_NUMBER) ||
		    !stk_ignore_class_has(&atoms[i].class, c))
			continue;
		next[i + (atoms[i].kind == STK_IGNORE_CHARACTER)] = any = true;
	}
	return any;
}

/* Does the alternative match anywhere in the path? Only the first one starts with "^", only the last one ends with "$".
 */
static bool search(const struct stk_ignore_matcher *m, const struct stk_ignore_branch *branch, struct stk_str path)
{
	const struct stk_ignore_atom *atoms = m->expression.atoms.v + branch->first;
	bool anchored = branch->n && atoms[0].kind == STK_IGNORE_BEGIN, *now = m->now, *next = m->next;
	struct stk_str rest = path;
	memset(now, 0, (branch->n + 1) * sizeof(bool));
	for (;;) {
		size_t at = path.n - rest.n;
		if (!anchored || !at)
			now[0] = true;
		close_states(atoms, branch->n, now, path, at);
		if (now[branch->n])
			return true;
		if (!rest.n || (!advance(atoms, branch->n, now, next, stk_ignore_take(&rest)) && anchored))
			return false;
		bool *read = now;
		now = next;
		next = read;
	}
}

static bool search_all(const struct stk_ignore_matcher *m, struct stk_str path)
{
	for (size_t i = 0; i < m->expression.branches.n; i++)
		if (search(m, &m->expression.branches.v[i], path))
			return true;
	return false;
}

int stk_ignore_matcher_try(const struct stk_ignore_matcher *m, struct stk_str path, bool *matches)
{
	switch (m->shape) {
	case EXACT:
		*matches = stk_str_eq(path, m->text);
		return 0;
	case PREFIX:
		*matches = stk_str_starts(path, m->text);
		return 0;
	case SUFFIX:
		/* Behind two stars and a slash, "x" also names the x at the root, before which
		   no slash stands. */
		*matches = stk_str_ends(path, m->text) ||
			   (m->text.n && m->text.p[0] == '/' && stk_str_eq(path, stk_str_slice(m->text, 1, m->text.n)));
		return 0;
	case EXPRESSION:
		*matches = stk_str_ends(path, m->tail) && search_all(m, path);
		return 0;
	case BROKEN:
		break;
	}
	return -1;
}
