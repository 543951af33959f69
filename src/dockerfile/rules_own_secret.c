/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the file itself, in copied files, and in build steps that should mount them. Names of ARG and ENV are
 * DL3064's. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_own.h"
#include "dockerfile/variables.h"
#include "text/credential.h"
#include "text/path.h"
#include "base/map.h"
#include "base/banned.h"

/* ---- DF-010 ---- */

static struct stk_finding *report_value(struct stk_dockerfile_context *context, const struct stk_rule *rule,
					const struct stk_instruction *at, struct stk_span span, const char *kind)
{
	return stk_dockerfile_find_at(context, rule, at, span,
				      "%s stands in the file, and in every image built from it", kind);
}

static const char mounts[] = STK_REPAIR_MOUNTS;

static void fix_pair(struct stk_dockerfile_context *context, struct stk_finding *finding,
		     const struct stk_instruction *at, const struct stk_pair *pair)
{
	struct stk_repair repair = stk_repair_new(context);
	if (at->keyword == STK_LABEL)
		stk_repair_remove_pair(&repair, at, pair);
	else
		stk_repair_mount_variable(&repair, at->stage, pair->key.value);
	stk_repair_offer(&repair, finding, false, "%s", at->keyword == STK_LABEL ? "remove it" : mounts);
}

/* "--api-key" becomes API_KEY. */
static struct stk_str variable_of(struct stk_arena *arena, struct stk_str flag)
{
	while (flag.n && flag.p[0] == '-')
		flag = stk_str_slice(flag, 1, flag.n);
	char *out = stk_arena_alloc(arena, flag.n, 1);
	for (size_t i = 0; i < flag.n; i++)
		out[i] = flag.p[i] == '-'			? '_'
			 : flag.p[i] >= 'a' && flag.p[i] <= 'z' ? (char)(flag.p[i] - 'a' + 'A')
								: flag.p[i];
	return (struct stk_str){ out, flag.n };
}

/* The value of a flag that is a password, in the same word or the next. */
static void fix_flag_value(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_run *run, const struct stk_run_command *command, size_t i)
{
	struct stk_repair repair = stk_repair_new(context);
	const struct stk_shell_word *word = command->arguments[i];
	struct stk_str value = word->text, flag = stk_str_cut(&value, '=');
	struct stk_str name = variable_of(context->arena, flag);
	if (flag.n < word->text.n)
		stk_repair_mount_literal(&repair, run, command, word, value.n, name);
	else if (i + 1 < command->n_arguments)
		stk_repair_mount_literal(&repair, run, command, command->arguments[i + 1],
					 command->arguments[i + 1]->text.n, name);
	stk_repair_offer(&repair, finding, false, "%s", mounts);
}

static void fix_assignment(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_run *run, const struct stk_run_command *command,
			   const struct stk_shell_assignment *assignment)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_remove_assignment(&repair, command, assignment);
	stk_repair_mount_secret(&repair, run->instruction, assignment->name);
	stk_repair_offer(&repair, finding, false, "%s", mounts);
}

static void check_pairs(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			const struct stk_instruction *at)
{
	const char *kind;
	for (size_t i = 0; i < at->pairs.n; i++) {
		const struct stk_pair *pair = &at->pairs.v[i];
		enum stk_credential_value value = stk_credential_value(pair->value.value, &kind);
		if (value == STK_VALUE_CERTAIN)
			fix_pair(context, report_value(context, rule, at, pair->value.span, kind), at, pair);
		else if (value == STK_VALUE_POSSIBLE && at->keyword != STK_LABEL &&
			 stk_credential_name(pair->key.value) && stk_str_find_byte(pair->value.raw, '$') == SIZE_MAX)
			fix_pair(context,
				 stk_dockerfile_find_at(context, rule, at, pair->value.span,
							"the value of " STK_FMT
							" stands in the file, and in every image built from it",
							STK_ARG(pair->key.value)),
				 at, pair);
	}
}

/* Flags whose value is a password, as "--password=x" or "--password x". */
static struct stk_str flag_value(const struct stk_run_command *command, size_t i)
{
	static const char flags[] =
		"--password --passwd --token --api-key --secret --secret-key --auth-token --access-token --pass";
	struct stk_str value = command->arguments[i]->text, name = stk_str_cut(&value, '=');
	if (!stk_is_one_of(name, flags))
		return S("");
	if (name.n == command->arguments[i]->text.n && i + 1 < command->n_arguments)
		value = command->arguments[i + 1]->text;
	return stk_str_starts(value, S("-")) ? S("") : value;
}

