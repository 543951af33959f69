/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening costs the same whatever the size: the header is checked by its own checksum and every
 * section by its bounds; the digest over all bytes is for `db status` and for whoever doubts.
 * Rows are used in place, straight from the mapping; every number in them is checked where it
 * is followed, since the file may be anybody's.
 */
#include "advisory/database_read.h"

#include <errno.h>
#include <string.h>

#include "io/digest.h"
#include "base/banned.h"

#define REBUILD "build it again with \"strake db update\" or \"strake db build\""

static int check_header(const struct stk_database_header *header, size_t size, struct stk_err *err)
{
	const struct stk_str front = { (const char *)header, offsetof(struct stk_database_header, check) };
	if (memcmp(header->magic, STK_DATABASE_MAGIC, sizeof(header->magic)) != 0)
		return stk_fail(err, STK_EFORMAT, "not an advisory database");
	if (header->byte_order != STK_DATABASE_BYTE_ORDER)
		return stk_fail(err, STK_EFORMAT, "written on a machine of another byte order");
	if (header->version != STK_DATABASE_VERSION)
		return stk_fail(err, STK_EFORMAT, "format version %u, this program reads version %d", header->version,
				STK_DATABASE_VERSION);
	if (header->check != stk_str_hash(front))
		return stk_fail(err, STK_EFORMAT, "the header is damaged");
	if (header->size != size)
		return stk_fail(err, STK_EFORMAT, "%zu bytes long, its header says %llu", size,
				(unsigned long long)header->size);
	return 0;
}

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static int check_sections(const struct stk_database_header *header, struct stk_err *err)
{
	for (size_t i = 0; i < STK_SECTIONS; i++) {
		uint64_t offset = header->sections[i].offset, n = header->sections[i].n;
		/* Rows are structs of 8-byte alignment; division instead of multiplication, so
		   that n cannot overflow. */
		if (offset % 8 || offset > header->size || n > (header->size - offset) / stk_section_sizes[i] ||
		    n > (uint64_t)UINT32_MAX * 4)
			return stk_fail(err, STK_EFORMAT, "section %zu lies outside the file", i);
	}
	if (!power_of_two(header->sections[STK_SECTION_PACKAGE_SLOTS].n) ||
	    !power_of_two(header->sections[STK_SECTION_NAME_SLOTS].n))
		return stk_fail(err, STK_EFORMAT, "an index has an odd size");
	return 0;
}

int stk_database_open_bytes(struct stk_str bytes, struct stk_database *out, struct stk_err *err)
{
	const struct stk_database_header *header = (const void *)bytes.p;
	/* Alignment is the caller's promise: mappings are, and embed.c sees to its own. */
	if (bytes.n < sizeof(*header))
		return stk_fail(err, STK_EFORMAT, "not an advisory database");
	if (check_header(header, bytes.n, err) < 0 || check_sections(header, err) < 0)
		return -1;
	*out = (struct stk_database){ .bytes = bytes, .built = header->built, .header = header, .path = S("") };
	return 0;
}

int stk_database_open(struct stk_arena *arena, const char *path, struct stk_database *out, struct stk_err *err)
{
	struct stk_mapping mapping;
	*out = (struct stk_database){ .path = S("") };
	if (stk_mapping_open(&mapping, path, err) < 0)
		return -1;
	if (stk_database_open_bytes(mapping.bytes, out, err) < 0) {
		stk_mapping_close(&mapping);
		stk_hint(err, REBUILD);
		return stk_within(err, "%s", path);
	}
	out->mapping = mapping;
	out->path = stk_arena_str(arena, stk_str_from(path));
	return 0;
}

void stk_database_close(struct stk_database *database)
{
	stk_mapping_close(&database->mapping);
	*database = (struct stk_database){ 0 };
}

int stk_database_verify(const struct stk_database *database, struct stk_err *err)
{
	uint8_t digest[STK_DIGEST_MAX];
	size_t n = stk_digest_of(STK_SHA256,
				 stk_str_slice(database->bytes, sizeof(*database->header), database->bytes.n), digest);
	if (memcmp(digest, database->header->digest, n) != 0) {
		stk_fail(err, STK_EFORMAT, STK_FMT ": the checksum is wrong: the file is damaged",
			 STK_ARG(database->path));
		return stk_hint(err, REBUILD);
	}
	return 0;
}

