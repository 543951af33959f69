/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What an advisory is called, and who wrote it. One vulnerability goes by several names
 * (CVE-2024-1, GHSA-..., DSA-5600-1), and a distribution's advisory may speak of several
 * vulnerabilities: here is decided which names a finding gets, so that one vulnerability is one
 * finding.
 */

#include "advisory/database_read.h"

/* Does it begin with "CVE-", in that case? */
bool stk_is_cve(struct stk_str id);
/*
 * The names of the vulnerabilities an advisory speaks of, appended: the CVEs among its id, aliases or upstream ids; of
 * a distribution's advisory that states neither, those it is related to; else the CVEs of the advisory that an alias
 * names; else a GHSA alias, else its own id.
 */
void stk_advisory_names(const struct stk_database *database, struct stk_arena *arena,
			const struct stk_row_advisory *advisory, bool distribution, struct stk_strs *out);
/* Does it speak of one vulnerability alone? An update that mends several is no description of one. */
bool stk_advisory_is_about_one(const struct stk_database *database, const struct stk_row_advisory *advisory);
/* Who writes advisories with such ids: "debian" "ghsa" "nvd"; "osv" when it is not known. */
struct stk_str stk_advisory_source(struct stk_str id);
