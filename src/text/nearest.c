/* SPDX-License-Identifier: Apache-2.0 */
#include "text/nearest.h"

#include "base/banned.h"

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t distance(struct stk_str a, struct stk_str b)
{
	size_t row[LONGEST + 1];
	for (size_t k = 0; k <= a.n; k++)
		row[k] = k;
	for (size_t j = 1; j <= b.n; j++) {
		size_t diagonal = row[0];
		row[0] = j;
		for (size_t k = 1; k <= a.n; k++) {
			size_t changed = diagonal + (a.p[k - 1] != b.p[j - 1]);
			diagonal = row[k];
			row[k] = least(changed, least(row[k], row[k - 1]) + 1);
		}
	}
	return row[a.n];
}

struct stk_str stk_nearest(struct stk_str word, const struct stk_strs *candidates)
{
	size_t best = word.n <= 4 ? 2 : 3;
	struct stk_str nearest = S("");
	for (size_t i = 0; i < candidates->n && word.n <= LONGEST; i++) {
		if (candidates->v[i].n > LONGEST)
			continue;
		size_t d = distance(word, candidates->v[i]);
		if (d < best) {
			best = d;
			nearest = candidates->v[i];
		}
	}
	return nearest;
}
