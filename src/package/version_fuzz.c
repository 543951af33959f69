/* SPDX-License-Identifier: Apache-2.0 */
/* Two versions, one a line, in every scheme: each equals itself, and turning the operands round turns the order round.
 */
#include <stdlib.h>

#include "package/version.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum stk_scheme scheme, struct stk_str a, struct stk_str b)
{
	int same, forth, back;
	bool satisfied;
	if (stk_version_compare(scheme, a, a, &same) == 0 && same != 0)
		abort();
	if (stk_version_compare(scheme, a, b, &forth) == 0 &&
	    (stk_version_compare(scheme, b, a, &back) < 0 || forth != -back))
		abort();
	(void)stk_version_satisfies(scheme, a, b, &satisfied);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str b = { (const char *)data, size };
	struct stk_str a = stk_str_cut(&b, '\n');
	for (int scheme = 0; scheme < STK_SCHEME_COUNT; scheme++)
		check((enum stk_scheme)scheme, a, b);
	return 0;
}
