/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the scorers of the CVSS versions share: vectors read by a table of metrics. */

#include "base/str.h"

enum { STK_CVSS_MAX_METRICS = 40, STK_CVSS_ABSENT = 0xff };

struct stk_cvss_metric {
	const char *name;
	const char *values; /* separated by spaces; a value is known by its place */
};

/* Reads "AV:N/AC:L/..." into the place of each metric's value, or STK_CVSS_ABSENT. False when a metric is unknown or
   repeated, has no such value, or one of the first n_required is missing. */
bool stk_cvss_metrics(struct stk_str text, const struct stk_cvss_metric *table, size_t n, size_t n_required,
		      uint8_t *values);

/* The scorers: text is the vector without its prefix. */
bool stk_cvss2_score(struct stk_str text, double *score);
bool stk_cvss3_score(struct stk_str text, double *score);
bool stk_cvss4_score(struct stk_str text, double *score);
