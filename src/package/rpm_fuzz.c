/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an rpm database of any form; what begins with a write-ahead log's magic number is the log. Every package
 * has a name, a version and a source.
 */
#include <stdlib.h>

#include "package/database.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_packages packages = { 0 };
	struct stk_err err = { 0 };
	size_t broken = 0;
	struct stk_str bytes = { (const char *)data, size };
	size_t log = stk_str_find(bytes, S("\x37\x7f\x06\x82"));
	if (log == SIZE_MAX)
		log = stk_str_find(bytes, S("\x37\x7f\x06\x83"));
	int result = stk_rpm_parse(&arena, stk_str_slice(bytes, 0, log), stk_str_slice(bytes, log, size), &packages,
				   &broken, &err);
	if ((result < 0) != (err.msg[0] != '\0'))
		abort();
	for (size_t i = 0; i < packages.n; i++) {
		const struct stk_package *p = &packages.v[i];
		if (!p->name.n || !p->version.n || !p->source_name.n || !p->source_version.n)
			abort();
	}
	return 0;
}
