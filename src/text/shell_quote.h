/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Words for a POSIX shell. */

#include "base/buf.h"

/* Appends a word plain where a shell would leave it alone, else in single quotes. */
void stk_shell_quote(struct stk_buf *out, struct stk_str word);
