/* SPDX-License-Identifier: Apache-2.0 */
/* The final user, and what other files of own rules need. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_own.h"
#include "text/reference.h"
#include "base/banned.h"

bool stk_stage_is_final(const struct stk_dockerfile *file, size_t stage)
{
	size_t at = file->stages.n ? file->stages.n - 1 : SIZE_MAX;
	for (unsigned depth = 0; at < file->stages.n && depth < 1000; depth++) {
		if (at == stage)
			return true;
		at = file->stages.v[at].parent;
	}
	return false;
}

const struct stk_build_stage *stk_final_stage(const struct stk_dockerfile *file)
{
	return file->stages.n ? &file->stages.v[file->stages.n - 1] : NULL;
}

const struct stk_run_command *stk_run_find(const struct stk_run *run, const char *names)
{
	for (size_t i = 0; i < run->commands.n; i++)
		if (stk_command_is_any(&run->commands.v[i], names))
			return &run->commands.v[i];
	return NULL;
}

bool stk_is_remote_address(struct stk_str text)
{
	static const char *const local[] = { "localhost", "127.", "[::1]", "0.0.0.0" };
	struct stk_str host = stk_str_starts(text, S("https://"))  ? stk_str_slice(text, 8, text.n)
			      : stk_str_starts(text, S("http://")) ? stk_str_slice(text, 7, text.n)
								   : S("");
	for (size_t i = 0; i < STK_LEN(local); i++)
		if (stk_str_starts(host, stk_str_from(local[i])))
			return false;
	return host.n > 0;
}

/* ---- DF-002 ---- */

/* Images that set a user of their own, by what their names say. */
static bool sets_user(struct stk_str reference)
{
	static const char *const marks[] = { "nonroot",	 "rootless",	  "unprivileged", "cgr.dev/chainguard/",
					     "bitnami/", "bitnamilegacy/" };
	for (size_t i = 0; i < STK_LEN(marks); i++)
		if (stk_str_contains(reference, stk_str_from(marks[i])))
			return true;
	return false;
}

static void offer_user(struct stk_dockerfile_context *context, struct stk_finding *finding)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str user = stk_repair_user(&repair, context->file->stages.n - 1);
	stk_repair_offer(&repair, finding, false, "write USER " STK_FMT " behind the last step that may need root",
			 STK_ARG(user));
}

static void check_no_user(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_dockerfile *file = context->file;
	const struct stk_build_stage *last = stk_final_stage(file), *root = last;
	if (!last)
		return;
	while (root->parent != SIZE_MAX)
		root = &file->stages.v[root->parent];
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		if (at->keyword == STK_USER && at->words.n && stk_stage_is_final(file, at->stage))
			return;
	}
	if (!sets_user(root->reference))
		offer_user(context,
			   stk_dockerfile_find_at(context, rule, last->from, last->from->name_span,
						  "no USER up to the end of the last stage: the container runs as "
						  "root unless the base image says otherwise"));
}

static const struct stk_rule rows[] = {
	{ .id = "DF-002",
	  .aliases = { "DS-0002", "AVD-DS-0002", "DS002", "CIS-DI-0001", "CKV_DOCKER_3" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .title = "no USER in the final stage",
	  .why = "Without a USER the program runs as root. What breaks into it is root in the container, and one flaw of the kernel or one mount "
		 "away from the host.",
	  .remedy =
		  "Write \"USER 10001:10001\" before CMD and ENTRYPOINT of the last stage; give what the program writes to it with "
		  "COPY --chown=10001:10001.",
	  .fix = "--fix-unsafe adds USER with a number behind the last step that may need root",
	  .bad = "FROM alpine:3.20\nCMD [\"app\"]",
	  .good = "FROM alpine:3.20\nUSER 10001:10001\nCMD [\"app\"]",
	  .url = "https://docs.docker.com/build/building/best-practices/#user",
	  .check = check_no_user },
};

const struct stk_rule_table stk_own_user_rules = { "dockerfile", rows, STK_LEN(rows) };
