/* SPDX-License-Identifier: Apache-2.0 */
/* LABEL: the form of keys, and what a label schema asks for. */
#include "dockerfile/label_value.h"
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"

#include "base/banned.h"

/* ---- DL3048 ---- */

/* Docker's guidelines for label keys: lower-case letters, digits, single dots and hyphens, a
   letter first, a letter or digit last; three prefixes are Docker's own. */
static bool is_good_key(struct stk_str key)
{
	if (!key.n || key.p[0] < 'a' || key.p[0] > 'z' || stk_str_contains(key, S("..")) ||
	    stk_str_contains(key, S("--")))
		return false;
	if (stk_str_starts(key, S("com.docker.")) || stk_str_starts(key, S("io.docker.")) ||
	    stk_str_starts(key, S("org.dockerproject.")))
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (!stk_is_digit(key.p[i]) && !(key.p[i] >= 'a' && key.p[i] <= 'z') &&
		    !stk_str_contains(S(".-_/"), stk_str_slice(key, i, i + 1)))
			return false;
	char last = key.p[key.n - 1];
	return stk_is_digit(last) || (last >= 'a' && last <= 'z');
}

/* Other instructions than LABEL have their pairs end where they begin. */
#define EACH_LABEL(pair, at, context)                                                                                  \
	EACH_INSTRUCTION(at, context)                                                                                  \
	for (const struct stk_pair *pair = (at)->pairs.v,                                                              \
				   *pair##_end = (at)->keyword == STK_LABEL ? END_OF(&(at)->pairs) : pair;             \
	     pair < pair##_end; pair++)

/* The key in small letters, with one dot or hyphen where several stand, and none at its ends. */
static struct stk_str tidy_key(struct stk_arena *arena, struct stk_str key)
{
	char *out = stk_arena_alloc(arena, key.n + 1, 1);
	size_t n = 0;
	for (size_t i = 0; i < key.n; i++) {
		char c = stk_lower(key.p[i]);
		bool mark = c == '.' || c == '-';
		if (!mark || (n && out[n - 1] != c))
			out[n++] = c;
	}
	while (n && (out[n - 1] == '.' || out[n - 1] == '-'))
		n--;
	return (struct stk_str){ out, n };
}

/* A key that the instruction has already would take the other one's value. */
static void fix_key(struct stk_dockerfile_context *context, struct stk_finding *finding,
		    const struct stk_instruction *at, const struct stk_pair *pair)
{
	const struct stk_word *key = &pair->key;
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str tidy = tidy_key(context->arena, key->value);
	if (!is_good_key(tidy) || !stk_str_eq(key->raw, key->value) || key->span.end - key->span.begin != key->raw.n ||
	    !stk_repair_afford(&repair, at->pairs.n))
		return;
	for (size_t i = 0; i < at->pairs.n; i++)
		repair.failed |= stk_str_eq(at->pairs.v[i].key.value, tidy);
	stk_repair_replace(&repair, key->span.begin, key->span.end, tidy);
	stk_repair_offer(&repair, finding, false, "write " STK_FMT, STK_ARG(tidy));
}

static void check_key(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_LABEL(pair, at, context)
	if (!is_good_key(pair->key.value))
		fix_key(context,
			stk_dockerfile_find_at(context, rule, at, pair->key.span,
					       "\"" STK_FMT "\" is no good key of a label", STK_ARG(pair->key.value)),
			at, pair);
}

/* ---- DL3049 ---- */

/* A stage and whether it has the label. */
struct labelled {
	const struct stk_build_stage *stage;
	struct stk_hadolint_image image;
	bool good, removed;
};

static void excuse(struct labelled *stages, size_t n, struct stk_str alias)
{
	for (size_t i = 0; i < n; i++)
		if (!stages[i].good && stk_str_eq(stages[i].image.alias, alias) && alias.n)
			stages[i].removed = true;
}

static bool builds_on_good(const struct labelled *stages, size_t n, struct stk_str name)
{
	for (size_t i = 0; i < n; i++)
		if (stages[i].good && stk_str_eq(stages[i].image.alias, name) && name.n)
			return true;
	return false;
}

static bool has_key(const struct stk_instruction *at, struct stk_str key)
{
	for (size_t i = 0; at->keyword == STK_LABEL && i < at->pairs.n; i++)
		if (stk_str_eq(at->pairs.v[i].key.value, key))
			return true;
	return false;
}

/* One label of the schema. Stages that another one copies from or builds on need not have it. */
static void check_required(struct stk_dockerfile_context *context, const struct stk_rule *rule, struct stk_str key)
{
	const struct stk_dockerfile *file = context->file;
	struct labelled *stages = STK_NEW(context->arena, struct labelled, file->stages.n);
	size_t n = 0;
	EACH_INSTRUCTION(at, context)
	{
		const struct stk_flag *from = at->keyword == STK_COPY ? stk_hadolint_flag(context, at, "from") : NULL;
		if (at->keyword == STK_FROM && at->stage < file->stages.n) {
			struct labelled *stage = &stages[n];
			stage->stage = &file->stages.v[at->stage];
			stage->image = stk_hadolint_from(file, at->stage);
			stage->good = builds_on_good(stages, n, stage->image.name);
			n++;
		} else if (from && n) {
			/* A stage that only gives files to a later one is not shipped, so it
			   needs no labels. */
			excuse(stages, n, from->value);
		} else if (n && has_key(at, key)) {
			excuse(stages, n, stk_hadolint_stage_name(&stages[n - 1].image));
			stages[n - 1].good = true;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (!stages[i].good && !stages[i].removed)
			stk_dockerfile_find_at(context, rule, stages[i].stage->from, stages[i].stage->from->name_span,
					       "the label \"" STK_FMT "\" is missing", STK_ARG(key));
}

static void check_missing(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->options->labels.n; i++)
		check_required(context, rule, context->options->labels.v[i].name);
}

/* ---- DL3050 to DL3058 ---- */

static const struct stk_label_rule *find_label(const struct stk_dockerfile_context *context, struct stk_str key)
{
	for (size_t i = 0; i < context->options->labels.n; i++)
		if (stk_str_eq(context->options->labels.v[i].name, key))
			return &context->options->labels.v[i];
	return NULL;
}

static void check_strict(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	if (!context->options->strict_labels)
		return;
	EACH_LABEL(pair, at, context)
	if (!find_label(context, pair->key.value))
		stk_dockerfile_find_at(context, rule, at, pair->key.span,
				       "the label \"" STK_FMT "\" is not in the schema", STK_ARG(pair->key.value));
}

static void check_empty(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_LABEL(pair, at, context)
	if (find_label(context, pair->key.value) && !pair->value.value.n)
		stk_dockerfile_find_at(context, rule, at, pair->span, "the label \"" STK_FMT "\" is empty",
				       STK_ARG(pair->key.value));
}

static const struct {
	bool (*is)(struct stk_str value);
	const char *what;
} types[] = {
	[STK_LABEL_URL] = { stk_label_is_url, "an address" },
	[STK_LABEL_SEMVER] = { stk_label_is_semver, "a semantic version" },
	[STK_LABEL_HASH] = { stk_label_is_hash, "a Git commit of 7 or 40 digits" },
	[STK_LABEL_RFC3339] = { stk_label_is_date, "a time in RFC 3339 form" },
	[STK_LABEL_SPDX] = { stk_label_is_spdx, "an SPDX license identifier" },
	[STK_LABEL_EMAIL] = { stk_label_is_email, "an e-mail address" },
};

/* argument: the type. Values with variables are known at build time only, though Hadolint takes them as they stand. */
static void check_type(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_LABEL(pair, at, context)
	{
		const struct stk_label_rule *label = find_label(context, pair->key.value);
		struct stk_str value = pair->value.value;
		bool unknown = !stk_like_hadolint(context) && stk_str_find_byte(value, '$') != SIZE_MAX;
		if (label && (int)label->type == rule->argument && !unknown && !types[rule->argument].is(value))
			stk_dockerfile_find_at(context, rule, at, pair->value.raw.n ? pair->value.span : pair->span,
					       "the label \"" STK_FMT "\" is not %s", STK_ARG(pair->key.value),
					       types[rule->argument].what);
	}
}

#define SCHEMA_WHY "Tools of yours read the label and count on its form."
#define TYPED(code, kind, form, wrong, right)                                                                          \
	{                                                                                                              \
		.id = code, .layer = STK_LAYER_BUILD, .severity = STK_SEV_MEDIUM, .title = "label is not " form,       \
		.why = SCHEMA_WHY, .remedy = "Write " form ".", .bad = "LABEL example=\"" wrong "\"",                  \
		.good = "LABEL example=\"" right "\"", .url = "https://github.com/hadolint/hadolint/wiki/" code,       \
		.argument = kind, .check = check_type                                                                  \
	}

static const struct stk_rule rows[] = {
	{ .id = "DL3048",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "bad key of a label",
	  .why = "Docker reserves some prefixes, and tools take only lower-case letters, digits, dots, hyphens, underscores and slashes.",
	  .remedy = "Write it as a reversed domain name: com.example.name.",
	  .fix = "--fix-unsafe writes small letters and single dots and hyphens, where that makes a good key",
	  .bad = "LABEL Build..Version=\"1\"",
	  .good = "LABEL com.example.build-version=\"1\"",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3048",
	  .check = check_key },
	{ .id = "DL3049",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "a required label is missing",
	  .why = "The team's label schema asks for it, so that images can be found and attributed.",
	  .remedy = "Add the label.",
	  .bad = "FROM alpine:3.20",
	  .good = "FROM alpine:3.20\nLABEL maintainer=\"team@example.com\"",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3049",
	  .check = check_missing },
	{ .id = "DL3050",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "a label that is not in the schema",
	  .why = "With strict labels only those of the schema are wanted.",
	  .remedy = "Remove it, or add it to the schema.",
	  .bad = "LABEL something=\"else\"",
	  .good = "LABEL maintainer=\"team@example.com\"",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3050",
	  .check = check_strict },
	{ .id = "DL3051",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a label of the schema is empty",
	  .why = SCHEMA_WHY,
	  .remedy = "Give it a value.",
	  .bad = "LABEL maintainer=\"\"",
	  .good = "LABEL maintainer=\"team@example.com\"",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3051",
	  .check = check_empty },
	TYPED("DL3052", STK_LABEL_URL, "an address", "example", "https://example.com/"),
	TYPED("DL3053", STK_LABEL_RFC3339, "a time in RFC 3339 form", "yesterday", "2024-05-01T10:00:00Z"),
	TYPED("DL3054", STK_LABEL_SPDX, "an SPDX license identifier", "Apache", "Apache-2.0"),
	TYPED("DL3055", STK_LABEL_HASH, "a Git commit", "main", "9d2f6c1"),
	TYPED("DL3056", STK_LABEL_SEMVER, "a semantic version", "v1", "1.0.0"),
	TYPED("DL3058", STK_LABEL_EMAIL, "an e-mail address", "the team", "team@example.com"),
};

const struct stk_rule_table stk_hadolint_label_rules = { "dockerfile", rows, STK_LEN(rows) };
