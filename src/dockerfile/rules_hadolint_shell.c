/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that have no place in a RUN, and how RUNs are put together. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"

#include "base/banned.h"

/* ---- one command that should not be there: DL3001, DL3003, DL3004, DL4005 ---- */

static void check_pointless(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (stk_command_is_any(command, "free kill mount ps service shutdown ssh top vim") && !command->unwrapped)
		stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, command->word),
				       STK_FMT " makes no sense while an image is built", STK_ARG(command->name));
}

/* "RUN cd /x && make" becomes "WORKDIR /x" and "RUN make", and a WORKDIR that leads back for those that follow. */
static void fix_cd(struct stk_dockerfile_context *context, struct stk_finding *finding, const struct stk_run *run,
		   const struct stk_run_command *command)
{
	struct stk_repair repair = stk_repair_new(context);
	const struct stk_instruction *at = run->instruction;
	const struct stk_shell_node *node = command->node;
	/* Only a `cd /path && …` that opens the RUN: everything else may depend on where the
	   shell was before. */
	bool first = run->commands.v == command && command->script->shell->root->children == node;
	if (!first || at->json || at->heredocs.n || !stk_str_is(node->separator, "&&") || !node->next ||
	    command->n_arguments != 1 || !command->arguments[0]->literal || command->arguments[0]->quoted ||
	    !stk_str_starts(command->arguments[0]->text, S("/")))
		return;
	struct stk_span from = stk_word_span(command, command->word);
	size_t to = stk_source_span(command->script->source, node->next->begin, node->next->end).begin;
	/* WORKDIR holds for all instructions behind it, cd only for this one: so the old folder
	   comes back. */
	bool any;
	struct stk_str back = stk_workdir_before(context->file, at, &any);
	repair.failed = (any && !back.n) ||
			stk_str_find_byte(stk_str_slice(context->file->text, from.end, to), '#') != SIZE_MAX;
	stk_repair_line_before(&repair, at, "WORKDIR", command->arguments[0]->text);
	stk_repair_replace(&repair, from.begin, to, S(""));
	stk_repair_line_behind(&repair, at, "WORKDIR", any ? back : S("/")); /* where most base images are */
	stk_repair_offer(&repair, finding, false, "write WORKDIR " STK_FMT, STK_ARG(command->arguments[0]->text));
}

/* In a subshell cd ends with it, and a command that follows may depend on it; by default only a cd that rules the RUN
 * counts. */
static void check_cd(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (stk_command_is(command, "cd") && !run->onbuild)
		fix_cd(context,
		       stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, command->word),
					      "use WORKDIR instead of cd"),
		       run, command);
}

/* "sudo command" becomes "command": a build runs as root unless USER says otherwise. */
static void fix_sudo(struct stk_dockerfile_context *context, struct stk_finding *finding,
		     const struct stk_run_command *command)
{
	const struct stk_shell_word *next = command->n_arguments ? command->arguments[0] : NULL;
	if (!next || stk_shell_is_flag(next) || stk_str_find_byte(next->text, '=') != SIZE_MAX)
		return;
	struct stk_fix *fix = stk_finding_fix(context->report, finding, false, "remove sudo");
	stk_dockerfile_edit(context, fix, stk_word_span(command, command->word).begin,
			    stk_word_span(command, next).begin, S(""));
}

static void check_sudo(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (stk_command_is(command, "sudo"))
		fix_sudo(context,
			 stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, command->word),
						"sudo in a build: steps run as root already, or as whom USER names"),
			 command);
}

