/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Views of bytes somebody else owns, passed by value: the string type of the whole program.
 * They may hold NUL bytes and carry no terminator; the empty view may have any pointer, NULL
 * too. A view is valid as long as the bytes it looks at: mostly an arena, a mapped file or a
 * literal.
 *
 * Taking text apart makes no copies: functions return smaller views, and the cut family takes
 * pieces off the front of a `rest` until it is empty. Comparisons never stop at a NUL, unlike
 * strcmp, so that a hostile "root\0x" is not "root".
 *
 * Not for building text: see buf.h and stk_arena_printf. White space, letters and digits are
 * ASCII's; what is beyond is text/utf8.h's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n bytes from p on. Members are read everywhere; a view is changed by making another. */
struct stk_str {
	const char *p;
	size_t n;
};

/* S("text"): the view of a literal, for arguments. STK_FMT and STK_ARG print a view with printf
   (up to INT_MAX bytes). STK_LEN counts an array's elements. STK_PRINTF lets the compiler check
   formats. */
#define S(lit)		 ((struct stk_str){ (lit), sizeof(lit) - 1 })
#define STK_FMT		 "%.*s"
#define STK_ARG(s)	 (int)(s).n, (s).p
#define STK_LEN(array)	 (sizeof(array) / sizeof((array)[0]))
#define STK_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* A view of a C string; NULL gives the empty view. */
static inline struct stk_str stk_str_from(const char *text);

/* Equal byte for byte. */
static inline bool stk_str_eq(struct stk_str a, struct stk_str b);
/* Equal when ASCII letters are folded. */
bool stk_str_eq_nocase(struct stk_str a, struct stk_str b);
/* Equal to a C string, byte for byte. */
static inline bool stk_str_is(struct stk_str a, const char *text);
/* Is prefix at the beginning (suffix at the end)? True for an empty one. */
static inline bool stk_str_starts(struct stk_str s, struct stk_str prefix);
bool stk_str_starts_nocase(struct stk_str s, struct stk_str prefix);
static inline bool stk_str_ends(struct stk_str s, struct stk_str suffix);
/* Does needle stand anywhere? True for an empty one. */
bool stk_str_contains(struct stk_str s, struct stk_str needle);
bool stk_str_contains_nocase(struct stk_str s, struct stk_str needle);

/* Is `word` one of the words in a list divided by single spaces? False for the empty word and for one with a space. */
bool stk_is_listed(struct stk_str word, struct stk_str words);
static inline bool stk_is_one_of(struct stk_str word, const char *words);

/* Byte order, shorter first on a common prefix: <0, 0, >0. */
int stk_str_compare(struct stk_str a, struct stk_str b);
/* FNV-1a, 64 bits: stable across runs and machines. For maps, and never stored in a file. */
uint64_t stk_str_hash(struct stk_str s);

/* Offset of the first (last) occurrence, or SIZE_MAX. Since stk_str_slice clamps, slicing at
   SIZE_MAX means "all of it", which callers use. */
size_t stk_str_find(struct stk_str s, struct stk_str needle);
static inline size_t stk_str_find_byte(struct stk_str s, char byte);
size_t stk_str_rfind_byte(struct stk_str s, char byte);
/* What stands behind the last such byte, all of it where there is none; and what stands up to it, with it, nothing
   where there is none. Of a path with '/': its name, and its folder to put other names behind. */
struct stk_str stk_str_after_last(struct stk_str s, char byte);
struct stk_str stk_str_through_last(struct stk_str s, char byte);

/* Bytes [from, to), both clamped to the string. */
static inline struct stk_str stk_str_slice(struct stk_str s, size_t from, size_t to);
/* Without ASCII white space (space \t \r \n \v \f) at both ends, or only at the left or right end. */
static inline struct stk_str stk_str_trim(struct stk_str s);
static inline struct stk_str stk_str_trim_left(struct stk_str s);
static inline struct stk_str stk_str_trim_right(struct stk_str s);
/* Without prefix / suffix where it stands there. */
struct stk_str stk_str_strip_prefix(struct stk_str s, struct stk_str prefix);
struct stk_str stk_str_strip_suffix(struct stk_str s, struct stk_str suffix);

/* Takes the part before the first separator off *rest; the separator goes too. Without one, takes all. */
struct stk_str stk_str_cut(struct stk_str *rest, char separator);
/* Takes one line off *rest, without its "\n" or "\r\n". */
struct stk_str stk_str_cut_line(struct stk_str *rest);
/* Takes the next run of non-space bytes off *rest; empty at the end. */
struct stk_str stk_str_cut_word(struct stk_str *rest);

/* Reads the whole string as a number, digits only, in a base up to 36. False (and *out
   untouched) on empty input, a stray byte, a sign or overflow. */
bool stk_str_u64(struct stk_str s, unsigned base, uint64_t *out);
/* The same in base 10, with an optional "+" or "-". */
bool stk_str_i64(struct stk_str s, int64_t *out);

/* ASCII only, whatever the locale; bytes from 128 on are none of these. */
static inline bool stk_is_space(char c);
static inline bool stk_is_digit(char c);
static inline bool stk_is_alpha(char c);
static inline bool stk_is_alnum(char c);
static inline bool stk_is_xdigit(char c);
static inline char stk_lower(char c);

#include "base/str_inline.h"
