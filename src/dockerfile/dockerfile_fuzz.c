/* SPDX-License-Identifier: Apache-2.0 */
/* The Dockerfile parser: places of words lie in the file and in order. */
#include <stdlib.h>

#include "dockerfile/dockerfile.h"
#include "dockerfile/variables.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(const struct stk_dockerfile *file, struct stk_span span)
{
	if (span.begin > span.end || span.end > file->text.n)
		abort();
}

static void check_instruction(const struct stk_dockerfile *file, const struct stk_instruction *instruction)
{
	check_span(file, instruction->span);
	check_span(file, instruction->name_span);
	for (size_t i = 0; i < instruction->words.n; i++) {
		check_span(file, instruction->words.v[i].span);
		stk_dockerfile_expand(file, instruction, instruction->words.v[i].raw);
	}
	for (size_t i = 0; i < instruction->flags.n; i++)
		check_span(file, instruction->flags.v[i].span);
	for (size_t i = 0; i < instruction->shell_text.text.n; i++)
		check_span(file, stk_source_span(&instruction->shell_text, i, i + 1));
	if (instruction->inner)
		check_instruction(file, instruction->inner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_str text = { (const char *)data, size };
	if (size > 65536)
		return 0;
	const struct stk_dockerfile *file = stk_dockerfile_parse(&arena, S("Dockerfile"), text, NULL);
	for (size_t i = 0; i < file->instructions.n; i++)
		check_instruction(file, file->instructions.v[i]);
	for (size_t i = 0; i < file->errors.n; i++)
		check_span(file, file->errors.v[i].span);
	return 0;
}
