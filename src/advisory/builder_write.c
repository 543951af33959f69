/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a build: rows are numbered in the order of their names, so that the same records give the same bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/builder_private.h"
#include "io/digest.h"
#include "base/banned.h"

uint32_t *stk_numbers_at(struct stk_numbers *numbers, uint64_t key)
{
	if (numbers->n * 2 >= numbers->n_slots) {
		struct stk_numbers grown = { .n_slots = numbers->n_slots ? numbers->n_slots * 2 : 1024 };
		grown.slots = calloc(grown.n_slots, sizeof(*grown.slots));
		if (!grown.slots)
			abort();
		for (size_t i = 0; i < numbers->n_slots; i++)
			if (numbers->slots[i].value)
				*stk_numbers_at(&grown, numbers->slots[i].key) = numbers->slots[i].value;
		free(numbers->slots);
		*numbers = grown;
	}
	/* Keys are small consecutive numbers: multiplying by 2^64 divided by the golden ratio
	   spreads them. */
	size_t slot = stk_database_mix(key * 0x9e3779b97f4a7c15u) & (numbers->n_slots - 1);
	assert(numbers->n < numbers->n_slots);
	while (numbers->slots[slot].value && numbers->slots[slot].key != key)
		slot = (slot + 1) & (numbers->n_slots - 1);
	if (!numbers->slots[slot].value) {
		numbers->slots[slot].key = key;
		numbers->n++;
	}
	return &numbers->slots[slot].value;
}

/* What is being written: every section's rows, in their final order. */
struct writing {
	struct stk_builder *b;
	struct stk_arena arena;
	uint32_t *advisory_number, *ecosystem_number,
		*package_number; /* by the builder's number; UINT32_MAX: left out */
	struct stk_row_advisory *advisories;
	struct stk_row_ecosystem *ecosystems;
	struct stk_row_package *packages;
	struct stk_row_affected *affected;
	struct {
		struct stk_row_name *v;
		size_t n, cap;
	} names;
	uint32_t *package_slots, *name_slots;
	size_t n_advisories, n_packages, n_affected, n_package_slots, n_name_slots;
};

/* The numbers 0 to n - 1 in an order; compare is called with the writing. */
static uint32_t *ordered(struct writing *w, size_t n, int (*compare)(const void *, const void *, void *))
{
	uint32_t *order = STK_NEW(&w->arena, uint32_t, n);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, n, sizeof(*order), compare, w);
	return order;
}

