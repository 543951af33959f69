/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * .dockerignore as the builders read it: the lines, the patterns with every quirk of moby's
 * patternmatcher (a pattern becomes an RE2 expression, and some of its characters leak into
 * it), and both ways in which patterns are combined. Faithful to the byte, because a file that
 * is left out by mistake, or sent by mistake, is the finding. gitignore.h is another language.
 *
 * Order: stk_dockerignore_read (or _add for patterns from elsewhere), then either _step for
 * each entry of a walk from the root down, which costs one evaluation a pattern and entry, or
 * _match for single paths. Everything lies on the arena given to _read; no I/O here.
 */

#include "base/arena.h"
#include "base/err.h"

struct stk_ignore_matcher; /* how a pattern is compared */

struct stk_ignore_pattern {
	struct stk_str text;   /* cleaned, without the "!" */
	struct stk_str source; /* the line as written, trimmed; of a pattern that was added, the pattern */
	bool exception;	       /* started with "!" */
	uint32_t line;	       /* from 1; 0 when it was not read from a file */
	struct stk_ignore_matcher *matcher;
};

/* Patterns in the order of the file: the last one that matches decides. */
struct stk_dockerignore {
	struct stk_ignore_pattern *v;
	size_t n, cap;
	bool exceptions; /* any pattern is an exception */
};

/* Reads a file. Comments ("#" in the first column), blank lines and a UTF-8 byte order mark are left out. A pattern
   that Go's filepath.Match refuses, a bare "!" and a line of 64 KiB are STK_EFORMAT, with the line: the build would
   fail. */
int stk_dockerignore_read(struct stk_arena *arena, struct stk_str text, struct stk_dockerignore *out,
			  struct stk_err *err);
/* Adds one pattern that is already free of comments; blank ones are left out. The same errors, without a line. */
int stk_dockerignore_add(struct stk_arena *arena, struct stk_str pattern, uint32_t line, struct stk_dockerignore *out,
			 struct stk_err *err);

/*
 * One step of the builders' walk. path is relative to the context's root, '/' between its parts, without a leading
 * "./". parent holds for each pattern whether it matched the directory above (NULL at the root); own receives the same
 * for path, for the steps below it. Sets *ignored, and *decided_by (may be NULL) to the number of the pattern that had
 * the last word, or SIZE_MAX. STK_EFORMAT when a pattern that has to be evaluated is no valid expression. Patterns keep
 * scratch memory: one thread at a time.
 */
int stk_dockerignore_step(const struct stk_dockerignore *patterns, struct stk_str path, const bool *parent, bool *own,
			  bool *ignored, size_t *decided_by, struct stk_err *err);
/* The same for a path whose parents have not been walked: walks them. */
int stk_dockerignore_match(const struct stk_dockerignore *patterns, struct stk_str path, bool *ignored,
			   struct stk_err *err);
/* The other way of combining, which BuildKit's CopyIgnoredFile check uses: the last line that matches the path or a
   directory above it wins, so that an exception brings back what an earlier line left out. */
int stk_dockerignore_match_last(const struct stk_dockerignore *patterns, struct stk_str path, bool *ignored,
				struct stk_err *err);
