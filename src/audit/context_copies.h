/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "context/rules.h"
#include "dockerfile/dockerfile.h"

/* Appends the COPY and ADD instructions of a Dockerfile (those under ONBUILD too) that take files of the build context.
 */
void stk_context_copies_of(struct stk_arena *arena, const struct stk_dockerfile *file, struct stk_context_copies *out);
