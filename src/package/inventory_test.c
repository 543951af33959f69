/* SPDX-License-Identifier: Apache-2.0 */
/* What is installed in an image of several layers: which copy of a database counts, and which layer a package comes
 * from. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "layout.h"
#include "package/inventory.h"
#include "rpmdb.h"
#include "base/banned.h"

enum { MOST = 8 };

/* A file of a layer; its text may hold NUL bytes. Whiteouts are files with a name of their own; a target makes a
 * symbolic link. */
struct part {
	const char *path;
	struct stk_str text;
	const char *target;
};
struct part_layer {
	struct part parts[MOST];
};

struct world {
	struct stk_arena arena;
	struct stk_image image;
	struct stk_scan scan;
	struct stk_inventory inventory;
};

#define DEBIAN                                                                                                         \
	{                                                                                                              \
		"etc/os-release", S("ID=debian\nVERSION_ID=12\n"), NULL                                                \
	}
#define STATUS "Status: install ok installed\nArchitecture: amd64\n"

static void put_part(struct stk_buf *tar, const struct part *part)
{
	if (part->target)
		test_tar_link(tar, part->path, '2', part->target);
	else
		test_tar_write(tar, test_tar_header(part->path, '0', part->text.n), part->text);
}

static void open_world(struct world *world, const struct part_layer *layers, size_t n, const char *distro)
{
	struct test_files files = { &world->arena, { 0 } };
	struct stk_str plain[MOST];
	struct stk_err err = { 0 };
	for (size_t i = 0; i < n; i++) {
		STK_BUF tar = stk_buf_new(STK_MIB(4));
		for (size_t k = 0; k < MOST && layers[i].parts[k].path; k++)
			put_part(&tar, &layers[i].parts[k]);
		test_tar_end(&tar);
		plain[i] = stk_arena_str(&world->arena, stk_buf_str(&tar));
	}
	struct stk_str manifest =
		test_image(&files, "\"os\":\"linux\",\"architecture\":\"amd64\"", plain, plain, n, "");
	test_layout(&files, &manifest, 1);
	world->inventory = stk_inventory_new(&world->arena);
	world->inventory.distro = stk_str_from(distro);
	struct stk_visitor visitor = stk_inventory_visitor(&world->inventory);
	if (stk_image_open(&world->arena, test_as_folder(&files, "inventory"), NULL, &world->image, &err) < 0 ||
	    stk_image_scan(&world->arena, &world->image, &visitor, 1, NULL, &world->scan, &err) < 0)
		fail_msg("%s", err.msg);
	stk_inventory_finish(&world->inventory, &world->image, &world->scan);
}

static void close_world(struct world *world)
{
	stk_inventory_close(&world->inventory);
	stk_image_close(&world->image);
	stk_arena_free(&world->arena);
}

/* "name version layer, ..." of the packages, and " ! what: why" of each gap. */
static struct stk_str summary(struct world *world)
{
	struct stk_str out = S("");
	for (size_t i = 0; i < world->inventory.packages.n; i++) {
		const struct stk_package *p = &world->inventory.packages.v[i];
		out = stk_arena_printf(&world->arena, STK_FMT "%s" STK_FMT " " STK_FMT " %d", STK_ARG(out),
				       i ? ", " : "", STK_ARG(p->name), STK_ARG(p->version), p->layer_index);
	}
	for (size_t i = 0; i < world->scan.gaps.n; i++)
		out = stk_arena_printf(&world->arena, STK_FMT " ! " STK_FMT ": " STK_FMT, STK_ARG(out),
				       STK_ARG(world->scan.gaps.v[i].what), STK_ARG(world->scan.gaps.v[i].why));
	return out;
}

#define assert_inventory(want, ...)                                                                                    \
	check_inventory((want), (const struct part_layer[]){ __VA_ARGS__ },                                            \
			sizeof((const struct part_layer[]){ __VA_ARGS__ }) / sizeof(struct part_layer), __LINE__)

static void check_inventory(const char *want, const struct part_layer *layers, size_t n, int line)
{
	struct world world = { 0 };
	open_world(&world, layers, n, NULL);
	test_assert_str(summary(&world), want, __FILE__, line);
	close_world(&world);
}

#define STANZA(name, version) "Package: " name "\nVersion: " version "\n" STATUS "\n"
#define DPKG(text)                                                                                                     \
	{                                                                                                              \
		"var/lib/dpkg/status", S(text), NULL                                                                   \
	}

