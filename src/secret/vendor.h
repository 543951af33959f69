/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Files that a package brought and that nobody changed since: what looks like a credential in them is a test vector or
 * a sample, and not this team's. dpkg records an MD5 of every file (var/lib/dpkg/info/PACKAGE.md5sums; deb-md5sums(5)),
 * apk a SHA-1 (lib/apk/db/installed; apk-package(5)), installed wheels a SHA-256 (NAME.dist-info/RECORD; the Python
 * packaging specifications, "Recording installed projects"). A wheel that was built from a folder or a repository, as
 * its direct_url.json says, may be the team's own and is not believed.
 */

#include "secret/secret.h"

struct stk_secret_record;

struct stk_secret_vendor {
	struct {
		struct stk_secret_record *v;
		size_t n, cap;
	} records;
};

/* Is this one of the files that hold such a record? path is from the root, without leading slash. */
bool stk_secret_vendor_is_list(struct stk_str path);
/* Takes a record in; path and bytes are copied. */
void stk_secret_vendor_add(struct stk_secret_vendor *vendor, struct stk_arena *arena, struct stk_str path,
			   struct stk_str bytes);
/* Is the file that the secret was found in recorded with the contents it has? path is from the root, without leading
 * slash. */
bool stk_secret_vendor_has(const struct stk_secret_vendor *vendor, struct stk_str path,
			   const struct stk_secret *secret);
/* Takes every finding in such a file down to low confidence; drops it when `least` asks for more, and counts it in
 *weaker. prefix is what stands before the root in the findings' paths. */
void stk_secret_vendor_apply(const struct stk_secret_vendor *vendor, struct stk_str prefix, enum stk_confidence least,
			     struct stk_secret *v, size_t *n, size_t *weaker);
