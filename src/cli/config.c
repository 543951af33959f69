/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key is a row: name, where it applies, and the function that reads it. Unknown keys are
 * refused with a suggestion, because a setting that is silently without effect is worse than an
 * error: here it would be a gate that is open.
 */
#include "cli/config.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "text/nearest.h"
#include "base/banned.h"

struct loader {
	struct stk_arena *arena;
	struct stk_config *config;
	struct stk_err *err;
};

typedef int read_fn(struct loader *l, const struct stk_yaml *value);

/* A key with read == NULL is known and left to a module. */
struct key {
	const char *name;
	read_fn *read;
};

static int fail_at(struct loader *l, const struct stk_yaml *node, const char *what)
{
	return stk_fail(l->err, STK_EUSAGE, STK_FMT ":%u:%u: %s", STK_ARG(l->config->file), node->line, node->column,
			what);
}

static int read_map(struct loader *l, const struct stk_yaml *map, const struct key *keys, size_t n)
{
	if (map->type != STK_YAML_MAP)
		return fail_at(l, map, "must be a map of settings");
	for (size_t i = 0; i < map->n; i++) {
		struct stk_str name = map->keys[i].text;
		/* YAML's "key:" without a value leaves the default. */
		size_t k = 0;
		while (k < n && !stk_str_is(name, keys[k].name))
			k++;
		if (k == n) {
			struct stk_strs names = { 0 };
			for (size_t j = 0; j < n; j++)
				*STK_PUSH(l->arena, &names) = stk_str_from(keys[j].name);
			struct stk_str best = stk_nearest(name, &names);
			fail_at(l, &map->keys[i], "unknown key");
			return best.n ? stk_hint(l->err, "Did you mean \"" STK_FMT "\"?", STK_ARG(best)) : -1;
		}
		const struct stk_yaml *value = stk_yaml_follow(&map->items[i]);
		if (keys[k].read && !stk_yaml_is_null(value) && keys[k].read(l, value) < 0)
			return -1;
	}
	return 0;
}

static int read_strings(struct loader *l, const struct stk_yaml *value, struct stk_strs *out)
{
	if (value->type != STK_YAML_LIST)
		return fail_at(l, value, "must be a list");
	for (size_t i = 0; i < value->n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&value->items[i]);
		if (item->type != STK_YAML_SCALAR)
			return fail_at(l, item, "must be text");
		*STK_PUSH(l->arena, out) = item->text;
	}
	return 0;
}

static int read_severity(struct loader *l, const struct stk_yaml *value, enum stk_severity *out)
{
	if (value->type == STK_YAML_SCALAR && stk_str_is(value->text, "none"))
		*out = STK_SEV_COUNT;
	else if (value->type != STK_YAML_SCALAR || !stk_severity_parse(value->text, out))
		return fail_at(l, value, "must be critical, high, medium, low, info or none");
	return 0;
}

/* "fail-on: high", or a severity for each layer. */
static int read_fail_on(struct loader *l, const struct stk_yaml *value)
{
	enum stk_severity severity;
	if (value->type != STK_YAML_MAP) {
		if (read_severity(l, value, &severity) < 0)
			return -1;
		for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++)
			l->config->line.at[layer] = severity;
		return 0;
	}
	for (size_t i = 0; i < value->n; i++) {
		size_t layer = 0;
		while (layer < STK_LAYER_COUNT &&
		       !stk_str_is(value->keys[i].text, stk_layer_name((enum stk_guide_layer)layer)))
			layer++;
		if (layer == STK_LAYER_COUNT)
			return fail_at(l, &value->keys[i],
				       "must be a layer: image, build, runtime, network, secrets or pipeline");
		if (read_severity(l, stk_yaml_follow(&value->items[i]), &l->config->line.at[layer]) < 0)
			return -1;
	}
	return 0;
}

