/* SPDX-License-Identifier: Apache-2.0 */
/* strake completion SHELL: a completion script made from the same rows that parse the command line, so it never lags
 * behind. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "base/banned.h"

/* Appends text for use between single quotes; zsh's and fish's descriptions need no more than that. */
static void put_quoted(struct stk_buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			stk_buf_add(out, S("'\\''"));
		else
			stk_buf_byte(out, *p);
	}
}

/* zsh's _arguments ends an option's name or description at these. */
static void put_zsh(struct stk_buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (strchr("[]:\\", *p))
			stk_buf_byte(out, '\\');
		if (*p == '\'')
			stk_buf_add(out, S("'\\''"));
		else
			stk_buf_byte(out, *p);
	}
}

/* A value that may be left out is never asked for. */
static bool takes_value(const struct stk_option *option)
{
	return option->argument && option->kind != STK_OPTION_MAYBE;
}

static bool takes_file(const struct stk_option *option)
{
	return option->argument && (strstr(option->argument, "FILE") || strstr(option->argument, "DIR") ||
				    strstr(option->argument, "PATH"));
}

static void bash(struct stk_buf *out)
{
	stk_buf_add(
		out,
		S("# bash completion for strake\n_strake() {\n\tlocal word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options=\n"
		  "\tCOMPREPLY=()\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '"));
	struct stk_str before = S("");
	for (size_t i = 0; i < stk_n_commands; i++) {
		struct stk_str rest = stk_str_from(stk_commands[i]->name), first = stk_str_cut(&rest, ' ');
		if (!stk_str_eq(first, before)) /* a group is one word here */
			stk_buf_printf(out, STK_FMT " ", STK_ARG(first));
		before = first;
	}
	stk_buf_add(out, S("--help --version' -- \"$word\"))\n\t\treturn\n\tfi\n"
			   "\tcase \"$command ${COMP_WORDS[2]}\" in\n"));
	for (size_t i = 0; i < stk_n_commands; i++) {
		const struct stk_option *option;
		/* Two-word names stand as they are; a one-word name is followed by anything. */
		stk_buf_printf(out, strchr(stk_commands[i]->name, ' ') ? "\t'%s') options='" : "\t'%s '*) options='",
			       stk_commands[i]->name);
		for (size_t k = 0; (option = stk_options_at(stk_commands[i], k)); k++)
			stk_buf_printf(out, "--%s%s ", option->name, takes_value(option) ? "=" : "");
		stk_buf_add(out, S("--help' ;;\n"));
	}
	stk_buf_add(out,
		    S("\tesac\n\tcase $word in\n"
		      "\t-*) compopt -o nospace 2>/dev/null; COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
		      "\t*) compopt -o default 2>/dev/null; COMPREPLY=() ;;\n"
		      "\tesac\n}\ncomplete -F _strake strake\n"));
}

static void zsh_option(struct stk_buf *out, const struct stk_option *option)
{
	if (option->letter)
		stk_buf_printf(out, " \\\n\t\t\t'(-%c --%s)'{-%c,--%s%s}'[", option->letter, option->name,
			       option->letter, option->name, takes_value(option) ? "=" : "");
	else
		stk_buf_printf(out, " \\\n\t\t\t'--%s%s[", option->name, takes_value(option) ? "=" : "");
	put_zsh(out, option->help);
	stk_buf_byte(out, ']');
	if (takes_value(option)) {
		stk_buf_byte(out, ':');
		put_zsh(out, option->argument);
		stk_buf_add(out, takes_file(option) ? S(":_files") : S(":"));
	}
	stk_buf_byte(out, '\'');
}

static void zsh(struct stk_buf *out)
{
	stk_buf_add(out, S("#compdef strake\n_strake() {\n\tlocal -a commands\n\tcommands=(\n"));
	for (size_t i = 0; i < stk_n_commands; i++) {
		stk_buf_add(out, S("\t\t'"));
		put_zsh(out, stk_commands[i]->name);
		stk_buf_byte(out, ':');
		put_quoted(out, stk_commands[i]->brief);
		stk_buf_add(out, S("'\n"));
	}
	stk_buf_add(out,
		    S("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
		      "\tlocal command=$words[2]\n\tshift words; (( CURRENT-- ))\n\tcase \"$command $words[2]\" in\n"));
	for (size_t i = 0; i < stk_n_commands; i++) {
		const struct stk_option *option;
		stk_buf_printf(out,
			       strchr(stk_commands[i]->name, ' ') ? "\t'%s')\n\t\t_arguments -s"
								  : "\t'%s '*)\n\t\t_arguments -s",
			       stk_commands[i]->name);
		for (size_t k = 0; (option = stk_options_at(stk_commands[i], k)); k++)
			zsh_option(out, option);
		stk_buf_add(out, S(" \\\n\t\t\t'--help[print help]' '*:target:_files' ;;\n"));
	}
	stk_buf_add(out, S("\tesac\n}\n_strake \"$@\"\n"));
}

static void fish(struct stk_buf *out)
{
	stk_buf_add(out, S("# fish completion for strake\n"));
	for (size_t i = 0; i < stk_n_commands; i++) {
		struct stk_str rest = stk_str_from(stk_commands[i]->name), first = stk_str_cut(&rest, ' ');
		const struct stk_option *option;
		if (!rest.n)
			stk_buf_printf(out, "complete -c strake -n __fish_use_subcommand -a " STK_FMT " -d '",
				       STK_ARG(first));
		else
			stk_buf_printf(out,
				       "complete -c strake -n '__fish_seen_subcommand_from " STK_FMT "' -a " STK_FMT
				       " -d '",
				       STK_ARG(first), STK_ARG(rest));
		put_quoted(out, stk_commands[i]->brief);
		stk_buf_add(out, S("'\n"));
		for (size_t k = 0; (option = stk_options_at(stk_commands[i], k)); k++) {
			stk_buf_printf(out, "complete -c strake -n '__fish_seen_subcommand_from " STK_FMT "' -l %s%s",
				       STK_ARG(first), option->name,
				       takes_value(option) ? takes_file(option) ? " -rF" : " -x" : "");
			if (option->letter)
				stk_buf_printf(out, " -s %c", option->letter);
			stk_buf_add(out, S(" -d '"));
			put_quoted(out, option->help);
			stk_buf_add(out, S("'\n"));
		}
	}
}

static int completion_main(struct stk_cli *cli, void *data)
{
	static const struct {
		const char *name;
		void (*write)(struct stk_buf *out);
	} shells[] = {
		{ "bash", bash },
		{ "fish", fish },
		{ "zsh", zsh },
	};
	(void)data;
	if (cli->n_arguments == 1)
		for (size_t i = 0; i < STK_LEN(shells); i++)
			if (strcmp(cli->arguments[0], shells[i].name) == 0) {
				STK_BUF out = stk_buf_new(STK_MIB(16));
				shells[i].write(&out);
				fwrite(out.p, 1, out.n, stdout);
				return STK_EXIT_CLEAN;
			}
	return stk_cli_usage(cli, "takes one of bash, fish, zsh");
}

const struct stk_command stk_command_completion = {
	.name = "completion",
	.brief = "print a shell's completion script",
	.usage = "bash|fish|zsh",
	.description =
		"Prints a script that completes strake's commands and options. \"./dev install\" puts all three where the shells look.",
	.examples = "source <(strake completion bash)\nstrake completion fish > ~/.config/fish/completions/strake.fish",
	.main = completion_main,
};
