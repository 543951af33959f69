/* SPDX-License-Identifier: Apache-2.0 */
/* Names in archives. They are bytes of somebody else's choosing and never become paths on our disk. */
#include <stdarg.h>
#include <stdio.h>

#include "image/source.h"
#include "base/banned.h"

/* See source.h. Lexical: links are resolved where there is a tree or an index of members. Not stk_path_clean's rule:
   every name starts at the archive's root, with or without "/", and the root's own name is empty. */
struct stk_str stk_member_name(struct stk_arena *arena, struct stk_str name)
{
	char *out = stk_arena_alloc(arena, name.n + 1, 1);
	struct stk_str clean = { out, 0 };
	while (name.n) {
		struct stk_str part = stk_str_cut(&name, '/');
		if (!part.n || stk_str_is(part, "."))
			continue;
		/* Above the root there is nothing: a name never leaves it. */
		if (stk_str_is(part, "..")) {
			size_t slash = stk_str_rfind_byte(clean, '/');
			clean.n = slash == SIZE_MAX ? 0 : slash;
			continue;
		}
		if (clean.n)
			out[clean.n++] = '/';
		for (size_t i = 0; i < part.n; i++)
			out[clean.n++] = part.p[i];
	}
	out[clean.n] = 0;
	return clean;
}

void stk_note(struct stk_arena *arena, struct stk_strs *notes, const char *fmt, ...)
{
	enum { MOST = 100, LONGEST = 1000 };
	if (notes->n >= MOST)
		return;
	char text[LONGEST];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	struct stk_str note = stk_str_from(text);
	if (!stk_strs_has(notes, note))
		*STK_PUSH(arena, notes) = stk_arena_str(arena, note);
}
