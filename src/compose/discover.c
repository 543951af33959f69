/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which Compose decides: variables of the process, .env beside the first file named so far, COMPOSE_FILE,
 * the usual names from here upwards, .env of the folder found so, profiles, name.
 */
#include "compose/discover.h"

#include <string.h>

#include "base/buf.h"
#include "text/path.h"
#include "base/banned.h"

static const char *const usual_names[] = { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
					   NULL };
static const char *const override_names[] = { "compose.override.yml", "compose.override.yaml",
					      "docker-compose.override.yml", "docker-compose.override.yaml", NULL };

static struct stk_str here(const struct stk_compose_loader *l)
{
	return stk_str_from(l->options->directory);
}

static struct stk_str variable(const struct stk_compose_setup *setup, const char *name)
{
	struct stk_str value = S("");
	stk_compose_environment_get(&setup->environment, stk_str_from(name), &value);
	return value;
}

/* PWD is set, as a shell would have it; Compose sets it for programs without one. */
static void take_process_environment(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	for (const char *const *e = l->options->environment; e && *e; e++) {
		struct stk_str value = stk_str_from(*e), name = stk_str_cut(&value, '=');
		stk_compose_environment_set(l->arena, &setup->environment, name, value);
	}
	struct stk_str value;
	if (!stk_compose_environment_get(&setup->environment, S("PWD"), &value))
		stk_compose_environment_set(l->arena, &setup->environment, S("PWD"), here(l));
}

/* What is known of the project directory so far. */
static struct stk_str project_directory(struct stk_compose_loader *l, const struct stk_compose_setup *setup)
{
	if (l->options->project_directory && *l->options->project_directory)
		return stk_path_clean(l->arena,
				      stk_path_join(l->arena, here(l), stk_str_from(l->options->project_directory)));
	for (size_t i = 0; i < setup->files.n; i++)
		if (!stk_str_is(setup->files.v[i], "-"))
			return stk_path_dir(l->arena, setup->files.v[i]);
	return l->options->search ? stk_str_from(l->options->search) : here(l);
}

/* 0: read; 1: not there; -1: there, but not readable as a file. */
static int probe(struct stk_compose_loader *l, struct stk_str path, struct stk_str *text, struct stk_err *err)
{
	if (l->options->read(l->options->read_context, l->arena, stk_arena_str(l->arena, path).p, text, err) == 0)
		return 0;
	return err->code == STK_ENOTFOUND ? 1 : -1;
}

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	return stk_compose_environment_get(context, name, value);
}

/* usual: the .env that nobody named, which may be missing or a folder. Later files win, the process's own
   variables always. */
static int read_env_files(struct stk_compose_loader *l, struct stk_compose_setup *setup, const struct stk_strs *files,
			  bool usual)
{
	struct stk_compose_environment own = { 0 };
	for (size_t i = 0; i < files->n; i++) {
		struct stk_str path = stk_path_join(l->arena, here(l), files->v[i]), text;
		struct stk_err err;
		int found = probe(l, path, &text, &err);
		if (found != 0 && usual)
			continue;
		if (found != 0)
			return stk_fail(l->err, err.code, "couldn't find env file: " STK_FMT, STK_ARG(path));
		if (stk_compose_dotenv(l->arena, text, false, look_up, &setup->environment, &own, l->err) < 0)
			return stk_within(l->err, STK_FMT, STK_ARG(path));
	}
	stk_compose_environment_merge(l->arena, &setup->environment, &own);
	return 0;
}

static bool is_true(struct stk_str text)
{
	static const char *const words[] = { "1", "t", "T", "true", "TRUE", "True" };
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_is(text, words[i]))
			return true;
	return false;
}

