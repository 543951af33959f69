/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "archive.h"
#include "base/limits.h"
#include "io/tar.h"
#include "base/banned.h"

/* What a whole archive is, one line an entry: "flag name [-> link] size mode contents". */
static struct stk_str listing(struct stk_arena *arena, const struct stk_buf *bytes, struct stk_err *err)
{
	STK_BUF out = stk_buf_new(STK_MIB(8));
	struct stk_reader *reader = stk_reader_new(stk_stream_memory(stk_buf_str(bytes)), false);
	struct stk_tar *tar = stk_tar_new(reader);
	struct stk_tar_entry e;
	int more;
	err->msg[0] = 0;
	while ((more = stk_tar_next(tar, &e, err)) > 0) {
		struct stk_str block;
		stk_buf_printf(&out, "%d " STK_FMT, (int)e.type, STK_ARG(e.name));
		if (e.link.n)
			stk_buf_printf(&out, " -> " STK_FMT, STK_ARG(e.link));
		stk_buf_printf(&out, " %llu %o ", (unsigned long long)e.size, e.mode);
		while ((more = stk_tar_read(tar, &block, err)) > 0)
			for (size_t i = 0; i < block.n; i++)
				stk_buf_byte(&out, block.p[i] ? block.p[i] : '.');
		if (more < 0)
			break;
		stk_buf_byte(&out, '\n');
	}
	if (more < 0)
		stk_buf_printf(&out, "ERROR");
	stk_tar_free(tar);
	stk_reader_close(reader);
	return stk_arena_str(arena, stk_buf_str(&out));
}

#define assert_archive(buf, text, said) check_archive((buf), (text), (said), __LINE__)

static void check_archive(const struct stk_buf *bytes, const char *text, const char *said, int line)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_str got = listing(&arena, bytes, &err);
	test_assert_str(got, text, __FILE__, line);
	if (!strstr(err.msg, said))
		fail_msg("line %d: \"%s\" says nothing of \"%s\"", line, err.msg, said);
}

CASE(plain_entries)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_dir(&tar, "etc/");
	test_tar_file(&tar, "etc/passwd", "root\n");
	test_tar_link(&tar, "hard", '1', "etc/passwd");
	test_tar_link(&tar, "soft", '2', "/etc/passwd");
	test_tar_file(&tar, "empty", "");
	test_tar_end(&tar);
	assert_archive(&tar,
		       "5 etc/ 0 755 \n0 etc/passwd 5 644 root\n\n1 hard -> etc/passwd 0 644 \n2 soft -> /etc/passwd 0 "
		       "644 \n0 empty 0 644 \n",
		       "");
}

CASE(old_types_and_names)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	struct test_header h = test_tar_header("v7file", 0, 1);
	memset(h.bytes + 257, 0, 8);
	test_tar_set(&h, 345, "not a prefix");
	test_tar_write(&tar, h, S("x"));
	h = test_tar_header("v7dir/", 0, 0);
	memset(h.bytes + 257, 0, 8);
	test_tar_write(&tar, h, S(""));
	test_tar_write(&tar, test_tar_header("contiguous", '7', 1), S("y"));
	h = test_tar_header("name", '0', 0);
	test_tar_set(&h, 345, "a/prefix");
	test_tar_write(&tar, h, S(""));
	test_tar_write(&tar, test_tar_header("odd", 'Q', 3), S("zzz"));
	test_tar_file(&tar, "after", "1");
	assert_archive(&tar,
		       "0 v7file 1 644 x\n5 v7dir/ 0 644 \n0 contiguous 1 644 y\n0 a/prefix/name 0 644 \n7 odd 0 644 "
		       "\n0 after 1 644 1\n",
		       "");
}

CASE(names_that_need_all_hundred_bytes)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	char name[101];
	memset(name, 'n', 100);
	name[100] = 0;
	test_tar_file(&tar, name, "");
	STK_ARENA arena = { 0 };
	assert_archive(&tar, stk_arena_printf(&arena, "0 %s 0 644 \n", name).p, "");
}

CASE(gnu_long_names)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	char long_name[301];
	memset(long_name, 'l', 300);
	long_name[300] = 0;
	test_tar_write(&tar, test_tar_header("././@LongLink", 'L', 301), (struct stk_str){ long_name, 301 });
	test_tar_write(&tar, test_tar_header("././@LongLink", 'K', 8), S("target\0\0"));
	test_tar_link(&tar, "short", '2', "cut");
	test_tar_file(&tar, "next", "");
	STK_ARENA arena = { 0 };
	assert_archive(&tar, stk_arena_printf(&arena, "2 %s -> target 0 644 \n0 next 0 644 \n", long_name).p, "");
}

CASE(pax_overrides)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_pax(&tar, 'x',
		     (const char *const[]){ "path=by/pax", "size=3", "uid=70000", "mtime=-1.5", "comment=x=y", NULL });
	test_tar_write(&tar, test_tar_header("by/header", '0', 0), S("abc"));
	test_tar_pax(&tar, 'x', (const char *const[]){ "linkpath=there", NULL });
	test_tar_link(&tar, "l", '2', "here");
	test_tar_file(&tar, "plain", "p");
	test_tar_end(&tar);
	assert_archive(&tar, "0 by/pax 3 644 abc\n2 l -> there 0 644 \n0 plain 1 644 p\n", "");
}

