/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the files of the HTML renderer share: html.c makes the page, html_findings.c its longest
 * section. The page is one file that loads nothing from anywhere (its policy forbids it), works
 * without scripts, and can be mailed.
 */

#include "report/format.h"

/* Appends the section with every finding: filters, blocks for rules, tables for known vulnerabilities. */
void stk_html_findings(struct stk_buf *out, const struct stk_report *report, const struct stk_render_options *options);
/* The badge of a severity. */
void stk_html_badge(struct stk_buf *out, enum stk_severity severity);
