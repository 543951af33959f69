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

/* Fills in `origin`, `commit` and `commit_path` of those of the *n findings that stand in objects of a git repository:
   the first commit that has the object, by date, of those that a branch, a tag or HEAD leads to, else of all. files are
   the paths below root, sorted; findings' paths have `prefix` before those. What no commit has stays empty. Texts live
   on the arena. Then, with fewer findings in *n: of a secret in several versions of a file the oldest stays, and what
   allow lists let pass for its commit, or for its path in it, goes, with the same secret in that file of the working
   tree. */
void stk_secret_git_origins(struct stk_arena *arena, const char *root, const struct stk_strs *files,
			    struct stk_str prefix, struct stk_secret *v, size_t *n);

/* versions.c: that last part. */
void stk_secret_git_fold(struct stk_secret *v, size_t *n);
/* Where the repository's working tree begins: "repo/.git/objects/3f/2a..." gives "repo/". False for what is not below a
   .git folder's objects: a bare repository has no working tree. */
bool stk_secret_git_root(struct stk_str path, struct stk_str *root);
/* The store's folder of a finding's path ("repo/.git/objects/") and the object's id as text; false when it is in
   none. */
bool stk_secret_git_store(struct stk_str path, struct stk_str *objects, struct stk_str *hex);
