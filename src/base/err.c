/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See err.h. Every function returns -1, so that failing is one statement: `return
 * stk_fail(...)`.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

int stk_fail(struct stk_err *err, enum stk_errc code, const char *fmt, ...)
{
	if (!err)
		return -1;
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
	va_end(args);
	err->code = code;
	/* A hint that an earlier attempt left does not belong to this failure. */
	err->hint[0] = 0;
	return -1;
}

int stk_within(struct stk_err *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	char outer[sizeof(err->msg)];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(outer, sizeof(outer), fmt, args);
	va_end(args);
	/* A prefix that cannot be formatted is left out; what failed inside still counts. */
	if (n < 0)
		return -1;
	/* The prefix goes in first and the inner text is cut at the end, so that what remains
	   of a long message says where to look. */
	size_t used = (size_t)n < sizeof(outer) ? (size_t)n : sizeof(outer) - 1;
	snprintf(outer + used, sizeof(outer) - used, ": %s", err->msg);
	memcpy(err->msg, outer, sizeof(err->msg));
	return -1;
}

int stk_hint(struct stk_err *err, const char *fmt, ...)
{
	if (!err || err->hint[0])
		return -1;
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, args);
	va_end(args);
	return -1;
}
