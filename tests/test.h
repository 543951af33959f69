/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Unit tests: CASE(name) { ... } in an x_test.c beside x.c registers itself; the group is the file's folder and name.
 * cmocka's assert_* do the checking. `strake-unit` runs all groups, `strake-unit base/str` one, `strake-unit --list`
 * names them.
 */

/* cmocka.h needs these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

void test_register(const char *file, const char *name, CMUnitTestFunction function);

/* Constructors run before main, so a test registers itself and no list has to be kept. */
#define CASE(name)                                                                                                     \
	static void test_##name(void **state);                                                                         \
	__attribute__((constructor)) static void register_##name(void)                                                 \
	{                                                                                                              \
		test_register(__FILE__, #name, test_##name);                                                           \
	}                                                                                                              \
	static void test_##name(__attribute__((unused)) void **state)

/* Fails with both texts when a view is not the C string. */
#define assert_str(view, text) test_assert_str((view), (text), __FILE__, __LINE__)
void test_assert_str(struct stk_str got, const char *want, const char *file, int line);

/* The bytes of a file below the source tree's root, on the arena; fails the test when it cannot be read. */
struct stk_str test_read(struct stk_arena *arena, const char *path);
/* "../shared/NAME" beside the checkout, or NULL (then the test should call test_skip and return). */
const char *test_shared(const char *name);
void test_skip(const char *why);
