/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The last include of every .c: names that are easy to misuse do not compile. Unbounded copies,
 * formats without a length, strtok's hidden state, numbers without errors, shells. Last,
 * because the system's own headers mention them; str.h, buf.h and file.h hold what to use
 * instead. ./dev lint looks for this line.
 */

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok gets atoi atol system popen tmpnam mktemp
