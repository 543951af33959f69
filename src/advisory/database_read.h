/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reading rows out of a mapped database. Numbers in the file are not trusted: one that leads
 * outside gives an empty result, so that a damaged file costs findings, which `db status` and
 * the digest can explain, and never a crash.
 *
 * Looking a package up is one hash and a few probes; see stk_database_find. All functions only
 * read and may be called from several threads.
 */

#include "advisory/database.h"
#include "advisory/database_format.h"

/* A string; empty when the reference leads outside. It lives as long as the database is open. */
struct stk_str stk_database_str(const struct stk_database *database, stk_ref ref);
/* Word i of a list; false behind its end or outside the file. */
bool stk_database_word(const struct stk_database *database, struct stk_list list, size_t i, uint32_t *out);
/* The strings of a list appended to *out, which grows on the arena. */
void stk_database_strs(const struct stk_database *database, struct stk_arena *arena, struct stk_list list,
		       struct stk_strs *out);

/* How many rows a section has, and row i, which must be below that number. */
size_t stk_database_count(const struct stk_database *database, enum stk_section section);
const struct stk_row_ecosystem *stk_database_ecosystem(const struct stk_database *database, size_t i);
const struct stk_row_package *stk_database_package(const struct stk_database *database, size_t i);
/* NULL when there is no such row. */
const struct stk_row_advisory *stk_database_advisory(const struct stk_database *database, size_t i);
const struct stk_row_affected *stk_database_affected(const struct stk_database *database, size_t i);

/* The row of a package, by the name as stk_ecosystem_package spells it; NULL when no advisory names it. */
const struct stk_row_package *stk_database_find(const struct stk_database *database, size_t ecosystem,
						struct stk_str name);
/* The numbers of the advisories whose id, alias or upstream id this is; an empty list when there is none. */
struct stk_list stk_database_named(const struct stk_database *database, struct stk_str id);
