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

#include "text/utf8.h"
#include "base/banned.h"

enum shape { EXACT, PREFIX, SUFFIX, EXPRESSION, BROKEN };
enum kind { CHARACTER, ANY_NUMBER, OPTIONAL, BEGIN, END, WORD_EDGE, NO_WORD_EDGE };

struct range {
	uint32_t low, high;
};

struct class
{
	bool negated;
	uint64_t ascii[2];
	struct {
		struct range *v;
		size_t n, cap;
	} wide; /* from U+0080 on */
};

/* Repetitions are written out; an expression that grows beyond this is refused. RE2's own bound is some hundred times
 * higher. */
enum { MOST_ATOMS = 10000, MOST_REPETITIONS = 1000 };

/* A step of the expression: one character of the class, any number of them, a place, or OPTIONAL: the next `skip` atoms
   may be passed over. */
struct atom {
	enum kind kind;
	uint32_t skip;
	bool optional; /* stands in the reach of an OPTIONAL */
	struct class class;
};

/* One alternative. */
struct branch {
	size_t first, n;
};

struct stk_ignore_matcher {
	enum shape shape;
	struct stk_str text; /* EXACT, PREFIX, SUFFIX: what to compare with */
	struct stk_str tail; /* EXPRESSION: bytes that the path must end with */
	struct {
		struct atom *v;
		size_t n, cap;
	} atoms;
	struct {
		struct branch *v;
		size_t n, cap;
	} branches;
	bool *now, *next; /* scratch: atoms.n + 1 states */
};

/* An expression being read. */
struct reader {
	struct stk_arena *arena;
	struct stk_ignore_matcher *m;
	struct stk_str rest;
	size_t unit;   /* the first of the atoms that a repetition would apply to; SIZE_MAX: nothing to repeat */
	bool repeated; /* a repetition has just been read: another one is an error */
};

/*
 * patternmatcher finds errors by asking Go's filepath.Match whether the pattern matches ".". Match stops at the first
 * piece between stars that does not, so an error behind it goes unseen: the pieces have to be matched, not only read.
 */
static bool take_match_character(struct stk_str *rest, uint32_t *c)
{
	if (!rest->n || rest->p[0] == '-' || rest->p[0] == ']')
		return false;
	if (rest->p[0] == '\\')
		*rest = stk_str_slice(*rest, 1, rest->n);
	size_t n = stk_utf8_decode(*rest, c);
	*rest = stk_str_slice(*rest, n, rest->n);
	return n && rest->n;
}

/* A class behind its "[": at least one character or range up to "]"; "-" and "]" have to be escaped. Sets *has to
   whether it holds c. */
static bool take_match_class(struct stk_str *rest, uint32_t c, bool *has)
{
	bool negated = rest->n && rest->p[0] == '^', found = false;
	uint32_t low, high;
	*rest = stk_str_slice(*rest, negated, rest->n);
	for (bool first = true; first || rest->p[0] != ']'; first = false) {
		if (!take_match_character(rest, &low))
			return false;
		high = low;
		if (rest->p[0] == '-') {
			*rest = stk_str_slice(*rest, 1, rest->n);
			if (!take_match_character(rest, &high))
				return false;
		}
		found |= low <= c && c <= high;
	}
	*rest = stk_str_slice(*rest, 1, rest->n);
	*has = found != negated;
	return true;
}

enum outcome { BAD, DIFFERS, MATCHES };

/* Matches a piece without stars against ".", or against nothing when *dot is false; clears *dot when it was used up. */
static enum outcome match_piece(struct stk_str piece, bool *dot)
{
	bool failed = false, left = *dot;
	while (piece.n) {
		bool matches = true;
		char c = piece.p[0];
		piece = stk_str_slice(piece, 1, piece.n);
		failed |= !left;
		if (c == '[' && !take_match_class(&piece, left ? '.' : 0, &matches))
			return BAD;
		if (c == '\\') {
			if (!piece.n)
				return BAD;
			c = piece.p[0];
			piece = stk_str_slice(piece, 1, piece.n);
			matches = c == '.';
		} else if (c != '[' && c != '?') {
			matches = c == '.';
		}
		failed |= !matches;
		left = false;
	}
	if (failed)
		return DIFFERS;
	*dot = left;
	return MATCHES;
}

