/* SPDX-License-Identifier: Apache-2.0 */
/* USER: which user a stage ends as, and whether a number says so. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/variables.h"
#include "base/banned.h"

/* ---- USER: DL3002, DL3066 ---- */

static bool is_root(struct stk_str user)
{
	return stk_is_one_of(user, "root 0") || stk_str_starts(user, S("root:")) || stk_str_starts(user, S("0:"));
}

/* stage: the one that ends as root, which the USER may be inherited by. */
static void report_root(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			const struct stk_instruction *at, size_t stage)
{
	struct stk_finding *finding = stk_dockerfile_find_at(context, rule, at, at->words.v[0].span,
							     "the last USER is root: what breaks in is root");
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str user = stk_repair_user(&repair, stage);
	stk_repair_offer(&repair, finding, false, "write USER " STK_FMT " behind the last step that may need root",
			 STK_ARG(user));
}

/* The last USER of each stage, by Hadolint; NULL where there is none. */
static void check_root_for_hadolint(struct stk_dockerfile_context *context, const struct stk_rule *rule)
{
	const struct stk_instruction *last = NULL;
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword == STK_FROM) {
			if (last && is_root(last->arguments.text))
				report_root(context, rule, last, last->stage);
			last = NULL;
		} else if (at->keyword == STK_USER && at->words.n && at->stage != SIZE_MAX) {
			last = at;
		}
	}
	if (last && is_root(last->arguments.text))
		report_root(context, rule, last, last->stage);
}

/* The USER in effect at the end of the last stage, inherited ones included, or NULL. */
static const struct stk_instruction *final_user(const struct stk_dockerfile *file)
{
	size_t stage = file->stages.n - 1; /* SIZE_MAX without a stage: what stands before FROM */
	for (size_t i = file->instructions.n; i-- > 0;) {
		const struct stk_instruction *at = file->instructions.v[i];
		if (at->stage != stage)
			continue;
		if (at->keyword == STK_USER && at->words.n)
			return at;
		if (at->keyword == STK_FROM)
			stage = file->stages.v[stage].parent;
		if (at->keyword == STK_FROM && stage == SIZE_MAX)
			break;
	}
	return NULL;
}

static void check_root(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	if (stk_like_hadolint(context)) {
		check_root_for_hadolint(context, rule);
		return;
	}
	const struct stk_instruction *user = final_user(context->file);
	if (user && is_root(stk_dockerfile_expand(context->file, user, user->words.v[0].raw).text))
		report_root(context, rule, user, context->file->stages.n - 1);
}

static bool is_numeric(struct stk_str user)
{
	struct stk_str id = stk_str_cut(&user, ':');
	for (size_t i = 0; i < id.n; i++)
		if (!stk_is_digit(id.p[i]))
			return false;
	return true;
}

/* Longer names of arguments are nobody's. */
enum { LONGEST_ARGUMENT = 256 };

static bool is_name_byte(char c)
{
	return stk_is_alnum(c) || c == '_';
}

/* Does the text name an ARG declared above? Hadolint does not look where the name ends. */
static bool names_argument(const struct stk_map *arguments, struct stk_str text)
{
	for (size_t at; (at = stk_str_find_byte(text, '$')) != SIZE_MAX;) {
		text = stk_str_slice(text, at + 1, text.n);
		size_t begin = text.n && text.p[0] == '{', n = begin;
		while (n < text.n && n < LONGEST_ARGUMENT && is_name_byte(text.p[n])) {
			n++;
			bool whole = !begin || (n < text.n && text.p[n] == '}');
			if (whole && stk_map_get(arguments, stk_str_slice(text, begin, n)))
				return true;
		}
	}
	return false;
}

/* The id that a useradd or adduser of the file gives a user, when exactly one does; else empty. */
static struct stk_str id_of_user(struct stk_dockerfile_context *context, struct stk_str user)
{
	struct stk_str id = S("");
	size_t n = 0;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is_any(command, "useradd adduser") || !command->n_arguments ||
		    !stk_str_eq(command->arguments[command->n_arguments - 1]->text, user))
			continue;
		n++;
		for (size_t i = 0; i + 1 < command->n_arguments; i++)
			if (stk_is_one_of(command->arguments[i]->text, "-u --uid"))
				id = command->arguments[i + 1]->text;
			else if (stk_str_starts(command->arguments[i]->text, S("--uid=")))
				id = stk_str_slice(command->arguments[i]->text, 6, command->arguments[i]->text.n);
	}
	return n == 1 && id.n && is_numeric(id) ? id : S("");
}

/* The number has the same rights and the same home as the name: /etc/passwd holds both. */
static void fix_user_name(struct stk_dockerfile_context *context, struct stk_finding *finding,
			  const struct stk_word *word)
{
	struct stk_repair repair = stk_repair_new(context);
	if (!stk_repair_afford(&repair, stk_dockerfile_runs(context)->n))
		return;
	struct stk_str group = word->raw, user = stk_str_cut(&group, ':'), id = id_of_user(context, user);
	repair.failed = !id.n || word->span.end - word->span.begin != word->raw.n;
	stk_repair_replace(&repair, word->span.begin, word->span.begin + user.n, id);
	stk_repair_offer(&repair, finding, true, "write " STK_FMT ", which useradd gives", STK_ARG(id));
}

static void check_numeric_user(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	const struct stk_instruction *final = hadolint ? NULL : final_user(context->file);
	struct stk_map arguments = { 0 };
	EACH_INSTRUCTION(at, context)
	{
		if (hadolint && at->keyword == STK_ARG)
			stk_hadolint_add_names(context->arena, &arguments, at);
		if (at->keyword != STK_USER || !at->words.n || (!hadolint && at != final))
			continue;
		struct stk_str text = hadolint
					      ? at->arguments.text
					      : stk_dockerfile_expand_known(context->file, at, at->words.v[0].raw).text;
		if (is_numeric(text) || (hadolint ? names_argument(&arguments, text)
						  : stk_str_find_byte(text, '$') != SIZE_MAX || is_root(text)))
			continue;
		fix_user_name(context,
			      stk_dockerfile_find_at(context, rule, at, at->words.v[0].span,
						     "a numeric user id lets Kubernetes check runAsNonRoot"),
			      &at->words.v[0]);
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL3002",
	  .aliases = { "DS-0002", "AVD-DS-0002", "DS002", "CIS-DI-0001" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .title = "the last USER is root",
	  .why = "What breaks into the program is root in the container, and one flaw of the kernel or one mount away from the host.",
	  .remedy = "Write \"USER 10001:10001\" after the steps that need root.",
	  .fix = "--fix-unsafe switches to a number behind the last step that may need root",
	  .bad = "USER root",
	  .good = "USER 10001",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3002",
	  .check = check_root },
	{ .id = "DL3066",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "USER without a numeric id",
	  .why = "Kubernetes cannot tell whether a name is root, and with runAsNonRoot it refuses to start the container.",
	  .remedy = "Write the user's number; docker run --rm IMAGE id -u NAME prints it.",
	  .fix = "--fix writes the number that a useradd -u of the file gives",
	  .bad = "USER app",
	  .good = "USER 10001",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3066",
	  .check = check_numeric_user },
};

const struct stk_rule_table stk_hadolint_user_rules = { "dockerfile", rows, STK_LEN(rows) };
