/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sentence.h"
#include "test.h"

CASE(a_list_reads_as_a_sentence)
{
	static const struct {
		size_t n, most;
		bool whole;
		const char *text;
	} t[] = {
		{ 0, 3, true, "" },
		{ 1, 3, true, "a" },
		{ 2, 3, true, "a and b" },
		{ 3, 3, true, "a, b and c" },
		{ 5, 3, true, "a, b, c and 2 more" },
		{ 5, 3, false, "a, b, c and more" },
	};
	struct stk_str names[] = { S("a"), S("b"), S("c"), S("d"), S("e") };
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_strs list = { names, t[i].n, t[i].n };
		assert_str(stk_strs_sentence(&arena, &list, t[i].most, t[i].whole), t[i].text);
	}
}