/* Offsets were checked when the file was opened. */
static const void *section(const struct stk_database *database, enum stk_section section)
{
	return database->bytes.p + database->header->sections[section].offset;
}

size_t stk_database_count(const struct stk_database *database, enum stk_section section)
{
	return (size_t)database->header->sections[section].n;
}

struct stk_str stk_database_str(const struct stk_database *database, stk_ref ref)
{
	const char *strings = section(database, STK_SECTION_STRINGS);
	uint64_t size = stk_database_count(database, STK_SECTION_STRINGS), at = (uint64_t)ref * 4;
	uint32_t n;
	/* at is at most four times a 32-bit number. */
	if (at + sizeof(n) > size)
		return S("");
	memcpy(&n, strings + at, sizeof(n));
	return n > size - at - sizeof(n) ? S("") : (struct stk_str){ strings + at + sizeof(n), n };
}

bool stk_database_word(const struct stk_database *database, struct stk_list list, size_t i, uint32_t *out)
{
	const uint32_t *words = section(database, STK_SECTION_WORDS);
	if (i >= list.n || list.first + i >= stk_database_count(database, STK_SECTION_WORDS))
		return false;
	*out = words[list.first + i];
	return true;
}

void stk_database_strs(const struct stk_database *database, struct stk_arena *arena, struct stk_list list,
		       struct stk_strs *out)
{
	uint32_t ref;
	for (size_t i = 0; stk_database_word(database, list, i, &ref); i++)
		*STK_PUSH(arena, out) = stk_database_str(database, ref);
}

/* Row i of a section, or NULL. */
#define ROW(database, name, i)                                                                                         \
	((i) < stk_database_count((database), STK_SECTION_##name)                                                      \
		 ? (const void *)((const char *)section((database), STK_SECTION_##name) +                              \
				  (i)*stk_section_sizes[STK_SECTION_##name])                                           \
		 : NULL)

const struct stk_row_ecosystem *stk_database_ecosystem(const struct stk_database *database, size_t i)
{
	return ROW(database, ECOSYSTEMS, i);
}

const struct stk_row_package *stk_database_package(const struct stk_database *database, size_t i)
{
	return ROW(database, PACKAGES, i);
}

const struct stk_row_advisory *stk_database_advisory(const struct stk_database *database, size_t i)
{
	return ROW(database, ADVISORIES, i);
}

const struct stk_row_affected *stk_database_affected(const struct stk_database *database, size_t i)
{
	return ROW(database, AFFECTED, i);
}

/* The row number in slot `probe` of the chain that starts at hash; false at the chain's end. A hostile index without a
   free slot ends after one round. */
static bool slot(const struct stk_database *database, enum stk_section index, uint64_t hash, size_t probe, size_t *row)
{
	const uint32_t *slots = section(database, index);
	size_t n = stk_database_count(database, index);
	uint32_t value = probe < n ? slots[(stk_database_mix(hash) + probe) & (n - 1)] : 0;
	/* For a free slot this wraps to a row that does not exist; the caller sees `false`. */
	*row = value - 1;
	return value != 0;
}

const struct stk_row_package *stk_database_find(const struct stk_database *database, size_t ecosystem,
						struct stk_str name)
{
	const struct stk_row_ecosystem *where = stk_database_ecosystem(database, ecosystem);
	size_t row;
	if (!where)
		return NULL;
	uint64_t hash = stk_database_package_hash(stk_database_str(database, where->name), name);
	for (size_t i = 0; slot(database, STK_SECTION_PACKAGE_SLOTS, hash, i, &row); i++) {
		const struct stk_row_package *package = stk_database_package(database, row);
		if (package && package->ecosystem == ecosystem &&
		    stk_str_eq(stk_database_str(database, package->name), name))
			return package;
	}
	return NULL;
}

struct stk_list stk_database_named(const struct stk_database *database, struct stk_str id)
{
	size_t row;
	for (size_t i = 0; slot(database, STK_SECTION_NAME_SLOTS, stk_str_hash(id), i, &row); i++) {
		const struct stk_row_name *name = ROW(database, NAMES, row);
		if (name && stk_str_eq(stk_database_str(database, name->name), id))
			return name->advisories;
	}
	return (struct stk_list){ 0 };
}
