/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Shell patterns over paths, for the settings that people write: ignores, paths of rules,
 * excluded folders. .dockerignore, whose language only looks alike, has its own matcher.
 */

#include "base/str.h"

/* Does path match the pattern? "*" and "?" stop at slashes, "**" does not, "[a-z]" and "[!a-z]" are sets, "\" quotes
   the next byte. A pattern without a slash is tried against the last part of the path too. Linear memory, no recursion
   on hostile input. */
bool stk_glob_match(struct stk_str pattern, struct stk_str path);
