/* SPDX-License-Identifier: Apache-2.0 */
/* Option rows over getopt_long: abbreviations, "--name=value" and permuted arguments behave as GNU users expect. */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/version.h"
#include "text/nearest.h"
#include "base/banned.h"

/* Codes above any letter: the row's number behind LONG_ONLY. */
enum { LONG_ONLY = 1000, HELP = 999, VERSION = 998, HELP_COLUMN = 32, HELP_WIDTH = 100, HELP_NARROW = 72 };

static bool has_letter(const struct stk_command *command, char letter)
{
	for (size_t i = 0; letter && i < command->n_options; i++)
		if (command->options[i].letter == letter)
			return true;
	return false;
}

const struct stk_option *stk_options_at(const struct stk_command *command, size_t i)
{
	if (i < command->n_options)
		return &command->options[i];
	i -= command->n_options;
	if (!command->reports || i >= stk_n_report_option_rows)
		return NULL;
	return has_letter(command, stk_report_option_rows[i].letter) ? &stk_report_option_rows_without_letters[i]
								     : &stk_report_option_rows[i];
}

static size_t count_options(const struct stk_command *command)
{
	return command->n_options + (command->reports ? stk_n_report_option_rows : 0);
}

static void add_list(struct stk_arena *arena, struct stk_strs *list, const char *value)
{
	for (struct stk_str rest = stk_str_from(value); rest.n;) {
		struct stk_str item = stk_str_trim(stk_str_cut(&rest, ','));
		if (item.n)
			*STK_PUSH(arena, list) = item;
	}
}

static int store(struct stk_cli *cli, void *context, const struct stk_option *option, const char *value)
{
	/* The row's kind says what type stands there; STK_OPT makes rows from the member's
	   name, so that the offset is right. */
	char *member = (char *)context + option->offset;
	switch (option->kind) {
	case STK_OPTION_FLAG:
	case STK_OPTION_UNFLAG:
		*(bool *)(void *)member = option->kind == STK_OPTION_FLAG;
		return 0;
	case STK_OPTION_TEXT:
	case STK_OPTION_MAYBE:
		*(const char **)(void *)member = value ? value : "";
		return 0;
	case STK_OPTION_LIST:
		add_list(cli->arena, (struct stk_strs *)(void *)member, value);
		return 0;
	case STK_OPTION_MANY:
		*STK_PUSH(cli->arena, (struct stk_strs *)(void *)member) = stk_str_from(value);
		return 0;
	case STK_OPTION_NUMBER:
		if (stk_str_i64(stk_str_from(value), (int64_t *)(void *)member))
			return 0;
		return stk_cli_usage(cli, "--%s takes a whole number, not \"%s\"", option->name, value);
	}
	return 0;
}

/* The rows in getopt's two forms: long options whose value is the row's number, and the string of letters. */
static struct option *long_rows(struct stk_arena *arena, const struct stk_command *command, struct stk_buf *letters)
{
	size_t n = count_options(command);
	struct option *rows = STK_NEW(arena, struct option, n + 3);
	stk_buf_add(letters, S(":h"));
	for (size_t i = 0; i < n; i++) {
		const struct stk_option *option = stk_options_at(command, i);
		int takes = option->kind == STK_OPTION_MAYBE ? optional_argument
			    : option->argument		     ? required_argument
							     : no_argument;
		rows[i] = (struct option){ option->name, takes, NULL, LONG_ONLY + (int)i };
		if (option->letter) {
			stk_buf_byte(letters, option->letter);
			if (option->argument)
				stk_buf_byte(letters, ':');
		}
	}
	rows[n] = (struct option){ "help", no_argument, NULL, HELP };
	rows[n + 1] = (struct option){ "version", no_argument, NULL, VERSION };
	stk_buf_byte(letters, 0);
	return rows;
}

static const struct stk_option *row_of(const struct stk_command *command, int code)
{
	if (code >= LONG_ONLY)
		return stk_options_at(command, (size_t)(code - LONG_ONLY));
	const struct stk_option *option;
	for (size_t i = 0; (option = stk_options_at(command, i)); i++)
		if (option->letter == code)
			return option;
	return NULL;
}

static struct stk_str nearest(const struct stk_cli *cli, const char *typed)
{
	struct stk_strs names = { 0 };
	const struct stk_option *option;
	*STK_PUSH(cli->arena, &names) = S("help");
	for (size_t i = 0; (option = stk_options_at(cli->command, i)); i++)
		*STK_PUSH(cli->arena, &names) = stk_str_from(option->name);
	struct stk_str word = stk_str_from(typed);
	return stk_nearest(stk_str_cut(&word, '='), &names);
}

static const char *refusal(const struct stk_command *command, const char *typed)
{
	struct stk_str word = stk_str_from(typed), name = stk_str_cut(&word, '=');
	for (size_t i = 0; i < command->n_refusals; i++)
		if (stk_str_is(name, command->refusals[i].name))
			return command->refusals[i].instead;
	return NULL;
}

