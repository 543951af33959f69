/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 4.0, section 8: the vector's six equivalence classes name a macro-vector with a score; the distance to the worst
 * vector of each class moves the score towards the next lower macro-vector. All arithmetic is in whole numbers: tenths,
 * and their 840ths for the mean over the classes, so that no rounding error can reach the result.
 */
#include <assert.h>
#include <string.h>

#include "advisory/cvss_metrics.h"
#include "base/banned.h"

enum metric { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, BASE, E = BASE, CR, IR, AR, MODIFIED, N_METRICS = 32 };

/* Values stand from the worst to the mildest, so that a place is a distance. */
static const struct stk_cvss_metric metrics[N_METRICS] = {
	{ "AV", "N A L P" },
	{ "AC", "L H" },
	{ "AT", "N P" },
	{ "PR", "N L H" },
	{ "UI", "N P A" },
	{ "VC", "H L N" },
	{ "VI", "H L N" },
	{ "VA", "H L N" },
	{ "SC", "H L N" },
	{ "SI", "H L N" },
	{ "SA", "H L N" },
	{ "E", "A P U X" },
	{ "CR", "H M L X" },
	{ "IR", "H M L X" },
	{ "AR", "H M L X" },
	/* Modified base metrics in the order of the base metrics; X leaves the base value. */
	{ "MAV", "N A L P X" },
	{ "MAC", "L H X" },
	{ "MAT", "N P X" },
	{ "MPR", "N L H X" },
	{ "MUI", "N P A X" },
	{ "MVC", "H L N X" },
	{ "MVI", "H L N X" },
	{ "MVA", "H L N X" },
	{ "MSC", "H L N X" },
	{ "MSI", "S H L N X" },
	{ "MSA", "S H L N X" },
	/* Supplemental metrics say something about the vulnerability but do not score. */
	{ "S", "X N P" },
	{ "AU", "X N Y" },
	{ "R", "X A U I" },
	{ "V", "X D C" },
	{ "RE", "X L M H" },
	{ "U", "X Clear Green Amber Red" },
};

/* Scores of the macro-vectors in tenths, by EQ1, EQ2, EQ3, EQ4, EQ5, EQ6; 0: there is no such macro-vector. */
static const uint8_t scores[3][2][3][3][3][2] = {
	{
		{
			{ { { 100, 99 }, { 98, 95 }, { 95, 92 } },
			  { { 100, 96 }, { 93, 87 }, { 91, 81 } },
			  { { 93, 90 }, { 89, 80 }, { 81, 68 } } },
			{ { { 98, 95 }, { 95, 92 }, { 90, 84 } },
			  { { 93, 92 }, { 89, 81 }, { 81, 65 } },
			  { { 88, 80 }, { 78, 70 }, { 69, 48 } } },
			{ { { 0, 92 }, { 0, 82 }, { 0, 72 } },
			  { { 0, 79 }, { 0, 69 }, { 0, 50 } },
			  { { 0, 69 }, { 0, 55 }, { 0, 27 } } },
		},
		{
			{ { { 99, 97 }, { 95, 92 }, { 92, 85 } },
			  { { 95, 91 }, { 90, 83 }, { 84, 71 } },
			  { { 92, 81 }, { 82, 71 }, { 72, 53 } } },
			{ { { 95, 93 }, { 92, 85 }, { 85, 73 } },
			  { { 92, 82 }, { 80, 72 }, { 70, 59 } },
			  { { 84, 70 }, { 71, 52 }, { 50, 30 } } },
			{ { { 0, 86 }, { 0, 75 }, { 0, 52 } },
			  { { 0, 71 }, { 0, 52 }, { 0, 29 } },
			  { { 0, 63 }, { 0, 29 }, { 0, 17 } } },
		},
	},
	{
		{
			{ { { 98, 95 }, { 94, 87 }, { 91, 81 } },
			  { { 94, 89 }, { 86, 74 }, { 77, 64 } },
			  { { 87, 75 }, { 74, 63 }, { 63, 49 } } },
			{ { { 94, 89 }, { 88, 77 }, { 76, 67 } },
			  { { 86, 76 }, { 74, 58 }, { 59, 50 } },
			  { { 72, 57 }, { 57, 52 }, { 52, 25 } } },
			{ { { 0, 83 }, { 0, 70 }, { 0, 54 } },
			  { { 0, 65 }, { 0, 58 }, { 0, 26 } },
			  { { 0, 53 }, { 0, 21 }, { 0, 13 } } },
		},
		{
			{ { { 95, 90 }, { 88, 76 }, { 76, 70 } },
			  { { 90, 77 }, { 75, 62 }, { 61, 53 } },
			  { { 77, 66 }, { 68, 59 }, { 52, 30 } } },
			{ { { 89, 78 }, { 76, 67 }, { 62, 58 } },
			  { { 74, 59 }, { 57, 57 }, { 47, 23 } },
			  { { 61, 52 }, { 57, 29 }, { 24, 16 } } },
			{ { { 0, 71 }, { 0, 59 }, { 0, 30 } },
			  { { 0, 58 }, { 0, 26 }, { 0, 15 } },
			  { { 0, 23 }, { 0, 13 }, { 0, 6 } } },
		},
	},
	{
		{
			{ { { 93, 87 }, { 86, 72 }, { 75, 58 } },
			  { { 86, 74 }, { 74, 61 }, { 56, 34 } },
			  { { 70, 54 }, { 52, 40 }, { 40, 22 } } },
			{ { { 85, 75 }, { 74, 55 }, { 62, 51 } },
			  { { 72, 57 }, { 55, 41 }, { 46, 19 } },
			  { { 53, 36 }, { 34, 19 }, { 19, 8 } } },
			{ { { 0, 64 }, { 0, 51 }, { 0, 20 } },
			  { { 0, 47 }, { 0, 21 }, { 0, 11 } },
			  { { 0, 24 }, { 0, 9 }, { 0, 4 } } },
		},
		{
			{ { { 88, 75 }, { 73, 53 }, { 60, 50 } },
			  { { 73, 55 }, { 59, 40 }, { 41, 20 } },
			  { { 54, 43 }, { 45, 22 }, { 20, 11 } } },
			{ { { 75, 55 }, { 58, 45 }, { 40, 21 } },
			  { { 61, 51 }, { 48, 18 }, { 20, 9 } },
			  { { 46, 18 }, { 17, 7 }, { 8, 2 } } },
			{ { { 0, 53 }, { 0, 24 }, { 0, 14 } },
			  { { 0, 24 }, { 0, 12 }, { 0, 5 } },
			  { { 0, 10 }, { 0, 3 }, { 0, 1 } } },
		},
	},
};

