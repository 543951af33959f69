/* SPDX-License-Identifier: Apache-2.0 */
/* See audit_input.h. */
#include "cli/audit_input.h"

#include <unistd.h>

#include "base/time.h"
#include "cli/config.h"
#include "cli/secret_settings.h"
#include "base/banned.h"

static void show_progress(void *context, struct stk_str what, uint64_t done, uint64_t total)
{
	struct stk_audit_input *input = context;
	/* Images are looked at side by side, so the line goes on under another name: starting afresh it would never be
	 * drawn. */
	input->progress.label = what;
	input->progress.total = total;
	stk_progress_update(&input->progress, done);
}

void stk_cli_audit_prepare(struct stk_cli *cli, const struct stk_report_options *report, const char *folder,
			   struct stk_audit_input *input)
{
	const struct stk_yaml *list = cli->config->assertions;
	bool draw = !report->no_progress && !report->quiet && stk_progress_possible();
	*input = (struct stk_audit_input){ .machine = { .arena = cli->arena } };
	input->progress = stk_progress_begin(draw, S("audit"), 0);
	input->options = (struct stk_audit_options){
		.folder = folder,
		.trusted_registries = cli->config->trusted_registries,
		.now = stk_time_now(),
		/* Variables of the process, for Compose's interpolation. */
		.environment = (const char *const *)environ,
		.compose_image = stk_cli_compose_image,
		.compose_image_context = &input->machine,
		.compose_file = stk_cli_compose_file,
		.compose_file_context = &input->machine,
		.progress = show_progress,
		.context = input,
	};
	for (size_t i = 0; list && i < list->n; i++) {
		const struct stk_yaml *item = stk_yaml_follow(&list->items[i]);
		*STK_PUSH(cli->arena, &input->options.assertions) =
			(struct stk_audit_assertion){ item->text, { cli->config->file, item->line, item->column } };
	}
}

int stk_cli_audit_secrets(struct stk_cli *cli, const struct stk_report_options *report, struct stk_audit_input *input,
			  struct stk_strs *notices, struct stk_err *err)
{
	const struct stk_secret_sources sources = { .no_config = report->no_config };
	struct stk_secret_options how = { .least = STK_CONFIDENCE_MEDIUM, .user = &input->own };
	if (stk_cli_secret_rules(cli, &sources, &input->own, notices, err) < 0)
		return -1;
	return stk_secret_engine_new(&how, &input->secrets, err);
}

void stk_cli_audit_close(struct stk_audit_input *input)
{
	stk_progress_end(&input->progress);
	stk_secret_engine_free(input->secrets);
	stk_secret_rules_free(&input->own);
	stk_database_close(&input->database);
}
