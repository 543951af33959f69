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

/* Unicode 15: the blocks that matter for names and messages (East Asian Wide and Fullwidth; combining marks). */
static size_t width_of(uint32_t c)
{
	static const struct range zero[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },   { 0x0610, 0x061a }, { 0x064b, 0x065f },
		{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 },   { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
	};
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
		{ 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },   { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
		{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || in_ranges(c, zero, STK_LEN(zero)))
		return 0;
	return in_ranges(c, wide, STK_LEN(wide)) ? 2 : 1;
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
