/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "text/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read can be written as JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new((size_t)64 << 20);
	struct stk_json *root;
	if (stk_toml_parse(&arena, (struct stk_str){ (const char *)data, size }, &root, NULL) < 0)
		return 0;
	struct stk_json_writer writer = stk_json_writer(&text, 0);
	stk_json_write_tree(&writer, root);
	if (root->type != STK_JSON_OBJECT || (!text.overflow && text.n < 2))
		abort();
	return 0;
}
