/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How bad a vulnerability is: the vendor's word for its package first, then CVSS, newest
 * version first. The vendor knows how its package is built (a flaw in code that is not compiled
 * in is "negligible"), the vector speaks of upstream at its worst.
 *
 * A choice is made in steps: consider each advisory, from the most to the least specific; then
 * stk_severity_from_cvss if no vendor has spoken.
 */

#include "advisory/vulnerability.h"

struct stk_severity_choice {
	enum stk_severity severity;
	struct stk_str source; /* who says so; empty when nobody does */
};

/* Reads a vendor's word: "moderate", "important", "negligible", Debian's "low**". False when it says nothing. */
bool stk_vendor_severity(struct stk_str word, enum stk_severity *out);
/* Looks at what an advisory says of one package (affected may be NULL) and takes what is better than the choice so far:
   the first vendor's word, or the newest CVSS version when no vendor spoke. Vectors are appended to the vulnerability.
 */
void stk_severity_consider(const struct stk_database *database, struct stk_arena *arena,
			   const struct stk_row_advisory *advisory, const struct stk_row_affected *affected,
			   const struct stk_ecosystem *ecosystem, struct stk_vulnerability *vulnerability,
			   struct stk_severity_choice *choice);
/* Of the vectors collected, the rating of the newest version; the choice stays when there are none. */
void stk_severity_from_cvss(const struct stk_vulnerability *vulnerability, struct stk_severity_choice *choice);