/* A RUN that does nothing but that becomes SHELL. */
static void fix_shell_link(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_run *run, const struct stk_run_command *command)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_arguments paths = stk_command_plain(context->arena, command, "");
	const struct stk_instruction *at = run->instruction;
	/* The line is replaced as a whole, so nothing else may stand in it. Only shells of the
	   Bourne family take -c. */
	if (run->commands.n != 1 || paths.n != 2 || !stk_str_is(paths.v[1]->text, "/bin/sh") || !paths.v[0]->literal ||
	    stk_shell_dialect_of(paths.v[0]->text) > STK_SHELL_BASH || at->outer || at->heredocs.n || at->flags.n)
		return;
	struct stk_str shell = paths.v[0]->text;
	bool lower = at->name.n && at->name.p[0] == 'r';
	stk_repair_replace(&repair, at->span.begin, at->span.end,
			   stk_arena_printf(context->arena, "%s [\"%s" STK_FMT "\", \"-c\"]", lower ? "shell" : "SHELL",
					    stk_str_starts(shell, S("/")) ? "" : "/bin/", STK_ARG(shell)));
	stk_repair_offer(&repair, finding, false, "write SHELL [\"" STK_FMT "\", \"-c\"]", STK_ARG(shell));
}

static void check_shell_link(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		const struct stk_shell_word *target = stk_command_argument(command, "/bin/sh");
		if (stk_command_is(command, "ln") && target)
			fix_shell_link(
				context,
				stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, target),
						       "use SHELL to change the shell instead of replacing /bin/sh"),
				run, command);
	}
}

/* ---- DL3046, DL3047 ---- */

/* The words behind -u or --uid. */
static struct stk_str user_id(const struct stk_run_command *command, bool hadolint)
{
	for (size_t i = 0; i < command->n_arguments; i++) {
		struct stk_str text = command->arguments[i]->text;
		bool more = i + 1 < command->n_arguments;
		/* -u 1000, -u1000, or u among other letters. Hadolint takes the next word in
		   every case. */
		if (text.n > 1 && text.p[0] == '-' && text.p[1] != '-' && stk_str_find_byte(text, 'u') != SIZE_MAX &&
		    more)
			return !hadolint && text.p[text.n - 1] != 'u'
				       ? stk_str_slice(text, stk_str_find_byte(text, 'u') + 1, text.n)
				       : command->arguments[i + 1]->text;
		if (!hadolint && stk_str_is(text, "--uid") && more)
			return command->arguments[i + 1]->text;
		if (!hadolint && stk_str_starts(text, S("--uid=")))
			return stk_str_slice(text, 6, text.n);
	}
	return S("");
}

static void check_useradd(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "useradd") || stk_command_flag(command, "l no-log-init"))
			continue;
		struct stk_str id = user_id(command, hadolint);
		if (id.n <= 5 || (!hadolint && !stk_is_digit(id.p[0])))
			continue;
		struct stk_finding *finding =
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, command->word),
					       "useradd with a high user id makes a huge lastlog file: give -l");
		stk_fix_insert_behind(context, finding, command, command->word, true, " -l");
	}
}

static void check_wget_progress(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "wget") ||
		    stk_command_flag(command, "progress q quiet o output-file a append-output no-verbose") ||
		    stk_command_argument(command, "-nv"))
			continue;
		if (!hadolint && stk_command_argument(command, "--version --help -V -h"))
			continue;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, run->instruction, stk_word_span(command, command->word),
			"wget floods the build log with its progress bar: give --progress=dot:giga or -q");
		stk_fix_insert_behind(context, finding, command, command->word, false, " --progress=dot:giga");
	}
}

/* ---- DL3059 ---- */

static size_t count_commands(const struct stk_run *run)
{
	size_t n = 0;
	EACH_COMMAND(command, run)
	n += !command->unwrapped;
	return n;
}

/* Unsafe: the files are the same, but there is one layer less, and the builder's cache keeps both steps or none. */
static void fix_consecutive(struct stk_dockerfile_context *context, struct stk_finding *finding,
			    const struct stk_run *first, const struct stk_run *second)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_join(&repair, first, second);
	stk_repair_offer(&repair, finding, false, "join it with the RUN before");
}

