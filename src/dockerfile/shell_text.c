/* SPDX-License-Identifier: Apache-2.0 */
/* A word's value as far as it is known: see stk_shell_word.text. */
#include "dockerfile/shell_private.h"

#include <string.h>

#include "base/banned.h"

/* Where text goes: counted first, written second. */
struct sink {
	char *out;
	size_t n;
};

static void put(struct sink *sink, struct stk_str s)
{
	if (sink->out && s.n)
		memcpy(sink->out + sink->n, s.p, s.n);
	sink->n += s.n;
}

/* The words of a substitution that is one simple command, glued together. */
static void put_commands(struct sink *sink, const struct stk_shell_node *list)
{
	const struct stk_shell_node *command = list ? list->children : NULL;
	if (!command || command->next || command->kind != STK_SHELL_SIMPLE)
		return;
	for (const struct stk_shell_word *word = command->words; word; word = word->next)
		put(sink, word->text);
}

static void put_parts(struct sink *sink, const struct stk_shell_part *parts);

/* What only a running shell knows stands as "${...}", a glob as it is written; lists of alternatives give nothing. */
static void put_part(struct sink *sink, const struct stk_shell_part *part)
{
	switch (part->kind) {
	case STK_SHELL_LITERAL:
	case STK_SHELL_SINGLE:
	case STK_SHELL_GLOB:
		put(sink, part->text);
		break;
	case STK_SHELL_DOUBLE:
		put_parts(sink, part->parts);
		break;
	case STK_SHELL_PARAMETER:
		put(sink, S("${"));
		put(sink, part->name);
		put_parts(sink, part->parts);
		put(sink, S("}"));
		break;
	case STK_SHELL_COMMAND:
		put(sink, part->backquoted ? S("${VAR") : S("${"));
		if (!part->backquoted)
			put_commands(sink, part->commands);
		put(sink, S("}"));
		break;
	case STK_SHELL_ARITHMETIC:
		put(sink, S("${VAR}"));
		break;
	case STK_SHELL_EXTGLOB:
	case STK_SHELL_BRACE:
	case STK_SHELL_PROCESS:
		break;
	}
}

static void put_parts(struct sink *sink, const struct stk_shell_part *parts)
{
	for (; parts; parts = parts->next)
		put_part(sink, parts);
}

struct stk_str stk_shell_text(struct stk_arena *arena, const struct stk_shell_part *parts)
{
	struct sink sink = { 0 };
	if (!parts)
		return S("");
	if (!parts->next &&
	    (parts->kind == STK_SHELL_LITERAL || parts->kind == STK_SHELL_SINGLE || parts->kind == STK_SHELL_GLOB))
		return parts->text;
	put_parts(&sink, parts);
	struct stk_str text = { STK_NEW(arena, char, sink.n + 1), sink.n };
	sink = (struct sink){ (char *)text.p, 0 };
	put_parts(&sink, parts);
	return text;
}