/* The worst vectors of a class: places of values, in the order of the class's metrics. */
struct worst {
	uint8_t values[6];
};
struct class
{
	uint8_t depth; /* steps from the worst to the mildest vector */
	uint8_t n;
	struct worst worst[5];
};

/* Subsequent-system metrics count "safety" as place 0, so H is 1, L is 2, N is 3. */
static const struct class eq1[] = {
	/* AV PR UI */
	{ 1, 1, { { { 0, 0, 0 } } } },
	{ 4, 3, { { { 1, 0, 0 } }, { { 0, 1, 0 } }, { { 0, 0, 1 } } } },
	{ 5, 2, { { { 3, 0, 0 } }, { { 1, 1, 1 } } } },
};
static const struct class eq2[] = {
	/* AC AT */
	{ 1, 1, { { { 0, 0 } } } },
	{ 2, 2, { { { 1, 0 } }, { { 0, 1 } } } },
};
static const struct class eq36[3][2] = {
	/* VC VI VA CR IR AR */
	{ { 7, 1, { { { 0, 0, 0, 0, 0, 0 } } } }, { 6, 2, { { { 0, 0, 1, 1, 1, 0 } }, { { 0, 0, 0, 1, 1, 1 } } } } },
	{ { 8, 2, { { { 1, 0, 0, 0, 0, 0 } }, { { 0, 1, 0, 0, 0, 0 } } } },
	  { 8,
	    5,
	    { { { 1, 0, 1, 0, 1, 0 } },
	      { { 1, 0, 0, 0, 1, 1 } },
	      { { 0, 1, 0, 1, 0, 1 } },
	      { { 0, 1, 1, 1, 0, 0 } },
	      { { 1, 1, 0, 0, 0, 1 } } } } },
	{ { 0, 0, { { { 0 } } } }, { 10, 1, { { { 1, 1, 1, 0, 0, 0 } } } } },
};
static const struct class eq4[] = {
	/* SC SI SA */
	{ 6, 1, { { { 1, 0, 0 } } } },
	{ 5, 1, { { { 1, 1, 1 } } } },
	{ 4, 1, { { { 2, 2, 2 } } } },
};

struct macro {
	int q[6];
};

/* Applies modified metrics and defaults, and shifts the subsequent-system metrics to make room for "safety". */
static void settle(uint8_t *v)
{
	/* "Not defined" counts as the worst value in these. */
	for (int i = E; i <= AR; i++)
		if (v[i] == STK_CVSS_ABSENT || v[i] == 3)
			v[i] = 0;
	for (int i = 0; i < BASE; i++) {
		static const uint8_t not_defined[BASE] = { 4, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4 };
		uint8_t modified = v[MODIFIED + i];
		bool given = modified != STK_CVSS_ABSENT && modified != not_defined[i];
		if (i == SC)
			v[i] = (uint8_t)((given ? modified : v[i]) + 1);
		else if (i == SI || i == SA)
			v[i] = given ? modified : (uint8_t)(v[i] + 1);
		else if (given)
			v[i] = modified;
	}
}

