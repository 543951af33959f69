/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Commands and their options are rows; parsing, --help, shell completions and man pages all
 * come from them. Only this folder prints.
 *
 * A command is one cmd_NAME.c: a context struct that its option rows fill by offset, the rows,
 * a main, and the const row that commands.c lists. main.c finds the command, zeroes the
 * context, runs `defaults`, parses the options, loads the settings, and calls `main`, whose
 * return value is the exit status. A reporting command ends in stk_cli_finish, which is the
 * same for all.
 *
 * Data goes to standard output, talk to standard error.
 */

#include "base/arena.h"
#include "base/err.h"
#include "report/ignore.h"
#include "report/report.h"

#define STK_EXIT_CODES(X)                                                                                              \
	X(CLEAN, 0, "completed; nothing at or above the line")                                                         \
	X(FINDINGS, 1, "completed; findings at or above the line")                                                     \
	X(USAGE, 2, "usage or configuration error, nothing was done")                                                  \
	X(INCOMPLETE, 3, "something could not be scanned: never \"clean\"")

enum stk_exit {
#define X(name, value, text) STK_EXIT_##name = value,
	STK_EXIT_CODES(X)
#undef X
};

enum stk_option_kind {
	STK_OPTION_FLAG,   /* bool, set */
	STK_OPTION_UNFLAG, /* bool, cleared */
	STK_OPTION_TEXT,   /* const char *, the last one wins */
	STK_OPTION_LIST,   /* struct stk_strs, repeatable, each value split at commas */
	STK_OPTION_MANY,   /* struct stk_strs, repeatable, values taken whole */
	STK_OPTION_NUMBER, /* int64_t */
	STK_OPTION_MAYBE,  /* const char *: "" where only the option stands; "--name=value", never with a space */
};

struct stk_option {
	char letter; /* 0: long form only */
	const char *name;
	enum stk_option_kind kind;
	size_t offset;	      /* of the member in the command's context */
	const char *argument; /* "FILE", NULL for flags; "[=N]" of STK_OPTION_MAYBE */
	const char *help;     /* one line, no full stop */
};

#define STK_OPT(letter, name, kind, type, member, argument, help)                                                      \
	{                                                                                                              \
		letter, name, STK_OPTION_##kind, offsetof(type, member), argument, help                                \
	}

/* What every reporting command understands; first member of its context. */
struct stk_report_options {
	struct stk_strs formats;    /* --format: one or more; "json" or "sarif=FILE" */
	struct stk_strs outputs;    /* --output: the first for the first format without a file of its own, and so on */
	const char *fail_on;	    /* --fail-on */
	int64_t exit_code;	    /* --exit-code */
	struct stk_strs severities; /* --severity */
	bool ignore_unfixed;	    /* --ignore-unfixed */
	const char *config;	    /* --config: instead of .strake.yaml */
	bool no_config;		    /* --no-config */
	struct stk_strs ignore_files; /* --ignorefile: .trivyignore forms */
	struct stk_strs ignores;      /* --ignore RULE */
	bool show_suppressed;	      /* --show-suppressed */
	const char *color;	      /* --color auto|always|never */
	bool no_progress, quiet, details;
	bool like_hadolint; /* findings in Hadolint's order, formats to the byte as it writes them */
};

struct stk_config;
struct stk_secret_baseline;

/* One run of one command. */
struct stk_cli {
	struct stk_arena *arena; /* the run's */
	const struct stk_command *command;
	char **arguments; /* what is left behind the options, NULL-terminated */
	size_t n_arguments;
	const struct stk_config *config; /* of a reporting command: cli/config.h; never NULL in its main */
	struct stk_strs
		folders;     /* arguments of a command with has_folder that are folders, not that of the run: "a/" */
	bool settled;	     /* stk_cli_settle has run */
	const void *subject; /* what the command's own formats draw; set before stk_cli_finish */
};

struct stk_render_options;
struct stk_buf;

/* A format that one command has besides those of report/format.h; it may take the name of one of those. */
struct stk_command_format {
	const char *name, *help;
	void (*render)(const void *subject, const struct stk_report *report, const struct stk_render_options *options,
		       struct stk_buf *out);
};

/* An option of a peer's that a command does not have, and what to do instead. */
struct stk_refusal {
	const char *name, *instead;
};

/* One command, const, in static storage. description and examples are the man page's text too. */
struct stk_command {
	const char *name;	 /* "image"; "db update" for a command of a group */
	const char *brief;	 /* one line for the list of commands */
	const char *usage;	 /* what follows the name: "[OPTIONS] IMAGE..." */
	const char *description; /* paragraphs for --help and the man page */
	const char *examples;	 /* lines "command\n    what it does\n" */
	const struct stk_option *options;
	size_t n_options;
	size_t context_size;			  /* zeroed before defaults run */
	const struct stk_command_format *formats; /* formats of its own; the one called "table" is the default */
	size_t n_formats;
	const struct stk_refusal *refusals;
	size_t n_refusals;
	bool reports;	   /* the context starts with struct stk_report_options, and its options apply */
	bool has_folder;   /* arguments may be folders: their ignore files count, and the only one's settings */
	bool reads_config; /* --config may name the file of a peer: main reads it, or ours */
	void (*defaults)(void *context);
	int (*main)(struct stk_cli *cli, void *context); /* returns the exit status */
};

