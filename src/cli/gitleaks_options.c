/* SPDX-License-Identifier: Apache-2.0 */
/* See gitleaks_options.h. */
#include "cli/gitleaks_options.h"

#include "io/file.h"
#include "base/banned.h"

const struct stk_refusal stk_gitleaks_refusals[STK_N_GITLEAKS_REFUSALS] = {
	{ "log-opts",
	  "strake searches every object of a repository, not a range of commits; for what a branch changes: "
	  "git diff main... | strake secrets -" },
	{ "staged", "for what is about to be committed: git diff --cached | strake secrets -" },
	{ "pre-commit", "for what is not committed yet: git diff | strake secrets -" },
	{ "report-template", "write --format json and make the page of that" },
	{ "follow-symlinks", "links are not followed; name what they lead to as a target" },
};

/* "gitleaks detect" and its like. An image may be called so, but hardly in such a line. */
static int check_word(const struct stk_cli *cli)
{
	static const char *const words[] = { "detect", "dir", "directory", "file", "git", "protect", "stdin" };
	if (!cli->n_arguments || stk_file_exists(cli->arguments[0]))
		return 0;
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_is(stk_str_from(cli->arguments[0]), words[i]))
			return stk_cli_usage(
				cli,
				"\"%s\" is a command of Gitleaks': leave it out and name what to search (%s); "
				"an image of that name is docker:%s",
				words[i], i == 6 ? "- is standard input" : "a folder's .git is searched too", words[i]);
	return 0;
}

/* Gitleaks takes the format from the file's name, too. */
static const char *format_of(struct stk_str file)
{
	static const char *const ends[][2] = { { ".csv", "csv" }, { ".sarif", "sarif" }, { ".xml", "junit" } };
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (stk_str_ends(file, stk_str_from(ends[i][0])))
			return ends[i][1];
	return "gitleaks";
}

static int add_target(struct stk_cli *cli, const char *target)
{
	if (cli->n_arguments)
		return stk_cli_usage(cli, "\"%s\" is named beside --source or --pipe: write strake secrets TARGET...",
				     cli->arguments[0]);
	char **arguments = STK_NEW(cli->arena, char *, 2);
	arguments[0] = (char *)(uintptr_t)stk_arena_str(cli->arena, stk_str_from(target)).p;
	cli->arguments = arguments;
	cli->n_arguments = 1;
	stk_cli_find_folders(cli);
	return 0;
}

int stk_gitleaks_options_apply(struct stk_cli *cli, const struct stk_gitleaks_options *options,
			       struct stk_report_options *report)
{
	const char *target = options->pipe ? "-" : options->source;
	int status = check_word(cli);
	if (!status && target)
		status = add_target(cli, target);
	for (size_t i = 0; i < options->report_formats.n; i++) {
		struct stk_str format = options->report_formats.v[i];
		*STK_PUSH(cli->arena, &report->formats) = stk_str_is(format, "json") ? S("gitleaks") : format;
	}
	for (size_t i = 0; i < options->report_paths.n; i++) {
		if (report->formats.n <= report->outputs.n)
			*STK_PUSH(cli->arena, &report->formats) = stk_str_from(format_of(options->report_paths.v[i]));
		*STK_PUSH(cli->arena, &report->outputs) = options->report_paths.v[i];
	}
	if (options->no_color)
		report->color = "never";
	return status;
}