/* Of the process alone: what a .env says does not choose other .env files. */
static struct stk_str process_variable(const struct stk_compose_loader *l, const char *name)
{
	size_t n = strlen(name);
	for (const char *const *e = l->options->environment; e && *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return stk_str_from(*e + n + 1);
	return S("");
}

/* Called twice: beside the files named on the command line, and beside those that were found by it. */
static int take_env_files(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	struct stk_strs files = { 0 };
	if (l->options->env_files.n)
		return read_env_files(l, setup, &l->options->env_files, false);
	for (struct stk_str rest = process_variable(l, "COMPOSE_ENV_FILES"); rest.n;) {
		struct stk_str one = stk_str_cut(&rest, ',');
		if (one.n)
			*STK_PUSH(l->arena, &files) = one;
	}
	if (files.n)
		return read_env_files(l, setup, &files, false);
	if (is_true(process_variable(l, "COMPOSE_DISABLE_ENV_FILE")))
		return 0;
	*STK_PUSH(l->arena, &files) = stk_path_join(l->arena, project_directory(l, setup), S(".env"));
	return read_env_files(l, setup, &files, true);
}

static void take_named_files(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	const struct stk_strs *files = &l->options->files;
	for (size_t i = 0; i < files->n; i++)
		*STK_PUSH(l->arena, &setup->files) =
			stk_str_is(files->v[i], "-")
				? files->v[i]
				: stk_path_clean(l->arena, stk_path_join(l->arena, here(l), files->v[i]));
}

/* COMPOSE_FILE counts where no file is named; each of its files must be there. */
static int take_variable_files(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	struct stk_str list, separator = variable(setup, "COMPOSE_PATH_SEPARATOR"), text;
	if (setup->files.n || !stk_compose_environment_get(&setup->environment, S("COMPOSE_FILE"), &list))
		return 0;
	if (!separator.n)
		separator = S(":");
	for (bool more = true; more;) {
		size_t end = stk_str_find(list, separator);
		struct stk_str one = stk_str_slice(list, 0, end), path = stk_path_join(l->arena, here(l), one);
		struct stk_err err;
		more = end != SIZE_MAX;
		list = more ? stk_str_slice(list, end + separator.n, list.n) : S("");
		if (!stk_str_is(one, "-") && probe(l, path, &text, &err) == 1)
			return stk_fail(l->err, STK_ENOTFOUND, "COMPOSE_FILE: " STK_FMT ": no such file",
					STK_ARG(path));
		*STK_PUSH(l->arena, &setup->files) = stk_str_is(one, "-") ? one : path;
	}
	return 0;
}

/* The files of this folder among the names, in their order. */
static struct stk_strs find_names(struct stk_compose_loader *l, struct stk_str folder, const char *const *names)
{
	struct stk_strs found = { 0 };
	for (; *names; names++) {
		struct stk_str path = stk_path_join(l->arena, folder, stk_str_from(*names)), text;
		struct stk_err err;
		if (probe(l, path, &text, &err) != 1)
			*STK_PUSH(l->arena, &found) = path;
	}
	return found;
}

static void warn_of_several(struct stk_compose_loader *l, const struct stk_strs *found, const char *kind)
{
	STK_BUF names = stk_buf_new(400);
	for (size_t i = 0; i < found->n; i++)
		stk_buf_printf(&names, "%s" STK_FMT, i ? ", " : "", STK_ARG(found->v[i]));
	if (found->n > 1) {
		stk_compose_warn(l, "Found multiple %s files with supported names: " STK_FMT, kind,
				 STK_ARG(stk_buf_str(&names)));
		stk_compose_warn(l, "Using " STK_FMT, STK_ARG(found->v[0]));
	}
}

/* The first folder upwards with one of the usual names; the override beside it may be of the other family. */
static void search_upwards(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	struct stk_str folder = project_directory(l, setup);
	for (;;) {
		struct stk_strs found = find_names(l, folder, usual_names);
		if (found.n) {
			struct stk_strs overrides = find_names(l, folder, override_names);
			warn_of_several(l, &found, "config");
			warn_of_several(l, &overrides, "override");
			*STK_PUSH(l->arena, &setup->files) = found.v[0];
			if (overrides.n)
				*STK_PUSH(l->arena, &setup->files) = overrides.v[0];
			return;
		}
		if (stk_str_is(folder, "/") || !folder.n || stk_str_is(folder, "."))
			return;
		folder = stk_path_dir(l->arena, folder);
	}
}

/* --profile takes the place of the variable. */
static void take_profiles(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	setup->profiles = l->options->profiles;
	setup->profiles.cap = setup->profiles.n; /* what is added goes to a copy */
	if (setup->profiles.n)
		return;
	/* Nothing between commas, and no variable at all, is the profile "". */
	struct stk_str rest = variable(setup, "COMPOSE_PROFILES");
	bool more;
	do {
		more = stk_str_find_byte(rest, ',') != SIZE_MAX;
		*STK_PUSH(l->arena, &setup->profiles) = stk_str_trim(stk_str_cut(&rest, ','));
	} while (more);
}

int stk_compose_discover(struct stk_compose_loader *l, struct stk_compose_setup *setup)
{
	take_process_environment(l, setup);
	take_named_files(l, setup);
	if (take_env_files(l, setup) < 0 || take_variable_files(l, setup) < 0)
		return -1;
	if (!setup->files.n)
		search_upwards(l, setup);
	if (!setup->files.n) {
		stk_fail(l->err, STK_ENOTFOUND, "no configuration file provided: not found");
		return stk_hint(l->err, "name one with -f, or run where there is a compose.yaml");
	}
	if (take_env_files(l, setup) < 0)
		return -1;
	take_profiles(l, setup);
	setup->directory = project_directory(l, setup);
	return 0;
}

/* Lower case, only [a-z0-9_-], starting with a letter or digit. */
static struct stk_str legal_name(struct stk_arena *arena, struct stk_str name)
{
	char *out = stk_arena_alloc(arena, name.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		char c = stk_lower(name.p[i]);
		bool sign = c == '_' || c == '-';
		if (((c >= 'a' && c <= 'z') || stk_is_digit(c) || sign) && (n || !sign))
			out[n++] = c;
	}
	return (struct stk_str){ out, n };
}

static int take_given_name(struct stk_compose_loader *l, struct stk_str name)
{
	if (!stk_str_eq(legal_name(l->arena, name), name))
		return stk_fail(l->err, STK_EUSAGE,
				"invalid project name \"" STK_FMT
				"\": must consist only of lowercase alphanumeric characters, hyphens, and "
				"underscores as well as start with a letter or number",
				STK_ARG(name));
	l->project->name = name;
	return 0;
}

/* The last non-empty top-level name of all files. */
static struct stk_str name_in_files(const struct stk_compose_files *files)
{
	struct stk_str name = S("");
	for (size_t i = 0; i < files->n; i++)
		for (size_t k = 0; k < files->v[i]->documents.n; k++) {
			struct stk_str found = stk_yaml_str(files->v[i]->documents.v[k], "name");
			if (found.n)
				name = found;
		}
	return name;
}

/* -p, then the variable: both must be legal as they are. Then the files' own name or the folder's, made legal. */
static int choose_name(struct stk_compose_loader *l, struct stk_compose_setup *setup,
		       const struct stk_compose_files *files)
{
	struct stk_compose_substitution substitution = { .lookup = look_up,
							 .context = &setup->environment,
							 .arena = l->arena };
	struct stk_str written = name_in_files(files), name = written;
	if (l->options->project_name && *l->options->project_name)
		return take_given_name(l, stk_str_from(l->options->project_name));
	if (variable(setup, "COMPOSE_PROJECT_NAME").n)
		return take_given_name(l, variable(setup, "COMPOSE_PROJECT_NAME"));
	if (!l->options->no_interpolate && stk_compose_substitute(&substitution, written, &name, l->err) < 0)
		return stk_within(l->err, "name");
	l->project->name = legal_name(l->arena, written.n ? name : stk_path_base(setup->directory));
	return 0;
}

int stk_compose_name_project(struct stk_compose_loader *l, struct stk_compose_setup *setup,
			     const struct stk_compose_files *files)
{
	if (choose_name(l, setup, files) < 0)
		return -1;
	stk_compose_environment_set(l->arena, &setup->environment, S("COMPOSE_PROJECT_NAME"), l->project->name);
	return 0;
}
