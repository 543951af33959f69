/* SPDX-License-Identifier: Apache-2.0 */
/* What is fetched while building: piped into a shell, without a checksum, with verification switched off. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_own.h"
#include "dockerfile/variables.h"
#include "base/limits.h"
#include "base/banned.h"

#define SHELLS	 "sh bash ash dash zsh ksh python python2 python3 perl ruby node php pwsh"
#define RUNNERS	 SHELLS " eval source ."
#define FETCHERS "curl wget fetch aria2c http"

/* ---- DF-040 ---- */

static bool fetches(const struct stk_shell_node *node)
{
	return node->kind == STK_SHELL_SIMPLE && stk_is_one_of(node->name, FETCHERS);
}

/* Does a simple command start an interpreter that reads its standard input? "sudo bash", "env python3 -" do too. */
static bool interprets(const struct stk_shell_node *node)
{
	if (node->kind == STK_SHELL_SUBSHELL || node->kind == STK_SHELL_GROUP)
		return node->children && node->children->children && interprets(node->children->children);
	if (node->kind != STK_SHELL_SIMPLE)
		return false;
	if (stk_is_one_of(node->name, SHELLS))
		return true;
	for (size_t i = 0;
	     stk_is_one_of(node->name, "sudo env exec nice command xargs su-exec gosu") && i < node->n_arguments; i++)
		if (stk_is_one_of(node->arguments[i]->text, SHELLS))
			return true;
	return false;
}

static bool list_fetches(const struct stk_shell_node *list, unsigned depth);

static bool parts_fetch(const struct stk_shell_part *part, unsigned depth)
{
	for (; part && depth < STK_LIMIT_DEPTH; part = part->next)
		if (((part->kind == STK_SHELL_COMMAND || part->kind == STK_SHELL_PROCESS) && part->commands &&
		     list_fetches(part->commands, depth + 1)) ||
		    parts_fetch(part->parts, depth + 1))
			return true;
	return false;
}

/* Does a list run a fetcher somewhere? */
static bool list_fetches(const struct stk_shell_node *list, unsigned depth)
{
	if (fetches(list))
		return true;
	for (const struct stk_shell_node *node = list->children; node && depth < STK_LIMIT_DEPTH; node = node->next)
		if (list_fetches(node, depth + 1))
			return true;
	return false;
}

/* curl ... | sh */
static bool pipes_to_shell(const struct stk_shell_node *node)
{
	for (; node->parent && stk_is_one_of(node->separator, "| |&"); node = node->next)
		if (!node->next || interprets(node->next))
			return node->next != NULL;
	return false;
}

/* sh -c "$(curl ...)", bash <(curl ...), eval "$(curl ...)" */
static bool runs_fetched(const struct stk_run_command *command)
{
	if (!stk_command_is_any(command, RUNNERS) || command->unwrapped)
		return false;
	for (size_t i = 0; i < command->n_arguments; i++)
		if (parts_fetch(command->arguments[i]->parts, 0))
			return true;
	return false;
}

static void check_pipe(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++)
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			bool piped = stk_command_is_any(command, FETCHERS) && pipes_to_shell(command->node);
			if (piped || runs_fetched(command))
				stk_dockerfile_find_at(context, rule, runs->v[r].instruction, stk_command_span(command),
						       "what is fetched runs unseen as part of the build");
		}
}

/* ---- DF-041 ---- */

#define VERIFIERS                                                                                                                  \
	"sha256sum sha512sum sha384sum sha1sum sha224sum md5sum b2sum shasum rhash gpg gpgv gpg2 cosign minisign signify openssl " \
	"slsa-verifier apksigner"

static bool verifies(const struct stk_run *run)
{
	if (stk_run_find(run, VERIFIERS))
		return true;
	for (size_t i = 0; i < run->scripts.n; i++)
		if (stk_str_contains(run->scripts.v[i]->source->text, S("sha256")) ||
		    stk_str_contains(run->scripts.v[i]->source->text, S("sha512")))
			return true;
	return false;
}

static const struct stk_shell_word *remote_argument(const struct stk_run_command *command)
{
	for (size_t i = 0; i < command->n_arguments; i++)
		if (stk_is_remote_address(command->arguments[i]->text))
			return command->arguments[i];
	return NULL;
}

/* Does the command keep what it fetches? wget does unless it is told otherwise, curl does not. Into a pipe to tar
 * counts. */
static bool keeps(const struct stk_run_command *command)
{
	if (stk_command_is(command, "wget"))
		return !stk_command_flag(command, "spider") && !(stk_command_argument(command, "- /dev/null") &&
								 !stk_is_one_of(command->node->separator, "| |&"));
	if (!stk_command_is(command, "curl") || stk_command_flag(command, "I head"))
		return false;
	return (stk_command_flag(command, "o O output remote-name") && !stk_command_argument(command, "/dev/null")) ||
	       command->node->redirects || stk_is_one_of(command->node->separator, "| |&");
}

