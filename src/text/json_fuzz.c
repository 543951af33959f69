/* SPDX-License-Identifier: Apache-2.0 */
/* What parses must be written as text that parses to the same text again, and both readers must see the same. */
#include <stdlib.h>

#include "base/limits.h"
#include "text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_readers(struct stk_arena *arena, struct stk_str text, struct stk_str want)
{
	STK_BUF got = stk_buf_new(STK_MIB(64));
	struct stk_json_writer w = stk_json_writer(&got, 1);
	struct stk_err err;
	struct stk_json *json;
	if (stk_json_read(arena, text, &json, &err) < 0)
		abort();
	stk_json_write_tree(&w, json);
	if (!stk_str_eq(stk_buf_str(&got), want))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	STK_BUF first = stk_buf_new(STK_MIB(64)), second = stk_buf_new(STK_MIB(64));
	struct stk_err err;
	struct stk_json *json;
	struct stk_str text = { (const char *)data, size };
	if (stk_json_parse(&arena, text, &json, &err) < 0) {
		if (stk_json_read(&arena, text, &json, &err) == 0)
			abort(); /* it takes what is no JSON */
		return 0;
	}
	struct stk_json_writer w = stk_json_writer(&first, 1), again = stk_json_writer(&second, 1);
	stk_json_write_tree(&w, json);
	compare_readers(&arena, text, stk_buf_str(&first));
	if (stk_json_parse(&arena, stk_buf_str(&first), &json, &err) < 0)
		abort();
	stk_json_write_tree(&again, json);
	if (!stk_str_eq(stk_buf_str(&first), stk_buf_str(&second)))
		abort();
	return 0;
}
