/* SPDX-License-Identifier: Apache-2.0 */
/* strake network: who reaches whom, from a Compose project or a running engine; pictures, questions, what-if,
 * assertions. */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose_input.h"
#include "cli/config.h"
#include "cli/network_engine.h"
#include "cli/network_question.h"
#include "compose/network.h"
#include "io/file.h"
#include "network/assertion.h"
#include "network/change.h"
#include "network/draw.h"
#include "network/rules.h"
#include "base/banned.h"

struct network {
	struct stk_report_options report;
	struct stk_compose_arguments input;
	bool engine, forward_accept, input_drop, no_userland_proxy;
	const char *host, *engine_version, *from, *to;
	struct stk_strs changes, assertions;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct network, member, argument, help)

static const struct stk_option network_options[] = {
	STK_COMPOSE_OPTIONS(struct network, input),
	ROW(0, "engine", FLAG, engine, NULL, "look at the containers that run, instead of a Compose project"),
	ROW('H', "host", TEXT, host, "URL", "the engine to look at (default: as docker finds it)"),
	ROW(0, "engine-version", TEXT, engine_version, "VERSION",
	    "compute for this engine: 28 (default), 27, 20.10 ..."),
	ROW(0, "forward-accept", FLAG, forward_accept, NULL, "the host's FORWARD policy is ACCEPT"),
	ROW(0, "input-drop", FLAG, input_drop, NULL, "the host's firewall drops INPUT (ufw)"),
	ROW(0, "no-userland-proxy", FLAG, no_userland_proxy, NULL, "the engine runs with --userland-proxy=false"),
	ROW(0, "from", TEXT, from, "PARTY", "show the ways from a service, internet, lan or host"),
	ROW(0, "to", TEXT, to, "PARTY[:PORT]", "show the ways to a service, internet, lan, host or metadata"),
	ROW(0, "what-if", MANY, changes, "CHANGE",
	    "\"remove backend from web\", \"add backend to web\", \"publish web 8080:80\", \"unpublish db\", "
	    "\"internal backend\""),
	ROW(0, "assert", MANY, assertions, "SENTENCE",
	    "\"deny: web -> db\" and the like, besides those of .strake.yaml"),
};

/* What the formats draw from; --quiet is for those who want to hear of what is wrong only. */
struct subject {
	const struct stk_net *net;
	bool quiet;
};

static void render_table(const void *subject_, const struct stk_report *report,
			 const struct stk_render_options *options, struct stk_buf *out)
{
	const struct subject *subject = subject_;
	if (!subject->quiet)
		stk_net_draw_text(subject->net, options, out);
	stk_format_find(S("table"))->render(report, options, out);
}

static void render_json(const void *subject, const struct stk_report *report, const struct stk_render_options *options,
			struct stk_buf *out)
{
	(void)options;
	stk_net_draw_json(((const struct subject *)subject)->net, report, out);
}

#define DRAWING(name)                                                                                                  \
	static void render_##name(const void *subject, const struct stk_report *report,                                \
				  const struct stk_render_options *options, struct stk_buf *out)                       \
	{                                                                                                              \
		(void)report;                                                                                          \
		(void)options;                                                                                         \
		stk_net_draw_##name(((const struct subject *)subject)->net, out);                                      \
	}
DRAWING(dot)
DRAWING(mermaid)
DRAWING(svg)

static const struct stk_command_format network_formats[] = {
	{ "dot", "Graphviz", render_dot },
	{ "json", "networks, services, who reaches whom, findings", render_json },
	{ "mermaid", "a flowchart for Markdown", render_mermaid },
	{ "svg", "a picture for documents, light and dark", render_svg },
	{ "table", "networks, published ports and a matrix for the terminal", render_table },
};

static int choose_engine(struct stk_cli *cli, const struct network *context, struct stk_net_engine *engine)
{
	*engine = stk_net_engine_default(28, 0);
	if (context->engine_version && !stk_net_engine_parse(stk_str_from(context->engine_version), engine))
		return stk_cli_usage(cli, "--engine-version takes a version such as 28 or 20.10, not \"%s\"",
				     context->engine_version);
	engine->forward_accept = context->forward_accept;
	engine->input_drop = context->input_drop;
	engine->no_userland_proxy = context->no_userland_proxy;
	return 0;
}