static int compare_texts(const struct writing *w, stk_ref a, stk_ref b)
{
	return a == b ? 0 : stk_str_compare(stk_pool_get(&w->b->strings, a), stk_pool_get(&w->b->strings, b));
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_id(const void *left, const void *right, void *context)
{
	const struct writing *w = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = compare_texts(w, w->b->advisories.v[a].row.id, w->b->advisories.v[b].row.id);
	/* qsort_r is not stable: the number decides between copies of one id, of which all but
	   one are dropped. */
	return order ? order : compare_numbers(a, b);
}

static int by_ecosystem_name(const void *left, const void *right, void *context)
{
	const struct writing *w = context;
	return compare_texts(w, w->b->ecosystem_rows.v[*(const uint32_t *)left].name,
			     w->b->ecosystem_rows.v[*(const uint32_t *)right].name);
}

static int by_package_name(const void *left, const void *right, void *context)
{
	const struct writing *w = context;
	const struct stk_build_package *a = &w->b->packages.v[*(const uint32_t *)left],
				       *b = &w->b->packages.v[*(const uint32_t *)right];
	int order = compare_numbers(w->ecosystem_number[a->ecosystem], w->ecosystem_number[b->ecosystem]);
	return order ? order : compare_texts(w, a->name, b->name);
}

static int by_package(const void *left, const void *right, void *context)
{
	const struct writing *w = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	const struct stk_build_affected *x = &w->b->affected.v[a], *y = &w->b->affected.v[b];
	int order = compare_numbers(w->package_number[x->package], w->package_number[y->package]);
	if (!order)
		order = compare_numbers(w->advisory_number[x->row.advisory], w->advisory_number[y->row.advisory]);
	return order ? order : compare_numbers(a, b);
}

/* By id. What a newer copy replaced, or was withdrawn, gets no number, and rows that refer to it are left out. */
static void number_advisories(struct writing *w)
{
	size_t n = w->b->advisories.n;
	const uint32_t *order = ordered(w, n, by_id);
	w->advisory_number = STK_NEW(&w->arena, uint32_t, n);
	w->advisories = STK_NEW(&w->arena, struct stk_row_advisory, n);
	for (size_t i = 0; i < n; i++) {
		const struct stk_build_advisory *advisory = &w->b->advisories.v[order[i]];
		w->advisory_number[order[i]] = advisory->dropped ? UINT32_MAX : (uint32_t)w->n_advisories;
		if (advisory->dropped)
			continue;
		w->advisories[w->n_advisories++] = advisory->row;
	}
}

static void number_ecosystems(struct writing *w)
{
	size_t n = w->b->ecosystem_rows.n;
	const uint32_t *order = ordered(w, n, by_ecosystem_name);
	w->ecosystem_number = STK_NEW(&w->arena, uint32_t, n);
	w->ecosystems = STK_NEW(&w->arena, struct stk_row_ecosystem, n);
	for (size_t i = 0; i < n; i++) {
		w->ecosystem_number[order[i]] = (uint32_t)i;
		w->ecosystems[i] = w->b->ecosystem_rows.v[order[i]];
	}
}

/* By ecosystem, then by name, so that a package's number does not depend on the order of the input. */
static void number_packages(struct writing *w)
{
	size_t n = w->b->packages.n;
	const uint32_t *order = ordered(w, n, by_package_name);
	w->package_number = STK_NEW(&w->arena, uint32_t, n);
	w->packages = STK_NEW(&w->arena, struct stk_row_package, n);
	w->n_packages = n;
	for (size_t i = 0; i < n; i++) {
		const struct stk_build_package *package = &w->b->packages.v[order[i]];
		w->package_number[order[i]] = (uint32_t)i;
		w->packages[i] = (struct stk_row_package){ w->ecosystem_number[package->ecosystem], package->name };
		w->ecosystems[w->packages[i].ecosystem].packages++;
	}
}

/* Puts the affected rows behind their packages and counts each ecosystem's advisories. */
static void place_affected(struct writing *w)
{
	size_t n = w->b->affected.n;
	const uint32_t *order = ordered(w, n, by_package);
	struct stk_numbers seen = { 0 };
	w->affected = STK_NEW(&w->arena, struct stk_row_affected, n);
	for (size_t i = 0; i < n; i++) {
		const struct stk_build_affected *from = &w->b->affected.v[order[i]];
		uint32_t advisory = w->advisory_number[from->row.advisory];
		if (advisory == UINT32_MAX)
			continue;
		struct stk_row_package *package = &w->packages[w->package_number[from->package]];
		assert(advisory < w->n_advisories && package->ecosystem < w->b->ecosystem_rows.n);
		struct stk_row_ecosystem *ecosystem = &w->ecosystems[package->ecosystem];
		if (!package->n++)
			package->first = (uint32_t)w->n_affected;
		assert(package->first + package->n - 1 ==
		       w->n_affected); /* the order keeps a package's rows together */
		w->affected[w->n_affected] = from->row;
		w->affected[w->n_affected++].advisory = advisory;
		uint32_t *mark = stk_numbers_at(&seen, (uint64_t)package->ecosystem << 32 | advisory);
		ecosystem->advisories += !*mark;
		*mark = 1;
		if (w->advisories[advisory].modified > ecosystem->newest)
			ecosystem->newest = w->advisories[advisory].modified;
	}
	free(seen.slots);
}

/* An advisory under one of its names. */
struct mention {
	stk_ref name;
	uint32_t advisory;
};
struct mentions {
	struct mention *v;
	size_t n, cap;
};

static void mention_list(struct writing *w, struct mentions *out, struct stk_list list, uint32_t advisory)
{
	for (size_t i = 0; i < list.n; i++) {
		struct mention *mention = STK_PUSH(&w->arena, out);
		memcpy(&mention->name, w->b->words.bytes.p + ((size_t)list.first + i) * sizeof(stk_ref),
		       sizeof(stk_ref));
		mention->advisory = advisory;
	}
}

static int compare_mentions(const void *left, const void *right)
{
	const struct mention *a = left, *b = right;
	int order = compare_numbers(a->name, b->name);
	return order ? order : compare_numbers(a->advisory, b->advisory);
}

/* Every id, alias and upstream id with the advisories that carry it. Mentions are sorted by the
   place of the name, so that those of one name stand together. */
static void index_names(struct writing *w)
{
	struct mentions all = { 0 };
	for (size_t i = 0; i < w->n_advisories; i++) {
		*STK_PUSH(&w->arena, &all) = (struct mention){ w->advisories[i].id, (uint32_t)i };
		mention_list(w, &all, w->advisories[i].aliases, (uint32_t)i);
		mention_list(w, &all, w->advisories[i].upstream, (uint32_t)i);
	}
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), compare_mentions);
	uint32_t *run = STK_NEW(&w->arena, uint32_t, all.n);
	for (size_t i = 0, n; i < all.n; i += n) {
		size_t distinct = 0;
		for (n = 0; i + n < all.n && all.v[i + n].name == all.v[i].name; n++)
			if (!n || all.v[i + n].advisory != all.v[i + n - 1].advisory)
				run[distinct++] = all.v[i + n].advisory;
		*STK_PUSH(&w->arena, &w->names) =
			(struct stk_row_name){ all.v[i].name, stk_builder_list(w->b, run, distinct) };
	}
}

