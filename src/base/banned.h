/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The last include of every .c: names that are easy to misuse do not compile. */

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok gets atoi atol system popen tmpnam mktemp