CASE(pax_globals_last_until_they_are_taken_back)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_pax(&tar, 'g', (const char *const[]){ "path=global", NULL });
	test_tar_file(&tar, "a", "");
	test_tar_pax(&tar, 'x', (const char *const[]){ "path=local", NULL });
	test_tar_file(&tar, "b", "");
	test_tar_pax(&tar, 'g', (const char *const[]){ "path=", NULL });
	test_tar_file(&tar, "c", "");
	assert_archive(&tar, "0 global 0 644 \n0 local 0 644 \n0 c 0 644 \n", "");
}

/* An empty local value takes the global one back for its entry alone (POSIX pax, "Extended Header"). */
CASE(pax_local_empty_value_hides_the_global)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_pax(&tar, 'g', (const char *const[]){ "path=global", NULL });
	test_tar_pax(&tar, 'x', (const char *const[]){ "path=", NULL });
	test_tar_file(&tar, "own", "");
	test_tar_file(&tar, "b", "");
	assert_archive(&tar, "0 own 0 644 \n0 global 0 644 \n", "");
}

CASE(owners_times_devices_and_capabilities)
{
	STK_BUF bytes = stk_buf_new(STK_MIB(1));
	struct stk_err err;
	struct stk_tar_entry e;
	struct test_header h = test_tar_header("dev/sda", '4', 0);
	test_tar_set(&h, 329, "0000010");
	test_tar_set(&h, 337, "0000021");
	memcpy(h.bytes + 108, "\x80\0\0\0\0\x2d\xc6\xc0", 8); /* 3,000,000 in base 256 */
	memcpy(h.bytes + 136, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	test_tar_set(&h, 100, "0004755");
	test_tar_pax(&bytes, 'x',
		     (const char *const[]){ "SCHILY.xattr.security.capability=\1\2\3", "SCHILY.xattr.user.x=y", NULL });
	test_tar_write(&bytes, h, S(""));
	struct stk_reader *reader = stk_reader_new(stk_stream_memory(stk_buf_str(&bytes)), false);
	struct stk_tar *tar = stk_tar_new(reader);
	assert_int_equal(stk_tar_next(tar, &e, &err), 1);
	assert_int_equal(e.type, STK_TAR_BLOCK);
	assert_int_equal(e.uid, 3000000);
	assert_int_equal(e.mtime, -1);
	assert_int_equal(e.mode, 04755);
	assert_int_equal(e.device_major, 8);
	assert_int_equal(e.device_minor, 17);
	assert_str(e.capability, "\1\2\3");
	assert_int_equal(stk_tar_next(tar, &e, &err), 0);
	assert_int_equal(stk_tar_next(tar, &e, &err), 0);
	stk_tar_free(tar);
	stk_reader_close(reader);
}

CASE(ends)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	assert_archive(&tar, "", "");
	test_tar_file(&tar, "a", "1");
	assert_archive(&tar, "0 a 1 644 1\n", ""); /* no zero blocks */
	stk_buf_repeat(&tar, 0, 512);
	assert_archive(&tar, "0 a 1 644 1\n", ""); /* one */
	test_tar_file(&tar, "b", "2");
	assert_archive(&tar, "0 a 1 644 1\nERROR", "lone block of zeros");
	stk_buf_clear(&tar);
	test_tar_file(&tar, "a", "1");
	test_tar_end(&tar);
	stk_buf_add(&tar, S("what is behind the end is no part of it"));
	assert_archive(&tar, "0 a 1 644 1\n", "");
	stk_buf_clear(&tar);
	test_tar_file(&tar, "a", "1");
	tar.n -= 511; /* the last block not filled up */
	assert_archive(&tar, "0 a 1 644 1\n", "");
}

CASE(broken_archives)
{
	STK_BUF tar = stk_buf_new(STK_MIB(4));
	stk_buf_repeat(&tar, 'x', 2048);
	assert_archive(&tar, "ERROR", "checksum");
	stk_buf_clear(&tar);
	test_tar_file(&tar, "a", "0123456789");
	tar.n = 515;
	assert_archive(&tar, "0 a 10 644 012ERROR", "7 bytes too early");
	tar.n = 300;
	assert_archive(&tar, "ERROR", "ends at byte 300");
	stk_buf_clear(&tar);
	test_tar_write(&tar, test_tar_header("huge", '0', UINT64_C(8) << 30), S("1234"));
	tar.n = 516;
	assert_archive(&tar, "0 huge 8589934592 644 1234ERROR", "too early");
	stk_buf_clear(&tar);
	struct test_header h = test_tar_header("neg", '0', 0);
	memset(h.bytes + 124, 0xff, 12);
	test_tar_write(&tar, h, S(""));
	assert_archive(&tar, "ERROR", "negative size");
	stk_buf_clear(&tar);
	h = test_tar_header("word", '0', 0);
	test_tar_set(&h, 124, "elevenbytes");
	test_tar_write(&tar, h, S(""));
	assert_archive(&tar, "ERROR", "size is no number");
	stk_buf_clear(&tar);
	h = test_tar_header("overflow", '0', 0);
	memcpy(h.bytes + 124, "\x80\0\0\x80\0\0\0\0\0\0\0\0", 12);
	test_tar_write(&tar, h, S(""));
	assert_archive(&tar, "ERROR", "size is no number");
}

