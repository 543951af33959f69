/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a tar archive: contents are as long as announced, offsets grow, names are within bounds. */
#include <stdlib.h>

#include "../../fuzz/tar_fix.h"
#include "io/tar.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_entry(struct stk_tar *tar, const struct stk_tar_entry *entry)
{
	enum { MOST = 1 << 20 }; /* of a hole as large as the file claims to be */
	struct stk_str block;
	uint64_t n = 0;
	int more = 0;
	while (n < MOST && (more = stk_tar_read(tar, &block, NULL)) > 0)
		n += block.n;
	if (n > entry->size || (n < MOST && more == 0 && n != entry->size) ||
	    (entry->size && entry->type != STK_TAR_FILE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (size % 2 == 0)
		fuzz_fix_tar(copy, size);
	struct stk_reader *reader = stk_reader_new(stk_stream_memory((struct stk_str){ (char *)copy, size }), false);
	struct stk_tar *tar = stk_tar_new(reader);
	struct stk_tar_entry entry;
	uint64_t last = 0;
	for (unsigned i = 0; stk_tar_next(tar, &entry, NULL) > 0; i++) {
		if (entry.offset < last || entry.offset > size || entry.name.n > STK_LIMIT_TAR_META ||
		    entry.mode > 07777)
			abort();
		last = entry.offset;
		if (i % 3)
			read_entry(tar, &entry);
	}
	stk_tar_free(tar);
	stk_reader_close(reader);
	free(copy);
	return 0;
}
