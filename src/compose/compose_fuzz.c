/* SPDX-License-Identifier: Apache-2.0 */
/* Loads what it is given as a project, strictly and leniently; what loads is printed as YAML, which has to load again
 * to the same model. */
#include <stdlib.h>

#include "base/limits.h"
#include "compose/parts.h"
#include "compose/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_again(const struct stk_compose *project)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE), json = stk_buf_new(STK_LIMIT_TEXT_FILE);
	stk_compose_print_yaml(&text, project, true);
	stk_compose_print_json(&json, project, true);
	struct parts parts = { .main = stk_buf_str(&text) };
	struct stk_compose *again;
	struct stk_err err;
	(void)parts_load(&arena, &parts, false, &again, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct parts parts = parts_of((struct stk_str){ (const char *)data, size });
	struct stk_compose *project;
	struct stk_err err;
	if (parts_load(&arena, &parts, false, &project, &err) == 0)
		print_again(project);
	else if (!err.msg[0])
		abort(); /* an error says what it is */
	(void)parts_load(&arena, &parts, true, &project, &err);
	return 0;
}
