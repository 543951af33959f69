/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside: zip (jar, war, whl), tar, gzip, zstd, xz, bzip2, by their first bytes and not by their names; each
 * member is scanned as a file of its own, in memory, under ceilings for depth, size and number.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "io/inflate.h"
#include "io/tar.h"
#include "io/zip.h"
#include "secret/scan_private.h"
#include "base/banned.h"

static bool is_zip(struct stk_str start)
{
	return stk_str_starts(start, S("PK\3\4"));
}

/* A zlib stream whose name says that git keeps it: .git/objects/ab/38 digits. */
static bool is_object(struct stk_str start, struct stk_str path)
{
	return start.n > 2 && (start.p[0] & 0x0f) == 8 &&
	       (((unsigned char)start.p[0] << 8) + (unsigned char)start.p[1]) % 31 == 0 &&
	       stk_str_contains(path, S("objects/"));
}

bool stk_secret_is_archive(struct stk_str start, struct stk_str path)
{
	return is_zip(start) || stk_compression_sniff(start) != STK_COMPRESSION_NONE ||
	       (start.n >= 512 && stk_tar_sniff(start)) || stk_str_starts(start, S("PACK\0\0\0\2")) ||
	       is_object(start, path);
}

/* Members that stayed closed for one reason: an archive of many says so once. */
struct unread {
	size_t n;
	char first[256], why[256]; /* the first one's name, and what was wrong with it */
};

static void note_unread(struct unread *unread, struct stk_str name, const char *why)
{
	if (unread->n++)
		return;
	snprintf(unread->first, sizeof(unread->first), STK_FMT, STK_ARG(stk_str_slice(name, 0, 200)));
	snprintf(unread->why, sizeof(unread->why), "%s", why);
}

static void tell_unread(struct stk_secret_scan *scan, const struct unread *broken, const struct unread *encrypted)
{
	STK_ARENA arena = { 0 };
	struct stk_str why = { 0 };
	if (encrypted->n)
		why = stk_arena_printf(&arena, "%zu member%s encrypted and %s not searched, %s%s", encrypted->n,
				       encrypted->n == 1 ? " is" : "s are", encrypted->n == 1 ? "was" : "were",
				       encrypted->first, encrypted->n == 1 ? "" : " the first");
	if (broken->n)
		why = stk_arena_printf(&arena, STK_FMT "%s%zu member%s could not be read, %s%s: %s", STK_ARG(why),
				       why.n ? "; " : "", broken->n, broken->n == 1 ? "" : "s", broken->first,
				       broken->n == 1 ? "" : " the first", broken->why);
	if (why.n)
		stk_secret_gap(scan, scan->work->top->path, why.p);
}

static void open_zip_member(struct stk_secret_scan *scan, struct stk_zip *zip, uint64_t i, struct unread *broken,
			    struct unread *encrypted)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_zip_member member;
	struct stk_str bytes;
	if (stk_zip_member(zip, i, &member, &err) < 0) {
		note_unread(broken, S("without a name"), err.msg);
		return;
	}
	if (member.directory || !member.size)
		return;
	if (member.encrypted) {
		note_unread(encrypted, member.name, "");
		return;
	}
	if (stk_zip_read(zip, i, &arena, STK_SECRET_MEMBER, &bytes, &err) < 0) {
		note_unread(broken, member.name, err.msg);
		return;
	}
	if (!stk_secret_unpacked(scan, bytes.n) || !stk_secret_begin_member(scan, member.name))
		return;
	stk_secret_piece(scan, bytes);
	stk_secret_end(scan, true);
}

/* The first member's header (APPNOTE, 4.3.7), which a file that begins with a zip's magic by accident does not go on
   with: such a zip was cut off, since its list of members stands at the end. */
static bool begins_member(struct stk_str bytes)
{
	static const char methods[] = { 0, 8, 9, 12, 14, 93, 95, 99 };
	const unsigned char *p = (const unsigned char *)bytes.p;
	if (bytes.n < 30)
		return false;
	unsigned version = p[4], method = p[8] | (unsigned)p[9] << 8, name = p[26] | (unsigned)p[27] << 8;
	return version >= 10 && version <= 63 && method < 100 && memchr(methods, (int)method, sizeof(methods)) &&
	       name && name <= bytes.n - 30;
}

static bool open_zip(struct stk_secret_scan *scan, struct stk_str bytes)
{
	STK_ZIP zip = { 0 };
	struct stk_err err;
	struct unread broken = { 0 }, encrypted = { 0 };
	if (stk_zip_open(&zip, bytes, &err) < 0) {
		if (begins_member(bytes))
			stk_secret_spoilt(scan, err.msg);
		return false;
	}
	if (zip.n > STK_SECRET_MEMBERS)
		stk_secret_gap(scan, scan->work->top->path,
			       "an archive of more than 200000 members: the rest was not looked into");
	for (uint64_t i = 0; i < zip.n && i < STK_SECRET_MEMBERS && stk_secret_may_unpack(scan); i++)
		open_zip_member(scan, &zip, i, &broken, &encrypted);
	tell_unread(scan, &broken, &encrypted);
	return true;
}

