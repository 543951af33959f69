/* SPDX-License-Identifier: Apache-2.0 */
/* .env files as Compose's fork of godotenv reads them, its habits with text behind a closing quote and a bare name at
 * the end of the file included. */
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "compose/substitute.h"
#include "text/utf8.h"
#include "base/banned.h"

struct parser {
	struct stk_arena *arena;
	stk_compose_lookup_fn *outer;
	void *context;
	struct stk_compose_environment *out;
	struct stk_err *err;
	struct stk_str rest;
	unsigned line;
};

/* The white space rune at the start of s: its length, or 0. */
static size_t space_length(struct stk_str s, bool line_breaks)
{
	if (!s.n)
		return 0;
	if (stk_is_space(s.p[0]))
		return s.p[0] != '\n' || line_breaks;
	uint32_t rune;
	size_t n = (unsigned char)s.p[0] >= 0x80 ? stk_utf8_decode(s, &rune) : 0;
	if (!n)
		return 0;
	/* NEL and the no-break space count as blanks within a line. */
	if (rune == 0x85 || rune == 0xa0)
		return n;
	/* The rest of Go's unicode.IsSpace (White_Space beyond Latin-1). */
	bool wide = rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 ||
		    rune == 0x202f || rune == 0x205f || rune == 0x3000;
	return wide && line_breaks ? n : 0;
}

static struct stk_str skip_spaces(struct stk_str s, bool line_breaks)
{
	for (size_t n; (n = space_length(s, line_breaks)) > 0;)
		s = stk_str_slice(s, n, s.n);
	return s;
}

static struct stk_str trim_right(struct stk_str s)
{
	for (;;) {
		size_t at = s.n;
		while (at && s.n - at < 4 && ((unsigned char)s.p[at - 1] & 0xc0) == 0x80)
			at--;
		at -= at > 0;
		if (!s.n || space_length(stk_str_slice(s, at, s.n), true) != s.n - at)
			return s;
		s.n = at;
	}
}

/* Behind white space and comments; false at the end. */
static bool next_statement(struct parser *p)
{
	for (;;) {
		struct stk_str begin = p->rest;
		p->rest = skip_spaces(p->rest, true);
		for (size_t i = 0; i < begin.n - p->rest.n; i++)
			p->line += begin.p[i] == '\n';
		if (!p->rest.n || p->rest.p[0] != '#')
			return p->rest.n > 0;
		size_t end = stk_str_find_byte(p->rest, '\n');
		p->rest = stk_str_slice(p->rest, end == SIZE_MAX ? p->rest.n : end, p->rest.n);
	}
}

static bool is_key_byte(char c)
{
	return stk_is_alnum(c) || (unsigned char)c >= 0x80 || memchr("_.-[]", c, 5);
}

/* Takes "KEY=", "KEY:" or "KEY\n" off the rest. *inherited: the last of them. A name at the very end of the file is no
 * name but a value. */
static int take_key(struct parser *p, struct stk_str *key, bool *inherited)
{
	struct stk_str s = p->rest, word = S("export");
	*key = S("");
	*inherited = false;
	if (stk_str_starts(s, word) && s.n > word.n && stk_is_space(s.p[word.n]))
		s = skip_spaces(stk_str_slice(s, word.n, s.n), false);
	size_t i = 0;
	while (i < s.n && !memchr("=:\n", s.p[i], 3)) {
		size_t space = space_length(stk_str_slice(s, i, s.n), false);
		if (!space && !is_key_byte(s.p[i]))
			return stk_fail(p->err, STK_EFORMAT, "line %u: unexpected character \"%c\" in variable name",
					p->line, s.p[i]);
		i += space ? space : 1;
	}
	if (i < s.n) {
		*key = trim_right(stk_str_slice(s, 0, i));
		*inherited = s.p[i] == '\n';
		s = stk_str_slice(s, i + 1, s.n);
	}
	if (stk_str_find_byte(*key, ' ') != SIZE_MAX)
		return stk_fail(p->err, STK_EFORMAT, "line %u: key cannot contain a space", p->line);
	p->line += *inherited;
	p->rest = skip_spaces(s, false);
	return 0;
}

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	struct parser *p = context;
	return (p->outer && p->outer(p->context, name, value)) || stk_compose_environment_get(p->out, name, value);
}

static int expand(struct parser *p, struct stk_str text, struct stk_str *out)
{
	struct stk_compose_substitution s = { .lookup = look_up, .context = p, .arena = p->arena };
	unsigned line = p->line;
	return stk_compose_substitute(&s, text, out, p->err) < 0 ? stk_within(p->err, "line %u", line) : 0;
}

