/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A `docker run` (or create, or podman run) command line as facts, made harder, and written
 * again: as a command or as a Compose service. Options as of Docker 28
 * (docs.docker.com/reference/cli/docker/container/run). Nothing is run.
 *
 * Order: parse, harden, write or compose. Words are views of the arguments, which have to stay.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* One option as it was typed, under its long name. */
struct stk_run_option {
	struct stk_str name;  /* long name without dashes: "publish", whatever form was typed */
	struct stk_str value; /* empty for switches */
	bool has_value;
};

struct stk_docker_run {
	struct stk_strs command; /* "docker", "run" or "docker", "container", "run" ... */
	struct {
		struct stk_run_option *v;
		size_t n, cap;
	} options; /* in the order typed; the letter forms by their long names */
	struct stk_str image;
	struct stk_strs arguments; /* behind the image */
};

/* What was done to the command, or what a person has to do. */
enum stk_run_note_kind { STK_RUN_ADDED, STK_RUN_CHANGED, STK_RUN_REMOVED, STK_RUN_LEFT };
struct stk_run_note {
	enum stk_run_note_kind kind;
	struct stk_str what, why;
};
struct stk_run_notes {
	struct stk_run_note *v;
	size_t n, cap;
};

/* Reads the words of a command line. STK_EUSAGE says which word is not understood. */
int stk_docker_run_parse(struct stk_arena *arena, char *const *words, size_t n, struct stk_docker_run *out,
			 struct stk_err *err);
/* Adds, changes and removes options; a second call changes nothing. unsafe: also what may stop a program from working:
   another user, a read-only root, dropped switches such as --privileged. */
void stk_docker_run_harden(struct stk_arena *arena, struct stk_docker_run *run, bool unsafe,
			   struct stk_run_notes *notes);
/* Appends the command, an option a line, quoted for a POSIX shell. */
void stk_docker_run_write(struct stk_buf *out, const struct stk_docker_run *run);
/* Appends a Compose file with the one service that the command starts; options that Compose has no key for become
 * comments. */
void stk_docker_run_compose(struct stk_buf *out, const struct stk_docker_run *run);
