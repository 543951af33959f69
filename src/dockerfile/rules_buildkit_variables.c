/* SPDX-License-Identifier: Apache-2.0 */
/* BuildKit's checks of variables: undefined ones, and base images that depend on build arguments. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_buildkit.h"
#include "dockerfile/variables.h"
#include "text/nearest.h"
#include "text/reference.h"
#include "base/banned.h"

enum { MOST_COMPARED = 100000 };

/* Where an instruction names its variables. */
struct places {
	const struct stk_instruction *at; /* NULL: not looked for yet */
	struct stk_map by_name;		  /* -> struct stk_span of the name's first mention */
};

static void find_places(struct stk_arena *arena, const struct stk_dockerfile *file, const struct stk_instruction *at,
			struct places *places)
{
	struct stk_str text = stk_str_slice(file->text, at->head.begin, at->head.end);
	places->at = at;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '$')
			continue;
		size_t from = i + 1 + (i + 1 < text.n && text.p[i + 1] == '{'), end = from;
		while (end < text.n && (stk_is_alnum(text.p[end]) || text.p[end] == '_'))
			end++;
		if (from >= end)
			continue;
		struct stk_span **span =
			(struct stk_span **)stk_map_at(&places->by_name, arena, stk_str_slice(text, from, end));
		if (*span)
			continue;
		*span = STK_NEW(arena, struct stk_span, 1);
		**span = (struct stk_span){ at->head.begin + from, at->head.begin + end };
	}
}

/* Where $name or ${name stands in the instruction, for the caret; the instruction's keyword when it does not stand
 * there literally. */
static struct stk_span place_of(struct stk_dockerfile_context *context, struct places *places,
				const struct stk_instruction *at, struct stk_str name)
{
	if (!places->at)
		find_places(context->arena, context->file, at, places);
	const struct stk_span *found = stk_map_get(&places->by_name, name);
	return found ? *found : at->name_span;
}

static void suggest(struct stk_dockerfile_context *context, struct stk_finding *finding, struct stk_span place,
		    struct stk_str near)
{
	if (!near.n || place.begin == place.end || context->file->text.p[place.begin - 1] == '\n')
		return;
	struct stk_str before = stk_str_slice(context->file->text, place.begin - 1, place.begin);
	if (!stk_str_is(before, "$") && !stk_str_is(before, "{"))
		return;
	stk_dockerfile_edit(context, stk_finding_fix(context->report, finding, false, "use the name that was meant"),
			    place.begin, place.end, near);
}

/* The name of a variable that has a value at a place (NULL: before FROM) and was most likely meant, or nothing. A
 * hostile file can have tens of thousands of names on either side: behind a hundred thousand comparisons, nothing is
 * near. */
static struct stk_str nearest_known(struct stk_dockerfile_context *context, const struct stk_instruction *at,
				    struct stk_str name)
{
	struct stk_strs known = { 0 };
	if (context->compared_names > MOST_COMPARED)
		return S("");
	context->compared_names += stk_variable_names(context->file, at, &known);
	if (at)
		*STK_PUSH(context->arena, &known) = S("PATH");
	return stk_nearest(name, &known);
}

/* ---- FROM ---- */

static void report_from(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			const struct stk_instruction *from, const struct stk_strs *missing)
{
	struct places places = { 0 };
	for (size_t i = 0; i < missing->n; i++) {
		struct stk_str name = missing->v[i];
		if (stk_variable_declared(context->file, NULL, name) || stk_variable_is_platform(name))
			continue;
		struct stk_str near = nearest_known(context, NULL, name);
		struct stk_span place = place_of(context, &places, from, name);
		struct stk_finding *finding =
			near.n ? stk_dockerfile_find_at(context, rule, from, place,
							"the argument " STK_FMT
							" is not declared before FROM; did you mean " STK_FMT "?",
							STK_ARG(name), STK_ARG(near))
			       : stk_dockerfile_find_at(context, rule, from, place,
							"the argument " STK_FMT " is not declared before FROM",
							STK_ARG(name));
		suggest(context, finding, place, near);
	}
}

static void check_from_args(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		struct stk_lex_result image = stk_dockerfile_expand(context->file, NULL, stage->image.raw);
		report_from(context, rule, stage->from, &image.missing);
		if (stage->platform) {
			struct stk_lex_result platform =
				stk_dockerfile_expand(context->file, NULL, stage->platform->value);
			report_from(context, rule, stage->from, &platform.missing);
		}
	}
}

