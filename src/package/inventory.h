/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is installed in an image: a visitor of image scans that reads the distributions' package
 * databases and the files that name the system. The databases as they are in the image that
 * runs decide; the layer of a package is the first one whose database has it in this version,
 * without a break.
 *
 * Order: stk_inventory_new, its visitor in a stk_image_scan (alone or with others),
 * stk_inventory_finish, then read `os`, `packages` and `databases`; stk_inventory_close last.
 * It judges nothing: what has reached its end of life is system_rules.h's, what is vulnerable
 * is advisory/match.h's.
 */

#include "base/map.h"
#include "image/scan.h"
#include "package/database.h"
#include "package/os.h"

struct stk_inventory_database;

struct stk_inventory {
	struct stk_arena *arena;
	struct stk_str distro;	      /* set before finishing: the system to take it for (stk_os_named), or empty */
	struct stk_os os;	      /* after stk_inventory_finish */
	struct stk_packages packages; /* after it: by name, version, architecture; each once */
	struct stk_strs databases;    /* after it: paths of the databases that the running image has */
	/* Private: */
	struct stk_map paths; /* path -> struct stk_inventory_database */
	struct {
		struct stk_str text;
		const struct stk_entry *entry;
	} os_files[STK_OS_FILE_COUNT];
};

#define STK_INVENTORY __attribute__((cleanup(stk_inventory_close))) struct stk_inventory

/* An empty inventory; what finishing finds lives on the arena. */
struct stk_inventory stk_inventory_new(struct stk_arena *arena);
/* Its visitor, for one call of stk_image_scan. The inventory must not move. */
struct stk_visitor stk_inventory_visitor(struct stk_inventory *inventory);
/* Works out system and packages once the scan has ended. Databases that could not be read whole are gaps of the scan.
   Where an rpm database has a write-ahead log, the image's layers are read a second time for these two files. */
void stk_inventory_finish(struct stk_inventory *inventory, struct stk_image *image, struct stk_scan *scan);
/* Frees what finish did not hand out. */
void stk_inventory_close(struct stk_inventory *inventory);
