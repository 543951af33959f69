/* SPDX-License-Identifier: Apache-2.0 */
/* See severity.h. CVSS vectors are collected whatever the choice is: reports show all of them. */
#include "advisory/severity.h"

#include "advisory/cvss.h"
#include "advisory/identity.h"
#include "base/banned.h"

bool stk_vendor_severity(struct stk_str word, enum stk_severity *out)
{
	static const struct {
		const char *word;
		enum stk_severity severity;
	} words[] = {
		{ "critical", STK_SEV_CRITICAL }, { "high", STK_SEV_HIGH },	  { "important", STK_SEV_HIGH },
		{ "low", STK_SEV_LOW },		  { "medium", STK_SEV_MEDIUM },	  { "moderate", STK_SEV_MEDIUM },
		{ "minor", STK_SEV_LOW },	  { "negligible", STK_SEV_INFO }, { "unimportant", STK_SEV_INFO },
	};
	/* Debian marks severities that were guessed by a script: "low**". */
	while (stk_str_ends(word, S("*")))
		word.n--;
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_eq_nocase(word, stk_str_from(words[i].word))) {
			*out = words[i].severity;
			return true;
		}
	return false;
}

static void choose(struct stk_severity_choice *choice, struct stk_str word, struct stk_str source)
{
	enum stk_severity severity;
	if (!choice->source.n && stk_vendor_severity(word, &severity))
		*choice = (struct stk_severity_choice){ severity, source };
}

static bool has_vector(const struct stk_vulnerability *vulnerability, struct stk_str vector)
{
	for (size_t i = 0; i < vulnerability->cvss.n; i++)
		if (stk_str_eq(vulnerability->cvss.v[i].vector, vector))
			return true;
	return false;
}

static void take_list(const struct stk_database *database, struct stk_arena *arena, struct stk_list list,
		      struct stk_str source, struct stk_vulnerability *vulnerability,
		      struct stk_severity_choice *choice)
{
	uint32_t type, score;
	for (size_t i = 0;
	     stk_database_word(database, list, i, &type) && stk_database_word(database, list, i + 1, &score); i += 2) {
		struct stk_str text = stk_database_str(database, score);
		double value;
		if (!stk_str_starts(stk_database_str(database, type), S("CVSS")))
			choose(choice, text, source);
		else if (stk_cvss_score(text, &value) && !has_vector(vulnerability, text))
			*STK_PUSH(arena, &vulnerability->cvss) = (struct stk_cvss){ source, text, value };
	}
}

void stk_severity_consider(const struct stk_database *database, struct stk_arena *arena,
			   const struct stk_row_advisory *advisory, const struct stk_row_affected *affected,
			   const struct stk_ecosystem *ecosystem, struct stk_vulnerability *vulnerability,
			   struct stk_severity_choice *choice)
{
	struct stk_str source = stk_advisory_source(stk_database_str(database, advisory->id));
	if (affected && ecosystem) {
		struct stk_str vendor = stk_str_from(ecosystem->source);
		choose(choice, stk_database_str(database, affected->word), vendor);
		take_list(database, arena, affected->severities, vendor, vulnerability, choice);
	}
	choose(choice, stk_database_str(database, advisory->word), source);
	take_list(database, arena, advisory->severities, source, vulnerability, choice);
}

void stk_severity_from_cvss(const struct stk_vulnerability *vulnerability, struct stk_severity_choice *choice)
{
	enum stk_cvss_version best = STK_CVSS_NONE;
	for (size_t i = 0; i < vulnerability->cvss.n; i++) {
		enum stk_cvss_version version = stk_cvss_version(vulnerability->cvss.v[i].vector);
		if (version <= best)
			continue;
		best = version;
		*choice = (struct stk_severity_choice){ stk_cvss_severity(vulnerability->cvss.v[i].score),
							vulnerability->cvss.v[i].source };
	}
}
