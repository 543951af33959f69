/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See hadolint_settings.h. Each source writes over what the one before has said; lists are
 * appended to. Values that Hadolint ignores silently (an unknown format in the environment) are
 * ignored here as well.
 */
#include "cli/hadolint_settings.h"

#include "io/file.h"
#include "report/format.h"
#include "text/json.h"
#include "text/yaml.h"
#include "base/banned.h"

static const char *const level_names[] = { "error", "warning", "info", "style" };
static const enum stk_severity level_severities[] = { STK_SEV_HIGH, STK_SEV_MEDIUM, STK_SEV_LOW, STK_SEV_INFO };
static const char *const type_names[] = {
	[STK_LABEL_TEXT] = "text",   [STK_LABEL_URL] = "url",	      [STK_LABEL_SEMVER] = "semver",
	[STK_LABEL_HASH] = "hash",   [STK_LABEL_RFC3339] = "rfc3339", [STK_LABEL_SPDX] = "spdx",
	[STK_LABEL_EMAIL] = "email",
};

struct stk_hadolint_settings stk_hadolint_settings_new(void)
{
	return (struct stk_hadolint_settings){
		.no_fail = STK_HADOLINT_UNSET,
		.no_color = STK_HADOLINT_UNSET,
		.verbose = STK_HADOLINT_UNSET,
		.strict_labels = STK_HADOLINT_UNSET,
		.disable_ignore_pragma = STK_HADOLINT_UNSET,
	};
}

bool stk_hadolint_threshold(struct stk_str name, enum stk_severity *out)
{
	for (size_t i = 0; i < STK_LEN(level_names); i++)
		if (stk_str_is(name, level_names[i])) {
			*out = level_severities[i];
			return true;
		}
	if (!stk_str_is(name, "ignore") && !stk_str_is(name, "none"))
		return false;
	*out = stk_str_is(name, "none") ? STK_SEV_COUNT : STK_SEV_UNKNOWN;
	return true;
}

/* The first one of a name counts. False for a type that there is none of; none at all is text. */
static bool add_label(struct stk_arena *arena, struct stk_str name, struct stk_str type,
		      struct stk_hadolint_settings *out)
{
	size_t t = 0;
	while (t < STK_LEN(type_names) && !stk_str_is(type, type_names[t]))
		t++;
	if (t == STK_LEN(type_names) && type.n)
		return false;
	for (size_t i = 0; i < out->labels.n; i++)
		if (stk_str_eq(out->labels.v[i].name, name))
			return true;
	*STK_PUSH(arena, &out->labels) =
		(struct stk_label_rule){ name, type.n ? (enum stk_label_type)t : STK_LABEL_TEXT };
	return true;
}

bool stk_hadolint_settings_label(struct stk_arena *arena, struct stk_str text, struct stk_hadolint_settings *out)
{
	struct stk_str type = text, name = stk_str_cut(&type, ':');
	return add_label(arena, name, type, out);
}

/* ---- environment ---- */

typedef char *get_fn(const char *name);

/* Anything that is no yes is a no. */
static void read_truth(get_fn *get, const char *name, int *out)
{
	static const char *const yes[] = { "1", "y", "on", "true", "yes" };
	const char *value = get(name);
	if (!value)
		return;
	*out = 0;
	for (size_t i = 0; i < STK_LEN(yes); i++)
		*out |= stk_str_eq_nocase(stk_str_from(value), stk_str_from(yes[i]));
}

/* Divided by commas. The environment's memory outlives the run, so nothing is copied. */
static void read_names(struct stk_arena *arena, get_fn *get, const char *name, struct stk_strs *out)
{
	for (struct stk_str rest = stk_str_from(get(name)); rest.n;)
		*STK_PUSH(arena, out) = stk_str_cut(&rest, ',');
}

/* Hadolint's formats only: others are passed over in the environment. */
static bool is_format(struct stk_str name)
{
	static const char *const formats[] = { "tty", "json",	"checkstyle", "codeclimate", "gitlab_codeclimate",
					       "gnu", "codacy", "sonarqube",  "sarif",	     "junit" };
	for (size_t i = 0; i < STK_LEN(formats); i++)
		if (stk_str_is(name, formats[i]))
			return true;
	return false;
}

