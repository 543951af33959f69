/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the three forms of rpm's database share: each holds one header blob a package. A form's
 * walker calls `visit` with every blob it finds, valid during the call, and fails when the
 * database as a whole cannot be followed; what was visited stands. Private to rpm*.c.
 *
 * The forms are told apart by rpm.c; header blobs are the same in all and are read by
 * rpm_header.c.
 */

#include "package/database.h"

struct stk_rpm_visitor {
	void (*visit)(void *context, struct stk_str blob);
	void *context;
};

/* SQLite (rpmdb.sqlite) with its write-ahead log, which may be empty. */
int stk_rpm_walk_sqlite(struct stk_str bytes, struct stk_str log, const struct stk_rpm_visitor *visitor,
			struct stk_err *err);
/* SUSE's own store (Packages.db). */
int stk_rpm_walk_ndb(struct stk_str bytes, const struct stk_rpm_visitor *visitor, struct stk_err *err);
/* Berkeley DB's hash access method (Packages). */
int stk_rpm_walk_bdb(struct stk_str bytes, const struct stk_rpm_visitor *visitor, struct stk_err *err);

/* Reads a header blob; strings are copied to the arena. False when it is none, or has no name or version. */
bool stk_rpm_header(struct stk_arena *arena, struct stk_str blob, struct stk_package *out);

/* Sets version, source name and source version. epoch may be empty or "0"; source is "bash-5.1.8-6.el9.src.rpm" or
 * empty. */
void stk_rpm_fill_versions(struct stk_arena *arena, struct stk_package *package, struct stk_str epoch,
			   struct stk_str version, struct stk_str source);

/* Numbers inside bytes whose length was checked. Four bytes at p, whatever its alignment. */
uint32_t stk_be32(const char *p);
uint32_t stk_le32(const char *p);
