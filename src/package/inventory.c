/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See inventory.h. Each copy of a database is read when the scan comes past it, in the order of
 * the layers: only the packages are kept, on an arena that the next copy replaces. So a scan
 * holds one list a database, never its text, whatever the number of layers.
 */
#include "package/inventory.h"

#include <stdlib.h>

#include "base/limits.h"
#include "package/inventory_private.h"
#include "text/purl.h"
#include "base/banned.h"

/* Which reader of package/database.h a place wants. */
enum reader { READ_DPKG, READ_APK, READ_RPM, READ_RPM_MANIFEST };

/* Where distributions keep their databases. A path that ends in "/" stands for the files of that folder. */
static const struct {
	const char *path;
	enum reader reader;
} places[] = {
	{ "lib/apk/db/installed", READ_APK },
	{ "usr/lib/apk/db/installed", READ_APK },
	{ "var/lib/apk/db/installed", READ_APK },
	{ "var/lib/dpkg/status", READ_DPKG },
	{ "var/lib/dpkg/status.d/", READ_DPKG },
	{ "usr/lib/sysimage/rpm/Packages", READ_RPM },
	{ "usr/lib/sysimage/rpm/Packages.db", READ_RPM },
	{ "usr/lib/sysimage/rpm/rpmdb.sqlite", READ_RPM },
	{ "usr/share/rpm/Packages", READ_RPM },
	{ "usr/share/rpm/Packages.db", READ_RPM },
	{ "usr/share/rpm/rpmdb.sqlite", READ_RPM },
	{ "var/lib/rpm/Packages", READ_RPM },
	{ "var/lib/rpm/Packages.db", READ_RPM },
	{ "var/lib/rpm/rpmdb.sqlite", READ_RPM },
	{ "var/lib/rpmmanifest/container-manifest-2", READ_RPM_MANIFEST },
};

/* Distroless images keep checksums beside the stanzas. */
static bool in_folder(struct stk_str path, struct stk_str folder)
{
	return stk_str_ends(folder, S("/")) && stk_str_starts(path, folder) && !stk_str_ends(path, S(".md5sums")) &&
	       stk_str_find_byte(stk_str_slice(path, folder.n, path.n), '/') == SIZE_MAX;
}

static bool is_place(struct stk_str path, enum reader *reader)
{
	for (size_t i = 0; i < STK_LEN(places); i++) {
		struct stk_str place = stk_str_from(places[i].path);
		if (!stk_str_eq(path, place) && !in_folder(path, place))
			continue;
		*reader = places[i].reader;
		return true;
	}
	return false;
}

/* The database a log belongs to, or the empty string. */
static struct stk_str logged_database(struct stk_str path)
{
	struct stk_str database = stk_str_strip_suffix(path, S("-wal"));
	enum reader reader;
	return database.n < path.n && stk_str_ends(database, S(".sqlite")) && is_place(database, &reader)
		       ? database
		       : (struct stk_str){ 0 };
}

/* The record of a path, made on first sight; later layers find what earlier ones had there. */
static struct stk_inventory_database *database_at(struct stk_inventory *inventory, struct stk_str path)
{
	struct stk_inventory_database *database = stk_map_get(&inventory->paths, path);
	if (database)
		return database;
	struct stk_str kept = stk_arena_str(inventory->arena, path);
	database = STK_NEW(inventory->arena, struct stk_inventory_database, 1);
	database->path = kept;
	*stk_map_at(&inventory->paths, inventory->arena, kept) = database;
	return database;
}

/* Also notes SQLite's logs, which are merged at the end: a layer may bring one without its database. */
static enum stk_want wants(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	struct stk_inventory *inventory = context;
	enum stk_os_file file;
	enum reader reader;
	if (entry->type != STK_TAR_FILE && entry->type != STK_TAR_HARDLINK)
		return STK_WANT_NOTHING;
	/* Hard links have no size of their own. */
	if (logged_database(entry->path).n && (entry->size || entry->type == STK_TAR_HARDLINK))
		database_at(inventory, logged_database(entry->path))->log = stk_scan_keep(scan, entry);
	return stk_os_file_of(entry->path, &file) || is_place(entry->path, &reader) ? STK_WANT_WHOLE : STK_WANT_NOTHING;
}