/* The length of the piece at the start of a pattern: up to a star outside a class. */
static size_t piece_length(struct stk_str pattern)
{
	bool in_class = false;
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] == '\\')
			i++;
		else if (pattern.p[i] == '[' || pattern.p[i] == ']')
			in_class = pattern.p[i] == '[';
		else if (pattern.p[i] == '*' && !in_class)
			return i;
	}
	return pattern.n;
}

bool stk_ignore_pattern_valid(struct stk_str pattern)
{
	bool dot = true;
	while (pattern.n) {
		bool star = pattern.p[0] == '*', left = dot;
		while (pattern.n && pattern.p[0] == '*')
			pattern = stk_str_slice(pattern, 1, pattern.n);
		struct stk_str piece = stk_str_slice(pattern, 0, piece_length(pattern));
		pattern = stk_str_slice(pattern, piece.n, pattern.n);
		if (star && !piece.n)
			return true;
		enum outcome outcome = match_piece(piece, &left);
		if (outcome == MATCHES && left && !pattern.n)
			outcome = DIFFERS;
		if (outcome == DIFFERS && star && dot) {
			left = false; /* the star takes the dot */
			outcome = match_piece(piece, &left);
		}
		if (outcome != MATCHES)
			return outcome == DIFFERS;
		dot = left;
	}
	return true;
}

/* One character off the front; broken bytes are U+FFFD, as in Go. */
static uint32_t take(struct stk_str *rest)
{
	uint32_t c;
	size_t n = stk_utf8_decode(*rest, &c);
	if (!n)
		c = 0xfffd;
	*rest = stk_str_slice(*rest, n ? n : 1, rest->n);
	return c;
}

static bool take_byte(struct stk_str *rest, char c)
{
	if (!rest->n || rest->p[0] != c)
		return false;
	*rest = stk_str_slice(*rest, 1, rest->n);
	return true;
}

/* "**" and what it means at the place where it stands; the second star has not been taken yet. */
static enum shape translate_stars(struct stk_buf *out, struct stk_str *rest, enum shape shape, bool first)
{
	take_byte(rest, '*');
	take_byte(rest, '/');
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
	for (bool first = true; rest.n; first = false) {
		uint32_t c = take(&rest);
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
			c = take(&rest);
			shape = EXPRESSION;
		} else if (c == '[' || c == ']') {
			shape = EXPRESSION;
		}
		stk_utf8_encode(out, c);
	}
	return shape;
}

static void class_add(struct stk_arena *arena, struct class *class, uint32_t low, uint32_t high)
{
	for (uint32_t c = low; c <= high && c < 128; c++)
		class->ascii[c >> 6] |= 1ULL << (c & 63);
	if (high >= 128)
		*STK_PUSH(arena, &class->wide) = (struct range){ low < 128 ? 128 : low, high };
}

static bool class_has(const struct class *class, uint32_t c)
{
	bool in = false;
	if (c < 128)
		in = class->ascii[c >> 6] >> (c & 63) & 1;
	else
		for (size_t i = 0; i < class->wide.n && !in; i++)
			in = class->wide.v[i].low <= c && c <= class->wide.v[i].high;
	return in != class->negated;
}

/* Adds the ASCII ranges given as pairs of characters, or everything else. */
static void class_add_named(struct stk_arena *arena, struct class *class, const char *pairs, bool complement)
{
	struct class named = { .negated = complement };
	for (const char *p = pairs; *p; p += 2)
		class_add(arena, &named, (unsigned char)p[0], (unsigned char)p[1]);
	/* NUL cannot stand in the pairs: cntrl and ascii start at 1 there. */
	if (pairs[0] == 1)
		class_add(arena, &named, 0, 0);
	for (uint32_t c = 0; c < 128; c++)
		if (class_has(&named, c))
			class_add(arena, class, c, c);
	if (complement)
		class_add(arena, class, 128, 0x10ffff);
}