static bool is_valid_base(const struct stk_dockerfile *file, size_t stage, struct stk_str reference)
{
	struct stk_reference parsed;
	struct stk_err err;
	return stk_dockerfile_stage(file, reference, stage) != SIZE_MAX ||
	       stk_reference_parse(reference, &parsed, &err) == 0;
}

/* The images as they are without build arguments. */
static void check_default_args(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_dockerfile *file = context->file;
	bool buildkit = context->options->compat == STK_COMPAT_BUILDKIT;
	if (context->options->build_args.n)
		file = stk_dockerfile_parse(context->arena, file->name, file->text, NULL);
	for (size_t i = 0; i < file->stages.n && i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &file->stages.v[i];
		bool constant = stk_str_find_byte(stage->image.raw, '$') == SIZE_MAX;
		if (!stage->image.raw.n || is_valid_base(file, i, stage->reference) || (constant && !buildkit))
			continue;
		stk_dockerfile_find_at(context, rule, context->file->stages.v[i].from, stage->image.span,
				       "without build arguments \"" STK_FMT "\" is an empty or invalid image name",
				       STK_ARG(stage->image.raw));
	}
}

/* ---- variables of other instructions ---- */

static const struct stk_build_stage *root_of(const struct stk_dockerfile *file, size_t stage)
{
	for (unsigned depth = 0; depth < 1000 && file->stages.v[stage].parent != SIZE_MAX; depth++)
		stage = file->stages.v[stage].parent;
	return &file->stages.v[stage];
}

static bool has_lower(struct stk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= 'a' && name.p[i] <= 'z')
			return true;
	return false;
}

/* The environment of the base image is not known here. BuildKit knows it; without it, only what the image cannot well
   have set counts: everything on scratch, names in small letters, names that the file declares elsewhere or misspells.
 */
static bool base_may_set(struct stk_dockerfile_context *context, const struct stk_instruction *at, struct stk_str name,
			 struct stk_str near)
{
	const struct stk_build_stage *root = root_of(context->file, at->stage);
	if (context->options->compat == STK_COMPAT_BUILDKIT || stk_str_is(root->reference, "scratch"))
		return false;
	return !near.n && !has_lower(name) && !stk_variable_declared_anywhere(context->file, name);
}

static bool is_excused(struct stk_str name)
{
	static const char *const names[] = {
		"PATH", "BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE", "@", "*", "#", "?", "-", "$", "!"
	};
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (stk_str_is(name, names[i]))
			return true;
	return stk_is_digit(name.p[0]);
}

/* What an ARG before the first FROM declares is known in a stage that repeats it. */
static void repeat_argument(struct stk_dockerfile_context *context, struct stk_finding *finding,
			    const struct stk_instruction *at, struct stk_str name)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_line_before(&repair, at, "ARG", name);
	stk_repair_offer(&repair, finding, false, "write ARG " STK_FMT " in this stage", STK_ARG(name));
}

static void report_undefined(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			     const struct stk_instruction *at, struct places *places, struct stk_str name)
{
	if (is_excused(name) || stk_variable_declared(context->file, at, name))
		return;
	struct stk_str near = nearest_known(context, at, name);
	if (base_may_set(context, at, name, near))
		return;
	struct stk_span place = place_of(context, places, at, name);
	struct stk_finding *finding;
	if (stk_variable_declared(context->file, NULL, name))
		finding = stk_dockerfile_find_at(
			context, rule, at, place,
			"$" STK_FMT " is declared before the first FROM only; repeat \"ARG " STK_FMT "\" in this stage",
			STK_ARG(name), STK_ARG(name));
	else if (near.n)
		finding = stk_dockerfile_find_at(context, rule, at, place,
						 "$" STK_FMT " is not defined here; did you mean $" STK_FMT "?",
						 STK_ARG(name), STK_ARG(near));
	else
		finding = stk_dockerfile_find_at(context, rule, at, place, "$" STK_FMT " is not defined here",
						 STK_ARG(name));
	if (stk_variable_declared(context->file, NULL, name))
		repeat_argument(context, finding, at, name);
	else
		suggest(context, finding, place, near);
}

