/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Files read whole or mapped, and output files that appear complete or not at all. Paths are those of this machine,
 * given by the user or made by us: names out of archives and images never come here. Walks of folders open what they
 * find themselves, by descriptor.
 *
 * Reading: stk_file_read for documents with a ceiling; stk_mapping for the database, which is
 * looked into at a few places. Writing: stk_output_open, print to .stream, commit; or close,
 * which leaves what was there.
 */

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define STK_FD __attribute__((cleanup(stk_fd_close))) int
/* Closes a descriptor that is not negative. Sets it to -1. STK_FD does it at the end of the
   scope. */
void stk_fd_close(int *fd);
/* Hands the descriptor out of a STK_FD variable. Who takes it closes it. */
int stk_fd_take(int *fd);

/* Reads a whole file ("-": standard input) of at most limit bytes onto the arena. Directories
   are STK_EFORMAT. STK_ENOTFOUND when there is none, STK_ELIMIT when it is larger; the result
   is NUL-terminated behind its end. */
int stk_file_read(struct stk_arena *arena, const char *path, size_t limit, struct stk_str *out, struct stk_err *err);
/* The same from a descriptor; name is for messages. */
int stk_file_read_fd(struct stk_arena *arena, int fd, const char *name, size_t limit, struct stk_str *out,
		     struct stk_err *err);
/* Does a path exist (following links)? Is it a directory? Questions for messages and defaults
   only: between asking and opening, the answer may change. */
bool stk_file_exists(const char *path);
bool stk_file_is_dir(const char *path);

/* Makes a folder and those above it, with this mode less the umask (0777: like mkdir -p); one that is there already is
   fine and keeps its mode. */
int stk_folder_make(const char *path, unsigned mode, struct stk_err *err);
/* The folders above a file; none for a name alone. */
int stk_folder_make_above(struct stk_str path, unsigned mode, struct stk_err *err);

/* A read-only mapping of a whole file; bytes is empty for an empty file. A file that another
   process shortens while it is mapped ends this one with SIGBUS: so only for files that are
   replaced by renaming, as the database is. */
struct stk_mapping {
	struct stk_str bytes;
};
/* Maps a regular file (STK_EFORMAT for others); close may be called on a zeroed struct. */
int stk_mapping_open(struct stk_mapping *map, const char *path, struct stk_err *err);
/* The same of a file that is open; path is its name in errors. The descriptor stays the caller's. */
int stk_mapping_of(struct stk_mapping *map, int fd, const char *path, struct stk_err *err);
void stk_mapping_close(struct stk_mapping *map);

/* An output file written beside its place and renamed over it on commit; close without commit leaves no trace.
   An existing file's mode is kept. What is no regular file, such as /dev/null or a pipe, is written to where it stands.
 */
struct stk_output {
	FILE *stream;
	/* Where it will stand, links resolved, and where it is written; both NULL for what is
	   no regular file. */
	char *path, *temporary;
};
/* Opens; -1 leaves nothing to close. Print to out->stream. Commit checks that every byte was
   written, syncs, renames and closes; it fails where the disk is full. Close without commit
   removes the temporary file. */
int stk_output_open(struct stk_output *out, const char *path, struct stk_err *err);
int stk_output_commit(struct stk_output *out, struct stk_err *err);
void stk_output_close(struct stk_output *out);
/* All of the above for one text. */
int stk_file_replace(const char *path, struct stk_str text, struct stk_err *err);
