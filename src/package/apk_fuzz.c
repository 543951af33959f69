/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an apk database: every package has a name, a version and a source. */
#include <stdlib.h>

#include "package/database.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_packages packages = { 0 };
	size_t broken = 0;
	stk_apk_parse(&arena, (struct stk_str){ (const char *)data, size }, &packages, &broken);
	for (size_t i = 0; i < packages.n; i++) {
		const struct stk_package *p = &packages.v[i];
		if (!p->name.n || !p->version.n || !p->source_name.n || !p->source_version.n)
			abort();
	}
	return 0;
}
