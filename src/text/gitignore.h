/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * .gitignore as gitignore(5) describes it. For searches of a folder that leave out what its
 * repository leaves out. One file at a time: which files apply to a path, and in which order,
 * is the walk's knowledge.
 */

#include "base/str.h"

/* SILENT: no pattern matches, so the file of the folder above decides. */
enum stk_gitignore { STK_GITIGNORE_SILENT, STK_GITIGNORE_IGNORED, STK_GITIGNORE_INCLUDED };

/* What a .gitignore file says about a path relative to its folder: the last pattern that matches decides. Folders above
   the path are the caller's to ask about, since nothing below an ignored folder can be brought back. */
enum stk_gitignore stk_gitignore_match(struct stk_str patterns, struct stk_str path, bool is_folder);
