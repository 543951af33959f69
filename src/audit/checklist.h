/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The guide's checklist: which findings speak against which item, and what had to be looked at
 * to call an item met. An item is "met" only when what it needs was looked at and nothing spoke
 * against it: what was not looked at is "not checked", never "met".
 */

#include "report/report.h"

/* What an audit may have looked at. */
#define STK_ASPECTS(X)                                                                                                 \
	X(DOCKERFILE, "no Dockerfile was found")                                                                       \
	X(CONTEXT, "no build context was found")                                                                       \
	X(COMPOSE, "no Compose file was found")                                                                        \
	X(NETWORK, "no Compose file was found")                                                                        \
	X(ASSERTIONS, ".strake.yaml states no network assertions")                                                     \
	X(TRUST, ".strake.yaml names no trusted registries")                                                           \
	X(IMAGE, "no image was at hand")                                                                               \
	X(CONTENTS, "no image was at hand")                                                                            \
	X(FILES, "no file was searched")                                                                               \
	X(WORKFLOW, "no CI workflow was found")

enum stk_aspect {
#define X(name, absent) STK_ASPECT_##name,
	STK_ASPECTS(X)
#undef X
		STK_ASPECT_COUNT,
};

/* What the run looked at; filled step by step. */
struct stk_coverage {
	bool looked[STK_ASPECT_COUNT];		  /* at least one of the kind was looked at */
	struct stk_str missing[STK_ASPECT_COUNT]; /* "2 of 5 images": what of the kind could not be looked at; empty:
						     nothing */
};

/* A row of the list, for `strake rules --checklist`. */
struct stk_checklist_row {
	const char *id;
	enum stk_guide_layer layer;
	const char *text;
	unsigned needs;	   /* bits 1 << enum stk_aspect: any of them suffices to judge; 0: this version cannot judge */
	const char *rules; /* ids, separated by spaces; "*" and "?" stand for any bytes; "CVE" for known vulnerabilities
			      at the line, "image:ID" for findings inside an image */
	const char *unchecked; /* why this version cannot judge, or NULL */
};

extern const struct stk_checklist_row stk_checklist_rows[];
extern const size_t stk_n_checklist_rows;

/* Do a row's patterns name this rule? */
bool stk_checklist_names(const struct stk_checklist_row *row, struct stk_str rule);
/* The same for a rule's row, by its id or an alias. */
bool stk_checklist_rule(const struct stk_checklist_row *row, const struct stk_rule *rule);
/* Fills report->checklist. Known vulnerabilities count from severity `line` up; suppressed findings do not count. */
void stk_checklist_fill(struct stk_report *report, const struct stk_coverage *coverage, enum stk_severity line);
