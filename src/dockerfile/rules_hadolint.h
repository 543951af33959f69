/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the files of Hadolint's rules share. A check looks in two ways: stk_like_hadolint() asks for Hadolint's own
 * verdict, quirks included (findings are then gathered to one an instruction, see stk_hadolint_collapse); otherwise for
 * what is right, at the exact word.
 */

#include "dockerfile/commands.h"
#include "dockerfile/rules.h"

/* Is this run to give Hadolint's verdicts (--compat hadolint, --format hadolint)? */
bool stk_like_hadolint(const struct stk_dockerfile_context *context);

/* Where a vector ends; one that was never filled has no place to add to. */
#define END_OF(vector) ((vector)->n ? (vector)->v + (vector)->n : (vector)->v)
#define EACH_RUN(run, context)                                                                                         \
	for (const struct stk_run *run = stk_dockerfile_runs(context)->v,                                              \
				  *run##_end = END_OF(stk_dockerfile_runs(context));                                   \
	     run < run##_end; run++)
#define EACH_COMMAND(command, run)                                                                                     \
	for (const struct stk_run_command *command = (run)->commands.v, *command##_end = END_OF(&(run)->commands);     \
	     command < command##_end; command++)
/* Every instruction at top level. */
#define EACH_INSTRUCTION(at, context)                                                                                  \
	for (struct stk_instruction **at##_slot = (context)->file->instructions.v,                                     \
				    **at##_end = END_OF(&(context)->file->instructions), *at = NULL;                   \
	     at##_slot < at##_end && ((at = *at##_slot), true); at##_slot++)

/* Hadolint's reading of a FROM. Views of what is typed. */
struct stk_hadolint_image {
	struct stk_str platform, registry, name, tag, digest, alias;
};
struct stk_hadolint_image stk_hadolint_from(const struct stk_dockerfile *file, size_t stage);
bool stk_hadolint_image_eq(const struct stk_hadolint_image *a, const struct stk_hadolint_image *b);
/* The name under which Hadolint keeps what it knows about a stage: its alias, or the image's name. */
struct stk_str stk_hadolint_stage_name(const struct stk_hadolint_image *image);

/* The first of the bytes outside ${...}, or SIZE_MAX. */
size_t stk_hadolint_outside_braces(struct stk_str s, char a, char b);

/* Where Hadolint's parser stops: the first error of the grammar or place that language-docker refuses though BuildKit
   takes it. On the context's arena or the file's; NULL: Hadolint reads the whole file. */
const struct stk_syntax_error *stk_hadolint_stop(const struct stk_dockerfile_context *context);

/* Where the paths of a COPY or ADD begin for Hadolint, which reads a flag as a path when it is none that it knows, has
   no value, or one that is neither true nor false; SIZE_MAX: behind the flags, as for the builder. */
size_t stk_hadolint_paths_at(const struct stk_dockerfile *file, const struct stk_instruction *at);
/* How much of the word is PORT[-PORT][/tcp|/udp]. */
size_t stk_hadolint_port_length(struct stk_str word);
/* How much of the text is a number, perhaps with a fraction, and one unit of s, m and h. */
size_t stk_hadolint_duration_length(struct stk_str text);
/* Does Hadolint know this key of a RUN --mount? */
bool stk_hadolint_is_mount_key(struct stk_str name);
/* The flag of this name that Hadolint reads, or NULL: for --compat hadolint none that it takes for a path. */
const struct stk_flag *stk_hadolint_flag(const struct stk_dockerfile_context *context, const struct stk_instruction *at,
					 const char *name);
/* The byte at which Hadolint's parser gives up because of this error. */
size_t stk_hadolint_gives_up_at(const struct stk_dockerfile *file, const struct stk_syntax_error *error);

/* Adds the names that an ENV or ARG sets, as typed, to a map; the values stand for nothing. */
void stk_hadolint_add_names(struct stk_arena *arena, struct stk_map *names, const struct stk_instruction *at);
/* Without any quotes at both ends. */
struct stk_str stk_hadolint_unquote(struct stk_str s);
bool stk_is_archive_name(struct stk_str name);
bool stk_is_windows_absolute(struct stk_str path);
/* Is what the stage holds part of the last stage's image, or of one that a FROM builds on? SIZE_MAX: yes. */
bool stk_stage_is_kept(struct stk_dockerfile_context *context, size_t stage);

/* Adds an insertion behind a word of a command as the finding's fix: " --no-cache". */
void stk_fix_insert_behind(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_run_command *command, const struct stk_shell_word *word, bool safe,
			   const char *text);
/* Adds "&& command" at the end of the RUN's shell text as the finding's fix, on a line of its own when the RUN has
   several; nothing when the text does not allow it. */
void stk_fix_append_command(struct stk_dockerfile_context *context, struct stk_finding *finding,
			    const struct stk_run *run, bool safe, const char *command);
/* Adds the removal of a whole instruction with its line ends as the finding's fix. */
void stk_fix_remove_instruction(struct stk_dockerfile_context *context, struct stk_finding *finding,
				const struct stk_instruction *at, bool safe, const char *description);

/* Turns findings from `first` on into Hadolint's: at the instruction's line, one an instruction, with Hadolint's
 * severity. */
void stk_hadolint_collapse(struct stk_dockerfile_context *context, size_t first);
/* Marks findings from `first` on that "# hadolint ignore=" comments silence. */
void stk_hadolint_pragmas(struct stk_dockerfile_context *context, size_t first);
/* The codes of an inline ignore comment; n == 0 when it is none. */
struct stk_strs stk_hadolint_inline_ignore(struct stk_arena *arena, struct stk_str comment);
