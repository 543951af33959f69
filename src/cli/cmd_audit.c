/* SPDX-License-Identifier: Apache-2.0 */
/* strake audit: a deployment's folder, layer by layer and across the layers. */
#include <string.h>

#include "cli/audit_input.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "base/banned.h"

struct audit_context {
	struct stk_report_options report;
	const char *database, *host;
	bool no_engine, require_images, no_secrets;
	int64_t threads;
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct audit_context, member, argument, help)

static const struct stk_option audit_options[] = {
	ROW(0, "db", TEXT, database, "FILE", "advisory database (default: what \"strake db update\" wrote)"),
	ROW(0, "docker-host", TEXT, host, "URL",
	    "the engine to ask for images (default: $DOCKER_HOST, the usual sockets)"),
	ROW(0, "no-engine", FLAG, no_engine, NULL, "ask no engine: only archives and layouts of the folder are images"),
	ROW(0, "require-images", FLAG, require_images, NULL, "exit 3 when the image of a service is not at hand"),
	ROW(0, "no-secrets", FLAG, no_secrets, NULL, "do not search files for secrets"),
	ROW('j', "threads", NUMBER, threads, "N", "work on so many images at once (default: one a processor)"),
};

static int run_audit(struct stk_cli *cli, struct audit_context *context, struct stk_audit_input *input,
		     struct stk_report *report, struct stk_deployment *deployment)
{
	struct stk_err err;
	if (stk_database_use(report, context->database, &input->database, &err) < 0)
		return stk_cli_error(&err);
	input->options.database = &input->database;
	if (!context->no_secrets && stk_cli_audit_secrets(cli, &context->report, input, &report->notices, &err) < 0)
		return stk_cli_error(&err);
	input->options.secrets = input->secrets;
	input->options.docker_host = input->machine.host = context->host;
	input->options.no_engine = input->machine.no_engine = context->no_engine;
	input->options.require_images = context->require_images;
	input->options.threads = (unsigned)context->threads;
	if (stk_audit(&input->options, report, deployment, &err) < 0)
		return stk_cli_error(&err);
	stk_progress_end(&input->progress);
	/* What is ignored does not speak against an item. */
	int status = stk_cli_settle(cli, &context->report, report);
	if (status)
		return status;
	stk_checklist_fill(report, &deployment->coverage, cli->config->line.at[STK_LAYER_IMAGE]);
	return stk_cli_finish(cli, &context->report, report);
}

static int audit_main(struct stk_cli *cli, void *data)
{
	struct audit_context *context = data;
	/* On the arena: callbacks and findings point into both. */
	struct stk_audit_input *input = STK_NEW(cli->arena, struct stk_audit_input, 1);
	struct stk_report report = stk_report_new(cli->arena);
	struct stk_deployment deployment = { 0 };
	if (cli->n_arguments > 1)
		return stk_cli_usage(cli, "takes one folder");
	if (context->threads < 0 || context->threads > 64)
		return stk_cli_usage(cli, "--threads takes 1 to 64");
	const char *folder = cli->n_arguments ? cli->arguments[0] : ".";
	stk_cli_audit_prepare(cli, &context->report, folder, input);
	int status = run_audit(cli, context, input, &report, &deployment);
	stk_cli_audit_close(input);
	stk_deployment_close(&deployment);
	return status;
}

const struct stk_command stk_command_audit = {
	.name = "audit",
	.brief = "audit a deployment's folder, layer by layer",
	.usage = "[OPTIONS] [FOLDER]",
	.description =
		"Finds what is there - Dockerfiles and their contexts, Compose projects, images in archives or in a local engine, environment "
		"files, CI workflows - and checks it layer by layer, then across the layers: a service that outsiders reach and that runs as root, "
		"a secret file that COPY takes along, the way from the internet to the engine's socket. The checklist at the end says what is met, "
		"what is not, and what could not be checked.\n\n"
		"Settings are those of the .strake.yaml nearest to the folder: its own, or of a folder above it.\n\n"
		"Images that neither the folder nor a local engine has are named and count as not checked; with --require-images they end the run "
		"with status 3.",
	.examples =
		"strake audit\n    the folder of the run\n"
		"strake audit --format html=report.html,table deploy/\n    a page to pass on, and the overview on the terminal\n"
		"strake audit --fail-on critical --format github\n    as a gate of a pipeline\n",
	.options = audit_options,
	.n_options = STK_LEN(audit_options),
	.context_size = sizeof(struct audit_context),
	.reports = true,
	.has_folder = true,
	.main = audit_main,
};
