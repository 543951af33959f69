/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What must not go into a build context, which COPY would pick it up, and the lines for
 * .dockerignore. The fixes are lines at the end of .dockerignore, one a finding: moby's rule
 * that the last match decides makes that the right place.
 */

#include "context/context.h"
#include "report/report.h"

struct stk_context_name;

/* A COPY or ADD that takes from the context: what it names there. */
struct stk_context_copy {
	uint32_t line;
	struct stk_str file; /* the Dockerfile */
	struct stk_str text; /* "COPY . /app" */
	struct stk_strs sources;
	struct stk_strs excludes; /* of --exclude, relative to each source */
};
struct stk_context_copies {
	struct stk_context_copy *v;
	size_t n, cap;
};

/* Filled by the caller; `context` and `copies` are only read. */
struct stk_context_check {
	struct stk_context *context;
	const struct stk_context_copies *copies; /* NULL: there is no Dockerfile to look at */
	uint64_t huge;				 /* bytes from which a file is worth a word */
	struct stk_report *report;
	size_t target; /* the folder's */
	/* Set by stk_context_judge: by entry, what its name says (or NULL); entries that an exception names. */
	const struct stk_context_name **names;
	struct {
		uint32_t *v;
		size_t n, cap;
	} kept;
};

extern const struct stk_rule_table stk_context_rules;

/* Runs every rule. */
void stk_context_judge(struct stk_context_check *check);
/* Which instruction takes this path (or something below it), the first one; NULL: none does. *by_name is set when it
   names the path itself and not only a folder above it. */
const struct stk_context_copy *stk_context_copied(const struct stk_context_copies *copies, struct stk_str path,
						  bool *by_name);
/* Adds the finding that a file's content holds a secret; the caller, who has the secret engine, fills in message and
 * place. */
struct stk_finding *stk_context_secret(struct stk_context_check *check, struct stk_str path);
/* Does a finding say what the entry is by its name, so that it (and all below it) need not be searched? */
bool stk_context_known(const struct stk_context_entry *entry);