/* \d \s \w and their opposites. False when rest starts with none of them. */
static bool take_perl_class(struct stk_arena *arena, struct stk_str *rest, struct class *class)
{
	static const struct {
		char letter;
		const char *pairs;
	} t[] = { { 'd', "09" }, { 's', "\t\n\f\r  " }, { 'w', "09AZ__az" } };
	for (size_t i = 0; rest->n >= 2 && rest->p[0] == '\\' && i < STK_LEN(t); i++)
		if (stk_lower(rest->p[1]) == t[i].letter) {
			class_add_named(arena, class, t[i].pairs, rest->p[1] != t[i].letter);
			*rest = stk_str_slice(*rest, 2, rest->n);
			return true;
		}
	return false;
}

/* [:name:] inside a class: 1 taken, 0 is none, -1 unknown name. */
static int take_posix_class(struct stk_arena *arena, struct stk_str *rest, struct class *class)
{
	static const struct {
		const char *name, *pairs;
	} t[] = {
		{ "alnum", "09AZaz" },
		{ "alpha", "AZaz" },
		{ "ascii", "\x01\x7f" },
		{ "blank", "\t\t  " },
		{ "cntrl", "\x01\x1f\x7f\x7f" },
		{ "digit", "09" },
		{ "graph", "!~" },
		{ "lower", "az" },
		{ "print", " ~" },
		{ "punct", "!/:@[`{~" },
		{ "space", "\t\r  " },
		{ "upper", "AZ" },
		{ "word", "09AZaz__" },
		{ "xdigit", "09AFaf" },
	};
	if (!stk_str_starts(*rest, S("[:")))
		return 0;
	size_t end = stk_str_find(stk_str_slice(*rest, 2, rest->n), S(":]"));
	if (end == SIZE_MAX)
		return 0;
	struct stk_str name = stk_str_slice(*rest, 2, 2 + end);
	bool complement = take_byte(&name, '^');
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_str_is(name, t[i].name)) {
			class_add_named(arena, class, t[i].pairs, complement);
			*rest = stk_str_slice(*rest, 2 + end + 2, rest->n);
			return 1;
		}
	return -1;
}

static bool is_octal(struct stk_str s)
{
	return s.n && s.p[0] >= '0' && s.p[0] <= '7';
}

/* The two hexadecimal digits of \xHH; the braced form cannot come out of a pattern. */
static bool take_hex(struct stk_str *rest, uint32_t *out)
{
	uint64_t value;
	if (rest->n < 2 || !stk_is_xdigit(rest->p[0]) || !stk_is_xdigit(rest->p[1]) ||
	    !stk_str_u64(stk_str_slice(*rest, 0, 2), 16, &value))
		return false;
	*rest = stk_str_slice(*rest, 2, rest->n);
	*out = (uint32_t)value;
	return true;
}

/* An escaped character as RE2 reads it; rest starts behind the backslash. */
static bool take_escape(struct stk_str *rest, uint32_t *out)
{
	static const char letters[] = "afnrtv", values[] = "\a\f\n\r\t\v";
	if (!rest->n)
		return false;
	uint32_t c = take(rest);
	const char *letter = c < 128 && c ? strchr(letters, (int)c) : NULL;
	if (letter) {
		*out = (unsigned char)values[letter - letters];
		return true;
	}
	if (c == 'x')
		return take_hex(rest, out);
	if (c == '0' || (c >= '1' && c <= '7' && is_octal(*rest))) {
		*out = c - '0';
		for (int i = 0; i < 2 && is_octal(*rest); i++)
			*out = *out * 8 + (uint32_t)(take(rest) - '0');
		return true;
	}
	*out = c;
	return c < 128 && !stk_is_alnum((char)c);
}

static bool take_class_character(struct stk_str *rest, uint32_t *out)
{
	if (!rest->n)
		return false;
	if (take_byte(rest, '\\'))
		return take_escape(rest, out);
	*out = take(rest);
	return true;
}

