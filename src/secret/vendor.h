/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Files that a distribution's package brought and that nobody changed since: what looks like a credential in them is a
 * test vector or a sample, and not this team's. dpkg records an MD5 of every file (var/lib/dpkg/info/PACKAGE.md5sums;
 * deb-md5sums(5)).
 */

#include "secret/secret.h"

struct stk_secret_vendor {
	struct {
		struct stk_str *v;
		size_t n, cap;
	} lists; /* contents of .md5sums files */
};

/* Is this one of the files that hold such a list? */
bool stk_secret_vendor_is_list(struct stk_str path);
/* Takes a list in; the bytes are copied. */
void stk_secret_vendor_add(struct stk_secret_vendor *vendor, struct stk_arena *arena, struct stk_str bytes);
/* Is the file that the secret was found in recorded with the contents it has? path is from the root, without leading
 * slash. */
bool stk_secret_vendor_has(const struct stk_secret_vendor *vendor, struct stk_str path,
			   const struct stk_secret *secret);
/* Takes every finding in such a file down to low confidence; drops it when `least` asks for more, and counts it in
 *weaker. prefix is what stands before the root in the findings' paths. */
void stk_secret_vendor_apply(const struct stk_secret_vendor *vendor, struct stk_str prefix, enum stk_confidence least,
			     struct stk_secret *v, size_t *n, size_t *weaker);
