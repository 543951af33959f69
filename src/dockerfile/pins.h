/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Digests that images and downloads are pinned to, and the file that keeps them, .strake.lock:
 *   {"schema": "strake-lock/1", "images": {"docker.io/library/debian:12-slim": "sha256:..."},
 *    "downloads": {"https://example.com/x.tar.gz": "sha256:..."}}
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct stk_dockerfile;

struct stk_pin {
	struct stk_str name;   /* an image in its full form, "docker.io/library/debian:12-slim", or an address */
	struct stk_str digest; /* "sha256:" and 64 digits */
};
struct stk_pins {
	struct stk_pin *v;
	size_t n, cap;
};

/* Adds what the text of a lock file says, as copies on the arena. STK_EFORMAT: no JSON of this schema, a key that is
   not known or stands there twice, an image that is no reference, a digest that is none. */
int stk_pins_read(struct stk_arena *arena, struct stk_str text, struct stk_pins *pins, struct stk_err *err);
/* Appends them as the text of a lock file, sorted by name; of the same name twice the first. */
void stk_pins_write(struct stk_arena *arena, const struct stk_pins *pins, struct stk_buf *out);
/* The digest of an address. Empty when none is known; pins may be NULL. */
struct stk_str stk_pin_of_address(const struct stk_pins *pins, struct stk_str address);
/* The digest of an image as people write it: "debian:12-slim". */
struct stk_str stk_pin_of_image(struct stk_arena *arena, const struct stk_pins *pins, struct stk_str image);

/* One place of a Dockerfile that names an image without a digest, where a digest can be written. */
struct stk_pinnable {
	struct stk_str image;			   /* as it stands, with variables put in */
	const struct stk_instruction *instruction; /* FROM, COPY, RUN */
	size_t begin, end;			   /* where it stands in the file */
	bool plain;				   /* and does so without variables or quotes */
};
struct stk_pinnables {
	struct stk_pinnable *v;
	size_t n, cap;
};
/* All of them, in the order of the file: FROM, COPY --from, RUN --mount=from. Stages, scratch and names whose variables
 * have no value are left out. */
struct stk_pinnables stk_dockerfile_pinnables(struct stk_arena *arena, const struct stk_dockerfile *file);
