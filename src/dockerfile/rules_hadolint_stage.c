/* SPDX-License-Identifier: Apache-2.0 */
/* How a stage runs and what it says of itself: WORKDIR, CMD, ENTRYPOINT, HEALTHCHECK, EXPOSE, MAINTAINER. */
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/variables.h"

#include "base/limits.h"
#include "text/json.h"
#include "base/banned.h"

/* ---- DL3000 ---- */

static bool is_absolute(struct stk_str path)
{
	return stk_str_starts(path, S("/")) || stk_is_windows_absolute(path);
}

/* Folder in effect before an instruction, as far as the stage chain says so with literal paths; empty when it does not.
 */
static struct stk_str workdir_before(const struct stk_instruction *at, bool *any)
{
	*any = at->workdir != NULL;
	struct stk_str path = *any ? at->workdir->words.v[0].value : S("");
	return stk_str_starts(path, S("/")) && stk_str_find_byte(path, '$') == SIZE_MAX ? path : S("");
}

/* Nothing known above: base images leave the folder at "/" as a rule, an empty one always. */
static struct stk_str first_folder(const struct stk_dockerfile *file, size_t stage, bool *safe)
{
	while (stage < file->stages.n && file->stages.v[stage].parent != SIZE_MAX)
		stage = file->stages.v[stage].parent;
	*safe = stage < file->stages.n && stk_str_is(file->stages.v[stage].reference, "scratch");
	return S("/");
}

static void fix_workdir(struct stk_dockerfile_context *context, struct stk_finding *finding,
			const struct stk_word *word, struct stk_str folder, bool safe)
{
	if (!folder.n || word->raw.n != word->value.n || stk_str_find_byte(word->value, '$') != SIZE_MAX ||
	    stk_str_starts(word->value, S(".")))
		return;
	struct stk_fix *fix = stk_finding_fix(context->report, finding, safe, "write the absolute path");
	stk_dockerfile_edit(context, fix, word->span.begin, word->span.begin,
			    stk_str_ends(folder, S("/")) ? folder : stk_arena_join(context->arena, folder, S("/")));
}

/* Hadolint wants every path absolute. Where another WORKDIR of this file says to what a path is relative it is a matter
 * of style. */
static void check_workdir(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context), any;
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword != STK_WORKDIR || !at->words.n)
			continue;
		const struct stk_word *word = &at->words.v[0];
		struct stk_str path = stk_hadolint_unquote(word->value);
		if (hadolint ? is_absolute(path) || stk_str_starts(path, S("$"))
			     : is_absolute(stk_dockerfile_expand(context->file, at, word->raw).text))
			continue;
		struct stk_str folder = workdir_before(at, &any);
		if (!hadolint && stk_str_starts(path, S("$")))
			continue;
		struct stk_finding *finding =
			stk_dockerfile_find_at(context, rule, at, word->span,
					       any ? "the path is relative to the WORKDIR above: write it in full"
						   : "the path is relative to whatever folder the base image has set");
		if (any)
			finding->severity = STK_SEV_LOW;
		bool safe = any;
		if (!any)
			folder = first_folder(context->file, at->stage, &safe);
		fix_workdir(context, finding, word, folder, safe);
	}
}

/* ---- DL3011 ---- */

static bool is_above_range(struct stk_str port, bool *number)
{
	uint64_t value;
	*number = stk_str_u64(port, 10, &value);
	return *number && value > 65535;
}

static bool port_is_invalid(struct stk_str text)
{
	struct stk_str to = stk_str_cut(&text, '/');
	size_t colon = stk_str_rfind_byte(to, ':');
	to = colon == SIZE_MAX ? to : stk_str_slice(to, colon + 1, to.n);
	size_t dash = stk_str_find_byte(to, '-');
	bool first, second = true;
	bool above = is_above_range(stk_str_slice(to, 0, dash), &first);
	if (dash != SIZE_MAX)
		above |= is_above_range(stk_str_slice(to, dash + 1, to.n), &second);
	return above && first && second;
}

static void check_ports(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	for (size_t i = 0; at->keyword == STK_EXPOSE && i < at->words.n; i++)
		if (port_is_invalid(at->words.v[i].value))
			stk_dockerfile_find_at(context, rule, at, at->words.v[i].span, "ports end at 65535");
}

/* ---- only the last one counts: DL3012, DL4003, DL4004 ---- */

