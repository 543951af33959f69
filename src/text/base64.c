/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See base64.h. The table holds a digit's value plus one, so that everything not named in it is
 * 0: no digit.
 */
#include "text/base64.h"

#include "base/banned.h"

const uint8_t stk_base64_digits[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,	['G'] = 7,  ['H'] = 8,	['I'] = 9,
	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
	['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27,
	['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
	['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45,
	['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54,
	['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
	['-'] = 63, ['/'] = 64, ['_'] = 64,
};

int stk_hex_digit(char c)
{
	if (stk_is_digit(c))
		return c - '0';
	c = stk_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool stk_base64_decode(struct stk_buf *out, struct stk_str text)
{
	/* The newest bits stand lowest; older ones are shifted out at the top, which an
	   unsigned number may do. */
	uint32_t bits = 0;
	unsigned n = 0, digits = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t digit = stk_base64_digits[(unsigned char)text.p[i]];
		if (!digit && text.p[i] == '=')
			break;
		if (!digit && stk_is_space(text.p[i]))
			continue;
		if (!digit)
			return false;
		bits = bits << 6 | (digit - 1u);
		n += 6;
		digits++;
		if (n >= 8) {
			n -= 8;
			stk_buf_byte(out, (char)(bits >> n));
		}
	}
	/* One digit alone is six bits, which make no byte. */
	return digits % 4 != 1;
}

/* RFC 4648; the URL alphabet is written without padding, as in tokens (RFC 7515). */
void stk_base64_encode(struct stk_buf *out, const void *bytes, size_t n, bool url)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const uint8_t *p = bytes;
	for (size_t i = 0; i < n; i += 3) {
		size_t here = n - i < 3 ? n - i : 3;
		uint32_t bits = 0;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < here ? p[i + k] : 0u);
		for (size_t k = 0; k < 4; k++) {
			uint32_t digit = bits >> (18 - 6 * k) & 63;
			if (k <= here)
				stk_buf_byte(out, digit < 62 ? digits[digit] : (url ? "-_" : "+/")[digit - 62]);
			else if (!url)
				stk_buf_byte(out, '=');
		}
	}
}

bool stk_hex_decode(struct stk_buf *out, struct stk_str text)
{
	for (size_t i = 0; i + 1 < text.n; i += 2) {
		int high = stk_hex_digit(text.p[i]), low = stk_hex_digit(text.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		stk_buf_byte(out, (char)(high << 4 | low));
	}
	return text.n % 2 == 0;
}
