/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Credentials that are public: they authenticate nobody. */

#include "base/str.h"

/* Is this one of the credentials that vendors publish themselves, in documentation or emulators? */
bool stk_value_known(struct stk_str value);
