/* SPDX-License-Identifier: Apache-2.0 */
/* What does not parse. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/variables.h"
#include "base/banned.h"

/* "did you mean FROM?", "did you mean --mount?": where the wrong word stands as it was read, the right one takes its
   place. */
static void fix_word(struct stk_dockerfile_context *context, struct stk_finding *finding,
		     const struct stk_syntax_error *error)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_str meant = stk_str_strip_suffix(stk_str_strip_prefix(error->hint, S("did you mean ")), S("?"));
	struct stk_span span = error->span;
	struct stk_str typed = stk_str_slice(context->file->text, span.begin, span.end);
	if (meant.n + sizeof "did you mean ?" - 1 != error->hint.n)
		return;
	size_t end = stk_str_find_byte(typed, '='); /* a flag with its value */
	for (size_t i = 0; i < typed.n && i < end; i++)
		repair.failed |= !stk_is_alnum(typed.p[i]) && typed.p[i] != '-';
	stk_repair_replace(&repair, span.begin, end == SIZE_MAX ? span.end : span.begin + end, meant);
	stk_repair_offer(&repair, finding, false, "write " STK_FMT, STK_ARG(meant));
}

static void report(struct stk_dockerfile_context *context, const struct stk_rule *rule,
		   const struct stk_syntax_error *error)
{
	struct stk_finding *finding =
		error->hint.n ? stk_dockerfile_find(context, rule, error->span, STK_FMT "; " STK_FMT,
						    STK_ARG(error->message), STK_ARG(error->hint))
			      : stk_dockerfile_find(context, rule, error->span, STK_FMT, STK_ARG(error->message));
	fix_word(context, finding, error);
	if (error->instruction)
		finding->location.instruction = stk_str_from(stk_keyword_name(error->instruction->keyword));
}

/* Errors of the grammar; Hadolint, with a grammar of its own, stops at the first. */
static void check_syntax(const struct stk_rule *rule, void *context_)
{
	struct stk_dockerfile_context *context = context_;
	const struct stk_syntax_error *stop = stk_like_hadolint(context) ? stk_hadolint_stop(context) : NULL;
	if (stop)
		report(context, rule, stop);
	if (stk_like_hadolint(context))
		return;
	for (size_t i = 0; i < context->file->errors.n; i++)
		if (!context->file->errors.v[i].semantic)
			report(context, rule, &context->file->errors.v[i]);
}

static void expand_word(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			const struct stk_instruction *at, struct stk_str text, struct stk_span span)
{
	if (stk_str_find_byte(text, '$') == SIZE_MAX)
		return;
	/* FROM sees the arguments before it alone; whether they have values makes no difference here. */
	struct stk_lex_result result = stk_dockerfile_expand(context->file, at, text);
	if (result.error && !result.demands)
		stk_dockerfile_find_at(context, rule, at, span, "%s", result.error);
}

/* What BuildKit finds only when it puts variables in: a bad substitution, a missing brace. */
static void check_expansions(struct stk_dockerfile_context *context, const struct stk_rule *rule)
{
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		bool words = at->keyword == STK_ADD || at->keyword == STK_COPY || at->keyword == STK_EXPOSE ||
			     at->keyword == STK_USER || at->keyword == STK_VOLUME || at->keyword == STK_WORKDIR ||
			     at->keyword == STK_STOPSIGNAL || at->keyword == STK_FROM;
		for (size_t k = 0; words && !at->broken && k < at->words.n; k++)
			if (!stk_str_starts(at->words.v[k].raw, S("<<")))
				expand_word(context, rule, at, at->json ? at->words.v[k].value : at->words.v[k].raw,
					    at->words.v[k].span);
		for (size_t k = 0; !at->broken && k < at->pairs.n; k++) {
			expand_word(context, rule, at, at->pairs.v[k].key.raw, at->pairs.v[k].span);
			expand_word(context, rule, at, at->pairs.v[k].value.raw, at->pairs.v[k].span);
		}
	}
}

static void check_content(const struct stk_rule *rule, void *context_)
{
	struct stk_dockerfile_context *context = context_;
	check_expansions(context, rule);
	for (size_t i = 0; i < context->file->errors.n; i++)
		if (context->file->errors.v[i].semantic)
			report(context, rule, &context->file->errors.v[i]);
}

static const struct stk_rule rows[] = {
	{ .id = "DF-001",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "the builder refuses this",
	  .why = "The grammar is met, but BuildKit stops at what stands here, so no image is built from the file.",
	  .remedy = "Correct the value; the reference of all instructions is at the address below.",
	  .bad = "FROM alpine:3.20 AS 1st",
	  .good = "FROM alpine:3.20 AS first",
	  .url = "https://docs.docker.com/reference/dockerfile/",
	  .check = check_content },
	{ .id = "DL1000",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "does not parse",
	  .why = "BuildKit refuses the file at this place, so no image is built from it.",
	  .remedy = "Correct the instruction; the reference of all instructions is at the address below.",
	  .fix = "--fix-unsafe writes the keyword or flag that was meant, where one is near",
	  .bad = "FORM alpine:3.20",
	  .good = "FROM alpine:3.20",
	  .url = "https://docs.docker.com/reference/dockerfile/",
	  .check = check_syntax },
};

const struct stk_rule_table stk_dockerfile_syntax_rules = { "dockerfile", rows, STK_LEN(rows) };
