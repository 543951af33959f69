/* SPDX-License-Identifier: Apache-2.0 */
/* FROM: tags, registries, platforms, names of stages. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/variables.h"

#include "base/banned.h"

static struct stk_span image_span(const struct stk_build_stage *stage)
{
	return stage->image.raw.n ? stage->image.span : stage->from->name_span;
}

#define EACH_STAGE(stage, context)                                                                                     \
	for (const struct stk_build_stage *stage = (context)->file->stages.v,                                          \
					  *stage##_end = END_OF(&(context)->file->stages);                             \
	     stage < stage##_end; stage++)

/* ---- DL3006, DL3007 ---- */

/* What is known of a reference whose variables are put in. */
struct tag {
	bool present, latest, digest, skip;
};

static struct tag tag_of_reference(const struct stk_build_stage *stage)
{
	struct stk_str reference = stage->reference, name = reference;
	struct tag tag = { .skip = stage->parent != SIZE_MAX || !reference.n || stk_str_is(reference, "scratch") };
	size_t at = stk_str_find_byte(reference, '@');
	tag.digest = at != SIZE_MAX;
	name = stk_str_slice(reference, 0, at);
	size_t slash = stk_str_rfind_byte(name, '/'), colon = stk_str_rfind_byte(name, ':');
	tag.present = colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash);
	tag.latest = tag.present && stk_str_is(stk_str_slice(name, colon + 1, name.n), "latest");
	struct stk_str typed = stk_str_after_last(stage->image.raw, '/');
	if (!stage->resolved) /* a variable without a value in the last part may hold the tag */
		tag.skip |= tag.present ? colon + 1 == name.n : stk_str_find_byte(typed, '$') != SIZE_MAX;
	return tag;
}

static struct tag tag_for_hadolint(const struct stk_dockerfile *file, size_t index)
{
	struct stk_hadolint_image image = stk_hadolint_from(file, index);
	return (struct tag){
		.present = image.tag.p != NULL,
		.latest = stk_str_is(image.tag, "latest"),
		.digest = image.digest.p != NULL,
		.skip = stk_str_is(image.name, "scratch") || stk_str_starts(image.name, S("$")) ||
			stk_dockerfile_is_alias(file, image.name, index),
	};
}

/* argument: 0 a missing tag, 1 the tag "latest". */
static void check_tag(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		struct tag tag = hadolint ? tag_for_hadolint(context->file, i) : tag_of_reference(stage);
		/* rule->argument tells DL3007 (tag is "latest") from DL3006 (no tag). A digest
		   settles both. */
		if (tag.digest || (tag.skip && !(hadolint && rule->argument)))
			continue;
		if (rule->argument ? tag.latest : !tag.present)
			stk_dockerfile_find_at(
				context, rule, stage->from, image_span(stage),
				rule->argument ? "the tag \"latest\" of " STK_FMT " means another image every few days"
					       : "the base image " STK_FMT " has neither tag nor digest",
				STK_ARG(hadolint || !stage->resolved ? stage->image.raw : stage->reference));
	}
}

/* ---- DL3024, DL3063 ---- */

/* The earlier stage gets another name, and with it what names it before the later one takes the name over. What is
   built, and what --target finds, stays the same, unless a COPY between them meant the earlier one and got the later.
 */
static void fix_duplicate(struct stk_dockerfile_context *context, struct stk_finding *finding, size_t later)
{
	struct stk_repair repair = stk_repair_new(context);
	const struct stk_build_stages *stages = &context->file->stages;
	size_t earlier = stk_dockerfile_stage(context->file, stages->v[later].alias.value, later);
	if (earlier == SIZE_MAX)
		return;
	bool changes = stk_repair_rename_stage(&repair, earlier, later);
	stk_repair_offer(&repair, finding, !changes, "rename the earlier one");
}

static void check_duplicate_stage(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_build_stages *stages = &context->file->stages;
	for (size_t i = 1; i < stages->n; i++) {
		struct stk_str alias = stages->v[i].alias.value;
		if (stk_like_hadolint(context) ? stk_dockerfile_is_alias(context->file, stages->v[i].alias.raw, i)
					       : stk_dockerfile_stage(context->file, alias, i) != SIZE_MAX)
			fix_duplicate(context,
				      stk_dockerfile_find_at(context, rule, stages->v[i].from, stages->v[i].alias.span,
							     "the stage name \"" STK_FMT "\" is used twice",
							     STK_ARG(alias)),
				      i);
	}
}