CASE(a_package_comes_from_the_first_layer_that_has_it_in_this_version)
{
	assert_inventory("a 1 1, b 2 2, c 1 2", { { DEBIAN, DPKG(STANZA("a", "1") STANZA("b", "1")) } },
			 { { DPKG(STANZA("a", "1") STANZA("b", "2") STANZA("c", "1")) } },
			 { { { "srv/page", S("hello"), NULL } } });
}

CASE(a_package_that_was_gone_comes_from_the_layer_that_brought_it_back)
{
	assert_inventory("a 1 1, b 1 3", { { DEBIAN, DPKG(STANZA("a", "1") STANZA("b", "1")) } },
			 { { DPKG(STANZA("a", "1")) } }, { { DPKG(STANZA("a", "1") STANZA("b", "1")) } });
}

CASE(a_deleted_database_counts_no_more)
{
	assert_inventory("", { { DEBIAN, DPKG(STANZA("a", "1")) } },
			 { { { "var/lib/dpkg/.wh.status", S(""), NULL } } });
	assert_inventory("", { { DEBIAN, DPKG(STANZA("a", "1")) } }, { { { "var/lib/.wh.dpkg", S(""), NULL } } });
	assert_inventory("b 2 2", { { DEBIAN, DPKG(STANZA("a", "1")) } },
			 { { { "var/lib/dpkg/.wh..wh..opq", S(""), NULL }, DPKG(STANZA("b", "2")) } });
	/* The emptied database of an image whose package manager was removed holds nothing, and is whole. */
	assert_inventory("", { { DEBIAN, DPKG(STANZA("a", "1")) } }, { { DPKG("") } });
}

CASE(distroless_images_have_a_file_a_package)
{
	assert_inventory(
		"one 1 1, three 3 2",
		{ { DEBIAN,
		    { "var/lib/dpkg/status.d/one", S("Package: one\nVersion: 1\n"), NULL },
		    { "var/lib/dpkg/status.d/one.md5sums", S("00  usr/bin/one\n"), NULL },
		    { "var/lib/dpkg/status.d/two", S("Package: two\nVersion: 2\n"), NULL },
		    { "var/lib/dpkg/status.d/folder/four", S("Package: four\nVersion: 4\n"), NULL } } },
		{ { { "var/lib/dpkg/status.d/.wh.two", S(""), NULL },
		    { "var/lib/dpkg/status.d/three", S("Package: three\nVersion: 3\nSource: s (9)\n"), NULL } } });
}

CASE(apk_wherever_its_database_lies)
{
	assert_inventory("musl 1.2.4-r1 1, zlib 1.3-r0 2",
			 { { { "etc/alpine-release", S("3.18.4\n"), NULL },
			     { "lib/apk/db/installed", S("P:musl\nV:1.2.4-r1\nA:x86_64\n\n"), NULL } } },
			 { { { "lib/apk/db/installed",
			       S("P:musl\nV:1.2.4-r1\nA:x86_64\n\nP:zlib\nV:1.3-r0\nA:x86_64\n\n"), NULL } } });
	assert_inventory("musl 1.2.5-r0 2",
			 { { { "usr/lib/apk/db/empty", S(""), NULL }, { "lib", S(""), "usr/lib" } } },
			 { { { "lib/apk/db/installed", S("P:musl\nV:1.2.5-r0\nA:x86_64\n\n"), NULL } } });
}

/* The bytes of a database with these packages, and of the log that holds what came last. */
static void make_rpm(struct stk_arena *arena, struct stk_str *bytes, struct stk_str *log)
{
	static const struct test_rpm_entry first[] = {
		{ 1000, "bash", 0 }, { 1001, "5.1.8", 0 }, { 1002, "6.el9", 0 }, { 1022, "x86_64", 0 }
	};
	static const struct test_rpm_entry second[] = {
		{ 1000, "perl", 0 }, { 1001, "5.32", 0 }, { 1002, "4.el9", 0 }, { 1003, NULL, 4 }, { 1022, "noarch", 0 }
	};
	struct stk_str folder = test_folder(arena, "inventory-rpm");
	sqlite3 *db;
	assert_int_equal(sqlite3_open(stk_arena_printf(arena, STK_FMT "/x", STK_ARG(folder)).p, &db), SQLITE_OK);
	test_rpm_create(db);
	test_rpm_insert(db, first, STK_LEN(first));
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	test_rpm_insert(db, second, STK_LEN(second));
	*bytes = test_read(arena, stk_arena_printf(arena, STK_FMT "/x", STK_ARG(folder)).p);
	*log = test_read(arena, stk_arena_printf(arena, STK_FMT "/x-wal", STK_ARG(folder)).p);
	sqlite3_close(db);
}

