/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * CVSS vectors to scores: version 2.0, 3.0, 3.1 and 4.0 of FIRST's specifications
 * (first.org/cvss). Advisories carry vectors, people want a number and a word.
 *
 * Pure functions of a text. Which of several vectors counts for a finding is severity.h's
 * question.
 */

#include "report/rule.h"

/* Which version a vector is written in. */
enum stk_cvss_version { STK_CVSS_NONE, STK_CVSS_2, STK_CVSS_30, STK_CVSS_31, STK_CVSS_4 };

/* Tells the version by the prefix ("CVSS:3.1/"); a vector without one, also in parentheses, is version 2. */
enum stk_cvss_version stk_cvss_version(struct stk_str vector);
/* The score from 0.0 to 10.0, a multiple of 0.1: of versions 2 and 3 the base score, of version 4 the score of all
   metrics given. False when a metric is unknown, repeated, has no such value, or a base metric is missing. */
bool stk_cvss_score(struct stk_str vector, double *score);
/* The qualitative rating: 0 is none (info), then low, medium from 4.0, high from 7.0, critical from 9.0. */
enum stk_severity stk_cvss_severity(double score);
