/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile database: its header is made to pass, so that everything behind it is reached, and every package and
 * advisory is looked up. */
#include <stdlib.h>
#include <string.h>

#include "advisory/database_read.h"
#include "advisory/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 };

static struct stk_str mend(const uint8_t *data, size_t size)
{
	struct stk_database_header *header = malloc(size + 1);
	memcpy(header, data, size);
	if (size < sizeof(*header))
		return (struct stk_str){ (char *)header, size };
	memcpy(header->magic, STK_DATABASE_MAGIC, sizeof(header->magic));
	header->version = STK_DATABASE_VERSION;
	header->byte_order = STK_DATABASE_BYTE_ORDER;
	header->size = size;
	header->check = stk_str_hash((struct stk_str){ (char *)header, offsetof(struct stk_database_header, check) });
	return (struct stk_str){ (char *)header, size };
}

/* Installs what the database names, at a version that its ranges can be compared with. */
static void install(struct stk_arena *arena, const struct stk_database *database, struct stk_packages *packages)
{
	static const char *const types[] = { "deb", "apk", "rpm", "pypi", "golang" };
	size_t n = stk_database_count(database, STK_SECTION_PACKAGES);
	for (size_t i = 0; i < n && i < MOST; i++)
		for (size_t t = 0; t < STK_LEN(types); t++) {
			struct stk_str name = stk_database_str(database, stk_database_package(database, i)->name);
			*STK_PUSH(arena, packages) = (struct stk_package){ .ecosystem = stk_str_from(types[t]),
									   .name = name,
									   .source_name = name,
									   .version = S("1.2-3"),
									   .source_version = S("1.2-3") };
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stk_match_os systems[] = {
		{ { "debian", 6 }, { "12", 2 }, { "", 0 }, { "", 0 } },
		{ { "alpine", 6 }, { "3.18.4", 6 }, { "", 0 }, { "edge", 4 } },
		{ { "rhel", 4 }, { "9.4", 3 }, { "", 0 }, { "", 0 } },
		{ { "ubuntu", 6 }, { "22.04", 5 }, { "", 0 }, { "", 0 } },
	};
	STK_ARENA arena = { 0 };
	struct stk_str bytes = mend(data, size);
	struct stk_database database;
	struct stk_packages packages = { 0 };
	struct stk_err err;
	if (stk_database_open_bytes(bytes, &database, &err) == 0) {
		install(&arena, &database, &packages);
		for (size_t i = 0; i < STK_LEN(systems); i++) {
			STK_ARENA passing = { 0 };
			struct stk_report report = stk_report_new(&passing);
			stk_report_target(&report, S(""), "image");
			stk_match(&database, &systems[i], &packages, 0, &report);
		}
		stk_database_close(&database);
	}
	free((void *)(uintptr_t)bytes.p);
	return 0;
}
