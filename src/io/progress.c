/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See progress.h. The line is drawn anew each time from the left edge (\r) after erasing it
 * (ESC [ K), so labels of any length can follow one another.
 */
#include "io/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/banned.h"

enum { INTERVAL = 100 /* ms */, BAR = 24 };

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool stk_progress_possible(void)
{
	const char *term = getenv("TERM");
	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

struct stk_progress stk_progress_begin(bool on, struct stk_str label, uint64_t total)
{
	return (struct stk_progress){ .on = on, .label = label, .total = total, .last = milliseconds() };
}

void stk_progress_update(struct stk_progress *progress, uint64_t done)
{
	int64_t now = progress->on ? milliseconds() : 0;
	if (!progress->on || now - progress->last < INTERVAL)
		return;
	progress->last = now;
	progress->drawn = true;
	double share = progress->total ? (double)done / (double)progress->total : 0;
	int filled = (int)((share > 1 ? 1 : share) * BAR);
	fprintf(stderr, "\r\033[K" STK_FMT "  ", STK_ARG(stk_str_slice(progress->label, 0, 40)));
	if (progress->total)
		fprintf(stderr, "%.*s%.*s %3.0f %%  ", filled, "########################", BAR - filled,
			"------------------------", share * 100);
	/* Totals below 64 KiB are counts, which the bar alone shows. */
	if (progress->total >= STK_KIB(64) || !progress->total) /* fewer are files that are counted, not bytes */
		fprintf(stderr, "%.1f MiB", (double)done / (double)STK_MIB(1));
	fflush(stderr);
}

void stk_progress_end(struct stk_progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
