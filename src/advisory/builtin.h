/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The bytes of the database that is part of the program: data/advisories, compiled while the program is built. */

#include "base/str.h"

/* The compiled database, as stk_database_open_bytes() takes it; static, never freed. */
struct stk_str stk_builtin_advisories(void);
