/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records become rows as they come; what has to be in order (packages, advisories, names) is
 * sorted once, at the end, in builder_write.c. Memory is what a million records leave: texts
 * are stored once in a pool, lists of numbers likewise (thousands of packages share one list of
 * affected versions), and rows hold places in the pools.
 */
#include "advisory/builder.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/builder_private.h"
#include "advisory/ecosystem.h"
#include "base/limits.h"
#include "base/banned.h"

struct stk_builder *stk_builder_new(const struct stk_strs *ecosystems)
{
	struct stk_arena arena = { 0 };
	struct stk_builder *b = STK_NEW(&arena, struct stk_builder, 1);
	b->arena = arena;
	b->ecosystems = ecosystems;
	b->strings = stk_pool_new(true);
	b->words = stk_pool_new(false);
	return b;
}

void stk_builder_free(struct stk_builder *b)
{
	if (!b)
		return;
	stk_pool_free(&b->strings);
	stk_pool_free(&b->words);
	stk_arena_free(&b->passing);
	free(b->ids.slots);
	free(b->packages_by_name.slots);
	struct stk_arena arena = b->arena; /* the builder lives on it */
	stk_arena_free(&arena);
}

const struct stk_builder_counts *stk_builder_counts(const struct stk_builder *b)
{
	return &b->counts;
}

int64_t stk_builder_newest(const struct stk_builder *b)
{
	int64_t newest = 0;
	for (size_t i = 0; i < b->advisories.n; i++)
		if (!b->advisories.v[i].dropped && b->advisories.v[i].row.modified > newest)
			newest = b->advisories.v[i].row.modified;
	return newest;
}

/* A list of words; the words of one list are gathered in b->scratch. */
struct stk_list stk_builder_list(struct stk_builder *b, const uint32_t *words, size_t n)
{
	struct stk_str bytes = { (const char *)words, n * sizeof(*words) };
	return (struct stk_list){ n ? stk_pool_put(&b->words, bytes) : 0, (uint32_t)n };
}

static void scratch(struct stk_builder *b, uint32_t word)
{
	*STK_PUSH(&b->arena, &b->scratch) = word;
}

static struct stk_list take_scratch(struct stk_builder *b)
{
	struct stk_list list = stk_builder_list(b, b->scratch.v, b->scratch.n);
	b->scratch.n = 0;
	return list;
}

static struct stk_list put_strings(struct stk_builder *b, const struct stk_strs *strings)
{
	for (size_t i = 0; i < strings->n; i++)
		scratch(b, stk_pool_put(&b->strings, strings->v[i]));
	return take_scratch(b);
}

static struct stk_list put_severities(struct stk_builder *b, const struct stk_osv_severities *severities)
{
	for (size_t i = 0; i < severities->n; i++) {
		scratch(b, stk_pool_put(&b->strings, severities->v[i].type));
		scratch(b, stk_pool_put(&b->strings, severities->v[i].score));
	}
	return take_scratch(b);
}

/* GIT ranges are about commits, not about versions of packages. */
static struct stk_list put_ranges(struct stk_builder *b, const struct stk_osv_affected *affected)
{
	for (size_t i = 0; i < affected->ranges.n; i++) {
		const struct stk_osv_range *range = &affected->ranges.v[i];
		if (range->type > STK_RANGE_SEMVER)
			continue;
		scratch(b, range->type);
		scratch(b, (uint32_t)range->events.n);
		for (size_t k = 0; k < range->events.n; k++) {
			scratch(b, range->events.v[k].kind);
			scratch(b, stk_pool_put(&b->strings, range->events.v[k].version));
		}
	}
	return take_scratch(b);
}

/* By the name before the release: "Debian" takes "Debian:12". No list takes everything. */
static bool wanted(const struct stk_builder *b, struct stk_str ecosystem)
{
	return !b->ecosystems || !b->ecosystems->n || stk_strs_has(b->ecosystems, stk_str_cut(&ecosystem, ':'));
}

