/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which known vulnerabilities an inventory has: packages are looked up by ecosystem and name, versions are compared in
 * the ecosystem's scheme, and one vulnerability of one package is one finding, whatever number of advisories speak of
 * it.
 */

#include "advisory/database.h"
#include "report/report.h"

/* What is known of the system the packages were found in. Empty strings where it is not known. */
struct stk_match_os {
	struct stk_str id;	 /* os-release's ID: "debian" "alpine" "rhel" "opensuse-leap" */
	struct stk_str version;	 /* VERSION_ID: "12" "3.18.4" "9.4"; of Debian without one, debian_version's contents */
	struct stk_str codename; /* VERSION_CODENAME, or what stands before the slash in "trixie/sid" */
	struct stk_str repository; /* of Alpine: the newest branch of etc/apk/repositories, "3.18" or "edge" */
	struct stk_str edition;	   /* what VERSION says in parentheses: "LTS-SP3" of openEuler's "22.03 (LTS-SP3)" */
};

/*
 * Appends a finding for every vulnerability of every package to the report, in the order of the packages. Their strings
 * live in the database, the packages, or the report's arena: keep the database open until the report is rendered. The
 * packages must not move: findings point at them.
 *
 * Never silent: a release or an ecosystem the database knows nothing of, and versions that cannot be compared, are gaps
 * of the report; what a built-in set cannot know is said in its notice.
 */
void stk_match(const struct stk_database *database, const struct stk_match_os *os, const struct stk_packages *packages,
	       size_t target, struct stk_report *report);
