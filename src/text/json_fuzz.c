/* SPDX-License-Identifier: Apache-2.0 */
/* What parses must be written as text that parses to the same text again. */
#include <stdlib.h>

#include "base/limits.h"
#include "text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	STK_BUF first = stk_buf_new(STK_MIB(64)), second = stk_buf_new(STK_MIB(64));
	struct stk_err err;
	struct stk_json *json;
	if (stk_json_parse(&arena, (struct stk_str){ (const char *)data, size }, &json, &err) < 0)
		return 0;
	struct stk_json_writer w = stk_json_writer(&first, 1), again = stk_json_writer(&second, 1);
	stk_json_write_tree(&w, json);
	if (stk_json_parse(&arena, stk_buf_str(&first), &json, &err) < 0)
		abort();
	stk_json_write_tree(&again, json);
	if (!stk_str_eq(stk_buf_str(&first), stk_buf_str(&second)))
		abort();
	return 0;
}
