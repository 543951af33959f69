/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sweep over the text, by classes of bytes (classify.h): three shifts and a few ands say whether a run of 24 digits
 * begins in a block, and nothing else is done for most blocks. What decodes to something unreadable is dropped at once.
 */
#include "secret/decode.h"

#include <string.h>

#include "base/limits.h"
#include "secret/classify.h"
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
	unsigned odd = 0;
	/* The first of four digits holds a byte's upper bits: for ASCII it is one of the first 32. */
	for (size_t i = 0; i < 16; i += 4)
		odd += stk_base64_digits[(unsigned char)run.p[i]] > 32;
	if (odd > 2)
		return false;
	odd = 0;
	/* Sixteen digits are twelve bytes; ten of those must be readable, so that a text with
	   one odd character passes and keys and images do not. */
	for (size_t i = 0; i < 16 && odd <= 2; i += 4) {
		uint32_t bits = 0;
		for (size_t k = 0; k < 4; k++)
			bits = bits << 6 | (stk_base64_digits[(unsigned char)run.p[i + k]] - 1u);
		for (int shift = 16; shift >= 0; shift -= 8) {
			unsigned char c = (unsigned char)(bits >> shift);
			odd += (c < 0x20 || c >= 0x7f) && c != '\n' && c != '\r' && c != '\t';
		}
	}
	return odd <= 2;
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

