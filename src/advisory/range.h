/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One version range of OSV, judged event by event in any order (OSV schema 1.7,
 * "affected[].ranges[].events" and its "Evaluation"). Nothing is sorted and nothing allocated:
 * what decides is the largest event at or below the version. So a database's rows can be judged where they lie.
 *
 * struct stk_range is one range; struct stk_judge is all that one element of "affected" says,
 * and what callers use.
 */

#include "package/version.h"

enum stk_event_kind {
	STK_EVENT_INTRODUCED,
	STK_EVENT_FIXED,
	STK_EVENT_LAST_AFFECTED,
	STK_EVENT_LIMIT,
	STK_EVENT_KINDS
};

/* Of OSV's ranges only these two speak of a package's versions. */
enum stk_range_type { STK_RANGE_ECOSYSTEM, STK_RANGE_SEMVER, STK_RANGE_GIT, STK_RANGE_OTHER };

/* Undecided: a version could not be read, so that neither answer would be true. */
enum stk_verdict { STK_UNAFFECTED, STK_AFFECTED, STK_UNDECIDED };

/* The state between events; begin and end make and read it. */
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

/*
 * All ranges and listed versions of one element of "affected": a version is affected when it is listed or any range
 * says so. With neither (GIT ranges are neither) every version is.
 */
struct stk_judge {
	enum stk_scheme scheme; /* the ecosystem's; STK_SCHEME_COUNT: not known */
	struct stk_str version, fix;
	struct stk_range range;
	bool states_versions, affected, undecided, in_range;
};

/* scheme: of the package's ecosystem. version must stay until the end. */
struct stk_judge stk_judge_begin(enum stk_scheme scheme, struct stk_str version);
/* A version of the list: literally the installed one, or of PyPI the same by PEP 440. */
void stk_judge_listed(struct stk_judge *judge, struct stk_str version);
/* Begins a range, whose events follow. */
void stk_judge_range(struct stk_judge *judge, enum stk_range_type type);
void stk_judge_event(struct stk_judge *judge, enum stk_event_kind kind, struct stk_str at);
/* *fix: of all ranges that say "affected" the smallest fixed version above the version, or empty. */
enum stk_verdict stk_judge_end(struct stk_judge *judge, struct stk_str *fix);
