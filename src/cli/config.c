/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key is a row: name, where it applies, and the function that reads it. Unknown keys are
 * refused with a suggestion, because a setting that is silently without effect is worse than an
 * error: here it would be a gate that is open.
 */
#include "cli/config.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "io/file.h"
#include "network/assertion.h"
#include "secret/user.h"
#include "text/path.h"
#include "text/nearest.h"
#include "text/yaml_place.h"
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

/* Every mistake in the settings is one of usage: nothing is scanned with half of them. */
static int fail_at(struct loader *l, const struct stk_yaml *node, const char *what)
{
	return stk_fail(l->err, STK_EUSAGE, STK_FMT ":%u:%u: %s", STK_ARG(l->config->file), node->line, node->column,
			what);
}

/* fail_at for a word that is none of those allowed, with the one that was most likely meant. */
static int fail_word(struct loader *l, const struct stk_yaml *node, const char *what, const char *const *words,
		     size_t n)
{
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < n; i++)
		*STK_PUSH(l->arena, &names) = stk_str_from(words[i]);
	struct stk_str best = node->type == STK_YAML_SCALAR ? stk_nearest(node->text, &names) : S("");
	fail_at(l, node, what);
	return best.n ? stk_hint(l->err, "Did you mean \"" STK_FMT "\"?", STK_ARG(best)) : -1;
}

/* A map whose keys must be among these; each is read by its row. */
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
			const char **names = STK_NEW(l->arena, const char *, n);
			for (size_t j = 0; j < n; j++)
				names[j] = keys[j].name;
			return fail_word(l, &map->keys[i], "unknown key", names, n);
		}
		const struct stk_yaml *value = stk_yaml_follow(&map->items[i]);
		if (keys[k].read && !stk_yaml_is_null(value) && keys[k].read(l, value) < 0)
			return -1;
	}
	return 0;
}

/* A single text is refused, with how to write it. */
static int read_strings(struct loader *l, const struct stk_yaml *value, struct stk_strs *out)
{
	if (value->type != STK_YAML_LIST) {
		fail_at(l, value, "must be a list");
		return value->type == STK_YAML_SCALAR
			       ? stk_hint(l->err, "Write [\"" STK_FMT "\"].", STK_ARG(value->text))
			       : -1;
	}
	for (size_t i = 0; i < value->n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&value->items[i]);
		if (item->type != STK_YAML_SCALAR)
			return fail_at(l, item, "must be text");
		*STK_PUSH(l->arena, out) = item->text;
	}
	return 0;
}

static const char *const severities[] = { "critical", "high", "medium", "low", "info", "none", "unknown" };
enum { WITHOUT_UNKNOWN = 6 };

static int read_severity(struct loader *l, const struct stk_yaml *value, enum stk_severity *out)
{
	if (value->type == STK_YAML_SCALAR && stk_str_is(value->text, "none"))
		*out = STK_SEV_COUNT;
	else if (value->type != STK_YAML_SCALAR || !stk_severity_parse(value->text, out) || *out == STK_SEV_UNKNOWN)
		return fail_word(l, value, "must be critical, high, medium, low, info or none", severities,
				 WITHOUT_UNKNOWN);
	return 0;
}

static int fail_layer(struct loader *l, const struct stk_yaml *node)
{
	const char *names[STK_LAYER_COUNT];
	for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++)
		names[layer] = stk_layer_name((enum stk_guide_layer)layer);
	return fail_word(l, node, "must be a layer: image, build, runtime, network, secrets or pipeline", names,
			 STK_LAYER_COUNT);
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
			return fail_layer(l, &value->keys[i]);
		if (read_severity(l, stk_yaml_follow(&value->items[i]), &l->config->line.at[layer]) < 0)
			return -1;
	}
	return 0;
}

