/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Errors are values. Whoever knows a fact adds it once, from the inside out, so that the text
 * reads outside in: "image nginx.tar: layer 3: pax header at byte 5120: length exceeds 1 MiB".
 * Codes are for deciding, text is for people; nothing takes text apart again.
 *
 * The contract of every function that takes a `struct stk_err *err` as its last parameter: it
 * returns -1 (or NULL) after exactly one stk_fail, and its results are not written then.
 * Callers either pass the error on, mostly through `return stk_within(err, "%s", path)`, or
 * decide by its code. err may be NULL where nobody wants to know.
 *
 * The caller owns the struct, on its stack; failing allocates nothing, so it works when memory
 * is out. It prints nothing: only src/cli does. Errors in the program itself are assert's
 * business, and never broken input.
 */

#include "base/str.h"

/* Why something failed, as far as a caller decides by it: a file that is not there may be optional, a wrong question is
 * not a broken input. */
enum stk_errc {
	STK_OK,
	STK_EIO,       /* the system refused: open, read, connect */
	STK_EFORMAT,   /* the bytes are not what they claim to be */
	STK_ELIMIT,    /* a ceiling of base/limits.h was reached */
	STK_ENOTFOUND, /* what was asked for does not exist */
	STK_EUSAGE,    /* the user asked for something that makes no sense */
};

/* `code` is meaningful after a failure only. Texts are NUL-terminated, and may hold bytes of
   the input that they speak of. */
struct stk_err {
	enum stk_errc code;
	char msg[512];
	char hint[256]; /* what to do about it, or "" */
};

/* Sets code and text; returns -1. err may be NULL. A text too long for msg is cut at its end. */
int stk_fail(struct stk_err *err, enum stk_errc code, const char *fmt, ...) STK_PRINTF(3, 4);
/* Puts "<fmt>: " before the text; code and hint stay. Returns -1. */
int stk_within(struct stk_err *err, const char *fmt, ...) STK_PRINTF(2, 3);
/* Says what to do; the innermost hint wins. Returns -1. */
int stk_hint(struct stk_err *err, const char *fmt, ...) STK_PRINTF(2, 3);