/* Another name, here and in all that names it, up to a later stage of the same name. FROM scratch may mean either. */
static void fix_reserved(struct stk_dockerfile_context *context, struct stk_finding *finding, size_t reserved)
{
	struct stk_repair repair = stk_repair_new(context);
	const struct stk_build_stages *stages = &context->file->stages;
	if (!stk_repair_afford(&repair, stages->n))
		return;
	struct stk_str alias = stages->v[reserved].alias.value;
	size_t until = reserved + 1;
	for (; until < stages->n; until++) {
		if (stk_str_eq_nocase(alias, S("scratch")) && stk_str_eq_nocase(stages->v[until].reference, alias))
			return;
		if (stk_str_eq_nocase(stages->v[until].alias.value, alias))
			break;
	}
	stk_repair_rename_stage(&repair, reserved, until);
	stk_repair_offer(&repair, finding, false, "give the stage another name");
}

static void check_reserved_stage(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_STAGE(stage, context)
	{
		struct stk_str alias = stage->alias.value;
		bool reserved = stk_like_hadolint(context) ? stk_is_one_of(alias, "scratch context")
							   : stk_str_eq_nocase(alias, S("scratch")) ||
								     stk_str_eq_nocase(alias, S("context"));
		if (reserved)
			fix_reserved(context,
				     stk_dockerfile_find_at(context, rule, stage->from, stage->alias.span,
							    "\"" STK_FMT
							    "\" is a reserved name: a stage cannot be called so",
							    STK_ARG(alias)),
				     (size_t)(stage - context->file->stages.v));
	}
}

/* ---- DL3026 ---- */

static bool matches_registry(struct stk_str pattern, struct stk_str registry)
{
	if (stk_str_is(pattern, "*"))
		return true;
	if (stk_str_starts(pattern, S("*")))
		return stk_str_ends(registry, stk_str_slice(pattern, 1, pattern.n));
	if (stk_str_ends(pattern, S("*")))
		return stk_str_starts(registry, stk_str_slice(pattern, 0, pattern.n - 1));
	return stk_str_eq(pattern, registry);
}

static bool is_listed(const struct stk_dockerfile_context *context, struct stk_str registry)
{
	for (size_t i = 0; i < context->options->trusted_registries.n; i++)
		if (matches_registry(context->options->trusted_registries.v[i], registry))
			return true;
	return false;
}

static bool is_trusted(const struct stk_dockerfile_context *context, struct stk_str registry, struct stk_str name,
		       size_t stages_so_far)
{
	if (stk_dockerfile_is_alias(context->file, name, stages_so_far))
		return true;
	if (registry.n)
		return is_listed(context, registry);
	return stk_str_is(name, "scratch") || is_listed(context, S("docker.io")) ||
	       is_listed(context, S("hub.docker.com"));
}

/* The registry of a text in COPY --from and mounts: what stands before the first slash, if it looks like a host. */
static struct stk_str registry_of(struct stk_str image, bool hadolint)
{
	struct stk_str rest = image, host = stk_str_cut(&rest, '/');
	bool is_host = host.n < image.n &&
		       (stk_str_find_byte(host, '.') != SIZE_MAX ||
			(!hadolint && (stk_str_find_byte(host, ':') != SIZE_MAX || stk_str_is(host, "localhost"))));
	return is_host ? host : S("");
}

static bool is_trusted_source(const struct stk_dockerfile_context *context, struct stk_str image,
			      const struct stk_instruction *at)
{
	bool hadolint = stk_like_hadolint(context);
	uint64_t number;
	size_t so_far = at->stage == SIZE_MAX ? 0 : at->stage + 1;
	if (!image.n || (!hadolint && (stk_str_u64(image, 10, &number) ||
				       stk_dockerfile_stage(context->file, image, so_far) != SIZE_MAX ||
				       stk_str_find_byte(image, '$') != SIZE_MAX)))
		return true;
	struct stk_str registry = registry_of(image, hadolint);
	struct stk_str name = registry.n ? stk_str_slice(image, registry.n + 1, image.n) : image;
	return is_trusted(context, registry, name, so_far);
}

static void report_registry(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			    const struct stk_instruction *at, struct stk_span span, struct stk_str image)
{
	stk_dockerfile_find_at(context, rule, at, span, STK_FMT " comes from a registry that is not trusted here",
			       STK_ARG(image));
}

static void check_from_registry(struct stk_dockerfile_context *context, const struct stk_rule *rule, size_t index)
{
	const struct stk_build_stage *stage = &context->file->stages.v[index];
	struct stk_hadolint_image image = stk_hadolint_from(context->file, index);
	if (!stk_like_hadolint(context)) {
		if (stage->parent != SIZE_MAX || !stage->resolved)
			return;
		image.registry = registry_of(stage->reference, false);
		image.name = image.registry.n
				     ? stk_str_slice(stage->reference, image.registry.n + 1, stage->reference.n)
				     : stage->reference;
	}
	if (!is_trusted(context, image.registry, image.name, index + 1))
		report_registry(context, rule, stage->from, image_span(stage), stage->image.raw);
}

