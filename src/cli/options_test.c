/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines by the GNU conventions (getopt_long(3)), and what is said of wrong ones. */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "test.h"

struct settings {
	bool flag, on;
	const char *text;
	struct stk_strs list, many;
	int64_t number;
};

static const struct stk_option rows[] = {
	STK_OPT('f', "flag", FLAG, struct settings, flag, NULL, "a flag"),
	STK_OPT(0, "no-on", UNFLAG, struct settings, on, NULL, "another"),
	STK_OPT('t', "text", TEXT, struct settings, text, "TEXT", "a text"),
	STK_OPT('l', "list", LIST, struct settings, list, "A,B", "a list"),
	STK_OPT(0, "many", MANY, struct settings, many, "X", "several"),
	STK_OPT('n', "number", NUMBER, struct settings, number, "N", "a number"),
	STK_OPT(0, "formal", FLAG, struct settings, flag, NULL, "begins like --format"),
	STK_OPT(0, "format", TEXT, struct settings, text, "FORMAT", "begins like --formal"),
};

static const struct stk_command command = {
	.name = "test",
	.brief = "b",
	.usage = "[OPTIONS] FILE...",
	.description = "d",
	.examples = "",
	.options = rows,
	.n_options = STK_LEN(rows),
	.context_size = sizeof(struct settings),
};

/* Parses words divided by spaces; what is said to standard error stands in *said. */
static int parse(struct stk_arena *arena, const char *line, struct stk_cli *cli, struct settings *settings,
		 struct stk_str *said)
{
	struct stk_str rest = stk_arena_printf(arena, "test%s%s", *line ? " " : "", line);
	char **argv = STK_NEW(arena, char *, 32);
	int argc = 0;
	while (rest.n && argc < 31)
		argv[argc++] = (char *)stk_arena_str(arena, stk_str_cut(&rest, ' ')).p;
	char path[] = "/tmp/strake-options-XXXXXX";
	struct stk_err err;
	int file = mkstemp(path), before = dup(STDERR_FILENO);
	assert_true(file >= 0 && before >= 0);
	fflush(stderr);
	dup2(file, STDERR_FILENO);
	*settings = (struct settings){ .on = true };
	*cli = (struct stk_cli){ .arena = arena, .command = &command };
	int status = stk_options_parse(cli, settings, argc, argv);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	close(file);
	assert_int_equal(stk_file_read(arena, path, STK_KIB(64), said, &err), 0);
	unlink(path);
	return status;
}

