/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * For fuzz targets, whose input is no C string: projects whose files stand in one text, cut at
 * lines "%% NAME". What comes before the first is compose.yaml. Inline, since three targets
 * share it and the program does not.
 */

#include "compose/load.h"

struct parts {
	struct stk_str input;
	struct stk_str main;
};

static inline struct parts parts_of(struct stk_str input)
{
	return (struct parts){ input, stk_str_slice(input, 0, stk_str_find(input, S("%% "))) };
}

static inline int parts_read(void *context, struct stk_arena *arena, const char *path, struct stk_str *out,
			     struct stk_err *err)
{
	const struct parts *parts = context;
	struct stk_str rest = parts->input, name = stk_str_strip_prefix(stk_str_from(path), S("/p/"));
	(void)arena;
	if (stk_str_is(name, "compose.yaml")) {
		*out = parts->main;
		return 0;
	}
	while (rest.n) {
		struct stk_str line = stk_str_cut_line(&rest);
		if (!stk_str_starts(line, S("%% ")) || !stk_str_eq(stk_str_slice(line, 3, line.n), name))
			continue;
		*out = stk_str_slice(rest, 0, stk_str_find(rest, S("%% ")));
		return 0;
	}
	return stk_fail(err, STK_ENOTFOUND, "%s: no such file", path);
}

static inline int parts_load(struct stk_arena *arena, struct parts *parts, bool lenient, struct stk_compose **project,
			     struct stk_err *err)
{
	static const char *const environment[] = { "HOME=/root", "A=value", "E=", NULL };
	struct stk_compose_options options = { .environment = environment,
					       .read = parts_read,
					       .read_context = parts,
					       .directory = "/p",
					       .lenient = lenient };
	return stk_compose_load(arena, &options, project, err);
}
