/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Image references by the grammar of github.com/distribution/reference:
 * [domain/]path[:tag][@digest]. What stands behind FROM, `image:` and on the command line. Text
 * only: whether a registry has it is not asked.
 *
 * Two images are the same when their full forms are; people are shown the familiar one.
 */

#include "base/arena.h"
#include "base/err.h"

struct stk_reference {
	struct stk_str domain; /* as typed: "localhost:5000"; empty for Docker Hub's short forms */
	struct stk_str path;   /* as typed: "nginx", "library/nginx", "team/app" */
	struct stk_str tag;    /* without ":"; empty when absent */
	struct stk_str digest; /* "sha256:..."; empty when absent */
};

/* Reads a reference as docker does (ParseNormalizedNamed). STK_EFORMAT says what is wrong. The members are slices of
 * text. */
int stk_reference_parse(struct stk_str text, struct stk_reference *out, struct stk_err *err);
/* The registry it is pulled from: "docker.io" where none is named. */
struct stk_str stk_reference_domain(const struct stk_reference *reference);
/* The repository on that registry: "library/nginx" for "nginx". */
struct stk_str stk_reference_repository(struct stk_arena *arena, const struct stk_reference *reference);
/* "docker.io/library/nginx:1.25@sha256:..."; tag "latest" where neither tag nor digest stands. */
struct stk_str stk_reference_full(struct stk_arena *arena, const struct stk_reference *reference);
/* The short form people write: "nginx" for docker.io/library/nginx, "team/app" for docker.io/team/app; tag and digest
 * kept. */
struct stk_str stk_reference_familiar(struct stk_arena *arena, const struct stk_reference *reference);
