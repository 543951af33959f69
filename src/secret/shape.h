/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What must follow a keyword for a rule to match: the beginning of a few expressions' rest, by hand. They are for
 * keywords that ordinary text is full of ("token", "https://"); for those, asking the expression each time would cost
 * more than all other rules together. Each takes a text and the place behind a keyword in it, and may say true where
 * the expression says no, never the other way round (catalogue_sample_test.c).
 */

#include "base/str.h"

/* Where a name begins that goes on at text.p[at]: at most two words with a blank between them, and `most` bytes. */
size_t stk_secret_name_begin(struct stk_str text, size_t at, size_t most);
/* An operator, then a value of 16 to 150 characters, quoted or not: `_KEY": "x..."`, `=x...`, `: string = x...`. */
bool stk_secret_shape_assigned(struct stk_str text, size_t at);
/* "=", after at most two blanks. */
bool stk_secret_shape_equals(struct stk_str text, size_t at);
/* An operator, then a quote: `"] = "`, `: '`. */
bool stk_secret_shape_quoted(struct stk_str text, size_t at);
/* The rest of a URL's user information behind "://": `user:password@`. */
bool stk_secret_shape_userinfo(struct stk_str text, size_t at);
