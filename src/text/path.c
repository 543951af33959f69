/* SPDX-License-Identifier: Apache-2.0 */
/* See path.h. */
#include "text/path.h"

#include <string.h>

#include "base/banned.h"

struct stk_str stk_path_clean(struct stk_arena *arena, struct stk_str path)
{
	bool rooted = path.n && path.p[0] == '/';
	char *out = stk_arena_alloc(arena, path.n + 2, 1);
	size_t n = 0, floor = 0; /* floor: what ".." cannot take back */
	if (rooted)
		out[n++] = '/';
	floor = n;
	for (struct stk_str rest = path; rest.n;) {
		struct stk_str part = stk_str_cut(&rest, '/');
		if (!part.n || stk_str_is(part, "."))
			continue;
		if (stk_str_is(part, "..") && n > floor) {
			while (n > floor && out[n - 1] != '/')
				n--;
			n -= n > floor;
			continue;
		}
		/* The root's parent is the root. */
		if (stk_str_is(part, "..") && rooted)
			continue;
		if (n && out[n - 1] != '/')
			out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
		/* Above where the path starts: a later ".." must not take this one back. */
		if (stk_str_is(part, ".."))
			floor = n;
	}
	out[n] = 0; /* a part that was taken back left its bytes */
	return n ? (struct stk_str){ out, n } : S(".");
}

struct stk_str stk_path_join(struct stk_arena *arena, struct stk_str directory, struct stk_str path)
{
	if (path.n && path.p[0] == '/')
		return path;
	return stk_path_clean(arena, stk_arena_printf(arena, STK_FMT "/" STK_FMT, STK_ARG(directory), STK_ARG(path)));
}

struct stk_str stk_path_below(struct stk_arena *arena, struct stk_str folder, const char *name)
{
	if (stk_str_is(folder, "."))
		return stk_str_from(name);
	return stk_arena_printf(arena, STK_FMT "/%s", STK_ARG(stk_str_strip_suffix(folder, S("/"))), name);
}

struct stk_str stk_path_dir(struct stk_arena *arena, struct stk_str path)
{
	size_t slash = stk_str_rfind_byte(path, '/');
	if (slash == SIZE_MAX)
		return S(".");
	return stk_path_clean(arena, stk_str_slice(path, 0, slash + 1));
}

struct stk_str stk_path_base(struct stk_str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	size_t slash = stk_str_rfind_byte(path, '/');
	return slash == SIZE_MAX || path.n == 1 ? path : stk_str_slice(path, slash + 1, path.n);
}
