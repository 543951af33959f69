/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "secret/secret.h"

/* A copy of a text in which every secret that was found in it is replaced by asterisks, byte for byte, so that lines
   and columns stay. Findings in members of archives are passed over. */
struct stk_str stk_secret_mask(struct stk_arena *arena, struct stk_str text, const struct stk_secret *found, size_t n);
