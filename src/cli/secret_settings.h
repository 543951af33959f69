/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Whose rules and allow lists count in a search for secrets: the settings' (.strake.yaml), and those that Gitleaks and
 * Trivy would read by themselves, .gitleaks.toml and trivy-secret.yaml in the folder of the run and in those that are
 * looked at. They add up.
 */

#include "cli/cli.h"
#include "secret/user.h"

struct stk_secret_sources {
	const char *gitleaks, *trivy; /* named: then none is looked for; NULL */
	bool no_config;		      /* look for none */
};

/* Adds them all; files that are not the settings' are told (notices may be NULL). -1: STK_EUSAGE names the mistake. */
int stk_cli_secret_rules(struct stk_cli *cli, const struct stk_secret_sources *sources, struct stk_secret_rules *out,
			 struct stk_strs *notices, struct stk_err *err);