/* The argument: a Compose file, or a folder with one. */
static int add_argument(struct stk_cli *cli, struct network *context, struct stk_compose_options *options)
{
	if (cli->n_arguments > 1)
		return stk_cli_usage(cli,
				     "one file or folder at a time; several files of one project are given with -f");
	if (!cli->n_arguments)
		return 0;
	(void)context;
	if (stk_file_is_dir(cli->arguments[0])) {
		char *folder = realpath(cli->arguments[0], NULL);
		options->directory = folder ? stk_arena_str(cli->arena, stk_str_from(folder)).p : options->directory;
		free(folder);
		return 0;
	}
	*STK_PUSH(cli->arena, &options->files) = stk_str_from(cli->arguments[0]);
	return 0;
}

static int load_compose(struct stk_cli *cli, struct network *context, struct stk_net *net, struct stk_report *report)
{
	struct stk_compose_options options;
	struct stk_compose *project;
	struct stk_err err;
	int status = stk_cli_compose_options(cli, &context->input, &options);
	if (!status)
		status = add_argument(cli, context, &options);
	if (status)
		return status;
	options.lenient = true;
	/* A map of what could run; `docker compose up` would start fewer. */
	if (!context->input.profiles.n)
		*STK_PUSH(cli->arena, &options.profiles) = S("*");
	if (stk_compose_load(cli->arena, &options, &project, &err) < 0)
		return stk_cli_error(&err);
	/* What Compose refuses is drawn as far as it can be read, but not passed over. */
	for (size_t i = 0; i < project->refusals.n; i++)
		*STK_PUSH(cli->arena, &report->notices) =
			stk_arena_printf(cli->arena, "docker compose would refuse this project: " STK_FMT,
					 STK_ARG(project->refusals.v[i].message));
	stk_compose_network_model(project, net);
	for (size_t i = 0; i < project->sources.n; i++) {
		size_t target = stk_report_target(report, project->sources.v[i]->name, "network");
		report->targets.v[target].text = project->sources.v[i]->text;
	}
	return 0;
}

static int load_engine(struct stk_cli *cli, const struct network *context, struct stk_net *net,
		       struct stk_report *report)
{
	struct stk_docker docker;
	struct stk_err err;
	struct stk_net_engine wanted = net->engine;
	if (stk_docker_find(cli->arena, context->host, &docker, &err) < 0 ||
	    stk_network_from_engine(&docker, net, &err) < 0)
		return stk_cli_error(&err);
	if (context->engine_version) {
		net->engine.major = wanted.major;
		net->engine.minor = wanted.minor;
		net->engine.ip6tables = wanted.ip6tables;
	}
	stk_report_target(report, docker.host, "network");
	return 0;
}

/* A sentence that cannot be read, or names nothing, is a mistake of the settings: nothing would be tested by it. */
static int check_assertion(struct stk_cli *cli, const struct stk_net *net, struct stk_str sentence,
			   const struct stk_net_place *place, struct stk_report *report)
{
	struct stk_net_assertion parsed;
	struct stk_err err = { 0 };
	if (stk_net_assertion_parse(net, cli->arena, sentence, &parsed, &err) < 0) {
		err.code = STK_EUSAGE;
		if (place->line)
			stk_within(&err, STK_FMT ":%u:%u", STK_ARG(place->file), place->line, place->column);
		else
			stk_within(&err, STK_FMT, STK_ARG(place->file));
		return stk_cli_error(&err);
	}
	stk_net_assert(net, report, 0, sentence, place);
	return 0;
}

/* The settings file beside the project's files, so that findings can show its lines; not where there are none. */
static void add_settings(struct stk_cli *cli, struct stk_report *report)
{
	struct stk_err err;
	struct stk_str text;
	size_t target = 0;
	while (target < report->targets.n && !stk_str_eq(report->targets.v[target].name, cli->config->file))
		target++;
	if (target == report->targets.n)
		return;
	if (stk_file_read(cli->arena, stk_arena_str(cli->arena, cli->config->file).p, STK_LIMIT_TEXT_FILE, &text,
			  &err) == 0)
		report->targets.v[target].text = text;
}

static int check_assertions(struct stk_cli *cli, const struct network *context, const struct stk_net *net,
			    struct stk_report *report)
{
	const struct stk_yaml *list = cli->config->assertions;
	int status = 0;
	for (size_t i = 0; list && i < list->n && !status; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&list->items[i]);
		struct stk_net_place place = { cli->config->file, item->line, item->column };
		status = check_assertion(cli, net, item->text, &place, report);
	}
	add_settings(cli, report);
	for (size_t i = 0; i < context->assertions.n && !status; i++) {
		struct stk_net_place place = { .file = S("--assert") };
		status = check_assertion(cli, net, context->assertions.v[i], &place, report);
	}
	return status;
}

