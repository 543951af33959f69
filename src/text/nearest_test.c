/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/nearest.h"

CASE(a_slip_of_the_fingers_is_understood)
{
	static struct stk_str list[] = { { "cap_drop", 8 }, { "cap_add", 7 }, { "user", 4 } };
	struct stk_strs candidates = { list, 3, 3 };
	assert_str(stk_nearest(S("cap_drops"), &candidates), "cap_drop");
	assert_str(stk_nearest(S("usr"), &candidates), "user");
	assert_str(stk_nearest(S("usre"), &candidates), "user"); /* neighbours that changed places are one slip */
	assert_str(stk_nearest(S("esur"), &candidates), "");
	assert_str(stk_nearest(S("networks"), &candidates), "");
}
