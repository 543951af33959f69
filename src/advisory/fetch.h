/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * OSV's bulk data over HTTP: <base>/<Ecosystem>/all.zip, kept in a folder of the same layout. A copy at hand is asked
 * for with its validators and stays when the server says 304; a broken transfer goes on where it stopped; a reply that
 * is no zip never replaces a good copy.
 */

#include "base/arena.h"
#include "base/err.h"

#define STK_OSV_URL "https://storage.googleapis.com/osv-vulnerabilities"

/* One update: set base and folder, and progress if wanted; the rest is counted on the way. */
struct stk_fetch {
	const char *base;	   /* URL without a slash at its end */
	const char *folder;	   /* made when it is missing */
	size_t fetched, unchanged; /* files so far */
	uint64_t bytes;		   /* transferred */
	uint64_t inputs;	   /* tells this set of copies from another: URLs and validators */
	int (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL; nonzero stops */
	void *context;
};

/* Brings the copy of one ecosystem up to date; *path is where it is. STK_ENOTFOUND: the server has no such ecosystem.
 */
int stk_fetch_ecosystem(struct stk_fetch *fetch, struct stk_arena *arena, struct stk_str ecosystem,
			struct stk_str *path, struct stk_err *err);
/* The same for the URL of one zip. */
int stk_fetch_zip(struct stk_fetch *fetch, struct stk_arena *arena, const char *url, struct stk_str *path,
		  struct stk_err *err);