static int parse(enum reader reader, struct stk_arena *arena, struct stk_str bytes, struct stk_str log,
		 struct stk_inventory_reading *out, struct stk_err *err)
{
	switch (reader) {
	case READ_DPKG:
		stk_dpkg_parse(arena, bytes, &out->packages, &out->broken);
		return 0;
	case READ_APK:
		stk_apk_parse(arena, bytes, &out->packages, &out->broken);
		return 0;
	case READ_RPM:
		/* Some images leave an empty rpm database behind, as a mark for tools. */
		return bytes.n ? stk_rpm_parse(arena, bytes, log, &out->packages, &out->broken, err) : 0;
	case READ_RPM_MANIFEST:
		stk_rpm_manifest_parse(arena, bytes, &out->packages, &out->broken);
		return 0;
	}
	return 0;
}

/* Replaces views by copies: a database's text is gone after the callback, and most of it is of no interest. */
static void own(struct stk_arena *arena, struct stk_package *p)
{
	struct stk_str *const texts[] = { &p->name,	    &p->version, &p->source_name, &p->source_version,
					  &p->architecture, &p->license, &p->maintainer,  &p->modularity };
	for (size_t i = 0; i < STK_LEN(texts); i++)
		*texts[i] = stk_arena_str(arena, *texts[i]);
}

/* What makes two packages the same one across layers: an upgrade is a new package, of the layer
   that brought it. */
static struct stk_str identity(struct stk_arena *arena, const struct stk_package *p)
{
	return stk_arena_printf(arena, STK_FMT " " STK_FMT " " STK_FMT, STK_ARG(p->name), STK_ARG(p->version),
				STK_ARG(p->architecture));
}

/* What the copy of a lower layer had already, comes from where that had it. */
static void set_layers(struct stk_arena *scratch, const struct stk_packages *before, struct stk_packages *now,
		       int32_t layer)
{
	struct stk_map known = { 0 };
	for (size_t i = 0; i < before->n; i++)
		*stk_map_at(&known, scratch, identity(scratch, &before->v[i])) = &before->v[i];
	for (size_t i = 0; i < now->n; i++) {
		const struct stk_package *same = before->n ? stk_map_get(&known, identity(scratch, &now->v[i])) : NULL;
		now->v[i].layer_index = same ? same->layer_index : layer;
	}
}

void stk_inventory_read(struct stk_inventory_database *database, int32_t layer, struct stk_str bytes,
			struct stk_str log)
{
	/* Two arenas: the readers' views and intermediate copies go, the packages stay. */
	STK_ARENA scratch = { 0 };
	struct stk_inventory_reading read = { 0 };
	struct stk_arena kept = { 0 };
	struct stk_err err = { 0 };
	enum reader reader = READ_DPKG;
	is_place(database->path, &reader);
	/* What was read until then is kept; the failure becomes a gap when the database is one
	   of the running image. */
	if (parse(reader, &scratch, bytes, log, &read, &err) < 0)
		read.failure = stk_arena_str(&kept, stk_str_from(err.msg));
	set_layers(&scratch, &database->reading.packages, &read.packages, layer);
	struct stk_package *packages = STK_NEW(&kept, struct stk_package, read.packages.n);
	for (size_t i = 0; i < read.packages.n; i++) {
		packages[i] = read.packages.v[i];
		own(&kept, &packages[i]);
	}
	read.packages.v = packages;
	read.packages.cap = read.packages.n;
	stk_arena_free(&database->arena);
	database->arena = kept;
	database->reading = read;
}

/* A text of the os, or a copy of a database. Later layers' replace earlier ones'. */
static void whole(void *context, struct stk_scan *scan, const struct stk_entry *entry, struct stk_str bytes)
{
	struct stk_inventory *inventory = context;
	enum stk_os_file file;
	if (stk_os_file_of(entry->path, &file)) {
		/* 64 KiB are more than any of these files has. */
		inventory->os_files[file].text = stk_arena_str(inventory->arena, stk_str_slice(bytes, 0, STK_KIB(64)));
		inventory->os_files[file].entry = stk_scan_keep(scan, entry);
		return;
	}
	struct stk_inventory_database *database = database_at(inventory, entry->path);
	database->entry = stk_scan_keep(scan, entry);
	stk_inventory_read(database, entry->layer, bytes, (struct stk_str){ 0 });
}

struct stk_inventory stk_inventory_new(struct stk_arena *arena)
{
	return (struct stk_inventory){ .arena = arena };
}

struct stk_visitor stk_inventory_visitor(struct stk_inventory *inventory)
{
	return (struct stk_visitor){ .context = inventory, .wants = wants, .whole = whole };
}

/* Of the image as it runs: not removed or replaced by an upper layer. */
static bool live(const struct stk_entry *entry)
{
	return entry && !entry->removed_in;
}

