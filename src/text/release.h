/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Releases of distributions and when their support ends: looked up by what os-release says, and
 * by the name and tag of a base image. Data, compiled in: the answer must not depend on a
 * network or on the age of a database, and changes twice a year.
 *
 * Used by the image scan (a release without security updates is a finding, and its
 * vulnerabilities are incomplete) and by the rule about base images in Dockerfiles.
 */

#include "base/str.h"

struct stk_release {
	const char *family;   /* "debian", "alpine", "redhat": the names that stk_release_family gives */
	const char *version;  /* as advisories name it: "12", "3.20", "22.04" */
	const char *codename; /* "bookworm", or NULL */
	const char *end;      /* the last day of support, "2028-06-10"; NULL: supported, no end is set */
};

/* Every known release, by family, oldest first. */
extern const struct stk_release stk_releases[];
extern const size_t stk_n_releases;

/* The family for the ID of an os-release file: "rhel" -> "redhat", "ol" -> "oracle", "debian" -> "debian". An unknown
   ID is its own family. */
struct stk_str stk_release_family(struct stk_str id);
/* The release a family's full version belongs to ("debian" "12.5" -> 12, "alpine" "3.20.3" -> 3.20) or whose codename
   it is; NULL when none is known. */
const struct stk_release *stk_release_find(struct stk_str family, struct stk_str version);
/* The release inside a base image, as far as name (without registry or with it) and tag tell: "debian" "11-slim",
   "python" "3.9-buster", "node" "18-alpine3.17"; NULL when they do not tell. */
const struct stk_release *stk_release_of_image(struct stk_str name, struct stk_str tag);
/* Is its support over at this time (seconds since 1970)? */
bool stk_release_ended(const struct stk_release *release, int64_t now);
