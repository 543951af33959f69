/* SPDX-License-Identifier: Apache-2.0 */
/* strake explain RULE: what a rule is about, why it matters and how to mend it. */
#include <stdio.h>

#include "cli/commands.h"
#include "base/banned.h"

static void print_example(const char *heading, const char *text)
{
	if (!text)
		return;
	printf("\n%s\n", heading);
	for (struct stk_str rest = stk_str_from(text); rest.n;)
		printf("    " STK_FMT "\n", STK_ARG(stk_str_cut_line(&rest)));
}

static void print_rule(const struct stk_rule *rule)
{
	printf("%s  %s\n", rule->id, rule->title);
	printf("severity %s, layer %s", stk_severity_name(rule->severity), stk_layer_name(rule->layer));
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		printf(i ? ", %s" : "\nalso known as %s", rule->aliases[i]);
	printf("%s\n\nWhy\n    %s\n\nWhat to do\n    %s\n", rule->optional ? "\noff unless asked for" : "", rule->why,
	       rule->remedy);
	print_example("Bad", rule->bad);
	print_example("Good", rule->good);
	if (rule->url)
		printf("\n%s\n", rule->url);
}

static int explain_main(struct stk_cli *cli, void *context)
{
	(void)context;
	if (!cli->n_arguments)
		return stk_cli_usage(cli, "name a rule, such as DL3008");
	for (size_t i = 0; i < cli->n_arguments; i++) {
		const struct stk_rule *rule = stk_rules_find(stk_str_from(cli->arguments[i]));
		if (!rule)
			return stk_cli_usage(cli, "no rule is called \"%s\"; \"strake rules\" lists them",
					     cli->arguments[i]);
		if (i)
			putchar('\n');
		print_rule(rule);
	}
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_explain = {
	.name = "explain",
	.brief = "say what a rule is about and how to mend what it finds",
	.usage = "RULE...",
	.description = "Prints title, severity, aliases, reason, remedy and examples of rules, named by id or alias.",
	.examples = "strake explain DL3008\nstrake explain CIS-DI-0001",
	.main = explain_main,
};