/* Hadolint sees instructions and comments; a comment leaves its state alone. */
static void check_consecutive_runs(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_run *previous = NULL;
	EACH_RUN(run, context)
	{
		if (run->onbuild)
			break;
		bool follows = previous && previous->instruction->index + 1 == run->instruction->index &&
			       stk_same_flags(previous->instruction, run->instruction);
		/* The first of a series is what the others are measured against. */
		if (follows && count_commands(run) <= 1 && count_commands(previous) <= 1)
			fix_consecutive(context,
					stk_dockerfile_find_at(context, rule, run->instruction,
							       run->instruction->name_span,
							       "this RUN and the one before could be one layer"),
					previous, run);
		previous = run;
	}
}

/* ---- DL4001 ---- */

static const struct stk_run_command *uses(const struct stk_run *run, const char *name, bool hadolint)
{
	EACH_COMMAND(command, run)
	if (stk_command_is(command, name) && (hadolint || !stk_command_argument(command, "--version --help")))
		return command;
	return NULL;
}

static void check_wget_and_curl(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context), wget = false, curl = false, reported = false;
	const struct stk_run *first = NULL;
	EACH_RUN(run, context)
	{
		/* A new stage begins again: its tools are its own. */
		if (first && (first->stage != run->stage || first->onbuild != run->onbuild))
			first = NULL;
		if (!first) {
			wget = curl = reported = false;
			first = run;
		}
		const struct stk_run_command *w = uses(run, "wget", hadolint), *c = uses(run, "curl", hadolint);
		wget |= w != NULL;
		curl |= c != NULL;
		if ((!w && !c) || !wget || !curl || (reported && !hadolint))
			continue;
		reported = true;
		const struct stk_run_command *at = c ? c : w;
		stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(at, at->word),
				       "both wget and curl are used in this stage: one of them is enough");
	}
}

/* ---- DL4006 ---- */

static struct stk_str joined(struct stk_arena *arena, const struct stk_instruction *shell)
{
	return shell->json || !shell->words.n ? shell->shell_text.text : stk_arena_str(arena, shell->words.v[0].value);
}

/* Does the SHELL instruction make a pipe fail with its parts? */
static bool is_safe_shell(struct stk_dockerfile_context *context, const struct stk_instruction *at)
{
	struct stk_str text = joined(context->arena, at);
	if (stk_str_starts(text, S("pwsh")) || stk_str_starts(text, S("powershell")) || stk_str_starts(text, S("cmd")))
		return true;
	if (!stk_like_hadolint(context) && at->words.n && stk_shell_dialect_of(at->words.v[0].value) > STK_SHELL_BASH)
		return true;
	const struct stk_shell *shell = stk_shell_parse(context->arena, text);
	for (size_t i = 0; i < shell->commands.n && !shell->broken; i++) {
		const struct stk_shell_node *command = shell->commands.v[i];
		struct stk_str name = stk_str_after_last(command->name, '/');
		bool knows = stk_is_one_of(name, stk_like_hadolint(context) ? "bash zsh ash"
									    : "bash zsh ash ksh mksh sh dash");
		if (knows && stk_shell_flag(command, S("o")) && stk_shell_has_argument(command, S("pipefail")))
			return true;
	}
	return false;
}

/* "set -o pipefail" or "set -euxo pipefail" before any pipe, or a call of "bash -o pipefail". */
static bool sets_pipefail(const struct stk_run *run)
{
	EACH_COMMAND(command, run)
	if (stk_command_is_any(command, "set bash zsh ash ksh") && stk_command_argument(command, "pipefail"))
		return true;
	return false;
}

/* The first pipe of the RUN, for the caret. */
static struct stk_span pipe_span(const struct stk_run *run)
{
	for (size_t i = 0; i < run->scripts.n; i++) {
		const struct stk_script *script = run->scripts.v[i];
		for (size_t k = 0; k < script->shell->commands.n; k++) {
			const struct stk_shell_node *node = script->shell->commands.v[k];
			if (!stk_str_starts(node->separator, S("|")) || stk_str_is(node->separator, "||"))
				continue;
			size_t at = (size_t)(node->separator.p - script->shell->text.p);
			if (node->separator.p >= script->shell->text.p && at < script->shell->text.n)
				return stk_source_span(script->source, at, at + node->separator.n);
		}
	}
	return run->instruction->name_span;
}