static bool take_range(struct stk_arena *arena, struct stk_str *rest, struct class *class)
{
	uint32_t low, high;
	if (!take_class_character(rest, &low))
		return false;
	high = low;
	if (rest->n >= 2 && rest->p[0] == '-' && rest->p[1] != ']') {
		take_byte(rest, '-');
		if (!take_class_character(rest, &high) || high < low)
			return false;
	}
	class_add(arena, class, low, high);
	return true;
}

/* A class behind its "[". */
static bool take_class(struct stk_arena *arena, struct stk_str *rest, struct class *class)
{
	class->negated = take_byte(rest, '^');
	for (bool first = true; first || !take_byte(rest, ']'); first = false) {
		int posix = take_posix_class(arena, rest, class);
		if (posix < 0)
			return false;
		if (posix || take_perl_class(arena, rest, class))
			continue;
		if (!take_range(arena, rest, class))
			return false;
	}
	return true;
}

static struct atom *new_atom(struct reader *r, enum kind kind)
{
	struct atom *atom = STK_PUSH(r->arena, &r->m->atoms);
	*atom = (struct atom){ .kind = kind };
	return atom;
}

/* "." as RE2 has it: a line end is no character. */
static void new_dot(struct reader *r, enum kind kind)
{
	struct class class = { .negated = true };
	class_add(r->arena, &class, '\n', '\n');
	new_atom(r, kind)->class = class;
}

static void new_character(struct reader *r, uint32_t c)
{
	class_add(r->arena, &new_atom(r, CHARACTER)->class, c, c);
}

static void new_optional(struct reader *r, uint32_t skip)
{
	new_atom(r, OPTIONAL)->skip = skip;
}

/* \Q up to \E. */
static void read_quoted(struct reader *r)
{
	size_t end = stk_str_find(r->rest, S("\\E"));
	for (struct stk_str literal = stk_str_slice(r->rest, 0, end); literal.n;) {
		r->unit = r->m->atoms.n;
		new_character(r, take(&literal));
	}
	r->rest = end == SIZE_MAX ? S("") : stk_str_slice(r->rest, end + 2, r->rest.n);
}

/* What stands behind a backslash. \p and \C are refused: see docs/deviations/dockerignore.md. */
static bool read_escape(struct reader *r)
{
	static const struct {
		char letter;
		enum kind kind;
	} places[] = { { 'A', BEGIN }, { 'z', END }, { 'b', WORD_EDGE }, { 'B', NO_WORD_EDGE } };
	struct class class = { 0 };
	uint32_t c;
	if (take_byte(&r->rest, 'Q')) {
		read_quoted(r);
		return true;
	}
	r->unit = r->m->atoms.n;
	for (size_t i = 0; i < STK_LEN(places); i++)
		if (take_byte(&r->rest, places[i].letter)) {
			new_atom(r, places[i].kind);
			return true;
		}
	struct stk_str whole = { r->rest.p - 1, r->rest.n + 1 };
	if (take_perl_class(r->arena, &whole, &class)) {
		r->rest = whole;
		new_atom(r, CHARACTER)->class = class;
		return true;
	}
	if (!take_escape(&r->rest, &c))
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
	if (!take_byte(&s, '{') || !take_count(&s, least))
		return false;
	*most = *least;
	if (take_byte(&s, ',') && !take_count(&s, most))
		*most = UINT32_MAX;
	if (!take_byte(&s, '}'))
		return false;
	*rest = s;
	return true;
}

static void copy_unit(struct reader *r, const struct atom *unit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct atom copy = unit[i];
		*STK_PUSH(r->arena, &r->m->atoms) = copy;
	}
}

