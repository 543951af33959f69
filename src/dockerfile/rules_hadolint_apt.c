/* SPDX-License-Identifier: Apache-2.0 */
/* apt, apt-get, aptitude. */
#include "dockerfile/rules_hadolint.h"

#include "base/banned.h"

/* ---- DL3008 ---- */

static bool is_pinned(struct stk_str package)
{
	return stk_str_find_byte(package, '=') != SIZE_MAX || stk_str_find_byte(package, '/') != SIZE_MAX ||
	       stk_str_ends(package, S(".deb"));
}

/* A word that is nothing but an expansion says nothing about its pins. */
static bool is_unknown(const struct stk_shell_word *word)
{
	return stk_str_starts(word->text, S("${")) && word->text.p[word->text.n - 1] == '}';
}

static void check_apt_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is_any(command, hadolint ? "apt-get" : "apt-get apt aptitude") ||
		    !stk_command_argument(command, "install"))
			continue;
		struct stk_arguments plain =
			stk_command_plain(context->arena, command,
					  hadolint ? "t target-release" : "t target-release o option c config-file");
		for (size_t i = 0; i < plain.n; i++) {
			const struct stk_shell_word *word = plain.v[i];
			if (stk_str_is(word->text, "install") || is_pinned(word->text) ||
			    (!hadolint && is_unknown(word)))
				continue;
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, word),
					       "the version of the package " STK_FMT " is not pinned",
					       STK_ARG(word->text));
			break;
		}
	}
}

/* ---- DL3009 ---- */

static const struct stk_run_command *find_update(const struct stk_run *run)
{
	EACH_COMMAND(command, run)
	if (stk_command_is_any(command, "apt apt-get aptitude") && stk_command_argument(command, "update"))
		return command;
	return NULL;
}

/* Does a later command remove the lists, in any spelling? */
static bool removes_lists(const struct stk_run *run, const struct stk_run_command *update)
{
	for (const struct stk_run_command *command = update + 1; command < run->commands.v + run->commands.n;
	     command++) {
		if (!stk_command_is_any(command, "rm find"))
			continue;
		for (size_t i = 0; i < command->n_arguments; i++) {
			const struct stk_shell_word *word = command->arguments[i];
			struct stk_str typed = stk_str_slice(command->script->shell->text, word->begin, word->end);
			if (stk_str_contains(typed, S("/var/")) &&
			    (stk_str_contains(typed, S("apt")) || stk_str_is(typed, "/var/lib/*")))
				return true;
		}
	}
	return false;
}

static bool removes_lists_for_hadolint(const struct stk_run *run)
{
	EACH_COMMAND(command, run)
	if (stk_command_is(command, "rm") && stk_command_argument(command, "-rf /var/lib/apt/lists/*"))
		return true;
	return false;
}

static bool lists_are_mounted(const struct stk_run *run)
{
	return stk_run_has_cache(run, "/var/lib/apt/lists") ||
	       (stk_run_has_cache(run, "/var/lib/apt") && stk_run_has_cache(run, "/var/cache/apt"));
}

/* Does some RUN install without updating first, and so live on lists that another left? */
static bool lists_are_needed(struct stk_dockerfile_context *context)
{
	EACH_RUN(run, context)
	{
		const struct stk_run_command *update = find_update(run);
		EACH_COMMAND(command, run)
		if (stk_command_is_any(command, "apt apt-get aptitude") && stk_command_argument(command, "install") &&
		    (!update || update > command))
			return true;
	}
	return false;
}

static void check_apt_lists(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context), needed = lists_are_needed(context);
	EACH_RUN(run, context)
	{
		const struct stk_run_command *update = find_update(run);
		if (!update || lists_are_mounted(run) || !stk_stage_is_kept(context, run->stage))
			continue;
		if (hadolint ? removes_lists_for_hadolint(run) : removes_lists(run, update))
			continue;
		struct stk_finding *finding =
			stk_dockerfile_find_at(context, rule, run->instruction, stk_command_span(update),
					       "the package lists stay in the layer: remove them in the same RUN");
		if (!needed) /* else the next installation would find no packages */
			stk_fix_append_command(context, finding, run, true, "rm -rf /var/lib/apt/lists/*");
	}
}

/* ---- DL3014, DL3015 ---- */

static void find_at_install(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			    const struct stk_run *run, const struct stk_run_command *command, const char *message,
			    bool safe, const char *insertion)
{
	const struct stk_shell_word *install = stk_command_argument(command, "install");
	struct stk_finding *finding =
		stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, install), "%s", message);
	stk_fix_insert_behind(context, finding, command, install, safe, insertion);
}

