/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The patterns of ${name#pattern} and its relatives: "*", "?" and "\" before them; no sets.
 * Linear memory, O(n*m) time. BuildKit's own conversion of shell patterns, which is simpler
 * than a shell's.
 */

#include "base/buf.h"
#include "base/str.h"

/* Does BuildKit take the pattern? It refuses a backslash before anything but "*", "?", a backslash, "}" and "/". */
bool stk_pattern_is_valid(struct stk_str pattern);
/* The value without the shortest or longest prefix (suffix) that matches. */
struct stk_str stk_pattern_trim_prefix(struct stk_str pattern, struct stk_str value, bool longest);
struct stk_str stk_pattern_trim_suffix(struct stk_str pattern, struct stk_str value, bool longest);
/* Appends the value with the first (or every) match replaced; "*" takes as much as it can. */
void stk_pattern_replace(struct stk_str pattern, struct stk_str value, struct stk_str text, bool all,
			 struct stk_buf *out);
