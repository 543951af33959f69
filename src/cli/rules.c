/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule table of the program, in the order of the areas' names. */
#include "audit/cross.h"
#include "cli/cli.h"
#include "compose/check.h"
#include "pipeline/workflow.h"
#include "context/rules.h"
#include "dockerfile/rules.h"
#include "network/rules.h"
#include "package/system_rules.h"
#include "report/ignore.h"
#include "secret/catalogue.h"

#include "base/banned.h"

const struct stk_rule_table *const stk_rule_tables[] = {
#define X(name) &name,
	X(stk_audit_rules) STK_COMPOSE_TABLES(X) X(stk_config_rules) X(stk_context_rules) X(stk_pipeline_rules)
		STK_DOCKERFILE_TABLES(X) X(stk_network_rules) X(stk_secret_rule_table) X(stk_system_rules)
#undef X
};

const size_t stk_n_rule_tables = STK_LEN(stk_rule_tables);

const struct stk_rule *stk_rules_find(struct stk_str name)
{
	for (size_t i = 0; i < stk_n_rule_tables; i++) {
		const struct stk_rule *rule = stk_rule_find(stk_rule_tables[i], name);
		if (rule)
			return rule;
	}
	return NULL;
}
