/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user calls an image against what the source calls it: names, tags, digests.
 */
#include "image/source.h"
#include "text/reference.h"
#include "base/banned.h"

/* "docker.io/library/nginx" and "nginx" are the same as "nginx:latest". */
static struct stk_str full_name(struct stk_arena *arena, struct stk_str name)
{
	struct stk_reference reference;
	return stk_reference_parse(name, &reference, NULL) < 0 ? name : stk_reference_full(arena, &reference);
}

bool stk_image_name_matches(struct stk_arena *arena, struct stk_str name, struct stk_str asked)
{
	if (!name.n)
		return false;
	if (stk_str_eq(name, asked) || stk_str_eq(full_name(arena, name), full_name(arena, asked)))
		return true;
	size_t colon = stk_str_rfind_byte(name, ':');
	return colon != SIZE_MAX && stk_str_eq(stk_str_slice(name, colon + 1, name.n), asked);
}

bool stk_digest_matches(struct stk_str digest, struct stk_str asked)
{
	enum { SHORTEST = 12 };
	struct stk_str hex = digest;
	if (stk_str_eq(digest, asked))
		return true;
	stk_str_cut(&hex, ':');
	struct stk_str digits = stk_str_strip_prefix(asked, S("sha256:"));
	return digits.n >= SHORTEST && stk_str_starts(hex, digits);
}
