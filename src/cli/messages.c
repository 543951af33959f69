/* SPDX-License-Identifier: Apache-2.0 */
/* What the program says to people on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

static void say(const char *before, const char *fmt, va_list args)
{
	STK_ARENA arena = { 0 };
	STK_BUF line = stk_buf_new(STK_MIB(64));
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *raw = STK_NEW(&arena, char, n < 0 ? 1 : (size_t)n + 1);
	if (n > 0)
		vsnprintf(raw, (size_t)n + 1, fmt, args);
	stk_buf_add(&line, stk_str_from(before));
	stk_utf8_printable(&line, stk_str_from(raw));
	fprintf(stderr, STK_FMT "\n", STK_ARG(stk_buf_str(&line)));
}

void stk_cli_say(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
}

int stk_cli_error(const struct stk_err *err)
{
	stk_cli_say("strake: %s", err->msg);
	if (err->hint[0])
		stk_cli_say("  %s", err->hint);
	return err->code == STK_EUSAGE ? STK_EXIT_USAGE : STK_EXIT_INCOMPLETE;
}

int stk_cli_usage(const struct stk_cli *cli, const char *fmt, ...)
{
	char before[64];
	va_list args;
	snprintf(before, sizeof(before), "strake %s: ", cli->command->name);
	va_start(args, fmt);
	say(before, fmt, args);
	va_end(args);
	stk_cli_say("  Try \"strake %s --help\".", cli->command->name);
	return STK_EXIT_USAGE;
}

/* NO_COLOR (no-color.org) holds when it is not empty; a choice on the command line beats it. */
bool stk_cli_color(const char *choice, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	if (choice && strcmp(choice, "always") == 0)
		return true;
	if ((choice && strcmp(choice, "never") == 0) || (no_color && *no_color))
		return false;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}
