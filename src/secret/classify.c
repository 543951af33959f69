/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of every text comes through here, so there are two ways: by comparisons, sixteen bytes at a time, on any
 * processor; and by two table lookups, thirty-two at a time, where there is AVX2.
 */
#include "secret/classify.h"

#include <endian.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_AVX2 1
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/banned.h"

/* Sixteen bytes side by side: compilers make the processor's vectors of them. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

/* Which of the sixteen are digits: 0xff, or 0. */
static bytes16 digits_in(bytes16 v)
{
	bytes16 letter = (v | 0x20) - 'a', other = v - '+';
	return (bytes16)(letter < 26) | ((bytes16)(other <= '9' - '+') & (bytes16)(v != ',') & (bytes16)(v != '.')) |
	       (bytes16)(v == '_');
}

static bytes16 escapes_in(bytes16 v)
{
	return (bytes16)(v == '%') | (bytes16)(v == '\\') | (bytes16)(v == 0x1b);
}

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

static void classify_anywhere(const char *p, size_t n, struct stk_byte_classes *out)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t digits = 0, escapes = 0;
		for (unsigned k = 0; k < STK_BLOCK; k += sizeof(bytes16)) {
			bytes16 v;
			memcpy(&v, p + i * STK_BLOCK + k, sizeof(v));
			digits |= bits_of(digits_in(v)) << k;
			escapes |= bits_of(escapes_in(v)) << k;
		}
		out->digits[i] = digits;
		out->escapes[i] = escapes;
	}
}

#ifdef HAVE_AVX2

/* A byte is in a class when the entries for its upper and for its lower half share a bit. The lower five bits stand for
 * digits: '+', '-', '/'; '0' to '9'; 'A' to 'O' and 'a' to 'o'; 'P' to 'Z' and '_'; 'p' to 'z'. The upper three for
 * '%', '\\' and the escape character. */
#define DIGIT_BITS 0x1f
static const uint8_t upper_half[16] = { 0, 0x80, 0x01 | 0x20, 0x02, 0x04, 0x08 | 0x40, 0x04, 0x10 };
static const uint8_t lower_half[16] = {
	[0x0] = 0x02 | 0x08 | 0x10,
	[0x1] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x2] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x3] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x4] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x5] = 0x02 | 0x04 | 0x08 | 0x10 | 0x20,
	[0x6] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x7] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x8] = 0x02 | 0x04 | 0x08 | 0x10,
	[0x9] = 0x02 | 0x04 | 0x08 | 0x10,
	[0xa] = 0x04 | 0x08 | 0x10,
	[0xb] = 0x01 | 0x04 | 0x80,
	[0xc] = 0x04 | 0x40,
	[0xd] = 0x01 | 0x04,
	[0xe] = 0x04,
	[0xf] = 0x01 | 0x04 | 0x08,
};

__attribute__((target("avx2"))) static void classify_avx2(const char *p, size_t n, struct stk_byte_classes *out)
{
	const __m256i upper = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)upper_half));
	const __m256i lower = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)lower_half));
	const __m256i nibble = _mm256_set1_epi8(0x0f), digit = _mm256_set1_epi8(DIGIT_BITS);
	for (size_t i = 0; i < n; i++) {
		uint64_t not_digits = 0, not_escapes = 0;
		for (unsigned k = 0; k < STK_BLOCK; k += 32) {
			__m256i v = _mm256_loadu_si256((const __m256i *)(p + i * STK_BLOCK + k));
			__m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
			/* A shuffle gives 0 for bytes above 0x7f, which are in no class. */
			__m256i classes =
				_mm256_and_si256(_mm256_shuffle_epi8(upper, high), _mm256_shuffle_epi8(lower, v));
			__m256i none = _mm256_setzero_si256();
			__m256i no_digit = _mm256_cmpeq_epi8(_mm256_and_si256(classes, digit), none);
			__m256i no_escape = _mm256_cmpeq_epi8(_mm256_andnot_si256(digit, classes), none);
			not_digits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(no_digit) << k;
			not_escapes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(no_escape) << k;
		}
		out->digits[i] = ~not_digits;
		out->escapes[i] = ~not_escapes;
	}
}

#endif

void stk_classify(const char *p, size_t n, struct stk_byte_classes *out)
{
#ifdef HAVE_AVX2
	if (__builtin_cpu_supports("avx2")) {
		classify_avx2(p, n, out);
		return;
	}
#endif
	classify_anywhere(p, n, out);
}

size_t stk_count_lines(const char *p, size_t n)
{
	size_t lines = 0, i = 0;
	while (n - i >= sizeof(bytes16)) {
		bytes16 sums = { 0 };
		/* A sum of 255 is the most that a byte holds. */
		for (int k = 0; k < UINT8_MAX && n - i >= sizeof(bytes16); k++, i += sizeof(bytes16)) {
			bytes16 v;
			memcpy(&v, p + i, sizeof(v));
			sums -= (bytes16)(v == '\n');
		}
		for (size_t k = 0; k < sizeof(bytes16); k++)
			lines += sums[k];
	}
	for (; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}
