/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Berkeley DB's hash access method, as rpm used it up to 4.15: pages of keys and values, long values on chains of
 * overflow pages. Byte order is that of the machine that wrote it; the magic number tells. Keys are record numbers;
 * record 0 counts.
 */
#include "package/rpm.h"

#include "base/buf.h"
#include "base/banned.h"

/* Offsets and types from Berkeley DB's db_page.h. The meta page: magic at 12, page size at 20,
   encryption at 24, type at 25, last page at 32. A page: number at 8, entries at 20, offset (or
   used bytes) at 22, type at 25, then the items' offsets. */
enum { META_SIZE = 72, PAGE_HEAD = 26, SMALLEST_PAGE = 512, LARGEST_PAGE = 65536, META_MAGIC = 0x061561 };
enum page_type { PAGE_UNSORTED_HASH = 2, PAGE_OVERFLOW = 7, PAGE_HASH_META = 8, PAGE_HASH = 13 };
enum item_type { ITEM_INLINE = 1, ITEM_OVERFLOW = 3 };

struct bdb {
	struct stk_str bytes;
	uint32_t page_size, last_page;
	bool big_endian;
	uint64_t copied; /* of overflow pages, each of which belongs to one value */
	struct stk_buf value;
};

static uint32_t u32(const struct bdb *b, const char *p)
{
	return b->big_endian ? stk_be32(p) : stk_le32(p);
}

static uint32_t u16(const struct bdb *b, const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return b->big_endian ? (uint32_t)u[0] << 8 | u[1] : (uint32_t)u[1] << 8 | u[0];
}

static int open_meta(struct bdb *b, struct stk_err *err)
{
	if (b->bytes.n < META_SIZE)
		return stk_fail(err, STK_EFORMAT, "Berkeley DB file ends inside its first page");
	b->big_endian = stk_be32(b->bytes.p + 12) == META_MAGIC;
	b->page_size = u32(b, b->bytes.p + 20);
	b->last_page = u32(b, b->bytes.p + 32);
	if (b->bytes.p[25] != PAGE_HASH_META || u32(b, b->bytes.p + 12) != META_MAGIC)
		return stk_fail(err, STK_EFORMAT, "Berkeley DB file is no hash database");
	if (b->bytes.p[24])
		return stk_fail(err, STK_EFORMAT, "Berkeley DB file is encrypted");
	/* A power of two between both, which also bounds every 16-bit offset. */
	if (b->page_size < SMALLEST_PAGE || b->page_size > LARGEST_PAGE || (b->page_size & (b->page_size - 1)))
		return stk_fail(err, STK_EFORMAT, "Berkeley DB page size %u is none", b->page_size);
	return 0;
}

/* An empty view when the file has no such page. */
static struct stk_str page_at(const struct bdb *b, uint32_t number)
{
	uint64_t at = (uint64_t)number * b->page_size;
	return at + b->page_size <= b->bytes.n ? stk_str_slice(b->bytes, (size_t)at, (size_t)at + b->page_size)
					       : (struct stk_str){ 0 };
}

/* The i-th item of a page: items fill it from its end, each behind the one before. */
static bool item_at(const struct bdb *b, struct stk_str page, uint32_t i, struct stk_str *out)
{
	uint32_t end = i ? u16(b, page.p + PAGE_HEAD + 2 * (i - 1)) : b->page_size,
		 begin = u16(b, page.p + PAGE_HEAD + 2 * i);
	if (begin < PAGE_HEAD || begin >= end || end > b->page_size)
		return false;
	*out = stk_str_slice(page, begin, end);
	return true;
}

/* Gathers an off-page value: type, three unused bytes, first page, length. */
static int follow(struct bdb *b, struct stk_str item, struct stk_err *err)
{
	if (item.n < 12)
		return stk_fail(err, STK_EFORMAT, "Berkeley DB overflow reference is too short");
	uint32_t number = u32(b, item.p + 4), length = u32(b, item.p + 8);
	stk_buf_clear(&b->value);
	while (b->value.n < length) {
		struct stk_str page = page_at(b, number);
		uint32_t used = page.n ? u16(b, page.p + 22) : 0;
		if (!page.n || page.p[25] != PAGE_OVERFLOW || !used || PAGE_HEAD + used > b->page_size)
			return stk_fail(err, STK_EFORMAT, "Berkeley DB page %u is no overflow page", number);
		/* Chains that share pages could make a small file into a large amount of work:
		   together all values may not be longer than the file. */
		b->copied += b->page_size;
		if (b->copied > b->bytes.n)
			return stk_fail(err, STK_EFORMAT, "Berkeley DB overflow pages are shared");
		stk_buf_add(&b->value, stk_str_slice(page, PAGE_HEAD, PAGE_HEAD + used));
		number = u32(b, page.p + 16);
	}
	return b->value.n == length
		       ? 0
		       : stk_fail(err, STK_EFORMAT, "Berkeley DB value of %u bytes has another length", length);
}

/* Record 0, in which rpm keeps the next free number. */
static bool is_counter(const struct bdb *b, struct stk_str key)
{
	return key.n == 5 && key.p[0] == ITEM_INLINE && u32(b, key.p + 1) == 0;
}

/* A value inside of the page, or on overflow pages; each is one package's header. */
static int walk_pair(struct bdb *b, struct stk_str key, struct stk_str value, const struct stk_rpm_visitor *visitor,
		     struct stk_err *err)
{
	if (is_counter(b, key))
		return 0;
	struct stk_str data = stk_str_slice(value, 1, value.n);
	if (value.p[0] == ITEM_OVERFLOW) {
		if (follow(b, value, err) < 0)
			return -1;
		data = stk_buf_str(&b->value);
	} else if (value.p[0] != ITEM_INLINE) {
		return stk_fail(err, STK_EFORMAT, "Berkeley DB value of unknown type %d", value.p[0]);
	}
	visitor->visit(visitor->context, data);
	return 0;
}

static int walk_page(struct bdb *b, struct stk_str page, const struct stk_rpm_visitor *visitor, struct stk_err *err)
{
	uint32_t entries = u16(b, page.p + 20);
	if (PAGE_HEAD + 2 * entries > b->page_size)
		return stk_fail(err, STK_EFORMAT, "Berkeley DB page %u has too many entries", u32(b, page.p + 8));
	/* Keys and values take turns. */
	for (uint32_t i = 0; i + 1 < entries; i += 2) {
		struct stk_str key, value;
		if (!item_at(b, page, i, &key) || !item_at(b, page, i + 1, &value))
			return stk_fail(err, STK_EFORMAT, "Berkeley DB page %u has an entry outside itself",
					u32(b, page.p + 8));
		if (walk_pair(b, key, value, visitor, err) < 0)
			return -1;
	}
	return 0;
}

int stk_rpm_walk_bdb(struct stk_str bytes, const struct stk_rpm_visitor *visitor, struct stk_err *err)
{
	struct bdb b = { .bytes = bytes };
	if (open_meta(&b, err) < 0)
		return -1;
	int result = 0;
	b.value = stk_buf_new(bytes.n + 1);
	for (uint32_t number = 1; result == 0 && number <= b.last_page; number++) {
		struct stk_str page = page_at(&b, number);
		/* The loop ends at the file's end at the latest, whatever last_page claims. */
		if (!page.n)
			result = stk_fail(err, STK_EFORMAT, "Berkeley DB file ends before its page %u of %u", number,
					  b.last_page);
		else if (page.p[25] == PAGE_HASH || page.p[25] == PAGE_UNSORTED_HASH)
			result = walk_page(&b, page, visitor, err);
	}
	stk_buf_free(&b.value);
	return result;
}
