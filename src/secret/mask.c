/* SPDX-License-Identifier: Apache-2.0 */
/* See mask.h. Line ends are left, so that places in the masked text are those of the original. */
#include "secret/mask.h"

#include <string.h>

#include "base/banned.h"

struct stk_str stk_secret_mask(struct stk_arena *arena, struct stk_str text, const struct stk_secret *found, size_t n)
{
	struct stk_str copy = stk_arena_str(arena, text);
	char *p = (char *)copy.p;
	for (size_t i = 0; i < n; i++) {
		const struct stk_secret *secret = &found[i];
		/* Members of archives have offsets of their own, and a finding without a line
		   has no place. */
		if (!secret->line || stk_str_find_byte(secret->path, '!') != SIZE_MAX || secret->offset >= text.n)
			continue;
		size_t begin = (size_t)secret->offset,
		       end = secret->length < text.n - begin ? begin + secret->length : text.n;
		for (size_t k = begin; k < end; k++)
			if (p[k] != '\n' && p[k] != '\r')
				p[k] = '*';
	}
	return copy;
}

struct stk_str stk_secret_mask_values(struct stk_arena *arena, struct stk_str text, const struct stk_strs *values)
{
	char *p = NULL;
	for (size_t i = 0; i < values->n; i++) {
		struct stk_str value = values->v[i];
		for (size_t at = 0, found; value.n && at < text.n; at += found + value.n) {
			found = stk_str_find(stk_str_slice(text, at, text.n), value);
			if (found == SIZE_MAX)
				break;
			if (!p) {
				text = stk_arena_str(arena, text);
				p = (char *)text.p;
			}
			memset(p + at + found, '*', value.n);
		}
	}
	return text;
}

void stk_secret_mask_target(struct stk_arena *arena, struct stk_target *target, const struct stk_strs *values)
{
	for (size_t i = 0; i < target->facts.n; i++)
		target->facts.v[i].value = stk_secret_mask_values(arena, target->facts.v[i].value, values);
	for (size_t i = 0; i < target->layers.n; i++)
		target->layers.v[i].instruction =
			stk_secret_mask_values(arena, target->layers.v[i].instruction, values);
}
