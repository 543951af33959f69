/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The bytes of the database file; docs/database.md says the same in words. Numbers are in the
 * byte order of the machine that wrote it, sections start at multiples of 8. Strings and lists
 * are stored once each, however many rows name them.
 *
 * Changing anything here is a new STK_DATABASE_VERSION: older programs then refuse the file
 * instead of misreading it. Structs have no padding of the compiler's: members are ordered so
 * that none is needed.
 */

#include "base/str.h"

#define STK_DATABASE_MAGIC "STRAKEDB"
enum { STK_DATABASE_VERSION = 1, STK_DATABASE_BYTE_ORDER = 0x01020304 };

/* A string: four times this number is the offset in STRINGS of a 32-bit length and the bytes. 0 is the empty string. */
typedef uint32_t stk_ref;

/* Elements [first, first + n) of WORDS. */
struct stk_list {
	uint32_t first, n;
};

#define STK_DATABASE_SECTIONS(X)                                                                                       \
	X(STRINGS, char)                                                                                               \
	X(WORDS, uint32_t)                                                                                             \
	X(ECOSYSTEMS, struct stk_row_ecosystem)                                                                        \
	X(PACKAGES, struct stk_row_package)                                                                            \
	X(PACKAGE_SLOTS, uint32_t)                                                                                     \
	X(AFFECTED, struct stk_row_affected)                                                                           \
	X(ADVISORIES, struct stk_row_advisory)                                                                         \
	X(NAMES, struct stk_row_name)                                                                                  \
	X(NAME_SLOTS, uint32_t)

enum stk_section {
#define X(name, type) STK_SECTION_##name,
	STK_DATABASE_SECTIONS(X)
#undef X
		STK_SECTIONS,
};

/* At the file's beginning; everything else is found through `sections`. */
struct stk_database_header {
	char magic[8];
	uint32_t version, byte_order;
	uint64_t size;	       /* of the file */
	int64_t built, newest; /* seconds: when written; the latest `modified` of all advisories */
	uint64_t inputs;       /* tells what it was made from; 0: not known */
	struct {
		uint64_t offset, n;
	} sections[STK_SECTIONS]; /* n counts elements */
	uint8_t digest[32];	  /* SHA-256 of everything behind the header */
	uint64_t check;		  /* FNV-1a of the header up to here */
};

/* An ecosystem with its suffix, "Debian:12", and for `db status` what there is of it. */
struct stk_row_ecosystem {
	stk_ref name;
	uint32_t packages, advisories, unused;
	int64_t newest;
};

/* Sorted by ecosystem, then name; its affected rows are [first, first + n). */
struct stk_row_package {
	uint32_t ecosystem;
	stk_ref name;
	uint32_t first, n;
};

/*
 * One element of a record's "affected". ranges: {type, number of events, then kind and version of each} after one
 * another; severities: pairs of type and score.
 */
struct stk_row_affected {
	uint32_t advisory;
	stk_ref word;
	struct stk_list ranges, versions, severities;
};

/* A record without its "affected". word: the severity that its own database states. */
struct stk_row_advisory {
	stk_ref id, summary, details, word;
	struct stk_list aliases, upstream, related, severities, references, cwes;
	int64_t published, modified;
};

/* An id, alias or upstream id, and the advisories that carry it. */
struct stk_row_name {
	stk_ref name;
	struct stk_list advisories;
};

/* The hash that places a package or a name in its slots: FNV-1a, mixed. Slots are a power of two; they hold row + 1,
   or 0, and are probed one after another. */
static inline uint64_t stk_database_mix(uint64_t hash)
{
	return hash ^ (hash >> 29) ^ (hash >> 47);
}

static inline uint64_t stk_database_package_hash(struct stk_str ecosystem, struct stk_str name)
{
	return stk_str_hash(ecosystem) * 31 + stk_str_hash(name);
}

/* Bytes of one element of each section. */
static const size_t stk_section_sizes[STK_SECTIONS] = {
#define X(name, type) sizeof(type),
	STK_DATABASE_SECTIONS(X)
#undef X
};
