/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules run on a file, and their run. */
#include "dockerfile/rules_buildkit.h"
#include "dockerfile/rules_hadolint.h"
#include "base/banned.h"

struct planned {
	const struct stk_rule *rule;
	stk_check_fn *check;
	uint64_t programs; /* of rule->programs; 0: it is run whatever the file runs */
	bool syntax;
};

struct stk_dockerfile_plan {
	struct planned *v;
	size_t n, cap;
};

static bool is_enabled(const struct stk_rule *rule, const struct stk_dockerfile_options *options)
{
	if (!rule->optional || options->all_rules)
		return true;
	for (size_t i = 0; i < options->enabled.n; i++)
		if (stk_rule_is(rule, options->enabled.v[i]))
			return true;
	return false;
}

static bool is_wanted(const struct stk_rule *rule, const struct stk_dockerfile_options *options)
{
	if (!rule->check || !is_enabled(rule, options))
		return false;
	switch (options->compat) {
	case STK_COMPAT_BUILDKIT:
		return stk_rule_is_buildkit(rule);
	case STK_COMPAT_HADOLINT:
		return stk_rule_is_hadolint(rule);
	case STK_COMPAT_NONE:
		break;
	}
	return true;
}

const struct stk_dockerfile_plan *stk_dockerfile_plan(struct stk_arena *arena,
						      const struct stk_dockerfile_options *options)
{
	struct stk_dockerfile_plan *plan = STK_NEW(arena, struct stk_dockerfile_plan, 1);
	for (size_t t = 0; t < stk_n_dockerfile_tables; t++) {
		const struct stk_rule_table *table = stk_dockerfile_tables[t];
		for (size_t i = 0; i < table->n; i++) {
			const struct stk_rule *rule = &table->rows[i];
			stk_check_fn *buildkit =
				options->compat == STK_COMPAT_BUILDKIT ? stk_buildkit_verdict(rule) : NULL;
			if (is_wanted(rule, options))
				*STK_PUSH(arena, plan) = (struct planned){
					.rule = rule,
					.check = buildkit ? buildkit : rule->check,
					.programs = stk_program_bits(stk_str_from(rule->programs)),
					.syntax = table == &stk_dockerfile_syntax_rules,
				};
		}
	}
	return plan;
}

/* Hadolint says nothing else about a file that it cannot parse. */
static bool stops_hadolint(const struct stk_dockerfile_context *context)
{
	return stk_like_hadolint(context) && stk_hadolint_stop(context);
}

void stk_dockerfile_check(struct stk_dockerfile_context *context)
{
	bool stopped = stops_hadolint(context);
	size_t first = context->report->findings.n;
	if (!context->plan)
		context->plan = stk_dockerfile_plan(context->arena, context->options);
	for (size_t i = 0; i < context->plan->n; i++) {
		const struct planned *planned = &context->plan->v[i];
		bool concerned = !planned->programs || (stk_dockerfile_runs(context)->programs & planned->programs);
		if (stopped ? planned->syntax : concerned)
			planned->check(planned->rule, context);
	}
	if (context->options->compat == STK_COMPAT_HADOLINT)
		stk_hadolint_collapse(context, first);
	else
		stk_buildkit_apply_checks(context, first);
	if (context->options->compat != STK_COMPAT_BUILDKIT)
		stk_hadolint_pragmas(context, first);
}
