/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tables of Dockerfile rules and reports what they find. */
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "dockerfile/rules.h"
#include "dockerfile/rules_buildkit.h"
#include "dockerfile/rules_own.h"
#include "dockerfile/rules_hadolint.h"
#include "base/banned.h"

const struct stk_rule_table *const stk_dockerfile_tables[] = {
#define X(name) &name,
	STK_DOCKERFILE_TABLES(X)
#undef X
};
const size_t stk_n_dockerfile_tables = STK_LEN(stk_dockerfile_tables);

static struct stk_finding *add(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			       struct stk_span span, const char *fmt, va_list args)
{
	char text[1024];
	int n = vsnprintf(text, sizeof text, fmt, args);
	struct stk_finding *finding = stk_report_add(context->report, rule, context->target);
	struct stk_location *location = &finding->location;
	finding->message = stk_arena_str(context->report->arena,
					 (struct stk_str){ text, n < 0			   ? 0
								 : (size_t)n < sizeof text ? (size_t)n
											   : sizeof text - 1 });
	location->file = context->file->name;
	stk_dockerfile_position(context->file, span.begin, &location->line, &location->column);
	stk_dockerfile_position(context->file, span.end, &location->end_line, &location->end_column);
	return finding;
}

struct stk_finding *stk_dockerfile_find(struct stk_dockerfile_context *context, const struct stk_rule *rule,
					struct stk_span span, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct stk_finding *finding = add(context, rule, span, fmt, args);
	va_end(args);
	return finding;
}

struct stk_finding *stk_dockerfile_find_at(struct stk_dockerfile_context *context, const struct stk_rule *rule,
					   const struct stk_instruction *instruction, struct stk_span span,
					   const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct stk_finding *finding = add(context, rule, span, fmt, args);
	va_end(args);
	finding->location.instruction = stk_str_from(stk_keyword_name(instruction->keyword));
	if (instruction->stage < context->file->stages.n)
		finding->location.service =
			stk_arena_str(context->report->arena, context->file->stages.v[instruction->stage].alias.value);
	return finding;
}

void stk_dockerfile_edit(struct stk_dockerfile_context *context, struct stk_fix *fix, size_t begin, size_t end,
			 struct stk_str text)
{
	stk_fix_edit(context->report, fix, context->file->name, begin, end, text);
}

/* A heredoc that begins with "#!" runs under what stands there. */
static bool names_other_interpreter(struct stk_str text)
{
	if (!stk_str_starts(text, S("#!")))
		return false;
	struct stk_str line = stk_str_cut_line(&text), rest = stk_str_slice(line, 2, line.n);
	struct stk_str program = stk_str_cut_word(&rest), word;
	while (stk_str_ends(program, S("env")) && (word = stk_str_cut_word(&rest)).n)
		if (word.p[0] != '-')
			program = word;
	enum stk_shell_dialect dialect = stk_shell_dialect_of(program);
	return dialect != STK_SHELL_POSIX && dialect != STK_SHELL_BASH;
}

const struct stk_shell *stk_instruction_shell(const struct stk_dockerfile *file, struct stk_instruction *instruction)
{
	if (instruction->script || !instruction->shell_text.text.n)
		return instruction->script;
	bool other = instruction->shell->kind == STK_RUNS_POWERSHELL || instruction->shell->kind == STK_RUNS_CMD;
	if ((other && !instruction->json) ||
	    (instruction->shell_is_heredoc && names_other_interpreter(instruction->shell_text.text)))
		return NULL;
	instruction->script = stk_shell_parse(file->arena, instruction->shell_text.text);
	return instruction->script;
}

static const char *const buildkit_names[] = {
	"ConsistentInstructionCasing",
	"CopyIgnoredFile",
	"DuplicateStageName",
	"ExposeInvalidFormat",
	"ExposeProtoCasing",
	"FromAsCasing",
	"FromPlatformFlagConstDisallowed",
	"InvalidBaseImagePlatform",
	"InvalidDefaultArgInFrom",
	"InvalidDefinitionDescription",
	"JSONArgsRecommended",
	"LegacyKeyValueFormat",
	"MaintainerDeprecated",
	"MultipleInstructionsDisallowed",
	"NoEmptyContinuation",
	"RedundantTargetPlatform",
	"ReservedStageName",
	"SecretsUsedInArgOrEnv",
	"StageNameCasing",
	"UndefinedArgInFrom",
	"UndefinedVar",
	"WorkdirRelativePath",
};

bool stk_rule_is_buildkit(const struct stk_rule *rule)
{
	for (size_t i = 0; i < STK_LEN(buildkit_names); i++)
		if (stk_rule_is(rule, stk_str_from(buildkit_names[i])))
			return true;
	return false;
}

bool stk_rule_is_hadolint(const struct stk_rule *rule)
{
	return rule->id[0] == 'D' && rule->id[1] == 'L';
}
