/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digits of base64 are told from other bytes 64 at a time, as one bit each; three shifts and a few ands say whether a
 * run of 24 begins among them. What decodes to something unreadable is dropped at once.
 */
#include "secret/decode.h"

#include <endian.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/limits.h"
#include "text/base64.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { SHORTEST = 24, SHORTEST_HEX = 32, WRAPPED = 60, SHORTEST_LINE = 16, LONGEST_LINE = 4096 };

static const size_t derived_limit = STK_MIB(16);

/* Keeps the piece [at, end of text) when nine tenths of it are readable; takes it back otherwise. */
static void settle(struct stk_arena *arena, struct stk_derived *out, size_t at, size_t begin, size_t end,
		   const char *how)
{
	size_t n = out->text.n - at, readable = 0;
	for (size_t i = at; i < out->text.n; i++) {
		unsigned char c = (unsigned char)out->text.p[i];
		readable += (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
	}
	if (n < 8 || readable * 10 < n * 9 || out->text.overflow) {
		out->text.n = at;
		out->text.overflow = false;
		return;
	}
	*STK_PUSH(arena, &out->segments) =
		(struct stk_segment){ .at = at, .n = n, .begin = begin, .end = end, .how = how };
	stk_buf_byte(&out->text, '\n');
}

static void try_base64(struct stk_arena *arena, struct stk_str text, size_t begin, size_t end, struct stk_derived *out)
{
	size_t at = out->text.n;
	if (end - begin > 4 && (end - begin) % 4 == 1)
		end--;
	stk_base64_decode(&out->text, stk_str_slice(text, begin, end));
	settle(arena, out, at, begin, end, "base64");
}

/* Twelve bytes tell most random runs and identifiers from encoded text before anything is decoded. */
static bool starts_readable(struct stk_str run)
{
	unsigned readable = 0;
	/* Sixteen digits are twelve bytes; ten of those must be readable, so that a text with
	   one odd character passes and keys and images do not. */
	for (size_t i = 0; i < 16; i += 4) {
		uint32_t bits = 0;
		for (size_t k = 0; k < 4; k++)
			bits = bits << 6 | (stk_base64_digits[(unsigned char)run.p[i + k]] - 1u);
		for (int shift = 16; shift >= 0; shift -= 8) {
			unsigned char c = (unsigned char)(bits >> shift);
			readable += (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
		}
	}
	return readable >= 10;
}

static bool all_hex(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (stk_hex_digit(s.p[i]) < 0)
			return false;
	return true;
}

static void try_run(struct stk_arena *arena, struct stk_str text, size_t begin, size_t end, struct stk_derived *out)
{
	struct stk_str run = stk_str_slice(text, begin, end);
	if (run.n >= SHORTEST_HEX && run.n % 2 == 0 && all_hex(run)) {
		size_t at = out->text.n;
		stk_hex_decode(&out->text, run);
		settle(arena, out, at, begin, end, "hex");
		return;
	}
	if (starts_readable(run))
		try_base64(arena, text, begin, end, out);
}

/* Sixteen bytes side by side: compilers make the processor's vectors of them. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

/* Which of the sixteen are digits of either alphabet: 0xff, or 0. */
static bytes16 digits_in(bytes16 v)
{
	bytes16 letter = (v | 0x20) - 'a', other = v - '+';
	return (bytes16)(letter < 26) | ((bytes16)(other <= '9' - '+') & (bytes16)(v != ',') & (bytes16)(v != '.')) |
	       (bytes16)(v == '_');
}

/* One bit a byte, the first byte's lowest. */
static uint64_t bits_of(bytes16 v)
{
#ifdef __SSE2__
	return (uint64_t)_mm_movemask_epi8((__m128i)v);
#else
	/* The multiplication gathers the lowest bits of eight bytes in the topmost byte. */
	const uint64_t lowest = 0x0101010101010101, gather = 0x0102040810204080;
	halves at = (halves)v;
	uint64_t low = (le64toh(at[0]) & lowest) * gather >> 56, high = (le64toh(at[1]) & lowest) * gather >> 56;
	return low | high << 8;
#endif
}

enum { BLOCK = 64 };

/* Which of the 64 bytes are digits: one bit a byte. */
static uint64_t digits_at(const char *p)
{
	uint64_t bits = 0;
	for (unsigned k = 0; k < BLOCK; k += sizeof(bytes16)) {
		bytes16 v;
		memcpy(&v, p + k, sizeof(v));
		bits |= bits_of(digits_in(v)) << k;
	}
	return bits;
}

static size_t run_end(struct stk_str text, size_t i)
{
	for (; i + BLOCK <= text.n; i += BLOCK) {
		uint64_t digits = digits_at(text.p + i);
		if (~digits)
			return i + (size_t)__builtin_ctzll(~digits);
	}
	while (i < text.n && stk_is_base64(text.p[i]))
		i++;
	return i;
}

/* A run that fills a line and goes on in the next, as wrapped base64 does: the end of its last line. */
static size_t unwrap(struct stk_str text, size_t begin, size_t end)
{
	size_t first = end - begin;
	/* Encoders break lines at one length, so the next line belongs to the run if it is as
	   long, and is the last one if it is shorter. A length that is no multiple of four
	   would be no base64 of whole groups. */
	while (first >= WRAPPED && first % 4 == 0 && end < text.n && (text.p[end] == '\n' || text.p[end] == '\r')) {
		size_t i = end;
		while (i < text.n && stk_is_space(text.p[i]))
			i++;
		size_t next = run_end(text, i);
		if (next == i || next - i > first)
			break;
		end = next;
		if (next - i < first)
			break;
	}
	return end;
}

/* The last digits of the runs' first SHORTEST, where they stand in the block as a whole. */
static uint64_t long_runs(uint64_t digits)
{
	uint64_t two = digits & digits << 1, four = two & two << 2, eight = four & four << 4;
	return eight & eight << 8 & eight << 16;
}

/* The next run of at least SHORTEST digits; no digit stands right before i. False when there is none. */
static bool next_run(struct stk_str text, size_t i, size_t *begin, size_t *end)
{
	char rest[BLOCK];
	for (size_t open = 0; i < text.n; i += BLOCK) { /* open: digits right before i */
		const char *p = text.p + i;
		if (text.n - i < BLOCK) {
			memset(rest, 0, sizeof(rest));
			memcpy(rest, p, text.n - i);
			p = rest;
		}
		uint64_t digits = digits_at(p);
		size_t first = ~digits ? (size_t)__builtin_ctzll(~digits) : BLOCK;
		uint64_t ends = open + first >= SHORTEST ? 1 : long_runs(digits);
		if (ends) {
			*begin = open + first >= SHORTEST ? i - open : i + (size_t)__builtin_ctzll(ends) + 1 - SHORTEST;
			*end = run_end(text, *begin + SHORTEST);
			return true;
		}
		open = (size_t)__builtin_clzll(~digits);
	}
	return false;
}

static void find_runs(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	size_t begin, end = 0;
	while (next_run(text, end, &begin, &end)) {
		end = unwrap(text, begin, end);
		try_run(arena, text, begin, end, out);
	}
}

static bool is_token(char c)
{
	return c > 0x20 && c != '"' && c != '\'' && c != '<' && c != '>' && c != '`';
}

/* Decodes "%41" and "\u0041" or "\x41" in the word around text[i]; returns its end. */
static size_t try_escapes(struct stk_arena *arena, struct stk_str text, size_t i, char sign, struct stk_derived *out)
{
	size_t begin = i, end = i, at = out->text.n, decoded = 0;
	/* The whole token is decoded, not only its escapes: a secret may be half plain. Bounded
	   on both sides, since every escape of a text comes here. */
	while (begin > 0 && i - begin < STK_KIB(1) && is_token(text.p[begin - 1]))
		begin--;
	while (end < text.n && end - i < STK_KIB(64) && is_token(text.p[end]))
		end++;
	for (size_t k = begin; k < end; k++) {
		size_t digits = sign == '%' ? k + 1 : k + 2,
		       n = sign == '\\' && k + 1 < end && text.p[k + 1] == 'u' ? 4 : 2;
		if (text.p[k] == sign && digits + n <= end &&
		    (sign == '%' || text.p[k + 1] == 'u' || text.p[k + 1] == 'x') &&
		    all_hex(stk_str_slice(text, digits, digits + n))) {
			uint64_t code = 0;
			stk_str_u64(stk_str_slice(text, digits, digits + n), 16, &code);
			if (code < 0x80)
				stk_buf_byte(&out->text, (char)code);
			else
				stk_utf8_encode(&out->text, (uint32_t)code);
			decoded++;
			k = digits + n - 1;
		} else {
			stk_buf_byte(&out->text, text.p[k]);
		}
	}
	/* One escape is an ordinary thing in a URL; what was written for it is taken back. */
	if (decoded < 2)
		out->text.n = at;
	else
		settle(arena, out, at, begin, end, sign == '%' ? "percent" : "escapes");
	return end;
}

static void find_escapes(struct stk_arena *arena, struct stk_str text, char sign, struct stk_derived *out)
{
	for (size_t i = 0; i < text.n;) {
		const char *next = memchr(text.p + i, sign, text.n - i);
		if (!next)
			return;
		i = (size_t)(next - text.p);
		size_t digits = sign == '%' ? i + 1 : i + 2;
		bool starts = digits + 2 <= text.n && (sign == '%' || text.p[i + 1] == 'u' || text.p[i + 1] == 'x') &&
			      stk_is_xdigit(text.p[digits]) && stk_is_xdigit(text.p[digits + 1]);
		/* Goes on behind the token that was tried, so that the cost stays linear. */
		i = starts ? try_escapes(arena, text, i, sign, out) + 1 : i + 1;
	}
}

/* Where the line begins that an escape ends at text[i]: "\n" and its like in a string, a terminal's colour however it
 * is written. 0: there is none. */
static size_t behind_escape(struct stk_str text, size_t i)
{
	static const char *const colours[] = { "\x1b[", "\\u001b[", "\\x1b[", "\\033[", "\\e[" };
	struct stk_str rest = stk_str_slice(text, i, i + 8);
	for (size_t k = 0; k < STK_LEN(colours); k++) {
		size_t at = i + strlen(colours[k]);
		if (!stk_str_starts_nocase(rest, stk_str_from(colours[k])))
			continue;
		while (at < text.n && (stk_is_digit(text.p[at]) || text.p[at] == ';'))
			at++;
		return at < text.n && text.p[at] == 'm' ? at + 1 : 0;
	}
	bool blank = rest.n > 2 && rest.p[0] == '\\' && stk_str_find_byte(S("nrtfv"), rest.p[1]) != SIZE_MAX;
	return blank ? i + 2 : 0;
}

static size_t string_end(struct stk_str text, size_t i)
{
	size_t most = text.n - i < LONGEST_LINE ? text.n : i + LONGEST_LINE;
	while (i < most && (unsigned char)text.p[i] >= 0x20 && text.p[i] != '\\' && text.p[i] != '"')
		i++;
	return i;
}

/* In "\nghp_..." the n of the escape would pass for the token's first letter, and no token begins inside a word: what
 * stands behind such an escape is a line of its own. */
static void find_lines(struct stk_arena *arena, struct stk_str text, char sign, struct stk_derived *out)
{
	for (size_t i = 0, end; i < text.n; i = end) {
		const char *next = memchr(text.p + i, sign, text.n - i);
		if (!next)
			return;
		i = (size_t)(next - text.p);
		size_t begin = behind_escape(text, i);
		end = begin ? string_end(text, begin) : i + 1;
		if (!begin || end < begin + SHORTEST_LINE || !stk_is_alnum(text.p[begin]))
			continue;
		size_t at = out->text.n;
		stk_buf_add(&out->text, stk_str_slice(text, begin, end));
		settle(arena, out, at, begin, end, NULL);
		if (out->text.n > at)
			out->segments.v[out->segments.n - 1].linear = true;
	}
}

void stk_decode(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	*out = (struct stk_derived){ .text = stk_buf_new(derived_limit) };
	find_runs(arena, text, out);
	find_escapes(arena, text, '%', out);
	find_escapes(arena, text, '\\', out);
	find_lines(arena, text, '\\', out);
	find_lines(arena, text, '\x1b', out);
}

char stk_decode_is_utf16(struct stk_str start)
{
	size_t even = 0, odd = 0, n = start.n < 512 ? start.n & ~(size_t)1 : 512;
	if (stk_str_starts(start, S("\xff\xfe")))
		return 'l';
	if (stk_str_starts(start, S("\xfe\xff")))
		return 'b';
	/* Without a byte order mark: ASCII in UTF-16 has a NUL in every other place, and text
	   of other scripts in a good part of them. */
	for (size_t i = 0; i < n; i++) {
		even += i % 2 == 0 && !start.p[i];
		odd += i % 2 == 1 && !start.p[i];
	}
	if (n < 16)
		return 0;
	return odd * 10 >= n * 4 && !even ? 'l' : even * 10 >= n * 4 && !odd ? 'b' : 0;
}

void stk_decode_utf16(struct stk_arena *arena, struct stk_str text, char order, struct stk_derived *out)
{
	*out = (struct stk_derived){ .text = stk_buf_new(STK_MIB(64)) };
	for (size_t i = 0; i + 1 < text.n; i += 2) {
		unsigned char low = (unsigned char)text.p[i + (order == 'b')],
			      high = (unsigned char)text.p[i + (order == 'l')];
		/* Secrets are ASCII: one byte for every unit keeps places right. */
		stk_buf_byte(&out->text, high == 0 && low < 0x80 ? (char)low : '\x7f');
	}
	*STK_PUSH(arena, &out->segments) =
		(struct stk_segment){ .n = out->text.n, .end = out->text.n * 2, .how = "UTF-16", .linear = true };
}

const struct stk_segment *stk_derived_at(const struct stk_derived *derived, size_t at)
{
	size_t low = 0, high = derived->segments.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct stk_segment *segment = &derived->segments.v[middle];
		if (at >= segment->at && at < segment->at + segment->n)
			return segment;
		if (at < segment->at)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
