/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Names and
 * messages are bytes everywhere else; here is where they become characters: for columns, for
 * escapes, and before a terminal sees them.
 */

#include "base/buf.h"
#include "base/str.h"

/* Length (1 to 4) of the valid sequence at the start of s, with its code point; 0 when there is none. */
size_t stk_utf8_decode(struct stk_str s, uint32_t *code_point);
/* Appends a code point, which must be a valid one. */
void stk_utf8_encode(struct stk_buf *out, uint32_t code_point);
/* Is all of it UTF-8? */
bool stk_utf8_valid(struct stk_str s);
/* The first n bytes of s, or a few less where a character would be cut. */
struct stk_str stk_utf8_cut(struct stk_str s, size_t n);
/* Columns a terminal gives the text: wide characters count 2, combining and control characters 0, broken bytes 1. */
size_t stk_utf8_width(struct stk_str s);
/* Appends s with control characters, escape sequences and broken bytes made visible as \xNN, so that hostile text
   cannot drive a terminal; "\n" and "\t" become a space. */
void stk_utf8_printable(struct stk_buf *out, struct stk_str s);
