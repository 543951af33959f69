/* SPDX-License-Identifier: Apache-2.0 */
/* The four states of an item: what was found, what was looked at and what was not decide. */
#include "audit/checklist.h"

#include "test.h"

static const struct stk_item *item_of(const struct stk_report *report, const char *id)
{
	for (size_t i = 0; i < report->checklist.n; i++)
		if (stk_str_is(report->checklist.v[i].id, id))
			return &report->checklist.v[i];
	fail_msg("no item %s", id);
	return NULL;
}

struct row {
	const char *id;
	unsigned looked;     /* aspects, as bits */
	enum stk_aspect gap; /* a part of it could not be looked at; STK_ASPECT_COUNT: none */
	const char *finding; /* or NULL */
	enum stk_severity severity;
	bool vulnerability, suppressed;
	enum stk_item_state want;
};

#define COMPOSE	 (1u << STK_ASPECT_COMPOSE)
#define CONTENTS (1u << STK_ASPECT_CONTENTS)
#define IMAGE	 (1u << STK_ASPECT_IMAGE)
#define WORKFLOW (1u << STK_ASPECT_WORKFLOW)
#define NONE	 STK_ASPECT_COUNT

CASE(states)
{
	static const struct row t[] = {
		{ "pipeline-pinned", WORKFLOW, NONE, NULL, 0, false, false, STK_ITEM_MET },
		{ "pipeline-pinned", WORKFLOW, NONE, "PIPE-001", STK_SEV_LOW, false, false, STK_ITEM_NOT_MET },
		{ "pipeline-pinned", WORKFLOW, NONE, "PIPE-002", STK_SEV_HIGH, false, false,
		  STK_ITEM_MET }, /* another item's */
		{ "pipeline-pinned", WORKFLOW, NONE, "PIPE-001", STK_SEV_LOW, false, true,
		  STK_ITEM_MET }, /* silenced */
		{ "pipeline-pinned", 0, NONE, NULL, 0, false, false, STK_ITEM_NOT_APPLICABLE },
		{ "pipeline-pinned", COMPOSE, NONE, NULL, 0, false, false, STK_ITEM_NOT_APPLICABLE },
		{ "pipeline-pinned", WORKFLOW, STK_ASPECT_WORKFLOW, NULL, 0, false, false,
		  STK_ITEM_NOT_CHECKED }, /* never met with a gap */
		{ "pipeline-pinned", WORKFLOW, STK_ASPECT_WORKFLOW, "PIPE-001", STK_SEV_LOW, false, false,
		  STK_ITEM_NOT_MET },
		{ "secrets-image", 0, NONE, NULL, 0, false, false,
		  STK_ITEM_NOT_CHECKED }, /* nothing is known of images without one */
		{ "secrets-image", IMAGE, NONE, NULL, 0, false, false,
		  STK_ITEM_NOT_CHECKED }, /* packages alone were looked at */
		{ "secrets-image", CONTENTS, NONE, NULL, 0, false, false, STK_ITEM_MET },
		{ "secrets-image", CONTENTS, STK_ASPECT_CONTENTS, NULL, 0, false, false, STK_ITEM_NOT_CHECKED },
		{ "secrets-defaults", COMPOSE, NONE, "CMP-607", STK_SEV_MEDIUM, false, false, STK_ITEM_NOT_MET },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_report report = stk_report_new(&arena);
		struct stk_coverage coverage = { 0 };
		stk_report_target(&report, S("x"), "folder");
		for (size_t aspect = 0; aspect < STK_ASPECT_COUNT; aspect++)
			coverage.looked[aspect] = t[i].looked >> aspect & 1;
		if (t[i].gap != NONE)
			coverage.missing[t[i].gap] = S("1 of 2 files");
		if (t[i].finding) {
			struct stk_finding *finding = stk_report_add_bare(&report, stk_str_from(t[i].finding), 0);
			finding->severity = t[i].severity;
			if (t[i].suppressed)
				finding->suppressed = STK_NEW(&arena, struct stk_suppression, 1);
		}
		stk_checklist_fill(&report, &coverage, STK_SEV_HIGH);
		const struct stk_item *item = item_of(&report, t[i].id);
		if (item->state != t[i].want)
			fail_msg("row %zu: %s is %s", i, t[i].id, stk_item_state_name(item->state));
		bool told = item->state == STK_ITEM_NOT_APPLICABLE || item->state == STK_ITEM_NOT_CHECKED;
		assert_int_equal(item->reason.n > 0, told);
		assert_int_equal(item->findings > 0, item->state == STK_ITEM_NOT_MET);
		assert_int_equal(report.checklist.n, stk_n_checklist_rows);
	}
}

