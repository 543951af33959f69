/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of instructions: what BuildKit's instructions/bflag.go and commands_run*.go accept. */
#include <stdlib.h>
#include <string.h>

#include "dockerfile/parse.h"
#include "text/nearest.h"
#include "base/banned.h"

enum flag_type { FLAG_BOOL, FLAG_TEXT, FLAG_LIST };

struct flag_row {
	enum stk_keyword keyword;
	const char *name;
	enum flag_type type;
};

/* FLAG_LIST may be given several times, the others once. */
static const struct flag_row rows[] = {
	{ STK_ADD, "checksum", FLAG_TEXT },
	{ STK_ADD, "chmod", FLAG_TEXT },
	{ STK_ADD, "chown", FLAG_TEXT },
	{ STK_ADD, "exclude", FLAG_LIST },
	{ STK_ADD, "keep-git-dir", FLAG_BOOL },
	{ STK_ADD, "link", FLAG_BOOL },
	{ STK_ADD, "unpack", FLAG_BOOL },
	{ STK_COPY, "chmod", FLAG_TEXT },
	{ STK_COPY, "chown", FLAG_TEXT },
	{ STK_COPY, "exclude", FLAG_LIST },
	{ STK_COPY, "from", FLAG_TEXT },
	{ STK_COPY, "link", FLAG_BOOL },
	{ STK_COPY, "parents", FLAG_BOOL },
	{ STK_FROM, "platform", FLAG_TEXT },
	{ STK_HEALTHCHECK, "interval", FLAG_TEXT },
	{ STK_HEALTHCHECK, "retries", FLAG_TEXT },
	{ STK_HEALTHCHECK, "start-interval", FLAG_TEXT },
	{ STK_HEALTHCHECK, "start-period", FLAG_TEXT },
	{ STK_HEALTHCHECK, "timeout", FLAG_TEXT },
	{ STK_RUN, "device", FLAG_LIST },
	{ STK_RUN, "mount", FLAG_LIST },
	{ STK_RUN, "network", FLAG_TEXT },
	{ STK_RUN, "security", FLAG_TEXT },
};

static const struct flag_row *find_row(enum stk_keyword keyword, struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (rows[i].keyword == keyword && stk_str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

/* Flag text without quotes and escapes; unlike in other words, escapes count inside both kinds of quotes. */
static struct stk_str flag_text(struct stk_arena *arena, struct stk_str raw, char escape)
{
	char *out = stk_arena_alloc(arena, raw.n + 1, 1);
	size_t n = 0;
	char quote = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == escape) {
			if (i + 1 < raw.n)
				out[n++] = raw.p[++i];
		} else if (quote ? c == quote : (c == '"' || c == '\'')) {
			quote = quote ? 0 : c;
		} else {
			out[n++] = c;
		}
	}
	return (struct stk_str){ out, n };
}

/* White space ends a flag unless it is quoted or escaped. */
static size_t flag_end(struct stk_str text, size_t i, char escape)
{
	char quote = 0;
	for (; i < text.n; i++) {
		char c = text.p[i];
		if (c == escape)
			i += i + 1 < text.n;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (stk_is_space(c))
			break;
	}
	return i < text.n ? i : text.n;
}

/* The value's span is found in the text as written, where quotes and escapes still stand. */
static void add_flag(struct stk_parse_line *l, struct stk_str raw)
{
	struct stk_str text = flag_text(l->parser->arena, raw, l->parser->file->escape);
	struct stk_flag *flag = STK_PUSH(l->parser->arena, &l->instruction->flags);
	size_t equals = stk_str_find_byte(text, '='), raw_equals = stk_str_find_byte(raw, '=');
	flag->has_value = equals != SIZE_MAX;
	flag->name = stk_str_slice(text, 2, equals);
	flag->value = flag->has_value ? stk_str_slice(text, equals + 1, text.n) : S("");
	flag->span = stk_parse_span(l, raw);
	flag->value_span = flag->has_value && raw_equals < raw.n
				   ? stk_parse_span(l, stk_str_slice(raw, raw_equals + 1, raw.n))
				   : (struct stk_span){ flag->span.end, flag->span.end };
	flag->known = find_row(l->instruction->keyword, flag->name) != NULL;
}

void stk_parse_flags(struct stk_parse_line *l)
{
	struct stk_str text = l->rest;
	size_t i = 0;
	for (;;) {
		while (i < text.n && stk_is_space(text.p[i]))
			i++;
		if (i + 1 >= text.n || text.p[i] != '-' || text.p[i + 1] != '-')
			break;
		size_t end = flag_end(text, i, l->parser->file->escape);
		struct stk_str raw = stk_str_slice(text, i, end);
		i = end;
		if (stk_str_is(raw, "--"))
			break;
		add_flag(l, raw);
	}
	l->rest = stk_parse_trim(stk_str_slice(text, i, text.n));
}

