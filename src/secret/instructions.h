/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which line of a Dockerfile made which line of an image's history. Builders record
 * instructions after their own rewriting, so lines are compared by what people wrote.
 */

#include "base/arena.h"

/* lines[i] becomes the Dockerfile's line for history->v[i], or 0 where none fits: the last stage's instructions and the
   history are walked from their ends, and compared without white space and the builders' decorations. lines holds
   history->n numbers. */
void stk_instruction_lines(struct stk_arena *arena, const struct stk_strs *history, struct stk_str dockerfile,
			   uint32_t *lines);
/* A history line as people wrote it: without "/bin/sh -c #(nop)", "# buildkit", and build arguments before the shell.
 */
struct stk_str stk_instruction_text(struct stk_arena *arena, struct stk_str created_by);
