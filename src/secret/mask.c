/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/mask.h"

#include <string.h>

#include "base/banned.h"

struct stk_str stk_secret_mask(struct stk_arena *arena, struct stk_str text, const struct stk_secret *found, size_t n)
{
	struct stk_str copy = stk_arena_str(arena, text);
	char *p = (char *)copy.p;
	for (size_t i = 0; i < n; i++) {
		const struct stk_secret *secret = &found[i];
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
