/* SPDX-License-Identifier: Apache-2.0 */
/* File modes: writable by everybody, setuid and setgid. */
#include "dockerfile/rules_own.h"
#include "base/banned.h"

/* An octal mode of one to four digits, or SIZE_MAX. */
static size_t octal(struct stk_str mode)
{
	uint64_t value;
	return mode.n && mode.n <= 5 && stk_str_u64(mode, 8, &value) ? (size_t)value : SIZE_MAX;
}

/* Does one clause of a symbolic mode, "u+s" or "go=rw", give `right` to one of `who`? */
static bool gives(struct stk_str clause, const char *who, char right)
{
	size_t at = 0;
	bool named = false;
	while (at < clause.n && stk_str_contains(S("ugoa"), stk_str_slice(clause, at, at + 1)))
		named |= stk_str_contains(stk_str_from(who), stk_str_slice(clause, at, at + 1)), at++;
	if (!at && clause.n) /* no letter: for all, as the umask allows, which keeps others from writing */
		named = right == 's';
	for (; at < clause.n && named; at++)
		if (clause.p[at] == right)
			return clause.p[0] != '-' && stk_str_find_byte(clause, '-') == SIZE_MAX;
	return false;
}

static bool any_clause(struct stk_str mode, const char *who, char right)
{
	while (mode.n)
		if (gives(stk_str_cut(&mode, ','), who, right))
			return true;
	return false;
}

/* The sticky bit of /tmp and its like makes a folder safe to share. */
static bool is_world_writable(struct stk_str mode)
{
	size_t bits = octal(mode);
	return bits != SIZE_MAX ? (bits & 02) && !(bits & 01000)
				: any_clause(mode, "oa", 'w') && !stk_str_contains(mode, S("t"));
}

static bool is_setuid(struct stk_str mode)
{
	size_t bits = octal(mode);
	return bits != SIZE_MAX ? (bits & 06000) != 0 : any_clause(mode, "uga", 's');
}

/* The mode argument of chmod or install, or NULL. */
static const struct stk_shell_word *mode_of(const struct stk_run_command *command, struct stk_str *mode)
{
	bool install = stk_command_is(command, "install") || stk_command_is(command, "mkdir");
	if (!install && !stk_command_is(command, "chmod"))
		return NULL;
	for (size_t i = 0; i < command->n_arguments; i++) {
		const struct stk_shell_word *word = command->arguments[i];
		*mode = word->text;
		if (install && (stk_is_one_of(word->text, "-m --mode")) && i + 1 < command->n_arguments) {
			*mode = command->arguments[i + 1]->text;
			return command->arguments[i + 1];
		}
		if (install && (stk_str_starts(word->text, S("-m")) || stk_str_starts(word->text, S("--mode=")))) {
			*mode = stk_str_slice(word->text, word->text.p[1] == 'm' ? 2 : sizeof "--mode=" - 1,
					      word->text.n);
			return word;
		}
		if (!install && !stk_str_starts(word->text, S("--")) &&
		    !stk_is_one_of(word->text, "-R -v -c -f -h -Rv -vR -Rf -fR -Rc"))
			return word;
	}
	return NULL;
}

static void check_modes(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	bool (*is_bad)(struct stk_str mode) = rule->argument ? is_setuid : is_world_writable;
	const char *what =
		rule->argument ? "gives the rights of its owner or group to whoever runs it" : "lets everybody write";
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		const struct stk_flag *flag =
			at->keyword == STK_COPY || at->keyword == STK_ADD ? stk_instruction_flag(at, "chmod") : NULL;
		if (flag && is_bad(flag->value))
			stk_dockerfile_find_at(context, rule, at, flag->value_span, "the mode " STK_FMT " %s",
					       STK_ARG(flag->value), what);
	}
	for (size_t r = 0; r < runs->n; r++)
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			struct stk_str mode;
			const struct stk_shell_word *word = mode_of(command, &mode);
			if (word && is_bad(mode))
				stk_dockerfile_find_at(context, rule, runs->v[r].instruction,
						       stk_word_span(command, word), "the mode " STK_FMT " %s",
						       STK_ARG(mode), what);
		}
}

static const struct stk_rule rows[] = {
	{ .id = "DF-050",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "files that everybody may write",
	  .why = "Whoever runs in the container, as any user, can change the program or its settings.",
	  .remedy = "Give the files to the user who needs them (COPY --chown), and no right to write to others.",
	  .bad = "RUN chmod -R 777 /app",
	  .good = "COPY --chown=10001:10001 app /app",
	  .argument = 0,
	  .check = check_modes },
	{ .id = "DF-051",
	  .aliases = { "CIS-DI-0008" },
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_HIGH,
	  .title = "setuid or setgid bit added",
	  .why = "Such a program runs as its owner, most often root: a flaw in it gives root to whoever may start it (CIS Docker Benchmark 4.8).",
	  .remedy = "Do without it: run the one step that needs root before USER, or give a capability.",
	  .bad = "RUN chmod u+s /usr/bin/tool",
	  .good = "RUN chmod 755 /usr/bin/tool",
	  .argument = 1,
	  .check = check_modes },
};

const struct stk_rule_table stk_own_permission_rules = { "dockerfile", rows, STK_LEN(rows) };