static struct macro macro_of(const uint8_t *v)
{
	/* Section 8.1, tables 24 to 29: which conditions put a vector into which level of each
	   class. */
	struct macro m;
	if (!v[AV] && !v[PR] && !v[UI])
		m.q[0] = 0;
	else
		m.q[0] = v[AV] != 3 && (!v[AV] || !v[PR] || !v[UI]) ? 1 : 2;
	m.q[1] = v[AC] || v[AT];
	m.q[2] = !v[VC] && !v[VI] ? 0 : !v[VC] || !v[VI] || !v[VA] ? 1 : 2;
	m.q[3] = !v[SI] || !v[SA] ? 0 : v[SC] == 1 || v[SI] == 1 || v[SA] == 1 ? 1 : 2;
	m.q[4] = v[E];
	m.q[5] = !((!v[CR] && !v[VC]) || (!v[IR] && !v[VI]) || (!v[AR] && !v[VA]));
	return m;
}

/* In tenths; 0 when there is no such macro-vector. */
static int score_of(struct macro m)
{
	/* There is no such macro vector: a caller asked for the step below the lowest level. */
	if (m.q[0] > 2 || m.q[1] > 1 || m.q[2] > 2 || m.q[3] > 2 || m.q[4] > 2 || m.q[5] > 1)
		return 0;
	return scores[m.q[0]][m.q[1]][m.q[2]][m.q[3]][m.q[4]][m.q[5]];
}

static int lower_score(struct macro m, int q)
{
	m.q[q]++;
	return score_of(m);
}

/* EQ3 and EQ6 depend on one another and go down together. */
static int lower_score_36(struct macro m)
{
	if (m.q[2] == 0 && m.q[5] == 0) {
		int left = lower_score(m, 5), right = lower_score(m, 2);
		return left > right ? left : right;
	}
	return m.q[2] == 1 && m.q[5] == 0 ? lower_score(m, 5) : lower_score(m, 2);
}

/* Steps from the first worst vector that is nowhere milder than v. */
static int distance(const struct class *class, const uint8_t *v, const enum metric *order, int n)
{
	/* A class may have several worst vectors, none worse than the other; the first that v
	   can be reached from counts. */
	for (int w = 0; w < class->n; w++) {
		int sum = 0, i = 0;
		for (; i < n && v[order[i]] >= class->worst[w].values[i]; i++)
			sum += v[order[i]] - class->worst[w].values[i];
		if (i == n)
			return sum;
	}
	return 0;
}

enum { PARTS = 840 }; /* divisible by every class's depth */

/* What one class takes off the score, in 840ths of a tenth; counts the classes that have a lower neighbour. */
static int reduction(int score, int lower, int steps, int depth, int *n)
{
	if (!lower)
		return 0;
	++*n;
	assert(depth > 0 && PARTS % depth == 0);
	return (score - lower) * steps * (PARTS / depth);
}

bool stk_cvss4_score(struct stk_str text, double *score)
{
	static const enum metric order1[] = { AV, PR, UI }, order2[] = { AC, AT },
				 order36[] = { VC, VI, VA, CR, IR, AR }, order4[] = { SC, SI, SA };
	uint8_t v[N_METRICS];
	if (!stk_cvss_metrics(text, metrics, N_METRICS, BASE, v))
		return false;
	settle(v);
	*score = 0;
	/* No impact anywhere: 0, whatever the rest says. */
	if (v[VC] == 2 && v[VI] == 2 && v[VA] == 2 && v[SC] == 3 && v[SI] == 3 && v[SA] == 3)
		return true;
	struct macro m = macro_of(v);
	const struct class *c1 = &eq1[m.q[0]], *c2 = &eq2[m.q[1]], *c36 = &eq36[m.q[2]][m.q[5]], *c4 = &eq4[m.q[3]];
	int value = score_of(m), n = 0, sum = 0;
	sum += reduction(value, lower_score(m, 0), distance(c1, v, order1, 3), c1->depth, &n);
	sum += reduction(value, lower_score(m, 1), distance(c2, v, order2, 2), c2->depth, &n);
	sum += reduction(value, lower_score_36(m), distance(c36, v, order36, 6), c36->depth, &n);
	sum += reduction(value, lower_score(m, 3), distance(c4, v, order4, 3), c4->depth, &n);
	sum += reduction(value, lower_score(m, 4), 0, 1, &n);
	/* The mean of what the classes take off, subtracted, and rounded to the nearest tenth,
	   half up. */
	int tenths = n ? ((value * PARTS * n - sum) * 2 + PARTS * n) / (2 * PARTS * n) : value;
	*score = (tenths < 0 ? 0 : tenths > 100 ? 100 : tenths) / 10.0;
	return true;
}
