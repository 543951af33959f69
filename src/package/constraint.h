/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One comparator of a constraint, and the dialects that know more than the six plain operators.
 * Private to constraint*.c and the version_*.c that define a dialect.
 *
 * constraint.c takes a constraint apart into comparators and asks the scheme's dialect about
 * each. Whatever cannot be read is -1 all the way up: a constraint that is not understood must
 * never read as "does not apply".
 */

#include "package/version.h"

/* The six plain ones first: code asks `op > STK_OP_GE` for "more than an order". */
enum stk_operator {
	STK_OP_EQ,
	STK_OP_NE,
	STK_OP_LT,
	STK_OP_LE,
	STK_OP_GT,
	STK_OP_GE,
	STK_OP_TILDE,	    /* ~1.2 */
	STK_OP_CARET,	    /* ^1.2 */
	STK_OP_PESSIMISTIC, /* ~> 1.2 */
	STK_OP_COMPATIBLE,  /* ~= 1.2 */
	STK_OP_IDENTICAL,   /* === 1.2 */
};

/* Operator and bound: ">= 1.2". The version is a view into the constraint. */
struct stk_comparator {
	enum stk_operator op;
	struct stk_str version;
};

/* Does a plain operator hold for this order of version and bound? */
bool stk_order_holds(enum stk_operator op, int order);
/* 1 or 0; -1 when the scheme does not know the operator or cannot compare. */
int stk_compare_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version);

/* The dialects: 1 when the comparator holds for the (valid) version, 0 when not, -1 when it cannot be read. */
int stk_semver_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version);
int stk_pep440_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version);
int stk_gem_holds(enum stk_scheme scheme, const struct stk_comparator *c, struct stk_str version);
/* NuGet's intervals: "[1.0,2.0)", "[1.0]", "(,2.0]"; a bare version is the least that will do. */
int stk_nuget_satisfies(struct stk_str constraint, struct stk_str version);