static void check_checksum(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++) {
		if (verifies(&runs->v[r]))
			continue;
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			const struct stk_shell_word *address =
				stk_command_is_any(command, "curl wget") ? remote_argument(command) : NULL;
			if (address && keeps(command) && !pipes_to_shell(command->node))
				stk_dockerfile_find_at(context, rule, runs->v[r].instruction,
						       stk_word_span(command, address),
						       "fetched without comparing a checksum or signature");
		}
	}
}

/* ---- DF-042 ---- */

static bool is_git(struct stk_str source)
{
	return stk_str_starts(source, S("git@")) || stk_str_ends(source, S(".git")) ||
	       stk_str_contains(source, S(".git#"));
}

/* The builder takes --checksum for one source alone. */
static void fix_add(struct stk_dockerfile_context *context, struct stk_finding *finding,
		    const struct stk_instruction *at, struct stk_str address)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str digest = stk_pin_of_address(context->options->pins, address);
	if (!digest.n || at->words.n != 2 || at->outer)
		return;
	stk_repair_add_flag(&repair, at, stk_arena_printf(context->arena, "--checksum=" STK_FMT, STK_ARG(digest)));
	stk_repair_offer(&repair, finding, true, "write --checksum");
}

static void check_add(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if (at->keyword != STK_ADD || stk_instruction_flag(at, "checksum") || at->broken)
			continue;
		for (size_t k = 0; k + 1 < at->words.n; k++) {
			struct stk_str source =
				stk_dockerfile_expand(context->file, at,
						      at->json ? at->words.v[k].value : at->words.v[k].raw)
					.text;
			if (stk_is_remote_address(source) && !is_git(source))
				fix_add(context,
					stk_dockerfile_find_at(context, rule, at, at->words.v[k].span,
							       "fetched without --checksum"),
					at, source);
		}
	}
}

/* ---- DF-060 ---- */

struct switch_off {
	const char *commands; /* divided by spaces */
	const char *flags;    /* any of these flags, divided by spaces; NULL: any of the arguments */
	const char *arguments;
};

static const struct switch_off switches[] = {
	{ "curl", "k insecure proxy-insecure", NULL },
	{ "wget", "no-check-certificate", NULL },
	{ "pip pip2 pip3 python python3 uv", "trusted-host allow-insecure-host", NULL },
	{ "apk", "allow-untrusted", NULL },
	{ "apt-get apt aptitude", "allow-unauthenticated force-yes allow-insecure-repositories", NULL },
	{ "yum dnf microdnf tdnf", "nogpgcheck", NULL },
	{ "rpm", "nosignature nodigest noverify nofiledigest", NULL },
	{ "zypper", "no-gpg-checks", NULL },
	{ "yum-config-manager dnf yum", NULL, "sslverify=0 sslverify=false gpgcheck=0" },
	{ "gem", NULL, "-P=NoSecurity" },
	{ "git", NULL, "http.sslVerify=false http.sslverify=false" },
	{ "helm", "insecure-skip-tls-verify", NULL },
	{ "kubectl oc", "insecure-skip-tls-verify", NULL },
	{ "docker podman skopeo", NULL, "--tls-verify=false --src-tls-verify=false --dest-tls-verify=false" },
};

/* "npm config set strict-ssl false", "git config --global http.sslVerify false" */
static const struct stk_shell_word *setting_off(const struct stk_run_command *command)
{
	static const struct {
		const char *commands, *key;
	} settings[] = { { "npm yarn pnpm", "strict-ssl" }, { "git", "http.sslVerify" }, { "git", "http.sslverify" } };
	for (size_t s = 0; s < STK_LEN(settings); s++)
		for (size_t i = 0; stk_command_is_any(command, settings[s].commands) && i < command->n_arguments; i++) {
			struct stk_str value = command->arguments[i]->text, key = stk_str_cut(&value, '=');
			if (!value.n && i + 1 < command->n_arguments)
				value = command->arguments[i + 1]->text;
			if ((stk_str_is(key, settings[s].key) ||
			     (stk_str_starts(key, S("--")) &&
			      stk_str_is(stk_str_slice(key, 2, key.n), settings[s].key))) &&
			    stk_is_one_of(value, "false 0 no"))
				return command->arguments[i];
		}
	return NULL;
}

static const struct stk_shell_word *switched_off(const struct stk_run_command *command)
{
	for (size_t i = 0; i < STK_LEN(switches); i++) {
		if (!stk_command_is_any(command, switches[i].commands))
			continue;
		const struct stk_shell_word *word = switches[i].flags
							    ? stk_command_flag(command, switches[i].flags)
							    : stk_command_argument(command, switches[i].arguments);
		if (word)
			return word;
	}
	return setting_off(command);
}

