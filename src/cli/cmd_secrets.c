/* SPDX-License-Identifier: Apache-2.0 */
/* strake secrets: credentials in directories, files and streams. */
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "io/file.h"
#include "secret/mask.h"
#include "secret/tree.h"
#include "base/banned.h"

struct secrets {
	struct stk_report_options report;
	const char *min_confidence;
	bool show_secrets, no_inline;
	int64_t threads;
};

static const struct stk_option options[] = {
	STK_OPT(0, "min-confidence", TEXT, struct secrets, min_confidence, "LEVEL",
		"low, medium (default) or high: leave out weaker findings"),
	STK_OPT(0, "show-secrets", FLAG, struct secrets, show_secrets, NULL,
		"print values instead of their first and last characters"),
	STK_OPT(0, "no-inline-allow", FLAG, struct secrets, no_inline, NULL,
		"report also what a strake:allow or gitleaks:allow comment allows"),
	STK_OPT(0, "threads", NUMBER, struct secrets, threads, "N", "scan with N threads (default: one a processor)"),
};

static void set_defaults(void *context)
{
	struct secrets *secrets = context;
	secrets->min_confidence = "medium";
}

struct run {
	struct stk_cli *cli;
	const struct secrets *secrets;
	struct stk_secret_engine *engine;
	struct stk_report report;
};

static bool in_repository_root(struct stk_str path)
{
	return stk_str_starts(path, S(".git/"));
}

/* A .git directory is one finding, and none at all where the target is the repository itself. */
static bool repeats_git(struct stk_map *seen, struct stk_arena *arena, const struct stk_secret *secret,
			struct stk_str prefix)
{
	size_t at = stk_str_find(secret->path, S(".git/"));
	if (secret->line || at == SIZE_MAX || strcmp(stk_secret_rule_name(secret->rule), "git-directory") != 0)
		return false;
	struct stk_str below = stk_str_slice(secret->path, prefix.n, secret->path.n);
	return in_repository_root(below) || !stk_map_add(seen, arena, stk_str_slice(secret->path, 0, at));
}

static void add_results(struct run *run, size_t target, struct stk_str prefix, const struct stk_secret_results *results)
{
	struct stk_map seen = { 0 };
	for (size_t i = 0; i < results->found.n; i++) {
		const struct stk_secret *secret = &results->found.v[i];
		if (repeats_git(&seen, run->cli->arena, secret, prefix))
			continue;
		struct stk_finding *finding = stk_secret_report(&run->report, target, secret);
		finding->location.file = secret->path;
	}
	for (size_t i = 0; i < results->gaps.n; i++)
		stk_report_gap(&run->report, target, results->gaps.v[i].what, results->gaps.v[i].why);
	if (results->weaker)
		*STK_PUSH(run->cli->arena, &run->report.notices) =
			stk_arena_printf(run->cli->arena, "%zu less certain finding%s not shown: --min-confidence low",
					 results->weaker, results->weaker == 1 ? "" : "s");
}

static int scan_directory(struct run *run, const char *name, struct stk_err *err)
{
	struct stk_str path = stk_str_from(name);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	struct stk_str prefix = stk_str_is(path, ".")	? S("")
				: stk_str_is(path, "/") ? S("/")
							: stk_arena_printf(run->cli->arena, STK_FMT "/", STK_ARG(path));
	struct stk_secret_tree_options how = { .threads = (unsigned)run->secrets->threads };
	struct stk_secret_results results = { 0 };
	size_t target = stk_report_target(&run->report, stk_str_from(name), "directory");
	if (stk_secret_scan_tree(run->engine, run->cli->arena, stk_arena_str(run->cli->arena, path).p, prefix, &how,
				 &results, err) < 0)
		return -1;
	add_results(run, target, prefix, &results);
	return 0;
}

/* A text is kept for excerpts, with every secret in it masked. */
static void keep_text(struct run *run, size_t target, const char *name, const struct stk_secret_results *results)
{
	struct stk_str text;
	if (strcmp(name, "-") != 0 && stk_file_read(run->cli->arena, name, STK_MIB(1), &text, NULL) == 0)
		run->report.targets.v[target].text = stk_secret_mask(run->cli->arena, text, results->found.v,
								     run->secrets->show_secrets ? 0 : results->found.n);
}

static int scan_file(struct run *run, const char *name, struct stk_err *err)
{
	struct stk_str path = strcmp(name, "-") == 0 ? S("<stdin>") : stk_str_from(name);
	struct stk_secret_results results = { 0 };
	size_t target = stk_report_target(&run->report, path, "file");
	if (stk_secret_scan_file(run->engine, run->cli->arena, name, path, &results, err) < 0)
		return -1;
	keep_text(run, target, name, &results);
	add_results(run, target, path, &results);
	return 0;
}

static int scan_target(struct run *run, const char *name)
{
	struct stk_err err = { 0 };
	int status = stk_file_is_dir(name) ? scan_directory(run, name, &err) : scan_file(run, name, &err);
	return status < 0 ? stk_cli_error(&err) : 0;
}

static int scan_all(struct run *run)
{
	int status = run->cli->n_arguments ? 0 : scan_target(run, ".");
	for (size_t i = 0; i < run->cli->n_arguments && !status; i++)
		status = scan_target(run, run->cli->arguments[i]);
	return status ? status : stk_cli_finish(run->cli, &run->secrets->report, &run->report);
}

static int secrets_main(struct stk_cli *cli, void *context)
{
	struct secrets *secrets = context;
	struct run run = { .cli = cli, .secrets = secrets, .report = stk_report_new(cli->arena) };
	struct stk_secret_options how = { .show = secrets->show_secrets, .no_inline = secrets->no_inline };
	struct stk_err err = { 0 };
	if (!stk_confidence_parse(stk_str_from(secrets->min_confidence), &how.least))
		return stk_cli_usage(cli, "--min-confidence takes low, medium or high, not \"%s\"",
				     secrets->min_confidence);
	if (secrets->threads < 0 || secrets->threads > 64)
		return stk_cli_usage(cli, "--threads takes 0 to 64");
	if (stk_secret_engine_new(&how, &run.engine, &err) < 0)
		return stk_cli_error(&err);
	int status = scan_all(&run);
	stk_secret_engine_free(run.engine);
	return status;
}

const struct stk_command stk_command_secrets = {
	.name = "secrets",
	.brief = "find credentials in directories, files and streams",
	.usage = "[OPTIONS] [TARGET...]",
	.description = "Searches every file below a directory (default: the current one), a single file, or standard "
		       "input (\"-\") for credentials: "
		       "keys and tokens of some two hundred services, private keys, passwords in URLs, command lines "
		       "and configuration files. Looks "
		       "into archives (zip, jar, tar, gzip, zstd, xz, bzip2), git's objects, and base64, hexadecimal, "
		       "percent and \\u encoded text.\n\n"
		       "A value is never printed but for its first and last characters, unless --show-secrets is "
		       "given; the fingerprint is the same "
		       "wherever the same secret stands. A comment \"strake:allow\" (or \"gitleaks:allow\") on a line "
		       "allows what stands in it.",
	.examples = "strake secrets\n    what stands below the current directory\n"
		    "strake secrets --min-confidence low --format sarif -o secrets.sarif src\n    also guesses, for a "
		    "code review\n"
		    "git diff | strake secrets -\n    only what is about to be committed\n",
	.options = options,
	.n_options = STK_LEN(options),
	.context_size = sizeof(struct secrets),
	.reports = true,
	.defaults = set_defaults,
	.main = secrets_main,
};
