/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule table of the program, in the order of the areas' names. */
#include "audit/cross.h"
#include "cli/cli.h"
#include "compose/check.h"
#include "pipeline/workflow.h"
#include "context/rules.h"
#include "dockerfile/rules.h"
#include "dockerfile/rules_buildkit.h"
#include "dockerfile/rules_hadolint.h"
#include "network/rules.h"
#include "package/system_rules.h"
#include "report/ignore.h"
#include "secret/catalogue.h"

#include "base/banned.h"

const struct stk_rule_table *const stk_rule_tables[] = {
	&stk_audit_rules,
	&stk_compose_privilege_rules,
	&stk_compose_mount_rules,
	&stk_compose_network_rules,
	&stk_compose_limit_rules,
	&stk_compose_image_rules,
	&stk_compose_secret_rules,
	&stk_compose_file_rules,
	&stk_config_rules,
	&stk_context_rules,
	&stk_pipeline_rules,
	&stk_buildkit_copy_rules,
	&stk_buildkit_style_rules,
	&stk_buildkit_variable_rules,
	&stk_dockerfile_syntax_rules,
	&stk_hadolint_apk_rules,
	&stk_hadolint_apt_rules,
	&stk_hadolint_copy_rules,
	&stk_hadolint_from_rules,
	&stk_hadolint_label_rules,
	&stk_hadolint_language_rules,
	&stk_hadolint_pragma_rules,
	&stk_hadolint_rpm_rules,
	&stk_hadolint_shell_rules,
	&stk_hadolint_stage_rules,
	&stk_dockerfile_trivy_rules,
	&stk_own_base_rules,
	&stk_own_download_rules,
	&stk_own_final_rules,
	&stk_own_permission_rules,
	&stk_own_secret_rules,
	&stk_own_user_rules,
	&stk_network_rules,
	&stk_secret_rule_table,
	&stk_system_rules,
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
