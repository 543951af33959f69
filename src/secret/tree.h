/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Scanning a directory with one thread a processor. The caller's thread walks and lists; then
 * all take files from the list, each with a scan and an arena of its own. Results come thread
 * by thread, in no order of the files: a report sorts its findings.
 */

#include "secret/secret.h"

/* What all threads found together. */
struct stk_secret_results {
	struct {
		struct stk_secret *v;
		size_t n, cap;
	} found;
	struct {
		struct stk_secret_gap *v;
		size_t n, cap;
	} gaps;
	size_t files, weaker, spoilt, left_out; /* left_out: larger than options.most */
	uint64_t bytes;
};

struct stk_secret_tree_options {
	unsigned threads; /* 0: one a processor */
	uint64_t most;	  /* bytes of the largest file that is looked at; 0: any */
	/* May this path (from the root, without leading slash) be left out? Called on one thread. NULL: nothing is. A
	   directory that is left out is not entered. */
	bool (*skip)(void *context, struct stk_str path, bool directory);
	void *context;
};

/* Scans every regular file below root; symbolic links are not followed. Paths of findings start with `prefix` as it is.
   What cannot be read becomes a gap. -1 only when root is no directory. */
int stk_secret_scan_tree(const struct stk_secret_engine *engine, struct stk_arena *arena, const char *root,
			 struct stk_str prefix, const struct stk_secret_tree_options *options,
			 struct stk_secret_results *out, struct stk_err *err);
/* One file, or "-" for standard input. */
int stk_secret_scan_file(const struct stk_secret_engine *engine, struct stk_arena *arena, const char *file,
			 struct stk_str path, struct stk_secret_results *out, struct stk_err *err);
/* The same with its texts on the arena. */
struct stk_secret stk_secret_copy(struct stk_arena *arena, const struct stk_secret *secret);
/* Moves a scan's findings and gaps to the results, copied onto the arena. */
void stk_secret_results_add(struct stk_secret_results *out, struct stk_arena *arena,
			    const struct stk_secret_scan *scan);