static void identify(struct stk_inventory *inventory)
{
	struct stk_os_files files = { 0 };
	if (inventory->distro.n) {
		stk_os_named(inventory->distro, &inventory->os);
		return;
	}
	for (size_t i = 0; i < STK_OS_FILE_COUNT; i++)
		if (live(inventory->os_files[i].entry))
			files.text[i] = inventory->os_files[i].text;
	stk_os_identify(inventory->arena, &files, &inventory->os);
}

/* rpm's purl has the epoch as a qualifier; dpkg's and apk's versions are written in full. */
static struct stk_str purl_of(struct stk_arena *arena, const struct stk_os *os, const struct stk_package *p)
{
	struct stk_str version = p->version, epoch = { 0 }, distro = { 0 };
	size_t colon = stk_str_find_byte(version, ':');
	if (stk_str_is(p->ecosystem, "rpm") && colon != SIZE_MAX) {
		epoch = stk_str_slice(version, 0, colon);
		version = stk_str_slice(version, colon + 1, version.n);
	}
	if (os->family.n && os->version.n)
		distro = stk_arena_printf(arena, STK_FMT "-" STK_FMT, STK_ARG(os->family), STK_ARG(os->version));
	struct stk_purl_qualifier qualifiers[] = { { "arch", p->architecture },
						   { "distro", distro },
						   { "epoch", epoch } };
	struct stk_purl purl = { p->ecosystem, os->family, p->name, version, qualifiers, STK_LEN(qualifiers) };
	return stk_purl_format(arena, &purl);
}

static void add_package(struct stk_inventory *inventory, const struct stk_image *image, struct stk_str path,
			const struct stk_package *read)
{
	struct stk_package *p = STK_PUSH(inventory->arena, &inventory->packages);
	const struct stk_layer *layer = stk_image_layer(image, read->layer_index);
	*p = *read;
	own(inventory->arena, p);
	p->path = path;
	p->layer = layer ? layer->diff_id : (struct stk_str){ 0 };
	p->namespace = inventory->os.family;
	p->purl = purl_of(inventory->arena, &inventory->os, p);
}

/* Only for databases of the image as it runs: what is gone may be broken. */
static void add_gaps(const struct stk_inventory_database *database, struct stk_scan *scan)
{
	STK_ARENA scratch = { 0 };
	const struct stk_inventory_reading *read = &database->reading;
	if (read->failure.n)
		stk_scan_add_gap(scan, database->path, read->failure.p);
	if (read->broken)
		stk_scan_add_gap(scan, database->path,
				 stk_arena_printf(&scratch,
						  "%zu of its entries have no name or version, or cannot be read",
						  read->broken)
					 .p);
}

static int compare_packages(const void *a, const void *b)
{
	const struct stk_package *x = a, *y = b;
	int order = stk_str_compare(x->name, y->name);
	if (!order)
		order = stk_str_compare(x->version, y->version);
	if (!order)
		order = stk_str_compare(x->architecture, y->architecture);
	if (!order)
		order = stk_str_compare(x->ecosystem, y->ecosystem);
	return order ? order : stk_str_compare(x->path, y->path);
}

static bool same_package(const struct stk_package *x, const struct stk_package *y)
{
	return stk_str_eq(x->name, y->name) && stk_str_eq(x->version, y->version) &&
	       stk_str_eq(x->architecture, y->architecture) && stk_str_eq(x->ecosystem, y->ecosystem);
}

/* An rpm database moved to another form may have left the old one behind. */
static void sort_and_unite(struct stk_packages *list)
{
	size_t n = 0;
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), compare_packages);
	for (size_t i = 0; i < list->n; i++)
		if (!n || !same_package(&list->v[n - 1], &list->v[i]))
			list->v[n++] = list->v[i];
	list->n = n;
}

void stk_inventory_finish(struct stk_inventory *inventory, struct stk_image *image, struct stk_scan *scan)
{
	identify(inventory);
	for (size_t i = 0; i < inventory->paths.n; i++) {
		struct stk_inventory_database *database = inventory->paths.entries[i].value;
		if (!live(database->entry))
			continue;
		if (live(database->log))
			stk_inventory_merge_log(inventory->arena, database, image, scan);
		*STK_PUSH(inventory->arena, &inventory->databases) = database->path;
		for (size_t k = 0; k < database->reading.packages.n; k++)
			add_package(inventory, image, database->path, &database->reading.packages.v[k]);
		add_gaps(database, scan);
	}
	stk_strs_sort(&inventory->databases);
	sort_and_unite(&inventory->packages);
}

void stk_inventory_close(struct stk_inventory *inventory)
{
	for (size_t i = 0; i < inventory->paths.n; i++)
		stk_arena_free(&((struct stk_inventory_database *)inventory->paths.entries[i].value)->arena);
	inventory->paths.n = 0;
}
