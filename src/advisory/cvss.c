/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads CVSS vectors and scores versions 2.0 (CVSS v2 guide, 3.2.1) and 3.x (specification,
 * 7.1); version 4 stands in cvss4.c. A version is a table of its metrics and arrays of weights
 * in the tables' order; the formulas are the specifications', with their constants. Temporal
 * and environmental metrics are read, so that a wrong one is noticed, and not scored: what they
 * say is about another time or place.
 */
#include "advisory/cvss.h"

#include <math.h>

#include "advisory/cvss_metrics.h"
#include "base/banned.h"

static bool value_of(const char *values, struct stk_str value, uint8_t *out)
{
	uint8_t place = 0;
	for (struct stk_str rest = stk_str_from(values), word; (word = stk_str_cut_word(&rest)).n; place++)
		if (stk_str_eq(word, value)) {
			*out = place;
			return true;
		}
	return false;
}

bool stk_cvss_metrics(struct stk_str text, const struct stk_cvss_metric *table, size_t n, size_t n_required,
		      uint8_t *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = STK_CVSS_ABSENT;
	/* Some feeds end vectors with a slash. */
	text = stk_str_strip_suffix(text, S("/"));
	while (text.n) {
		struct stk_str value = stk_str_cut(&text, '/');
		struct stk_str name = stk_str_cut(&value, ':');
		size_t i = 0;
		while (i < n && !stk_str_is(name, table[i].name))
			i++;
		if (i == n || values[i] != STK_CVSS_ABSENT || !value_of(table[i].values, value, &values[i]))
			return false;
	}
	for (size_t i = 0; i < n_required; i++)
		if (values[i] == STK_CVSS_ABSENT)
			return false;
	return true;
}

bool stk_cvss2_score(struct stk_str text, double *score)
{
	enum { AV, AC, AU, C, I, A, BASE };
	static const struct stk_cvss_metric table[] = {
		{ "AV", "L A N" },	 { "AC", "H M L" },
		{ "Au", "M S N" },	 { "C", "N P C" },
		{ "I", "N P C" },	 { "A", "N P C" },
		{ "E", "U POC F H ND" }, { "RL", "OF TF W U ND" },
		{ "RC", "UC UR C ND" },	 { "CDP", "N L LM MH H ND" },
		{ "TD", "N L M H ND" },	 { "CR", "L M H ND" },
		{ "IR", "L M H ND" },	 { "AR", "L M H ND" },
	};
	static const double access[] = { 0.395, 0.646, 1.0 }, complexity[] = { 0.35, 0.61, 0.71 },
			    authentication[] = { 0.45, 0.56, 0.704 }, loss[] = { 0.0, 0.275, 0.660 };
	uint8_t v[STK_LEN(table)];
	if (!stk_cvss_metrics(text, table, STK_LEN(table), BASE, v))
		return false;
	double impact = 10.41 * (1 - (1 - loss[v[C]]) * (1 - loss[v[I]]) * (1 - loss[v[A]]));
	double exploitability = 20 * access[v[AV]] * complexity[v[AC]] * authentication[v[AU]];
	double base = (0.6 * impact + 0.4 * exploitability - 1.5) * 1.176; /* f(impact) is 0 where there is no impact */
	*score = impact > 0 ? round(base * 10) / 10 : 0;
	return true;
}

/* "Roundup" of 3.1, appendix A: to the next tenth, immune to errors of binary fractions. */
static double round_up(double value)
{
	long scaled = lround(value * 100000);
	return (double)((scaled + 9999) / 10000) / 10;
}

bool stk_cvss3_score(struct stk_str text, double *score)
{
	enum { AV, AC, PR, UI, SCOPE, C, I, A, BASE };
	static const struct stk_cvss_metric table[] = {
		{ "AV", "N A L P" },  { "AC", "L H" },	     { "PR", "N L H" },	     { "UI", "N R" },
		{ "S", "U C" },	      { "C", "N L H" },	     { "I", "N L H" },	     { "A", "N L H" },
		{ "E", "X U P F H" }, { "RL", "X O T W U" }, { "RC", "X U R C" },    { "CR", "X L M H" },
		{ "IR", "X L M H" },  { "AR", "X L M H" },   { "MAV", "X N A L P" }, { "MAC", "X L H" },
		{ "MPR", "X N L H" }, { "MUI", "X N R" },    { "MS", "X U C" },	     { "MC", "X N L H" },
		{ "MI", "X N L H" },  { "MA", "X N L H" },
	};
	static const double vector[] = { 0.85, 0.62, 0.55, 0.2 }, complexity[] = { 0.77, 0.44 },
			    privileges[2][3] = { { 0.85, 0.62, 0.27 }, { 0.85, 0.68, 0.5 } },
			    interaction[] = { 0.85, 0.62 }, loss[] = { 0.0, 0.22, 0.56 };
	uint8_t v[STK_LEN(table)];
	if (!stk_cvss_metrics(text, table, STK_LEN(table), BASE, v))
		return false;
	bool changed = v[SCOPE] == 1;
	double iss = 1 - (1 - loss[v[C]]) * (1 - loss[v[I]]) * (1 - loss[v[A]]);
	/* 6.42 and 7.52 (specification 7.1): a changed scope makes impact count for more,
	   privileges for less. */
	double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15) : 6.42 * iss;
	double exploitability =
		8.22 * vector[v[AV]] * complexity[v[AC]] * privileges[changed][v[PR]] * interaction[v[UI]];
	*score = impact <= 0 ? 0 : round_up(fmin((changed ? 1.08 : 1.0) * (impact + exploitability), 10));
	return true;
}

enum stk_cvss_version stk_cvss_version(struct stk_str vector)
{
	static const struct {
		struct stk_str prefix;
		enum stk_cvss_version version;
	} prefixes[] = {
		{ S("CVSS:4.0/"), STK_CVSS_4 },
		{ S("CVSS:3.1/"), STK_CVSS_31 },
		{ S("CVSS:3.0/"), STK_CVSS_30 },
	};
	for (size_t i = 0; i < STK_LEN(prefixes); i++)
		if (stk_str_starts(vector, prefixes[i].prefix))
			return prefixes[i].version;
	return stk_str_starts(vector, S("AV:")) || stk_str_starts(vector, S("(AV:")) ? STK_CVSS_2 : STK_CVSS_NONE;
}

bool stk_cvss_score(struct stk_str vector, double *score)
{
	struct stk_str rest = vector;
	switch (stk_cvss_version(vector)) {
	case STK_CVSS_2:
		if (stk_str_starts(rest, S("(")) && stk_str_ends(rest, S(")")))
			rest = stk_str_slice(rest, 1, rest.n - 1);
		return stk_cvss2_score(rest, score);
	case STK_CVSS_30:
	case STK_CVSS_31:
		stk_str_cut(&rest, '/');
		return stk_cvss3_score(rest, score);
	case STK_CVSS_4:
		stk_str_cut(&rest, '/');
		return stk_cvss4_score(rest, score);
	case STK_CVSS_NONE:
		break;
	}
	return false;
}

enum stk_severity stk_cvss_severity(double score)
{
	return score >= 9   ? STK_SEV_CRITICAL
	       : score >= 7 ? STK_SEV_HIGH
	       : score >= 4 ? STK_SEV_MEDIUM
	       : score > 0  ? STK_SEV_LOW
			    : STK_SEV_INFO;
}
