/* SPDX-License-Identifier: Apache-2.0 */
/* What the program says to people on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "base/banned.h"

int stk_cli_error(const struct stk_err *err)
{
	fprintf(stderr, "strake: %s\n", err->msg);
	if (err->hint[0])
		fprintf(stderr, "  %s\n", err->hint);
	return err->code == STK_EUSAGE ? STK_EXIT_USAGE : STK_EXIT_INCOMPLETE;
}

int stk_cli_usage(const struct stk_cli *cli, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fprintf(stderr, "strake %s: ", cli->command->name);
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n  Try \"strake %s --help\".\n", cli->command->name);
	va_end(args);
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
