/* SPDX-License-Identifier: Apache-2.0 */
/* strake db status: which database scans use, what is in it, how old it is, and whether it is whole. */
#include <stdio.h>
#include <string.h>

#include "advisory/database_read.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/commands.h"
#include "io/digest.h"
#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

struct status_context {
	const char *database, *format;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct status_context, member, argument, help)

static const struct stk_option status_options[] = {
	ROW(0, "db", TEXT, database, "FILE", "the database to look at (default: the one scans use)"),
	ROW('f', "format", TEXT, format, "FORMAT", "table (default) or json"),
};

static struct stk_str checksum(struct stk_arena *arena, const struct stk_database *database)
{
	return stk_arena_printf(arena, "sha256:" STK_FMT,
				STK_ARG(stk_hex(arena, database->header->digest, sizeof(database->header->digest))));
}

static struct stk_str date_or_dash(struct stk_arena *arena, int64_t seconds)
{
	return seconds ? stk_time_date(arena, seconds) : S("-");
}

/* Names come from whoever wrote the records. */
static struct stk_str name_of(struct stk_arena *arena, const struct stk_database *database, size_t i)
{
	STK_BUF out = stk_buf_new(STK_KIB(64));
	stk_utf8_printable(&out, stk_database_str(database, stk_database_ecosystem(database, i)->name));
	return stk_arena_str(arena, stk_buf_str(&out));
}

static void print_table(struct stk_arena *arena, const struct stk_database *database)
{
	size_t widest = 9, n = stk_database_count(database, STK_SECTION_ECOSYSTEMS);
	for (size_t i = 0; i < n; i++) {
		struct stk_str name = name_of(arena, database, i);
		widest = name.n > widest ? name.n : widest;
	}
	printf("Database    " STK_FMT "\n",
	       STK_ARG(database->builtin ? S("part of the program; \"strake db update\" fetches a full one")
					 : database->path));
	printf("Built       " STK_FMT, STK_ARG(stk_time_format(arena, database->built)));
	if (!database->builtin)
		printf(" (%lld days old%s)", (long long)stk_database_age_days(database),
		       stk_database_is_old(database) ? ": run \"strake db update\"" : "");
	printf("\nNewest      " STK_FMT "\n", STK_ARG(date_or_dash(arena, database->header->newest)));
	bool large = database->bytes.n >= STK_MIB(1);
	printf("Size        %.1f %s, format %u\n",
	       (double)database->bytes.n / (double)(large ? STK_MIB(1) : STK_KIB(1)), large ? "MiB" : "KiB",
	       database->header->version);
	printf("Checksum    " STK_FMT "\n", STK_ARG(checksum(arena, database)));
	printf("Advisories  %zu for %zu packages\n\n", stk_database_count(database, STK_SECTION_ADVISORIES),
	       stk_database_count(database, STK_SECTION_PACKAGES));
	printf("%-*s  %10s  %10s  %s\n", (int)widest, "Ecosystem", "Advisories", "Packages", "Newest");
	for (size_t i = 0; i < n; i++) {
		const struct stk_row_ecosystem *row = stk_database_ecosystem(database, i);
		printf("%-*.*s  %10u  %10u  " STK_FMT "\n", (int)widest, STK_ARG(name_of(arena, database, i)),
		       row->advisories, row->packages, STK_ARG(date_or_dash(arena, row->newest)));
	}
}

static void write_ecosystem(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_database *database,
			    size_t i)
{
	const struct stk_row_ecosystem *row = stk_database_ecosystem(database, i);
	stk_json_begin_object(w);
	stk_json_put_str(w, "name", stk_database_str(database, row->name));
	stk_json_put_int(w, "advisories", row->advisories);
	stk_json_put_int(w, "packages", row->packages);
	if (row->newest)
		stk_json_put_str(w, "newest", stk_time_format(arena, row->newest));
	stk_json_end_object(w);
}

static void print_json(struct stk_arena *arena, const struct stk_database *database)
{
	STK_BUF out = stk_buf_new(STK_MIB(64));
	struct stk_json_writer w = stk_json_writer(&out, 2);
	stk_json_begin_object(&w);
	stk_json_put_bool(&w, "builtin", database->builtin);
	stk_json_put_str_if(&w, "path", database->path);
	stk_json_put_int(&w, "format", database->header->version);
	stk_json_put_str(&w, "built", stk_time_format(arena, database->built));
	if (!database->builtin) {
		stk_json_put_int(&w, "age_days", stk_database_age_days(database));
		stk_json_put_bool(&w, "old", stk_database_is_old(database));
	}
	stk_json_put_str(&w, "newest", stk_time_format(arena, database->header->newest));
	stk_json_put_int(&w, "bytes", (int64_t)database->bytes.n);
	stk_json_put_str(&w, "checksum", checksum(arena, database));
	stk_json_put_int(&w, "advisories", (int64_t)stk_database_count(database, STK_SECTION_ADVISORIES));
	stk_json_put_int(&w, "packages", (int64_t)stk_database_count(database, STK_SECTION_PACKAGES));
	stk_json_key(&w, "ecosystems");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < stk_database_count(database, STK_SECTION_ECOSYSTEMS); i++)
		write_ecosystem(&w, arena, database, i);
	stk_json_end_array(&w);
	stk_json_end_object(&w);
	printf(STK_FMT "\n", STK_ARG(stk_buf_str(&out)));
}

static int status_main(struct stk_cli *cli, void *data)
{
	const struct status_context *context = data;
	struct stk_report report = stk_report_new(cli->arena);
	STK_DATABASE database = { 0 };
	struct stk_err err;
	bool json = context->format && strcmp(context->format, "json") == 0;
	if (cli->n_arguments)
		return stk_cli_usage(cli, "takes no arguments; --db names another file");
	if (context->format && !json && strcmp(context->format, "table") != 0)
		return stk_cli_usage(cli, "unknown format \"%s\": table or json", context->format);
	if (stk_database_use(&report, context->database, &database, &err) < 0 ||
	    stk_database_verify(&database, &err) < 0)
		return stk_cli_error(&err);
	if (json)
		print_json(cli->arena, &database);
	else
		print_table(cli->arena, &database);
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_db_status = {
	.name = "db status",
	.brief = "say what the advisory database holds and how old it is",
	.usage = "[OPTIONS]",
	.description = "Says which advisory database scans use, checks it whole, and lists its ecosystems with their "
		       "numbers and dates. A database "
		       "older than $STRAKE_DB_MAX_AGE days (7; 0: never) is called old, here and in the notices of "
		       "every scan.\n\nThe database is "
		       "the file that --db or $STRAKE_DB names, else strake/advisories.db below $XDG_CACHE_HOME or "
		       "~/.cache, else the small set that "
		       "is part of the program.",
	.examples = "strake db status\nstrake db status --format json",
	.options = status_options,
	.n_options = STK_LEN(status_options),
	.context_size = sizeof(struct status_context),
	.main = status_main,
};
