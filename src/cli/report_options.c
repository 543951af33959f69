/* SPDX-License-Identifier: Apache-2.0 */
/* The options that every reporting command shares. */
#include "cli/cli.h"

#include "base/banned.h"

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct stk_report_options, member, argument, help)

#define ROWS                                                                                                           \
	ROW('f', "format", LIST, formats, "FORMAT[=FILE]",                                                             \
	    "table (default), json, sarif, … ; several at once, each to its FILE"),                                    \
		ROW('o', "output", MANY, outputs, "FILE",                                                              \
		    "write the report there, complete or not at all; given again, for the next --format"),             \
		ROW(0, "fail-on", TEXT, fail_on, "SEVERITY",                                                           \
		    "exit 1 for findings at or above this (default high); none: report only"),                         \
		ROW(0, "exit-code", NUMBER, exit_code, "N", "exit with N instead of 1"),                               \
		ROW('s', "severity", LIST, severities, "LIST", "show only these, e.g. high,critical"),                 \
		ROW(0, "ignore-unfixed", FLAG, ignore_unfixed, NULL,                                                   \
		    "leave out vulnerabilities without a fixed version"),                                              \
		ROW('c', "config", TEXT, config, "FILE", "settings (default: .strake.yaml here or above)"),            \
		ROW(0, "no-config", FLAG, no_config, NULL, "read no settings file"),                                   \
		ROW(0, "ignorefile", MANY, ignore_files, "FILE",                                                       \
		    "ignores in the form of .trivyignore or .trivyignore.yaml"),                                       \
		ROW(0, "ignore", LIST, ignores, "RULES", "leave out these rules or vulnerabilities"),                  \
		ROW(0, "show-suppressed", FLAG, show_suppressed, NULL, "show also what is ignored, with the reason"),  \
		ROW(0, "color", TEXT, color, "WHEN", "auto (default), always or never"),                               \
		ROW(0, "no-progress", FLAG, no_progress, NULL, "no progress line"),                                    \
		ROW('q', "quiet", FLAG, quiet, NULL, "no notices on standard error"),                                  \
		ROW(0, "details", FLAG, details, NULL, "say everything about every finding"),

const struct stk_option stk_report_option_rows[] = { ROWS };
const size_t stk_n_report_option_rows = STK_LEN(stk_report_option_rows);

#undef ROW
#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(0, name, kind, struct stk_report_options, member, argument, help)
const struct stk_option stk_report_option_rows_without_letters[] = { ROWS };