CASE(vulnerabilities_count_from_the_line_up)
{
	static const struct {
		enum stk_severity severity;
		bool counts;
	} t[] = { { STK_SEV_MEDIUM, false }, { STK_SEV_HIGH, true }, { STK_SEV_CRITICAL, true } };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_report report = stk_report_new(&arena);
		struct stk_coverage coverage = { .looked[STK_ASPECT_IMAGE] = true };
		struct stk_finding *cve =
			stk_report_add_bare(&report, S("CVE-2024-1"), stk_report_target(&report, S("x"), "image"));
		size_t against = 0;
		cve->severity = t[i].severity;
		cve->vulnerability = STK_NEW(&arena, struct stk_vulnerability, 1);
		stk_checklist_fill(&report, &coverage, STK_SEV_HIGH);
		for (size_t k = 0; k < report.checklist.n; k++)
			against += report.checklist.v[k].state == STK_ITEM_NOT_MET;
		assert_int_equal(against > 0, t[i].counts);
	}
}

/* "image:ID" speaks of findings inside an image; the same id in a file of the project is another matter. */
CASE(findings_inside_images_have_items_of_their_own)
{
	for (int inside = 0; inside < 2; inside++) {
		STK_ARENA arena = { 0 };
		struct stk_report report = stk_report_new(&arena);
		struct stk_coverage coverage = { .looked[STK_ASPECT_CONTENTS] = true };
		struct stk_finding *secret =
			stk_report_add_bare(&report, S("SEC-github-pat"), stk_report_target(&report, S("x"), "image"));
		*(inside ? &secret->location.path : &secret->location.file) = S("app/x");
		stk_checklist_fill(&report, &coverage, STK_SEV_HIGH);
		assert_int_equal(item_of(&report, "secrets-image")->state, inside ? STK_ITEM_NOT_MET : STK_ITEM_MET);
	}
}

/* Findings of one rule are asked about once; those that differ from their rule still count for themselves. */
CASE(each_finding_counts_for_its_items)
{
	static const struct stk_rule user = { .id = "CMP-118", .title = "t", .why = "w", .remedy = "r" };
	static const struct stk_rule secret = { .id = "SEC-x", .title = "t", .why = "w", .remedy = "r" };
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	struct stk_coverage coverage = { .looked = { [STK_ASPECT_COMPOSE] = true, [STK_ASPECT_FILES] = true } };
	size_t target = stk_report_target(&report, S("f"), "compose");
	for (int i = 0; i < 3; i++)
		stk_report_add(&report, &user, target);
	/* One that took another rule's finding in. */
	*STK_PUSH(&arena, &report.findings.v[1].aliases) = S("CMP-105");
	stk_report_add(&report, &secret, target);
	stk_report_add(&report, &secret, target)->location.path = S("etc/key");
	stk_checklist_fill(&report, &coverage, STK_SEV_HIGH);
	assert_int_equal(item_of(&report, "runtime-user")->findings, 3);
	assert_int_equal(item_of(&report, "runtime-new-privileges")->findings, 1);
	assert_int_equal(item_of(&report, "secrets-files")->findings, 2);
	assert_int_equal(item_of(&report, "secrets-image")->findings, 1);
}
