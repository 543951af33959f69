/* SPDX-License-Identifier: Apache-2.0 */
/* A .dockerignore, a NUL byte and a path: reading never fails on what it accepted, and a file without exceptions means
   the same in both ways of combining patterns. */
#include <stdlib.h>

#include "text/dockerignore.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_err err = { 0 };
	struct stk_str path = { (const char *)data, size }, file = stk_str_cut(&path, 0);
	struct stk_dockerignore patterns = { 0 };
	bool walked = false, last = false;
	if (file.n > 4096 || path.n > 4096 || stk_dockerignore_read(&arena, file, &patterns, &err) < 0)
		return 0;
	int failed = stk_dockerignore_match(&patterns, path, &walked, &err);
	if (stk_dockerignore_match_last(&patterns, path, &last, &err) != failed && !failed && !patterns.exceptions)
		abort();
	if (!failed && !patterns.exceptions && walked != last)
		abort();
	return 0;
}
