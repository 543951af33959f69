/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RUN --mount: its fields, and what BuildKit refuses among them (instructions/commands_runmount.go). Values that hold a
 * variable are not judged, since what they become is known only to the build.
 */
#include "dockerfile/parse.h"
#include "base/banned.h"

/* Keys that need no value. */
#define SWITCHES "readonly ro readwrite rw required"

static bool has_variable(struct stk_str value)
{
	return stk_str_find_byte(value, '$') != SIZE_MAX;
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
	bool mode, owner, size, required;
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

static bool number_of(struct stk_str value, unsigned base)
{
	uint64_t number;
	return has_variable(value) || (stk_str_u64(value, base, &number) && number <= UINT32_MAX);
}

static bool is_go_bool(struct stk_str value)
{
	return has_variable(value) || stk_is_one_of(value, "1 t T TRUE true True 0 f F FALSE false False");
}

/* "64m", "1.5GiB": digits, a fraction, a unit. */
static bool is_size(struct stk_str value)
{
	size_t i = 0;
	while (i < value.n && (stk_is_digit(value.p[i]) || value.p[i] == '.'))
		i++;
	struct stk_str unit = stk_str_trim(stk_str_slice(value, i, value.n));
	/* Longer units are none, so three bytes are enough. */
	char lower[3];
	for (size_t k = 0; k < unit.n && k < sizeof(lower); k++)
		lower[k] = stk_lower(unit.p[k]);
	bool known =
		!unit.n || (unit.n <= sizeof(lower) && stk_is_one_of((struct stk_str){ lower, unit.n },
								     "b k kb kib m mb mib g gb gib t tb tib p pb pib"));
	return has_variable(value) || (i && known);
}

/* One key=value of --mount. Values that hold a variable are not judged: what they become is
   known only to the build. (BuildKit's instructions/commands_runmount.go.) */
static void read_value(struct mount_reader *r, struct stk_str key, struct stk_str value)
{
	struct stk_mount *m = r->mount;
	if (stk_str_is(key, "type")) {
		m->type = stk_arena_lower(r->l->parser->arena, value);
		if (!has_variable(value) && !stk_is_one_of(m->type, "bind cache tmpfs secret ssh"))
			mount_error(r, "unknown mount type", value);
	} else if (stk_str_is(key, "from")) {
		m->from = value;
	} else if (stk_str_is(key, "source") || stk_str_is(key, "src")) {
		m->source = value;
	} else if (stk_is_one_of(key, "target dst destination")) {
		m->target = value;
	} else if (stk_str_is(key, "id")) {
		m->id = value;
	} else if (stk_str_is(key, "env")) {
		m->env = value;
	} else if (stk_str_is(key, "sharing")) {
		r->sharing = stk_arena_lower(r->l->parser->arena, value);
		if (!has_variable(value) && !stk_is_one_of(r->sharing, "shared private locked"))
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
	} else if (stk_is_one_of(key, SWITCHES)) {
		r->required |= stk_str_is(key, "required");
		if (!is_go_bool(value))
			mount_error(r, "not true or false", value);
	} else {
		mount_refused(r, "unknown key", key);
	}
}

static void read_field(struct mount_reader *r, struct stk_str field)
{
	struct stk_str value = field, key = stk_arena_lower(r->l->parser->arena, stk_str_cut(&value, '='));
	if (key.n < field.n)
		read_value(r, key, value);
	else if (stk_is_one_of(key, SWITCHES))
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

void stk_parse_mount(struct stk_parse_line *l, const struct stk_flag *flag)
{
	struct stk_mount *mount = STK_PUSH(l->parser->arena, &l->instruction->mounts);
	struct mount_reader r = { .l = l, .flag = flag, .mount = mount };
	mount->type = S("bind");
	mount->flag = flag;
	for (struct stk_str rest = flag->value; rest.n;)
		read_field(&r, next_field(l->parser->arena, &rest));
	check_mount(&r);
}
