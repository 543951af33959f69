/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the files of rules that no other tool has share: stages that end up in the image,
 * commands by name, addresses.
 */

#include "dockerfile/commands.h"

/* Is this stage the one that is built when no target is named, or one whose files its FROM chain takes over? */
bool stk_stage_is_final(const struct stk_dockerfile *file, size_t stage);
/* The file's last stage, or NULL without any. */
const struct stk_build_stage *stk_final_stage(const struct stk_dockerfile *file);
/* A command of the RUN has one of these names, divided by spaces; the first, or NULL. */
const struct stk_run_command *stk_run_find(const struct stk_run *run, const char *names);
/* Is it http:// or https:// to somewhere else than this machine? */
bool stk_is_remote_address(struct stk_str text);