/* Does the stage stand on Alpine or busybox, whose shell knows the option? Debian's /bin/sh does not. */
static bool is_ash(const struct stk_dockerfile *file, size_t stage)
{
	while (stage < file->stages.n && file->stages.v[stage].parent != SIZE_MAX)
		stage = file->stages.v[stage].parent;
	struct stk_str reference = stage < file->stages.n ? file->stages.v[stage].reference : S("");
	return stk_str_contains(reference, S("alpine")) || stk_str_contains(reference, S("busybox"));
}

/* first: the first RUN with a pipe since the shell was set. */
static void report_pipe(struct stk_dockerfile_context *context, const struct stk_rule *rule, const struct stk_run *run,
			const struct stk_instruction *first)
{
	struct stk_finding *finding =
		stk_dockerfile_find_at(context, rule, run->instruction, pipe_span(run),
				       "only the last command of a pipe decides whether this RUN fails: set pipefail");
	const struct stk_instruction *at = run->instruction;
	if (at->json || at->shell_is_heredoc || !at->shell_text.pieces.n)
		return;
	struct stk_repair repair = stk_repair_new(context);
	if (at->shell->set_by || at->outer) { /* a shell was chosen: bash, zsh and ash know the option */
		size_t begin = stk_source_span(&at->shell_text, 0, 0).begin;
		stk_repair_replace(&repair, begin, begin, S("set -o pipefail && "));
	} else if (first) {
		struct stk_str shell = is_ash(context->file, at->stage) ? S("/bin/ash") : S("/bin/bash");
		stk_repair_line_before(&repair, first, "SHELL",
				       stk_arena_printf(context->arena,
							"[\"" STK_FMT "\", \"-o\", \"pipefail\", \"-c\"]",
							STK_ARG(shell)));
	}
	stk_repair_offer(&repair, finding, false, "set pipefail, %s",
			 at->shell->set_by || at->outer ? "in this RUN" : "with SHELL");
}