static void check_command(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			  const struct stk_run *run, const struct stk_run_command *command)
{
	const char *kind;
	for (size_t i = 0; i < command->n_arguments && !command->unwrapped; i++) {
		const struct stk_shell_word *word = command->arguments[i];
		struct stk_str text = word->text, value = text, name = stk_str_cut(&value, '=');
		if (!text.n)
			continue;
		if (stk_credential_certain(text, &kind) || (name.n < text.n && stk_credential_certain(value, &kind)))
			report_value(context, rule, run->instruction, stk_word_span(command, word), kind);
		else if (text.p[0] == '-' && stk_credential_value(flag_value(command, i), &kind) == STK_VALUE_POSSIBLE)
			fix_flag_value(context,
				       report_value(context, rule, run->instruction, stk_word_span(command, word),
						    "a password or token"),
				       run, command, i);
	}
	for (const struct stk_shell_assignment *a = command->node->assignments; a && !command->unwrapped; a = a->next)
		if (a->values && stk_credential_certain(a->values->text, &kind))
			fix_assignment(context,
				       report_value(context, rule, run->instruction,
						    stk_source_span(command->script->source, a->begin, a->end), kind),
				       run, command, a);
}

static void check_literals(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t i = 0; i < context->file->instructions.n; i++)
		check_pairs(context, rule, context->file->instructions.v[i]);
	for (size_t r = 0; r < runs->n; r++)
		for (size_t i = 0; i < runs->v[r].commands.n; i++)
			check_command(context, rule, &runs->v[r], &runs->v[r].commands.v[i]);
}

/* ---- DF-011, DF-012 ---- */

static struct stk_str base_name(struct stk_str path)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return stk_str_after_last(path, '/');
}

/* A name that is removed, and by which RUN. */
struct removal {
	const struct stk_run *run;
	struct removal *next;
};

/* By name, all that RUNs remove, in the order of the file. `of` is NULL until the first question; as the questions come
   in the order of the file too, each list loses what stands before the instruction asked about. */
struct removals {
	struct stk_dockerfile_context *context;
	struct stk_map *of;
};

/* Those of ONBUILD run in other builds, where the file is in a layer of the base already. */
static void note_removals(struct removals *removals)
{
	struct stk_arena *arena = removals->context->arena;
	const struct stk_runs *runs = stk_dockerfile_runs(removals->context);
	removals->of = STK_NEW(arena, struct stk_map, 1);
	for (size_t r = runs->n; r-- > 0;)
		for (size_t i = 0; i < runs->v[r].commands.n && !runs->v[r].onbuild; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			for (size_t k = 0; stk_command_is_any(command, "rm shred unlink") && k < command->n_arguments;
			     k++) {
				struct removal *removal = STK_NEW(arena, struct removal, 1);
				void **first = stk_map_at(removals->of, arena, base_name(command->arguments[k]->text));
				*removal = (struct removal){ &runs->v[r], *first };
				*first = removal;
			}
		}
}

/* The first RUN behind the instruction, in its stage, that removes a file of this name; or NULL. */
static const struct stk_run *next_removal(struct removals *removals, const struct stk_instruction *copy,
					  struct stk_str name)
{
	if (!stk_map_get(removals->of, name))
		return NULL;
	void **first = stk_map_at(removals->of, removals->context->arena, name);
	struct removal *removal = *first;
	while (removal && removal->run->instruction->index < copy->index)
		removal = removal->next;
	*first = removal;
	return removal && removal->run->stage == copy->stage ? removal->run : NULL;
}

/* A later RUN of the stage that removes the file, or NULL: the layer with it stays below. */
static const struct stk_run *removed_by(struct removals *removals, const struct stk_instruction *copy,
					struct stk_str source)
{
	if (!removals->of)
		note_removals(removals);
	struct stk_str target = base_name(copy->words.v[copy->words.n - 1].value);
	const struct stk_run *by_source = next_removal(removals, copy, base_name(source));
	const struct stk_run *by_target = target.n ? next_removal(removals, copy, target) : NULL;
	return by_source && (!by_target || by_source->instruction->index < by_target->instruction->index) ? by_source
													  : by_target;
}

