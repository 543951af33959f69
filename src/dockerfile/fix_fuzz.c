/* SPDX-License-Identifier: Apache-2.0 */
/* The fixer: what it makes parses as well as what it got, with as many stages, and mending it again changes
 * nothing. */
#include <stdlib.h>

#include "dockerfile/fix.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	if (size > 8192)
		return 0;
	for (int unsafe = 0; unsafe < 2; unsafe++) {
		struct stk_dockerfile_options options = { .all_rules = true };
		struct stk_str text = { (const char *)data, size };
		struct stk_dockerfile_fixed once = stk_dockerfile_fix(&arena, S("Dockerfile"), text, &options, unsafe);
		struct stk_dockerfile_fixed twice =
			stk_dockerfile_fix(&arena, S("Dockerfile"), once.text, &options, unsafe);
		const struct stk_dockerfile *before = stk_dockerfile_parse(&arena, S("Dockerfile"), text, NULL);
		const struct stk_dockerfile *after = stk_dockerfile_parse(&arena, S("Dockerfile"), once.text, NULL);
		if (!stk_str_eq(once.text, twice.text) || after->errors.n > before->errors.n ||
		    after->stages.n < before->stages.n)
			abort();
	}
	return 0;
}
