/* SPDX-License-Identifier: Apache-2.0 */
/* The unit test program: groups run one after another, each test's result on a TAP line. Run from the source tree's
 * root. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/file.h"

enum { MOST_TESTS = 4000 };

struct registered {
	char group[64];
	struct CMUnitTest test;
};

static struct registered tests[MOST_TESTS];
static size_t n_tests;

void test_register(const char *file, const char *name, CMUnitTestFunction function)
{
	if (n_tests == MOST_TESTS)
		abort();
	struct stk_str path = stk_str_strip_suffix(stk_str_from(file), S("_test.c"));
	size_t slash = stk_str_rfind_byte(path, '/');
	size_t folder = slash == SIZE_MAX ? SIZE_MAX : stk_str_rfind_byte(stk_str_slice(path, 0, slash), '/');
	struct stk_str group = folder == SIZE_MAX ? path : stk_str_slice(path, folder + 1, path.n);
	struct registered *entry = &tests[n_tests++];
	snprintf(entry->group, sizeof(entry->group), STK_FMT, STK_ARG(group));
	entry->test = (struct CMUnitTest){ .name = name, .test_func = function };
}

void test_assert_str(struct stk_str got, const char *want, const char *file, int line)
{
	if (stk_str_is(got, want))
		return;
	print_error("got  \"" STK_FMT "\"\nwant \"%s\"\n", STK_ARG(got), want);
	_fail(file, line);
}

struct stk_str test_read(struct stk_arena *arena, const char *path)
{
	struct stk_err err;
	struct stk_str text = S("");
	if (stk_file_read(arena, path, STK_MIB(256), &text, &err) < 0)
		fail_msg("%s", err.msg);
	return text;
}

const char *test_shared(const char *name)
{
	static char path[512];
	snprintf(path, sizeof(path), "../shared/%s", name);
	return stk_file_exists(path) ? path : NULL;
}

void test_skip(const char *why)
{
	print_message("# skipped: %s\n", why);
	skip();
}

static bool first_of_group(size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(tests[j].group, tests[i].group) == 0)
			return false;
	return true;
}

static int run_group(const char *group)
{
	static struct CMUnitTest chosen[MOST_TESTS];
	size_t n = 0;
	for (size_t i = 0; i < n_tests; i++)
		if (strcmp(tests[i].group, group) == 0)
			chosen[n++] = tests[i].test;
	if (!n) {
		fprintf(stderr, "no group %s; --list names them\n", group);
		return 1;
	}
	return _cmocka_run_group_tests(group, chosen, n, NULL, NULL);
}

int main(int argc, char **argv)
{
	int failed = 0;
	bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1 && !list)
		return run_group(argv[1]) != 0;
	for (size_t i = 0; i < n_tests; i++) {
		if (!first_of_group(i))
			continue;
		if (list)
			puts(tests[i].group);
		else
			failed += run_group(tests[i].group) != 0;
	}
	return failed != 0;
}
