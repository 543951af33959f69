/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Tells bytes that decoding is interested in from all others, many at a time.
 */

#include <stddef.h>
#include <stdint.h>

enum { STK_BLOCK = 64, STK_BLOCKS = 64 }; /* bytes of a block; most blocks at a time */

/* One bit a byte, the first byte's the lowest; one word a block. */
struct stk_byte_classes {
	uint64_t digits[STK_BLOCKS]; /* digits of either alphabet of base64 (RFC 4648, sections 4 and 5), without "=" */
	uint64_t escapes[STK_BLOCKS]; /* '%', '\\' and the escape character */
};

/* Classifies n blocks, at most STK_BLOCKS, from p on: n * STK_BLOCK bytes must be readable. */
void stk_classify(const char *p, size_t n, struct stk_byte_classes *out);
/* Line feeds in n bytes. */
size_t stk_count_lines(const char *p, size_t n);
