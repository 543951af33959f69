/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Command lines by option rows: parsing, --help, and a walk over a command's options for
 * completions and man pages.
 */

#include "base/buf.h"
#include "cli/cli.h"

/* Parses argv (argv[0] is the command's name) into context through getopt_long. Returns 0, STK_EXIT_USAGE after a
   message, or -1 when --help was asked for and printed. What is left stands in cli->arguments. */
int stk_options_parse(struct stk_cli *cli, void *context, int argc, char **argv);
/* The text of `strake COMMAND --help` for a terminal of so many columns; wider than 100 it never gets. Examples are
   not broken. */
void stk_options_help(struct stk_buf *out, const struct stk_command *command, size_t width);
/* Appends text and a line's end, broken at spaces so that no line passes the width unless one word does. column: where
   the text begins; later lines begin at the indent. */
void stk_help_wrap(struct stk_buf *out, struct stk_str text, size_t column, size_t indent, size_t width);
/* The i-th option of a command, its own first and then the shared ones; NULL behind the last. */
const struct stk_option *stk_options_at(const struct stk_command *command, size_t i);
