/* SPDX-License-Identifier: Apache-2.0 */
/* BuildKit's own verdicts for the checks it shares with Hadolint: used under --compat buildkit. See rules_buildkit.h.
 */
#include "base/map.h"
#include "dockerfile/rules_buildkit.h"
#include "dockerfile/variables.h"
#include "text/credential.h"
#include "base/banned.h"

static void workdir_relative(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_dockerfile *file = context->file;
	bool *set = STK_NEW(context->arena, bool, file->stages.n);
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		if (at->keyword == STK_FROM && file->stages.v[at->stage].parent != SIZE_MAX)
			/* What the stage it builds on has set holds here too. */
			set[at->stage] = set[file->stages.v[at->stage].parent];
		if (at->keyword != STK_WORKDIR || at->stage == SIZE_MAX || at->broken)
			continue;
		struct stk_str path = stk_dockerfile_expand(file, at, at->words.v[0].raw).text;
		if (!set[at->stage] && !stk_str_starts(path, S("/")))
			stk_dockerfile_find_at(context, rule, at, at->words.v[0].span,
					       "the relative path \"" STK_FMT
					       "\" depends on the base image's working directory",
					       STK_ARG(path));
		set[at->stage] = true;
	}
}

/* The row's id tells which keyword: the earlier instruction is the one without effect. */
static void multiple_instructions(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	enum stk_keyword keyword = stk_rule_is(rule, S("DL4003"))   ? STK_CMD
				   : stk_rule_is(rule, S("DL4004")) ? STK_ENTRYPOINT
								    : STK_HEALTHCHECK;
	const struct stk_instruction *before = NULL;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if (at->keyword == STK_FROM)
			before = NULL;
		if (at->keyword != keyword)
			continue;
		if (before)
			stk_dockerfile_find_at(context, rule, before, before->name_span,
					       "only the last %s of a stage has an effect", stk_keyword_name(keyword));
		before = at;
	}
}

static void duplicate_stage(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	struct stk_map names = { 0 };
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		if (stage->alias.raw.n &&
		    !stk_map_add(&names, context->arena, stk_arena_lower(context->arena, stage->alias.raw)))
			stk_dockerfile_find_at(context, rule, stage->from, stage->alias.span,
					       "the stage name \"" STK_FMT "\" is used twice",
					       STK_ARG(stage->alias.raw));
	}
}

static void reserved_stage(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		if (stk_str_eq_nocase(stage->alias.raw, S("context")) ||
		    stk_str_eq_nocase(stage->alias.raw, S("scratch")))
			stk_dockerfile_find_at(context, rule, stage->from, stage->alias.span,
					       "\"" STK_FMT "\" is a reserved name", STK_ARG(stage->alias.raw));
	}
}

static void json_args(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if ((at->keyword == STK_CMD || at->keyword == STK_ENTRYPOINT) && !at->json && !at->shell->set_by &&
		    at->stage != SIZE_MAX)
			stk_dockerfile_find_at(context, rule, at, at->name_span,
					       "%s in shell form: signals do not reach the program",
					       stk_keyword_name(at->keyword));
	}
}

static bool contains_word(struct stk_str name, struct stk_str word)
{
	return word.n && stk_str_contains_nocase(name, word);
}

/* platforms.Parse of "os", "arch", "os/arch[/variant]": which of both a lone word is depends on the list of systems. */
static void platform_parts(struct stk_str platform, struct stk_str *os, struct stk_str *arch)
{
	static const char *const systems[] = { "linux",	 "windows", "darwin",  "freebsd",
					       "netbsd", "openbsd", "solaris", "wasip1" };
	struct stk_str rest = platform, first = stk_str_cut(&rest, '/');
	*os = S("linux");
	*arch = S("amd64");
	if (first.n < platform.n) {
		*os = first;
		*arch = stk_str_cut(&rest, '/');
	} else {
		bool is_os = false;
		for (size_t i = 0; i < STK_LEN(systems); i++)
			is_os |= stk_str_eq_nocase(first, stk_str_from(systems[i]));
		*(is_os ? os : arch) = first;
	}
	if (stk_str_eq_nocase(*arch, S("x86_64")) || stk_str_eq_nocase(*arch, S("x86-64")))
		*arch = S("amd64");
	if (stk_str_eq_nocase(*arch, S("aarch64")))
		*arch = S("arm64");
}

static void constant_platform(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		struct stk_str os, arch;
		if (!stage->platform || !stage->platform->value.n ||
		    stk_str_find_byte(stage->platform->value, '$') != SIZE_MAX)
			continue;
		platform_parts(stage->platform->value, &os, &arch);
		if (contains_word(stage->alias.raw, os) || contains_word(stage->alias.raw, arch))
			continue;
		stk_dockerfile_find_at(context, rule, stage->from, stage->platform->value_span,
				       "the platform \"" STK_FMT "\" is a constant", STK_ARG(stage->platform->value));
	}
}

static void redundant_platform(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		if (stage->platform && (stk_str_is(stage->platform->value, "$TARGETPLATFORM") ||
					stk_str_is(stage->platform->value, "${TARGETPLATFORM}")))
			stk_dockerfile_find_at(context, rule, stage->from, stage->platform->span,
					       "the target platform is the default");
	}
}

static void secrets(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if ((at->keyword != STK_ENV && at->keyword != STK_ARG) || at->stage == SIZE_MAX)
			continue;
		for (size_t k = 0; k < at->pairs.n; k++)
			if (stk_credential_name_buildkit(at->pairs.v[k].key.value))
				stk_dockerfile_find_at(
					context, rule, at, at->pairs.v[k].key.span,
					"%s \"" STK_FMT "\" looks like a secret, and stays readable in the image",
					stk_keyword_name(at->keyword), STK_ARG(at->pairs.v[k].key.value));
	}
}

static void maintainer(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++)
		if (context->file->instructions.v[i]->keyword == STK_MAINTAINER)
			stk_dockerfile_find_at(context, rule, context->file->instructions.v[i],
					       context->file->instructions.v[i]->name_span,
					       "MAINTAINER is deprecated; use a label");
}

stk_check_fn *stk_buildkit_verdict(const struct stk_rule *rule)
{
	static const struct {
		const char *name;
		stk_check_fn *check;
	} verdicts[] = {
		{ "DuplicateStageName", duplicate_stage },
		{ "FromPlatformFlagConstDisallowed", constant_platform },
		{ "JSONArgsRecommended", json_args },
		{ "MaintainerDeprecated", maintainer },
		{ "MultipleInstructionsDisallowed", multiple_instructions },
		{ "RedundantTargetPlatform", redundant_platform },
		{ "ReservedStageName", reserved_stage },
		{ "SecretsUsedInArgOrEnv", secrets },
		{ "WorkdirRelativePath", workdir_relative },
	};
	for (size_t i = 0; i < STK_LEN(verdicts); i++)
		if (stk_rule_is(rule, stk_str_from(verdicts[i].name)))
			return verdicts[i].check;
	return NULL;
}
