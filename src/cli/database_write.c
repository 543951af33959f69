/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From downloaded records to a database file: fetch, import, write, count. The new file
 * replaces the old one only when it is whole, so a failure leaves what was there.
 */
#include "cli/database_write.h"

#include <stdio.h>
#include <string.h>

#include "advisory/database_read.h"
#include "base/time.h"
#include "io/file.h"
#include "base/banned.h"

/* What Docker images are made of. */
static const char *const usual_ecosystems[] = {
	"AlmaLinux", "Alpine", "Chainguard", "Debian", "Red Hat", "Rocky Linux", "SUSE", "Ubuntu", "Wolfi", "openSUSE",
};

struct stk_str stk_download_folder(struct stk_arena *arena)
{
	return stk_arena_join(arena, stk_str_through_last(stk_database_path(arena, NULL), '/'), S("osv"));
}

static void begin_progress(struct stk_database_job *job, struct stk_str label, uint64_t total)
{
	if (stk_str_eq(label, job->label) && job->progress.total == total)
		return;
	stk_progress_end(&job->progress);
	job->label = label;
	job->progress = stk_progress_begin(!job->no_progress && !job->quiet && stk_progress_possible(), label, total);
}

static int on_bytes(void *context, uint64_t done, uint64_t total)
{
	struct stk_database_job *job = context;
	begin_progress(job, job->label, total);
	stk_progress_update(&job->progress, done);
	return 0;
}

int stk_database_fetch(struct stk_cli *cli, struct stk_database_job *job, struct stk_fetch *fetch,
		       struct stk_strs *paths, struct stk_err *err)
{
	for (size_t i = 0; !job->ecosystems.n && i < STK_LEN(usual_ecosystems); i++)
		*STK_PUSH(cli->arena, &job->ecosystems) = stk_str_from(usual_ecosystems[i]);
	fetch->progress = on_bytes;
	fetch->context = job;
	int failed = 0;
	for (size_t i = 0; !failed && i < job->ecosystems.n; i++) {
		job->label = job->ecosystems.v[i];
		failed = stk_fetch_ecosystem(fetch, cli->arena, job->ecosystems.v[i], STK_PUSH(cli->arena, paths), err);
	}
	stk_progress_end(&job->progress);
	return failed;
}

static int import_all(const struct stk_strs *paths, struct stk_import *import, struct stk_err *err)
{
	for (size_t i = 0; i < paths->n; i++)
		if (stk_import_path(import, paths->v[i].p, err) < 0)
			return -1;
	if (import->files == import->broken) {
		if (import->broken)
			*err = import->first_broken;
		return import->broken
			       ? -1
			       : stk_fail(err, STK_EFORMAT, STK_FMT ": no OSV record is in it", STK_ARG(paths->v[0]));
	}
	return 0;
}

static int write_file(struct stk_builder *builder, struct stk_str path, uint64_t inputs, struct stk_err *err)
{
	struct stk_output out;
	if (stk_folder_make_above(path, 0777, err) < 0 || stk_output_open(&out, path.p, err) < 0)
		return -1;
	if (stk_builder_finish(builder, stk_time_now(), inputs, out.stream, err) < 0) {
		stk_output_close(&out);
		return -1;
	}
	return stk_output_commit(&out, err);
}

static void print_summary(const struct stk_import *import, const struct stk_database_job *job, struct stk_str path)
{
	const struct stk_builder_counts *counts = stk_builder_counts(import->builder);
	if (import->broken)
		stk_cli_say("strake: %zu of %zu files were left out as no OSV records; the first: %s", import->broken,
			    import->files, import->first_broken.msg);
	if (!job->quiet)
		printf(STK_FMT ": %zu advisories for %zu packages\n", STK_ARG(path), counts->advisories,
		       counts->packages);
}

int stk_database_write(struct stk_cli *cli, struct stk_database_job *job, const struct stk_strs *paths, uint64_t inputs)
{
	struct stk_err err;
	struct stk_str path = stk_database_path(cli->arena, job->output);
	struct stk_import import = { .builder = stk_builder_new(&job->ecosystems) };
	int failed = import_all(paths, &import, &err);
	if (!failed)
		failed = write_file(import.builder, path, inputs, &err);
	if (!failed)
		print_summary(&import, job, path);
	stk_builder_free(import.builder);
	return failed ? stk_cli_error(&err) : STK_EXIT_CLEAN;
}