static void check_mount_registries(struct stk_dockerfile_context *context, const struct stk_rule *rule,
				   const struct stk_instruction *at)
{
	for (size_t i = 0; i < at->mounts.n; i++) {
		const struct stk_mount *mount = &at->mounts.v[i];
		if (!mount->from.n || !stk_is_one_of(mount->type, "bind cache") ||
		    is_trusted_source(context, mount->from, at))
			continue;
		report_registry(context, rule, at, mount->flag->value_span, mount->from);
		return;
	}
}

static void check_registry(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	if (!context->options->trusted_registries.n)
		return;
	EACH_INSTRUCTION(at, context)
	{
		const struct stk_flag *from = at->keyword == STK_COPY ? stk_hadolint_flag(context, at, "from") : NULL;
		if (at->keyword == STK_FROM)
			check_from_registry(context, rule, at->stage);
		else if (at->keyword == STK_RUN)
			check_mount_registries(context, rule, at);
		else if (from && !is_trusted_source(context, from->value, at))
			report_registry(context, rule, at, from->value_span, from->value);
	}
}

/* ---- DL3029, DL3065 ---- */

/* BuildKit: a constant platform is fine when the stage's name says so. */
static bool names_its_platform(const struct stk_build_stage *stage)
{
	struct stk_str rest = stage->platform->value;
	while (rest.n) {
		struct stk_str part = stk_str_cut(&rest, '/');
		if (part.n && stk_str_contains_nocase(stage->alias.value, part))
			return true;
	}
	return false;
}

static void fix_platform(struct stk_dockerfile_context *context, struct stk_finding *finding,
			 const struct stk_build_stage *stage, bool safe)
{
	struct stk_span span = stage->platform->span;
	struct stk_fix *fix = stk_finding_fix(context->report, finding, safe, "remove --platform");
	size_t end = span.end;
	while (end < context->file->text.n && (context->file->text.p[end] == ' ' || context->file->text.p[end] == '\t'))
		end++;
	stk_dockerfile_edit(context, fix, span.begin, end, S(""));
}

static void check_fixed_platform(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_STAGE(stage, context)
	{
		if (!stage->platform)
			continue;
		struct stk_str value = stage->platform->value;
		bool fine = stk_like_hadolint(context)
				    ? stk_str_contains(value, S("BUILDPLATFORM")) ||
					      stk_str_contains(value, S("TARGETPLATFORM"))
				    : stk_str_find_byte(value, '$') != SIZE_MAX || names_its_platform(stage);
		if (!fine)
			fix_platform(context,
				     stk_dockerfile_find_at(context, rule, stage->from, stage->platform->span,
							    "the platform " STK_FMT
							    " is fixed: the image cannot be built for another one",
							    STK_ARG(value)),
				     stage, false);
	}
}

static void check_redundant_platform(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_STAGE(stage, context)
	{
		if (!stage->platform || !(stk_str_is(stage->platform->value, "$TARGETPLATFORM") ||
					  stk_str_is(stage->platform->value, "${TARGETPLATFORM}")))
			continue;
		fix_platform(context,
			     stk_dockerfile_find_at(context, rule, stage->from, stage->platform->span,
						    "--platform=" STK_FMT " is what FROM does anyway",
						    STK_ARG(stage->platform->value)),
			     stage, true);
	}
}

/* ---- DL3061 ---- */

/* Behind the first FROM; one instruction a round, so that several keep their order. */
static void fix_order(struct stk_dockerfile_context *context, struct stk_finding *finding,
		      const struct stk_instruction *at)
{
	struct stk_repair repair = stk_repair_new(context);
	const struct stk_dockerfile *file = context->file;
	const struct stk_instruction *next =
		file->instructions.v[at->index + 1 < file->instructions.n ? at->index + 1 : at->index];
	if (!file->stages.n || at->heredocs.n || at->comments.n || next->keyword != STK_FROM ||
	    next != file->stages.v[0].from || at->keyword == STK_UNKNOWN_KEYWORD)
		return;
	struct stk_str text = stk_str_slice(file->text, at->name_span.end, at->span.end);
	stk_repair_line_behind(&repair, next, stk_keyword_name(at->keyword), stk_str_trim(text));
	stk_repair_remove_instruction(&repair, at);
	stk_repair_offer(&repair, finding, false, "move it below FROM");
}