/* argument: the keyword. Hadolint reports those behind the first, BuildKit each that a later one overrides. */
static void check_repeated(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_instruction *previous = NULL;
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword == STK_FROM)
			previous = NULL;
		if ((int)at->keyword != rule->argument)
			continue;
		if (previous) {
			const struct stk_instruction *which = stk_like_hadolint(context) ? at : previous;
			struct stk_finding *finding = stk_dockerfile_find_at(
				context, rule, which, which->name_span, "only the last %s of a stage has an effect",
				stk_keyword_name(at->keyword));
			if (which == previous)
				stk_fix_remove_instruction(context, finding, previous, true,
							   "remove what a later one overrides");
		}
		previous = at;
	}
}

/* ---- DL3025 ---- */

/* The words of a single command without expansions, redirections or assignments, as JSON; empty when it is more than
 * that. */
static struct stk_str json_of_command(struct stk_dockerfile_context *context, const struct stk_instruction *at)
{
	const struct stk_shell *script = stk_instruction_shell(context->file, (struct stk_instruction *)at);
	const struct stk_shell_node *command = script && !script->broken ? script->root->children : NULL;
	if (!command || command->next || command->separator.n || command->kind != STK_SHELL_SIMPLE ||
	    command->assignments || command->redirects || !command->words)
		return S("");
	STK_BUF text = stk_buf_new(STK_KIB(64));
	for (const struct stk_shell_word *word = command->words; word; word = word->next) {
		if (!word->literal || stk_str_starts(word->text, S("~")))
			return S("");
		stk_buf_add(&text, word == command->words ? S("[") : S(", "));
		struct stk_json_writer w = stk_json_writer(&text, 0);
		stk_json_write_str(&w, word->text);
	}
	stk_buf_byte(&text, ']');
	return text.overflow ? S("") : stk_arena_str(context->arena, stk_buf_str(&text));
}

/* Words that the shell itself runs have no program to start. */
static bool is_builtin(struct stk_str json)
{
	static const char *const builtins[] = { "[\"exec\"",   "[\"cd\"",  "[\"export\"", "[\".\"",
						"[\"source\"", "[\"set\"", "[\"eval\"",	  "[\"exit\"" };
	for (size_t i = 0; i < STK_LEN(builtins); i++)
		if (stk_str_starts(json, stk_str_from(builtins[i])))
			return true;
	return false;
}

static void check_json_form(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_INSTRUCTION(at, context)
	{
		bool health = at->keyword == STK_HEALTHCHECK && hadolint && at->words.n > 1;
		if ((at->keyword != STK_CMD && at->keyword != STK_ENTRYPOINT && !health) || at->json ||
		    (!hadolint && at->shell->set_by) || at->broken)
			continue;
		size_t first = health ? 1 : 0;
		struct stk_span span = at->words.n > first ? at->words.v[first].span : at->name_span;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, at, span,
			"the shell form puts /bin/sh between Docker's signals and the program: use the JSON form");
		struct stk_str json = json_of_command(context, at);
		if (!json.n || is_builtin(json))
			continue;
		struct stk_fix *fix = stk_finding_fix(context->report, finding, false, "write the JSON form");
		stk_dockerfile_edit(context, fix, span.begin, span.end, json);
	}
}

/* ---- DL3043 ---- */

static void check_onbuild(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	{
		const struct stk_instruction *inner = at->inner;
		if (inner &&
		    (inner->keyword == STK_ONBUILD || inner->keyword == STK_FROM || inner->keyword == STK_MAINTAINER))
			stk_fix_remove_instruction(
				context,
				stk_dockerfile_find_at(
					context, rule, at, inner->name_span.end ? inner->name_span : at->name_span,
					"%s cannot be triggered by ONBUILD", stk_keyword_name(inner->keyword)),
				at, false, "remove it");
	}
}

/* ---- DL3057 ---- */

static bool has_healthcheck(const struct stk_dockerfile *file, size_t stage)
{
	const struct stk_build_stage *of = &file->stages.v[stage];
	for (size_t i = of->first; i < of->first + of->n; i++)
		if (file->instructions.v[i]->keyword == STK_HEALTHCHECK)
			return true;
	return false;
}

/* The stages that Hadolint knows under one name, in order. Nothing before `next` is left to be marked. */
struct named_stages {
	size_t *v, n, cap, next;
	bool good; /* one of them is */
};

struct health {
	struct stk_dockerfile_context *context;
	struct stk_map by_name; /* -> struct named_stages */
	bool *good;		/* by stage */
};

static struct named_stages *stages_named(struct health *health, struct stk_str name)
{
	struct named_stages **slot = (struct named_stages **)stk_map_at(&health->by_name, health->context->arena, name);
	if (!*slot)
		*slot = STK_NEW(health->context->arena, struct named_stages, 1);
	return *slot;
}

static struct named_stages *like_stage(struct health *health, size_t stage)
{
	struct stk_hadolint_image image = stk_hadolint_from(health->context->file, stage);
	return stages_named(health, stk_hadolint_stage_name(&image));
}

