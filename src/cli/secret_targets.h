/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The targets of `strake secrets`: directories, files, images, build contexts, standard input.
 * Which of these a name is, is told by looking; the engine that searches is src/secret's.
 */

#include "cli/cli.h"
#include "secret/secret.h"

/* One run: set the first members, call stk_secret_target for each target, read `weaker` at the
   end. */
struct stk_secret_job {
	struct stk_cli *cli;
	const struct stk_secret_engine *engine;
	struct stk_report *report;
	const char *dockerfile;	     /* --dockerfile, or NULL: the one beside the image's archive, or here */
	const char *platform, *host; /* of an image */
	bool context;		     /* a directory is a build context: .dockerignore decides */
	bool no_git;		     /* do not look into .git folders of a directory */
	bool show;		     /* do not mask excerpts */
	unsigned threads;
	uint64_t most;		 /* bytes of the largest file of a directory that is looked at; 0: any */
	size_t weaker, left_out; /* findings below the wanted confidence; files larger than `most` */
	size_t spoilt;		 /* archives among test data that break off */
};

/* Scans one target and adds what was found to the report. */
int stk_secret_target(struct stk_secret_job *job, const char *name, struct stk_err *err);
