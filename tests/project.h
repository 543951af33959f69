/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Compose projects for tests, without a disk: one text holds all files, cut at lines "%% NAME"; what stands before the
 * first such line is compose.yaml. The files lie below /p, where the run starts; NAME may be absolute.
 */

#include "compose/check.h"
#include "compose/load.h"

/* Loads it. options may be NULL; what they leave open: the folder /p, and HOME=/root as the only variable. Returns
 * stk_compose_load's. */
int test_load(struct stk_arena *arena, const char *files, const struct stk_compose_options *options,
	      struct stk_compose **out, struct stk_err *err);
/* The value below a path ("services.web.ports.0.target", "" for all) as JSON on one line; "(none)" where there is none.
 */
struct stk_str test_value(struct stk_arena *arena, const struct stk_compose_node *root, const char *path);

/* What the rules say of it, sorted; each file is a target. It is loaded leniently and has to load. check: the facts and
 * registries that the rules are given; the rest of it is filled in here. */
struct stk_report *test_report(struct stk_arena *arena, const char *files, const struct stk_compose_options *options,
			       struct stk_compose_check check);

/* One expectation of a table. */
struct test_compose {
	const char *files;
	const char *path; /* the value there is `want`; NULL: the project is refused, at the place and with the words of
			     `want` */
	const char *want; /* JSON; of a refusal "compose.yaml:3:5: words", the words being a part of the message or of
			     its hint */
};
/* Fails the test with the row's number and both texts. options as above. */
void test_compose_rows(const struct test_compose *rows, size_t n, const struct stk_compose_options *options,
		       const char *file, int line);
#define check_compose(rows)		  test_compose_rows((rows), STK_LEN(rows), NULL, __FILE__, __LINE__)
#define check_compose_with(rows, options) test_compose_rows((rows), STK_LEN(rows), (options), __FILE__, __LINE__)
