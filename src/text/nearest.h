/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* "Did you mean ...?": for options, commands, rules and instructions. */

#include "base/arena.h"

/* The candidate that a mistyped word most likely meant: at most 2 insertions, deletions, changes or swaps of
   neighbours away (1 for words up to four bytes), the first on a draw; empty when none is near. Words longer than 64
   bytes are never near. */
struct stk_str stk_nearest(struct stk_str word, const struct stk_strs *candidates);
