/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One pattern of a .dockerignore, ready for comparing. Private to dockerignore.c: the language
 * of one pattern is here, what several mean together is there.
 */

#include "base/arena.h"

struct stk_ignore_matcher;

/* Would Go's filepath.Match take the pattern? The same as whether the builders take it: they
   ask Match. */
bool stk_ignore_pattern_valid(struct stk_str pattern);
/* Never NULL: a pattern whose expression RE2 would refuse gives a matcher that fails. */
struct stk_ignore_matcher *stk_ignore_matcher_new(struct stk_arena *arena, struct stk_str pattern);
/* -1: the expression is invalid. 0 with *matches set. Uses scratch memory of the matcher: not
   from two threads. */
int stk_ignore_matcher_try(const struct stk_ignore_matcher *matcher, struct stk_str path, bool *matches);
