/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an image archive: opened and scanned, nothing but an image or an error comes of it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../fuzz/tar_fix.h"
#include "image/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STK_ARENA arena = { 0 };
	struct stk_image image;
	struct stk_scan scan;
	struct stk_err err = { 0 };
	const struct stk_image_options options = { .archive_only = true };
	const struct stk_scan_options all = { .keep_all = true };
	int fd = memfd_create("image", MFD_CLOEXEC);
	uint8_t *copy = malloc(size + 1);
	if (fd < 0 || !copy)
		abort();
	memcpy(copy, data, size);
	fuzz_fix_tar(copy, size);
	ssize_t written = write(fd, copy, size);
	free(copy);
	struct stk_str path = stk_arena_printf(&arena, "/proc/self/fd/%d", fd);
	if (written == (ssize_t)size && stk_image_open(&arena, path.p, &options, &image, &err) == 0) {
		if (stk_image_scan(&arena, &image, NULL, 0, &all, &scan, &err) < 0)
			abort();
		stk_image_close(&image);
	} else if (!err.msg[0]) {
		abort();
	}
	close(fd);
	return 0;
}
