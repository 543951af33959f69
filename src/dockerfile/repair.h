/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the fixes of several rules are made of. Each function adds edits to a fix, so that one fix may be put together
 * from several of them; where the text does not allow one of them the repair fails as a whole, and no fix is offered.
 * Line ends, indentation and the case of keywords follow the file.
 */
#include "dockerfile/commands.h"

/* A fix in the making. Rules add edits, then hand it to a finding with stk_repair_offer; a repair that failed is
 * dropped. */
struct stk_repair {
	struct stk_dockerfile_context *context;
	struct {
		struct stk_edit *v;
		size_t n, cap;
	} edits;
	bool failed;
};

/* An empty repair; it owns nothing, its edits live on the context's arena. */
struct stk_repair stk_repair_new(struct stk_dockerfile_context *context);
/* Makes the edits the finding's fix, unless one of them failed or there are none. fmt: what it does, as for
   printf. */
void stk_repair_offer(struct stk_repair *repair, struct stk_finding *finding, bool safe, const char *fmt, ...)
	STK_PRINTF(4, 5);
/* For repairs that look at the whole file: counts what they look at against what one file may cost, so that thousands
   of findings do not make a hostile file slow. False, and the repair has failed, when that is used up. */
bool stk_repair_afford(struct stk_repair *repair, size_t work);
/* Replaces bytes of the file; text must live on the context's arena or longer. */
void stk_repair_replace(struct stk_repair *repair, size_t begin, size_t end, struct stk_str text);
/* Puts an instruction on a line of its own before `at`: keyword in capitals as in "USER", which takes the case that
   `at` has, and what follows it. */
void stk_repair_line_before(struct stk_repair *repair, const struct stk_instruction *at, const char *keyword,
			    struct stk_str arguments);
/* The same behind `at`, heredocs included. */
void stk_repair_line_behind(struct stk_repair *repair, const struct stk_instruction *at, const char *keyword,
			    struct stk_str arguments);
/* Sets an instruction apart from the comment above it. */
void stk_repair_blank_line_before(struct stk_repair *repair, const struct stk_instruction *at);
/* Removes a whole instruction with its line ends; the repair fails for what ONBUILD wraps. */
void stk_repair_remove_instruction(struct stk_repair *repair, const struct stk_instruction *at);
/* Removes a word of an instruction and the blanks that set it apart; the line too when it stands alone on it. The
   repair fails where that leaves a continuation without an end. */
void stk_repair_remove_word(struct stk_repair *repair, struct stk_span word);
/* Removes, replaces or precedes a word of a command; the repair fails where the word does not stand in the file as the
   shell reads it, as in the JSON form. */
void stk_repair_remove_argument(struct stk_repair *repair, const struct stk_run_command *command,
				const struct stk_shell_word *word);
void stk_repair_replace_argument(struct stk_repair *repair, const struct stk_run_command *command,
				 const struct stk_shell_word *word, struct stk_str text);
/* Removes an assignment in front of a command, "X=1 make"; the repair fails where there is no command. */
void stk_repair_remove_assignment(struct stk_repair *repair, const struct stk_run_command *command,
				  const struct stk_shell_assignment *assignment);
/* Removes a key=value of ENV, ARG or LABEL; the last one goes with its instruction. */
void stk_repair_remove_pair(struct stk_repair *repair, const struct stk_instruction *at, const struct stk_pair *pair);
/* Adds a flag, "--mount=type=...", to a RUN. */
void stk_repair_add_flag(struct stk_repair *repair, const struct stk_instruction *run, struct stk_str flag);
/* Makes "RUN a" and the "RUN b" behind it one: a && b. The repair fails for JSON forms, heredocs, flags that differ,
   another instruction or a linter's comment in between, and commands that change the shell or run behind it. */
void stk_repair_join(struct stk_repair *repair, const struct stk_run *first, const struct stk_run *second);
/* Mounts a secret as the environment variable of this name in a RUN that does not yet do so. That needs version 1.10 of
   the Dockerfile syntax: an older "# syntax=docker/dockerfile:" line is raised to it; the repair fails where that
   cannot be done. */
void stk_repair_mount_secret(struct stk_repair *repair, const struct stk_instruction *run, struct stk_str name);
/* What repairs with it say of themselves. */
#define STK_REPAIR_MOUNTS                                                                                              \
	"write RUN --mount=type=secret,env= where it is used (Dockerfile syntax 1.10 or newer), and build with --secret"
/* Takes a variable that holds a credential out of ARG and ENV, and mounts a secret of its name in the RUNs that name
   it, of the stage and of those that build on it. An ARG that none names is mounted for programs that may read it from
   their environment. The repair fails where other instructions need its value. */
void stk_repair_mount_variable(struct stk_repair *repair, size_t stage, struct stk_str name);
/* Has the stage end as a user without rights, which it returns: a USER before its CMD and ENTRYPOINT, behind the last
   step that may need root. A USER behind which no such step follows is changed. */
struct stk_str stk_repair_user(struct stk_repair *repair, size_t stage);
/* Puts "$NAME" in the place of the last n bytes of an argument, a credential, and mounts a secret of that name in the
   RUN. */
void stk_repair_mount_literal(struct stk_repair *repair, const struct stk_run *run,
			      const struct stk_run_command *command, const struct stk_shell_word *word, size_t n,
			      struct stk_str name);
/* Gives a stage a name that the file does not use yet, there and in all that names it up to the stage `until`, not
   included: FROM, COPY --from, RUN --mount. The repair fails where a variable may name it. Returns whether a COPY or a
   mount names it: BuildKit gives those the last stage of a name, so that they now see another one. */
bool stk_repair_rename_stage(struct stk_repair *repair, size_t stage, size_t until);
/* Have two RUNs the same flags with the same values, in whatever order? */
bool stk_same_flags(const struct stk_instruction *a, const struct stk_instruction *b);
/* The folder that the WORKDIR in effect at an instruction names, when it does so with a plain absolute path; else
 *empty. any: is there a WORKDIR at all, in this stage or one that it builds on? */
struct stk_str stk_workdir_before(const struct stk_dockerfile *file, const struct stk_instruction *at, bool *any);
/* Do these bytes of the file read as the command's word does in its shell text? */
bool stk_word_is_verbatim(const struct stk_dockerfile *file, const struct stk_run_command *command,
			  const struct stk_shell_word *word);
/* Does a text refer to a variable, as $name or ${name...}? */
bool stk_text_mentions(struct stk_str text, struct stk_str name);