CASE(forms)
{
	/* flag on text list many number; then what is left */
	static const struct {
		const char *line, *want;
	} t[] = {
		{ "", "0 1 - 0 0 0:" },
		{ "a b", "0 1 - 0 0 0: a b" },
		{ "-f", "1 1 - 0 0 0:" },
		{ "--flag", "1 1 - 0 0 0:" },
		{ "--no-on", "0 0 - 0 0 0:" },
		{ "-t x", "0 1 x 0 0 0:" },
		{ "-tx", "0 1 x 0 0 0:" },
		{ "-ftx", "1 1 x 0 0 0:" },
		{ "--text x", "0 1 x 0 0 0:" },
		{ "--text=x", "0 1 x 0 0 0:" },
		{ "--text=", "0 1  0 0 0:" },
		{ "--text=a=b", "0 1 a=b 0 0 0:" },
		{ "--text x --text y", "0 1 y 0 0 0:" },
		{ "--te x", "0 1 x 0 0 0:" }, /* an unambiguous beginning */
		{ "--list a,b --list c", "0 1 - 3 0 0:" },
		{ "--many a,b --many c", "0 1 - 0 2 0:" },
		{ "-n -7", "0 1 - 0 0 -7:" },
		{ "a -f b", "1 1 - 0 0 0: a b" }, /* options may stand behind */
		{ "-- -f", "0 1 - 0 0 0: -f" },
		{ "-f -- --text", "1 1 - 0 0 0: --text" },
		{ "-", "0 1 - 0 0 0: -" }, /* standard input */
		{ "-t -- a", "0 1 -- 0 0 0: a" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF got = stk_buf_new(4096);
		struct stk_cli cli;
		struct settings s;
		struct stk_str said;
		int status = parse(&arena, t[i].line, &cli, &s, &said);
		stk_buf_printf(&got, "%d %d %s %zu %zu %lld:", s.flag, s.on, s.text ? s.text : "-", s.list.n, s.many.n,
			       (long long)s.number);
		for (size_t k = 0; k < cli.n_arguments; k++)
			stk_buf_printf(&got, " %s", cli.arguments[k]);
		if (status || !stk_str_is(stk_buf_str(&got), t[i].want))
			fail_msg("%s: %d, " STK_FMT " " STK_FMT, t[i].line, status, STK_ARG(stk_buf_str(&got)),
				 STK_ARG(said));
	}
}

CASE(mistakes)
{
	static const struct {
		const char *line, *said;
	} t[] = {
		{ "--flga", "unknown option \"--flga\"; did you mean \"--flag\"?" },
		{ "--txt=x", "unknown option \"--txt=x\"; did you mean \"--text\"?" },
		{ "--zzzzzz", "unknown or ambiguous option \"--zzzzzz\"" },
		{ "--form", "unknown or ambiguous option \"--form\"" },
		{ "-z", "unknown option \"-z\"" },
		{ "-fz", "unknown option \"-z\"" },
		{ "--text", "option \"--text\" needs a value" },
		{ "-t", "option \"-t\" needs a value" },
		{ "--number x", "--number takes a whole number, not \"x\"" },
		{ "-n 1.5", "--number takes a whole number, not \"1.5\"" },
		{ "-n 99999999999999999999", "--number takes a whole number" },
		{ "--flag=x", "--flag" }, /* a flag has no value */
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_cli cli;
		struct settings s;
		struct stk_str said;
		int status = parse(&arena, t[i].line, &cli, &s, &said);
		if (status != STK_EXIT_USAGE || !stk_str_contains(said, stk_str_from(t[i].said)) ||
		    !stk_str_contains(said, S("strake test --help")))
			fail_msg("%s: %d, " STK_FMT, t[i].line, status, STK_ARG(said));
	}
}

CASE(help_names_every_option)
{
	for (size_t c = 0; c < stk_n_commands; c++) {
		STK_BUF out = stk_buf_new(STK_MIB(1));
		stk_options_help(&out, stk_commands[c], 100);
		const struct stk_option *option;
		for (size_t i = 0; (option = stk_options_at(stk_commands[c], i)); i++) {
			STK_ARENA arena = { 0 };
			assert_true(
				stk_str_contains(stk_buf_str(&out), stk_arena_printf(&arena, "--%s", option->name)));
			if (stk_str_ends(stk_str_from(option->help), S(".")) &&
			    !stk_str_ends(stk_str_from(option->help), S("...")))
				fail_msg("%s --%s: the help ends in a full stop", stk_commands[c]->name, option->name);
		}
	}
}

/* The longest line that is no example and no single word. */
static size_t longest_line(struct stk_str text)
{
	size_t longest = 0;
	bool examples = false;
	while (text.n) {
		struct stk_str line = stk_str_cut_line(&text), words = line;
		examples = stk_str_is(line, "Examples") || (examples && line.n);
		stk_str_cut_word(&words);
		if (!examples && stk_str_trim(words).n && line.n > longest)
			longest = line.n;
	}
	return longest;
}

CASE(help_fits_the_terminal)
{
	static const size_t widths[] = { 40, 56, 71, 72, 80, 100 };
	for (size_t c = 0; c < stk_n_commands; c++)
		for (size_t w = 0; w < STK_LEN(widths); w++) {
			STK_BUF out = stk_buf_new(STK_MIB(1));
			stk_options_help(&out, stk_commands[c], widths[w]);
			if (longest_line(stk_buf_str(&out)) > widths[w])
				fail_msg("%s at %zu: " STK_FMT, stk_commands[c]->name, widths[w],
					 STK_ARG(stk_buf_str(&out)));
		}
}

CASE(text_is_broken_at_spaces)
{
	static const struct {
		const char *text;
		size_t column, indent, width;
		const char *want;
	} t[] = {
		{ "", 0, 2, 10, "\n" },
		{ "a b", 0, 2, 10, "a b\n" },
		{ "aaaa bbbb cc", 0, 2, 9, "aaaa bbbb\n  cc\n" },
		{ "aaaa bbbb", 1, 2, 9, "aaaa\n  bbbb\n" },
		{ "a  b\tc", 0, 0, 80, "a b c\n" },
		{ "aaaaaaaaaaaaaaa b", 0, 2, 9, "aaaaaaaaaaaaaaa\n  b\n" },
		{ "aaaaaaaaaaaaaaa", 8, 2, 9, "aaaaaaaaaaaaaaa\n" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_BUF out = stk_buf_new(STK_KIB(1));
		stk_help_wrap(&out, stk_str_from(t[i].text), t[i].column, t[i].indent, t[i].width);
		assert_str(stk_buf_str(&out), t[i].want);
	}
}