/* Every command, sorted by name (commands.c). */
extern const struct stk_command *const stk_commands[];
extern const size_t stk_n_commands;
/* Every rule table of the program (rules.c). */
extern const struct stk_rule_table *const stk_rule_tables[];
extern const size_t stk_n_rule_tables;
/* The row with this id or alias in any table, or NULL. */
const struct stk_rule *stk_rules_find(struct stk_str name);

/* The option rows that come with .reports. */
extern const struct stk_option stk_report_option_rows[];
extern const size_t stk_n_report_option_rows;
/* The same for commands that use such a letter for an option of their own. */
extern const struct stk_option stk_report_option_rows_without_letters[];

/* Prints one line to standard error; fmt has no line end. All that commands say there goes through here: control
   characters and broken bytes of names are shown as \xNN, a line end inside a name as a space, so that a hostile name
   neither drives the terminal nor forges a second line. */
void stk_cli_say(const char *fmt, ...) STK_PRINTF(1, 2);
/* Prints "strake: <message>" and, where there is one, the hint, to standard error; returns the exit status that suits
   the code: STK_EUSAGE -> 2, everything else -> 3. */
int stk_cli_error(const struct stk_err *err);
/* Columns of the terminal: $COLUMNS, else what the terminal says, else 120; at least 40. */
size_t stk_cli_width(void);
/* A usage error with a pointer to --help; returns STK_EXIT_USAGE. */
int stk_cli_usage(const struct stk_cli *cli, const char *fmt, ...) STK_PRINTF(2, 3);
/* ignore_files.c: fills in cli->folders. */
void stk_cli_find_folders(struct stk_cli *cli);
/* Appends the configuration's ignores, those of the command line, and of .trivyignore and .dockleignore in the folder
   of the run and in those that are looked at; a notice (notices may be NULL) tells of the latter. */
int stk_cli_ignores(struct stk_cli *cli, const struct stk_report_options *options, struct stk_ignores *out,
		    struct stk_strs *notices, struct stk_err *err);
/* The same for .gitleaksignore. */
int stk_cli_known_secrets(struct stk_cli *cli, struct stk_secret_baseline *out, struct stk_strs *notices,
			  struct stk_err *err);
/* Marks what is ignored and weighs findings for the environment; once a run, by stk_cli_finish where not before.
   Returns an exit status when the ignores cannot be read, else 0. */
int stk_cli_settle(struct stk_cli *cli, const struct stk_report_options *options, struct stk_report *report);
/* Ends a reporting command: sorts, applies ignores, filters and the line, renders, and returns the exit status. */
int stk_cli_finish(struct stk_cli *cli, const struct stk_report_options *options, struct stk_report *report);
/* May colour and control sequences go to this stream? Respects NO_COLOR, TERM=dumb and --color. */
bool stk_cli_color(const char *choice, int fd);

enum stk_fix_mode { STK_FIX_NONE, STK_FIX_SAFE, STK_FIX_ALL };
/* Applies the fixes of the findings that are not suppressed to the texts of the report's targets: prints a unified diff
   to standard output (diff), or writes the files atomically. Edits that overlap an earlier one are left for the next
   run. *n_applied counts findings mended; their `fix` is taken out of the report together with the finding when
   written. */
int stk_cli_fix(struct stk_report *report, enum stk_fix_mode mode, bool diff, size_t *n_applied, struct stk_err *err);
/* A file as the fixes would leave it. */
struct stk_fixed_file {
	struct stk_str name, text;
};
/* The same as stk_cli_fix without writing anything: the texts as they would be, of the files
   that change. leave (may be NULL) names files whose fixes are somebody else's. */
int stk_cli_fix_texts(struct stk_report *report, enum stk_fix_mode mode,
		      bool (*leave)(void *context, struct stk_str file), void *context, struct stk_fixed_file **files,
		      size_t *n, struct stk_err *err);
/* Looks at the texts that would be written; -1 with an error leaves every file as it is. */
typedef int stk_fix_accept_fn(void *context, const struct stk_fixed_file *files, size_t n, struct stk_err *err);
/* The same as stk_cli_fix, but `accept` is asked first. */
int stk_cli_fix_asking(struct stk_report *report, enum stk_fix_mode mode, bool diff, stk_fix_accept_fn *accept,
		       void *context, size_t *n_applied, struct stk_err *err);
