/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

CASE(the_trail_reads_outside_in)
{
	struct stk_err err;
	assert_int_equal(stk_fail(&err, STK_EFORMAT, "length exceeds %d MiB", 1), -1);
	stk_within(&err, "layer %d", 3);
	stk_hint(&err, "save it again");
	stk_hint(&err, "the outer hint loses");
	assert_string_equal(err.msg, "layer 3: length exceeds 1 MiB");
	assert_string_equal(err.hint, "save it again");
	assert_int_equal(err.code, STK_EFORMAT);
}

CASE(a_long_trail_is_cut_at_its_end)
{
	struct stk_err err;
	char text[600];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	stk_fail(&err, STK_EIO, "%s", text);
	stk_within(&err, "file");
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	assert_int_equal(strncmp(err.msg, "file: xxx", 9), 0);
}
