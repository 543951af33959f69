/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Did you mean": the optimal string alignment distance (Damerau–Levenshtein without editing a
 * pair twice) in three rows. It is quadratic, so words are at most 64 bytes; a suggestion
 * further than two steps away helps nobody.
 */
#include "text/nearest.h"

#include "base/banned.h"

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, changes, and neighbours that changed places: "form" is one step from "from". */
static size_t distance(struct stk_str a, struct stk_str b)
{
	size_t rows[3][LONGEST + 1];
	for (size_t k = 0; k <= a.n; k++)
		rows[0][k] = k;
	for (size_t j = 1; j <= b.n; j++) {
		size_t *row = rows[j % 3], *before = rows[(j - 1) % 3];
		row[0] = j;
		for (size_t k = 1; k <= a.n; k++) {
			size_t changed = before[k - 1] + (a.p[k - 1] != b.p[j - 1]);
			row[k] = least(changed, least(before[k], row[k - 1]) + 1);
			if (j > 1 && k > 1 && a.p[k - 1] == b.p[j - 2] && a.p[k - 2] == b.p[j - 1])
				row[k] = least(row[k], rows[(j - 2) % 3][k - 2] + 1);
		}
	}
	return rows[b.n % 3][a.n];
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
