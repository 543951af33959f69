/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the readers of users' rules share: user.c (Gitleaks, .strake.yaml) and user_trivy.c. Private to these. */

#include "secret/user.h"

/* A rule before it is made: what all forms state. Texts may be empty. */
struct stk_secret_draft {
	struct stk_str id, title, regex, path, severity, confidence;
	struct stk_strs keywords;
	double entropy;
	int64_t group;
	struct stk_secret_extra *extra;
};

/* Makes a row of it and adds that to the rules; the catalogue's rule of this name is switched off. STK_EUSAGE. */
int stk_secret_rules_add(struct stk_arena *arena, const struct stk_secret_draft *draft, struct stk_secret_rules *out,
			 struct stk_err *err);
/* Compiles an expression and adds it to `to`; the rules own it. */
int stk_secret_code_add(struct stk_arena *arena, struct stk_secret_rules *rules, struct stk_secret_codes *to,
			struct stk_str regex, struct stk_err *err);
/* A list of texts, or one text. */
struct stk_strs stk_secret_yaml_strings(struct stk_arena *arena, const struct stk_yaml *map, const char *key);
