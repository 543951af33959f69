/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the readers of this folder share. */

#include "pipeline/workflow.h"

/* The line, column and bytes of a value; node must not be NULL. */
struct stk_workflow_place stk_workflow_place_of(const struct stk_yaml *node);
/* Adds a step that runs a script held by a scalar. */
void stk_workflow_add_script(struct stk_arena *arena, struct stk_workflow_job *job, const struct stk_yaml *scalar,
			     bool may_fail);
void stk_github_read(struct stk_arena *arena, struct stk_workflow *workflow);
void stk_gitlab_read(struct stk_arena *arena, struct stk_workflow *workflow);
