/* SPDX-License-Identifier: Apache-2.0 */
/* strake db build: OSV records from anywhere into one database file. */
#include <string.h>

#include "cli/commands.h"
#include "cli/database_write.h"
#include "base/banned.h"

struct build_context {
	struct stk_strs from;
	struct stk_database_job job;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct build_context, member, argument, help)

static const struct stk_option build_options[] = {
	ROW(0, "from", MANY, from, "PLACE", "a folder, a .zip, a .json record or a URL; may be repeated"),
	ROW('o', "output", TEXT, job.output, "FILE", "the database to write (default: where scans look for it)"),
	ROW('e', "ecosystems", LIST, job.ecosystems, "LIST", "only these, e.g. Debian,Alpine,PyPI"),
	ROW(0, "no-progress", FLAG, job.no_progress, NULL, "no progress line"),
	ROW('q', "quiet", FLAG, job.quiet, NULL, "say nothing but errors"),
};

static bool is_url(struct stk_str place)
{
	return stk_str_starts(place, S("http://")) || stk_str_starts(place, S("https://"));
}

static int download(struct stk_cli *cli, struct build_context *context, struct stk_str url, struct stk_strs *paths,
		    struct stk_err *err)
{
	struct stk_fetch fetch = { .folder = stk_download_folder(cli->arena).p };
	while (stk_str_ends(url, S("/")))
		url.n--;
	fetch.base = stk_arena_str(cli->arena, url).p;
	if (stk_str_ends(url, S(".zip")))
		return stk_fetch_zip(&fetch, cli->arena, fetch.base, STK_PUSH(cli->arena, paths), err);
	return stk_database_fetch(cli, &context->job, &fetch, paths, err);
}

static int build_main(struct stk_cli *cli, void *data)
{
	struct build_context *context = data;
	struct stk_strs paths = { 0 };
	struct stk_err err;
	for (size_t i = 0; i < cli->n_arguments; i++)
		*STK_PUSH(cli->arena, &context->from) = stk_str_from(cli->arguments[i]);
	if (!context->from.n)
		return stk_cli_usage(cli, "name what to build from, e.g. --from DIR");
	for (size_t i = 0; i < context->from.n; i++) {
		if (!is_url(context->from.v[i]))
			*STK_PUSH(cli->arena, &paths) = stk_arena_str(cli->arena, context->from.v[i]);
		else if (download(cli, context, context->from.v[i], &paths, &err) < 0)
			return stk_cli_error(&err);
	}
	return stk_database_write(cli, &context->job, &paths, 0);
}

const struct stk_command stk_command_db_build = {
	.name = "db build",
	.brief = "compile OSV records into an advisory database",
	.usage = "[OPTIONS] --from PLACE...",
	.description = "Compiles OSV records into the one file that scans look vulnerabilities up in. PLACE is a "
		       "folder that holds .json records "
		       "or .zip archives of them at any depth, one such archive, or a URL: of an archive, or of a "
		       "server that has OSV's bulk "
		       "layout, <URL>/<Ecosystem>/all.zip. Withdrawn records are left out.\n\nThe file replaces an "
		       "older one at once: scans "
		       "that run meanwhile see the old one to their end.",
	.examples = "strake db build --from osv/ --output advisories.db\nstrake db build --from "
		    "https://mirror.example.org/osv "
		    "--ecosystems Debian,Alpine",
	.options = build_options,
	.n_options = STK_LEN(build_options),
	.context_size = sizeof(struct build_context),
	.main = build_main,
};
