/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * POSIX paths as Go's path/filepath has them (Clean, Join, Dir, Base): Compose prints what those return, and the
 * builders match .dockerignore against it. Nothing here looks at the file system, so "a/../b" is "b" even where a is a
 * link that leads elsewhere. Names in archives have another rule (stk_member_name of image/source.h): they start at the
 * archive's root and cannot leave it.
 *
 * Results are NUL-terminated behind their end, or a piece of what was given.
 */

#include "base/arena.h"

/* Resolves ".", "..", "//" and a trailing "/"; "." for the empty path. A ".." above the root is dropped, above the
   start of a relative path it stays. */
struct stk_str stk_path_clean(struct stk_arena *arena, struct stk_str path);
/* path below directory, cleaned; an absolute path is returned as it is written, not cleaned. */
struct stk_str stk_path_join(struct stk_arena *arena, struct stk_str directory, struct stk_str path);
/* The name in the folder, as a user would write it, with nothing cleaned: a name alone in ".". */
struct stk_str stk_path_below(struct stk_arena *arena, struct stk_str folder, const char *name);
/* All but the last part, cleaned: "." for a name alone. What ends in "/" is its own directory. */
struct stk_str stk_path_dir(struct stk_arena *arena, struct stk_str path);
/* The last part, a view into path: "b" of "a/b" and of "a/b/"; "/" of the root. Not Go's "." for the empty path. */
struct stk_str stk_path_base(struct stk_str path);