/* Applies the changes; prints what they open and close unless a format was asked for. */
static int apply_changes(struct stk_cli *cli, const struct network *context, struct stk_net *net, bool print)
{
	struct stk_net before = stk_net_copy(net, cli->arena);
	struct stk_net_numbers touched = { 0 };
	struct stk_err err = { 0 };
	for (size_t i = 0; i < context->changes.n; i++)
		if (stk_net_change(net, context->changes.v[i], &touched, &err) < 0) {
			stk_within(&err, "--what-if");
			err.code = STK_EUSAGE;
			return stk_cli_error(&err);
		}
	if (!print)
		return 0;
	STK_BUF text = stk_buf_new(STK_LIMIT_OUTPUT);
	stk_network_print_changes(&before, net, &touched, stk_cli_color(context->report.color, 1), &text);
	fwrite(text.p ? text.p : "", 1, text.n, stdout);
	return 0;
}

static int answer_question(struct stk_cli *cli, const struct network *context, const struct stk_net *net)
{
	STK_BUF text = stk_buf_new(STK_LIMIT_OUTPUT);
	struct stk_err err = { 0 };
	bool json = context->report.formats.n && stk_str_is(context->report.formats.v[0], "json");
	if (stk_network_answer(net, cli->arena, context->from, context->to, json, &text, &err) < 0) {
		err.code = STK_EUSAGE;
		return stk_cli_error(&err);
	}
	fwrite(text.p ? text.p : "", 1, text.n, stdout);
	return STK_EXIT_CLEAN;
}

static int network_main(struct stk_cli *cli, void *context_)
{
	struct network *context = context_;
	struct stk_net *net = STK_NEW(cli->arena, struct stk_net, 1);
	struct stk_report report = stk_report_new(cli->arena);
	net->arena = cli->arena;
	int status = choose_engine(cli, context, &net->engine);
	if (!status)
		status = context->engine ? load_engine(cli, context, net, &report)
					 : load_compose(cli, context, net, &report);
	if (!status && context->changes.n)
		status = apply_changes(cli, context, net,
				       !context->report.formats.n && !context->report.quiet && !context->from &&
					       !context->to);
	if (status)
		return status;
	if (context->from || context->to)
		return answer_question(cli, context, net);
	stk_net_judge(net, &report, 0);
	status = check_assertions(cli, context, net, &report);
	if (status)
		return status;
	STK_BUF svg = stk_buf_new(STK_MIB(64));
	/* Only pages show pictures, and drawing costs more than all the rest. */
	if (context->report.formats.n) { /* the HTML report shows it */
		stk_net_draw_svg(net, &svg);
		*STK_PUSH(cli->arena, &report.drawings) =
			(struct stk_drawing){ S("Who reaches whom"), stk_arena_str(cli->arena, stk_buf_str(&svg)) };
	}
	struct subject subject = { net, context->report.quiet };
	cli->subject = &subject;
	return stk_cli_finish(cli, &context->report, &report);
}

const struct stk_command stk_command_network = {
	.name = "network",
	.brief = "show who reaches whom, and test it",
	.usage = "[OPTIONS] [FILE|DIR]",
	.description = "Computes from a Compose project, or from the containers of a running engine, which services, "
		       "neighbours on the LAN and "
		       "strangers on the internet reach which services on which ports. How engines connect, part and "
		       "publish was measured on "
		       "engines 20.10, 26.1 and 28.5.\n"
		       "Assertions under network.assertions of .strake.yaml make segmentation a test: \"deny: web -> "
		       "db\", \"deny: internet ->> db\" "
		       "(also through services taken over on the way), \"allow only: api -> db:5432\", \"require: web "
		       "-> api\", \"deny: internet -> *.admin\" "
		       "(everything on network admin). What fails is a finding with the shortest path; a sentence that "
		       "names nothing ends the run with status 2.\n"
		       "With --quiet the table holds findings only, without drawing and matrix; formats that are asked "
		       "for by name are whole.",
	.examples = "strake network\n"
		    "strake network compose.yaml --format svg=network.svg\n"
		    "strake network --from internet --to db:5432\n"
		    "strake network --what-if 'remove backend from web'\n"
		    "strake network --engine --assert 'deny: internet -> *'\n",
	.options = network_options,
	.n_options = STK_LEN(network_options),
	.context_size = sizeof(struct network),
	.formats = network_formats,
	.n_formats = STK_LEN(network_formats),
	.reports = true,
	.main = network_main,
};
