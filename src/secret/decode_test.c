/* SPDX-License-Identifier: Apache-2.0 */
/* Where runs of digits are found, wherever they begin and end. */
#include <string.h>

#include "secret/decode.h"
#include "test.h"
#include "base/banned.h"

/* "just any readable words, and more of them" in base64. */
static const char digits[] = "anVzdCBhbnkgcmVhZGFibGUgd29yZHMsIGFuZCBtb3JlIG9mIHRoZW0K";

static void check_run(size_t before, size_t n, size_t after, char gap)
{
	char text[256];
	struct stk_arena arena = { 0 };
	struct stk_derived derived;
	memset(text, gap, sizeof(text));
	memcpy(text + before, digits, n);
	stk_decode(&arena, (struct stk_str){ text, before + n + after }, &derived);
	assert_int_equal(derived.segments.n, n >= 24);
	if (derived.segments.n) {
		assert_int_equal(derived.segments.v[0].begin, before);
		/* A single digit beyond whole groups of four stands for nothing. */
		assert_int_equal(derived.segments.v[0].end, before + n - (n % 4 == 1));
	}
	stk_buf_free(&derived.text);
	stk_arena_free(&arena);
}

CASE(runs_are_found_at_every_place)
{
	for (size_t before = 0; before < 80; before++)
		for (size_t n = 20; n < sizeof(digits); n++)
			for (size_t after = 0; after < 80; after += 11)
				check_run(before, n, after, ' ');
}

/* Words with a blank between them are no run, whatever a look at some of their bytes says. */
CASE(words_are_not_runs)
{
	char text[600];
	struct stk_arena arena = { 0 };
	struct stk_derived derived;
	for (size_t length = 1; length < 24; length++) {
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = i % (length + 1) == length ? ',' : digits[i % (length + 1)];
		stk_decode(&arena, (struct stk_str){ text, sizeof(text) }, &derived);
		assert_int_equal(derived.segments.n, 0);
		stk_buf_free(&derived.text);
	}
	stk_arena_free(&arena);
}

CASE(runs_stand_side_by_side)
{
	char text[600];
	struct stk_arena arena = { 0 };
	struct stk_derived derived;
	for (size_t length = 24; length < sizeof(digits) - 1; length += 4) {
		size_t whole = 0;
		memset(text, ' ', sizeof(text));
		for (size_t i = 3; i + length < sizeof(text); i += length + 1, whole++)
			memcpy(text + i, digits, length);
		stk_decode(&arena, (struct stk_str){ text, sizeof(text) }, &derived);
		assert_int_equal(derived.segments.n, whole);
		stk_buf_free(&derived.text);
	}
	stk_arena_free(&arena);
}

/* Other escapes begin no line. */
CASE(lines_begin_behind_escapes)
{
	static const struct {
		const char *text, *derived;
	} t[] = {
		{ "{\"a\": \"the first line\\nand the second line\\nshort\"}", "and the second line\n" },
		{ "{\"a\": \"the first line\\tbehind a tabulator\"}", "behind a tabulator\n" },
		{ "\x1b[1;31min front of the text\x1b[0m", "in front of the text\n" },
		{ "\\033[31min front of the text\\033[0m", "in front of the text\n" },
		{ "a text with \\d, \\w and \\u0041 in it and more", "" },
		{ "a text that ends in a backslash, or nearly \\", "" },
		{ "a text that ends in a backslash, or nearly \\n", "" },
		{ "a text that ends in a colour, or nearly \x1b[3", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_derived derived;
		stk_decode(&arena, stk_str_from(t[i].text), &derived);
		assert_str(stk_buf_str(&derived.text), t[i].derived);
		for (size_t k = 0; k < derived.segments.n; k++)
			assert_memory_equal(derived.text.p + derived.segments.v[k].at,
					    t[i].text + derived.segments.v[k].begin, derived.segments.v[k].n);
		stk_buf_free(&derived.text);
	}
}
