/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What each scheme gives the table of version.c, and the pieces that schemes share. Private to
 * version*.c. Numbers in versions are compared as digits of any length: a build number of
 * twenty digits must not overflow, and must not be refused either.
 */

#include "base/str.h"

struct stk_version_ops {
	bool (*valid)(struct stk_str version);
	/* Both operands are valid. <0, 0, >0. */
	int (*compare)(struct stk_str a, struct stk_str b);
};

extern const struct stk_version_ops stk_version_deb, stk_version_apk, stk_version_rpm, stk_version_pacman,
	stk_version_semver, stk_version_generic, stk_version_go, stk_version_npm, stk_version_pub, stk_version_pep440,
	stk_version_gem, stk_version_nuget;

/* Numbers of any length, as digits: by value. */
int stk_digits_compare(struct stk_str a, struct stk_str b);
/* Numbers between dots, one by one; what is missing is 0. */
int stk_dotted_compare(struct stk_str a, struct stk_str b);
/* Takes the leading run of digits (letters) off *rest. */
struct stk_str stk_cut_digits(struct stk_str *rest);
struct stk_str stk_cut_letters(struct stk_str *rest);
