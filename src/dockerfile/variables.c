/* SPDX-License-Identifier: Apache-2.0 */
/* See variables.h. */
#include "base/limits.h"
#include "base/map.h"
#include "dockerfile/variables.h"
#include "base/banned.h"

enum { DEEPEST_CHAIN = 1000 }; /* stages built on one another */
/* Bytes that the variables of one file may give, for the parser and all rules together; beyond, texts stay as typed.
   Each expansion may be one of the whole file, for some rules. */
#define MOST_EXPANDED(text) (STK_MIB(16) + 16 * (text).n)

struct binding {
	size_t order; /* index of the instruction that sets it */
	bool set;
	struct stk_str value;
};

/* All that one stage says about one name, in order. */
struct variable {
	struct {
		struct binding *v;
		size_t n, cap;
	} env, arg;
};

/* What one stage, or the part before the first FROM, says about variables. */
struct names {
	struct stk_map by_name; /* -> struct variable */
};

struct stk_scope {
	const struct stk_variables *build_args;
	struct names globals;
	struct stk_map everywhere; /* keys of all ENV and ARG as typed; the values mean nothing */
	size_t expanded;	   /* bytes that expansions have given so far */
	struct {
		struct names *v;
		size_t n, cap;
	} stages;
};

struct stk_scope *stk_scope_new(struct stk_arena *arena, const struct stk_variables *build_args)
{
	struct stk_scope *scope = STK_NEW(arena, struct stk_scope, 1);
	scope->build_args = build_args;
	return scope;
}

void stk_scope_add_stage(struct stk_dockerfile *file)
{
	STK_PUSH(file->arena, &file->scope->stages);
}

/* What a build for linux/amd64 sets. */
static const struct {
	const char *name, *value;
} platform[] = {
	{ "BUILDARCH", "amd64" },
	{ "BUILDOS", "linux" },
	{ "BUILDPLATFORM", "linux/amd64" },
	{ "BUILDVARIANT", "" },
	{ "TARGETARCH", "amd64" },
	{ "TARGETOS", "linux" },
	{ "TARGETPLATFORM", "linux/amd64" },
	{ "TARGETSTAGE", "default" },
	{ "TARGETVARIANT", "" },
};

static bool platform_value(struct stk_str name, struct stk_str *value)
{
	for (size_t i = 0; i < STK_LEN(platform); i++)
		if (stk_str_is(name, platform[i].name)) {
			*value = stk_str_from(platform[i].value);
			return true;
		}
	return false;
}

bool stk_variable_is_platform(struct stk_str name)
{
	struct stk_str value;
	return platform_value(name, &value);
}

/* The last one given counts, as with docker build --build-arg. */
static bool build_arg(const struct stk_scope *scope, struct stk_str name, struct stk_str *value)
{
	for (size_t i = scope->build_args ? scope->build_args->n : 0; i-- > 0;)
		if (stk_str_eq(scope->build_args->v[i].name, name)) {
			*value = scope->build_args->v[i].value;
			return true;
		}
	return false;
}

/* The last binding made before `order`. */
static const struct binding *latest(const struct binding *v, size_t n, size_t order)
{
	size_t low = 0;
	while (n > low) {
		size_t middle = low + (n - low) / 2;
		if (v[middle].order < order)
			low = middle + 1;
		else
			n = middle;
	}
	return low ? &v[low - 1] : NULL;
}

/* ENV counts before ARG, however old it is. */
static const struct binding *find(const struct names *names, struct stk_str name, size_t order)
{
	const struct variable *variable = stk_map_get(&names->by_name, name);
	if (!variable)
		return NULL;
	const struct binding *env = latest(variable->env.v, variable->env.n, order);
	return env ? env : latest(variable->arg.v, variable->arg.n, order);
}

/* The binding in effect at a place. Inherited ENV counts before the stage's own ARG, so both kinds are looked for along
 * the chain. */
static const struct binding *find_at(const struct stk_dockerfile *file, const struct stk_instruction *at,
				     struct stk_str name)
{
	size_t stage = at ? at->stage : SIZE_MAX, order = at ? at->index : SIZE_MAX;
	const struct binding *arg = NULL;
	if (stage >= file->scope->stages.n)
		return find(&file->scope->globals, name, order);
	for (unsigned depth = 0; stage < file->scope->stages.n && depth < DEEPEST_CHAIN; depth++) {
		const struct variable *variable = stk_map_get(&file->scope->stages.v[stage].by_name, name);
		const struct binding *env = variable ? latest(variable->env.v, variable->env.n, order) : NULL;
		if (env)
			return env;
		if (variable && !arg)
			arg = latest(variable->arg.v, variable->arg.n, order);
		stage = file->stages.v[stage].parent;
		order = SIZE_MAX;
	}
	return arg;
}

bool stk_variable_declared(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_str name)
{
	return find_at(file, at, name) != NULL;
}

bool stk_variable_declared_anywhere(const struct stk_dockerfile *file, struct stk_str name)
{
	return stk_map_get(&file->scope->everywhere, name) != NULL;
}