static void check_order(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword == STK_FROM)
			return;
		if (at->keyword != STK_ARG)
			fix_order(context,
				  stk_dockerfile_find_at(context, rule, at, at->name_span,
							 STK_FMT " stands before the first FROM: only ARG may",
							 STK_ARG(at->name)),
				  at);
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL3006",
	  .aliases = { "DS-0001", "AVD-DS-0001", "DS001", "DKL-DI-0006" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "base image without a tag",
	  .why = "Without a tag the newest image is taken: each build may stand on another system, and nobody sees the change.",
	  .remedy = "Name a tag, best with a digest: image:tag@sha256:…",
	  .bad = "FROM debian",
	  .good = "FROM debian:12.5-slim",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3006",
	  .check = check_tag },
	{ .id = "DL3007",
	  .aliases = { "DS-0001", "AVD-DS-0001", "DS001" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "base image with the tag latest",
	  .why = "\"latest\" is whatever was pushed last: each build may stand on another system, and nobody sees the change.",
	  .remedy = "Name a release's tag, best with a digest.",
	  .bad = "FROM debian:latest",
	  .good = "FROM debian:12.5-slim",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3007",
	  .argument = 1,
	  .check = check_tag },
	{ .id = "DL3024",
	  .aliases = { "DuplicateStageName", "DS-0012", "AVD-DS-0012", "DS012" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "two stages have one name",
	  .why = "COPY --from and --target take the last one: what was meant to come from the first never arrives.",
	  .remedy = "Give every stage a name of its own: AS build-1, and COPY --from=build-1.",
	  .fix = "--fix renames the earlier stage; --fix-unsafe also where a COPY between the two names it",
	  .bad = "FROM golang:1.22 AS build\nFROM node:22 AS build",
	  .good = "FROM golang:1.22 AS server\nFROM node:22 AS pages",
	  .url = "https://docs.docker.com/reference/build-checks/duplicate-stage-name/",
	  .check = check_duplicate_stage },
	{ .id = "DL3026",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .title = "image from a registry that is not trusted",
	  .why = "What a registry delivers runs in the build and in production; the team decided which ones it believes.",
	  .remedy =
		  "Use an image of a trusted registry, or add the registry to trustedRegistries (--trusted-registry).",
	  .bad = "FROM example.net/base:1",
	  .good = "FROM registry.example.com/base:1",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3026",
	  .check = check_registry },
	{ .id = "DL3029",
	  .aliases = { "FromPlatformFlagConstDisallowed" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "FROM with a fixed platform",
	  .why = "The image is built for one architecture whatever --platform asks for; elsewhere it runs emulated or not at all.",
	  .remedy = "Leave --platform away, or write --platform=$BUILDPLATFORM for tools that run during the build.",
	  .fix = "--fix-unsafe removes --platform",
	  .bad = "FROM --platform=linux/amd64 alpine:3.20",
	  .good = "FROM --platform=$BUILDPLATFORM alpine:3.20",
	  .url = "https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/",
	  .check = check_fixed_platform },
	{ .id = "DL3061",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "an instruction before the first FROM",
	  .why = "There is no stage yet that it could belong to: the build is refused.",
	  .remedy = "Move the line below the first FROM; only ARG may stand before it.",
	  .fix = "--fix-unsafe moves it below",
	  .bad = "WORKDIR /app\nFROM alpine:3.20",
	  .good = "FROM alpine:3.20\nWORKDIR /app",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3061",
	  .check = check_order },
	{ .id = "DL3063",
	  .aliases = { "ReservedStageName" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "reserved name for a stage",
	  .why = "\"scratch\" and \"context\" mean the empty image and the build context; a stage of that name "
		 "cannot be reached, or hides them.",
	  .remedy = "Choose another name.",
	  .fix = "--fix-unsafe renames it, and what names it",
	  .bad = "FROM alpine:3.20 AS scratch",
	  .good = "FROM alpine:3.20 AS base",
	  .url = "https://docs.docker.com/reference/build-checks/reserved-stage-name/",
	  .check = check_reserved_stage },
	{ .id = "DL3065",
	  .aliases = { "RedundantTargetPlatform" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "FROM names the platform it would take anyway",
	  .why = "Readers look for a reason where there is none.",
	  .remedy = "Remove --platform=$TARGETPLATFORM.",
	  .fix = "--fix removes --platform",
	  .bad = "FROM --platform=$TARGETPLATFORM alpine:3.20",
	  .good = "FROM alpine:3.20",
	  .url = "https://docs.docker.com/reference/build-checks/redundant-target-platform/",
	  .check = check_redundant_platform },
};

const struct stk_rule_table stk_hadolint_from_rules = { "dockerfile", rows, STK_LEN(rows) };