static uint32_t *new_slots(struct writing *w, size_t rows, size_t *n)
{
	*n = 16;
	/* Half of the slots stay free, which keeps chains short and makes every search end. */
	while (*n < rows * 2)
		*n *= 2;
	return STK_NEW(&w->arena, uint32_t, *n);
}

/* Open addressing with linear steps; a slot holds the row's number + 1, as 0 is free. database.c searches the
   same way. */
static void fill_slot(uint32_t *slots, size_t n, uint64_t hash, size_t row)
{
	size_t slot = stk_database_mix(hash) & (n - 1);
	assert(n && (n & (n - 1)) == 0 && row < n);
	while (slots[slot])
		slot = (slot + 1) & (n - 1);
	slots[slot] = (uint32_t)row + 1;
}

static void place_slots(struct writing *w)
{
	w->package_slots = new_slots(w, w->n_packages, &w->n_package_slots);
	for (size_t i = 0; i < w->n_packages; i++) {
		stk_ref ecosystem = w->ecosystems[w->packages[i].ecosystem].name;
		fill_slot(w->package_slots, w->n_package_slots,
			  stk_database_package_hash(stk_pool_get(&w->b->strings, ecosystem),
						    stk_pool_get(&w->b->strings, w->packages[i].name)),
			  i);
	}
	w->name_slots = new_slots(w, w->names.n, &w->n_name_slots);
	for (size_t i = 0; i < w->names.n; i++)
		fill_slot(w->name_slots, w->n_name_slots,
			  stk_str_hash(stk_pool_get(&w->b->strings, w->names.v[i].name)), i);
}

static const char zeros[8];

/* With the zeros that fill it to whole 8 bytes: the digest is over the file as it is written. */
static void digest_section(struct stk_digest *digest, struct stk_str bytes)
{
	stk_digest_add(digest, bytes);
	stk_digest_add(digest, (struct stk_str){ zeros, -bytes.n % 8 });
}

