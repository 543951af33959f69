/* SPDX-License-Identifier: Apache-2.0 */
/* Folders are walked in the order of their names, so that the same input gives the same database. */
#include "advisory/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/file.h"
#include "io/zip.h"
#include "base/banned.h"

#define LIMIT_RECORD STK_MIB(64) /* the largest real ones, Linux kernel's CVEs, are below 2 MiB */

void stk_import_record(struct stk_import *import, struct stk_str text, const char *name)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *json;
	struct stk_osv record;
	import->files++;
	if (stk_json_read(&arena, text, &json, &err) == 0 && stk_osv_read(&arena, json, &record, &err) == 0) {
		stk_builder_add(import->builder, &record);
		return;
	}
	if (!import->broken++) {
		stk_within(&err, "%s", name);
		import->first_broken = err;
	}
}

static int import_zip(struct stk_import *import, const char *path, struct stk_err *err)
{
	STK_ZIP zip;
	if (stk_zip_open_file(&zip, path, err) < 0)
		return -1;
	for (uint64_t i = 0; i < zip.n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_zip_member member;
		struct stk_str text;
		if (stk_zip_member(&zip, i, &member, err) < 0)
			return stk_within(err, "%s", path);
		if (!stk_str_ends(member.name, S(".json")))
			continue;
		if (stk_zip_read(&zip, i, &arena, LIMIT_RECORD, &text, err) < 0)
			return stk_within(err, "%s: " STK_FMT, path, STK_ARG(member.name));
		stk_import_record(import, text, stk_arena_printf(&arena, "%s: " STK_FMT, path, STK_ARG(member.name)).p);
		if (import->progress && i % 64 == 0)
			import->progress(import->context, stk_str_from(path), i, zip.n);
	}
	return 0;
}

static int import_json(struct stk_import *import, const char *path, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	struct stk_str text;
	if (stk_file_read(&arena, path, LIMIT_RECORD, &text, err) < 0)
		return -1;
	stk_import_record(import, text, path);
	return 0;
}

static int import_at(struct stk_import *import, const char *path, unsigned depth, struct stk_err *err);

static int import_folder(struct stk_import *import, const char *path, unsigned depth, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	struct stk_strs names = { 0 };
	DIR *folder = opendir(path);
	if (!folder)
		return stk_fail(err, STK_EIO, "%s: %s", path, strerror(errno));
	for (struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			*STK_PUSH(&arena, &names) = stk_arena_str(&arena, stk_str_from(entry->d_name));
	closedir(folder);
	stk_strs_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		if (import_at(import, stk_arena_printf(&arena, "%s/" STK_FMT, path, STK_ARG(names.v[i])).p, depth + 1,
			      err) < 0)
			return -1;
	return 0;
}

static int import_at(struct stk_import *import, const char *path, unsigned depth, struct stk_err *err)
{
	struct stk_str name = stk_str_from(path);
	if (depth > STK_LIMIT_DEPTH)
		return stk_fail(err, STK_ELIMIT, "%s: folders nested deeper than %d", path, STK_LIMIT_DEPTH);
	if (stk_file_is_dir(path))
		return import_folder(import, path, depth, err);
	if (stk_str_ends(name, S(".zip")))
		return import_zip(import, path, err);
	if (stk_str_ends(name, S(".json")))
		return import_json(import, path, err);
	return depth ? 0 : stk_fail(err, STK_EUSAGE, "%s: neither a folder nor a .zip or .json file", path);
}

int stk_import_path(struct stk_import *import, const char *path, struct stk_err *err)
{
	if (!stk_file_exists(path))
		return stk_fail(err, STK_ENOTFOUND, "%s: no such file or folder", path);
	return import_at(import, path, 0, err);
}
