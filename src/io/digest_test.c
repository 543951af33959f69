/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "io/digest.h"
#include "base/banned.h"

/* FIPS 180-4 and RFC 1321 examples. */
CASE(known_answers)
{
	STK_ARENA arena = { 0 };
	assert_str(stk_digest_text(&arena, STK_SHA256, S("abc")),
		   "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_str(stk_digest_text(&arena, STK_SHA1, S("abc")), "sha1:a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_str(stk_digest_text(&arena, STK_MD5, S("abc")), "md5:900150983cd24fb0d6963f7d28e17f72");
	assert_str(stk_digest_text(&arena, STK_SHA512, S("")),
		   "sha512:"
		   "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b"
		   "931bd47417a81a538327af927da3e");
}

CASE(pieces_and_reuse)
{
	STK_ARENA arena = { 0 };
	struct stk_digest digest = { 0 };
	for (int i = 0; i < 2; i++) {
		stk_digest_begin(&digest, i ? STK_MD5 : STK_SHA256);
		stk_digest_add(&digest, S("a"));
		stk_digest_add(&digest, S(""));
		stk_digest_add(&digest, S("bc"));
		struct stk_str got = stk_digest_end_text(&digest, &arena);
		assert_true(stk_str_eq(got, stk_digest_text(&arena, i ? STK_MD5 : STK_SHA256, S("abc"))));
	}
	stk_digest_free(&digest);
	stk_digest_free(&digest);
}

CASE(parsing_is_strict)
{
	STK_ARENA arena = { 0 };
	enum stk_digest_kind kind;
	struct stk_str hex, good = stk_digest_text(&arena, STK_SHA256, S(""));
	assert_true(stk_digest_parse(good, &kind, &hex));
	assert_int_equal(kind, STK_SHA256);
	assert_int_equal(hex.n, 64);
	assert_true(stk_digest_parse(stk_digest_text(&arena, STK_SHA512, S("")), &kind, &hex));
	assert_int_equal(kind, STK_SHA512);
	const struct stk_str bad[] = {
		S(""),
		S("sha256"),
		S("sha256:"),
		S("sha256:abc"),
		S("sha256:../../../../etc/passwd"),
		stk_str_slice(good, 0, good.n - 1),
		stk_arena_join(&arena, good, S("0")),
		stk_arena_join(&arena, S("SHA256:"), stk_str_slice(good, 7, good.n)),
		stk_arena_join(&arena, S("sha256:"), stk_arena_join(&arena, S("E"), stk_str_slice(good, 8, good.n))),
		stk_arena_join(&arena, S("sha384:"), stk_str_slice(good, 7, good.n)),
		stk_digest_text(&arena, STK_SHA1, S("")),
	};
	for (size_t i = 0; i < STK_LEN(bad); i++)
		assert_false(stk_digest_parse(bad[i], &kind, &hex));
}

CASE(hexadecimal)
{
	STK_ARENA arena = { 0 };
	assert_str(stk_hex(&arena, "\0\x1f\xff", 3), "001fff");
	assert_str(stk_hex(&arena, "", 0), "");
}