static bool copies_from_context(const struct stk_instruction *at)
{
	return (at->keyword == STK_COPY || at->keyword == STK_ADD) && at->words.n > 1 && !at->broken &&
	       !stk_instruction_flag(at, "from");
}

/* Does the path stand for a credential file through one of the variables that name one? */
static bool names_through_variable(struct stk_str raw)
{
	static const char *const variables[] = { "AWS_CONFIG_FILE", "HF_TOKEN_PATH", "GOOGLE_APPLICATION_CREDENTIALS",
						 "AWS_SHARED_CREDENTIALS_FILE" };
	size_t dollar = stk_str_find_byte(raw, '$');
	for (size_t i = 0; dollar != SIZE_MAX && i < STK_LEN(variables); i++)
		if (stk_str_contains(stk_str_slice(raw, dollar, raw.n), stk_str_from(variables[i])))
			return true;
	return false;
}

/* Where a COPY of one file puts it, by what is written; empty when a variable or an unknown WORKDIR decides. */
static struct stk_str path_of_copy(struct stk_dockerfile_context *context, const struct stk_instruction *copy)
{
	struct stk_str source = copy->words.v[0].value, target = copy->words.v[1].value, folder = S("");
	bool any;
	if (stk_str_find_byte(source, '$') != SIZE_MAX || stk_str_find_byte(target, '$') != SIZE_MAX)
		return S("");
	if (!stk_str_starts(target, S("/"))) {
		folder = stk_workdir_before(context->file, copy, &any);
		folder = any ? folder : S("/");
		if (!folder.n)
			return S("");
		target = stk_arena_printf(context->arena, STK_FMT "/" STK_FMT, STK_ARG(folder), STK_ARG(target));
	}
	if (stk_str_ends(target, S("/")) || stk_str_ends(target, S("/.")))
		target = stk_arena_printf(context->arena, STK_FMT "/" STK_FMT, STK_ARG(target),
					  STK_ARG(base_name(source)));
	return stk_path_clean(context->arena, target);
}

/* The file is mounted in the RUNs between its COPY and the RUN that does nothing but remove it; both of these go. */
static void fix_copy(struct stk_dockerfile_context *context, struct stk_finding *finding,
		     const struct stk_instruction *copy, const struct stk_run *removal)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_arguments removed = removal->commands.n == 1
					       ? stk_command_plain(context->arena, &removal->commands.v[0], "")
					       : (struct stk_arguments){ 0 };
	if (copy->words.n != 2 || copy->heredocs.n || removed.n != 1 || removal->instruction->heredocs.n ||
	    !stk_repair_afford(&repair, removal->instruction->index - copy->index))
		return;
	struct stk_str path = path_of_copy(context, copy), name = base_name(path);
	while (stk_str_starts(name, S(".")))
		name = stk_str_slice(name, 1, name.n);
	repair.failed |= !path.n || !name.n;
	for (size_t i = 0; i < path.n; i++)
		repair.failed |=
			!stk_is_alnum(path.p[i]) && !stk_str_contains(S("/._-"), stk_str_slice(path, i, i + 1));
	stk_repair_remove_instruction(&repair, copy);
	stk_repair_remove_instruction(&repair, removal->instruction);
	for (size_t i = copy->index + 1; i < removal->instruction->index; i++)
		if (context->file->instructions.v[i]->keyword == STK_RUN)
			stk_repair_add_flag(&repair, context->file->instructions.v[i],
					    stk_arena_printf(context->arena,
							     "--mount=type=secret,id=" STK_FMT ",target=" STK_FMT,
							     STK_ARG(name), STK_ARG(path)));
	stk_repair_offer(&repair, finding, false,
			 "write RUN --mount=type=secret where it is used, and build with --secret");
}

/* rule->argument: 0 reports the files that stay, 1 those that a later layer removes. */
static void check_copies(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	struct removals removals = { .context = context };
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		const char *kind = "credentials";
		if (!copies_from_context(at))
			continue;
		if (!rule->argument && names_through_variable(at->words.v[at->words.n - 1].raw))
			stk_dockerfile_find_at(context, rule, at, at->words.v[at->words.n - 1].span,
					       "credentials are copied into the image");
		for (size_t k = 0; k + 1 < at->words.n; k++) {
			struct stk_str source =
				stk_dockerfile_expand_known(context->file, at,
							    at->json ? at->words.v[k].value : at->words.v[k].raw)
					.text;
			if (!stk_credential_file(source, &kind))
				continue;
			const struct stk_run *removal = removed_by(&removals, at, source);
			if (!removal && !rule->argument)
				stk_dockerfile_find_at(context, rule, at, at->words.v[k].span,
						       "\"" STK_FMT "\" (%s) is copied into the image", STK_ARG(source),
						       kind);
			if (removal && rule->argument) {
				struct stk_finding *finding = stk_dockerfile_find_at(
					context, rule, at, at->words.v[k].span,
					"\"" STK_FMT "\" (%s) stays in this layer although line %u removes it",
					STK_ARG(source), kind, removal->instruction->line);
				stk_finding_evidence(context->report, finding, "removed in line %u",
						     removal->instruction->line);
				fix_copy(context, finding, at, removal);
			}
		}
	}
}

