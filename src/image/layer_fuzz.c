/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the layers of an image: decompressed, taken apart, merged, all contents wanted, hard links too. Paths of
 * the merged tree are clean and hang together.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../fuzz/tar_fix.h"
#include "image/scan.h"
#include "image/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LAYERS = 3, LIMIT = 4096 };

static enum stk_want want_all(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	(void)scan;
	return entry->size > LIMIT ? STK_WANT_NOTHING : *(unsigned *)context % 2 ? STK_WANT_WHOLE : STK_WANT_BLOCKS;
}

static void take_whole(void *context, struct stk_scan *scan, const struct stk_entry *entry, struct stk_str bytes)
{
	(void)context;
	(void)scan;
	if (bytes.n != entry->size || bytes.n > LIMIT)
		abort();
}

static void take_layer(void *context, struct stk_scan *scan, const struct stk_layer *layer)
{
	(void)scan;
	(void)layer;
	++*(unsigned *)context;
}

static void check_entry(void *context, const struct stk_entry *entry)
{
	struct stk_scan *scan = context;
	for (struct stk_str rest = entry->path; rest.n;) {
		struct stk_str part = stk_str_cut(&rest, '/');
		if (!part.n || stk_str_is(part, ".") || stk_str_is(part, ".."))
			abort();
	}
	size_t slash = stk_str_rfind_byte(entry->path, '/');
	const struct stk_entry *folder =
		slash == SIZE_MAX ? NULL : stk_scan_find(scan, stk_str_slice(entry->path, 0, slash));
	if (slash != SIZE_MAX && (!folder || folder->type != STK_TAR_DIR))
		abort();
	if (entry->removed_in || (entry->type != STK_TAR_SYMLINK && stk_scan_find(scan, entry->path) != entry))
		abort();
}

static void scan_layers(struct stk_arena *arena, struct stk_image_source *source, size_t size, bool keep_all)
{
	struct stk_image image = { .name = S("fuzz"), .kind = STK_IMAGE_DOCKER_ARCHIVE, .source = source };
	unsigned layers = 0;
	const struct stk_visitor visitor = {
		.context = &layers, .wants = want_all, .whole = take_whole, .layer = take_layer, .limit = LIMIT
	};
	const struct stk_scan_options options = { .keep_all = keep_all };
	struct stk_scan scan;
	for (unsigned i = 0; i < LAYERS; i++) {
		struct stk_layer *layer = STK_PUSH(arena, &image.layers);
		struct stk_member *member = STK_NEW(arena, struct stk_member, 1);
		layer->index = (int32_t)i + 1;
		layer->member = stk_arena_printf(arena, "%u", i);
		/* Two layers share the bytes' halves, the third is all of them. */
		member->offset = i == 1 ? (size / 1024) * 512 : 0;
		member->size = i == 0 ? (size / 1024) * 512 : size - member->offset;
		*stk_map_at(&source->members, arena, layer->member) = member;
	}
	if (stk_image_scan(arena, &image, &visitor, 1, &options, &scan, NULL) < 0 || layers != LAYERS)
		abort();
	if (keep_all)
		stk_scan_walk(&scan, check_entry, &scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_strs notes = { 0 };
	int fd = memfd_create("layer", MFD_CLOEXEC);
	uint8_t *copy = malloc(size + 1);
	if (fd < 0 || !copy)
		abort();
	memcpy(copy, data, size);
	fuzz_fix_tar(copy, size);
	struct stk_image_source source = { .arena = &arena, .fd = fd, .notes = &notes };
	if (write(fd, copy, size) == (ssize_t)size)
		scan_layers(&arena, &source, size, size % 2 == 0);
	close(fd);
	free(copy);
	return 0;
}