static void set_good(struct health *health, size_t stage)
{
	health->good[stage] = true;
	like_stage(health, stage)->good = true;
}

/* Marks the stages of a name, and those that they build on, by the names Hadolint knows them under. */
static void mark_good(struct health *health, struct stk_str name, unsigned depth)
{
	struct named_stages *same = stages_named(health, name);
	while (same->next < same->n && depth < STK_LIMIT_DEPTH) {
		size_t stage = same->v[same->next++];
		if (health->good[stage])
			continue;
		set_good(health, stage);
		mark_good(health, stk_hadolint_from(health->context->file, stage).name, depth + 1);
	}
}

static void check_health_for_hadolint(struct stk_dockerfile_context *context, const struct stk_rule *rule)
{
	const struct stk_build_stages *stages = &context->file->stages;
	struct health health = { context, .good = STK_NEW(context->arena, bool, stages->n) };
	for (size_t i = 0; i < stages->n; i++) {
		struct stk_str name = stk_hadolint_from(context->file, i).name;
		bool healthy = has_healthcheck(context->file, i);
		if (healthy || stages_named(&health, name)->good)
			set_good(&health, i);
		*STK_PUSH(context->arena, like_stage(&health, i)) = i;
		if (healthy)
			mark_good(&health, name, 0);
	}
	for (size_t i = 0; i < stages->n; i++)
		if (!health.good[i])
			stk_dockerfile_find_at(context, rule, stages->v[i].from, stages->v[i].from->name_span,
					       "HEALTHCHECK is missing");
}

static void check_health(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_dockerfile *file = context->file;
	if (stk_like_hadolint(context)) {
		check_health_for_hadolint(context, rule);
		return;
	}
	if (!file->stages.n)
		return;
	size_t last = file->stages.n - 1;
	for (size_t stage = last; stage != SIZE_MAX; stage = file->stages.v[stage].parent)
		if (has_healthcheck(file, stage))
			return;
	stk_dockerfile_find_at(context, rule, file->stages.v[last].from, file->stages.v[last].from->name_span,
			       "the image has no HEALTHCHECK: nobody notices when the program hangs");
}

/* ---- DL4000 ---- */

/* The text without the quotes round all of it. */
static struct stk_str maintainer_name(struct stk_str text)
{
	char quote = text.n > 1 ? text.p[0] : 0;
	struct stk_str inside = stk_str_slice(text, 1, text.n ? text.n - 1 : 0);
	bool quoted = (quote == '"' || quote == '\'') && text.p[text.n - 1] == quote &&
		      stk_str_find_byte(inside, quote) == SIZE_MAX;
	return quoted ? inside : text;
}

static void fix_maintainer(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_instruction *at)
{
	if (!at->words.n || at->line != at->end_line)
		return;
	STK_BUF text = stk_buf_new(STK_MIB(1));
	struct stk_str who = maintainer_name(at->words.v[0].raw);
	stk_buf_printf(&text, "%s org.opencontainers.image.authors=\"",
		       at->name.n && at->name.p[0] == 'm' ? "label" : "LABEL");
	for (size_t i = 0; i < who.n; i++) {
		if (who.p[i] == '"' || who.p[i] == '$' || who.p[i] == context->file->escape)
			stk_buf_byte(&text, context->file->escape);
		stk_buf_byte(&text, who.p[i]);
	}
	stk_buf_byte(&text, '"');
	struct stk_fix *fix = stk_finding_fix(context->report, finding, true, "use LABEL");
	stk_dockerfile_edit(context, fix, at->name_span.begin, at->words.v[0].span.end, stk_buf_str(&text));
}

static void check_maintainer(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	if (at->keyword == STK_MAINTAINER)
		fix_maintainer(context,
			       stk_dockerfile_find_at(
				       context, rule, at, at->name_span,
				       "MAINTAINER is deprecated: use the label org.opencontainers.image.authors"),
			       at);
}

