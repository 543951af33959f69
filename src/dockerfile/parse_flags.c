/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of instructions and the mounts of RUN: what BuildKit's instructions/bflag.go and commands_run*.go accept. */
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

/* Mount fields are CSV (RFC 4180): a field in double quotes may hold commas. */
static struct stk_str next_field(struct stk_arena *arena, struct stk_str *rest)
{
	if (!rest->n || rest->p[0] != '"')
		return stk_str_cut(rest, ',');
	char *out = stk_arena_alloc(arena, rest->n, 1);
	size_t n = 0, i = 1;
	for (; i < rest->n; i++) {
		if (rest->p[i] == '"' && (i + 1 >= rest->n || rest->p[i + 1] != '"'))
			break;
		i += rest->p[i] == '"';
		out[n++] = rest->p[i];
	}
	i += i < rest->n;
	i += i < rest->n && rest->p[i] == ',';
	*rest = stk_str_slice(*rest, i, rest->n);
	return (struct stk_str){ out, n };
}

struct mount_reader {
	struct stk_parse_line *l;
	const struct stk_flag *flag;
	struct stk_mount *mount;
	struct stk_str sharing;
	bool mode, owner, size, required, cache_keys;
	bool bad;
};

/* Only the first mistake of a mount is reported. */
static void mount_error(struct mount_reader *r, const char *problem, struct stk_str what)
{
	if (r->bad)
		return;
	r->bad = true;
	stk_parse_error(r->l, r->l->line->text, "--mount: " STK_FMT ": %s", STK_ARG(what), problem);
	r->l->parser->file->errors.v[r->l->parser->file->errors.n - 1].span = r->flag->span;
}

/* The same where other builders take it. */
static void mount_refused(struct mount_reader *r, const char *problem, struct stk_str what)
{
	bool first = !r->bad;
	mount_error(r, problem, what);
	if (first)
		r->l->parser->file->errors.v[r->l->parser->file->errors.n - 1].semantic = true;
}

static bool one_of(struct stk_str word, const char *const *list)
{
	for (; *list; list++)
		if (stk_str_is(word, *list))
			return true;
	return false;
}

static bool has_variable(struct stk_str value)
{
	return stk_str_find_byte(value, '$') != SIZE_MAX;
}

static bool number_of(struct stk_str value, unsigned base)
{
	uint64_t number;
	return has_variable(value) || (stk_str_u64(value, base, &number) && number <= UINT32_MAX);
}

static bool is_go_bool(struct stk_str value)
{
	static const char *const words[] = { "1", "t", "T",	"TRUE",	 "true",  "True", "0",
					     "f", "F", "FALSE", "false", "False", NULL };
	return has_variable(value) || one_of(value, words);
}

/* "64m", "1.5GiB": digits, a fraction, a unit. */
static bool is_size(struct stk_str value)
{
	size_t i = 0;
	while (i < value.n && (stk_is_digit(value.p[i]) || value.p[i] == '.'))
		i++;
	struct stk_str unit = stk_str_trim(stk_str_slice(value, i, value.n));
	static const char *const units[] = { "",   "b",	  "k", "kb", "kib", "m", "mb", "mib", "g",
					     "gb", "gib", "t", "tb", "tib", "p", "pb", "pib", NULL };
	/* Longer units are refused below, so three bytes are enough. */
	char lower[4] = { 0 };
	for (size_t k = 0; k < unit.n && k < 3; k++)
		lower[k] = stk_lower(unit.p[k]);
	return has_variable(value) || (i && unit.n <= 3 && one_of(stk_str_from(lower), units));
}

/* One key=value of --mount. Values that hold a variable are not judged: what they become is
   known only to the build. (BuildKit's instructions/commands_runmount.go.) */