static void check_pipefail(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context), safe = false;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	const struct stk_instruction *first = NULL;
	size_t next = 0;
	EACH_INSTRUCTION(at, context)
	{
		const struct stk_build_stage *stage =
			at->stage < context->file->stages.n ? &context->file->stages.v[at->stage] : NULL;
		if (at->keyword == STK_FROM || at->keyword == STK_SHELL)
			first = NULL;
		if (at->keyword == STK_FROM) /* a stage that builds on another one inherits its shell, though Hadolint
						does not say so */
			safe = !hadolint && stage && stage->parent != SIZE_MAX && at->shell && at->shell->set_by &&
			       is_safe_shell(context, at->shell->set_by);
		else if (at->keyword == STK_SHELL)
			safe = is_safe_shell(context, at);
		if (at->keyword != STK_RUN)
			continue;
		const struct stk_run *run = &runs->v[next++];
		if (!run->n_pipes || safe || (!hadolint && sets_pipefail(run)))
			continue;
		first = first ? first : at;
		report_pipe(context, rule, run, first);
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL3001",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "a command that makes no sense in a build",
	  .why = "Services, processes, mounts and editors do not outlive the step: the command does nothing for the image, or hangs the build.",
	  .remedy = "Remove it; start services with CMD or ENTRYPOINT of the running container.",
	  .bad = "RUN service nginx start",
	  .good = "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3001",
	  .programs = "free kill mount ps service shutdown ssh top vim",
	  .check = check_pointless },
	{ .id = "DL3003",
	  .aliases = { "DS-0013", "AVD-DS-0013", "DS013" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "cd instead of WORKDIR",
	  .why = "cd holds for one RUN only: the next one starts in the old folder again, and readers have to follow it in their heads.",
	  .remedy = "Write WORKDIR /src on a line before the RUN, and leave \"cd /src &&\" out.",
	  .fix = "--fix-unsafe writes WORKDIR for a RUN that begins with cd, and another one that leads back",
	  .bad = "RUN cd /src && make",
	  .good = "WORKDIR /src\nRUN make",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3003",
	  .programs = "cd",
	  .check = check_cd },
	{ .id = "DL3004",
	  .aliases = { "DS-0010", "AVD-DS-0010", "DS010", "DKL-DI-0001" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "sudo in a build",
	  .why = "sudo makes it unclear who runs what, behaves differently without a terminal, and an image that ships it hands root to whoever "
		 "breaks into the container.",
	  .remedy = "Change the user with USER around the steps that need root; use gosu or su-exec in an entry point.",
	  .fix = "--fix-unsafe removes sudo",
	  .bad = "RUN sudo apt-get install -y curl",
	  .good = "USER root\nRUN apt-get install -y curl\nUSER app",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3004",
	  .programs = "sudo",
	  .check = check_sudo },
	{ .id = "DL3046",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "useradd with a high user id writes a huge lastlog",
	  .why = "/var/log/lastlog is indexed by user id; it is sparse on disk, but a layer holds every one of its zeros, gigabytes of them.",
	  .remedy = "Give -l (--no-log-init).",
	  .fix = "--fix adds -l",
	  .bad = "RUN useradd -u 123456 app",
	  .good = "RUN useradd -l -u 123456 app",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3046",
	  .programs = "useradd",
	  .check = check_useradd },
	{ .id = "DL3047",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "wget's progress bar floods the build log",
	  .why = "Without a terminal the bar is printed line by line: thousands of lines hide the message that matters.",
	  .remedy = "Give --progress=dot:giga, -nv or -q.",
	  .fix = "--fix-unsafe adds --progress=dot:giga",
	  .bad = "RUN wget https://example.com/big.tar.gz",
	  .good = "RUN wget --progress=dot:giga https://example.com/big.tar.gz",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3047",
	  .programs = "wget",
	  .check = check_wget_progress },
	{ .id = "DL3059",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "consecutive RUNs could be one",
	  .why = "Each RUN is a layer: what one adds and the next removes is still shipped.",
	  .remedy = "Write RUN a && b where their caching is not wanted apart.",
	  .fix = "--fix-unsafe joins simple commands with &&",
	  .bad = "RUN make\nRUN make install",
	  .good = "RUN make && make install",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3059",
	  .check = check_consecutive_runs },
	{ .id = "DL4001",
	  .aliases = { "DS-0014", "AVD-DS-0014", "DS014" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "both wget and curl",
	  .why = "Two programs for one job: a larger image and twice the vulnerabilities to follow.",
	  .remedy = "Use one of them throughout.",
	  .bad = "RUN wget https://example.com/a\nRUN curl -O https://example.com/b",
	  .good = "RUN curl -O https://example.com/a && curl -O https://example.com/b",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL4001",
	  .programs = "wget curl",
	  .check = check_wget_and_curl },
	{ .id = "DL4005",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "/bin/sh replaced by a link",
	  .why = "Every script of the distribution counts on its own /bin/sh; the link stays in the image and surprises at run time.",
	  .remedy = "Write SHELL [\"/bin/bash\", \"-c\"].",
	  .fix = "--fix-unsafe writes SHELL in place of a RUN that does nothing else",
	  .bad = "RUN ln -sf /bin/bash /bin/sh",
	  .good = "SHELL [\"/bin/bash\", \"-c\"]",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL4005",
	  .programs = "ln",
	  .check = check_shell_link },
	{ .id = "DL4006",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a pipe without pipefail",
	  .why = "The status of a pipe is that of its last command: a download that failed half way counts as success, and the image is built "
		 "from what little arrived.",
	  .remedy =
		  "Write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before, or begin the RUN with \"set -o pipefail\".",
	  .fix = "--fix-unsafe writes SHELL before the first pipe, with Alpine's shell or bash",
	  .bad = "RUN curl -fsSL https://example.com/list | sort > /list",
	  .good = "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl -fsSL https://example.com/list | sort > /list",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL4006",
	  .check = check_pipefail },
};

const struct stk_rule_table stk_hadolint_shell_rules = { "dockerfile", rows, STK_LEN(rows) };
