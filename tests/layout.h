/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Images for tests: files that a folder or an archive is made of. Order: test_image for each
 * image, test_index where there are platforms, test_layout once, then test_as_folder or
 * test_as_archive.
 */

#include "archive.h"

struct test_file {
	struct stk_str name, bytes;
};
struct test_files {
	struct stk_arena *arena;
	struct {
		struct test_file *v;
		size_t n, cap;
	} files;
};

void test_files_add(struct test_files *files, const char *name, struct stk_str bytes);
/* Adds blobs/sha256/...; returns its digest. */
struct stk_str test_blob(struct test_files *files, struct stk_str bytes);
/* {"mediaType", "digest", "size"} and what `extra` (", ..." or "") adds. */
struct stk_str test_descriptor(struct test_files *files, const char *media_type, struct stk_str bytes,
			       const char *extra);
/* Adds configuration, layers (stored as they are; plain holds them uncompressed) and manifest; returns the manifest's
   descriptor. settings: members of the configuration, as "\"os\":\"linux\",\"architecture\":\"amd64\"". extra: of the
   descriptor. */
struct stk_str test_image(struct test_files *files, const char *settings, const struct stk_str *stored,
			  const struct stk_str *plain, size_t n, const char *extra);
/* Adds an index as a blob; returns its descriptor. */
struct stk_str test_index(struct test_files *files, const struct stk_str *descriptors, size_t n, const char *extra);
/* Adds oci-layout and index.json. */
void test_layout(struct test_files *files, const struct stk_str *descriptors, size_t n);

/* Writes them as a folder, or as an archive; the path. */
const char *test_as_folder(struct test_files *files, const char *name);
const char *test_as_archive(struct test_files *files, const char *name);