void stk_hadolint_settings_environment(struct stk_arena *arena, get_fn *get, struct stk_hadolint_settings *out)
{
	static const char *const overrides[] = { "HADOLINT_OVERRIDE_ERROR", "HADOLINT_OVERRIDE_WARNING",
						 "HADOLINT_OVERRIDE_INFO", "HADOLINT_OVERRIDE_STYLE" };
	enum stk_severity unused;
	struct stk_strs formats = { 0 }, labels = { 0 };
	if (get("NO_COLOR"))
		out->no_color = 1;
	read_truth(get, "HADOLINT_NOFAIL", &out->no_fail);
	read_truth(get, "HADOLINT_VERBOSE", &out->verbose);
	read_truth(get, "HADOLINT_STRICT_LABELS", &out->strict_labels);
	read_truth(get, "HADOLINT_DISABLE_IGNORE_PRAGMA", &out->disable_ignore_pragma);
	read_names(arena, get, "HADOLINT_FORMAT", &formats);
	for (size_t i = 0; i < formats.n; i++)
		if (is_format(formats.v[i]))
			*STK_PUSH(arena, &out->formats) = formats.v[i];
	for (size_t i = 0; i < STK_LEN(overrides); i++)
		read_names(arena, get, overrides[i], &out->overrides[i]);
	read_names(arena, get, "HADOLINT_IGNORE", &out->ignored);
	read_names(arena, get, "HADOLINT_TRUSTED_REGISTRIES", &out->trusted_registries);
	read_names(arena, get, "HADOLINT_REQUIRE_LABELS", &labels);
	for (size_t i = 0; i < labels.n; i++)
		(void)stk_hadolint_settings_label(arena, labels.v[i], out);
	struct stk_str threshold = stk_str_from(get("HADOLINT_FAILURE_THRESHOLD"));
	if (stk_hadolint_threshold(threshold, &unused))
		out->threshold = threshold;
}

/* ---- the configuration file ---- */

struct reader {
	struct stk_arena *arena;
	struct stk_str file;
	struct stk_hadolint_settings *out;
	struct stk_err *err;
};

static int fail_at(struct reader *r, const struct stk_yaml *node, const char *what)
{
	return stk_fail(r->err, STK_EUSAGE, STK_FMT ":%u:%u: %s", STK_ARG(r->file), node->line, node->column, what);
}

static int read_flag(struct reader *r, const struct stk_yaml *value, int *out)
{
	bool flag;
	if (!stk_yaml_bool(value, &flag))
		return fail_at(r, value, "must be true or false");
	*out = flag;
	return 0;
}

/* A list of texts; a single text counts as a list of one. */
static int read_list(struct reader *r, const struct stk_yaml *value, struct stk_strs *out)
{
	if (value->type == STK_YAML_SCALAR) {
		*STK_PUSH(r->arena, out) = value->text;
		return 0;
	}
	if (value->type != STK_YAML_LIST)
		return fail_at(r, value, "must be a list");
	for (size_t i = 0; i < value->n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&value->items[i]);
		if (item->type != STK_YAML_SCALAR)
			return fail_at(r, item, "must be text");
		*STK_PUSH(r->arena, out) = item->text;
	}
	return 0;
}

static int read_overrides(struct reader *r, const struct stk_yaml *map)
{
	if (map->type != STK_YAML_MAP)
		return fail_at(r, map, "must map severities to lists of rules");
	for (size_t i = 0; i < STK_LEN(level_names); i++) {
		const struct stk_yaml *list = stk_yaml_get(map, level_names[i]);
		if (list && !stk_yaml_is_null(list) && read_list(r, list, &r->out->overrides[i]) < 0)
			return -1;
	}
	return 0;
}