static size_t run_end(struct stk_str text, size_t i)
{
	struct stk_byte_classes classes;
	for (; i + STK_BLOCK <= text.n; i += STK_BLOCK) {
		stk_classify(text.p + i, 1, &classes);
		if (~classes.digits[0])
			return i + (size_t)__builtin_ctzll(~classes.digits[0]);
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

/* How far a text was swept: places before these were tried. */
struct sweep {
	struct stk_arena *arena;
	struct stk_str text;
	struct stk_derived *out;
	size_t run, percent, backslash, line;
	uint64_t before; /* digits of the latest block */
};

/* The digits of the block at text[i] that are in no run that was tried. */
static uint64_t untried(const struct sweep *sweep, size_t i, uint64_t digits)
{
	if (sweep->run <= i)
		return digits;
	return sweep->run - i < STK_BLOCK ? digits & ~(uint64_t)0 << (sweep->run - i) : 0;
}

/* Can a run have its first SHORTEST digits end in this block? before: the digits of the block in front of it. Most
 * blocks end here, so this waits for nothing that an earlier block has left. */
static bool run_is_near(uint64_t before, uint64_t digits)
{
	const uint64_t last = (uint64_t)1 << (STK_BLOCK - 1);
	unsigned open = (unsigned)__builtin_clzll(~before | 1), first = (unsigned)__builtin_ctzll(~digits | last);
	return open + first >= SHORTEST || long_runs(digits);
}

/* Digits right before text[i] that are in no run that was tried: fewer than SHORTEST. before: as above. */
static size_t open_digits(const struct sweep *sweep, size_t i, uint64_t before)
{
	size_t open = (size_t)__builtin_clzll(~before | 1);
	if (sweep->run >= i)
		return 0;
	return open < i - sweep->run ? open : i - sweep->run;
}

/* The end of the run that text[from] would go on, seldom outside the block at text[i]. */
static size_t end_in(struct stk_str text, size_t i, uint64_t digits, size_t from)
{
	if (from >= i + STK_BLOCK)
		return run_end(text, from);
	/* A run that was already open may be long enough before the block's first digit. */
	size_t at = from > i ? from - i : 0;
	uint64_t others = ~digits >> at;
	return others ? i + at + (size_t)__builtin_ctzll(others) : run_end(text, i + STK_BLOCK);
}

static void try_runs(struct sweep *sweep, size_t i, uint64_t before, uint64_t digits)
{
	size_t open = open_digits(sweep, i, before);
	for (digits = untried(sweep, i, digits);; digits = untried(sweep, i, digits)) {
		size_t first = ~digits ? (size_t)__builtin_ctzll(~digits) : STK_BLOCK;
		uint64_t ends = open + first >= SHORTEST ? 1 : long_runs(digits);
		if (!ends)
			return;
		size_t begin = open + first >= SHORTEST ? i - open : i + (size_t)__builtin_ctzll(ends) + 1 - SHORTEST;
		size_t end = unwrap(sweep->text, begin, end_in(sweep->text, i, digits, begin + SHORTEST));
		try_run(sweep->arena, sweep->text, begin, end, sweep->out);
		sweep->run = end;
		open = 0;
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

/* Tries the escape that may begin at text[i]; returns where to go on: behind the token, so that the cost stays linear.
 */
static size_t try_escape(struct sweep *sweep, size_t i)
{
	struct stk_str text = sweep->text;
	char sign = text.p[i];
	size_t digits = sign == '%' ? i + 1 : i + 2;
	bool starts = digits + 2 <= text.n && (sign == '%' || text.p[i + 1] == 'u' || text.p[i + 1] == 'x') &&
		      stk_is_xdigit(text.p[digits]) && stk_is_xdigit(text.p[digits + 1]);
	return starts ? try_escapes(sweep->arena, text, i, sign, sweep->out) + 1 : i + 1;
}

/* Where the line begins that an escape ends at text[i]: "\n" and its like in a string, a terminal's colour however it
 * is written. 0: there is none. */
static size_t behind_escape(struct stk_str text, size_t i)
{
	static const char *const colours[] = { "\x1b[", "\\u001b[", "\\x1b[", "\\033[", "\\e[" };
	struct stk_str rest = stk_str_slice(text, i, i + 8);
	if (rest.n > 2 && rest.p[0] == '\\' && stk_str_find_byte(S("nrtfv"), rest.p[1]) != SIZE_MAX)
		return i + 2;
	/* Regular expressions are full of other backslashes: only these begin a colour. */
	if (rest.n > 2 && rest.p[0] == '\\' && stk_str_find_byte(S("uUxX0eE"), rest.p[1]) == SIZE_MAX)
		return 0;
	for (size_t k = 0; k < STK_LEN(colours); k++) {
		size_t at = i + strlen(colours[k]);
		if (!stk_str_starts_nocase(rest, stk_str_from(colours[k])))
			continue;
		while (at < text.n && (stk_is_digit(text.p[at]) || text.p[at] == ';'))
			at++;
		return at < text.n && text.p[at] == 'm' ? at + 1 : 0;
	}
	return 0;
}

static size_t string_end(struct stk_str text, size_t i)
{
	size_t most = text.n - i < LONGEST_LINE ? text.n : i + LONGEST_LINE;
	while (i < most && (unsigned char)text.p[i] >= 0x20 && text.p[i] != '\\' && text.p[i] != '"')
		i++;
	return i;
}

/* In "\nghp_..." the n of the escape would pass for the token's first letter, and no token begins inside a word: what
 * stands behind such an escape is a line of its own. Returns where to go on. */
static size_t try_line(struct sweep *sweep, size_t i)
{
	struct stk_str text = sweep->text;
	struct stk_derived *out = sweep->out;
	size_t begin = behind_escape(text, i), end = begin ? string_end(text, begin) : i + 1, at = out->text.n;
	if (!begin || end < begin + SHORTEST_LINE || !stk_is_alnum(text.p[begin]))
		return end;
	stk_buf_add(&out->text, stk_str_slice(text, begin, end));
	settle(sweep->arena, out, at, begin, end, NULL);
	if (out->text.n > at)
		out->segments.v[out->segments.n - 1].linear = true;
	return end;
}

static void try_signs(struct sweep *sweep, size_t i, uint64_t escapes)
{
	for (; escapes; escapes &= escapes - 1) {
		size_t at = i + (size_t)__builtin_ctzll(escapes);
		char c = sweep->text.p[at];
		if (c == '%' && at >= sweep->percent)
			sweep->percent = try_escape(sweep, at);
		if (c == '\\' && at >= sweep->backslash)
			sweep->backslash = try_escape(sweep, at);
		if (c != '%' && at >= sweep->line)
			sweep->line = try_line(sweep, at);
	}
}

/* n blocks at p, which stand for the text from i on. */
static void sweep_blocks(struct sweep *sweep, size_t i, const char *p, size_t n)
{
	struct stk_byte_classes classes;
	uint64_t before = sweep->before;
	stk_classify(p, n, &classes);
	for (size_t k = 0; k < n; before = classes.digits[k++]) {
		if (run_is_near(before, classes.digits[k]))
			try_runs(sweep, i + k * STK_BLOCK, before, classes.digits[k]);
		if (classes.escapes[k])
			try_signs(sweep, i + k * STK_BLOCK, classes.escapes[k]);
	}
	sweep->before = before;
}

void stk_decode(struct stk_arena *arena, struct stk_str text, struct stk_derived *out)
{
	struct sweep sweep = { .arena = arena, .text = text, .out = out };
	char rest[STK_BLOCK] = { 0 };
	size_t i = 0;
	*out = (struct stk_derived){ .text = stk_buf_new(derived_limit) };
	while (text.n - i >= STK_BLOCK) {
		size_t n = (text.n - i) / STK_BLOCK < STK_BLOCKS ? (text.n - i) / STK_BLOCK : STK_BLOCKS;
		sweep_blocks(&sweep, i, text.p + i, n);
		i += n * STK_BLOCK;
	}
	if (i < text.n)
		memcpy(rest, text.p + i, text.n - i);
	sweep_blocks(&sweep, i, rest, 1);
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
	if (n < 16 || !memchr(start.p, 0, n))
		return 0;
	for (size_t i = 0; i < n; i++) {
		even += i % 2 == 0 && !start.p[i];
		odd += i % 2 == 1 && !start.p[i];
	}
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
