/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of names in messages. */
#pragma once
#include "base/arena.h"

/* "a, b and c" for a sentence, on the arena; of more than `most`, "a, b and 3 more". whole: the list has them all, so
   that the rest can be counted; else the rest is "and more". */
struct stk_str stk_strs_sentence(struct stk_arena *arena, const struct stk_strs *list, size_t most, bool whole);
