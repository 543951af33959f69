/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Words for a POSIX shell: commands that remedies print must survive being pasted. The shell's
 * own reading is src/dockerfile's.
 */

#include "base/buf.h"

/* Appends a word plain where a shell would leave it alone, else in single quotes. */
void stk_shell_quote(struct stk_buf *out, struct stk_str word);
