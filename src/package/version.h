/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Version schemes: how each distribution and language orders its version strings, and the
 * constraints written over them. Comparing fails visibly on what is no version, so that "cannot
 * compare" never becomes "not vulnerable".
 *
 * One file a scheme family, version_*.c, and one for constraints. Each follows the tool that
 * decides in practice (dpkg, apk, librpm, pip, gem, node-semver ...), also where its documents
 * say otherwise. Nothing here allocates, but for constraints whose bounds have to be written
 * out.
 */

#include "base/err.h"

/* PACMAN is for `strake eval`; GENERIC is for ecosystems without rules of their own, compared
   as lenient semver. */
enum stk_scheme {
	STK_SCHEME_DEB,
	STK_SCHEME_APK,
	STK_SCHEME_RPM,
	STK_SCHEME_PACMAN,
	STK_SCHEME_SEMVER,
	STK_SCHEME_GENERIC,
	STK_SCHEME_GO,
	STK_SCHEME_NPM,
	STK_SCHEME_PUB,
	STK_SCHEME_PEP440,
	STK_SCHEME_GEM,
	STK_SCHEME_NUGET,
	STK_SCHEME_COUNT,
};

/* The name that `strake eval version` and messages use: "deb", "apk". */
const char *stk_scheme_name(enum stk_scheme scheme);
/* Reads a scheme's name ("deb"); false when there is no such scheme. */
bool stk_scheme_parse(struct stk_str name, enum stk_scheme *out);

/* Does the scheme's own tool take it as a version? */
bool stk_version_valid(enum stk_scheme scheme, struct stk_str version);
/* Sets *order to -1, 0 or 1. Returns -1, *order untouched, when an operand is no version of the scheme. */
int stk_version_compare(enum stk_scheme scheme, struct stk_str a, struct stk_str b, int *order);
/*
 * Does the version satisfy the constraint? Comparators (= == != < <= > >=, ~ ^ ~> ~= in the schemes that have them)
 * joined by commas or spaces all hold; "||" separates alternatives; an empty constraint holds always. Returns -1, *out
 * untouched, when the version or the constraint cannot be read.
 */
int stk_version_satisfies(enum stk_scheme scheme, struct stk_str constraint, struct stk_str version, bool *out);