/* Names without a value in a text, into a set. */
static void collect(struct stk_dockerfile_context *context, const struct stk_instruction *at, struct stk_str raw,
		    struct stk_map *names)
{
	if (stk_str_find_byte(raw, '$') == SIZE_MAX)
		return;
	struct stk_lex_result result = stk_dockerfile_expand(context->file, at, raw);
	for (size_t i = 0; i < result.missing.n; i++)
		stk_map_add(names, context->arena, result.missing.v[i]);
}

/* The instructions in which the builder replaces variables (Dockerfile reference, "Environment
   replacement"), but for FROM, which sees only global ARGs and has a rule of its own. */
static bool expands(enum stk_keyword keyword)
{
	return keyword == STK_ADD || keyword == STK_COPY || keyword == STK_ENV || keyword == STK_LABEL ||
	       keyword == STK_ARG || keyword == STK_WORKDIR || keyword == STK_EXPOSE || keyword == STK_USER ||
	       keyword == STK_VOLUME || keyword == STK_STOPSIGNAL;
}

/* Variables that nothing defines before they are used. Only the instructions whose words
   BuildKit expands itself: in RUN, a variable is the shell's business. */
static void check_undefined(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		struct stk_map names = { 0 };
		struct places places = { 0 };
		if (at->stage == SIZE_MAX || !expands(at->keyword))
			continue;
		for (size_t k = 0; k < at->pairs.n; k++) {
			collect(context, at, at->pairs.v[k].key.raw, &names);
			collect(context, at, at->pairs.v[k].value.raw, &names);
		}
		for (size_t k = 0; !at->pairs.n && k < at->words.n; k++)
			collect(context, at, at->json ? at->words.v[k].value : at->words.v[k].raw, &names);
		/* The two flags in which BuildKit expands variables. */
		for (size_t k = 0; k < at->flags.n; k++)
			if (stk_str_is(at->flags.v[k].name, "chown") || stk_str_is(at->flags.v[k].name, "chmod"))
				collect(context, at, at->flags.v[k].value, &names);
		for (size_t k = 0; k < names.n; k++)
			report_undefined(context, rule, at, &places, names.entries[k].key);
	}
}

/* Needs the base image's configuration from a registry, which only runs of `strake image` have at hand. */
#define URL "https://docs.docker.com/reference/build-checks/"

static const struct stk_rule rows[] = {
	{ .id = "InvalidBaseImagePlatform",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "base image is for another platform",
	  .why = "An image for another architecture builds by emulation at best and does not start at worst.",
	  .remedy =
		  "Choose a base image that has the target platform. BuildKit reports this when it has fetched the image; strake does not "
		  "fetch base images while it lints.",
	  .url = URL "invalid-base-image-platform/" },
	{ .id = "InvalidDefaultArgInFrom",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "base image name is invalid without build arguments",
	  .why = "A plain docker build, without --build-arg, stops at this FROM.",
	  .remedy = "Give the ARG a default, ARG TAG=3.20, or write ${TAG:-3.20} in FROM.",
	  .bad = "ARG TAG\nFROM alpine:${TAG}",
	  .good = "ARG TAG=3.20\nFROM alpine:${TAG}",
	  .url = URL "invalid-default-arg-in-from/",
	  .check = check_default_args },
	{ .id = "UndefinedArgInFrom",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "FROM uses an undeclared argument",
	  .why = "Only arguments declared before the first FROM have a value there; this one is always empty.",
	  .remedy = "Write ARG VARIANT=-alpine before the first FROM, or correct the name.",
	  .fix = "--fix-unsafe writes the name that was meant, where one is near",
	  .bad = "FROM node:22${VARIANT}",
	  .good = "ARG VARIANT=-alpine\nFROM node:22${VARIANT}",
	  .url = URL "undefined-arg-in-from/",
	  .check = check_from_args },
	{ .id = "UndefinedVar",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "undefined variable",
	  .why = "An undefined variable is empty: paths and settings become others than what was meant.",
	  .remedy = "Write ARG src=dist or ENV src=dist in this stage, or correct the name.",
	  .fix = "--fix-unsafe repeats the ARG that stands before FROM, or writes the name that was meant, where one is near",
	  .bad = "FROM scratch\nCOPY $src /app",
	  .good = "FROM scratch\nARG src=dist\nCOPY $src /app",
	  .url = URL "undefined-var/",
	  .check = check_undefined },
};

const struct stk_rule_table stk_buildkit_variable_rules = { "dockerfile", rows, STK_LEN(rows) };
