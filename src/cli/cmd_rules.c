/* SPDX-License-Identifier: Apache-2.0 */
/* strake rules: every rule the program has. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "audit/checklist.h"
#include "cli/commands.h"
#include "text/json.h"
#include "base/banned.h"

struct rules_context {
	const char *format;
	struct stk_strs areas;
	bool checklist;
};

static const struct stk_option rules_options[] = {
	STK_OPT('f', "format", TEXT, struct rules_context, format, "FORMAT",
		"table (default), json, or markdown: the pages of docs/rules"),
	STK_OPT(0, "checklist", FLAG, struct rules_context, checklist, NULL,
		"list the checklist's items and the rules that answer each"),
	STK_OPT(0, "area", LIST, struct rules_context, areas, "LIST", "only these areas, e.g. dockerfile,compose"),
};

static void write_rule(struct stk_json_writer *w, const struct stk_rule *rule, const char *area)
{
	stk_json_begin_object(w);
	stk_json_put_text(w, "id", rule->id);
	stk_json_key(w, "aliases");
	stk_json_begin_array(w);
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		stk_json_write_str(w, stk_str_from(rule->aliases[i]));
	stk_json_end_array(w);
	stk_json_put_text(w, "area", area);
	stk_json_put_text(w, "layer", stk_layer_name(rule->layer));
	stk_json_put_text(w, "severity", stk_severity_name(rule->severity));
	stk_json_put_bool(w, "optional", rule->optional);
	stk_json_put_text(w, "title", rule->title);
	stk_json_put_text(w, "why", rule->why);
	stk_json_put_text(w, "remedy", rule->remedy);
	stk_json_put_str_if(w, "fix", stk_str_from(rule->fix));
	stk_json_put_str_if(w, "bad", stk_str_from(rule->bad));
	stk_json_put_str_if(w, "good", stk_str_from(rule->good));
	stk_json_put_str_if(w, "url", stk_str_from(rule->url));
	stk_json_end_object(w);
}

static bool chosen(const struct rules_context *context, const struct stk_rule_table *table)
{
	return !context->areas.n || stk_strs_has(&context->areas, stk_str_from(table->area));
}

static void print_json(const struct rules_context *context)
{
	STK_BUF out = stk_buf_new(STK_MIB(64));
	struct stk_json_writer w = stk_json_writer(&out, 2);
	stk_json_begin_array(&w);
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; chosen(context, stk_rule_tables[t]) && i < stk_rule_tables[t]->n; i++)
			write_rule(&w, &stk_rule_tables[t]->rows[i], stk_rule_tables[t]->area);
	stk_json_end_array(&w);
	stk_buf_byte(&out, '\n');
	fwrite(out.p, 1, out.n, stdout);
}

static void print_table(const struct rules_context *context)
{
	for (size_t t = 0; t < stk_n_rule_tables; t++)
		for (size_t i = 0; chosen(context, stk_rule_tables[t]) && i < stk_rule_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_rule_tables[t]->rows[i];
			printf("%-12s %-8s %s%s\n", rule->id, stk_severity_name(rule->severity), rule->title,
			       rule->optional ? " (optional)" : "");
		}
}

/* Markdown's own signs in running text are taken as they are meant. */
static void print_escaped(const char *text)
{
	for (const char *p = text; *p; p++) {
		if (strchr("\\`*_<>[]#|", *p))
			putchar('\\');
		putchar(*p);
	}
}

static void print_labelled(const char *label, const char *text)
{
	if (!text)
		return;
	printf("\n**%s.** ", label);
	print_escaped(text);
	putchar('\n');
}

static void print_block(const char *label, const char *text)
{
	if (text)
		printf("\n%s:\n\n```\n%s%s```\n", label, text, stk_str_ends(stk_str_from(text), S("\n")) ? "" : "\n");
}

static void print_section(const struct stk_rule *rule)
{
	printf("\n## %s\n\n", rule->id);
	print_escaped(rule->title);
	printf("\n\nSeverity %s, layer %s", stk_severity_name(rule->severity), stk_layer_name(rule->layer));
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		printf(i ? ", `%s`" : "; also known as `%s`", rule->aliases[i]);
	puts(rule->optional ? "; off unless asked for." : ".");
	print_labelled("Why", rule->why);
	print_labelled("What to do", rule->remedy);
	print_labelled("Repair", rule->fix);
	print_block("Bad", rule->bad);
	print_block("Good", rule->good);
	if (rule->url)
		printf("\n<%s>\n", rule->url);
}

/* A page an area; tables of one area follow each other. */
static void print_markdown(const struct rules_context *context)
{
	const char *area = "";
	for (size_t t = 0; t < stk_n_rule_tables; t++) {
		const struct stk_rule_table *table = stk_rule_tables[t];
		if (!chosen(context, table))
			continue;
		if (strcmp(area, table->area) != 0)
			/* The page's heading says how it is made: docs/rules is generated, and
			   a golden case holds it to this. */
			printf("%s# Rules: %s\n\nMade by `strake rules --format markdown --area %s`. `strake explain ID` prints one of them.\n",
			       *area ? "\n" : "", table->area, table->area);
		area = table->area;
		for (size_t i = 0; i < table->n; i++)
			print_section(&table->rows[i]);
	}
}

/* Item by item: every rule whose id or alias the item names. */
static void print_checklist(void)
{
	for (size_t i = 0; i < stk_n_checklist_rows; i++) {
		const struct stk_checklist_row *row = &stk_checklist_rows[i];
		printf("%s%-9s %-22s %s\n", i ? "\n" : "", stk_layer_name(row->layer), row->id, row->text);
		if (row->unchecked)
			printf("    not checked: %s\n", row->unchecked);
		if (stk_checklist_names(row, S("CVE")))
			puts("    known vulnerabilities at or above the line");
		for (size_t t = 0; t < stk_n_rule_tables; t++)
			for (size_t k = 0; k < stk_rule_tables[t]->n; k++)
				if (stk_checklist_rule(row, &stk_rule_tables[t]->rows[k]))
					printf("    %-12s %s\n", stk_rule_tables[t]->rows[k].id,
					       stk_rule_tables[t]->rows[k].title);
	}
}

static int rules_main(struct stk_cli *cli, void *data)
{
	const struct rules_context *context = data;
	if (cli->n_arguments)
		return stk_cli_usage(cli, "takes no arguments; \"strake explain %s\" prints one rule",
				     cli->arguments[0]);
	if (context->checklist)
		print_checklist();
	else if (!context->format || strcmp(context->format, "table") == 0)
		print_table(context);
	else if (strcmp(context->format, "json") == 0)
		print_json(context);
	else if (strcmp(context->format, "markdown") == 0)
		print_markdown(context);
	else
		return stk_cli_usage(cli, "unknown format \"%s\": table, json or markdown", context->format);
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_rules = {
	.name = "rules",
	.brief = "list every rule",
	.usage = "[OPTIONS]",
	.description = "Lists every rule with its id, severity and title; \"strake explain RULE\" says more about one.",
	.examples = "strake rules --area dockerfile\nstrake rules --format json\nstrake rules --checklist",
	.options = rules_options,
	.n_options = STK_LEN(rules_options),
	.context_size = sizeof(struct rules_context),
	.main = rules_main,
};
