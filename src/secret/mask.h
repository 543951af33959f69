/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Texts with the secrets in them made unreadable, for what a report shows besides its findings. */

#include "secret/secret.h"

/* A copy of a text in which every secret that was found in it is replaced by asterisks, byte for byte, so that lines
   and columns stay. Findings in members of archives are passed over. */
struct stk_str stk_secret_mask(struct stk_arena *arena, struct stk_str text, const struct stk_secret *found, size_t n);

/* The text with every one of the values in it replaced by asterisks; the text itself when it holds none. */
struct stk_str stk_secret_mask_values(struct stk_arena *arena, struct stk_str text, const struct stk_strs *values);
/* The same for all that a target says about itself: its facts and its layers' instructions. */
void stk_secret_mask_target(struct stk_arena *arena, struct stk_target *target, const struct stk_strs *values);