static const struct stk_rule rows[] = {
	{ .id = "DL3000",
	  .aliases = { "WorkdirRelativePath", "DS-0009", "AVD-DS-0009", "DS009" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "relative WORKDIR",
	  .why = "It depends on the folder that the base image has set, which may change with any release of it.",
	  .remedy = "Write an absolute path.",
	  .fix = "--fix writes the absolute path where the WORKDIR above is known; --fix-unsafe takes the base image's to be /",
	  .bad = "WORKDIR app",
	  .good = "WORKDIR /app",
	  .url = "https://docs.docker.com/reference/build-checks/workdir-relative-path/",
	  .check = check_workdir },
	{ .id = "DL3011",
	  .aliases = { "DS-0008", "AVD-DS-0008", "DS008" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "port out of range",
	  .why = "There is no such port: the build is refused.",
	  .remedy = "Write a port from 0 to 65535.",
	  .bad = "EXPOSE 80000",
	  .good = "EXPOSE 8000",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3011",
	  .check = check_ports },
	{ .id = "DL3012",
	  .aliases = { "MultipleInstructionsDisallowed", "DS-0023", "AVD-DS-0023", "DS023" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "more than one HEALTHCHECK in a stage",
	  .why = "Only the last one has an effect; the others mislead the reader.",
	  .remedy = "Keep one.",
	  .fix = "--fix removes what a later one overrides",
	  .bad = "HEALTHCHECK CMD /check-a\nHEALTHCHECK CMD /check-b",
	  .good = "HEALTHCHECK CMD /check-b",
	  .url = "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
	  .argument = STK_HEALTHCHECK,
	  .check = check_repeated },
	{ .id = "DL3025",
	  .aliases = { "JSONArgsRecommended" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "CMD or ENTRYPOINT in shell form",
	  .why = "/bin/sh becomes process 1 and does not pass on signals: \"docker stop\" waits ten seconds and then kills the program.",
	  .remedy = "Use the JSON form, with \"exec\" where a shell is needed.",
	  .fix = "--fix-unsafe writes the JSON form of a plain command",
	  .bad = "CMD node server.js",
	  .good = "CMD [\"node\", \"server.js\"]",
	  .url = "https://docs.docker.com/reference/build-checks/json-args-recommended/",
	  .check = check_json_form },
	{ .id = "DL3043",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "an instruction that ONBUILD cannot trigger",
	  .why = "ONBUILD, FROM and MAINTAINER are refused there.",
	  .remedy =
		  "Remove the ONBUILD line; what ONBUILD FROM was meant to do belongs into the Dockerfile that builds on this image.",
	  .fix = "--fix-unsafe removes it",
	  .bad = "ONBUILD FROM alpine:3.20",
	  .good = "ONBUILD RUN make",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3043",
	  .check = check_onbuild },
	{ .id = "DL3057",
	  .aliases = { "DS-0026", "AVD-DS-0026", "DS026", "CIS-DI-0006" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "no HEALTHCHECK",
	  .optional = true,
	  .why = "Docker sees whether the process lives, not whether it works. Where Kubernetes or another orchestrator probes, this does not matter.",
	  .remedy =
		  "Write HEALTHCHECK CMD with what asks the program for a sign of life; HEALTHCHECK NONE where an orchestrator probes.",
	  .bad = "FROM nginx:1.27",
	  .good = "FROM nginx:1.27\nHEALTHCHECK CMD [\"curl\", \"-fsS\", \"http://localhost/\"]",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3057",
	  .check = check_health },
	{ .id = "DL4000",
	  .aliases = { "MaintainerDeprecated", "DS-0022", "AVD-DS-0022", "DS022" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "MAINTAINER is deprecated",
	  .why = "It fills a field that tools no longer read.",
	  .remedy = "Use LABEL org.opencontainers.image.authors.",
	  .fix = "--fix writes the label",
	  .bad = "MAINTAINER team@example.com",
	  .good = "LABEL org.opencontainers.image.authors=\"team@example.com\"",
	  .url = "https://docs.docker.com/reference/build-checks/maintainer-deprecated/",
	  .check = check_maintainer },
	{ .id = "DL4003",
	  .aliases = { "MultipleInstructionsDisallowed", "DS-0016", "AVD-DS-0016", "DS016" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "more than one CMD in a stage",
	  .why = "Only the last one has an effect; the others mislead the reader.",
	  .remedy = "Keep one.",
	  .fix = "--fix removes what a later one overrides",
	  .bad = "CMD [\"a\"]\nCMD [\"b\"]",
	  .good = "CMD [\"b\"]",
	  .url = "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
	  .argument = STK_CMD,
	  .check = check_repeated },
	{ .id = "DL4004",
	  .aliases = { "MultipleInstructionsDisallowed", "DS-0007", "AVD-DS-0007", "DS007" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "more than one ENTRYPOINT in a stage",
	  .why = "Only the last one has an effect; the others mislead the reader.",
	  .remedy = "Keep one.",
	  .fix = "--fix removes what a later one overrides",
	  .bad = "ENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]",
	  .good = "ENTRYPOINT [\"b\"]",
	  .url = "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
	  .argument = STK_ENTRYPOINT,
	  .check = check_repeated },
};

const struct stk_rule_table stk_hadolint_stage_rules = { "dockerfile", rows, STK_LEN(rows) };
