/* SPDX-License-Identifier: Apache-2.0 */
/* Places must lie inside the text and aliases must lead to nodes that are none. */
#include <stdlib.h>

#include "text/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct stk_yaml *node, size_t size)
{
	if (node->begin > node->end || node->end > size || !node->line || !node->column)
		abort();
	if (node->type == STK_YAML_ALIAS && (!node->target || node->target->type == STK_YAML_ALIAS))
		abort();
	for (size_t i = 0; i < node->n; i++) {
		if (node->keys)
			check(&node->keys[i], size);
		check(&node->items[i], size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_yaml_documents documents = { 0 };
	if (stk_yaml_parse(&arena, (struct stk_str){ (const char *)data, size }, &documents, &err) == 0)
		for (size_t i = 0; i < documents.n; i++)
			check(documents.v[i], size);
	return 0;
}
