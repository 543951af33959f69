/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What several renderers need to know about a report or a finding: counts, places, messages,
 * fingerprints. Pure functions of the report.
 */

#include "base/buf.h"
#include "report/report.h"

/* `of` and `total` leave suppressed findings out; gaps are what could not be scanned. */
struct stk_counts {
	size_t of[STK_SEV_COUNT], total, suppressed, gaps;
};

/* Findings that count, by severity; target SIZE_MAX counts all targets. */
struct stk_counts stk_report_count(const struct stk_report *report, size_t target);
/* Appends "2 critical, 5 high", worst first, or "nothing found", with gaps "nothing found in what could be scanned". */
void stk_counts_text(struct stk_buf *out, const struct stk_counts *counts);
/* The same over all targets, and how many images were not looked at: "nothing found, 4 images not looked at". */
void stk_headline_text(struct stk_buf *out, const struct stk_report *report);
/* Appends where a finding is, as people write it: "Dockerfile:3:5", "usr/bin/x (layer 2)", or the target's name. */
void stk_finding_place(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding);
/* The finding's message without line breaks; its title when there is none, else its id. */
struct stk_str stk_finding_message(const struct stk_finding *finding);
/* 128 bits as 32 hex digits that stay the same while the finding does: from id, place without line number, and package
   or the source line's text, so that lines inserted above do not change it. out holds 33 bytes. */
void stk_finding_fingerprint(const struct stk_report *report, const struct stk_finding *finding, char out[33]);
/* The 1-based line of a target's text, without its end; empty when there is none. */
struct stk_str stk_target_line(const struct stk_target *target, uint32_t line);
/* The column, a byte counted from 1, of a line of the target's text as a number of characters, from 1. */
int64_t stk_target_character(const struct stk_target *target, uint32_t line, uint32_t column);
