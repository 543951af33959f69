/* SPDX-License-Identifier: Apache-2.0 */
/* Which commit of a git repository brought a secret in: its author, its date and the file's path then. */
#pragma once
#include "secret/secret.h"

/* Sees the commits and trees of an object store. id: 20 bytes; id and content are the store's until the call returns.
 */
struct stk_git_visitor {
	void *context;
	void (*object)(void *context, bool is_commit, struct stk_str id, struct stk_str content);
};

/* git.c: shows what a pack or a loose object holds. Broken ones are shown as far as they can be read. */
void stk_git_visit_pack(struct stk_str bytes, const struct stk_git_visitor *visitor);
void stk_git_visit_object(struct stk_str bytes, const struct stk_git_visitor *visitor);

/* Fills in `origin` of those of the n findings that stand in objects of a git repository: the first commit, by date,
   that has the object. files are the paths below root, sorted; findings' paths have `prefix` before those. What no
   commit has stays empty. Texts live on the arena. */
void stk_secret_git_origins(struct stk_arena *arena, const char *root, const struct stk_strs *files,
			    struct stk_str prefix, struct stk_secret *v, size_t n);