/* Says what is wrong with a flag, at the flag. */
static void flag_error(struct stk_parse_line *l, const struct stk_flag *flag, const char *problem, struct stk_str hint)
{
	stk_parse_error(l, l->line->text, "%s: --" STK_FMT, problem, STK_ARG(flag->name));
	struct stk_syntax_error *error = &l->parser->file->errors.v[l->parser->file->errors.n - 1];
	error->span = flag->span;
	error->hint = hint;
	/* Hadolint takes an unknown flag of RUN for shell text, and one without value of COPY for a path. */
	error->semantic = !flag->known && (l->instruction->keyword == STK_RUN ||
					   (l->instruction->keyword == STK_COPY && !flag->has_value));
}

static struct stk_str nearest_flag(struct stk_parse_line *l, struct stk_str name)
{
	struct stk_strs known = { 0 };
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (rows[i].keyword == l->instruction->keyword)
			*STK_PUSH(l->parser->arena, &known) = stk_str_from(rows[i].name);
	struct stk_str near = stk_nearest(name, &known);
	return near.n ? stk_arena_printf(l->parser->arena, "did you mean --" STK_FMT "?", STK_ARG(near)) : S("");
}

static bool is_bool(struct stk_str value)
{
	return !value.n || stk_str_eq_nocase(value, S("true")) || stk_str_eq_nocase(value, S("false"));
}

static bool seen_before(const struct stk_instruction *instruction, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (stk_str_eq(instruction->flags.v[k].name, instruction->flags.v[i].name))
			return true;
	return false;
}

static void check_flag(struct stk_parse_line *l, size_t i)
{
	const struct stk_flag *flag = &l->instruction->flags.v[i];
	const struct flag_row *row = find_row(l->instruction->keyword, flag->name);
	if (!row)
		flag_error(l, flag, "unknown flag", nearest_flag(l, flag->name));
	/* seen_before looks at all flags before this one; 64 keep that linear for hostile
	   lines. */
	else if (row->type != FLAG_LIST && i < 64 && seen_before(l->instruction, i))
		flag_error(l, flag, "flag given twice", S(""));
	else if (row->type == FLAG_BOOL && ((flag->has_value && !flag->value.n) || !is_bool(flag->value)))
		flag_error(l, flag, "not true or false", S(""));
	else if (row->type != FLAG_BOOL && !flag->has_value)
		flag_error(l, flag, "value missing", S(""));
}

static bool has_variable(struct stk_str value)
{
	return stk_str_find_byte(value, '$') != SIZE_MAX;
}

/* A value that holds a variable is not judged. */
static void check_choice(struct stk_parse_line *l, const char *name, const char *allowed)
{
	const struct stk_flag *flag = stk_instruction_flag(l->instruction, name);
	if (flag && flag->has_value && !has_variable(flag->value) && !stk_is_one_of(flag->value, allowed))
		flag_error(l, flag, "value is none that BuildKit knows", S(""));
}

void stk_parse_check_flags(struct stk_parse_line *l)
{
	struct stk_instruction *instruction = l->instruction;
	for (size_t i = 0; i < instruction->flags.n; i++)
		check_flag(l, i);
	if (instruction->keyword != STK_RUN)
		return;
	check_choice(l, "network", "default none host");
	check_choice(l, "security", "insecure sandbox");
	for (size_t i = 0; i < instruction->flags.n; i++)
		if (stk_str_is(instruction->flags.v[i].name, "mount") && instruction->flags.v[i].has_value)
			stk_parse_mount(l, &instruction->flags.v[i]);
}

/* "1h30m", "1.5s", "500ms": digits, fraction and unit, repeated; a lone "0". */
bool stk_parse_duration(struct stk_str text, double *nanoseconds)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {
		{ "ns", 1 },   { "us", 1e3 }, { "\xc2\xb5s", 1e3 }, { "\xce\xbcs", 1e3 },
		{ "ms", 1e6 }, { "s", 1e9 },  { "m", 6e10 },	    { "h", 3.6e12 },
	};
	double sum = 0, sign = 1;
	if (text.n && (text.p[0] == '-' || text.p[0] == '+')) {
		sign = text.p[0] == '-' ? -1 : 1;
		text = stk_str_slice(text, 1, text.n);
	}
	*nanoseconds = 0;
	if (stk_str_is(text, "0"))
		return true;
	if (!text.n)
		return false;
	while (text.n) {
		char number[32];
		size_t i = 0, unit = 0, digits = 0;
		for (; i < text.n && (stk_is_digit(text.p[i]) || text.p[i] == '.'); i++)
			digits += text.p[i] != '.';
		if (!digits || i >= sizeof number)
			return false;
		memcpy(number, text.p, i);
		number[i] = '\0';
		text = stk_str_slice(text, i, text.n);
		size_t best = 0;
		for (size_t k = 0; k < STK_LEN(units); k++) {
			size_t n = strlen(units[k].unit);
			if (n > best && stk_str_starts(text, stk_str_from(units[k].unit))) {
				best = n;
				unit = k;
			}
		}
		if (!best)
			return false;
		sum += strtod(number, NULL) * units[unit].factor;
		text = stk_str_slice(text, best, text.n);
	}
	*nanoseconds = sum * sign;
	return true;
}
