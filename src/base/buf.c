/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing text: see buf.h. Memory doubles from 64 bytes on, and one byte more than asked for is
 * always there, because vsnprintf ends what it writes with a NUL.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

struct stk_buf stk_buf_new(size_t limit)
{
	return (struct stk_buf){ .limit = limit };
}

void stk_buf_free(struct stk_buf *buf)
{
	free(buf->p);
	*buf = (struct stk_buf){ .limit = buf->limit };
}

void stk_buf_clear(struct stk_buf *buf)
{
	buf->n = 0;
	buf->overflow = false;
}

/* Room for `more` bytes and a terminator behind them; false (and sticky) past the ceiling. */
static bool reserve(struct stk_buf *buf, size_t more)
{
	assert(buf->n <= buf->cap);
	if (buf->overflow || more > buf->limit || buf->n > buf->limit - more) {
		buf->overflow = true;
		return false;
	}
	/* No sum can wrap: more and n are at most limit, and limits are far below SIZE_MAX / 2. */
	size_t need = buf->n + more + 1;
	if (need <= buf->cap)
		return true;
	size_t cap = buf->cap ? buf->cap : 64;
	/* Ends before it could wrap, as need is at most limit + 1. */
	while (cap < need)
		cap *= 2;
	char *grown = realloc(buf->p, cap);
	if (!grown) {
		buf->overflow = true;
		return false;
	}
	buf->p = grown;
	buf->cap = cap;
	return true;
}

void stk_buf_add(struct stk_buf *buf, struct stk_str s)
{
	if (s.n == 0 || !reserve(buf, s.n))
		return;
	memcpy(buf->p + buf->n, s.p, s.n);
	buf->n += s.n;
}

void stk_buf_repeat(struct stk_buf *buf, char c, size_t n)
{
	if (n == 0 || !reserve(buf, n))
		return;
	memset(buf->p + buf->n, c, n);
	buf->n += n;
}

void stk_buf_printf(struct stk_buf *buf, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	/* Most texts fit into the room there is: formatted once. */
	size_t room = buf->cap - buf->n;
	int n = vsnprintf(room ? buf->p + buf->n : NULL, room, fmt, args);
	va_end(args);
	if (n > 0 && reserve(buf, (size_t)n)) {
		/* It did not fit: vsnprintf has said how long it is, and reserve() has made
		   that room. */
		if ((size_t)n >= room)
			vsnprintf(buf->p + buf->n, (size_t)n + 1, fmt, again);
		buf->n += (size_t)n;
	}
	va_end(again);
}

struct stk_str stk_buf_str(const struct stk_buf *buf)
{
	return (struct stk_str){ buf->p ? buf->p : "", buf->n };
}
