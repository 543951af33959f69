/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How audit and harden prepare an audit: options they share, the database, the secret engine,
 * facts of the machine. src/audit asks the machine for nothing by itself; what it may know is
 * put in here, by the command that the user typed.
 */

#include "audit/audit.h"
#include "cli/cli.h"
#include "cli/compose_facts.h"
#include "io/progress.h"
#include "secret/user.h"

/* Lives on the run's arena, since callbacks hold its address. */
struct stk_audit_input {
	struct stk_audit_options options;
	struct stk_database database;
	struct stk_secret_rules own; /* of the settings, for the engine */
	struct stk_secret_engine *secrets;
	struct stk_compose_machine machine;
	struct stk_progress progress;
};

/* Fills options with what every audit needs: settings, environment, machine, clock. The input must not move. */
void stk_cli_audit_prepare(struct stk_cli *cli, const struct stk_report_options *report, const char *folder,
			   struct stk_audit_input *input);
/* Prepares the search for secrets, with the project's own rules (secret_settings.h). STK_EUSAGE where those are wrong.
 */
int stk_cli_audit_secrets(struct stk_cli *cli, const struct stk_report_options *report, struct stk_audit_input *input,
			  struct stk_strs *notices, struct stk_err *err);
void stk_cli_audit_close(struct stk_audit_input *input);
