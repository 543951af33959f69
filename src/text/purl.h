/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Package URLs (github.com/package-url/purl-spec): written in their canonical form. The names
 * by which SBOMs, advisories and people refer to a package; made from the inventory, and not
 * read by this program.
 */

#include "base/arena.h"

struct stk_purl_qualifier {
	const char *key;
	struct stk_str value;
};

struct stk_purl {
	struct stk_str type, namespace, name,
		version; /* unencoded; namespace, with "/" between its parts, and version may be empty */
	const struct stk_purl_qualifier *qualifiers; /* sorted by key; those with an empty value are left out */
	size_t n_qualifiers;
};

/* "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12.5" */
struct stk_str stk_purl_format(struct stk_arena *arena, const struct stk_purl *purl);