/* False when it breaks off, which is said here. */
static bool open_tar_member(struct stk_secret_scan *scan, struct stk_tar *tar, const struct stk_tar_entry *entry)
{
	struct stk_err err;
	struct stk_str block;
	int more;
	if (entry->type != STK_TAR_FILE || !entry->size || !stk_secret_begin_member(scan, entry->name))
		return true;
	while ((more = stk_tar_read(tar, &block, &err)) > 0 && stk_secret_unpacked(scan, block.n))
		stk_secret_piece(scan, block);
	stk_secret_end(scan, more >= 0);
	return more >= 0;
}

/* False when the archive breaks off. What could be read was searched; the rest is a gap. */
static bool open_tar(struct stk_secret_scan *scan, struct stk_reader *reader)
{
	struct stk_err err;
	struct stk_tar *tar = stk_tar_new(reader);
	struct stk_tar_entry entry;
	size_t n = 0;
	int more = 0;
	bool whole = true;
	while (whole && stk_secret_may_unpack(scan) && n++ < STK_SECRET_MEMBERS &&
	       (more = stk_tar_next(tar, &entry, &err)) > 0)
		whole = open_tar_member(scan, tar, &entry);
	if (more < 0)
		stk_secret_spoilt(scan, err.msg);
	stk_tar_free(tar);
	return whole && more >= 0;
}

/* "data.json.gz" holds "data.json". */
static struct stk_str inner_name(struct stk_str path)
{
	static const char *const ends[] = { ".gz", ".zst", ".xz", ".bz2" };
	size_t slash = stk_str_rfind_byte(path, '/'), member = stk_str_rfind_byte(path, '!');
	size_t begin = slash == SIZE_MAX ? 0 : slash + 1;
	if (member != SIZE_MAX && member + 1 > begin)
		begin = member + 1;
	struct stk_str name = stk_str_slice(path, begin, path.n);
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (name.n > strlen(ends[i]) && stk_str_ends(name, stk_str_from(ends[i])))
			return stk_str_slice(name, 0, name.n - strlen(ends[i]));
	return name;
}

/* What is compressed, as a reader; *stream stays the reader's. NULL when it is none. */
static struct stk_reader *open_reader(struct stk_str bytes, struct stk_stream **stream, struct stk_err *err)
{
	if (stk_inflate_open(stk_stream_memory(bytes), NULL, NULL, stream, err) < 0)
		return NULL;
	return stk_reader_new(*stream, false);
}

/* Is the first block of what is compressed a tar header? */
static bool holds_tar(struct stk_str bytes)
{
	struct stk_err err;
	struct stk_stream *stream;
	char head[512];
	struct stk_reader *reader = open_reader(bytes, &stream, &err);
	bool tar = reader && stk_reader_fill(reader, head, sizeof(head), &err) > 0 &&
		   stk_tar_sniff((struct stk_str){ head, sizeof(head) });
	if (reader)
		stk_reader_close(reader);
	return tar;
}

/*
 * One compressed file. Where it breaks off, what came out was searched and the rest is a gap. A stream that is wrong
 * before it gave anything began with a magic by accident, as "BZhou, Li" does, or a compressed nothing would be no
 * loss; but one that is right as far as it goes and only ends too early was cut off, even within its first block.
 */
static bool open_file(struct stk_secret_scan *scan, struct stk_reader *reader, const struct stk_stream *stream)
{
	struct stk_err err;
	struct stk_str block;
	int more = stk_reader_next(reader, &block, &err);
	bool begun = more > 0 && stk_secret_begin_member(scan, inner_name(scan->work->top->path));
	if (more > 0 && !begun)
		return true;
	while (more > 0 && stk_secret_unpacked(scan, block.n)) {
		stk_secret_piece(scan, block);
		more = stk_reader_next(reader, &block, &err);
	}
	if (begun)
		stk_secret_end(scan, true);
	if (more < 0 && (begun || err.code == STK_ELIMIT || stk_inflate_cut(stream)))
		stk_secret_spoilt(scan, err.msg);
	return more >= 0;
}

/* False where the stream breaks off: the bytes themselves are searched too, since a text may stand behind the fault, or
 * be all that there is. */
static bool open_compressed(struct stk_secret_scan *scan, struct stk_str bytes)
{
	struct stk_err err;
	struct stk_stream *stream;
	bool tar = holds_tar(bytes);
	struct stk_reader *reader = open_reader(bytes, &stream, &err);
	if (!reader)
		return false;
	uint64_t outer = scan->work->bound, most = (uint64_t)bytes.n * STK_SECRET_RATIO;
	uint64_t bound = scan->work->unpacked + (most > STK_SECRET_DENSE ? most : STK_SECRET_DENSE);
	scan->work->bound = outer && outer < bound ? outer : bound;
	bool whole = tar ? open_tar(scan, reader) : open_file(scan, reader, stream);
	scan->work->bound = outer;
	stk_reader_close(reader);
	return whole;
}

bool stk_secret_open_archive(struct stk_secret_scan *scan, struct stk_str bytes)
{
	if (is_zip(bytes))
		return open_zip(scan, bytes);
	if (stk_compression_sniff(bytes) != STK_COMPRESSION_NONE)
		return open_compressed(scan, bytes);
	if (stk_str_starts(bytes, S("PACK\0\0\0\2")))
		return stk_secret_open_pack(scan, bytes);
	if (bytes.n >= 512 && stk_tar_sniff(stk_str_slice(bytes, 0, 512))) {
		struct stk_reader *reader = stk_reader_new(stk_stream_memory(bytes), false);
		open_tar(scan, reader);
		stk_reader_close(reader);
		return true;
	}
	return stk_secret_open_object(scan, bytes);
}