static void read_value(struct mount_reader *r, struct stk_str key, struct stk_str value)
{
	static const char *const types[] = { "bind", "cache", "tmpfs", "secret", "ssh", NULL };
	static const char *const sharings[] = { "shared", "private", "locked", NULL };
	static const char *const targets[] = { "target", "dst", "destination", NULL };
	static const char *const flags[] = { "readonly", "ro", "readwrite", "rw", "required", NULL };
	struct stk_mount *m = r->mount;
	if (stk_str_is(key, "type")) {
		m->type = stk_arena_lower(r->l->parser->arena, value);
		if (!has_variable(value) && !one_of(m->type, types))
			mount_error(r, "unknown mount type", value);
	} else if (stk_str_is(key, "from")) {
		m->from = value;
	} else if (stk_str_is(key, "source") || stk_str_is(key, "src")) {
		m->source = value;
	} else if (one_of(key, targets)) {
		m->target = value;
	} else if (stk_str_is(key, "id")) {
		m->id = value;
	} else if (stk_str_is(key, "env")) {
		m->env = value;
	} else if (stk_str_is(key, "sharing")) {
		r->sharing = stk_arena_lower(r->l->parser->arena, value);
		if (!has_variable(value) && !one_of(r->sharing, sharings))
			mount_error(r, "unknown sharing mode", value);
	} else if (stk_str_is(key, "mode")) {
		r->mode = true;
		if (!number_of(value, 8))
			mount_error(r, "not an octal mode", value);
	} else if (stk_str_is(key, "uid") || stk_str_is(key, "gid")) {
		r->owner = true;
		if (!number_of(value, 10))
			mount_error(r, "not a number", value);
	} else if (stk_str_is(key, "size")) {
		r->size = true;
		if (!is_size(value))
			mount_error(r, "not a size", value);
	} else if (one_of(key, flags)) {
		r->required |= stk_str_is(key, "required");
		if (!is_go_bool(value))
			mount_error(r, "not true or false", value);
	} else {
		mount_refused(r, "unknown key", key);
	}
}

static void read_field(struct mount_reader *r, struct stk_str field)
{
	static const char *const bare[] = { "readonly", "ro", "readwrite", "rw", "required", NULL };
	struct stk_str value = field, key = stk_arena_lower(r->l->parser->arena, stk_str_cut(&value, '='));
	if (key.n < field.n)
		read_value(r, key, value);
	else if (one_of(key, bare))
		r->required |= stk_str_is(key, "required");
	else
		mount_refused(r, "must be key=value", field);
}

/* What may not stand together. */
static void check_mount(struct mount_reader *r)
{
	struct stk_mount *m = r->mount;
	bool secret = stk_str_is(m->type, "secret"), ssh = stk_str_is(m->type, "ssh"),
	     cache = stk_str_is(m->type, "cache");
	if (has_variable(m->type))
		return;
	if (r->required && !secret && !ssh)
		mount_error(r, "required is for secret and ssh mounts", m->type);
	if (r->size && !stk_str_is(m->type, "tmpfs"))
		mount_error(r, "size is for tmpfs mounts", m->type);
	if ((r->mode || r->owner) && !secret && !ssh && !cache)
		mount_error(r, "mode, uid and gid are for secret, ssh and cache mounts", m->type);
	if (r->sharing.n && !cache)
		mount_error(r, "sharing is for cache mounts", m->type);
	if (secret && m->from.n)
		mount_error(r, "a secret mount has no from", m->from);
	if (secret && m->source.n && m->id.n)
		mount_refused(r, "source and id cannot both be set", m->source);
	if (secret && !m->source.n && !m->target.n && !m->id.n)
		mount_refused(r, "a secret mount needs an id or a target", m->type);
	if (!secret && !ssh && !m->target.n)
		mount_error(r, "target is missing", m->type);
}

static void read_mount(struct stk_parse_line *l, const struct stk_flag *flag)
{
	struct stk_mount *mount = STK_PUSH(l->parser->arena, &l->instruction->mounts);
	struct mount_reader r = { .l = l, .flag = flag, .mount = mount };
	mount->type = S("bind");
	mount->flag = flag;
	for (struct stk_str rest = flag->value; rest.n;)
		read_field(&r, next_field(l->parser->arena, &rest));
	check_mount(&r);
}

static void check_choice(struct stk_parse_line *l, const char *name, const char *const *allowed)
{
	const struct stk_flag *flag = stk_instruction_flag(l->instruction, name);
	if (flag && flag->has_value && !has_variable(flag->value) && !one_of(flag->value, allowed))
		flag_error(l, flag, "value is none that BuildKit knows", S(""));
}

void stk_parse_check_flags(struct stk_parse_line *l)
{
	static const char *const networks[] = { "default", "none", "host", NULL };
	static const char *const securities[] = { "insecure", "sandbox", NULL };
	struct stk_instruction *instruction = l->instruction;
	for (size_t i = 0; i < instruction->flags.n; i++)
		check_flag(l, i);
	if (instruction->keyword != STK_RUN)
		return;
	check_choice(l, "network", networks);
	check_choice(l, "security", securities);
	for (size_t i = 0; i < instruction->flags.n; i++)
		if (stk_str_is(instruction->flags.v[i].name, "mount") && instruction->flags.v[i].has_value)
			read_mount(l, &instruction->flags.v[i]);
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