/* What is listed is shown, all else is hidden. */
static int read_shown(struct loader *l, const struct stk_yaml *value)
{
	struct stk_strs names = { 0 };
	bool shown[STK_SEV_COUNT] = { 0 };
	if (read_strings(l, value, &names) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		enum stk_severity severity;
		if (!stk_severity_parse(names.v[i], &severity))
			return fail_word(l, stk_yaml_follow(&value->items[i]),
					 "must be critical, high, medium, low, info or unknown", severities,
					 STK_LEN(severities));
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

/* Vulnerabilities have names of many makers ("CVE-2024-1", "GHSA-…", "DLA-1-1"); all others must be rules of ours,
 * since an ignore with a slip in it would silence nothing and look as if it did. */
static bool is_foreign(struct stk_str id)
{
	static const char *const ours[] = {
		"AUD", "CFG", "CIS", "CMP", "CTX", "DF", "DKL", "DS", "IMG", "NET", "PIPE"
	};
	bool digit = false;
	struct stk_str rest = id, family = stk_str_cut(&rest, '-');
	for (size_t i = 0; i < rest.n; i++)
		digit |= stk_is_digit(rest.p[i]);
	for (size_t i = 0; i < STK_LEN(ours); i++)
		if (stk_str_eq_nocase(family, stk_str_from(ours[i])))
			return false;
	return (rest.n && (digit || stk_str_is(family, "GHSA"))) ||
	       stk_str_starts(id, S("SC")); /* ShellCheck has its own list */
}

/* A rule of the section `secrets`. */
static bool is_own_secret(const struct loader *l, struct stk_str id)
{
	const struct stk_yaml *section = stk_yaml_get(l->config->root, "secrets"),
			      *rules = section ? stk_yaml_get(section, "rules") : NULL;
	for (size_t i = 0; rules && rules->type == STK_YAML_LIST && i < rules->n; i++)
		if (stk_str_eq(stk_yaml_str(stk_yaml_follow(&rules->items[i]), "id"), id))
			return true;
	return false;
}

/* Patterns are taken as they are; whether they match anything is not known before the run. */
static int check_id(struct loader *l, const struct stk_yaml *node)
{
	struct stk_strs names = { 0 };
	struct stk_str id = node->text;
	if (stk_str_find_byte(id, '*') != SIZE_MAX || stk_str_find_byte(id, '?') != SIZE_MAX || stk_rules_find(id) ||
	    is_foreign(id) || is_own_secret(l, id))
		return 0;
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; i < stk_rule_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_rule_tables[t]->rows[i];
			*STK_PUSH(l->arena, &names) = stk_str_from(rule->id);
			for (size_t k = 0; k < STK_LEN(rule->aliases) && rule->aliases[k]; k++)
				*STK_PUSH(l->arena, &names) = stk_str_from(rule->aliases[k]);
		}
	struct stk_str near = stk_nearest(id, &names);
	fail_at(l, node, "no rule and no vulnerability has this id");
	return near.n ? stk_hint(l->err, "Did you mean \"" STK_FMT "\"?", STK_ARG(near))
		      : stk_hint(l->err, "\"strake rules\" lists them all.");
}

/* Paths of ignores count from the folder that the file stands in, wherever the run stands. */
static int read_ignores(struct loader *l, const struct stk_yaml *value)
{
	if (stk_ignores_read_list(l->arena, value, l->config->file, &l->config->ignores, l->err) < 0)
		return -1;
	for (size_t i = 0; i < value->n; i++)
		if (check_id(l, stk_yaml_get(stk_yaml_follow(&value->items[i]), "id")) < 0)
			return -1;
	char *here = getcwd(NULL, 0);
	struct stk_str file = l->config->file, run = stk_arena_str(l->arena, stk_str_from(here ? here : ""));
	free(here);
	if (!stk_str_starts(file, S("/")))
		file = stk_path_clean(l->arena,
				      stk_arena_printf(l->arena, STK_FMT "/" STK_FMT, STK_ARG(run), STK_ARG(file)));
	for (size_t i = 0; i < l->config->ignores.n; i++) {
		l->config->ignores.v[i].here = run;
		l->config->ignores.v[i].folder = stk_str_through_last(file, '/');
	}
	return 0;
}

static int read_registries(struct loader *l, const struct stk_yaml *value)
{
	return read_strings(l, value, &l->config->trusted_registries);
}

static int read_environment(struct loader *l, const struct stk_yaml *value)
{
	static const char *const names[] = { "production", "development" };
	if (value->type == STK_YAML_SCALAR && stk_str_is(value->text, "development"))
		l->config->environment = STK_DEVELOPMENT;
	else if (value->type != STK_YAML_SCALAR || !stk_str_is(value->text, "production"))
		return fail_word(l, value, "must be production or development", names, STK_LEN(names));
	return 0;
}

/* Only their form is checked: the services they name are those of a project that is not loaded yet. */
static int read_assertions(struct loader *l, const struct stk_yaml *value)
{
	struct stk_strs texts = { 0 };
	l->config->assertions = value;
	if (read_strings(l, value, &texts) < 0)
		return -1;
	for (size_t i = 0; i < texts.n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&value->items[i]);
		if (stk_net_assertion_form(texts.v[i], l->err) == 0)
			continue;
		l->err->code = STK_EUSAGE;
		return stk_within(l->err, STK_FMT ":%u:%u", STK_ARG(l->config->file), item->line, item->column);
	}
	return 0;
}

