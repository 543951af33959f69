/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar reader: headers here, pax records in tar_pax.c, sparse maps in tar_sparse.c. Formats: POSIX.1-2001 pax,
 * ustar, v7, and what GNU tar's manual ("Basic Tar Format", "GNU Extensions") says.
 */
#include "io/tar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/tar_private.h"
#include "base/banned.h"

/* Where fields stand in a header block: POSIX ustar, "struct posix_header" of GNU tar's manual.
   STAR_TRAILER tells star's archives, whose prefix is shorter. */
enum {
	NAME = 0,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MTIME = 136,
	CHECKSUM = 148,
	FLAG = 156,
	LINK = 157,
	MAGIC = 257,
	MAJOR = 329,
	MINOR = 337,
	PREFIX = 345,
	STAR_TRAILER = 508,
};

/* A text field fills its room or ends at the first NUL. */
static struct stk_str field(const char *header, size_t at, size_t n)
{
	return (struct stk_str){ header + at, strnlen(header + at, n) };
}

/* Octal text with white space or NULs around it; or, with the top bit set, a big-endian two's complement number. */
bool stk_tar_number(const char *p, size_t n, int64_t *out)
{
	const uint8_t *b = (const uint8_t *)p;
	if (b[0] & 0x80) {
		/* Bit 0x40 of the first byte is the sign; -0x80 undoes the marker bit of a
		   negative number's top byte. */
		bool negative = b[0] & 0x40;
		int64_t value = (b[0] & 0x7f) - (negative ? 0x80 : 0);
		for (size_t i = 1; i < n; i++) {
			/* Checked before multiplying: twelve bytes hold 88 bits. */
			if (value > INT64_MAX >> 8 || value < INT64_MIN >> 8)
				return false;
			value = value * 256 + b[i];
		}
		*out = value;
		return true;
	}
	struct stk_str text = stk_str_trim((struct stk_str){ p, strnlen(p, n) });
	uint64_t value = 0;
	if (text.n && (!stk_str_u64(text, 8, &value) || value > INT64_MAX))
		return false;
	*out = (int64_t)value;
	return true;
}

/* The sum counts the checksum's own field as spaces; historic writers summed signed bytes. */
static bool checksum_right(const char *header)
{
	int64_t wanted, sum = 0, signed_sum = 0;
	if (!stk_tar_number(header + CHECKSUM, 8, &wanted))
		return false;
	for (size_t i = 0; i < STK_TAR_BLOCK_SIZE; i++) {
		bool own = i >= CHECKSUM && i < CHECKSUM + 8;
		sum += own ? ' ' : (uint8_t)header[i];
		signed_sum += own ? ' ' : (signed char)header[i];
	}
	return wanted == sum || wanted == signed_sum;
}

static bool is_zero(const char *block)
{
	return block[0] == 0 && memcmp(block, block + 1, STK_TAR_BLOCK_SIZE - 1) == 0;
}

bool stk_tar_sniff(struct stk_str start)
{
	return start.n >= STK_TAR_BLOCK_SIZE && !is_zero(start.p) && checksum_right(start.p);
}

static enum stk_tar_type type_of(char flag)
{
	static const char flags[] = "01234567";
	static const enum stk_tar_type types[] = { STK_TAR_FILE,  STK_TAR_HARDLINK, STK_TAR_SYMLINK, STK_TAR_CHAR,
						   STK_TAR_BLOCK, STK_TAR_DIR,	    STK_TAR_FIFO,    STK_TAR_FILE };
	_Static_assert(sizeof(flags) == STK_LEN(types) + 1, "a type for each flag");
	const char *at = flag ? strchr(flags, flag) : NULL;
	if (at)
		return types[at - flags];
	return flag == 0 || flag == 'S' ? STK_TAR_FILE : flag == 'D' ? STK_TAR_DIR : STK_TAR_OTHER;
}

/* The name of a ustar header may be split; other formats use the room for something else. */
static struct stk_str header_name(struct stk_tar *tar)
{
	const char *h = tar->header;
	struct stk_str name = field(h, NAME, 100);
	/* In star's headers access and change time stand in the last 24 bytes of ustar's
	   prefix. */
	size_t room = memcmp(h + STAR_TRAILER, "tar", 4) == 0 ? 131 : 155;
	struct stk_str prefix = memcmp(h + MAGIC, "ustar", 6) == 0 ? field(h, PREFIX, room) : S("");
	if (!prefix.n)
		return name;
	stk_buf_clear(&tar->joined);
	stk_buf_add(&tar->joined, prefix);
	stk_buf_byte(&tar->joined, '/');
	stk_buf_add(&tar->joined, name);
	return stk_buf_str(&tar->joined);
}