/* A variable of Google's, AWS's or Hugging Face's tools that points at a file which a COPY puts there. */
static bool is_below(struct stk_str path, struct stk_str folder)
{
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	return folder.n > 1 && stk_str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

static void check_pointers(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	check_copies(rule, data);
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		for (size_t k = 0; (at->keyword == STK_ENV || at->keyword == STK_ARG) && k < at->pairs.n; k++) {
			if (!stk_is_one_of(at->pairs.v[k].key.value,
					   "AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE HF_TOKEN_PATH "
					   "GOOGLE_APPLICATION_CREDENTIALS"))
				continue;
			struct stk_str path = stk_dockerfile_expand(context->file, at, at->pairs.v[k].value.raw).text;
			for (size_t c = 0; path.n && c < context->file->instructions.n; c++) {
				const struct stk_instruction *copy = context->file->instructions.v[c];
				if (copies_from_context(copy) && copy->stage == at->stage &&
				    is_below(path, copy->words.v[copy->words.n - 1].value)) {
					stk_dockerfile_find_at(
						context, rule, copy, copy->words.v[copy->words.n - 1].span,
						"the credentials that " STK_FMT " points at are copied into the image",
						STK_ARG(at->pairs.v[k].key.value));
					break;
				}
			}
		}
	}
}

/* ---- DF-013 ---- */

static bool has_secret_mount(const struct stk_instruction *run)
{
	for (size_t i = 0; i < run->mounts.n; i++)
		if (stk_str_is(run->mounts.v[i].type, "secret"))
			return true;
	return false;
}

/* Logins whose credentials end in files of the layer. */
static bool logs_in(const struct stk_run_command *command)
{
	if (stk_command_is(command, "aws"))
		return stk_command_argument(command, "configure") &&
		       stk_command_argument(command, "aws_access_key_id aws_secret_access_key aws_session_token");
	if (stk_command_is(command, "gcloud"))
		return stk_command_argument(command, "activate-service-account");
	if (stk_command_is(command, "az"))
		return stk_command_argument(command, "login") &&
		       stk_command_argument(command, "-p --password --federated-token");
	if (stk_command_is(command, "doctl"))
		return stk_command_argument(command, "auth") && stk_command_argument(command, "-t --access-token");
	if (stk_command_is_any(command, "docker podman helm gh glab heroku"))
		return stk_command_argument(command, "login") &&
		       stk_command_argument(command, "-p --password --with-token --token");
	return false;
}

/* An ARG of the stage that is a credential by name and is used in the shell text. */
static bool uses_secret_arg(struct stk_dockerfile_context *context, const struct stk_run *run,
			    const struct stk_shell_part *part, unsigned depth, struct stk_str *name)
{
	for (; part && depth < 64; part = part->next) {
		struct stk_str value;
		if (part->kind == STK_SHELL_PARAMETER && stk_credential_name(part->name) &&
		    stk_variable_declared(context->file, run->instruction, part->name) &&
		    !(stk_variable_value(context->file, run->instruction, part->name, &value) && !value.n)) {
			*name = part->name;
			return true;
		}
		if (uses_secret_arg(context, run, part->parts, depth + 1, name))
			return true;
	}
	return false;
}

static bool command_uses(struct stk_dockerfile_context *context, const struct stk_run *run,
			 const struct stk_run_command *command, struct stk_str *name,
			 const struct stk_shell_word **word)
{
	for (size_t i = 0; i < command->n_arguments; i++)
		if (uses_secret_arg(context, run, command->arguments[i]->parts, 0, name)) {
			*word = command->arguments[i];
			return true;
		}
	return false;
}

