/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What taking records in (builder.c) and writing the file (builder_write.c) share. Numbers that
 * name things here are the builder's, in the order of arrival; the file's own, in the order of
 * names, are given at the end.
 */

#include "advisory/builder.h"
#include "advisory/database_format.h"
#include "advisory/pool.h"

/* Numbers known by other numbers: a hash table that holds value + 1. */
struct stk_numbers {
	struct stk_number {
		uint64_t key;
		uint32_t value;
	} * slots;
	size_t n, n_slots;
};

struct stk_build_package {
	uint32_t ecosystem;
	stk_ref name;
};
struct stk_build_affected {
	uint32_t package;
	struct stk_row_affected row;
};
struct stk_build_advisory {
	struct stk_row_advisory row;
	bool dropped;
};

/* Vectors grow on `arena`. ids: place of an id in `strings` -> advisory; packages_by_name:
   ecosystem and name -> package. */
struct stk_builder {
	struct stk_arena arena, passing; /* for the builder's life; for what only one record needs */
	const struct stk_strs *ecosystems;
	struct stk_builder_counts counts;
	struct stk_pool strings, words;
	struct {
		uint32_t *v;
		size_t n, cap;
	} scratch;
	struct {
		struct stk_row_ecosystem *v;
		size_t n, cap;
	} ecosystem_rows;
	struct {
		struct stk_build_package *v;
		size_t n, cap;
	} packages;
	struct {
		struct stk_build_affected *v;
		size_t n, cap;
	} affected;
	struct {
		struct stk_build_advisory *v;
		size_t n, cap;
	} advisories;
	struct stk_numbers ids, packages_by_name;
};

/* Where the value of key stands; 0 when it is new. Valid until the next call. */
uint32_t *stk_numbers_at(struct stk_numbers *numbers, uint64_t key);
struct stk_list stk_builder_list(struct stk_builder *builder, const uint32_t *words, size_t n);
