/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trivy's checks that no row of Hadolint's has: DS-0004, DS-0017, DS-0024, DS-0030. The other 24 are aliases there:
 *   DS-0001 DL3006 DL3007, DS-0002 DL3002 and DF-002, DS-0005 DL3020, DS-0006 DL3023, DS-0007 DL4004, DS-0008 DL3011,
 * DS-0009 DL3000, DS-0010 DL3004, DS-0011 DL3021, DS-0012 DL3024, DS-0013 DL3003, DS-0014 DL4001, DS-0015 DL3032,
 * DS-0016 DL4003, DS-0019 DS-0027 DL3040, DS-0020 DL3036, DS-0021 DL3014, DS-0022 DL4000, DS-0023 DL3012, DS-0025
 * DL3019, DS-0026 DL3057, DS-0029 DL3015, DS-0031 DL3064, DF-011 and DF-013
 */
#include "dockerfile/repair.h"
#include "dockerfile/variables.h"
#include "base/banned.h"

static void fix_ssh_port(struct stk_dockerfile_context *context, struct stk_finding *finding,
			 const struct stk_instruction *at, const struct stk_word *word)
{
	struct stk_repair repair = stk_repair_new(context);
	if (at->words.n == 1)
		stk_repair_remove_instruction(&repair, at);
	else
		stk_repair_remove_word(&repair, word->span);
	stk_repair_offer(&repair, finding, false, "take it out of EXPOSE");
}

static void check_ssh_port(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		for (size_t k = 0; at->keyword == STK_EXPOSE && k < at->words.n; k++) {
			struct stk_str port = stk_dockerfile_expand(context->file, at, at->words.v[k].raw).text;
			if (stk_str_is(stk_str_cut(&port, '/'), "22"))
				fix_ssh_port(
					context,
					stk_dockerfile_find_at(context, rule, at, at->words.v[k].span,
							       "port 22 is exposed: a container needs no SSH server"),
					at, &at->words.v[k]);
		}
	}
}

static void check_system_folder(const struct stk_rule *rule, void *data)
{
	static const char *const folders[] = { "/proc", "/boot", "/dev", "/initrd", "/lost+found", "/sys" };
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if (at->keyword != STK_WORKDIR || at->broken)
			continue;
		struct stk_str path = stk_dockerfile_expand(context->file, at, at->words.v[0].raw).text;
		for (size_t k = 0; k < STK_LEN(folders); k++) {
			struct stk_str folder = stk_str_from(folders[k]);
			if (stk_str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/'))
				stk_dockerfile_find_at(context, rule, at, at->words.v[0].span,
						       "the working directory is in %s, which belongs to the system",
						       folders[k]);
		}
	}
}

/* ---- package lists refreshed alone ---- */

#define MANAGERS "apt-get apt aptitude yum apk dnf microdnf zypper"
#define INSTALLS                                                                                                       \
	"upgrade install source-install reinstall groupinstall localinstall add in si dist-upgrade full-upgrade build-dep"

static bool is_same_manager(const struct stk_run_command *a, const struct stk_run_command *b)
{
	return stk_str_eq(a->name, b->name) ||
	       (stk_command_is_any(a, "apt apt-get aptitude") && stk_command_is_any(b, "apt apt-get aptitude"));
}

/* Joins it with the install that follows. */
static void fix_update(struct stk_dockerfile_context *context, struct stk_finding *finding, const struct stk_runs *runs,
		       size_t r, const struct stk_run_command *update)
{
	struct stk_repair repair = stk_repair_new(context);
	if (r + 1 >= runs->n)
		return;
	repair.failed = true;
	const struct stk_run *next = &runs->v[r + 1];
	for (size_t i = 0; i < next->commands.n; i++)
		if (is_same_manager(update, &next->commands.v[i]) &&
		    stk_command_argument(&next->commands.v[i], INSTALLS))
			repair.failed = false;
	stk_repair_join(&repair, &runs->v[r], next);
	stk_repair_offer(&repair, finding, true, "join it with the RUN that installs");
}

