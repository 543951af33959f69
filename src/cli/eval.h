/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Areas of `strake eval`: each answers one question a line. One eval_*.c an area, one row in
 * cmd_eval.c. For scripts, and for comparing single answers (versions, scores, patterns) with
 * those of other tools, without a scan around them.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct stk_eval_area {
	const char *name;
	const char *form; /* "VECTOR -> SCORE or invalid", for --help */
	/* Prepares what all questions share (a database); NULL when there is nothing. */
	int (*open)(struct stk_arena *arena, void **context, struct stk_err *err);
	void (*close)(void *context);
	/* Appends the answer to a line, without the line's end. The arena lives as long as the line. */
	void (*answer)(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out);
};

extern const struct stk_eval_area stk_eval_cvss;
extern const struct stk_eval_area stk_eval_image;
extern const struct stk_eval_area stk_eval_osv;
extern const struct stk_eval_area stk_eval_dockerfile;
extern const struct stk_eval_area stk_eval_dockerignore;
extern const struct stk_eval_area stk_eval_versions;
extern const struct stk_eval_area stk_eval_vulnerabilities;
