/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials out of ARG and ENV, into secret mounts of the RUNs that use them. */
#include "dockerfile/repair.h"
#include "base/banned.h"

bool stk_text_mentions(struct stk_str text, struct stk_str name)
{
	for (size_t at; (at = stk_str_find_byte(text, '$')) != SIZE_MAX;) {
		struct stk_str rest = stk_str_strip_prefix(stk_str_slice(text, at + 1, text.n), S("{"));
		rest = stk_str_strip_prefix(stk_str_strip_prefix(rest, S("#")), S("!"));
		if (stk_str_starts(rest, name) &&
		    (rest.n == name.n || (!stk_is_alnum(rest.p[name.n]) && rest.p[name.n] != '_')))
			return true;
		text = stk_str_slice(text, at + 1, text.n);
	}
	return false;
}

static bool is_plain_name(struct stk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!stk_is_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return name.n > 0 && !stk_is_digit(name.p[0]);
}

static bool sets(const struct stk_instruction *at, struct stk_str name)
{
	for (size_t i = 0; (at->keyword == STK_ARG || at->keyword == STK_ENV) && i < at->pairs.n; i++)
		if (stk_str_eq(at->pairs.v[i].key.value, name))
			return true;
	return false;
}

/* The first stage of those that this one builds on, itself included, that sets the variable; or SIZE_MAX. */
static size_t first_stage(const struct stk_dockerfile *file, size_t stage, struct stk_str name)
{
	size_t found = SIZE_MAX;
	for (; stage < file->stages.n; stage = file->stages.v[stage].parent) {
		const struct stk_build_stage *of = &file->stages.v[stage];
		for (size_t i = of->first; i < of->first + of->n; i++)
			if (sets(file->instructions.v[i], name))
				found = stage;
	}
	return found;
}

/* By stage: does it build on this one, or is it the one? */
static const bool *stages_on(struct stk_arena *arena, const struct stk_dockerfile *file, size_t base)
{
	bool *on = STK_NEW(arena, bool, file->stages.n);
	for (size_t i = base; i < file->stages.n; i++)
		on[i] = i == base || (file->stages.v[i].parent < i && on[file->stages.v[i].parent]);
	return on;
}

/* Of several pairs the one goes, else the whole instruction. */
static void remove_pairs(struct stk_repair *repair, const struct stk_instruction *at, struct stk_str name)
{
	size_t others = 0;
	for (size_t i = 0; i < at->pairs.n; i++)
		others += !stk_str_eq(at->pairs.v[i].key.value, name);
	if (!others) {
		stk_repair_remove_instruction(repair, at);
		return;
	}
	for (size_t i = 0; i < at->pairs.n; i++) {
		if (stk_str_eq(at->pairs.v[i].key.value, name))
			stk_repair_remove_word(repair, at->pairs.v[i].span);
		else
			repair->failed |= stk_text_mentions(at->pairs.v[i].value.raw, name);
	}
}

static bool run_mentions(const struct stk_instruction *run, struct stk_str name)
{
	for (size_t i = 0; i < run->heredocs.n; i++)
		if (stk_str_contains(run->heredocs.v[i].content, name))
			return true;
	return stk_str_contains(run->arguments.text, name);
}

static bool has_mount(const struct stk_instruction *run, struct stk_str name)
{
	for (size_t i = 0; i < run->mounts.n; i++)
		if (stk_str_is(run->mounts.v[i].type, "secret") && stk_str_eq(run->mounts.v[i].env, name))
			return true;
	return false;
}

/* Takes a number off the front; false when there is none. */
static bool take_number(struct stk_str *text, uint64_t *number)
{
	size_t n = 0;
	while (n < text->n && stk_is_digit(text->p[n]))
		n++;
	bool good = stk_str_u64(stk_str_slice(*text, 0, n), 10, number);
	*text = stk_str_slice(*text, n, text->n);
	return good;
}

/* env= came with version 1.10 of the Dockerfile syntax. A "# syntax=docker/dockerfile:1.4" is raised to it, as "1.4.2"
   and "1.4-labs" are; what is pinned by a digest, or of an experimental channel, is not ours to change, and the repair
   fails. "1" means the newest one; other names, and other front ends, are not known to be too old. */
static void raise_syntax(struct stk_repair *repair)
{
	const struct stk_directive *syntax = &repair->context->file->directives.syntax;
	struct stk_str name = stk_str_strip_prefix(syntax->value, S("docker.io/"));
	struct stk_str rest = stk_str_strip_prefix(name, S("docker/dockerfile:"));
	size_t begin = syntax->span.end - rest.n;
	uint64_t major, minor, patch;
	if (rest.n == name.n || !take_number(&rest, &major) || major != 1 || !stk_str_starts(rest, S(".")))
		return;
	rest = stk_str_slice(rest, 1, rest.n);
	if (!take_number(&rest, &minor) || minor >= 10)
		return;
	if (stk_str_starts(rest, S("."))) {
		rest = stk_str_slice(rest, 1, rest.n);
		repair->failed |= !take_number(&rest, &patch);
	}
	repair->failed |= rest.n && !stk_str_is(rest, "-labs");
	stk_repair_replace(repair, begin, syntax->span.end - rest.n, S("1.10"));
}

