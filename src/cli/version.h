/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `strake --version` prints. */

/* Prints "strake 0.1.0" and the libraries and options it was built with. */
void stk_version_print(void);