static void fix_variable(struct stk_dockerfile_context *context, struct stk_finding *finding, const struct stk_run *run,
			 struct stk_str name)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_mount_variable(&repair, run->stage, name);
	stk_repair_offer(&repair, finding, false, "%s", mounts);
}

static void check_build_secrets(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++) {
		const struct stk_run *run = &runs->v[r];
		for (size_t i = 0; i < run->commands.n && !has_secret_mount(run->instruction); i++) {
			const struct stk_run_command *command = &run->commands.v[i];
			const struct stk_shell_word *word;
			struct stk_str name;
			if (command->unwrapped)
				continue;
			if (logs_in(command))
				stk_dockerfile_find_at(context, rule, run->instruction, stk_command_span(command),
						       STK_FMT
						       " leaves its login in the layer; mount the credentials instead",
						       STK_ARG(command->name));
			else if (command_uses(context, run, command, &name, &word))
				fix_variable(
					context,
					stk_dockerfile_find_at(
						context, rule, run->instruction, stk_word_span(command, word),
						"$" STK_FMT
						" ends in the image's history; use --mount=type=secret,id=...,env=" STK_FMT,
						STK_ARG(name), STK_ARG(name)),
					run, name);
		}
	}
}

#define URL "https://docs.docker.com/build/building/secrets/"

static const struct stk_rule rows[] = {
	{ .id = "DF-010",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_CRITICAL,
	  .conceal = true,
	  .title = "credential written into the Dockerfile",
	  .why = "Whoever can read the repository or pull the image has it: docker history shows every line.",
	  .remedy =
		  "Revoke it, since it is known now. Give it to the container at run time, or write RUN --mount=type=secret,id=token,env=TOKEN and build "
		  "with --secret id=token,env=TOKEN. env= needs version 1.10 of the Dockerfile syntax.",
	  .fix = "--fix-unsafe mounts it as a secret where it is used, raises an older # syntax= line to 1.10, and removes it from LABEL",
	  .bad = "ENV DB_PASSWORD=hunter2",
	  .good = "RUN --mount=type=secret,id=db_password,env=DB_PASSWORD ./migrate",
	  .url = URL,
	  .check = check_literals },
	{ .id = "DF-011",
	  .aliases = { "DS-0031", "AVD-DS-0031", "DS031", "CIS-DI-0010" },
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "credential file copied into the image",
	  .why = "Everybody who can pull the image can read the file.",
	  .remedy =
		  "Remove it from COPY and name it in .dockerignore; mount it at run time, or write RUN --mount=type=secret,id=env,target=/app/.env and "
		  "build with --secret id=env,src=.env.",
	  .bad = "COPY .env /app/",
	  .good = "RUN --mount=type=secret,id=env,target=/app/.env ./build",
	  .url = URL,
	  .check = check_pointers },
	{ .id = "DF-012",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "credential file removed in a later layer only",
	  .why = "Each instruction is a layer of its own. The file is hidden in the finished image but stands in the earlier layer, which docker "
		 "save gives to anybody.",
	  .remedy =
		  "Write RUN --mount=type=secret,id=npmrc,target=/root/.npmrc instead of COPY and rm, and build with --secret "
		  "id=npmrc,src=.npmrc.",
	  .fix = "--fix-unsafe mounts the file in the RUNs between COPY and a RUN that only removes it",
	  .bad = "COPY .npmrc .\nRUN npm ci\nRUN rm .npmrc",
	  .good = "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci",
	  .url = URL,
	  .argument = 1,
	  .check = check_copies },
	{ .id = "DF-013",
	  .aliases = { "DS-0031", "AVD-DS-0031", "DS031" },
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "build secret not mounted",
	  .why = "Build arguments and logins of a RUN end in the image: in its history, or as files of the layer.",
	  .remedy =
		  "Write RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN instead of ARG, and build with --secret id=npm_token,env=NPM_TOKEN. "
		  "env= needs version 1.10 of the Dockerfile syntax.",
	  .fix = "--fix-unsafe takes ARG away, mounts the secret in the RUNs that use it, and raises an older # syntax= line to 1.10",
	  .bad = "ARG NPM_TOKEN\nRUN npm config set //registry.example.com/:_authToken=$NPM_TOKEN && npm ci",
	  .good = "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci",
	  .url = URL,
	  .check = check_build_secrets },
};

const struct stk_rule_table stk_own_secret_rules = { "dockerfile", rows, STK_LEN(rows) };