static bool assumes_yes(const struct stk_run_command *command)
{
	return stk_command_flag(command, "y yes qq assume-yes") || stk_command_flag_count(command, "q") == 2 ||
	       stk_command_flag_count(command, "quiet") == 2 || stk_command_argument(command, "-q=2");
}

static void check_apt_yes(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (stk_command_is_any(command, stk_like_hadolint(context) ? "apt-get" : "apt-get apt aptitude") &&
	    stk_command_argument(command, "install") && !assumes_yes(command))
		find_at_install(context, rule, run, command,
				"apt-get install asks a question that nobody answers: give -y", true, " -y");
}

static bool leaves_out_recommends(const struct stk_run_command *command, bool hadolint)
{
	if (stk_command_flag(command, "no-install-recommends") ||
	    stk_command_argument(command, "APT::Install-Recommends=false"))
		return true;
	return !hadolint &&
	       stk_command_argument(command,
				    "APT::Install-Recommends=0 APT::Install-Recommends=no --without-recommends -R");
}

static void check_apt_recommends(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (stk_command_is_any(command, hadolint ? "apt-get" : "apt-get apt") &&
	    stk_command_argument(command, "install") && !leaves_out_recommends(command, hadolint))
		find_at_install(context, rule, run, command,
				"recommended packages come along: give --no-install-recommends", false,
				" --no-install-recommends");
}

/* ---- DL3027 ---- */

static void check_apt(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "apt"))
			continue;
		struct stk_span span = stk_word_span(command, command->word);
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, run->instruction, span, "apt is made for terminals: use apt-get or apt-cache");
		/* Commands that mean the same to both programs. */
		if (!stk_command_argument(command, "install update remove purge autoremove clean") ||
		    command->word->quoted)
			continue;
		struct stk_fix *fix = stk_finding_fix(context->report, finding, true, "use apt-get");
		stk_dockerfile_edit(context, fix, span.end, span.end, S("-get"));
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL3008",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "apt-get installs a package without a pinned version",
	  .why = "The same Dockerfile builds another image tomorrow: whatever version the mirror holds then. A bug, or a release that somebody "
		 "tampered with, arrives without a change of yours.",
	  .remedy =
		  "Write package=version (apt-cache policy shows it; a \"*\" may stand for the revision), or build from a snapshot mirror.",
	  .bad = "RUN apt-get update && apt-get install -y --no-install-recommends curl",
	  .good = "RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10+deb12u5",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3008",
	  .programs = "apt-get apt aptitude",
	  .check = check_apt_pins },
	{ .id = "DL3009",
	  .aliases = { "DKL-DI-0005" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "apt's package lists stay in the image",
	  .why = "The lists are tens of megabytes, out of date soon, and nobody reads them at run time. Removing them in a later RUN does not "
		 "make the image smaller: the earlier layer still holds them.",
	  .remedy =
		  "End the same RUN with \"rm -rf /var/lib/apt/lists/*\", or mount a cache on /var/lib/apt and /var/cache/apt.",
	  .fix = "--fix removes the lists at the end of the RUN",
	  .bad = "RUN apt-get update && apt-get install -y curl",
	  .good = "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3009",
	  .programs = "apt-get apt aptitude",
	  .check = check_apt_lists },
	{ .id = "DL3014",
	  .aliases = { "DS-0021", "AVD-DS-0021", "DS021" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "apt-get install without -y",
	  .why = "apt-get asks whether to go on; a build has nobody to answer, so it stops there.",
	  .remedy = "Give -y.",
	  .fix = "--fix adds -y",
	  .bad = "RUN apt-get install python3",
	  .good = "RUN apt-get install -y python3",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3014",
	  .programs = "apt-get apt aptitude",
	  .check = check_apt_yes },
	{ .id = "DL3015",
	  .aliases = { "DS-0029", "AVD-DS-0029", "DS029" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "apt-get installs recommended packages too",
	  .why = "Recommended packages are not needed to run, make the image larger, and each may hold the next vulnerability.",
	  .remedy = "Give --no-install-recommends and name what you do need.",
	  .fix = "--fix-unsafe adds --no-install-recommends",
	  .bad = "RUN apt-get install -y python3",
	  .good = "RUN apt-get install -y --no-install-recommends python3",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3015",
	  .programs = "apt-get apt",
	  .check = check_apt_recommends },
	{ .id = "DL3027",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "apt in a script",
	  .why = "apt says itself that its command line is not stable: what works today may mean something else in the next release.",
	  .remedy = "Use apt-get or apt-cache.",
	  .fix = "--fix writes apt-get",
	  .bad = "RUN apt install -y curl",
	  .good = "RUN apt-get install -y curl",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3027",
	  .programs = "apt",
	  .check = check_apt },
};

const struct stk_rule_table stk_hadolint_apt_rules = { "dockerfile", rows, STK_LEN(rows) };
