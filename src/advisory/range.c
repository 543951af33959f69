/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSV's evaluation sorts the events and walks them; on equal versions "introduced" comes first. The walk's end state is
 * that of the last event at or below the version, so the largest of each kind is all that has to be remembered. "0" is
 * below everything.
 */
#include "advisory/range.h"

#include "base/banned.h"

/* OSV's "0": before every version, whatever the scheme says of it. */
static bool lowest(struct stk_str version)
{
	return version.n == 1 && version.p[0] == '0';
}

/* Between two events. False, and the range unreadable, when the scheme cannot compare them. */
static bool compare(struct stk_range *range, struct stk_str a, struct stk_str b, int *order)
{
	if (lowest(a) || lowest(b)) {
		*order = lowest(b) - lowest(a);
		return true;
	}
	if (range->scheme != STK_SCHEME_COUNT && stk_version_compare(range->scheme, a, b, order) == 0)
		return true;
	range->unreadable = true;
	return false;
}

/* The installed version "0" is an ordinary one: only events may mean "everything". */
static bool compare_installed(struct stk_range *range, struct stk_str at, int *order)
{
	if (lowest(at)) {
		*order = -1;
		return true;
	}
	if (range->scheme != STK_SCHEME_COUNT && stk_version_compare(range->scheme, at, range->version, order) == 0)
		return true;
	range->unreadable = true;
	return false;
}

/* An event that cannot be compared makes the whole range unreadable: see compare. */
static void keep_largest(struct stk_range *range, struct stk_str *best, bool *has, struct stk_str at)
{
	int order;
	if (!*has || (compare(range, at, *best, &order) && order > 0))
		*best = at;
	*has = true;
}

static void keep_smallest(struct stk_range *range, struct stk_str at)
{
	int order;
	if (!range->fix.n || (compare(range, at, range->fix, &order) && order < 0))
		range->fix = at;
}

/* Go's own releases are called "go1.22.1". */
static struct stk_str without_go(struct stk_str version)
{
	struct stk_str rest = stk_str_strip_prefix(version, S("go"));
	return rest.n && stk_is_digit(rest.p[0]) ? rest : version;
}

struct stk_range stk_range_begin(enum stk_scheme scheme, struct stk_str version)
{
	if (scheme == STK_SCHEME_GO)
		version = without_go(version);
	return (struct stk_range){ .scheme = scheme, .version = version };
}

void stk_range_event(struct stk_range *range, enum stk_event_kind kind, struct stk_str at)
{
	int order; /* of the event against the version */
	range->has_events = true;
	if (kind == STK_EVENT_LIMIT) {
		range->has_limit = true;
		/* Limits: affected only below at least one of them; "*" is above everything
		   (OSV schema, "limit"). */
		if ((at.n == 1 && at.p[0] == '*') || (compare_installed(range, at, &order) && order > 0))
			range->below_limit = true;
		return;
	}
	if (!compare_installed(range, at, &order))
		return;
	if (kind == STK_EVENT_INTRODUCED && order <= 0)
		keep_largest(range, &range->on, &range->has_on, at);
	/* A fix ends it at its own version, last_affected only behind it. */
	else if ((kind == STK_EVENT_FIXED && order <= 0) || (kind == STK_EVENT_LAST_AFFECTED && order < 0))
		keep_largest(range, &range->off, &range->has_off, at);
	else if (kind == STK_EVENT_FIXED)
		keep_smallest(range, at);
}

enum stk_verdict stk_range_end(const struct stk_range *range, struct stk_str *fix)
{
	struct stk_range copy = *range;
	int order;
	*fix = S("");
	if (range->unreadable)
		return STK_UNDECIDED;
	if (!range->has_events) /* a range without bounds */
		return STK_AFFECTED;
	if (!range->has_on || (range->has_limit && !range->below_limit))
		return STK_UNAFFECTED;
	if (range->has_off && (!compare(&copy, range->off, range->on, &order) || order >= 0))
		return copy.unreadable ? STK_UNDECIDED : STK_UNAFFECTED;
	*fix = range->fix;
	return STK_AFFECTED;
}

struct stk_judge stk_judge_begin(enum stk_scheme scheme, struct stk_str version)
{
	return (struct stk_judge){ .scheme = scheme, .version = version, .fix = S("") };
}

void stk_judge_listed(struct stk_judge *judge, struct stk_str version)
{
	int order;
	judge->states_versions = true;
	if (stk_str_eq(version, judge->version))
		judge->affected = true;
	else if (judge->scheme == STK_SCHEME_PEP440 && !judge->affected &&
		 stk_version_compare(judge->scheme, version, judge->version, &order) == 0)
		judge->affected = order == 0;
}

/* One range is enough to be affected; of several ranges' fixes the smallest is the nearest. */
static void end_range(struct stk_judge *judge)
{
	struct stk_str fix;
	int order;
	if (!judge->in_range)
		return;
	judge->in_range = false;
	enum stk_verdict verdict = stk_range_end(&judge->range, &fix);
	judge->affected |= verdict == STK_AFFECTED;
	judge->undecided |= verdict == STK_UNDECIDED;
	if (fix.n &&
	    (!judge->fix.n || (stk_version_compare(judge->range.scheme, fix, judge->fix, &order) == 0 && order < 0)))
		judge->fix = fix;
}

void stk_judge_range(struct stk_judge *judge, enum stk_range_type type)
{
	end_range(judge);
	if (type > STK_RANGE_SEMVER)
		return;
	/* SEMVER ranges say how to compare them, also where the ecosystem is not known. */
	bool unknown = judge->scheme == STK_SCHEME_COUNT && type == STK_RANGE_SEMVER;
	judge->range = stk_range_begin(unknown ? STK_SCHEME_SEMVER : judge->scheme, judge->version);
	judge->in_range = judge->states_versions = true;
}

void stk_judge_event(struct stk_judge *judge, enum stk_event_kind kind, struct stk_str at)
{
	if (judge->in_range)
		stk_range_event(&judge->range, kind, at);
}

enum stk_verdict stk_judge_end(struct stk_judge *judge, struct stk_str *fix)
{
	end_range(judge);
	*fix = judge->fix;
	if (judge->affected || !judge->states_versions)
		return STK_AFFECTED;
	return judge->undecided ? STK_UNDECIDED : STK_UNAFFECTED;
}