CASE(broken_extended_headers)
{
	STK_BUF tar = stk_buf_new(STK_MIB(4));
	test_tar_write(&tar, test_tar_header("pax", 'x', 12), S("99 path=abc\n"));
	test_tar_file(&tar, "a", "");
	assert_archive(&tar, "ERROR", "record length");
	stk_buf_clear(&tar);
	test_tar_pax(&tar, 'x', (const char *const[]){ "size=-1", NULL });
	test_tar_file(&tar, "a", "");
	assert_archive(&tar, "ERROR", "size is no number");
	stk_buf_clear(&tar);
	test_tar_write(&tar, test_tar_header("pax", 'x', STK_MIB(2)), S(""));
	assert_archive(&tar, "ERROR", "extended header");
	stk_buf_clear(&tar);
	test_tar_pax(&tar, 'x', (const char *const[]){ "path=x", NULL });
	test_tar_end(&tar);
	assert_archive(&tar, "ERROR", "ends behind an extended header");
}

CASE(bare_types_have_no_data_whatever_their_size)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	struct test_header h = test_tar_header("hard", '1', 100);
	test_tar_set(&h, 157, "target");
	test_tar_write(&tar, h, S(""));
	test_tar_write(&tar, test_tar_header("dir", '5', 7), S(""));
	test_tar_file(&tar, "next", "n");
	assert_archive(&tar, "1 hard -> target 0 644 \n5 dir 0 755 \n0 next 1 644 n\n", "");
}

CASE(sparse_files)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	struct test_header h = test_tar_header("old", 'S', 3);
	test_tar_set(&h, 386, "00000000002");
	test_tar_set(&h, 398, "00000000003");
	test_tar_set(&h, 483, "00000000007");
	memcpy(h.bytes + 257, "ustar  ", 8);
	test_tar_write(&tar, h, S("abc"));
	test_tar_pax(&tar, 'x',
		     (const char *const[]){ "GNU.sparse.size=6", "GNU.sparse.numblocks=1", "GNU.sparse.offset=1",
					    "GNU.sparse.numbytes=2", NULL });
	test_tar_write(&tar, test_tar_header("pax00", '0', 2), S("de"));
	test_tar_pax(
		&tar, 'x',
		(const char *const[]){ "GNU.sparse.size=5", "GNU.sparse.name=pax01", "GNU.sparse.map=0,1,4,1", NULL });
	test_tar_write(&tar, test_tar_header("GNUSparseFile.0/x", '0', 2), S("fg"));
	STK_BUF map = stk_buf_new(2048);
	stk_buf_add(&map, S("2\n1\n1\n3\n1\n"));
	stk_buf_repeat(&map, 0, 512 - map.n);
	stk_buf_add(&map, S("hi"));
	test_tar_pax(&tar, 'x',
		     (const char *const[]){ "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=pax10",
					    "GNU.sparse.realsize=5", NULL });
	test_tar_write(&tar, test_tar_header("GNUSparseFile.0/y", '0', map.n), stk_buf_str(&map));
	test_tar_file(&tar, "next", "n");
	assert_archive(
		&tar,
		"0 old 7 644 ..abc..\n0 pax00 6 644 .de...\n0 pax01 5 644 f...g\n0 pax10 5 644 .h.i.\n0 next 1 644 n\n",
		"");
}

CASE(sparse_maps_that_lie)
{
	static const char *const maps[] = { "GNU.sparse.map=0,9", "GNU.sparse.map=4,1,0,1", "GNU.sparse.map=0,1,x,1",
					    "GNU.sparse.map=0,2,1", NULL };
	for (size_t i = 0; maps[i]; i++) {
		STK_BUF tar = stk_buf_new(STK_MIB(1));
		test_tar_pax(&tar, 'x', (const char *const[]){ "GNU.sparse.size=5", maps[i], NULL });
		test_tar_write(&tar, test_tar_header("s", '0', 2), S("fg"));
		assert_archive(&tar, "ERROR", "sparse");
	}
}

CASE(sniffing)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_file(&tar, "a", "1");
	assert_true(stk_tar_sniff(stk_buf_str(&tar)));
	tar.p[3] ^= 1;
	assert_false(stk_tar_sniff(stk_buf_str(&tar)));
	assert_false(stk_tar_sniff(S("short")));
	stk_buf_clear(&tar);
	test_tar_end(&tar);
	assert_false(stk_tar_sniff(stk_buf_str(&tar)));
}
