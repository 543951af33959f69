/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Files read whole or mapped, and output files that appear complete or not at all. */

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define STK_FD __attribute__((cleanup(stk_fd_close))) int
/* Closes a descriptor that is not negative. */
void stk_fd_close(int *fd);
/* Hands the descriptor out of a STK_FD variable. */
int stk_fd_take(int *fd);

/* Reads a whole file ("-": standard input) of at most limit bytes onto the arena. Directories are STK_EFORMAT. */
int stk_file_read(struct stk_arena *arena, const char *path, size_t limit, struct stk_str *out, struct stk_err *err);
/* The same from a descriptor; name is for messages. */
int stk_file_read_fd(struct stk_arena *arena, int fd, const char *name, size_t limit, struct stk_str *out,
		     struct stk_err *err);
/* Does a path exist (following links)? Is it a directory? */
bool stk_file_exists(const char *path);
bool stk_file_is_dir(const char *path);

/* Makes a folder and those above it; one that is there already is fine. */
int stk_folder_make(const char *path, struct stk_err *err);

/* A read-only mapping. bytes is empty for an empty file. */
struct stk_mapping {
	struct stk_str bytes;
};
int stk_mapping_open(struct stk_mapping *map, const char *path, struct stk_err *err);
void stk_mapping_close(struct stk_mapping *map);

/* An output file written beside its place and renamed over it on commit; close without commit leaves no trace.
   An existing file's mode is kept. What is no regular file, such as /dev/null or a pipe, is written to where it stands.
 */
struct stk_output {
	FILE *stream;
	char *path, *temporary;
};
int stk_output_open(struct stk_output *out, const char *path, struct stk_err *err);
int stk_output_commit(struct stk_output *out, struct stk_err *err);
void stk_output_close(struct stk_output *out);
/* All of the above for one text. */
int stk_file_replace(const char *path, struct stk_str text, struct stk_err *err);
