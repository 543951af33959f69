/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the readers of this folder share: workflow.c decides which reader, github.c and gitlab.c
 * fill the same facts. Private to src/pipeline.
 */

#include "pipeline/workflow.h"

/* The line, column and bytes of a value; node must not be NULL. */
struct stk_workflow_place stk_workflow_place_of(const struct stk_yaml *node);
/* Adds a step that runs a script held by a scalar. */
void stk_workflow_add_script(struct stk_arena *arena, struct stk_workflow_job *job, const struct stk_yaml *scalar,
			     bool may_fail);
/* Each fills a workflow whose root has been parsed; what is of another type than the syntax
   wants is left out. */
void stk_github_read(struct stk_arena *arena, struct stk_workflow *workflow);
void stk_gitlab_read(struct stk_arena *arena, struct stk_workflow *workflow);