static int bad_option(const struct stk_cli *cli, int code, const char *word)
{
	if (code == ':')
		return stk_cli_usage(cli, "option \"%s\" needs a value", word);
	if (strncmp(word, "--", 2) != 0)
		return stk_cli_usage(cli, "unknown option \"-%c\"", optopt);
	const char *instead = refusal(cli->command, word + 2);
	if (instead)
		return stk_cli_usage(cli, "there is no option \"%s\": %s", word, instead);
	struct stk_str name = nearest(cli, word + 2);
	if (name.n)
		return stk_cli_usage(cli, "unknown option \"%s\"; did you mean \"--" STK_FMT "\"?", word,
				     STK_ARG(name));
	return stk_cli_usage(cli, "unknown or ambiguous option \"%s\"", word);
}

static void print_help(const struct stk_command *command)
{
	STK_BUF text = stk_buf_new(STK_MIB(1));
	stk_options_help(&text, command, stk_cli_width());
	fwrite(text.p, 1, text.n, stdout);
}

int stk_options_parse(struct stk_cli *cli, void *context, int argc, char **argv)
{
	STK_BUF letters = stk_buf_new(STK_KIB(4));
	struct option *rows = long_rows(cli->arena, cli->command, &letters);
	/* glibc: 0 starts anew and forgets what an earlier call had permuted. */
	optind = 0;
	opterr = 0;
	for (;;) {
		int code = getopt_long(argc, argv, letters.p, rows, NULL);
		if (code == -1)
			break;
		if (code == HELP || code == 'h') {
			print_help(cli->command);
			return -1;
		}
		if (code == VERSION) {
			stk_version_print();
			return -1;
		}
		if (code == '?' || code == ':')
			return bad_option(cli, code, argv[optind - 1]);
		int failed = store(cli, context, row_of(cli->command, code), optarg);
		if (failed)
			return failed;
	}
	cli->arguments = argv + optind;
	cli->n_arguments = (size_t)(argc - optind);
	return 0;
}

void stk_help_wrap(struct stk_buf *out, struct stk_str text, size_t column, size_t indent, size_t width)
{
	bool first = true;
	for (struct stk_str word; (word = stk_str_cut_word(&text)).n; first = false) {
		if (!first && column + 1 + word.n > width) {
			stk_buf_byte(out, '\n');
			stk_buf_repeat(out, ' ', indent);
			column = indent;
		} else if (!first) {
			stk_buf_byte(out, ' ');
			column++;
		}
		stk_buf_add(out, word);
		column += word.n;
	}
	stk_buf_byte(out, '\n');
}

/* In a narrow terminal, what an option does stands below it. */
static void help_option(struct stk_buf *out, const struct stk_option *option, size_t width)
{
	size_t start = out->n, indent = width < HELP_NARROW ? 8 : HELP_COLUMN;
	if (option->letter)
		stk_buf_printf(out, "  -%c, --%s", option->letter, option->name);
	else
		stk_buf_printf(out, "      --%s", option->name);
	if (option->argument)
		stk_buf_printf(out, "%s%s", option->kind == STK_OPTION_MAYBE ? "" : " ", option->argument);
	size_t used = out->n - start;
	if (used + 2 > indent) {
		stk_buf_byte(out, '\n');
		used = 0;
	}
	stk_buf_repeat(out, ' ', indent - used);
	stk_help_wrap(out, stk_str_from(option->help), indent, indent, width);
}

/* Commands stay whole, to be copied; what they do is indented further and broken. */
static void help_example(struct stk_buf *out, struct stk_str line, size_t width)
{
	size_t indent = 0;
	while (indent < line.n && line.p[indent] == ' ')
		indent++;
	stk_buf_repeat(out, ' ', indent + 2);
	if (indent)
		stk_help_wrap(out, line, indent + 2, indent + 2, width);
	else
		stk_buf_printf(out, STK_FMT "\n", STK_ARG(line));
}

static void help_options(struct stk_buf *out, const char *heading, const struct stk_command *command, size_t begin,
			 size_t end, size_t width)
{
	if (begin == end)
		return;
	stk_buf_printf(out, "\n%s\n", heading);
	for (size_t i = begin; i < end; i++)
		help_option(out, stk_options_at(command, i), width);
}

void stk_options_help(struct stk_buf *out, const struct stk_command *command, size_t width)
{
	width = width < HELP_WIDTH ? width : HELP_WIDTH;
	size_t start = out->n;
	stk_buf_printf(out, "Usage: strake %s ", command->name);
	stk_help_wrap(out, stk_str_from(command->usage), out->n - start, 8, width);
	stk_buf_byte(out, '\n');
	for (struct stk_str rest = stk_str_from(command->description); rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest);
		stk_help_wrap(out, line, 0, 0, width);
	}
	if (command->examples)
		stk_buf_printf(out, "\nExamples\n");
	for (struct stk_str rest = stk_str_from(command->examples); rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest);
		help_example(out, line, width);
	}
	help_options(out, "Options", command, 0, command->n_options, width);
	help_options(out, "Report options", command, command->n_options, count_options(command), width);
	static const struct stk_option help = { 'h', "help", STK_OPTION_FLAG, 0, NULL, "print this help" };
	stk_buf_byte(out, '\n');
	help_option(out, &help, width);
}
