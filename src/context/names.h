/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What should not be in a build context, known by its name. */

#include "context/context.h"

struct stk_context_name {
	const char *rule;    /* "CTX-001" */
	const char *glob;    /* on the last part of the path, or on the whole path when it holds a slash */
	const char *except;  /* globs that are fine although they match, separated by spaces; or NULL */
	bool folder;	     /* a directory (and all below it), not a file */
	const char *what;    /* "private key" */
	const char *pattern; /* for .dockerignore */
	const char *comment; /* the line above it: why it is left out */
};

/* The first row that fits an entry, or NULL. */
const struct stk_context_name *stk_context_name_of(const struct stk_context_entry *entry);
