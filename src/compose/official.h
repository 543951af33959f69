/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What well-known images of Docker's official library need once their containers are hardened, from their Dockerfiles
 * and entry points: those of data stores start as root, give the data folder to a user of their own and become that
 * user; web servers keep a root process that starts workers.
 */

#include "base/str.h"

struct stk_official_image {
	const char *name; /* "postgres" of docker.io/library/postgres */
	unsigned below;	  /* the row is for tags of a lower major version, "4.4" below 5; 0: for all */
	const char *
		user; /* whom the entry point becomes, in every variant of the image; NULL: it needs its root process */
	const char *health;	     /* a shell command that asks the program how it is; NULL: none is known */
	const char *writes[3];	     /* folders outside volumes that it writes; /tmp aside */
	const char *capabilities[6]; /* what it needs where it starts as root */
};

/* The row of an image as a Compose file names it, or NULL. */
const struct stk_official_image *stk_official_image(struct stk_str image);
