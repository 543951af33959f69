/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Options by which `strake secrets` takes a command line that was written for Gitleaks: those that mean something here
 * are done, those that change nothing are taken, those that cannot be done are refused with what to write instead.
 */

#include "cli/cli.h"

/* A member of the command's context. */
struct stk_gitleaks_options {
	const char *source, *redact, *log_level; /* redact: "" without a percentage */
	struct stk_strs report_paths, report_formats;
	bool pipe, no_banner, verbose, no_color;
	int64_t decode_depth, archive_depth;
};

/* The rows, for a context type with the members `gitleaks` (of the above) and `report`. */
#define STK_GITLEAKS_OPTIONS(type)                                                                                     \
	STK_OPT(0, "source", TEXT, type, gitleaks.source, "PATH", "a target, by Gitleaks' name"),                      \
		STK_OPT(0, "pipe", FLAG, type, gitleaks.pipe, NULL, "search standard input, by Gitleaks' name"),       \
		STK_OPT('r', "report-path", MANY, type, gitleaks.report_paths, "FILE",                                 \
			"--output, by Gitleaks' name; the format is what the file's name says, or Gitleaks' JSON"),    \
		STK_OPT(0, "report-format", LIST, type, gitleaks.report_formats, "FORMAT",                             \
			"--format, by Gitleaks' name; json is Gitleaks' own, which --format calls gitleaks"),          \
                                                                                                                       \
		STK_OPT(0, "redact", MAYBE, type, gitleaks.redact, "[=N]",                                             \
			"accepted for Gitleaks' sake: values are not printed anyhow"),                                 \
		STK_OPT(0, "no-color", FLAG, type, gitleaks.no_color, NULL, "--color never, by Gitleaks' name"),       \
		STK_OPT(0, "no-banner", FLAG, type, gitleaks.no_banner, NULL,                                          \
			"accepted for Gitleaks' sake: there is none"),                                                 \
		STK_OPT('v', "verbose", FLAG, type, gitleaks.verbose, NULL,                                            \
			"accepted for Gitleaks' sake: findings are shown anyhow"),                                     \
		STK_OPT('l', "log-level", TEXT, type, gitleaks.log_level, "LEVEL",                                     \
			"accepted for Gitleaks' sake; see --quiet"),                                                   \
		STK_OPT(0, "max-decode-depth", NUMBER, type, gitleaks.decode_depth, "N",                               \
			"accepted for Gitleaks' sake: encodings are looked through anyhow"),                           \
		STK_OPT(0, "max-archive-depth", NUMBER, type, gitleaks.archive_depth, "N",                             \
			"accepted for Gitleaks' sake: archives are opened anyhow")

/* Puts what was given where strake has it: targets, outputs, colour. Returns an exit status when the command line makes
   no sense (a word that is a command of Gitleaks', --source beside a target), else 0. */
int stk_gitleaks_options_apply(struct stk_cli *cli, const struct stk_gitleaks_options *options,
			       struct stk_report_options *report);

enum { STK_N_GITLEAKS_REFUSALS = 5 };
extern const struct stk_refusal stk_gitleaks_refusals[STK_N_GITLEAKS_REFUSALS];
