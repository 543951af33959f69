/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Puts the fixes of Dockerfile rules together. Rules offer edits of the text they saw; what one
 * changes another may have to see, so files are mended in rounds.
 */

#include "dockerfile/rules.h"

struct stk_dockerfile_fixed {
	struct stk_str text; /* the mended file; the original where nothing could be mended */
	size_t n_applied;    /* findings mended */
};

/* Lints and mends again and again until nothing is left that can be mended, so that mending the result changes nothing.
   Fixes that overlap wait for the next round. unsafe: also fixes that may change what is built. A round after which the
   file no longer parses as well as before is dropped. Everything is on the arena. */
struct stk_dockerfile_fixed stk_dockerfile_fix(struct stk_arena *arena, struct stk_str name, struct stk_str text,
					       const struct stk_dockerfile_options *options, bool unsafe);
