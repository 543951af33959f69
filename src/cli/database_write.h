/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What `db build` and `db update` share: records in, a file in its place, a summary. The
 * database is written to a temporary file and renamed, so scans that run meanwhile see the old
 * one whole.
 */

#include "advisory/fetch.h"
#include "advisory/import.h"
#include "cli/cli.h"
#include "io/progress.h"

struct stk_database_job {
	const char *output; /* --output, NULL: where scans look for it */
	struct stk_strs ecosystems;
	bool no_progress, quiet;
	struct stk_progress progress; /* private */
	struct stk_str label;
};

/* A folder for downloads beside the databases of the user's cache; on the arena. */
struct stk_str stk_download_folder(struct stk_arena *arena);
/* Imports the paths, writes the database and says so on standard output. Returns an exit status. */
int stk_database_write(struct stk_cli *cli, struct stk_database_job *job, const struct stk_strs *paths,
		       uint64_t inputs);
/* Downloads the job's ecosystems (or the default ones) in the bulk layout below base; the paths of the files are
 * appended. */
int stk_database_fetch(struct stk_cli *cli, struct stk_database_job *job, struct stk_fetch *fetch,
		       struct stk_strs *paths, struct stk_err *err);
