/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the setting `environment: development` changes. */

#include "cli/config.h"

/* Lowers the severities that an environment does not deserve; production changes nothing. */
void stk_environment_apply(enum stk_environment environment, struct stk_report *report);
