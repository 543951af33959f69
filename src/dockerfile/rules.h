/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What Dockerfile rules work with. A check function gets a struct stk_dockerfile_context and
 * reports through it; rows stand in several tables (rules_*.c), joined in rules.c.
 *
 * For many files: make a plan of the options once, then for each file parse, fill a context,
 * stk_dockerfile_check. A check must not keep anything on context->arena in a finding: it may
 * end before the report.
 *
 * Three answers to one question exist where tools differ (enum stk_dockerfile_compat); a row
 * says by its aliases whose checks it answers, and its function asks which is wanted.
 */

#include "dockerfile/dockerfile.h"
#include "dockerfile/pins.h"
#include "dockerfile/shell.h"
#include "report/ignore.h"
#include "report/report.h"

/* Whose verdicts are wanted where tools differ. */
enum stk_dockerfile_compat {
	STK_COMPAT_NONE,     /* what is right for the user, then BuildKit, then Hadolint */
	STK_COMPAT_HADOLINT, /* Hadolint's rules alone, quirks included */
	STK_COMPAT_BUILDKIT, /* BuildKit's rules alone */
};

enum stk_label_type {
	STK_LABEL_TEXT,
	STK_LABEL_URL,
	STK_LABEL_SEMVER,
	STK_LABEL_HASH,
	STK_LABEL_RFC3339,
	STK_LABEL_SPDX,
	STK_LABEL_EMAIL
};
/* A label that must be there, and what its value has to be. */
struct stk_label_rule {
	struct stk_str name;
	enum stk_label_type type;
};

/* The same for every file of a run. */
struct stk_dockerfile_options {
	enum stk_dockerfile_compat compat;
	bool all_rules; /* also those that are off by default */
	struct stk_variables build_args;
	struct stk_strs trusted_registries;
	struct {
		struct stk_label_rule *v;
		size_t n, cap;
	} labels;
	bool strict_labels;
	bool disable_ignore_pragma;
	struct stk_strs enabled;      /* ids and aliases of rules that are wanted though off by default */
	struct stk_strs secret_names; /* more names that mean a credential */
	bool has_context;	      /* the file's folder is its build context and was looked at */
	bool has_dockerignore;
	struct stk_str dockerignore;	   /* its text */
	const struct stk_ignores *ignores; /* what these silence the fixer leaves as it is; or NULL */
	const struct stk_pins *pins;	   /* digests that are known; or NULL */
	int64_t now;			   /* for end-of-life dates */
};

/* One file under the rules. */
struct stk_dockerfile_context {
	struct stk_report *report;
	size_t target;
	struct stk_arena *arena; /* for the facts; may end before the report's, so findings refer to nothing on it */
	struct stk_dockerfile *file;
	const struct stk_dockerfile_options *options;
	const struct stk_runs *runs;		/* commands.h; NULL until a rule asks */
	const bool *kept;			/* by stage, see stk_stage_is_kept; NULL until a rule asks */
	size_t compared_names;			/* in search of the variable that was meant */
	size_t repair_work;			/* what repairs that look at the whole file have cost so far */
	const struct stk_dockerfile_plan *plan; /* of these options; NULL: made for this file alone */
};

/* The rows that some options want, ready to be run on many files. Lives on the arena; options must not change while it
 * is used. */
const struct stk_dockerfile_plan *stk_dockerfile_plan(struct stk_arena *arena,
						      const struct stk_dockerfile_options *options);

/* Adds a finding at a place of the file; message as for printf. */
struct stk_finding *stk_dockerfile_find(struct stk_dockerfile_context *context, const struct stk_rule *rule,
					struct stk_span span, const char *fmt, ...) STK_PRINTF(4, 5);
/* The same, with the stage's name and the instruction's keyword in the location. */
struct stk_finding *stk_dockerfile_find_at(struct stk_dockerfile_context *context, const struct stk_rule *rule,
					   const struct stk_instruction *instruction, struct stk_span span,
					   const char *fmt, ...) STK_PRINTF(5, 6);
/* Adds an edit of the file to a finding's fix. */
void stk_dockerfile_edit(struct stk_dockerfile_context *context, struct stk_fix *fix, size_t begin, size_t end,
			 struct stk_str text);

/* What the instruction's shell_text does, parsed on first use. NULL without such text, and where no POSIX-like shell
   reads it: PowerShell, cmd, a heredoc with another interpreter's "#!" line. Exec forms are read as if a shell did. */
const struct stk_shell *stk_instruction_shell(const struct stk_dockerfile *file, struct stk_instruction *instruction);

/* Is the row one of BuildKit's checks, by id or alias? One of Hadolint's? */
bool stk_rule_is_buildkit(const struct stk_rule *rule);
bool stk_rule_is_hadolint(const struct stk_rule *rule);

/* Runs all rules that the options want on the parsed file: findings go to the report. */
void stk_dockerfile_check(struct stk_dockerfile_context *context);

/* The tables, sorted by name; the list of the whole program takes them from here. */
#define STK_DOCKERFILE_TABLES(X)                                                                                       \
	X(stk_buildkit_copy_rules)                                                                                     \
	X(stk_buildkit_style_rules)                                                                                    \
	X(stk_buildkit_variable_rules)                                                                                 \
	X(stk_dockerfile_syntax_rules)                                                                                 \
	X(stk_dockerfile_trivy_rules)                                                                                  \
	X(stk_hadolint_apk_rules)                                                                                      \
	X(stk_hadolint_apt_rules)                                                                                      \
	X(stk_hadolint_copy_rules)                                                                                     \
	X(stk_hadolint_from_rules)                                                                                     \
	X(stk_hadolint_label_rules)                                                                                    \
	X(stk_hadolint_language_rules)                                                                                 \
	X(stk_hadolint_pragma_rules)                                                                                   \
	X(stk_hadolint_rpm_rules)                                                                                      \
	X(stk_hadolint_shell_rules)                                                                                    \
	X(stk_hadolint_stage_rules)                                                                                    \
	X(stk_hadolint_user_rules)                                                                                     \
	X(stk_hadolint_variable_rules)                                                                                 \
	X(stk_own_base_rules)                                                                                          \
	X(stk_own_download_rules)                                                                                      \
	X(stk_own_final_rules)                                                                                         \
	X(stk_own_permission_rules)                                                                                    \
	X(stk_own_secret_rules)                                                                                        \
	X(stk_own_user_rules)
#define X(name) extern const struct stk_rule_table name;
STK_DOCKERFILE_TABLES(X)
#undef X
extern const struct stk_rule_table *const stk_dockerfile_tables[];
extern const size_t stk_n_dockerfile_tables;
