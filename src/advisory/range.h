/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One version range of OSV, judged event by event in any order (OSV schema 1.7, "affected[].ranges[].events"). Nothing
 * is sorted and nothing allocated: what decides is the largest event at or below the version.
 */
#pragma once
#include "package/version.h"

enum stk_event_kind {
	STK_EVENT_INTRODUCED,
	STK_EVENT_FIXED,
	STK_EVENT_LAST_AFFECTED,
	STK_EVENT_LIMIT,
	STK_EVENT_KINDS
};

/* Undecided: a version could not be read, so that neither answer would be true. */
enum stk_verdict { STK_UNAFFECTED, STK_AFFECTED, STK_UNDECIDED };

struct stk_range {
	enum stk_scheme scheme;
	struct stk_str version;
	struct stk_str on, off; /* the largest event at or below the version that begins, or ends, being affected */
	struct stk_str fix;	/* the smallest fixed version above it */
	bool has_on, has_off, has_events, has_limit, below_limit, unreadable;
};

/* version must stay until the end. */
struct stk_range stk_range_begin(enum stk_scheme scheme, struct stk_str version);
void stk_range_event(struct stk_range *range, enum stk_event_kind kind, struct stk_str at);
/* The verdict; when it is STK_AFFECTED, *fix is the smallest fixed version above the version, or the empty string. */
enum stk_verdict stk_range_end(const struct stk_range *range, struct stk_str *fix);