/* From the last one back, since records of one ecosystem come together. */
static uint32_t ecosystem_of(struct stk_builder *b, stk_ref name)
{
	for (size_t i = b->ecosystem_rows.n; i-- > 0;)
		if (b->ecosystem_rows.v[i].name == name)
			return (uint32_t)i;
	STK_PUSH(&b->arena, &b->ecosystem_rows)->name = name;
	return (uint32_t)(b->ecosystem_rows.n - 1);
}

/* The package's number, made when it is new. */
static uint32_t package_of(struct stk_builder *b, const struct stk_osv_affected *affected)
{
	struct stk_str name =
		stk_ecosystem_package(&b->passing, stk_ecosystem_find(affected->ecosystem), affected->name);
	uint32_t ecosystem = ecosystem_of(b, stk_pool_put(&b->strings, affected->ecosystem));
	stk_ref ref = stk_pool_put(&b->strings, name);
	uint32_t *slot = stk_numbers_at(&b->packages_by_name, (uint64_t)ecosystem << 32 | ref);
	if (!*slot) {
		struct stk_build_package *package = STK_PUSH(&b->arena, &b->packages);
		*package = (struct stk_build_package){ ecosystem, ref };
		*slot = (uint32_t)b->packages.n;
	}
	return *slot - 1;
}

static void put_affected(struct stk_builder *b, const struct stk_osv_affected *affected, uint32_t advisory)
{
	struct stk_build_affected *row = STK_PUSH(&b->arena, &b->affected);
	row->package = package_of(b, affected);
	row->row.advisory = advisory;
	row->row.word = stk_pool_put(&b->strings, affected->word);
	row->row.ranges = put_ranges(b, affected);
	row->row.versions = put_strings(b, &affected->versions);
	row->row.severities = put_severities(b, &affected->severities);
}

static struct stk_row_advisory advisory_row(struct stk_builder *b, const struct stk_osv *record)
{
	return (struct stk_row_advisory){
		.id = stk_pool_put(&b->strings, record->id),
		.summary = stk_pool_put(&b->strings, record->summary),
		.details = stk_pool_put(&b->strings, record->details),
		.word = stk_pool_put(&b->strings, record->word),
		.aliases = put_strings(b, &record->aliases),
		.upstream = put_strings(b, &record->upstream),
		.related = put_strings(b, &record->related),
		.severities = put_severities(b, &record->severities),
		.references = put_strings(b, &record->references),
		.cwes = put_strings(b, &record->cwes),
		.published = record->published,
		.modified = record->modified,
	};
}

/* Is there nothing of this id yet, or something older (which is dropped then)? */
static bool supersedes(struct stk_builder *b, const struct stk_osv *record)
{
	uint32_t *slot = stk_numbers_at(&b->ids, stk_pool_put(&b->strings, record->id));
	/* The newer copy stays, in whatever order they come; of two that say the same time, the first. */
	if (*slot && b->advisories.v[*slot - 1].row.modified >= record->modified)
		return false;
	if (*slot)
		b->advisories.v[*slot - 1].dropped = true;
	*slot = (uint32_t)b->advisories.n + 1;
	return true;
}

void stk_builder_add(struct stk_builder *b, const struct stk_osv *record)
{
	size_t n = 0;
	b->counts.records++;
	b->counts.withdrawn += record->withdrawn;
	for (size_t i = 0; i < record->affected.n; i++)
		n += record->affected.v[i].name.n && wanted(b, record->affected.v[i].ecosystem);
	/* Nothing of what is wanted. A record that affects nothing at all is kept: others refer
	   to it for its texts. */
	if (record->affected.n && !n)
		return;
	if (!supersedes(b, record)) {
		b->counts.repeated++;
		return;
	}
	struct stk_build_advisory *advisory = STK_PUSH(&b->arena, &b->advisories);
	advisory->row = advisory_row(b, record);
	advisory->dropped = record->withdrawn; /* remembered, so that an older copy does not come in behind it */
	for (size_t i = 0; !record->withdrawn && i < record->affected.n; i++)
		if (record->affected.v[i].name.n && wanted(b, record->affected.v[i].ecosystem))
			put_affected(b, &record->affected.v[i], (uint32_t)(b->advisories.n - 1));
	/* Names that were folded to lower case; the pool has its own copy. */
	if (b->passing.total > STK_MIB(1))
		stk_arena_free(&b->passing);
}