static int read_labels(struct reader *r, const struct stk_yaml *map)
{
	if (map->type != STK_YAML_MAP)
		return fail_at(r, map, "must map labels to types");
	for (size_t i = 0; i < map->n; i++) {
		const struct stk_yaml *type = stk_yaml_follow(&map->items[i]);
		if (type->type != STK_YAML_SCALAR || !add_label(r->arena, map->keys[i].text, type->text, r->out))
			return fail_at(r, type, "must be text, url, semver, hash, rfc3339, spdx or email");
	}
	return 0;
}

static int read_threshold(struct reader *r, const struct stk_yaml *value)
{
	enum stk_severity unused;
	if (value->type != STK_YAML_SCALAR || !stk_hadolint_threshold(value->text, &unused))
		return fail_at(r, value, "must be error, warning, info, style, ignore or none");
	r->out->threshold = value->text;
	return 0;
}

static int read_formats(struct reader *r, const struct stk_yaml *value)
{
	struct stk_strs formats = { 0 };
	if (read_list(r, value, &formats) < 0)
		return -1;
	for (size_t i = 0; i < formats.n; i++) {
		if (!stk_format_find(formats.v[i]))
			return fail_at(r, value, "is no format that there is");
		*STK_PUSH(r->arena, &r->out->formats) = formats.v[i];
	}
	return 0;
}

/* null leaves a key unset: it never gets here. */
static int read_key(struct reader *r, struct stk_str key, const struct stk_yaml *value)
{
	struct stk_hadolint_settings *out = r->out;
	const struct {
		const char *name;
		int *flag;
	} flags[] = {
		{ "strict-labels", &out->strict_labels },
		{ "no-fail", &out->no_fail },
		{ "no-color", &out->no_color },
		{ "verbose", &out->verbose },
		{ "disable-ignore-pragma", &out->disable_ignore_pragma },
	};
	const struct {
		const char *name;
		struct stk_strs *list;
	} lists[] = {
		{ "ignored", &out->ignored },
		{ "trustedRegistries", &out->trusted_registries },
	};
	for (size_t i = 0; i < STK_LEN(flags); i++)
		if (stk_str_is(key, flags[i].name))
			return read_flag(r, value, flags[i].flag);
	for (size_t i = 0; i < STK_LEN(lists); i++)
		if (stk_str_is(key, lists[i].name))
			return read_list(r, value, lists[i].list);
	if (stk_str_is(key, "format") || stk_str_is(key, "formats"))
		return read_formats(r, value);
	if (stk_str_is(key, "override"))
		return read_overrides(r, value);
	if (stk_str_is(key, "label-schema"))
		return read_labels(r, value);
	/* Other keys are passed over, as Hadolint does. */
	return stk_str_is(key, "failure-threshold") ? read_threshold(r, value) : 0;
}

int stk_hadolint_settings_yaml(struct stk_arena *arena, struct stk_str text, struct stk_str file,
			       struct stk_hadolint_settings *out, struct stk_err *err)
{
	struct reader r = { arena, file, out, err };
	struct stk_yaml_documents documents = { 0 };
	if (stk_yaml_parse(arena, text, &documents, err) < 0)
		return stk_within(err, STK_FMT, STK_ARG(file));
	if (!documents.n)
		return stk_fail(err, STK_EUSAGE, STK_FMT ": is empty", STK_ARG(file));
	const struct stk_yaml *root = documents.v[0];
	if (root->type != STK_YAML_MAP)
		return fail_at(&r, root, "must be a map of settings");
	out->file = file;
	for (size_t i = 0; i < root->n; i++) {
		const struct stk_yaml *value = stk_yaml_follow(&root->items[i]);
		if (!stk_yaml_is_null(value) && read_key(&r, root->keys[i].text, value) < 0)
			return -1;
	}
	return 0;
}

bool stk_hadolint_settings_is(struct stk_arena *arena, struct stk_str text)
{
	static const char *const keys[] = { "failure-threshold", "format",	  "formats",
					    "ignored",		 "override",	  "trustedRegistries",
					    "label-schema",	 "strict-labels", "no-fail",
					    "no-color",		 "verbose",	  "disable-ignore-pragma" };
	struct stk_yaml_documents documents = { 0 };
	struct stk_err err;
	if (stk_yaml_parse(arena, text, &documents, &err) < 0 || !documents.n || documents.v[0]->type != STK_YAML_MAP)
		return false;
	for (size_t i = 0; i < STK_LEN(keys); i++)
		if (stk_yaml_get(documents.v[0], keys[i]))
			return true;
	return false;
}

