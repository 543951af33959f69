/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a deployment's folder holds that the audit can look at. Nothing is read but the first
 * bytes of archives. Told by names, as Docker and CI systems do; an image is told by its bytes.
 */

#include "base/arena.h"
#include "base/err.h"
#include "report/report.h"

#define STK_DISCOVERED(X)                                                                                              \
	X(DOCKERFILE, "Dockerfile")                                                                                    \
	X(COMPOSE, "Compose project")                                                                                  \
	X(DOCKERIGNORE, ".dockerignore")                                                                               \
	X(ENV_FILE, "environment file")                                                                                \
	X(WORKFLOW, "CI workflow")                                                                                     \
	X(IMAGE, "image")

enum stk_discovered_kind {
#define X(name, text) STK_FOUND_##name,
	STK_DISCOVERED(X)
#undef X
		STK_DISCOVERED_COUNT,
};

struct stk_discovered {
	/* Paths as the user would write them: the folder's name, a slash, the rest; sorted. A Compose project is its
	   first file: overrides beside it belong to it. An image is an archive, or the folder of an OCI layout. */
	struct stk_strs found[STK_DISCOVERED_COUNT];
	struct {
		struct stk_gap *v;
		size_t n, cap;
	} gaps; /* folders that could not be read, ceilings that were reached */
};

/* Walks a folder. Version control, dependency folders and what links lead to are left out. Fails only when the folder
   itself cannot be read. */
int stk_discover(struct stk_arena *arena, const char *folder, struct stk_discovered *out, struct stk_err *err);
/* Is it one of the names that Docker and its users give Dockerfiles: Dockerfile, Containerfile, Dockerfile.x,
 * x.dockerfile ... */
bool stk_is_dockerfile_name(struct stk_str base);