static void write_file(struct writing *w, int64_t built, uint64_t inputs, FILE *out)
{
	struct stk_str parts[STK_SECTIONS] = {
		[STK_SECTION_STRINGS] = stk_buf_str(&w->b->strings.bytes),
		[STK_SECTION_WORDS] = stk_buf_str(&w->b->words.bytes),
		[STK_SECTION_ECOSYSTEMS] = { (char *)w->ecosystems, w->b->ecosystem_rows.n * sizeof(*w->ecosystems) },
		[STK_SECTION_PACKAGES] = { (char *)w->packages, w->n_packages * sizeof(*w->packages) },
		[STK_SECTION_PACKAGE_SLOTS] = { (char *)w->package_slots, w->n_package_slots * sizeof(uint32_t) },
		[STK_SECTION_AFFECTED] = { (char *)w->affected, w->n_affected * sizeof(*w->affected) },
		[STK_SECTION_ADVISORIES] = { (char *)w->advisories, w->n_advisories * sizeof(*w->advisories) },
		[STK_SECTION_NAMES] = { (char *)w->names.v, w->names.n * sizeof(*w->names.v) },
		[STK_SECTION_NAME_SLOTS] = { (char *)w->name_slots, w->n_name_slots * sizeof(uint32_t) },
	};
	struct stk_database_header header = { .version = STK_DATABASE_VERSION,
					      .byte_order = STK_DATABASE_BYTE_ORDER,
					      .size = sizeof(header),
					      .built = built,
					      .inputs = inputs,
					      .newest = stk_builder_newest(w->b) };
	struct stk_digest digest = { 0 };
	uint8_t raw[STK_DIGEST_MAX];
	memcpy(header.magic, STK_DATABASE_MAGIC, sizeof(header.magic));
	stk_digest_begin(&digest, STK_SHA256);
	for (size_t i = 0; i < STK_SECTIONS; i++) {
		assert(header.size % 8 == 0); /* sections are mapped and read in place */
		header.sections[i].offset = header.size;
		header.sections[i].n = parts[i].n / stk_section_sizes[i];
		header.size += parts[i].n + -parts[i].n % 8;
		digest_section(&digest, parts[i]);
	}
	memcpy(header.digest, raw, stk_digest_end(&digest, raw));
	stk_digest_free(&digest);
	/* Last, as it covers all fields before it, the digest too. */
	header.check = stk_str_hash((struct stk_str){ (char *)&header, offsetof(struct stk_database_header, check) });
	fwrite(&header, sizeof(header), 1, out);
	for (size_t i = 0; i < STK_SECTIONS; i++) {
		if (parts[i].n) /* a section without rows may have no memory */
			fwrite(parts[i].p, 1, parts[i].n, out);
		fwrite(zeros, 1, -parts[i].n % 8, out);
	}
}

int stk_builder_finish(struct stk_builder *b, int64_t built, uint64_t inputs, FILE *out, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	struct writing w = { .b = b, .arena = arena };
	number_advisories(&w);
	number_ecosystems(&w);
	number_packages(&w);
	place_affected(&w);
	index_names(&w);
	place_slots(&w);
	b->counts.advisories = w.n_advisories;
	b->counts.packages = w.n_packages;
	b->counts.affected = w.n_affected;
	/* A pool that overflowed has dropped strings: nothing is written rather than something
	   wrong. */
	bool full = b->strings.bytes.overflow || b->words.bytes.overflow || b->affected.n >= UINT32_MAX ||
		    w.names.n >= UINT32_MAX;
	if (!full)
		write_file(&w, built, inputs, out);
	stk_arena_free(&w.arena);
	return full ? stk_fail(err, STK_ELIMIT, "more advisories than a database can number") : 0;
}
