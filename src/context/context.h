/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What `docker build` would send: the files of a folder that .dockerignore lets through, as
 * BuildKit walks it. Symbolic links are sent as links, nothing outside the folder is looked at.
 * Sockets and pipes hold nothing and are left out: of the builders one sends the former, the
 * other the latter.
 *
 * Facts only: sizes and names. What must not be among them is context/rules.h's; what stands in
 * the files is src/secret's.
 */

#include "base/arena.h"
#include "base/err.h"
#include "text/dockerignore.h"

enum stk_context_type { STK_CONTEXT_FILE, STK_CONTEXT_DIRECTORY, STK_CONTEXT_LINK, STK_CONTEXT_OTHER };

/* One thing that is sent. Entries stand in the order of a walk, so that everything below a
   directory is the run up to `next`. */
struct stk_context_entry {
	struct stk_str path; /* from the root, '/' between parts */
	enum stk_context_type type;
	uint64_t size;	/* of a file; of a directory: of everything sent below it */
	uint32_t files; /* of a directory: files and links sent below it */
	uint32_t next;	/* number of the entry behind everything below this one */
};

/* A folder that could not be read, and why. */
struct stk_context_gap {
	struct stk_str what, why;
};

struct stk_context {
	struct stk_arena *arena;
	struct stk_str root;	    /* as the user named it */
	struct stk_str ignore_file; /* path of the .dockerignore that counts, or that would be written */
	struct stk_str ignore_text; /* empty when there is none */
	bool has_ignore;
	bool ignore_is_own;	     /* it is <Dockerfile>.dockerignore */
	struct stk_str ignore_error; /* why the build would fail to read it; empty: it is fine */
	struct stk_dockerignore patterns;
	bool *decided; /* by pattern: it had the last word on some path */
	bool *named;   /* by pattern, of an exception: some path fits it, whether it is sent or not */
	/* What is sent, directories before what they hold, each directory's entries in byte order. Directories that
	   hold nothing that is sent and are left out themselves do not appear. */
	struct {
		struct stk_context_entry *v;
		size_t n, cap;
	} entries;
	struct {
		struct stk_context_gap *v;
		size_t n, cap;
	} gaps;
	uint64_t size;		/* of all files */
	size_t files, left_out; /* files and links sent; entries that a pattern left out (what is below them is not
				   counted) */
};

/*
 * Walks a folder. ignore_file is the path of the .dockerignore to go by, whose text is given; has_ignore is false when
 * it does not exist. What cannot be read becomes a gap. STK_EIO when root itself cannot be opened. A broken
 * .dockerignore is no error: ignore_error says what is wrong, and nothing is left out.
 */
int stk_context_walk(struct stk_arena *arena, struct stk_str root, struct stk_str ignore_file, bool has_ignore,
		     struct stk_str ignore_text, struct stk_context *out, struct stk_err *err);
/* Does the pattern fit this very path (not only a folder above it), exception or not? */
bool stk_context_names(const struct stk_ignore_pattern *pattern, struct stk_str path);
/* The entry with this path, or NULL. */
const struct stk_context_entry *stk_context_find(const struct stk_context *context, struct stk_str path);
