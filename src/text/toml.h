/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * TOML 1.0 read into the tree that JSON has: tables are objects, dates and times are strings as
 * written. So the getters of json.h serve both. For rules of secrets in gitleaks' form. Strings
 * are copied to the arena; the text may go.
 */

#include "text/json.h"

/* Parses a document; *out is its root table. Errors (STK_EFORMAT) name the line: syntax, a key or table defined twice,
   nesting deeper than STK_LIMIT_DEPTH, bytes that are not UTF-8. */
int stk_toml_parse(struct stk_arena *arena, struct stk_str text, struct stk_json **out, struct stk_err *err);
