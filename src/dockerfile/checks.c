/* SPDX-License-Identifier: Apache-2.0 */
/* The "check" settings of a Dockerfile: which of BuildKit's checks are skipped, which are errors. */
#include "dockerfile/rules_buildkit.h"
#include "base/banned.h"

static void add_names(struct stk_arena *arena, struct stk_strs *list, bool *all, struct stk_str value)
{
	value = stk_str_trim(value);
	if (stk_str_is(value, "all"))
		*all = true;
	else
		while (value.n)
			*STK_PUSH(arena, list) = stk_str_trim(stk_str_cut(&value, ','));
}

/* "skip=A,B;error=true;experimental=all" */
static struct stk_buildkit_checks parse_checks(struct stk_arena *arena, struct stk_str text)
{
	struct stk_buildkit_checks checks = { 0 };
	while (text.n) {
		struct stk_str value = stk_str_cut(&text, ';'), key = stk_str_trim(stk_str_cut(&value, '='));
		if (stk_str_is(key, "skip"))
			add_names(arena, &checks.skip, &checks.skip_all, value);
		else if (stk_str_is(key, "experimental"))
			add_names(arena, &checks.experimental, &checks.experimental_all, value);
		else if (stk_str_is(key, "error"))
			checks.error = stk_str_eq_nocase(stk_str_trim(value), S("true")) ||
				       stk_str_is(stk_str_trim(value), "1");
	}
	return checks;
}

struct stk_buildkit_checks stk_buildkit_checks_of(const struct stk_dockerfile_context *context)
{
	const struct stk_variables *args = &context->options->build_args;
	struct stk_str text = context->file->directives.check.value;
	for (size_t i = 0; i < args->n; i++)
		if (stk_str_is(args->v[i].name, "BUILDKIT_DOCKERFILE_CHECK"))
			text = args->v[i].value;
	return parse_checks(context->arena, text);
}

bool stk_buildkit_experimental(const struct stk_dockerfile_context *context, const struct stk_rule *rule)
{
	struct stk_buildkit_checks checks = stk_buildkit_checks_of(context);
	return context->options->all_rules || checks.experimental_all ||
	       stk_strs_has(&checks.experimental, stk_str_from(rule->id));
}

static bool names_rule(const struct stk_strs *list, const struct stk_rule *rule)
{
	for (size_t i = 0; i < list->n; i++)
		if (stk_rule_is(rule, list->v[i]))
			return true;
	return false;
}

/* "check=skip=Rule remark" directly above the instruction. */
static bool comment_skips(struct stk_dockerfile_context *context, const struct stk_instruction *instruction,
			  const struct stk_rule *rule, uint32_t *line)
{
	for (size_t i = 0; i < instruction->comments.n; i++) {
		const struct stk_comment *comment = &context->file->comments.v[instruction->comments.first + i];
		struct stk_str text = stk_str_trim(comment->text);
		if (!stk_str_starts(text, S("check=")))
			continue;
		text = stk_str_slice(text, sizeof "check=" - 1, text.n);
		struct stk_buildkit_checks checks = parse_checks(context->arena, stk_str_cut(&text, ' '));
		*line = comment->line;
		if (checks.skip_all || names_rule(&checks.skip, rule))
			return true;
	}
	return false;
}

static bool has_check_comment(const struct stk_dockerfile *file)
{
	for (size_t i = 0; i < file->comments.n; i++)
		if (stk_str_starts(stk_str_trim(file->comments.v[i].text), S("check=")))
			return true;
	return false;
}

static void suppress(struct stk_dockerfile_context *context, struct stk_finding *finding, uint32_t line,
		     const char *reason)
{
	struct stk_arena *arena = context->report->arena;
	finding->suppressed = STK_NEW(arena, struct stk_suppression, 1);
	finding->suppressed->by = stk_arena_printf(arena, STK_FMT ":%u", STK_ARG(context->file->name), line);
	finding->suppressed->reason = stk_str_from(reason);
}

/* `# check=` at the top holds for the file, `# check: skip=` above an instruction for that one.
   The finding stays in the report as suppressed, so that a reader sees who hid it and where.
   Findings before `first` are other files'. */
void stk_buildkit_apply_checks(struct stk_dockerfile_context *context, size_t first)
{
	struct stk_buildkit_checks checks = stk_buildkit_checks_of(context);
	if (!checks.skip_all && !checks.skip.n && !checks.error && !has_check_comment(context->file))
		return;
	for (size_t i = first; i < context->report->findings.n; i++) {
		struct stk_finding *finding = &context->report->findings.v[i];
		const struct stk_instruction *instruction =
			stk_dockerfile_instruction_at(context->file, finding->location.line);
		uint32_t line = 0, unused;
		if (!finding->rule || finding->suppressed || !stk_rule_is_buildkit(finding->rule))
			continue;
		stk_dockerfile_position(context->file, context->file->directives.check.span.begin, &line, &unused);
		if (checks.skip_all || names_rule(&checks.skip, finding->rule))
			suppress(context, finding, line, "check directive");
		else if (instruction && comment_skips(context, instruction, finding->rule, &line))
			suppress(context, finding, line, "check comment");
		/* error=true makes BuildKit's build fail on any check: no finding of its rules
		   may then be below what fails a run. */
		else if (checks.error && finding->severity < STK_SEV_HIGH)
			finding->severity = STK_SEV_HIGH;
	}
}
