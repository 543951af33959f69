/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "audit/checklist.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "text/glob.h"

CASE(commands_are_sorted)
{
	for (size_t i = 1; i < stk_n_commands; i++)
		assert_true(strcmp(stk_commands[i - 1]->name, stk_commands[i]->name) < 0);
}

CASE(option_names_and_letters_are_unique_in_a_command)
{
	for (size_t c = 0; c < stk_n_commands; c++) {
		const struct stk_option *a, *b;
		for (size_t i = 0; (a = stk_options_at(stk_commands[c], i)); i++)
			for (size_t j = 0; j < i && (b = stk_options_at(stk_commands[c], j)); j++) {
				assert_string_not_equal(a->name, b->name);
				assert_true(!a->letter || a->letter != b->letter);
			}
	}
}

static bool name_taken(const struct stk_rule *rule, const char *name)
{
	return name && stk_rule_is(rule, stk_str_from(name));
}

CASE(rule_names_are_unique_in_the_program)
{
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; i < stk_rule_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_rule_tables[t]->rows[i];
			assert_true(rule->id && rule->title && rule->why && rule->remedy);
			assert_ptr_equal(stk_rules_find(stk_str_from(rule->id)), rule);
			for (size_t k = 0; k < i; k++)
				assert_false(name_taken(&stk_rule_tables[t]->rows[k], rule->id));
		}
}

/* Is there a rule that this pattern of the checklist names? */
static bool names_a_rule(struct stk_str pattern)
{
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; i < stk_rule_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_rule_tables[t]->rows[i];
			if (stk_glob_match(pattern, stk_str_from(rule->id)))
				return true;
			for (size_t a = 0; a < STK_LEN(rule->aliases) && rule->aliases[a]; a++)
				if (stk_glob_match(pattern, stk_str_from(rule->aliases[a])))
					return true;
		}
	return false;
}

CASE(the_checklist_names_rules_that_exist)
{
	for (size_t i = 0; i < stk_n_checklist_rows; i++)
		for (struct stk_str rest = stk_str_from(stk_checklist_rows[i].rules); rest.n;) {
			struct stk_str pattern = stk_str_strip_prefix(stk_str_cut(&rest, ' '), S("image:"));
			if (!stk_str_is(pattern, "CVE") && !names_a_rule(pattern))
				fail_msg("%s: no rule " STK_FMT, stk_checklist_rows[i].id, STK_ARG(pattern));
		}
}