/* ---- on again ---- */

static size_t index_of(const struct stk_run_command *command, const struct stk_shell_word *word)
{
	size_t i = 0;
	while (i < command->n_arguments && command->arguments[i] != word)
		i++;
	return i;
}

static struct stk_str opposite(struct stk_str value)
{
	return stk_str_is(value, "0") ? S("1") : stk_str_is(value, "no") ? S("yes") : S("true");
}

/* Two words, a flag and its value, as long as nothing but blanks divides them. */
static void remove_both(struct stk_repair *repair, const struct stk_run_command *command,
			const struct stk_shell_word *flag, const struct stk_shell_word *value)
{
	const struct stk_dockerfile *file = repair->context->file;
	struct stk_span first = stk_word_span(command, flag), second = stk_word_span(command, value);
	repair->failed |= second.begin < first.end ||
			  stk_str_trim(stk_str_slice(file->text, first.end, second.begin)).n > 0 ||
			  stk_str_find_byte(stk_str_slice(file->text, first.end, second.begin), '\n') != SIZE_MAX ||
			  !stk_word_is_verbatim(file, command, flag) || !stk_word_is_verbatim(file, command, value);
	if (!repair->failed)
		stk_repair_remove_word(repair, (struct stk_span){ first.begin, second.end });
}

static void switch_on_flag(struct stk_repair *repair, const struct stk_run_command *command,
			   const struct stk_shell_word *word, const struct stk_shell_word *next)
{
	struct stk_str text = word->text;
	if (!stk_str_starts(text, S("--")) && text.n > 2 && text.p[2] != '=') { /* -fsSkL */
		size_t k = stk_str_find_byte(text, 'k');
		repair->failed |= k == SIZE_MAX || word->quoted;
		stk_repair_replace_argument(repair, command, word,
					    stk_arena_join(repair->context->arena, stk_str_slice(text, 0, k),
							   stk_str_slice(text, k == SIZE_MAX ? k : k + 1, text.n)));
	} else if (next && stk_is_one_of(text, "--trusted-host --allow-insecure-host --strict-ssl")) {
		remove_both(repair, command, word, next);
	} else {
		stk_repair_remove_argument(repair, command, word);
	}
}

static void fix_switch(struct stk_dockerfile_context *context, struct stk_finding *finding,
		       const struct stk_run_command *command, const struct stk_shell_word *word)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str value = word->text, key = stk_str_cut(&value, '=');
	size_t i = index_of(command, word);
	const struct stk_shell_word *next = i + 1 < command->n_arguments ? command->arguments[i + 1] : NULL;
	repair.failed = word->quoted || !word->literal;
	if (stk_str_starts(key, S("-")))
		switch_on_flag(&repair, command, word, next);
	else if (value.n)
		stk_repair_replace_argument(
			&repair, command, word,
			stk_arena_printf(context->arena, STK_FMT "=" STK_FMT, STK_ARG(key), STK_ARG(opposite(value))));
	else if (next)
		stk_repair_replace_argument(&repair, command, next, opposite(next->text));
	stk_repair_offer(&repair, finding, false, "leave the switch \"" STK_FMT "\" out", STK_ARG(word->text));
}

/* Variables that switch verification off, with the values that do. */
static bool is_off(struct stk_str name, struct stk_str value)
{
	static const struct {
		const char *name, *values;
	} variables[] = {
		{ "NODE_TLS_REJECT_UNAUTHORIZED", "0" },
		{ "PYTHONHTTPSVERIFY", "0" },
		{ "GIT_SSL_NO_VERIFY", "1 true yes on" },
		{ "NPM_CONFIG_STRICT_SSL", "false 0" },
		{ "npm_config_strict_ssl", "false 0" },
		{ "PERL_LWP_SSL_VERIFY_HOSTNAME", "0" },
		{ "GOINSECURE", NULL },
		{ "GONOSUMCHECK", NULL },
		{ "PIP_TRUSTED_HOST", NULL },
		{ "UV_INSECURE_HOST", NULL },
	};
	for (size_t i = 0; i < STK_LEN(variables); i++)
		if (stk_str_is(name, variables[i].name))
			return variables[i].values ? stk_is_one_of(value, variables[i].values) : value.n > 0;
	return false;
}

static void fix_variable(struct stk_dockerfile_context *context, struct stk_finding *finding,
			 const struct stk_instruction *at, const struct stk_pair *pair)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_remove_pair(&repair, at, pair);
	stk_repair_offer(&repair, finding, false, "leave " STK_FMT " out", STK_ARG(pair->key.value));
}

static void fix_assignment(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_run_command *command, const struct stk_shell_assignment *assignment)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_remove_assignment(&repair, command, assignment);
	stk_repair_offer(&repair, finding, false, "leave " STK_FMT " out", STK_ARG(assignment->name));
}