static int read_shown(struct loader *l, const struct stk_yaml *value)
{
	struct stk_strs names = { 0 };
	bool shown[STK_SEV_COUNT] = { 0 };
	if (read_strings(l, value, &names) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		enum stk_severity severity;
		if (!stk_severity_parse(names.v[i], &severity))
			return fail_at(l, &value->items[i], "must be a severity");
		shown[severity] = true;
	}
	for (size_t severity = 0; severity < STK_SEV_COUNT; severity++)
		l->config->line.hidden[severity] = !shown[severity];
	return 0;
}

static int read_ignore_unfixed(struct loader *l, const struct stk_yaml *value)
{
	return stk_yaml_bool(value, &l->config->line.ignore_unfixed) ? 0 : fail_at(l, value, "must be true or false");
}

static int read_ignores(struct loader *l, const struct stk_yaml *value)
{
	return stk_ignores_read_list(l->arena, value, l->config->file, &l->config->ignores, l->err);
}

static int read_registries(struct loader *l, const struct stk_yaml *value)
{
	return read_strings(l, value, &l->config->trusted_registries);
}

static int read_bases(struct loader *l, const struct stk_yaml *value)
{
	return read_strings(l, value, &l->config->trusted_bases);
}

static int read_environment(struct loader *l, const struct stk_yaml *value)
{
	if (stk_str_is(value->text, "development"))
		l->config->environment = STK_DEVELOPMENT;
	else if (!stk_str_is(value->text, "production"))
		return fail_at(l, value, "must be production or development");
	return 0;
}

static int read_assertions(struct loader *l, const struct stk_yaml *value)
{
	struct stk_strs texts = { 0 };
	l->config->assertions = value;
	return read_strings(l, value, &texts);
}

static int read_network(struct loader *l, const struct stk_yaml *value)
{
	static const struct key keys[] = { { "assertions", read_assertions } };
	return read_map(l, value, keys, STK_LEN(keys));
}

static const struct key top_keys[] = {
	{ "fail-on", read_fail_on },
	{ "severity", read_shown },
	{ "ignore-unfixed", read_ignore_unfixed },
	{ "ignore", read_ignores },
	{ "trusted-registries", read_registries },
	{ "trusted-bases", read_bases },
	{ "environment", read_environment },
	{ "network", read_network },
	{ "dockerfile", NULL }, /* read by the command itself */
	{ "secrets", NULL },
};

/* How many folders there are from the working directory to the root, both counted. */
static unsigned count_folders(void)
{
	char here[PATH_MAX];
	unsigned n = 1;
	if (!getcwd(here, sizeof(here)))
		return STK_LIMIT_DEPTH;
	for (const char *p = here; *p; p++)
		n += *p == '/' && p[1];
	return n < STK_LIMIT_DEPTH ? n : STK_LIMIT_DEPTH;
}

/* The file's path, from the working directory upwards, or empty. */
static struct stk_str find_file(struct stk_arena *arena)
{
	struct stk_str up = S("");
	for (unsigned depth = 0, n = count_folders(); depth < n; depth++) {
		struct stk_str path = stk_arena_join(arena, up, S(".strake.yaml"));
		if (stk_file_exists(path.p))
			return path;
		if (stk_file_exists(stk_arena_join(arena, up, S(".git")).p))
			break;
		up = stk_arena_join(arena, up, S("../"));
	}
	return S("");
}

int stk_config_load(struct stk_arena *arena, const char *named, struct stk_config *out, struct stk_err *err)
{
	struct loader l = { arena, out, err };
	struct stk_str text;
	struct stk_yaml_documents documents = { 0 };
	*out = (struct stk_config){ .line = stk_line_default() };
	out->file = named ? stk_str_from(named) : find_file(arena);
	if (!out->file.n)
		return 0;
	if (stk_file_read(arena, out->file.p, STK_LIMIT_TEXT_FILE, &text, err) < 0) {
		err->code = STK_EUSAGE;
		return -1;
	}
	if (stk_yaml_parse(arena, text, &documents, err) < 0) {
		err->code = STK_EUSAGE;
		return stk_within(err, STK_FMT, STK_ARG(out->file));
	}
	if (!documents.n || stk_yaml_is_null(documents.v[0]))
		return 0;
	out->root = documents.v[0];
	return read_map(&l, out->root, top_keys, STK_LEN(top_keys));
}
