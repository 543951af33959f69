/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See identity.h. OSV has three relations: aliases are the same vulnerability, upstream is what
 * a distribution's advisory mends, related is anything else; older records of distributions use
 * them less strictly, hence the order in which they are asked.
 */
#include "advisory/identity.h"

#include "base/banned.h"

bool stk_is_cve(struct stk_str id)
{
	return stk_str_starts(id, S("CVE-"));
}

/* Strings of a database are stored once: the same place is the same string. */
static bool has_place(const struct stk_strs *list, struct stk_str s)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].p == s.p)
			return true;
	return false;
}

static bool add_matching(const struct stk_database *database, struct stk_arena *arena, struct stk_list list,
			 struct stk_str prefix, struct stk_strs *out)
{
	uint32_t ref;
	size_t before = out->n;
	for (size_t i = 0; stk_database_word(database, list, i, &ref); i++) {
		struct stk_str id = stk_database_str(database, ref);
		if (stk_str_starts(id, prefix) && !has_place(out, id))
			*STK_PUSH(arena, out) = id;
	}
	return out->n > before;
}

static bool add_cves(const struct stk_database *database, struct stk_arena *arena,
		     const struct stk_row_advisory *advisory, struct stk_strs *out)
{
	struct stk_str id = stk_database_str(database, advisory->id);
	if (!stk_is_cve(id))
		return add_matching(database, arena, advisory->aliases, S("CVE-"), out) ||
		       add_matching(database, arena, advisory->upstream, S("CVE-"), out);
	*STK_PUSH(arena, out) = id;
	return true;
}

/* The advisory an alias names may know the CVE that this one does not. */
static bool add_cves_of(const struct stk_database *database, struct stk_arena *arena, struct stk_list aliases,
			struct stk_strs *out)
{
	uint32_t ref, number;
	size_t before = out->n;
	for (size_t i = 0; stk_database_word(database, aliases, i, &ref); i++) {
		struct stk_list named = stk_database_named(database, stk_database_str(database, ref));
		for (size_t k = 0; stk_database_word(database, named, k, &number); k++) {
			const struct stk_row_advisory *other = stk_database_advisory(database, number);
			if (other && other->id == ref)
				add_cves(database, arena, other, out);
		}
	}
	return out->n > before;
}

void stk_advisory_names(const struct stk_database *database, struct stk_arena *arena,
			const struct stk_row_advisory *advisory, bool distribution, struct stk_strs *out)
{
	struct stk_str id = stk_database_str(database, advisory->id);
	if (add_cves(database, arena, advisory, out))
		return;
	if (distribution && add_matching(database, arena, advisory->related, S("CVE-"), out))
		return;
	if (add_cves_of(database, arena, advisory->aliases, out) ||
	    add_cves_of(database, arena, advisory->upstream, out))
		return;
	struct stk_strs known = { 0 };
	if (stk_str_starts(id, S("GHSA-")) || (!add_matching(database, arena, advisory->aliases, S("GHSA-"), &known) &&
					       !add_matching(database, arena, advisory->upstream, S("GHSA-"), &known)))
		*STK_PUSH(arena, &known) = id;
	stk_strs_sort(&known);
	*STK_PUSH(arena, out) = stk_str_starts(id, S("GHSA-")) ? id : known.v[0];
}

/* How many CVEs a list names, at most two: more is not asked. */
static unsigned count_cves(const struct stk_database *database, struct stk_list list)
{
	uint32_t ref, first = 0;
	unsigned n = 0;
	for (size_t i = 0; n < 2 && stk_database_word(database, list, i, &ref); i++) {
		if (!stk_is_cve(stk_database_str(database, ref)) || (n && ref == first))
			continue;
		/* Two are as good as many: the caller asks for none, one, or more. */
		first = n++ ? first : ref;
	}
	return n;
}

bool stk_advisory_is_about_one(const struct stk_database *database, const struct stk_row_advisory *advisory)
{
	if (stk_is_cve(stk_database_str(database, advisory->id)))
		return true;
	unsigned aliases = count_cves(database, advisory->aliases);
	return aliases ? aliases == 1 : count_cves(database, advisory->upstream) < 2;
}

struct stk_str stk_advisory_source(struct stk_str id)
{
	static const struct {
		const char *prefix, *source;
	} sources[] = {
		{ "ALBA-", "alma" },	 { "ALEA-", "alma" },	    { "ALPINE-", "alpine" },  { "ALSA-", "alma" },
		{ "AZL-", "azure" },	 { "BIT-", "bitnami" },	    { "CGA-", "chainguard" }, { "CVE-", "nvd" },
		{ "DEBIAN-", "debian" }, { "DLA-", "debian" },	    { "DSA-", "debian" },     { "DTSA-", "debian" },
		{ "GHSA-", "ghsa" },	 { "GO-", "govulndb" },	    { "MINI-", "minimos" },   { "PSF-", "psf" },
		{ "PYSEC-", "pysec" },	 { "RHBA-", "redhat" },	    { "RHEA-", "redhat" },    { "RHSA-", "redhat" },
		{ "RLSA-", "rocky" },	 { "RUSTSEC-", "rustsec" }, { "RXSA-", "rocky" },     { "SUSE-", "suse" },
		{ "UBUNTU-", "ubuntu" }, { "USN-", "ubuntu" },	    { "openSUSE-", "suse" },
	};
	for (size_t i = 0; i < STK_LEN(sources); i++)
		if (stk_str_starts(id, stk_str_from(sources[i].prefix)))
			return stk_str_from(sources[i].source);
	return S("osv");
}
