/* SPDX-License-Identifier: Apache-2.0 */
/* The input is two texts parted by a NUL byte: kept and removed lines of the diff must give the first one's count of
 * lines. */
#include <stdlib.h>

#include "base/limits.h"
#include "text/edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(struct stk_str diff, char kind)
{
	size_t n = 0, line = 0;
	while (diff.n) {
		struct stk_str text = stk_str_cut(&diff, '\n');
		n += line++ > 1 && text.n && text.p[0] == kind;
	}
	return n;
}

static size_t lines(struct stk_str text)
{
	size_t n = 0;
	for (; text.n; n++)
		stk_str_cut(&text, '\n');
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_BUF out = stk_buf_new(STK_MIB(64));
	struct stk_str after = { (const char *)data, size }, before = stk_str_cut(&after, 0);
	stk_diff_unified(&out, S("f"), before, after, false);
	if (count(stk_buf_str(&out), '-') > lines(before) || count(stk_buf_str(&out), '+') > lines(after) ||
	    (!stk_str_eq(before, after) && !out.n))
		abort();
	return 0;
}
