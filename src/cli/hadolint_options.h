/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Hadolint's options of "strake dockerfile", and how its settings come to bear. Whoever has a
 * pipeline with hadolint's flags can change the program's name in it.
 */

#include "cli/hadolint_settings.h"

struct stk_hadolint_options {
	struct stk_strs overrides[STK_HADOLINT_LEVELS];
	struct stk_strs trusted_registries, labels;
	const char *threshold, *file_path;
	bool strict_labels, disable_ignore_pragma, no_fail, no_color, verbose;
};

/* The option rows of a command whose context `type` has a struct stk_hadolint_options as `member`. */
#define STK_HADOLINT_ROWS(type, member)                                                                                \
	STK_OPT(0, "disable-ignore-pragma", FLAG, type, member.disable_ignore_pragma, NULL,                            \
		"do not heed \"# hadolint ignore=\" comments"),                                                        \
		STK_OPT(0, "error", LIST, type, member.overrides[STK_HADOLINT_ERROR], "RULES",                         \
			"report these rules as errors (high)"),                                                        \
		STK_OPT('t', "failure-threshold", TEXT, type, member.threshold, "LEVEL",                               \
			"exit 1 from error, warning, info, style or ignore on; none: never"),                          \
		STK_OPT(0, "file-path-in-report", TEXT, type, member.file_path, "PATH",                                \
			"name the file so in the report"),                                                             \
		STK_OPT(0, "info", LIST, type, member.overrides[STK_HADOLINT_INFO], "RULES",                           \
			"report these rules as info (low)"),                                                           \
		STK_OPT(0, "no-color", FLAG, type, member.no_color, NULL, "no colours"),                               \
		STK_OPT(0, "no-fail", FLAG, type, member.no_fail, NULL, "exit 0 whatever is found"),                   \
		STK_OPT(0, "require-label", MANY, type, member.labels, "NAME:TYPE",                                    \
			"a label that must be there: text, url, semver, hash, rfc3339, spdx or email"),                \
		STK_OPT(0, "strict-labels", FLAG, type, member.strict_labels, NULL, "only labels of the schema"),      \
		STK_OPT(0, "style", LIST, type, member.overrides[STK_HADOLINT_STYLE], "RULES",                         \
			"report these rules as style (info)"),                                                         \
		STK_OPT(0, "trusted-registry", MANY, type, member.trusted_registries, "NAME",                          \
			"a registry that images may come from"),                                                       \
		STK_OPT('V', "verbose", FLAG, type, member.verbose, NULL, "print the settings to standard error"),     \
		STK_OPT(0, "warning", LIST, type, member.overrides[STK_HADOLINT_WARNING], "RULES",                     \
			"report these rules as warnings (medium)")

/* Merges environment, configuration file and options into *settings, and puts them where they take effect: the report's
   options and the rules'. Loads what --config names, Hadolint's file or ours, into the command. Returns 0 or the exit
   status after a message. */
int stk_hadolint_options_apply(struct stk_cli *cli, const struct stk_hadolint_options *from,
			       struct stk_report_options *report, struct stk_dockerfile_options *options,
			       struct stk_hadolint_settings *settings);
/* What is left to do when everything is found: overrides, and the name of the file. */
void stk_hadolint_options_finish(const struct stk_hadolint_options *from, const struct stk_hadolint_settings *settings,
				 const struct stk_report_options *options, struct stk_report *report);
