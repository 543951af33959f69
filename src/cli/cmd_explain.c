/* SPDX-License-Identifier: Apache-2.0 */
/* strake explain RULE: what a rule is about, why it matters and how to mend it. */
#include <stdio.h>

#include "cli/commands.h"
#include "text/nearest.h"
#include "base/banned.h"

static void print_example(const char *heading, const char *text)
{
	if (!text)
		return;
	printf("\n%s\n", heading);
	for (struct stk_str rest = stk_str_from(text); rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest);
		printf("    " STK_FMT "\n", STK_ARG(line));
	}
}

/* Text under a heading, broken at spaces. */
static void print_paragraph(const char *heading, const char *text)
{
	enum { INDENT = 4, WIDTH = 96 };
	size_t column = 0;
	if (!text)
		return;
	printf("\n%s", heading);
	for (struct stk_str rest = stk_str_from(text), word; (word = stk_str_cut_word(&rest)).n;) {
		if (!column || column + 1 + word.n > WIDTH) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		} else {
			putchar(' ');
			column++;
		}
		printf(STK_FMT, STK_ARG(word));
		column += word.n;
	}
	putchar('\n');
}

static void print_rule(const struct stk_rule *rule)
{
	printf("%s  %s\n", rule->id, rule->title);
	printf("severity %s, layer %s", stk_severity_name(rule->severity), stk_layer_name(rule->layer));
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		printf(i ? ", %s" : "\nalso known as %s", rule->aliases[i]);
	puts(rule->optional ? "\noff unless asked for" : "");
	print_paragraph("Why", rule->why);
	print_paragraph("What to do", rule->remedy);
	print_example("Bad", rule->bad);
	print_example("Good", rule->good);
	print_paragraph("Repair", rule->fix);
	if (rule->url)
		printf("\n%s\n", rule->url);
}

/* Several rows may carry one alias: a peer's check that is two of ours. */
static size_t print_rules(struct stk_str name, bool first)
{
	size_t n = 0;
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; i < stk_rule_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_rule_tables[t]->rows[i];
			if (!stk_rule_is(rule, name))
				continue;
			if (n++ || !first)
				putchar('\n');
			print_rule(rule);
		}
	return n;
}

static struct stk_str nearest_rule(struct stk_arena *arena, struct stk_str name)
{
	struct stk_strs names = { 0 };
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; i < stk_rule_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_rule_tables[t]->rows[i];
			*STK_PUSH(arena, &names) = stk_str_from(rule->id);
			for (size_t a = 0; a < STK_LEN(rule->aliases) && rule->aliases[a]; a++)
				*STK_PUSH(arena, &names) = stk_str_from(rule->aliases[a]);
		}
	return stk_nearest(name, &names);
}

static int explain_main(struct stk_cli *cli, void *context)
{
	(void)context;
	if (!cli->n_arguments)
		return stk_cli_usage(cli, "name a rule, such as DL3008");
	for (size_t i = 0; i < cli->n_arguments; i++) {
		struct stk_str name = stk_str_from(cli->arguments[i]);
		if (print_rules(name, i == 0))
			continue;
		struct stk_str near = nearest_rule(cli->arena, name);
		if (near.n)
			return stk_cli_usage(cli, "no rule is called \"%s\"; did you mean " STK_FMT "?",
					     cli->arguments[i], STK_ARG(near));
		return stk_cli_usage(cli, "no rule is called \"%s\"; \"strake rules\" lists them", cli->arguments[i]);
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