CASE(rpm_with_a_log_in_a_layer_above)
{
	STK_ARENA arena = { 0 };
	struct stk_str bytes, log;
	make_rpm(&arena, &bytes, &log);
	const struct part rocky = { "etc/os-release", S("ID=\"rocky\"\nVERSION_ID=\"9.3\"\n"), NULL };
	const struct part database = { "var/lib/rpm/rpmdb.sqlite", bytes, NULL },
			  above = { "var/lib/rpm/rpmdb.sqlite-wal", log, NULL };
	assert_inventory("bash 5.1.8-6.el9 1", { { rocky, database } });
	assert_inventory("bash 5.1.8-6.el9 1, perl 4:5.32-4.el9 2", { { rocky, database } }, { { above } });
	assert_inventory("bash 5.1.8-6.el9 1", { { rocky, database } }, { { above } },
			 { { { "var/lib/rpm/.wh.rpmdb.sqlite-wal", S(""), NULL } } });
	/* The same in two places, as when a system moved its database, is one package. */
	assert_inventory("bash 5.1.8-6.el9 1",
			 { { rocky, database, { "usr/lib/sysimage/rpm/rpmdb.sqlite", bytes, NULL } } });
}

CASE(what_cannot_be_read_is_a_gap)
{
	assert_inventory("a 1 1 ! var/lib/dpkg/status: 2 of its entries have no name or version, or cannot be read",
			 { { DEBIAN, DPKG(STANZA("a", "1") "Package: x\n" STATUS "\nVersion: 1\n" STATUS "\n") } });
	assert_inventory(
		"musl 1-r0 1 ! lib/apk/db/installed: 1 of its entries have no name or version, or cannot be read",
		{ { { "lib/apk/db/installed", S("P:musl\nV:1-r0\n\nP:broken\n\n"), NULL } } });
	/* A broken stanza below does not count when the copy above is whole. */
	assert_inventory("a 1 1", { { DEBIAN, DPKG(STANZA("a", "1") "Package: x\n" STATUS "\n") } },
			 { { DPKG(STANZA("a", "1")) } });
	struct world world = { 0 };
	const struct part_layer torn = { { { "var/lib/rpm/rpmdb.sqlite", S("SQLite format 3\0torn"), NULL } } };
	open_world(&world, &torn, 1, NULL);
	assert_int_equal(world.inventory.packages.n, 0);
	assert_int_equal(world.scan.gaps.n, 1);
	assert_str(world.scan.gaps.v[0].what, "var/lib/rpm/rpmdb.sqlite");
	close_world(&world);
}

CASE(what_a_package_says)
{
	struct world world = { 0 };
	const struct part_layer layer = { { DEBIAN,
					    { "etc/debian_version", S("12.5\n"), NULL },
					    DPKG("Package: liba\nVersion: 1:2-3+b1\nSource: a (1:2-3)\n" STATUS
						 "\n") } };
	open_world(&world, &layer, 1, NULL);
	assert_int_equal(world.inventory.packages.n, 1);
	const struct stk_package *p = &world.inventory.packages.v[0];
	assert_str(p->source_name, "a");
	assert_str(p->source_version, "1:2-3");
	assert_str(p->path, "var/lib/dpkg/status");
	assert_str(p->namespace, "debian");
	assert_str(p->purl, "pkg:deb/debian/liba@1:2-3%2Bb1?arch=amd64&distro=debian-12.5");
	assert_true(stk_str_eq(p->layer, stk_image_layer(&world.image, 1)->diff_id));
	assert_int_equal(world.inventory.databases.n, 1);
	assert_str(world.inventory.os.family, "debian");
	close_world(&world);
}

CASE(a_system_may_be_named)
{
	struct world world = { 0 };
	const struct part_layer layer = { { DEBIAN, DPKG(STANZA("a", "1")) } };
	open_world(&world, &layer, 1, "ubuntu/22.04");
	assert_str(world.inventory.os.family, "ubuntu");
	assert_str(world.inventory.os.version, "22.04");
	assert_str(world.inventory.packages.v[0].namespace, "ubuntu");
	close_world(&world);
}
