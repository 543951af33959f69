/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files with holes, in the four ways GNU tar has written them: the old 'S' header and pax
 * GNU.sparse 0.0, 0.1 and 1.0 (GNU tar manual, "Storing Sparse Files"). They matter because
 * what is in a hole is zeros of the file, and because the offsets of everything behind it would
 * be wrong otherwise.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/tar_private.h"
#include "base/banned.h"

/* Of an old header: four runs at 386, a flag that more blocks of 21 runs follow, the real size.
   A run is two fields of twelve bytes. */
enum { OLD_MAP = 386, OLD_RUNS = 4, OLD_EXTENDED = 482, OLD_REAL_SIZE = 483, MORE_RUNS = 21, MORE_EXTENDED = 504 };

/* A map of a million runs is 16 MiB of ours; a real one has some thousands. */
#define LIMIT_RUNS ((size_t)1 << 20)

static int bad_map(struct stk_err *err)
{
	return stk_fail(err, STK_EFORMAT, "broken map of a sparse file");
}

/* Runs come in order, do not overlap, and end below INT64_MAX: stk_tar_sparse_read relies on
   all three. */
static int add_run(struct stk_tar *tar, uint64_t offset, uint64_t size, struct stk_err *err)
{
	const struct stk_tar_run *last = tar->holes.n ? &tar->holes.v[tar->holes.n - 1] : NULL;
	if (offset > INT64_MAX || size > INT64_MAX - offset || (last && offset < last->offset + last->size) ||
	    tar->holes.n >= LIMIT_RUNS)
		return bad_map(err);
	if (tar->holes.n == tar->holes.cap) {
		tar->holes.cap = tar->holes.cap ? 2 * tar->holes.cap : 16;
		tar->holes.v = reallocarray(tar->holes.v, tar->holes.cap, sizeof(*tar->holes.v));
		if (!tar->holes.v)
			abort();
	}
	tar->holes.v[tar->holes.n++] = (struct stk_tar_run){ offset, size };
	return 0;
}

/* Pairs of 12 bytes each; one whose length field is empty ends the list. */
static int add_old_runs(struct stk_tar *tar, const char *p, size_t n, struct stk_err *err)
{
	for (size_t i = 0; i < n && p[i * 24] != 0; i++) {
		int64_t offset, size;
		if (!stk_tar_number(p + i * 24, 12, &offset) || !stk_tar_number(p + i * 24 + 12, 12, &size) ||
		    offset < 0 || size < 0)
			return bad_map(err);
		if (add_run(tar, (uint64_t)offset, (uint64_t)size, err) < 0)
			return -1;
	}
	return 0;
}

static int read_old(struct stk_tar *tar, uint64_t *real_size, struct stk_err *err)
{
	int64_t size;
	if (!stk_tar_number(tar->header + OLD_REAL_SIZE, 12, &size) || size < 0 ||
	    add_old_runs(tar, tar->header + OLD_MAP, OLD_RUNS, err) < 0)
		return bad_map(err);
	*real_size = (uint64_t)size;
	char block[STK_TAR_BLOCK_SIZE];
	for (bool more = tar->header[OLD_EXTENDED]; more; more = block[MORE_EXTENDED]) {
		if (stk_reader_fill(tar->reader, block, sizeof(block), err) <= 0 ||
		    add_old_runs(tar, block, MORE_RUNS, err) < 0)
			return bad_map(err);
	}
	return 0;
}

/* "offset,length,offset,length". */
static int read_listed(struct stk_tar *tar, struct stk_str map, struct stk_err *err)
{
	while (map.n) {
		uint64_t offset, size;
		if (!stk_str_u64(stk_str_cut(&map, ','), 10, &offset) ||
		    !stk_str_u64(stk_str_cut(&map, ','), 10, &size))
			return bad_map(err);
		if (add_run(tar, offset, size, err) < 0)
			return -1;
	}
	return 0;
}

/* The number on the next line of the data (pax 1.0), a byte at a time. */
static int read_line(struct stk_tar *tar, uint64_t *used, uint64_t *out, struct stk_err *err)
{
	char digits[24], c;
	for (size_t n = 0; n < sizeof(digits) && *used < tar->stored; n++) {
		if (stk_reader_fill(tar->reader, &c, 1, err) <= 0)
			return bad_map(err);
		++*used;
		if (c == '\n')
			return stk_str_u64((struct stk_str){ digits, n }, 10, out) ? 0 : bad_map(err);
		digits[n] = c;
	}
	return bad_map(err);
}

