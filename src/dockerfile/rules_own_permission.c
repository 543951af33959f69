/* SPDX-License-Identifier: Apache-2.0 */
/* File modes: writable by everybody, setuid and setgid. */
#include "dockerfile/repair.h"
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

/* ---- narrower modes ---- */

/* An octal mode with as many digits as it has: without write rights for group and others, or without setuid and setgid.
 */
static struct stk_str narrow_octal(struct stk_arena *arena, struct stk_str mode, bool setuid)
{
	size_t bits = octal(mode) & ~(size_t)(setuid ? 06000 : 022);
	return stk_arena_printf(arena, "%0*zo", (int)mode.n, bits);
}

static struct stk_str without(struct stk_arena *arena, struct stk_str letters, const char *unwanted)
{
	struct stk_str out = S("");
	for (size_t i = 0; i < letters.n; i++)
		if (!stk_str_contains(stk_str_from(unwanted), stk_str_slice(letters, i, i + 1)))
			out = stk_arena_join(arena, out, stk_str_slice(letters, i, i + 1));
	return out;
}

/* One clause, "a+rwx", without the right for those who should not have it: "u+rwx,go+rx". With nothing left: taken. */
static struct stk_str narrow_clause(struct stk_arena *arena, struct stk_str clause, bool setuid)
{
	size_t at = 0;
	while (at < clause.n && stk_str_contains(S("ugoa"), stk_str_slice(clause, at, at + 1)))
		at++;
	struct stk_str who = stk_str_slice(clause, 0, at), operation = stk_str_slice(clause, at, at + 1),
		       rights = stk_str_slice(clause, at + 1, clause.n);
	struct stk_str rest = without(arena, rights, setuid ? "s" : "w");
	if (setuid)
		return rest.n || stk_str_is(operation, "=")
			       ? stk_arena_printf(arena, STK_FMT STK_FMT STK_FMT, STK_ARG(who), STK_ARG(operation),
						  STK_ARG(rest))
			       : stk_arena_printf(arena, STK_FMT "-s", STK_ARG(who));
	struct stk_str others = stk_str_find_byte(who, 'a') != SIZE_MAX ? S("go") : without(arena, who, "u");
	bool owner = stk_str_find_byte(who, 'u') != SIZE_MAX || stk_str_find_byte(who, 'a') != SIZE_MAX;
	struct stk_str first =
		owner ? stk_arena_printf(arena, "u" STK_FMT STK_FMT, STK_ARG(operation), STK_ARG(rights)) : S("");
	if (rest.n || stk_str_is(operation, "="))
		return stk_arena_printf(arena, STK_FMT "%s" STK_FMT STK_FMT STK_FMT, STK_ARG(first), first.n ? "," : "",
					STK_ARG(others), STK_ARG(operation), STK_ARG(rest));
	return first.n ? first : stk_arena_printf(arena, STK_FMT "-w", STK_ARG(others));
}

/* The mode as an expert would have it; empty where the text is no plain mode. */
static struct stk_str narrow(struct stk_arena *arena, struct stk_str mode, bool setuid)
{
	struct stk_str out = S("");
	if (octal(mode) != SIZE_MAX)
		return narrow_octal(arena, mode, setuid);
	while (mode.n) {
		struct stk_str clause = stk_str_cut(&mode, ',');
		bool bad = setuid ? gives(clause, "uga", 's') : gives(clause, "oa", 'w');
		size_t letters = 0;
		for (size_t i = 0; i < clause.n; i++) {
			if (!stk_str_contains(S("ugoarwxXst+="), stk_str_slice(clause, i, i + 1)))
				return S("");
			letters += clause.p[i] == '+' || clause.p[i] == '=';
		}
		if (bad && letters != 1) /* several operations in one clause: for a person */
			return S("");
		out = stk_arena_printf(arena, STK_FMT "%s" STK_FMT, STK_ARG(out), out.n ? "," : "",
				       STK_ARG(bad ? narrow_clause(arena, clause, setuid) : clause));
	}
	return out;
}

static const char narrower[] = "let the owner alone write: ", taken[] = "leave setuid and setgid away: ";

static void fix_flag(struct stk_dockerfile_context *context, struct stk_finding *finding, const struct stk_flag *flag,
		     bool setuid)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str mode = narrow(context->arena, flag->value, setuid);
	repair.failed = !mode.n || flag->value_span.end - flag->value_span.begin != flag->value.n;
	stk_repair_replace(&repair, flag->value_span.begin, flag->value_span.end, mode);
	stk_repair_offer(&repair, finding, false, "%s" STK_FMT, setuid ? taken : narrower, STK_ARG(mode));
}

static void fix_argument(struct stk_dockerfile_context *context, struct stk_finding *finding,
			 const struct stk_run_command *command, const struct stk_shell_word *word, struct stk_str mode,
			 bool setuid)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str to = narrow(context->arena, mode, setuid),
		       before = stk_str_slice(word->text, 0, word->text.n - mode.n);
	repair.failed = !to.n || word->quoted || !word->literal;
	stk_repair_replace_argument(&repair, command, word, stk_arena_join(context->arena, before, to));
	stk_repair_offer(&repair, finding, false, "%s" STK_FMT, setuid ? taken : narrower, STK_ARG(to));
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
			fix_flag(context,
				 stk_dockerfile_find_at(context, rule, at, flag->value_span, "the mode " STK_FMT " %s",
							STK_ARG(flag->value), what),
				 flag, rule->argument);
	}
	for (size_t r = 0; r < runs->n; r++)
		for (size_t i = 0; i < runs->v[r].commands.n; i++) {
			const struct stk_run_command *command = &runs->v[r].commands.v[i];
			struct stk_str mode;
			const struct stk_shell_word *word = mode_of(command, &mode);
			if (word && is_bad(mode))
				fix_argument(context,
					     stk_dockerfile_find_at(context, rule, runs->v[r].instruction,
								    stk_word_span(command, word),
								    "the mode " STK_FMT " %s", STK_ARG(mode), what),
					     command, word, mode, rule->argument);
		}
}

static const struct stk_rule rows[] = {
	{ .id = "DF-050",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "files that everybody may write",
	  .why = "Whoever runs in the container, as any user, can change the program or its settings.",
	  .remedy =
		  "Write 755 for folders and programs and 644 for files, and give them to the user who writes to them: "
		  "COPY --chown=10001:10001.",
	  .fix = "--fix-unsafe takes the right to write from all but the owner",
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
	  .remedy = "Write 755, or u-s: run the one step that needs root before USER, or give a capability.",
	  .fix = "--fix-unsafe leaves the bits away",
	  .bad = "RUN chmod u+s /usr/bin/tool",
	  .good = "RUN chmod 755 /usr/bin/tool",
	  .argument = 1,
	  .check = check_modes },
};

const struct stk_rule_table stk_own_permission_rules = { "dockerfile", rows, STK_LEN(rows) };
