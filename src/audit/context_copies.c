/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the COPY and ADD of a Dockerfile take from the build context, for the rules of the
 * context. Sources from another stage, from the network and from a heredoc are none of its
 * files.
 */
#include "audit/context_copies.h"

#include "base/banned.h"

/* Does a source stand for something that is not in the context: a URL, a repository, a text written in the Dockerfile
 * itself? */
static bool is_elsewhere(struct stk_str source)
{
	return stk_str_starts(source, S("<<")) || stk_str_contains(source, S("://")) ||
	       stk_str_starts(source, S("git@"));
}

static void add_copy(struct stk_arena *arena, const struct stk_dockerfile *file,
		     const struct stk_instruction *instruction, struct stk_context_copies *out)
{
	if ((instruction->keyword != STK_COPY && instruction->keyword != STK_ADD) ||
	    stk_instruction_flag(instruction, "from") || instruction->words.n < 2)
		return;
	struct stk_context_copy copy = { .line = instruction->line, .file = file->name };
	struct stk_str text = stk_str_slice(file->text, instruction->head.begin, instruction->head.end);
	copy.text = stk_str_trim(stk_str_cut_line(&text));
	for (size_t i = 0; i + 1 < instruction->words.n; i++)
		if (!is_elsewhere(instruction->words.v[i].value))
			*STK_PUSH(arena, &copy.sources) = instruction->words.v[i].value;
	for (size_t i = 0; i < instruction->flags.n; i++)
		if (stk_str_is(instruction->flags.v[i].name, "exclude"))
			*STK_PUSH(arena, &copy.excludes) = instruction->flags.v[i].value;
	if (copy.sources.n)
		*STK_PUSH(arena, out) = copy;
}

void stk_context_copies_of(struct stk_arena *arena, const struct stk_dockerfile *file, struct stk_context_copies *out)
{
	for (size_t i = 0; i < file->instructions.n; i++) {
		add_copy(arena, file, file->instructions.v[i], out);
		if (file->instructions.v[i]->inner)
			add_copy(arena, file, file->instructions.v[i]->inner, out);
	}
}