/* pax 1.0: the map stands before the data, a number a line, filled up to whole blocks. */
static int read_leading(struct stk_tar *tar, struct stk_err *err)
{
	uint64_t used = 0, n = 0;
	if (read_line(tar, &used, &n, err) < 0 || n > LIMIT_RUNS)
		return bad_map(err);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t offset, size;
		if (read_line(tar, &used, &offset, err) < 0 || read_line(tar, &used, &size, err) < 0 ||
		    add_run(tar, offset, size, err) < 0)
			return bad_map(err);
	}
	/* The map counts as data of the entry, its filling too; `stored` is what is left for
	   the contents. */
	uint64_t fill = -used & (STK_TAR_BLOCK_SIZE - 1);
	if (used + fill > tar->stored || stk_reader_skip(tar->reader, fill, err) < 0)
		return bad_map(err);
	tar->stored -= used + fill;
	return 0;
}

/* The runs must be all that is stored, and lie within the file. */
static int check_map(const struct stk_tar *tar, uint64_t real_size, struct stk_err *err)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < tar->holes.n; i++) {
		/* The sum cannot wrap: add_run has bounded both. */
		if (tar->holes.v[i].offset + tar->holes.v[i].size > real_size)
			return bad_map(err);
		sum += tar->holes.v[i].size;
	}
	return sum == tar->stored ? 0 : bad_map(err);
}

/* Three ways to write where the data of a sparse file goes: GNU's old header, pax 0.x lists,
   pax 1.0's map in front of the data (GNU tar manual, "Storing Sparse Files"). The entry then
   has the size of the whole file. */
int stk_tar_sparse_begin(struct stk_tar *tar, struct stk_tar_entry *entry, struct stk_err *err)
{
	struct stk_pax *pax = &tar->local;
	uint64_t real_size = pax->sparse_sized ? pax->sparse_real_size : entry->size;
	tar->sparse = entry->type == STK_TAR_FILE && (entry->flag == 'S' || pax->sparse);
	if (!tar->sparse)
		return 0;
	tar->holes.n = tar->run = 0;
	tar->position = 0;
	int failed;
	if (entry->flag == 'S')
		failed = read_old(tar, &real_size, err);
	else if (pax->sparse_major == 1)
		failed = read_leading(tar, err);
	else
		failed = read_listed(tar, stk_buf_str(&pax->sparse_map), err);
	if (failed || check_map(tar, real_size, err) < 0)
		return stk_within(err, "tar entry at byte %llu", (unsigned long long)tar->at);
	if (pax->has[STK_PAX_SPARSE_NAME])
		entry->name = stk_buf_str(&pax->sparse_name);
	entry->size = real_size;
	entry->sparse = true;
	return 0;
}

int stk_tar_sparse_read(struct stk_tar *tar, struct stk_str *block, struct stk_err *err)
{
	static const char zeros[64 << 10];
	/* Also steps over runs of length 0, with which GNU tar marks a hole at the end. */
	while (tar->run < tar->holes.n && tar->position == tar->holes.v[tar->run].offset + tar->holes.v[tar->run].size)
		tar->run++;
	/* Before a run or behind the last one there are zeros, handed out of one static block. */
	const struct stk_tar_run *run = tar->run < tar->holes.n ? &tar->holes.v[tar->run] : NULL;
	if (!run || tar->position < run->offset) {
		uint64_t hole = run ? run->offset - tar->position : tar->left;
		*block = (struct stk_str){ zeros, hole < sizeof(zeros) ? (size_t)hole : sizeof(zeros) };
	} else {
		int more = stk_reader_take(tar->reader, run->offset + run->size - tar->position, block, err);
		if (more == 0)
			return stk_fail(err, STK_EFORMAT,
					"tar entry at byte %llu: the archive ends inside a sparse file",
					(unsigned long long)tar->at);
		if (more < 0)
			return -1;
		tar->stored -= block->n;
	}
	tar->position += block->n;
	tar->left -= block->n;
	return 1;
}
