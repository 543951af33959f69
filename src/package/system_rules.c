/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules about the distribution itself: see system_rules.h. One so far; a row and a function
 * each.
 */
#include "package/system_rules.h"

#include <string.h>

#include "base/banned.h"

struct check {
	const struct stk_inventory *inventory;
	struct stk_report *report;
	size_t target;
	int64_t now;
};

/* The newest release of the family that is still supported, or NULL. Rolling ones have no number to build on. */
static const struct stk_release *supported(const struct stk_release *than, int64_t now)
{
	const struct stk_release *best = NULL;
	for (size_t i = 0; i < stk_n_releases; i++) {
		const struct stk_release *r = &stk_releases[i];
		if (strcmp(r->family, than->family) == 0 && !stk_release_ended(r, now) && stk_is_digit(r->version[0]) &&
		    !stk_str_contains(stk_str_from(r->version), S("-")))
			best = r;
	}
	return best;
}

static void end_of_life(const struct stk_rule *rule, void *context)
{
	const struct check *c = context;
	const struct stk_os *os = &c->inventory->os;
	struct stk_arena *arena = c->report->arena;
	if (!os->release || !stk_release_ended(os->release, c->now))
		return;
	const struct stk_release *better = supported(os->release, c->now);
	struct stk_finding *finding = stk_report_add(c->report, rule, c->target);
	finding->message = stk_arena_printf(arena, STK_FMT " " STK_FMT " gets no security updates since %s",
					    STK_ARG(os->family), STK_ARG(os->version), os->release->end);
	stk_finding_evidence(c->report, finding, "its files call it " STK_FMT,
			     STK_ARG(os->name.n ? os->name : os->family));
	if (better)
		finding->remedy = stk_arena_printf(arena, "Build on a release that is supported, such as %s %s.",
						   better->family, better->version);
}

static const struct stk_rule rows[] = {
	{
		.id = "IMG-001",
		.layer = STK_LAYER_IMAGE,
		.severity = STK_SEV_HIGH,
		.title = "the distribution's release has reached its end of life",
		.why = "Vulnerabilities that are found from then on are neither mended in its packages nor, often, "
		       "recorded for them: a scan "
		       "that finds little proves little.",
		.remedy = "Build on a release that is supported.",
		.bad = "FROM debian:10",
		.good = "FROM debian:13",
		.check = end_of_life,
	},
};

const struct stk_rule_table stk_system_rules = { "image", rows, STK_LEN(rows) };

void stk_system_check(const struct stk_inventory *inventory, int64_t now, size_t target, struct stk_report *report)
{
	struct check check = { inventory, report, target, now };
	for (size_t i = 0; i < STK_LEN(rows); i++)
		rows[i].check(&rows[i], &check);
}
