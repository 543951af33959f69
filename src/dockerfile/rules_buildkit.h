/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * BuildKit's build checks. Those that no other tool has are rows of stk_buildkit_*_rules. The others are rows of
 * Hadolint's tables with BuildKit's name among the aliases: DL3000 WorkdirRelativePath, DL3012 DL4003 DL4004
 * MultipleInstructionsDisallowed, DL3024 DuplicateStageName, DL3025 JSONArgsRecommended, DL3029
 * FromPlatformFlagConstDisallowed, DL3063 ReservedStageName, DL3064 SecretsUsedInArgOrEnv, DL3065
 * RedundantTargetPlatform, DL4000 MaintainerDeprecated and stk_buildkit_verdict has what BuildKit itself says for them.
 */

#include "dockerfile/rules.h"

/* BuildKit's own condition for a row that has it as an alias, or NULL when the row's check is BuildKit's. */
stk_check_fn *stk_buildkit_verdict(const struct stk_rule *rule);

/* "# check=skip=...": the directive at the top, the build argument BUILDKIT_DOCKERFILE_CHECK that replaces it, comments
   above instructions. */
struct stk_buildkit_checks {
	bool skip_all, error, experimental_all;
	struct stk_strs skip, experimental;
};
struct stk_buildkit_checks stk_buildkit_checks_of(const struct stk_dockerfile_context *context);
/* Is this experimental rule wanted? */
bool stk_buildkit_experimental(const struct stk_dockerfile_context *context, const struct stk_rule *rule);
/* Marks findings from `first` on that the checks' settings skip, and raises those that error=true turns into failures.
 */
void stk_buildkit_apply_checks(struct stk_dockerfile_context *context, size_t first);