/* The places of Hadolint, in its order; the first file that is there is taken, readable or not. */
struct stk_str stk_hadolint_settings_find(struct stk_arena *arena, get_fn *get)
{
	const char *home = get("HOME"), *config = get("XDG_CONFIG_HOME");
	struct stk_str folder = config && *config ? stk_arena_printf(arena, "%s/", config)
				: home		  ? stk_arena_printf(arena, "%s/.config/", home)
						  : S("");
	struct stk_str own = home ? stk_arena_printf(arena, "%s/", home) : S("");
	const struct {
		struct stk_str folder;
		const char *name;
	} places[] = {
		{ S("./"), ".hadolint" },    { folder, "hadolint" }, { own, ".hadolint/hadolint" },
		{ own, ".hadolint/config" }, { own, ".hadolint" },
	};
	for (size_t i = 0; i < STK_LEN(places); i++)
		for (unsigned ending = 0; ending < 2 && places[i].folder.n; ending++) {
			struct stk_str path = stk_arena_printf(arena, STK_FMT "%s%s", STK_ARG(places[i].folder),
							       places[i].name, ending ? ".yml" : ".yaml");
			if (stk_file_exists(path.p) && !stk_file_is_dir(path.p))
				return stk_str_strip_prefix(path, S("./"));
		}
	return S("");
}

/* ---- use ---- */

static bool names_finding(const struct stk_strs *list, const struct stk_finding *finding)
{
	for (size_t i = 0; i < list->n; i++)
		if (stk_str_eq(list->v[i], finding->id) || (finding->rule && stk_rule_is(finding->rule, list->v[i])))
			return true;
	return false;
}

void stk_hadolint_settings_override(const struct stk_hadolint_settings *settings, struct stk_report *report,
				    size_t first)
{
	for (size_t i = first; i < report->findings.n; i++)
		for (size_t level = STK_LEN(level_names); level-- > 0;) /* the worst, tried last, wins */
			if (names_finding(&settings->overrides[level], &report->findings.v[i]))
				report->findings.v[i].severity = level_severities[level];
}

static void put_flag(struct stk_json_writer *w, const char *key, int flag)
{
	if (flag != STK_HADOLINT_UNSET)
		stk_json_put_bool(w, key, flag != 0);
}

void stk_hadolint_settings_print(struct stk_buf *out, const struct stk_hadolint_settings *settings)
{
	static const char *const override_keys[] = { "override.error", "override.warning", "override.info",
						     "override.style" };
	struct stk_json_writer writer = stk_json_writer(out, 0), *w = &writer;
	stk_json_begin_object(w);
	put_flag(w, "no-fail", settings->no_fail);
	put_flag(w, "no-color", settings->no_color);
	put_flag(w, "verbose", settings->verbose);
	put_flag(w, "strict-labels", settings->strict_labels);
	put_flag(w, "disable-ignore-pragma", settings->disable_ignore_pragma);
	stk_json_put_str_if(w, "failure-threshold", settings->threshold);
	stk_json_put_strs_if(w, "formats", &settings->formats);
	stk_json_put_strs_if(w, "ignored", &settings->ignored);
	stk_json_put_strs_if(w, "trustedRegistries", &settings->trusted_registries);
	for (size_t i = 0; i < STK_LEN(override_keys); i++)
		stk_json_put_strs_if(w, override_keys[i], &settings->overrides[i]);
	if (settings->labels.n) {
		stk_json_key(w, "label-schema");
		stk_json_begin_object(w);
		for (size_t i = 0; i < settings->labels.n; i++) {
			stk_json_key_str(w, settings->labels.v[i].name);
			stk_json_write_str(w, stk_str_from(type_names[settings->labels.v[i].type]));
		}
		stk_json_end_object(w);
	}
	stk_json_end_object(w);
}
