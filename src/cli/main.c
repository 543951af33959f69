/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the command, reads its options, runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/version.h"
#include "io/file.h"
#include "text/nearest.h"
#include "base/banned.h"

static void print_overview(FILE *to)
{
	size_t width = stk_cli_width() < 100 ? stk_cli_width() : 100;
	STK_BUF out = stk_buf_new(STK_KIB(64));
	stk_help_wrap(&out,
		      S("strake inspects, proves and repairs the security of Docker deployments, layer by layer."), 0,
		      0, width);
	stk_buf_add(&out, S("\nUsage: strake COMMAND [OPTIONS] TARGET...\n\nCommands\n"));
	for (size_t i = 0; i < stk_n_commands; i++) {
		stk_buf_printf(&out, "  %-16s ", stk_commands[i]->name);
		stk_help_wrap(&out, stk_str_from(stk_commands[i]->brief), 19, 19, width);
	}
	stk_buf_add(&out, S("\n  -h, --help       "));
	stk_help_wrap(&out, S("print this help; \"strake COMMAND --help\" has options and examples"), 19, 19, width);
	stk_buf_add(&out, S("      --version    "));
	stk_help_wrap(&out, S("print the version and the build options"), 19, 19, width);
	stk_buf_add(&out, S("\nExit status\n"));
#define X(name, value, text)                                                                                           \
	stk_buf_printf(&out, "  %d  ", value);                                                                         \
	stk_help_wrap(&out, S(text), 5, 5, width);
	STK_EXIT_CODES(X)
#undef X
	fwrite(out.p, 1, out.n, to);
}

/* A command's name may be two words ("db update"): the longest that fits wins. *words says how many it took. */
static const struct stk_command *find_command(int argc, char **argv, int *words)
{
	for (*words = 2; *words >= 1; --*words) {
		char name[64];
		if (*words >= argc)
			continue;
		snprintf(name, sizeof(name), *words == 2 ? "%s %s" : "%s", argv[1], argv[2]);
		for (size_t i = 0; i < stk_n_commands; i++)
			if (strcmp(stk_commands[i]->name, name) == 0)
				return stk_commands[i];
	}
	return NULL;
}

/* "strake db" alone lists what the group has. */
static bool print_group(const char *group)
{
	size_t n = strlen(group);
	bool found = false;
	for (size_t i = 0; i < stk_n_commands; i++) {
		const struct stk_command *command = stk_commands[i];
		if (strncmp(command->name, group, n) != 0 || command->name[n] != ' ')
			continue;
		fprintf(stderr, found ? "  strake %-16s %s\n" : "Commands\n  strake %-16s %s\n", command->name,
			command->brief);
		found = true;
	}
	return found;
}

static void unknown_command(const char *typed)
{
	STK_ARENA arena = { 0 };
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < stk_n_commands; i++)
		*STK_PUSH(&arena, &names) = stk_str_from(stk_commands[i]->name);
	struct stk_str near = stk_nearest(stk_str_from(typed), &names);
	if (near.n)
		stk_cli_say("strake: unknown command \"%s\"; did you mean \"" STK_FMT "\"?", typed, STK_ARG(near));
	else
		stk_cli_say("strake: unknown command \"%s\"", typed);
	stk_cli_say("  Try \"strake --help\".");
}

/* Before anything is scanned: a mistake in the settings is exit 2. */
static int load_config(struct stk_cli *cli, const struct stk_command *command, const struct stk_report_options *options)
{
	struct stk_err err;
	struct stk_config *config = STK_NEW(cli->arena, struct stk_config, 1);
	const char *folder = command->has_folder && cli->n_arguments == 1 && stk_file_is_dir(cli->arguments[0])
				     ? cli->arguments[0]
				     : NULL;
	cli->config = config;
	stk_cli_find_folders(cli);
	config->line = stk_line_default();
	if (options->no_config || (command->reads_config && options->config) ||
	    stk_config_load(cli->arena, options->config, folder, config, &err) == 0)
		return 0;
	return stk_cli_error(&err);
}

static int run(const struct stk_command *command, int argc, char **argv)
{
	STK_ARENA arena = { 0 };
	struct stk_cli cli = { .arena = &arena, .command = command };
	void *context = stk_arena_alloc(&arena, 1, command->context_size);
	/* The options stand first in the context of every reporting command. */
	if (command->reports)
		((struct stk_report_options *)context)->exit_code = STK_EXIT_FINDINGS;
	if (command->defaults)
		command->defaults(context);
	int status = stk_options_parse(&cli, context, argc, argv);
	if (status == 0 && command->reports)
		status = load_config(&cli, command, context);
	if (status == 0)
		status = command->main(&cli, context);
	/* -1: --help was asked for and printed. */
	return status < 0 ? STK_EXIT_CLEAN : status;
}

/* Output that could not be written is not a clean run: a full disk must not pass a gate. */
static int flush(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fputs("strake: cannot write to standard output\n", stderr);
	return STK_EXIT_INCOMPLETE;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_DFL); /* as "strake … | head" expects */
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_overview(argc < 2 ? stderr : stdout);
		return argc < 2 ? STK_EXIT_USAGE : flush(STK_EXIT_CLEAN);
	}
	if (strcmp(argv[1], "--version") == 0) {
		stk_version_print();
		return flush(STK_EXIT_CLEAN);
	}
	/* A command's name has one or two words ("db status"); the rest is its own. */
	int words;
	const struct stk_command *command = find_command(argc, argv, &words);
	if (!command) {
		if (!print_group(argv[1]))
			unknown_command(argv[1]);
		return STK_EXIT_USAGE;
	}
	return flush(run(command, argc - words, argv + words));
}
