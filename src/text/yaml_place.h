/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing YAML whose mistakes the caller places himself. */
#pragma once
#include "text/yaml.h"

/* stk_yaml_parse for whoever says the place in a form of his own: the error's text has none, *place has (lines and
   columns from 1, columns in bytes). */
struct stk_yaml_place {
	uint32_t line, column;
};
int stk_yaml_parse_placed(struct stk_arena *arena, struct stk_str text, struct stk_yaml_documents *out,
			  struct stk_yaml_place *place, struct stk_err *err);