void stk_repair_mount_secret(struct stk_repair *repair, const struct stk_instruction *run, struct stk_str name)
{
	if (has_mount(run, name))
		return;
	raise_syntax(repair);
	struct stk_str id = stk_arena_lower(repair->context->arena, name);
	stk_repair_add_flag(repair, run,
			    stk_arena_printf(repair->context->arena, "--mount=type=secret,id=" STK_FMT ",env=" STK_FMT,
					     STK_ARG(id), STK_ARG(name)));
}

void stk_repair_mount_literal(struct stk_repair *repair, const struct stk_run *run,
			      const struct stk_run_command *command, const struct stk_shell_word *word, size_t n,
			      struct stk_str name)
{
	repair->failed |= word->quoted || !word->literal || n > word->text.n || !is_plain_name(name);
	if (repair->failed)
		return;
	stk_repair_replace_argument(repair, command, word,
				    stk_arena_printf(repair->context->arena, STK_FMT "\"$" STK_FMT "\"",
						     (int)(word->text.n - n), word->text.p, STK_ARG(name)));
	stk_repair_mount_secret(repair, run->instruction, name);
}

struct variable {
	struct stk_str name;
	size_t stage;
	const bool *on; /* the stages that see it */
	size_t set_at;	/* the first instruction that sets it */
	bool everybody; /* no RUN names it, so that any of them may read it from its environment */
};

static bool sees(const struct stk_repair *repair, const struct variable *variable, size_t stage)
{
	return stage < repair->context->file->stages.n && variable->on[stage];
}

static void mount_in(struct stk_repair *repair, const struct stk_instruction *run, const struct variable *variable)
{
	if (run->index > variable->set_at)
		stk_repair_mount_secret(repair, run, variable->name);
}

/* Does it run anything but tools of the system, which take no credential from a variable that no argument names? */
static bool may_read_environment(const struct stk_run *run)
{
	static const char tools[] =
		"add-apt-repository addgroup adduser apk apt apt-cache apt-get apt-key apt-mark cat cd chgrp chmod chown cp "
		"cut date dnf dpkg dpkg-reconfigure echo find grep groupadd groupmod head id install ldconfig ln locale-gen "
		"ls microdnf mkdir mktemp mv passwd printf pwd rm rmdir rpm sed set sha256sum sleep sort strip tail tar "
		"test touch tr true uname unlink unzip update-ca-certificates useradd usermod yum zypper [";
	for (size_t i = 0; i < run->commands.n; i++)
		if (!stk_command_is_any(&run->commands.v[i], tools))
			return true;
	return !run->commands.n; /* not understood */
}

/* Mounts it for programs that may take it from their environment. */
static void mount_for_all(struct stk_repair *repair, const struct variable *variable)
{
	const struct stk_runs *runs = stk_dockerfile_runs(repair->context);
	for (size_t i = 0; i < runs->n && !repair->failed; i++)
		if (!runs->v[i].onbuild && sees(repair, variable, runs->v[i].stage) &&
		    may_read_environment(&runs->v[i]))
			mount_in(repair, runs->v[i].instruction, variable);
}

/* What an instruction of the stages concerned has to do with it. CMD and the like see what the container is given. */
static void rework(struct stk_repair *repair, const struct stk_instruction *at, const struct variable *variable)
{
	if (sets(at, variable->name))
		remove_pairs(repair, at, variable->name);
	else if (at->keyword == STK_RUN && run_mentions(at, variable->name))
		mount_in(repair, at, variable);
	else if (at->keyword != STK_RUN && at->keyword != STK_CMD && at->keyword != STK_ENTRYPOINT &&
		 at->keyword != STK_HEALTHCHECK)
		repair->failed |= stk_text_mentions(at->arguments.text, variable->name);
}

void stk_repair_mount_variable(struct stk_repair *repair, size_t stage, struct stk_str name)
{
	const struct stk_dockerfile *file = repair->context->file;
	/* Everything is looked at a few times: instructions, pairs, texts. */
	if (!stk_repair_afford(repair, file->instructions.n + file->text.n / 8))
		return;
	struct variable variable = { .name = name, .stage = first_stage(file, stage, name), .set_at = SIZE_MAX };
	if (variable.stage == SIZE_MAX || !is_plain_name(name)) {
		repair->failed = true;
		return;
	}
	bool named = false;
	variable.on = stages_on(repair->context->arena, file, variable.stage);
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		/* A stage that builds on this one inherits its ENV. */
		if (!sees(repair, &variable, at->stage))
			continue;
		if (sets(at, name) && variable.set_at == SIZE_MAX) {
			variable.set_at = at->index;
			variable.everybody = at->keyword == STK_ARG;
		}
		named |= at->keyword == STK_RUN && at->index > variable.set_at && run_mentions(at, name);
		repair->failed |= at->broken && at->stage == variable.stage;
	}
	/* An ARG is in the environment of every RUN behind it, whether it names it or not. If
	   some do name it, those are taken for the ones that need it. */
	variable.everybody &= !named;
	for (size_t i = 0; i < file->instructions.n && !repair->failed; i++)
		if (sees(repair, &variable, file->instructions.v[i]->stage))
			rework(repair, file->instructions.v[i], &variable);
	if (variable.everybody)
		mount_for_all(repair, &variable);
}