static int broken(const struct stk_tar *tar, struct stk_err *err, const char *what)
{
	return stk_fail(err, STK_EFORMAT, "tar header at byte %llu: %s", (unsigned long long)tar->at, what);
}

/* Reads the header block: 1, 0 at the archive's end, -1. */
static int read_header(struct stk_tar *tar, struct stk_err *err)
{
	for (int zeros = 0;; zeros++) {
		tar->at = stk_reader_offset(tar->reader);
		int more = stk_reader_fill(tar->reader, tar->header, STK_TAR_BLOCK_SIZE, err);
		if (more <= 0)
			return more;
		if (!is_zero(tar->header)) {
			/* POSIX ends an archive with two zero blocks. One alone means that
			   something was overwritten, or put together by hand: Go refuses it
			   too. */
			if (zeros)
				return broken(tar, err, "data behind a lone block of zeros");
			return checksum_right(tar->header)
				       ? 1
				       : broken(tar, err, "checksum is wrong: not a tar archive, or a broken one");
		}
		if (zeros)
			return 0;
	}
}

/* Reads the data of a header that describes the next one. */
static int read_meta(struct stk_tar *tar, uint64_t size, struct stk_str *out, struct stk_err *err)
{
	if (size > STK_LIMIT_TAR_META)
		return stk_fail(err, STK_ELIMIT,
				"tar header at byte %llu: %llu bytes of extended header, more than %zu",
				(unsigned long long)tar->at, (unsigned long long)size, STK_LIMIT_TAR_META);
	stk_buf_clear(&tar->meta);
	for (uint64_t left = size; left;) {
		struct stk_str piece;
		int more = stk_reader_take(tar->reader, left, &piece, err);
		if (more < 0)
			return -1;
		if (more == 0)
			return broken(tar, err, "the archive ends inside an extended header");
		assert(piece.n && piece.n <= left); /* what stk_reader_take promises, and what ends this loop */
		stk_buf_add(&tar->meta, piece);
		left -= piece.n;
	}
	*out = stk_buf_str(&tar->meta);
	/* -size & 511 is what fills the last block, without a branch for 0. */
	return stk_reader_skip(tar->reader, -size & (STK_TAR_BLOCK_SIZE - 1), err);
}

static int64_t number(const struct stk_tar *tar, size_t at, size_t n, bool *bad)
{
	int64_t value = 0;
	if (!stk_tar_number(tar->header + at, n, &value))
		*bad = true;
	return value;
}

/* Header fields, then what pax says better. */
static int fill_entry(struct stk_tar *tar, struct stk_tar_entry *entry, struct stk_err *err)
{
	struct stk_pax *pax = &tar->local;
	/* Only the size decides how the archive goes on. Broken owners and times become 0,
	   since real archives have them. */
	bool bad = false, ignored = false;
	int64_t size = number(tar, SIZE, 12, &bad), uid = number(tar, UID, 8, &ignored),
		gid = number(tar, GID, 8, &ignored);
	*entry = (struct stk_tar_entry){
		.name = pax->has[STK_PAX_PATH] ? stk_buf_str(&pax->path) : header_name(tar),
		.link = pax->has[STK_PAX_LINK] ? stk_buf_str(&pax->link) : field(tar->header, LINK, 100),
		.flag = tar->header[FLAG],
		.type = type_of(tar->header[FLAG]),
		.mode = (uint32_t)number(tar, MODE, 8, &ignored) & 07777,
		.mtime = pax->has[STK_PAX_MTIME] ? pax->mtime : number(tar, MTIME, 12, &ignored),
		.uid = pax->has[STK_PAX_UID] ? pax->uid : (uint64_t)uid,
		.gid = pax->has[STK_PAX_GID] ? pax->gid : (uint64_t)gid,
		.device_major = (uint32_t)number(tar, MAJOR, 8, &ignored),
		.device_minor = (uint32_t)number(tar, MINOR, 8, &ignored),
		.capability = pax->has[STK_PAX_CAPABILITY] ? stk_buf_str(&pax->capability) : S(""),
	};
	/* pax writes sizes of 8 GiB and more, for which the field has no room. */
	if (pax->has[STK_PAX_SIZE])
		size = (int64_t)pax->size;
	else if (bad)
		return broken(tar, err, "the size is no number");
	if (size < 0)
		return broken(tar, err, "negative size");
	if (entry->type == STK_TAR_FILE && stk_str_ends(entry->name, S("/")))
		entry->type = STK_TAR_DIR; /* how v7 writes directories */
	/* Of these there is never any data, whatever the size says (as Docker reads them). */
	bool bare = strchr("123456", entry->flag) && entry->flag;
	tar->stored = bare ? 0 : (uint64_t)size;
	tar->padding = -tar->stored & (STK_TAR_BLOCK_SIZE - 1);
	entry->size = entry->type == STK_TAR_FILE ? tar->stored : 0;
	return 0;
}

