/* SPDX-License-Identifier: Apache-2.0 */
/* apk, Alpine's package manager. */
#include "dockerfile/rules_hadolint.h"

#include <string.h>

#include "base/banned.h"

static bool is_pinned(struct stk_str package)
{
	for (size_t i = 0; i < package.n; i++)
		if (package.p[i] && strchr("=~<>", package.p[i]))
			return true;
	return stk_str_ends(package, S(".apk"));
}

static void check_apk_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "apk") || !stk_command_argument(command, "add"))
			continue;
		struct stk_arguments plain = stk_command_plain(context->arena, command, "t virtual repository X");
		for (size_t i = 0; i < plain.n; i++) {
			struct stk_str text = plain.v[i]->text;
			/* A variable may hold a version, and ".name" is a virtual package. */
			bool unknown = !hadolint && (stk_str_starts(text, S("${")) || stk_str_starts(text, S(".")));
			if (stk_str_is(text, "add") || is_pinned(text) || unknown)
				continue;
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, plain.v[i]),
					       "the version of the package " STK_FMT " is not pinned", STK_ARG(text));
			break;
		}
	}
}

static void check_apk_cache(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	{
		if (stk_run_has_cache(run, "/var/cache/apk") ||
		    (!stk_like_hadolint(context) && stk_run_has_cache(run, "/etc/apk/cache")))
			continue;
		EACH_COMMAND(command, run)
		{
			const struct stk_shell_word *add = stk_command_argument(command, "add");
			if (!stk_command_is(command, "apk") || !add || stk_command_flag(command, "no-cache"))
				continue;
			struct stk_finding *finding =
				stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, add),
						       "apk leaves its index in the layer: give --no-cache");
			stk_fix_insert_behind(context, finding, command, add, true, " --no-cache");
		}
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL3018",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "apk adds a package without a pinned version",
	  .why = "The same Dockerfile builds another image tomorrow: whatever version the mirror holds then.",
	  .remedy =
		  "Write package=version or package~=version; Alpine's stable branches keep the latest fix of a version.",
	  .bad = "RUN apk add --no-cache curl",
	  .good = "RUN apk add --no-cache curl~=8.5",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3018",
	  .programs = "apk",
	  .check = check_apk_pins },
	{ .id = "DL3019",
	  .aliases = { "DS-0025", "AVD-DS-0025", "DS025", "DKL-DI-0004" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "apk add without --no-cache",
	  .why = "apk keeps the index of its repositories under /var/cache/apk: dead weight in the layer.",
	  .remedy = "Give --no-cache, which also fetches a fresh index, or mount a cache on /var/cache/apk.",
	  .fix = "--fix adds --no-cache",
	  .bad = "RUN apk add curl~=8.5",
	  .good = "RUN apk add --no-cache curl~=8.5",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3019",
	  .programs = "apk",
	  .check = check_apk_cache },
};

const struct stk_rule_table stk_hadolint_apk_rules = { "dockerfile", rows, STK_LEN(rows) };
