/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* For tests of Dockerfile rules. */

#include "dockerfile/rules.h"

/* What rules need beside the file: everything is switched on, docker.io and registry.example.com are trusted, and the
   schema has the labels note, url, version, revision, created, licenses and contact, each of another type. */
const struct stk_dockerfile_options *test_dockerfile_options(void);
/* Checks a text as a whole, as the command does; a FROM line is put before a text without one. options may be NULL for
 * the ones above. */
struct stk_report *test_dockerfile_check(struct stk_arena *arena, const char *text,
					 const struct stk_dockerfile_options *options);
/* How often the rule with this id or alias counts in a report: findings that are silenced do not. */
size_t test_count_findings(const struct stk_report *report, const char *id);

/* A text and the lines on which a rule fires in it, as in "2 5"; "" for none. */
struct test_dockerfile_row {
	const char *id, *lines, *text;
};
/* Fails with the first row that does not hold. */
void test_dockerfile_rows(const struct test_dockerfile_row *rows, size_t n,
			  const struct stk_dockerfile_options *options);

/* A file and what mending makes of it; after NULL: stays as it is. */
struct test_fix_row {
	const char *before, *after;
};
/* Fails with the first row that does not hold, and where mending a second time changes something. unsafe: with the
 * risky repairs too. */
void test_dockerfile_fixes(const struct test_fix_row *rows, size_t n, const struct stk_dockerfile_options *options,
			   bool unsafe);
