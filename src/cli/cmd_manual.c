/* SPDX-License-Identifier: Apache-2.0 */
/* strake manual: the man page strake(1), in roff, made from the rows that --help is made from. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "base/banned.h"

/* Text with what roff would take for its own escaped: backslashes, hyphens, and dots and quotes that begin a line. */
static void put(struct stk_buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if ((p == text || p[-1] == '\n') && strchr(".'", *p))
			stk_buf_add(out, S("\\&"));
		if (*p == '\\')
			stk_buf_add(out, S("\\e"));
		else if (*p == '-')
			stk_buf_add(out, S("\\-"));
		else
			stk_buf_byte(out, *p);
	}
}

static void put_option(struct stk_buf *out, const struct stk_option *option)
{
	stk_buf_add(out, S(".TP\n"));
	if (option->letter)
		stk_buf_printf(out, "\\fB\\-%c\\fR, ", option->letter);
	stk_buf_add(out, S("\\fB\\-\\-"));
	put(out, option->name);
	stk_buf_add(out, S("\\fR"));
	if (option->argument) {
		stk_buf_add(out, option->kind == STK_OPTION_MAYBE ? S("\\fI") : S("=\\fI"));
		put(out, option->argument);
		stk_buf_add(out, S("\\fR"));
	}
	stk_buf_byte(out, '\n');
	put(out, option->help);
	stk_buf_byte(out, '\n');
}

static void put_command(struct stk_buf *out, const struct stk_command *command)
{
	stk_buf_printf(out, ".SS \"strake %s %s\"\n", command->name, command->usage ? command->usage : "");
	put(out, command->description ? command->description : command->brief);
	stk_buf_byte(out, '\n');
	for (size_t i = 0; i < command->n_options; i++)
		put_option(out, &command->options[i]);
	if (command->reports)
		stk_buf_add(out, S(".PP\nThe reporting options apply too.\n"));
	if (command->examples) {
		stk_buf_add(out, S(".PP\n.nf\n.RS\n"));
		put(out, command->examples);
		stk_buf_add(out, S("\n.RE\n.fi\n"));
	}
}

static int manual_main(struct stk_cli *cli, void *data)
{
	STK_BUF out = stk_buf_new(STK_MIB(16));
	(void)data;
	if (cli->n_arguments)
		return stk_cli_usage(cli, "takes no arguments");
	stk_buf_printf(&out, ".TH STRAKE 1 \"\" \"strake %s\" \"User Commands\"\n", STK_VERSION);
	stk_buf_add(
		&out,
		S(".SH NAME\nstrake \\- inspect, prove and repair the security of Docker deployments\n"
		  ".SH SYNOPSIS\n.B strake\n.I COMMAND\n[\\fIOPTIONS\\fR] \\fITARGET\\fR...\n"
		  ".SH DESCRIPTION\nstrake looks at a deployment layer by layer: image, build, runtime, network, secrets, pipeline. "
		  "Data goes to standard output, talk to standard error.\n.SH \"REPORTING OPTIONS\"\n"));
	for (size_t i = 0; i < stk_n_report_option_rows; i++)
		put_option(&out, &stk_report_option_rows[i]);
	stk_buf_add(&out, S(".SH COMMANDS\n"));
	for (size_t i = 0; i < stk_n_commands; i++)
		put_command(&out, stk_commands[i]);
	stk_buf_add(&out, S(".SH \"EXIT STATUS\"\n"));
#define X(name, value, text) stk_buf_add(&out, S(".TP\n" #value "\n" text "\n"));
	STK_EXIT_CODES(X)
#undef X
	stk_buf_add(
		&out,
		S(".SH FILES\n.TP\n.I .strake.yaml\nthe project's settings, in the folder of the run or one above it. Keys: "
		  "fail\\-on (a severity, or a map of layers to severities), severity, ignore\\-unfixed, ignore (a list with id, packages, paths, "
		  "reason, expires), trusted\\-registries, trusted\\-bases, environment (production or development), network.assertions, dockerfile, "
		  "secrets. \\(lqstrake init\\(rq writes one with comments.\n"));
	fwrite(out.p, 1, out.n, stdout);
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_manual = {
	.name = "manual",
	.brief = "print the man page",
	.usage = "",
	.description =
		"Prints the man page strake(1) as roff. \"strake manual | man -l -\" reads it without installing anything.",
	.examples = "strake manual | man -l -",
	.main = manual_main,
};
