/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What rules about Compose projects ask of the machine: images that the engine has, files of
 * the host. src/compose has no I/O; it asks through callbacks, and these are what the commands
 * plug in. A question that cannot be answered is "not known", and rules then keep silent.
 */

#include "compose/check.h"
#include "docker/docker.h"

/* Zeroed but for arena and no_engine; the rest is found at the first question and kept. */
struct stk_compose_machine {
	struct stk_arena *arena;
	const char *host;      /* the engine to ask; NULL: as docker finds it */
	bool no_engine;	       /* do not ask */
	bool asked, reachable; /* of the engine */
	struct stk_docker docker;
	struct stk_map files;	/* path -> struct stk_compose_file * */
	struct stk_map indexes; /* folder of a repository -> struct stk_str *: its .git/index */
};

/* Callbacks for struct stk_compose_check; context is a struct stk_compose_machine. The engine is asked only through a
 * local socket. */
bool stk_cli_compose_image(void *context, struct stk_str image, struct stk_compose_image *out);
bool stk_cli_compose_file(void *context, struct stk_str path, struct stk_compose_file *out);
