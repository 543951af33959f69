/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* For tests of secrets: an engine and a scan. */

#include "secret/secret.h"

/* A key id of AWS that nobody has, in two parts so that no scanner takes the tests for a leak: printf with "%s%s". */
#define TEST_AWS "AKIACG5HK5RKI5PCIN", "EK"

struct test_secrets {
	struct stk_arena arena;
	struct stk_secret_engine *engine;
	struct stk_secret_scan *scan;
};

/* options NULL: everything from low confidence on. */
void test_secrets_open(struct test_secrets *s, const struct stk_secret_options *options);
void test_secrets_close(struct test_secrets *s);
/* Scans one text as if it were the first; how many secrets and gaps there are stands in s->scan. */
size_t test_secrets_scan(struct test_secrets *s, const char *path, struct stk_str text);
/* "rule@path:line rule@path:line" of what was found, in order. */
struct stk_str test_secrets_found(struct test_secrets *s);
