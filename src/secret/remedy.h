/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What to do about a secret, by where it was found: a file is changed, a layer has to be
 * rebuilt, a history is public.
 */

#include "secret/secret.h"

/* How a secret came to where it was found. */
enum stk_secret_way {
	STK_SECRET_IN_FILE, /* a file of a directory or repository */
	STK_SECRET_IN_DOCKERFILE,
	STK_SECRET_IN_COMPOSE,
	STK_SECRET_IN_LAYER, /* a file of an image as it runs */
	STK_SECRET_DELETED,  /* a file that a later layer deleted or replaced */
	STK_SECRET_IN_ENV,   /* Env of an image's configuration */
	STK_SECRET_IN_LABEL,
	STK_SECRET_IN_COMMAND, /* Cmd, Entrypoint, Healthcheck, OnBuild */
	STK_SECRET_IN_HISTORY, /* a RUN line, or a build argument recorded with one */
};

/* What to do about it: what replaces this very one, and how to make it worthless. On the arena. */
struct stk_str stk_secret_remedy(struct stk_arena *arena, const struct stk_secret *secret, enum stk_secret_way way);
/* The way of a finding in an ordinary file, from its path. */
enum stk_secret_way stk_secret_way_of(struct stk_str path);