bool stk_variable_value(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_str name,
			struct stk_str *value)
{
	const struct binding *binding = find_at(file, at, name);
	bool global = !at || at->stage >= file->scope->stages.n;
	if (binding && binding->set)
		*value = binding->value;
	return binding ? binding->set : global && platform_value(name, value);
}

static size_t add_names(struct stk_arena *arena, const struct names *names, size_t order, struct stk_strs *out)
{
	for (size_t i = 0; i < names->by_name.n; i++) {
		const struct binding *binding = find(names, names->by_name.entries[i].key, order);
		if (binding && binding->set)
			*STK_PUSH(arena, out) = names->by_name.entries[i].key;
	}
	return names->by_name.n + 1;
}

size_t stk_variable_names(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_strs *out)
{
	size_t stage = at ? at->stage : SIZE_MAX, order = at ? at->index : SIZE_MAX, seen = 0;
	if (stage >= file->scope->stages.n) {
		seen = add_names(file->arena, &file->scope->globals, order, out);
		for (size_t i = 0; i < STK_LEN(platform); i++)
			*STK_PUSH(file->arena, out) = stk_str_from(platform[i].name);
		return seen;
	}
	for (unsigned depth = 0; stage < file->scope->stages.n && depth < DEEPEST_CHAIN; depth++) {
		seen += add_names(file->arena, &file->scope->stages.v[stage], order, out);
		stage = file->stages.v[stage].parent;
		order = SIZE_MAX;
	}
	return seen;
}

struct place {
	const struct stk_dockerfile *file;
	const struct stk_instruction *at;
};

static bool lookup(void *context, struct stk_str name, struct stk_str *value)
{
	const struct place *place = context;
	return stk_variable_value(place->file, place->at, name, value);
}

/* keep: variables without a value stay as they are written, instead of becoming nothing. */
static struct stk_lex_result expand(const struct stk_dockerfile *file, const struct stk_instruction *at,
				    struct stk_str text, bool keep)
{
	struct place place = { file, at };
	struct stk_lex_options options = {
		.escape = file->escape, .keep_unset = keep, .lookup = lookup, .context = &place
	};
	/* What is typed gives no more than itself; values can be put into values, again and again. */
	bool plain = stk_str_find_byte(text, '$') == SIZE_MAX;
	if (!plain && file->scope->expanded > MOST_EXPANDED(file->text))
		return (struct stk_lex_result){ .text = text, .gap = true };
	struct stk_lex_result result = stk_lex(file->arena, text, &options);
	file->scope->expanded += plain ? 0 : result.text.n;
	return result;
}

struct stk_lex_result stk_dockerfile_expand(const struct stk_dockerfile *file, const struct stk_instruction *at,
					    struct stk_str text)
{
	return expand(file, at, text, false);
}

struct stk_lex_result stk_dockerfile_expand_known(const struct stk_dockerfile *file, const struct stk_instruction *at,
						  struct stk_str text)
{
	return expand(file, at, text, true);
}

/* An ARG: the build argument, its own default, the global ARG of the name, the platform's value. */
static struct binding arg_value(struct stk_dockerfile *file, const struct stk_instruction *at,
				const struct stk_pair *pair, struct stk_str name)
{
	struct binding binding = { .order = at->index };
	const struct binding *global =
		at->stage < file->scope->stages.n ? find(&file->scope->globals, name, SIZE_MAX) : NULL;
	if (build_arg(file->scope, name, &binding.value)) {
		binding.set = true;
	} else if (pair->has_value) {
		binding.set = true;
		binding.value = stk_dockerfile_expand(file, at, pair->value.raw).text;
	} else if (global) {
		binding.set = global->set;
		binding.value = global->value;
	} else {
		binding.set = platform_value(name, &binding.value);
	}
	return binding;
}

/* In the file's order, so that bindings are sorted by `order` and latest() may halve. Values are expanded with
   what is known before this instruction: "ENV a=1 b=$a" does not see its own a. */
void stk_scope_add(struct stk_dockerfile *file, const struct stk_instruction *at)
{
	struct names *names =
		at->stage < file->scope->stages.n ? &file->scope->stages.v[at->stage] : &file->scope->globals;
	if (at->keyword != STK_ENV && at->keyword != STK_ARG)
		return;
	for (size_t i = 0; i < at->pairs.n; i++) {
		const struct stk_pair *pair = &at->pairs.v[i];
		struct stk_str name =
			at->keyword == STK_ENV ? stk_dockerfile_expand(file, at, pair->key.raw).text : pair->key.raw;
		struct binding binding = { .order = at->index, .set = true };
		*stk_map_at(&file->scope->everywhere, file->arena, pair->key.raw) = names;
		if (at->keyword == STK_ARG)
			binding = arg_value(file, at, pair, name);
		else
			binding.value = stk_dockerfile_expand(file, at, pair->value.raw).text;
		struct variable **variable = (struct variable **)stk_map_at(&names->by_name, file->arena, name);
		if (!*variable)
			*variable = STK_NEW(file->arena, struct variable, 1);
		if (at->keyword == STK_ENV)
			*STK_PUSH(file->arena, &(*variable)->env) = binding;
		else
			*STK_PUSH(file->arena, &(*variable)->arg) = binding;
	}
}
