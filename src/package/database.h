/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Package databases of distributions: each reader takes a whole file and appends the installed
 * packages to *out, with views into the text or copies on the arena. Layer, path, namespace and
 * purl are the caller's to fill. Stanzas without name or version are counted in *broken: the
 * caller says so rather than calling the inventory complete.
 *
 * Text databases cannot fail: what is no stanza is broken or nothing. The rpm database is
 * binary, and a wrong number in it may hide the rest: there, failing is possible, and what was
 * found until then still counts.
 */

#include "base/arena.h"
#include "report/report.h"

/* dpkg's var/lib/dpkg/status, or one file of distroless images' status.d. */
void stk_dpkg_parse(struct stk_arena *arena, struct stk_str text, struct stk_packages *out, size_t *broken);
/* apk's lib/apk/db/installed. */
void stk_apk_parse(struct stk_arena *arena, struct stk_str text, struct stk_packages *out, size_t *broken);
/* Any form of rpm's database: SQLite (with the bytes of its "-wal" file, or none), NDB, Berkeley DB hash. Signing keys,
   which rpm keeps as packages named gpg-pubkey, are left out. -1 when it is none of these or could not be followed to
   its end. */
int stk_rpm_parse(struct stk_arena *arena, struct stk_str bytes, struct stk_str log, struct stk_packages *out,
		  size_t *broken, struct stk_err *err);
/* var/lib/rpmmanifest/container-manifest-2, which images without rpm carry instead. */
void stk_rpm_manifest_parse(struct stk_arena *arena, struct stk_str text, struct stk_packages *out, size_t *broken);