/* One escape at the start of s (behind a backslash) as text; 0 when it is none. */
static size_t put_escape(struct stk_buf *out, struct stk_str s)
{
	static const char from[] = "abfnrtv\"\\", to[] = "\a\b\f\n\r\t\v\"\\";
	const char *at = s.n > 1 && s.p[1] ? strchr(from, s.p[1]) : NULL;
	if (at) {
		stk_buf_byte(out, to[at - from]);
		return 2;
	}
	if (s.n > 1 && s.p[1] == '$') {
		stk_buf_add(out, S("$$"));
		return 2;
	}
	/* Three octal digits, and only behind a leading 0; every other escape is left for the
	   caller to keep as it stands. */
	uint64_t code;
	if (s.n < 2 || s.p[1] != '0')
		return 0;
	if (s.n < 5 || !stk_str_u64(stk_str_slice(s, 2, 5), 8, &code) || code > 255) {
		stk_buf_byte(out, '\\'); /* no code of a character: only the 0 goes */
		return 2;
	}
	stk_utf8_encode(out, (uint32_t)code);
	return 5;
}

static struct stk_str undo_escapes(struct parser *p, struct stk_str text)
{
	STK_BUF out = stk_buf_new(STK_LIMIT_TEXT_FILE);
	for (size_t i = 0; i < text.n;) {
		size_t n = text.p[i] == '\\' ? put_escape(&out, stk_str_slice(text, i, text.n)) : 0;
		if (!n)
			stk_buf_byte(&out, text.p[i++]);
		i += n;
	}
	return stk_arena_str(p->arena, stk_buf_str(&out));
}

static int take_quoted(struct parser *p, char quote, struct stk_str *value)
{
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE);
	struct stk_str s = p->rest;
	unsigned first = p->line;
	bool escaped = false;
	for (size_t i = 1; i < s.n; i++) {
		char c = s.p[i];
		p->line += c == '\n';
		if (c == quote && !escaped) {
			p->rest = stk_str_slice(s, i + 1, s.n);
			*value = stk_arena_str(p->arena, stk_buf_str(&text));
			return quote == '"' ? expand(p, undo_escapes(p, *value), value) : 0;
		}
		if (c == '\\' && !escaped) {
			escaped = true;
			continue;
		}
		if (escaped && c != quote)
			stk_buf_byte(&text, '\\');
		stk_buf_byte(&text, c);
		escaped = false;
	}
	return stk_fail(p->err, STK_EFORMAT, "line %u: unterminated quoted value", first);
}

static int take_value(struct parser *p, struct stk_str *value)
{
	if (p->rest.n && (p->rest.p[0] == '"' || p->rest.p[0] == '\''))
		return take_quoted(p, p->rest.p[0], value);
	struct stk_str line = stk_str_cut(&p->rest, '\n');
	size_t comment = stk_str_find(line, S(" #"));
	int failed = expand(p, trim_right(stk_str_slice(line, 0, comment)), value);
	p->line++;
	return failed;
}

/* `format: raw`, as docker's --env-file: no quotes, no variables, no comments behind a value. A
   bare name takes the value of the outer environment. */
static int read_raw(struct parser *p)
{
	for (; p->rest.n; p->line++) {
		struct stk_str line = stk_str_trim_left(stk_str_cut_line(&p->rest)), value;
		if (!line.n || line.p[0] == '#')
			continue;
		size_t equals = stk_str_find_byte(line, '=');
		struct stk_str key = stk_str_slice(line, 0, equals);
		for (size_t i = 0; i < key.n; i++)
			if (stk_is_space(key.p[i]))
				return stk_fail(p->err, STK_EFORMAT,
						"line %u: variable \"" STK_FMT "\" contains whitespaces", p->line,
						STK_ARG(key));
		if (!key.n)
			return stk_fail(p->err, STK_EFORMAT, "line %u: no variable name", p->line);
		if (equals != SIZE_MAX)
			stk_compose_environment_set(p->arena, p->out, key, stk_str_slice(line, equals + 1, line.n));
		else if (p->outer && p->outer(p->context, key, &value))
			stk_compose_environment_set(p->arena, p->out, key, value);
	}
	return 0;
}

int stk_compose_dotenv(struct stk_arena *arena, struct stk_str text, bool raw, stk_compose_lookup_fn *outer,
		       void *context, struct stk_compose_environment *out, struct stk_err *err)
{
	struct parser p = { .arena = arena, .outer = outer, .context = context, .out = out, .err = err, .line = 1 };
	p.rest = stk_str_strip_prefix(text, S("\xef\xbb\xbf"));
	if (raw)
		return read_raw(&p);
	while (next_statement(&p)) {
		struct stk_str key, value;
		bool inherited;
		if (take_key(&p, &key, &inherited) < 0)
			return -1;
		if (inherited) {
			if (outer && outer(context, key, &value))
				stk_compose_environment_set(arena, out, key, value);
			continue;
		}
		if (take_value(&p, &value) < 0)
			return -1;
		stk_compose_environment_set(arena, out, key, value);
	}
	return 0;
}