static int take_long_name(struct stk_tar *tar, bool link, struct stk_str text)
{
	struct stk_str name = { text.p, strnlen(text.p, text.n) };
	stk_pax_set(&tar->local, link ? STK_PAX_LINK : STK_PAX_PATH, name);
	return 0;
}

/* Is the header at hand one about the next? Then takes it in: 1, 0 when it is an entry's own, -1. */
static int take_meta(struct stk_tar *tar, struct stk_err *err)
{
	char flag = tar->header[FLAG];
	if (!flag || !strchr("xXgLK", flag))
		return 0;
	struct stk_str text;
	bool bad = false;
	int64_t size = number(tar, SIZE, 12, &bad);
	if (bad || size < 0)
		return broken(tar, err, "negative or broken size of an extended header");
	if (read_meta(tar, (uint64_t)size, &text, err) < 0)
		return -1;
	if (flag == 'L' || flag == 'K')
		return take_long_name(tar, flag == 'K', text) < 0 ? -1 : 1;
	if (stk_pax_parse(flag == 'g' ? &tar->global : &tar->local, text, err) < 0)
		return stk_within(err, "pax header at byte %llu", (unsigned long long)tar->at);
	return 1;
}

static int finish_entry(struct stk_tar *tar, struct stk_err *err)
{
	if (stk_reader_skip(tar->reader, tar->stored, err) < 0)
		return stk_within(err, "tar entry at byte %llu", (unsigned long long)tar->at);
	/* An archive whose last block is not filled up is an archive that ends here. With NULL
	   for the error: a missing end is not one. Read rather than skipped, because a skip
	   past the end of a file would succeed. */
	char rest[STK_TAR_BLOCK_SIZE];
	if (tar->padding && stk_reader_fill(tar->reader, rest, (size_t)tar->padding, NULL) < 0)
		tar->ended = true;
	tar->stored = tar->padding = 0;
	return 0;
}

struct stk_tar *stk_tar_new(struct stk_reader *reader)
{
	struct stk_tar *tar = calloc(1, sizeof(*tar));
	if (!tar)
		abort();
	tar->reader = reader;
	tar->meta = stk_buf_new(STK_LIMIT_TAR_META);
	tar->joined = stk_buf_new(STK_KIB(1));
	stk_pax_init(&tar->local);
	stk_pax_init(&tar->global);
	return tar;
}

int stk_tar_next(struct stk_tar *tar, struct stk_tar_entry *entry, struct stk_err *err)
{
	if (finish_entry(tar, err) < 0)
		return -1;
	bool described = false;
	stk_pax_start(&tar->local, NULL);
	for (;;) {
		int more = tar->ended ? 0 : read_header(tar, err);
		/* A name without its file: the archive was cut off. */
		if (more == 0 && described)
			return stk_fail(err, STK_EFORMAT, "tar archive ends behind an extended header");
		if (more <= 0) {
			tar->ended = true;
			return more;
		}
		int meta = take_meta(tar, err);
		if (meta < 0)
			return -1;
		if (meta == 0)
			break;
		/* A global header is about all that follows, and that may be nothing. */
		described |= tar->header[FLAG] != 'g';
	}
	stk_pax_start(&tar->local, &tar->global);
	if (fill_entry(tar, entry, err) < 0 || stk_tar_sparse_begin(tar, entry, err) < 0)
		return -1;
	entry->offset = stk_reader_offset(tar->reader);
	tar->left = entry->size;
	return 1;
}

int stk_tar_read(struct stk_tar *tar, struct stk_str *block, struct stk_err *err)
{
	if (!tar->left)

		return 0;
	if (tar->sparse)
		return stk_tar_sparse_read(tar, block, err);
	int more = stk_reader_take(tar->reader, tar->left, block, err);
	if (more == 0)
		return stk_fail(err, STK_EFORMAT, "tar entry at byte %llu: the archive ends %llu bytes too early",
				(unsigned long long)tar->at, (unsigned long long)tar->left);
	if (more > 0) {
		tar->left -= block->n;
		tar->stored -= block->n;
	}
	return more;
}

void stk_tar_free(struct stk_tar *tar)
{
	if (!tar)
		return;
	stk_pax_free(&tar->local);
	stk_pax_free(&tar->global);
	stk_buf_free(&tar->meta);
	stk_buf_free(&tar->joined);
	free(tar->holes.v);
	free(tar);
}
