/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See utf8.h. Invalid sequences are one byte long to every function here: the decoder says 0,
 * the caller deals with one byte and goes on, so that a broken byte never swallows the sound
 * ones behind it.
 */
#include "text/utf8.h"

#include "base/banned.h"

static bool continuation(struct stk_str s, size_t at)
{
	return at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80;
}

size_t stk_utf8_decode(struct stk_str s, uint32_t *code_point)
{
	/* By length: which bits of the first byte tell it, and the least code point that needs
	   it (a smaller one would be overlong). */
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	if (!s.n)
		return 0;
	unsigned char first = (unsigned char)s.p[0];
	for (size_t length = 1; length <= STK_LEN(forms); length++) {
		if ((first & forms[length - 1].mask) != forms[length - 1].lead)
			continue;
		uint32_t value = first & (unsigned char)~forms[length - 1].mask;
		for (size_t i = 1; i < length; i++) {
			if (!continuation(s, i))
				return 0;
			value = value << 6 | ((unsigned char)s.p[i] & 0x3f);
		}
		if (value < forms[length - 1].least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
			return 0;
		*code_point = value;
		return length;
	}
	return 0;
}

void stk_utf8_encode(struct stk_buf *out, uint32_t c)
{
	if (c < 0x80) {
		stk_buf_byte(out, (char)c);
		return;
	}
	if (c < 0x800) {
		stk_buf_byte(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			stk_buf_byte(out, (char)(0xe0 | c >> 12));
		} else {
			stk_buf_byte(out, (char)(0xf0 | c >> 18));
			stk_buf_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		stk_buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	stk_buf_byte(out, (char)(0x80 | (c & 0x3f)));
}

bool stk_utf8_valid(struct stk_str s)
{
	uint32_t c;
	while (s.n) {
		size_t n = stk_utf8_decode(s, &c);
		if (!n)
			return false;
		s = stk_str_slice(s, n, s.n);
	}
	return true;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Columns of a character: none for the combining marks that names and messages may have, two for wide ones. */
static size_t width_of(uint32_t c)
{
	static const struct range zero[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },   { 0x0610, 0x061a }, { 0x064b, 0x065f },
		{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 },   { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
	};
	/* East_Asian_Width W and F of Unicode 14.0; what is not assigned between two of them goes with them. */
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },	  { 0x23e9, 0x23ec },
		{ 0x23f0, 0x23f0 },   { 0x23f3, 0x23f3 },   { 0x25fd, 0x25fe },	  { 0x2614, 0x2615 },
		{ 0x2648, 0x2653 },   { 0x267f, 0x267f },   { 0x2693, 0x2693 },	  { 0x26a1, 0x26a1 },
		{ 0x26aa, 0x26ab },   { 0x26bd, 0x26be },   { 0x26c4, 0x26c5 },	  { 0x26ce, 0x26ce },
		{ 0x26d4, 0x26d4 },   { 0x26ea, 0x26ea },   { 0x26f2, 0x26f3 },	  { 0x26f5, 0x26f5 },
		{ 0x26fa, 0x26fa },   { 0x26fd, 0x26fd },   { 0x2705, 0x2705 },	  { 0x270a, 0x270b },
		{ 0x2728, 0x2728 },   { 0x274c, 0x274c },   { 0x274e, 0x274e },	  { 0x2753, 0x2755 },
		{ 0x2757, 0x2757 },   { 0x2795, 0x2797 },   { 0x27b0, 0x27b0 },	  { 0x27bf, 0x27bf },
		{ 0x2b1b, 0x2b1c },   { 0x2b50, 0x2b50 },   { 0x2b55, 0x2b55 },	  { 0x2e80, 0x303e },
		{ 0x3041, 0x3247 },   { 0x3250, 0x4dbf },   { 0x4e00, 0xa4c6 },	  { 0xa960, 0xa97c },
		{ 0xac00, 0xd7a3 },   { 0xf900, 0xfad9 },   { 0xfe10, 0xfe19 },	  { 0xfe30, 0xfe6b },
		{ 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x16fe0, 0x18d08 }, { 0x1aff0, 0x1b2fb },
		{ 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a },
		{ 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 },
		{ 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 },
		{ 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d },
		{ 0x1f54b, 0x1f54e }, { 0x1f550, 0x1f567 }, { 0x1f57a, 0x1f57a }, { 0x1f595, 0x1f596 },
		{ 0x1f5a4, 0x1f5a4 }, { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc },
		{ 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6df }, { 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6fc },
		{ 0x1f7e0, 0x1f7f0 }, { 0x1f90c, 0x1f93a }, { 0x1f93c, 0x1f945 }, { 0x1f947, 0x1f9ff },
		{ 0x1fa70, 0x1faf6 }, { 0x20000, 0x3fffd },
	};
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || in_ranges(c, zero, STK_LEN(zero)))
		return 0;
	return c >= wide[0].first && in_ranges(c, wide, STK_LEN(wide)) ? 2 : 1;
}

/* How many bytes of plain ASCII text s begins with. */
static size_t plain_run(struct stk_str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

size_t stk_utf8_width(struct stk_str s)
{
	size_t width = 0;
	/* Runs of ASCII are skipped whole: most texts are nothing else. */
	for (size_t plain; plain = plain_run(s), width += plain, s = stk_str_slice(s, plain, s.n), s.n;) {
		uint32_t c = 0;
		size_t n = stk_utf8_decode(s, &c);
		width += n ? width_of(c) : 1;
		s = stk_str_slice(s, n ? n : 1, s.n);
	}
	return width;
}

struct stk_str stk_utf8_cut(struct stk_str s, size_t n)
{
	if (n >= s.n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return stk_str_slice(s, 0, n);
}

/* Control characters, those that reorder or hide text (bidirectional overrides, zero width), and code points that are
   no characters: XML has none of these. */
static bool unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c & 0xfffe) == 0xfffe;
}

/* For terminals and reports: bytes that are no UTF-8, control characters and those that change
   the direction of text are shown as \xNN, so that nothing printed can pass for something else. */
void stk_utf8_printable(struct stk_buf *out, struct stk_str s)
{
	for (size_t plain; plain = plain_run(s), stk_buf_add(out, stk_str_slice(s, 0, plain)),
			   s = stk_str_slice(s, plain, s.n), s.n;) {
		uint32_t c = 0;
		size_t n = stk_utf8_decode(s, &c);
		if (n && (c == '\n' || c == '\t'))
			stk_buf_byte(out, ' ');
		else if (n && !unprintable(c))
			stk_buf_add(out, stk_str_slice(s, 0, n));
		else
			for (size_t i = 0; i < (n ? n : 1); i++)
				stk_buf_printf(out, "\\x%02x", (unsigned char)s.p[i]);
		s = stk_str_slice(s, n ? n : 1, s.n);
	}
}