static void check_update_alone(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++) {
		const struct stk_run_command *open = NULL;
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			if (!stk_command_is_any(command, MANAGERS))
				continue;
			if (stk_command_argument(command, "update up"))
				open = command;
			else if (open && is_same_manager(open, command) && stk_command_argument(command, INSTALLS))
				open = NULL;
		}
		if (open && !stk_run_has_cache(&runs->v[r], "/var/lib/apt"))
			fix_update(context,
				   stk_dockerfile_find_at(
					   context, rule, runs->v[r].instruction, stk_command_span(open),
					   STK_FMT
					   " update without an install in the same RUN: the cached layer grows old",
					   STK_ARG(open->name)),
				   runs, r, open);
	}
}

static void fix_dist_upgrade(struct stk_dockerfile_context *context, struct stk_finding *finding,
			     const struct stk_run_command *command, const struct stk_shell_word *word)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_replace_argument(&repair, command, word, S("upgrade"));
	stk_repair_offer(&repair, finding, false, "write upgrade, which keeps to the release");
}

static void check_dist_upgrade(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++)
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			const struct stk_shell_word *word = stk_command_argument(command, "dist-upgrade full-upgrade");
			if (word && stk_command_is_any(command, "apt-get apt aptitude"))
				fix_dist_upgrade(
					context,
					stk_dockerfile_find_at(
						context, rule, runs->v[r].instruction, stk_word_span(command, word),
						"a whole distribution is upgraded: take a newer base image instead"),
					command, word);
		}
}

static const struct stk_rule rows[] = {
	{ .id = "DS-0004",
	  .aliases = { "AVD-DS-0004", "DS004", "no-ssh-port", "CKV_DOCKER_1" },
	  .layer = STK_LAYER_RUNTIME,
	  .severity = STK_SEV_MEDIUM,
	  .title = "port 22 exposed",
	  .why = "An SSH server in a container is a second way in, with keys and users of its own to look after. docker exec does what it is for.",
	  .remedy = "Remove EXPOSE 22 and the SSH server; use docker exec or kubectl exec.",
	  .fix = "--fix-unsafe takes the port out of EXPOSE",
	  .bad = "EXPOSE 22",
	  .good = "EXPOSE 8080",
	  .url = "https://avd.aquasec.com/misconfig/ds-0004",
	  .check = check_ssh_port },
	{ .id = "DS-0017",
	  .aliases = { "AVD-DS-0017", "DS017", "no-orphan-package-update", "CIS-DI-0007", "CKV_DOCKER_5" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "package lists refreshed in a RUN of their own",
	  .why = "The layer is cached: the next install in another RUN works with lists of weeks ago, and installs old versions or fails.",
	  .remedy = "Refresh and install in one RUN: apt-get update && apt-get install -y ...",
	  .fix = "--fix joins it with the RUN that installs, where that follows",
	  .bad = "RUN apt-get update\nRUN apt-get install -y curl",
	  .good = "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*",
	  .url = "https://avd.aquasec.com/misconfig/ds-0017",
	  .programs = MANAGERS,
	  .check = check_update_alone },
	{ .id = "DS-0024",
	  .aliases = { "AVD-DS-0024", "DS024", "no-dist-upgrade", "DKL-DI-0003" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "distribution upgraded in a build",
	  .why = "The image is no longer the release its tag says, differs from build to build, and carries both versions of what was replaced.",
	  .remedy = "Name the release you want in FROM; \"apt-get upgrade\" keeps to the release.",
	  .fix = "--fix-unsafe writes upgrade",
	  .bad = "RUN apt-get update && apt-get -y dist-upgrade",
	  .good = "FROM debian:12-slim",
	  .url = "https://avd.aquasec.com/misconfig/ds-0024",
	  .programs = "apt-get apt aptitude",
	  .check = check_dist_upgrade },
	{ .id = "DS-0030",
	  .aliases = { "AVD-DS-0030", "DS030", "no-workdir-in-system-dir", "DKL-DI-0002" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .title = "working directory in a folder of the system",
	  .why = "/proc, /dev and their like are mounted over when the container starts; /proc/self/fd/N there has been a way out of the "
		 "container (CVE-2024-21626).",
	  .remedy = "Choose a folder of the application's own: WORKDIR /app.",
	  .bad = "WORKDIR /proc/self/fd/7",
	  .good = "WORKDIR /app",
	  .url = "https://avd.aquasec.com/misconfig/ds-0030",
	  .check = check_system_folder },
};

const struct stk_rule_table stk_dockerfile_trivy_rules = { "dockerfile", rows, STK_LEN(rows) };
