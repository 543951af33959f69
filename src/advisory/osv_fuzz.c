/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line is a version, the rest an OSV record. Judging must not depend on the order of the events, and a
 * database of the one record must say of the package what the record says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "advisory/builder.h"
#include "advisory/database_read.h"
#include "advisory/ecosystem.h"
#include "advisory/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void reverse_events(struct stk_osv_affected *affected)
{
	for (size_t r = 0; r < affected->ranges.n; r++) {
		struct stk_osv_event *v = affected->ranges.v[r].events.v;
		for (size_t i = 0, j = affected->ranges.v[r].events.n; i + 1 < j; i++) {
			struct stk_osv_event kept = v[i];
			v[i] = v[--j];
			v[j] = kept;
		}
	}
}

static struct stk_str build(const struct stk_osv *record, char **bytes)
{
	struct stk_err err;
	size_t n = 0;
	struct stk_builder *builder = stk_builder_new(NULL);
	FILE *memory = open_memstream(bytes, &n);
	stk_builder_add(builder, record);
	if (!memory || stk_builder_finish(builder, 0, 0, memory, &err) < 0 || fclose(memory) != 0)
		abort();
	stk_builder_free(builder);
	return (struct stk_str){ *bytes, n };
}

/* Of a language's package, whose lookup needs no system: affected by the record means found in the database. */
static void look_up(struct stk_arena *arena, const struct stk_osv *record, struct stk_str version)
{
	char *bytes = NULL;
	struct stk_err err;
	struct stk_database database;
	const struct stk_osv_affected *affected = &record->affected.v[0];
	const struct stk_ecosystem *row = stk_ecosystem_find(affected->ecosystem);
	struct stk_str fix;
	if (stk_database_open_bytes(build(record, &bytes), &database, &err) < 0 ||
	    stk_database_verify(&database, &err) < 0)
		abort();
	if (row && !row->distribution && affected->name.n) {
		struct stk_match_os os = { S(""), S(""), S(""), S("") };
		struct stk_package package = { .ecosystem = stk_str_from(row->purl_type),
					       .name = affected->name,
					       .version = version };
		struct stk_packages packages = { &package, 1, 1 };
		struct stk_report report = stk_report_new(arena);
		stk_report_target(&report, S(""), "image");
		stk_match(&database, &os, &packages, 0, &report);
		bool want = !record->withdrawn && stk_osv_judge(affected, version, &fix) == STK_AFFECTED;
		if (want && !report.findings.n)
			abort();
	}
	stk_database_close(&database);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_str text = { (const char *)data, size }, version = stk_str_cut_line(&text), fix;
	struct stk_err err;
	struct stk_json *json;
	struct stk_osv record;
	if (stk_json_parse(&arena, text, &json, &err) < 0 || stk_osv_read(&arena, json, &record, &err) < 0)
		return 0;
	for (size_t i = 0; i < record.affected.n; i++) {
		enum stk_verdict verdict = stk_osv_judge(&record.affected.v[i], version, &fix);
		reverse_events(&record.affected.v[i]);
		if (stk_osv_judge(&record.affected.v[i], version, &fix) != verdict)
			abort();
	}
	if (record.affected.n && version.n)
		look_up(&arena, &record, version);
	return 0;
}