static void check_variables(struct stk_dockerfile_context *context, const struct stk_rule *rule)
{
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		for (size_t k = 0; (at->keyword == STK_ENV || at->keyword == STK_ARG) && k < at->pairs.n; k++)
			if (is_off(at->pairs.v[k].key.value, at->pairs.v[k].value.value))
				fix_variable(context,
					     stk_dockerfile_find_at(context, rule, at, at->pairs.v[k].span,
								    STK_FMT " switches the verification of servers off",
								    STK_ARG(at->pairs.v[k].key.value)),
					     at, &at->pairs.v[k]);
	}
}

static void check_assignments(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			      const struct stk_run *run, const struct stk_run_command *command)
{
	for (const struct stk_shell_assignment *a = command->node->assignments; a && !command->unwrapped; a = a->next)
		if (a->values && is_off(a->name, a->values->text))
			fix_assignment(context,
				       stk_dockerfile_find_at(
					       context, rule, run->instruction,
					       stk_source_span(command->script->source, a->begin, a->end),
					       STK_FMT " switches the verification of servers off", STK_ARG(a->name)),
				       command, a);
}

static void check_verification(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	check_variables(context, rule);
	for (size_t r = 0; r < runs->n; r++)
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			const struct stk_shell_word *word = switched_off(command);
			check_assignments(context, rule, &runs->v[r], command);
			if (word)
				fix_switch(
					context,
					stk_dockerfile_find_at(
						context, rule, runs->v[r].instruction, stk_word_span(command, word),
						"\"" STK_FMT
						"\" switches verification off: anybody between can change what is fetched",
						STK_ARG(word->text)),
					command, word);
		}
}

static const struct stk_rule rows[] = {
	{ .id = "DF-040",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "fetched script is run unseen",
	  .why = "Whoever controls the server, or the way to it, runs what he likes in the build, and a different thing for you than for others. "
		 "A connection that breaks off runs half a script.",
	  .remedy =
		  "Write ADD --checksum=sha256:... https://... /tmp/install.sh and RUN sh /tmp/install.sh (\"curl -fsSL URL | sha256sum\" gives the "
		  "checksum of what you have read); or install a package.",
	  .bad = "RUN curl -fsSL https://example.com/install.sh | sh",
	  .good = "ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/install.sh /tmp/\n"
		  "RUN sh /tmp/install.sh",
	  .url = "https://docs.docker.com/reference/dockerfile/#add---checksum",
	  .programs = FETCHERS " " RUNNERS,
	  .check = check_pipe },
	{ .id = "DF-041",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "download without a checksum",
	  .why = "What is on the server tomorrow, or what somebody in between makes of it, goes into the image unnoticed.",
	  .remedy =
		  "Write && echo \"SHA256  FILE\" | sha256sum -c - behind the download (\"sha256sum FILE\" gives it), or use ADD --checksum.",
	  .bad = "RUN curl -fsSLo /usr/bin/x https://example.com/x",
	  .good = "RUN curl -fsSLo /usr/bin/x https://example.com/x && echo \"$X_SHA256  /usr/bin/x\" | sha256sum -c",
	  .url = "https://docs.docker.com/reference/dockerfile/#add---checksum",
	  .programs = "curl wget",
	  .check = check_checksum },
	{ .id = "DF-042",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "remote ADD without --checksum",
	  .why = "The server decides with each build what goes into the image.",
	  .remedy =
		  "Write ADD --checksum=sha256:... (\"curl -fsSL URL | sha256sum\" gives it), or name it under \"downloads\" in .strake.lock.",
	  .fix = "--fix writes the checksum that .strake.lock has for the address",
	  .bad = "ADD https://example.com/x.tar.gz /src/",
	  .good = "ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x.tar.gz /src/",
	  .url = "https://docs.docker.com/reference/dockerfile/#add---checksum",
	  .check = check_add },
	{ .id = "DF-060",
	  .aliases = { "CKV2_DOCKER_2", "CKV2_DOCKER_3", "CKV2_DOCKER_4", "CKV2_DOCKER_5", "CKV2_DOCKER_6" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "verification of servers or packages switched off",
	  .why = "Without it anybody on the way can put something else in place of what is fetched (CIS Docker Benchmark 4.11).",
	  .remedy =
		  "Leave the flag or variable out; where an authority is missing, COPY its certificate to /usr/local/share/ca-certificates/ and "
		  "RUN update-ca-certificates.",
	  .fix = "--fix-unsafe leaves the switch out",
	  .bad = "RUN curl -k https://example.com/x",
	  .good = "COPY ca.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates && curl https://example.com/x",
	  .check = check_verification },
};

const struct stk_rule_table stk_own_download_rules = { "dockerfile", rows, STK_LEN(rows) };