/* Writes the last unit out again: `least` times, then optionally up to `most`. */
static bool repeat_unit(struct reader *r, uint32_t least, uint32_t most)
{
	size_t n = r->unit == SIZE_MAX ? 0 : r->m->atoms.n - r->unit;
	bool endless = most == UINT32_MAX;
	uint32_t copies = endless ? least + 1 : most;
	if (r->unit == SIZE_MAX || r->repeated || copies > MOST_REPETITIONS + 1U || least > copies ||
	    (copies * (n + 1)) > MOST_ATOMS)
		return false;
	struct atom *unit = STK_NEW(r->arena, struct atom, n);
	memcpy(unit, r->m->atoms.v + r->unit, n * sizeof(*unit));
	r->m->atoms.n = r->unit;
	for (uint32_t i = 0; i < copies; i++) {
		if (i >= least)
			new_optional(r, (uint32_t)n);
		copy_unit(r, unit, n);
	}
	/* Without an end, the last copy goes round: of a single character that is ANY_NUMBER, and nothing longer can
	   stand here but what is optional or without width already, where once is as good as often. */
	if (endless && n == 1 && unit[0].kind == CHARACTER)
		r->m->atoms.v[r->m->atoms.n - 1].kind = ANY_NUMBER;
	r->repeated = true;
	return true;
}

static bool read_class(struct reader *r)
{
	struct class class = { 0 };
	if (!take_class(r->arena, &r->rest, &class))
		return false;
	new_atom(r, CHARACTER)->class = class;
	return true;
}

static void end_branch(struct reader *r)
{
	size_t first = r->m->branches.n
			       ? r->m->branches.v[r->m->branches.n - 1].first + r->m->branches.v[r->m->branches.n - 1].n
			       : 0;
	*STK_PUSH(r->arena, &r->m->branches) = (struct branch){ first, r->m->atoms.n - first };
	r->unit = SIZE_MAX;
}

/* One character's worth of expression, without a "*" that may follow. */
static bool read_simple(struct reader *r)
{
	r->unit = r->m->atoms.n;
	if (take_byte(&r->rest, '['))
		return read_class(r);
	if (take_byte(&r->rest, '^'))
		new_atom(r, BEGIN);
	else if (take_byte(&r->rest, '$'))
		new_atom(r, END);
	else if (take_byte(&r->rest, '.'))
		new_dot(r, CHARACTER);
	else
		new_character(r, take(&r->rest));
	return true;
}

static bool read_next(struct reader *r)
{
	uint32_t least, most;
	bool after_repetition = r->repeated;
	if (take_repetition(&r->rest, &least, &most))
		return repeat_unit(r, least, most);
	r->repeated = false;
	if (take_byte(&r->rest, '|')) {
		end_branch(r);
		return true;
	}
	if (take_byte(&r->rest, '\\'))
		return read_escape(r);
	if (stk_str_starts(r->rest, S("(.*/)?"))) {
		r->rest = stk_str_slice(r->rest, 6, r->rest.n);
		r->unit = r->m->atoms.n;
		new_optional(r, 2);
		new_dot(r, ANY_NUMBER);
		new_character(r, '/');
		r->repeated = true;
		return true;
	}
	if (take_byte(&r->rest, '*')) {
		r->repeated = after_repetition;
		return repeat_unit(r, 0, UINT32_MAX);
	}
	return read_simple(r);
}

/* The one ASCII character of an atom, or -1. */
static int single_character(const struct atom *atom)
{
	int found = -1;
	if (atom->kind != CHARACTER || atom->class.negated || atom->class.wide.n)
		return -1;
	for (int c = 0; c < 128; c++)
		if (class_has(&atom->class, (uint32_t)c)) {
			if (found >= 0)
				return -1;
			found = c;
		}
	return found;
}

static void mark_optional(struct stk_ignore_matcher *m)
{
	for (size_t i = 0; i < m->atoms.n; i++)
		for (size_t k = 1; k <= m->atoms.v[i].skip; k++)
			m->atoms.v[i + k].optional = true;
}

