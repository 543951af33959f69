/* SPDX-License-Identifier: Apache-2.0 */
/* Building, opening, looking up; a database that was tampered with. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "advisory/database_read.h"
#include "advisory/import.h"
#include "advisory/severity.h"

struct built {
	char *bytes;
	size_t n;
	struct stk_builder_counts counts;
};

static struct built build(const char *const *records, size_t n, const struct stk_strs *ecosystems)
{
	struct built out = { 0 };
	struct stk_err err;
	struct stk_import import = { .builder = stk_builder_new(ecosystems) };
	FILE *memory = open_memstream(&out.bytes, &out.n);
	for (size_t i = 0; i < n; i++)
		stk_import_record(&import, stk_str_from(records[i]), "record");
	assert_int_equal(import.broken, 0);
	assert_int_equal(stk_builder_finish(import.builder, 1700000000, 7, memory, &err), 0);
	fclose(memory);
	out.counts = *stk_builder_counts(import.builder);
	stk_builder_free(import.builder);
	return out;
}

static struct stk_database open_built(const struct built *built)
{
	struct stk_database database;
	struct stk_err err;
	assert_int_equal(stk_database_open_bytes((struct stk_str){ built->bytes, built->n }, &database, &err), 0);
	return database;
}

#define RECORD(id, modified, ecosystem, name, more)                                                                    \
	"{\"id\": \"" id "\", \"modified\": \"" modified                                                               \
	"\", \"affected\": [{\"package\": {\"ecosystem\": \"" ecosystem "\", \"name\": \"" name "\"}}]" more "}"

CASE(packages_are_found_by_ecosystem_and_name)
{
	static const char *const records[] = {
		RECORD("B", "2024-01-01T00:00:00Z", "Debian:12", "lamp", ""),
		RECORD("A", "2024-02-01T00:00:00Z", "Debian:12", "lamp", ", \"aliases\": [\"CVE-1\"]"),
		RECORD("C", "2024-01-01T00:00:00Z", "Debian:11", "lamp", ""),
	};
	struct built built = build(records, STK_LEN(records), NULL);
	struct stk_database database = open_built(&built);
	struct stk_err err;
	assert_int_equal(database.header->newest, 1706745600);
	assert_int_equal(database.header->inputs, 7);
	assert_str(stk_database_str(&database, stk_database_ecosystem(&database, 1)->name), "Debian:12");
	const struct stk_row_package *package = stk_database_find(&database, 1, S("lamp"));
	assert_non_null(package);
	assert_int_equal(package->n, 2);
	const struct stk_row_affected *first = stk_database_affected(&database, package->first);
	assert_str(stk_database_str(&database, stk_database_advisory(&database, first->advisory)->id), "A");
	assert_null(stk_database_find(&database, 1, S("lam")));
	assert_null(stk_database_find(&database, 2, S("lamp")));
	assert_int_equal(stk_database_named(&database, S("CVE-1")).n, 1);
	assert_int_equal(stk_database_named(&database, S("CVE-2")).n, 0);
	assert_int_equal(stk_database_verify(&database, &err), 0);
	built.bytes[built.n - 1] ^= 1;
	assert_int_equal(stk_database_verify(&database, &err), -1);
	free(built.bytes);
}

CASE(the_newer_of_two_copies_counts_and_withdrawn_ones_do_not)
{
	static const char *const records[] = {
		RECORD("A", "2024-02-01T00:00:00Z", "Debian:12", "new", ""),
		RECORD("A", "2024-01-01T00:00:00Z", "Debian:12", "old", ""),
		RECORD("B", "2024-01-01T00:00:00Z", "Debian:12", "old", ""),
		RECORD("B", "2024-02-01T00:00:00Z", "Debian:12", "new", ""),
		RECORD("C", "2024-01-01T00:00:00Z", "Debian:12", "gone", ""),
		RECORD("C", "2024-02-01T00:00:00Z", "Debian:12", "gone", ", \"withdrawn\": \"2024-02-01T00:00:00Z\""),
	};
	struct built built = build(records, STK_LEN(records), NULL);
	struct stk_database database = open_built(&built);
	assert_int_equal(built.counts.advisories, 2);
	assert_int_equal(stk_database_find(&database, 0, S("new"))->n, 2);
	assert_true(!stk_database_find(&database, 0, S("old")) || !stk_database_find(&database, 0, S("old"))->n);
	assert_true(!stk_database_find(&database, 0, S("gone")) || !stk_database_find(&database, 0, S("gone"))->n);
	free(built.bytes);
}

CASE(only_chosen_ecosystems)
{
	static const char *const records[] = { RECORD("A", "2024-02-01T00:00:00Z", "Debian:12", "a", ""),
					       RECORD("B", "2024-01-01T00:00:00Z", "PyPI", "b", "") };
	struct stk_str wanted = S("PyPI");
	struct stk_strs list = { &wanted, 1, 1 };
	struct built built = build(records, STK_LEN(records), &list);
	assert_int_equal(built.counts.advisories, 1);
	assert_int_equal(built.counts.packages, 1);
	free(built.bytes);
}

CASE(an_empty_database_is_one)
{
	struct built built = build(NULL, 0, NULL);
	struct stk_database database = open_built(&built);
	assert_null(stk_database_find(&database, 0, S("x")));
	free(built.bytes);
}

CASE(a_changed_header_is_refused)
{
	static const char *const records[] = { RECORD("A", "2024-02-01T00:00:00Z", "Debian:12", "a", "") };
	struct built built = build(records, 1, NULL);
	struct stk_database database;
	struct stk_err err;
	for (size_t i = 0; i < sizeof(struct stk_database_header); i++) {
		built.bytes[i] ^= 0x40;
		assert_int_equal(stk_database_open_bytes((struct stk_str){ built.bytes, built.n }, &database, &err),
				 -1);
		built.bytes[i] ^= 0x40;
	}
	for (size_t n = 0; n < built.n; n++)
		assert_int_equal(stk_database_open_bytes((struct stk_str){ built.bytes, n }, &database, &err), -1);
	free(built.bytes);
}

CASE(vendors_words)
{
	static const struct {
		const char *word;
		enum stk_severity want;
	} rows[] = {
		{ "low**", STK_SEV_LOW },	 { "Moderate", STK_SEV_MEDIUM }, { "IMPORTANT", STK_SEV_HIGH },
		{ "unimportant", STK_SEV_INFO }, { "negligible", STK_SEV_INFO }, { "critical", STK_SEV_CRITICAL },
	};
	enum stk_severity got;
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		assert_true(stk_vendor_severity(stk_str_from(rows[i].word), &got));
		assert_int_equal(got, rows[i].want);
	}
	assert_false(stk_vendor_severity(S("not yet assigned"), &got));
	assert_false(stk_vendor_severity(S(""), &got));
}

CASE(the_built_in_set_opens_and_is_whole)
{
	struct stk_database database;
	struct stk_err err;
	stk_database_open_builtin(&database);
	assert_true(stk_database_count(&database, STK_SECTION_ADVISORIES) >= 24);
	assert_int_equal(stk_database_verify(&database, &err), 0);
}
