/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Text being built. A buffer is born with its ceiling and is sticky on overflow: append freely, test
 * `overflow` once at the end. What would pass the ceiling is dropped whole.
 */

#include "base/str.h"

struct stk_buf {
	char *p; /* never handed out as NULL by stk_buf_str */
	size_t n, cap;
	size_t limit; /* bytes it may hold */
	bool overflow;
};

#define STK_BUF __attribute__((cleanup(stk_buf_free))) struct stk_buf

/* An empty buffer that may grow to limit bytes; takes no memory before the first append. */
struct stk_buf stk_buf_new(size_t limit);
void stk_buf_free(struct stk_buf *buf);
/* Keeps the memory for reuse. */
void stk_buf_clear(struct stk_buf *buf);
void stk_buf_add(struct stk_buf *buf, struct stk_str s);
static inline void stk_buf_byte(struct stk_buf *buf, char c);
void stk_buf_repeat(struct stk_buf *buf, char c, size_t n);
void stk_buf_printf(struct stk_buf *buf, const char *fmt, ...) STK_PRINTF(2, 3);
/* What it holds; valid until the next append. */
struct stk_str stk_buf_str(const struct stk_buf *buf);

static inline void stk_buf_byte(struct stk_buf *buf, char c)
{
	/* Room for the byte and the terminator behind it; else the long way. */
	if (!buf->overflow && buf->n < buf->limit && buf->cap > buf->n + 1)
		buf->p[buf->n++] = c;
	else
		stk_buf_add(buf, (struct stk_str){ &c, 1 });
}