/* What every match ends with: a cheap way to refuse most paths. */
static struct stk_str literal_tail(struct stk_arena *arena, const struct stk_ignore_matcher *m)
{
	if (m->branches.n != 1 || !m->atoms.n || m->atoms.v[m->atoms.n - 1].kind != END)
		return S("");
	size_t n = m->atoms.n - 1, from = n;
	while (from && !m->atoms.v[from - 1].optional && single_character(&m->atoms.v[from - 1]) >= 0)
		from--;
	char *tail = STK_NEW(arena, char, n - from + 1);
	for (size_t i = from; i < n; i++)
		tail[i - from] = (char)single_character(&m->atoms.v[i]);
	return (struct stk_str){ tail, n - from };
}

static bool compile(struct stk_arena *arena, struct stk_ignore_matcher *m, struct stk_str expression)
{
	struct reader r = { .arena = arena, .m = m, .rest = expression, .unit = SIZE_MAX };
	while (r.rest.n)
		if (!read_next(&r) || m->atoms.n > MOST_ATOMS)
			return false;
	end_branch(&r);
	mark_optional(m);
	m->now = STK_NEW(arena, bool, m->atoms.n + 1);
	m->next = STK_NEW(arena, bool, m->atoms.n + 1);
	m->tail = literal_tail(arena, m);
	return true;
}

struct stk_ignore_matcher *stk_ignore_matcher_new(struct stk_arena *arena, struct stk_str pattern)
{
	struct stk_ignore_matcher *m = STK_NEW(arena, struct stk_ignore_matcher, 1);
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
	if (!compile(arena, m, stk_arena_join(arena, S("^"), stk_buf_str(&expression))))
		m->shape = BROKEN;
	return m;
}

static bool is_word(struct stk_str path, size_t at)
{
	return at < path.n && (stk_is_alnum(path.p[at]) || path.p[at] == '_');
}

static bool place_holds(enum kind kind, struct stk_str path, size_t at)
{
	bool edge = (at && is_word(path, at - 1)) != is_word(path, at);
	switch (kind) {
	case BEGIN:
		return at == 0;
	case END:
		return at == path.n;
	case WORD_EDGE:
		return edge;
	default:
		return !edge;
	}
}

/* Adds the states that are reached without reading a character. They lie ahead, so one pass finds all. */
static void close_states(const struct atom *atoms, size_t n, bool *states, struct stk_str path, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		if (!states[i] || atoms[i].kind == CHARACTER)
			continue;
		if (atoms[i].kind == OPTIONAL)
			states[i + 1] = states[i + 1 + atoms[i].skip] = true;
		else if (atoms[i].kind == ANY_NUMBER || place_holds(atoms[i].kind, path, at))
			states[i + 1] = true;
	}
}

/* Reads a character in every state; false when none is left. */
static bool advance(const struct atom *atoms, size_t n, const bool *now, bool *next, uint32_t c)
{
	bool any = false;
	memset(next, 0, (n + 1) * sizeof(bool));
	for (size_t i = 0; i < n; i++) {
		if (!now[i] || (atoms[i].kind != CHARACTER && atoms[i].kind != ANY_NUMBER) ||
		    !class_has(&atoms[i].class, c))
			continue;
		next[i + (atoms[i].kind == CHARACTER)] = any = true;
	}
	return any;
}

/* Does the alternative match anywhere in the path? Only the first one starts with "^", only the last one ends with "$".
 */
static bool search(const struct stk_ignore_matcher *m, const struct branch *branch, struct stk_str path)
{
	const struct atom *atoms = m->atoms.v + branch->first;
	bool anchored = branch->n && atoms[0].kind == BEGIN, *now = m->now, *next = m->next;
	struct stk_str rest = path;
	memset(now, 0, (branch->n + 1) * sizeof(bool));
	for (;;) {
		size_t at = path.n - rest.n;
		if (!anchored || !at)
			now[0] = true;
		close_states(atoms, branch->n, now, path, at);
		if (now[branch->n])
			return true;
		if (!rest.n || (!advance(atoms, branch->n, now, next, take(&rest)) && anchored))
			return false;
		bool *read = now;
		now = next;
		next = read;
	}
}

static bool search_all(const struct stk_ignore_matcher *m, struct stk_str path)
{
	for (size_t i = 0; i < m->branches.n; i++)
		if (search(m, &m->branches.v[i], path))
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
