/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a template, the rest a .env file, whose variables the template sees. */
#include <stdlib.h>

#include "compose/substitute.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	return stk_compose_environment_get(context, name, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str rest = { (const char *)data, size }, template = stk_str_cut_line(&rest), out;
	struct stk_compose_environment environment = { 0 }, raw = { 0 };
	(void)stk_compose_dotenv(&arena, rest, false, NULL, NULL, &environment, &err);
	(void)stk_compose_dotenv(&arena, rest, true, look_up, &environment, &raw, &err);
	struct stk_compose_substitution s = { .lookup = look_up, .context = &environment, .arena = &arena };
	if (stk_compose_substitute(&s, template, &out, &err) == 0 && !s.replaced && !stk_str_eq(out, template))
		abort();
	return 0;
}
