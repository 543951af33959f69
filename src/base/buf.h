/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Text being built, or bytes being collected, of a length that is not known beforehand. A
 * buffer is born with its ceiling and is sticky on overflow: append freely, test `overflow`
 * once at the end. What would pass the ceiling is dropped whole, so that a number or an escape
 * sequence is never cut in its middle.
 *
 * Typical use: STK_BUF text = stk_buf_new(LIMIT); append; copy the result to an arena with
 * stk_arena_str(arena, stk_buf_str(&text)). The memory is the buffer's own and goes at the end
 * of the scope.
 *
 * Running out of memory counts as overflow: buffers hold what came from outside, and their
 * owners have an answer to "too large". Not thread-safe.
 */

#include "base/str.h"

/* Read the members freely; write them through the functions. */
struct stk_buf {
	/* NULL before the first append; stk_buf_str never hands that out. */
	char *p;
	/* Bytes held and bytes of memory; cap leaves room for a terminator that stk_buf_printf
	   needs. */
	size_t n, cap;
	/* Bytes that it may hold. stk_buf_free keeps it, so that a freed buffer can be used
	   again. */
	size_t limit;
	/* Something was dropped. Nothing is appended from then on until stk_buf_clear. */
	bool overflow;
};

/* Frees the memory at the end of the scope. */
#define STK_BUF __attribute__((cleanup(stk_buf_free))) struct stk_buf

/* An empty buffer that may grow to limit bytes; takes no memory before the first append. */
struct stk_buf stk_buf_new(size_t limit);
/* Gives the memory back; the buffer is empty and usable, with the same ceiling. */
void stk_buf_free(struct stk_buf *buf);
/* Empties it and forgets an overflow; keeps the memory for reuse. */
void stk_buf_clear(struct stk_buf *buf);
/* Appends a view's bytes; s must not lie in the buffer itself, which may move. */
void stk_buf_add(struct stk_buf *buf, struct stk_str s);
/* Appends one byte: inline, because parsers and writers call it for every character. */
static inline void stk_buf_byte(struct stk_buf *buf, char c);
/* Appends the same byte n times, for indentation and padding. */
void stk_buf_repeat(struct stk_buf *buf, char c, size_t n);
/* Appends formatted text, without a terminator. */
void stk_buf_printf(struct stk_buf *buf, const char *fmt, ...) STK_PRINTF(2, 3);
/* What it holds; a view into the buffer, valid until the next append or free. */
struct stk_str stk_buf_str(const struct stk_buf *buf);

static inline void stk_buf_byte(struct stk_buf *buf, char c)
{
	/* Room for the byte and the terminator behind it; else the long way. */
	if (!buf->overflow && buf->n < buf->limit && buf->cap > buf->n + 1)
		buf->p[buf->n++] = c;
	else
		stk_buf_add(buf, (struct stk_str){ &c, 1 });
}