/* What is wrong here is a mistake for every command, not only for those that search. */
static int read_secrets(struct loader *l, const struct stk_yaml *value)
{
	struct stk_secret_rules rules = { 0 };
	int failed = stk_secret_rules_read_yaml(l->arena, value, l->config->file, &rules, l->err);
	stk_secret_rules_free(&rules);
	if (!failed)
		return 0;
	l->err->code = STK_EUSAGE;
	struct stk_str text = stk_str_from(l->err->msg);
	/* Some of its messages name their place. */
	return stk_str_starts(text, l->config->file)
		       ? -1
		       : stk_within(l->err, STK_FMT ":%u:%u", STK_ARG(l->config->file), value->line, value->column);
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
	{ "environment", read_environment },
	{ "network", read_network },
	{ "secrets", read_secrets },
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

/* The folder above one that is written with a slash at its end, the same way: "a/b/" "a/" "" "../" "../../"; false
 * above the root. *ups: how many folders there still are above that of the run. */
static bool go_up(struct stk_arena *arena, struct stk_str *folder, unsigned *ups)
{
	struct stk_str inner = stk_str_strip_suffix(*folder, S("/"));
	if (stk_str_is(*folder, "/"))
		return false;
	if (!inner.n || stk_str_is(inner, "..") || stk_str_ends(inner, S("/.."))) {
		if (!*ups)
			return false;
		--*ups;
		*folder = stk_arena_join(arena, *folder, S("../"));
		return true;
	}
	*folder = stk_str_through_last(inner, '/');
	return true;
}

/* The file's path, from the folder (as the user names it) upwards, or empty. */
static struct stk_str find_file(struct stk_arena *arena, struct stk_str folder)
{
	folder = stk_path_clean(arena, folder);
	if (folder.n && !stk_str_is(folder, ".") && !stk_str_ends(folder, S("/")))
		folder = stk_arena_join(arena, folder, S("/"));
	if (stk_str_is(folder, "."))
		folder = S("");
	unsigned ups = count_folders() - 1;
	for (unsigned depth = 0; depth < 2 * STK_LIMIT_DEPTH; depth++) {
		struct stk_str path = stk_arena_join(arena, folder, S(".strake.yaml"));
		if (stk_file_exists(path.p))
			return path;
		if (stk_file_exists(stk_arena_join(arena, folder, S(".git")).p) || !go_up(arena, &folder, &ups))
			break;
	}
	return S("");
}

/* The same file by another path, so that nobody is told of settings that are their own. */
static bool is_same_file(struct stk_str a, struct stk_str b)
{
	struct stat one, two;
	return a.n && b.n && stat(a.p, &one) == 0 && stat(b.p, &two) == 0 && one.st_dev == two.st_dev &&
	       one.st_ino == two.st_ino;
}

/* --config, else the nearest file from the folder upwards, else from where the run stands. `elsewhere` is for
   the notice that settings came from somebody else's folder. */
static void choose_file(struct stk_arena *arena, const char *named, const char *folder, struct stk_config *out)
{
	if (named) {
		out->file = stk_str_from(named);
		return;
	}
	struct stk_str own = find_file(arena, stk_str_from(folder ? folder : "."));
	out->file = own;
	if (!folder)
		return;
	struct stk_str here = find_file(arena, S("."));
	if (!own.n)
		out->file = here;
	out->elsewhere = out->file.n && !is_same_file(own, here);
}

struct stk_str stk_config_notice(struct stk_arena *arena, const struct stk_config *config)
{
	if (!config->elsewhere)
		return S("");
	struct stk_str text = stk_arena_printf(arena, "settings are those of " STK_FMT, STK_ARG(config->file));
	return config->ignores.n ? stk_arena_printf(arena, STK_FMT ", which has %zu ignore%s", STK_ARG(text),
						    config->ignores.n, config->ignores.n == 1 ? "" : "s")
				 : text;
}

/* The parser's message with the place; a tab there is the mistake that nobody sees. */
static int fail_yaml(struct loader *l, struct stk_str text, struct stk_yaml_place place)
{
	struct stk_str line = S("");
	for (uint32_t i = 0; i < place.line; i++)
		line = stk_str_cut_line(&text);
	l->err->code = STK_EUSAGE;
	stk_within(l->err, STK_FMT ":%u:%u", STK_ARG(l->config->file), place.line, place.column);
	if (place.column <= line.n && line.p[place.column - 1] == '\t')
		return stk_hint(l->err, "Indent with spaces: YAML takes no tabs there.");
	return -1;
}

/* YAML forbids it, and one of the two would be without effect. Nesting is bounded by the parser. */
static int check_repeats(struct loader *l, const struct stk_yaml *node)
{
	struct stk_map seen = { 0 };
	for (size_t i = 0; i < node->n; i++) {
		if (node->type == STK_YAML_MAP && node->keys[i].text.n) {
			void **first = stk_map_at(&seen, l->arena, node->keys[i].text);
			if (*first) {
				const struct stk_yaml *before = *first;
				fail_at(l, &node->keys[i], "the key stands here a second time");
				return stk_hint(l->err, "Its first value stands in line %u.", before->line);
			}
			*first = &node->keys[i];
		}
		if (check_repeats(l, &node->items[i]) < 0)
			return -1;
	}
	return 0;
}

int stk_config_load(struct stk_arena *arena, const char *named, const char *folder, struct stk_config *out,
		    struct stk_err *err)
{
	struct loader l = { arena, out, err };
	struct stk_str text;
	struct stk_yaml_documents documents = { 0 };
	struct stk_yaml_place place;
	*out = (struct stk_config){ .line = stk_line_default() };
	choose_file(arena, named, folder, out);
	if (!out->file.n)
		return 0;
	if (stk_file_read(arena, out->file.p, STK_LIMIT_TEXT_FILE, &text, err) < 0) {
		err->code = STK_EUSAGE;
		return -1;
	}
	if (stk_yaml_parse_placed(arena, text, &documents, &place, err) < 0)
		return fail_yaml(&l, text, place);
	if (documents.n > 1)
		return fail_at(&l, documents.v[1], "settings are one document");
	if (!documents.n || stk_yaml_is_null(documents.v[0]))
		return 0;
	out->root = documents.v[0];
	if (check_repeats(&l, out->root) < 0)
		return -1;
	return read_map(&l, out->root, top_keys, STK_LEN(top_keys));
}
