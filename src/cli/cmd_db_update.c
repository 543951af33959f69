/* SPDX-License-Identifier: Apache-2.0 */
/* strake db update: OSV's bulk data over HTTP, what did not change left alone, compiled into the database that scans
 * use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/database_read.h"
#include "cli/commands.h"
#include "cli/database_write.h"
#include "base/banned.h"

struct update_context {
	const char *url;
	struct stk_database_job job;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct update_context, member, argument, help)

static const struct stk_option update_options[] = {
	ROW(0, "url", TEXT, url, "URL", "a mirror of OSV's bulk data (default: $STRAKE_OSV_URL, else OSV's own)"),
	ROW('o', "output", TEXT, job.output, "FILE", "the database to write (default: where scans look for it)"),
	ROW('e', "ecosystems", LIST, job.ecosystems, "LIST", "which to fetch (default: those of Linux distributions)"),
	ROW(0, "no-progress", FLAG, job.no_progress, NULL, "no progress line"),
	ROW('q', "quiet", FLAG, job.quiet, NULL, "say nothing but errors"),
};

static struct stk_str base_url(struct stk_cli *cli, const struct update_context *context)
{
	const char *variable = getenv("STRAKE_OSV_URL");
	struct stk_str url = stk_str_from(context->url ? context->url : variable && *variable ? variable : STK_OSV_URL);
	while (stk_str_ends(url, S("/")))
		url.n--;
	return stk_arena_str(cli->arena, url);
}

/* Was the database made from exactly these files, not long ago? */
static bool is_current(struct stk_cli *cli, const struct update_context *context, const struct stk_fetch *fetch)
{
	STK_DATABASE database = { 0 };
	struct stk_err err;
	if (fetch->fetched ||
	    stk_database_open(cli->arena, stk_database_path(cli->arena, context->job.output).p, &database, &err) < 0)
		return false;
	/* Nothing was transferred and the same copies went in: only the date would change. */
	return database.header->inputs == fetch->inputs && stk_database_age_days(&database) < 1;
}

static int update_main(struct stk_cli *cli, void *data)
{
	struct update_context *context = data;
	struct stk_strs paths = { 0 };
	struct stk_err err;
	struct stk_fetch fetch = { .base = base_url(cli, context).p, .folder = stk_download_folder(cli->arena).p };
	if (cli->n_arguments)
		return stk_cli_usage(cli, "takes no arguments");
	if (stk_database_fetch(cli, &context->job, &fetch, &paths, &err) < 0)
		return stk_cli_error(&err);
	if (!context->job.quiet)
		stk_cli_say("strake: %zu fetched (%.1f MiB), %zu unchanged", fetch.fetched,
			    (double)fetch.bytes / (1 << 20), fetch.unchanged);
	if (!is_current(cli, context, &fetch))
		return stk_database_write(cli, &context->job, &paths, fetch.inputs);
	if (!context->job.quiet)
		printf("%s: already up to date\n", stk_database_path(cli->arena, context->job.output).p);
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_db_update = {
	.name = "db update",
	.brief = "fetch advisories and compile them",
	.usage = "[OPTIONS]",
	.description = "Fetches OSV's bulk data for the chosen ecosystems and compiles it into the database that scans "
		       "use. Files that did not "
		       "change are not transferred again, and a transfer that broke off goes on where it stopped. This "
		       "is the only command that "
		       "uses the network without being told a name on it.\n\nThe downloads are kept in strake/osv "
		       "below $XDG_CACHE_HOME or "
		       "~/.cache.",
	.examples = "strake db update\nstrake db update --ecosystems Debian,Alpine,Wolfi",
	.options = update_options,
	.n_options = STK_LEN(update_options),
	.context_size = sizeof(struct update_context),
	.main = update_main,
};
