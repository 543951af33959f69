/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One line on the terminal that says how far something is. It draws only when asked to, at most
 * ten times a second, and leaves nothing behind. Drawn to standard error, as the report may go
 * to standard output; only because src/cli said so with `on`.
 */

#include "base/str.h"

struct stk_progress {
	bool on, drawn;
	struct stk_str label; /* "debian.tar"; not copied */
	uint64_t total;	      /* bytes, or 0 when not known */
	int64_t last;	      /* milliseconds of the last drawing */
};

/* May a progress line be drawn: standard error is a terminal that understands it. */
bool stk_progress_possible(void);
/* Begin, update as often as you like, end. With on == false all three cost nothing. The first
   drawing comes a tenth of a second after begin: what is quicker shows nothing. */
struct stk_progress stk_progress_begin(bool on, struct stk_str label, uint64_t total);
void stk_progress_update(struct stk_progress *progress, uint64_t done);
/* Wipes the line. */
void stk_progress_end(struct stk_progress *progress);
