/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Base64 and hexadecimal text (RFC 4648, sections 4, 5 and 8), decoded leniently: what people
 * paste into configurations has line breaks, either alphabet, and seldom its padding. For
 * digests, where one spelling is right, see stk_digest_parse.
 */

#include "base/buf.h"

/* Appends what the text stands for. Both alphabets ("+/" and "-_") are taken, padding may be missing, white space is
   skipped. False at the first byte that belongs to neither, or when the text ends inside a byte; what was decoded until
   then stays. */
bool stk_base64_decode(struct stk_buf *out, struct stk_str text);
/* Appends n bytes as base64: padded and of the first alphabet, or with `url` of the second and without padding. */
void stk_base64_encode(struct stk_buf *out, const void *bytes, size_t n, bool url);
/* Appends the bytes of pairs of hexadecimal digits of either case; false at anything else. */
bool stk_hex_decode(struct stk_buf *out, struct stk_str text);
/* The value of a digit of either alphabet plus one, 0 for other bytes. */
extern const uint8_t stk_base64_digits[256];
/* Is the byte of either base64 alphabet (padding excluded)? */
static inline bool stk_is_base64(char c)
{
	return stk_base64_digits[(unsigned char)c] != 0;
}
/* 0 to 15, or -1. */
int stk_hex_digit(char c);
