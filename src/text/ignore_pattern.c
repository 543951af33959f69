/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would the builders take the pattern at all? A line that filepath.Match calls a bad pattern
 * fails the build, so the check that reads .dockerignore has to know. Match stops early, and
 * then errors behind the place go unseen: this is Match itself, run on the one path that moby
 * asks it about.
 */
#include "text/ignore_matcher.h"

#include "text/utf8.h"
#include "base/banned.h"

/*
 * patternmatcher finds errors by asking Go's filepath.Match whether the pattern matches ".". Match stops at the first
 * piece between stars that does not, so an error behind it goes unseen: the pieces have to be matched, not only read.
 */
static bool take_match_character(struct stk_str *rest, uint32_t *c)
{
	if (!rest->n || rest->p[0] == '-' || rest->p[0] == ']')
		return false;
	if (rest->p[0] == '\\')
		*rest = stk_str_slice(*rest, 1, rest->n);
	size_t n = stk_utf8_decode(*rest, c);
	*rest = stk_str_slice(*rest, n, rest->n);
	return n && rest->n;
}

/* A class behind its "[": at least one character or range up to "]"; "-" and "]" have to be escaped. Sets *has to
   whether it holds c. */
static bool take_match_class(struct stk_str *rest, uint32_t c, bool *has)
{
	bool negated = rest->n && rest->p[0] == '^', found = false;
	uint32_t low, high;
	*rest = stk_str_slice(*rest, negated, rest->n);
	for (bool first = true; first || rest->p[0] != ']'; first = false) {
		if (!take_match_character(rest, &low))
			return false;
		high = low;
		if (rest->p[0] == '-') {
			*rest = stk_str_slice(*rest, 1, rest->n);
			if (!take_match_character(rest, &high))
				return false;
		}
		found |= low <= c && c <= high;
	}
	*rest = stk_str_slice(*rest, 1, rest->n);
	*has = found != negated;
	return true;
}

enum outcome { BAD, DIFFERS, MATCHES };

/* Matches a piece without stars against ".", or against nothing when *dot is false; clears *dot when it was used up. */
static enum outcome match_piece(struct stk_str piece, bool *dot)
{
	bool failed = false, left = *dot;
	while (piece.n) {
		bool matches = true;
		char c = piece.p[0];
		piece = stk_str_slice(piece, 1, piece.n);
		failed |= !left;
		if (c == '[' && !take_match_class(&piece, left ? '.' : 0, &matches))
			return BAD;
		if (c == '\\') {
			if (!piece.n)
				return BAD;
			c = piece.p[0];
			piece = stk_str_slice(piece, 1, piece.n);
			matches = c == '.';
		} else if (c != '[' && c != '?') {
			matches = c == '.';
		}
		failed |= !matches;
		left = false;
	}
	if (failed)
		return DIFFERS;
	*dot = left;
	return MATCHES;
}

/* The length of the piece at the start of a pattern: up to a star outside a class. */
static size_t piece_length(struct stk_str pattern)
{
	bool in_class = false;
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] == '\\')
			i++;
		else if (pattern.p[i] == '[' || pattern.p[i] == ']')
			in_class = pattern.p[i] == '[';
		else if (pattern.p[i] == '*' && !in_class)
			return i;
	}
	return pattern.n;
}

bool stk_ignore_pattern_valid(struct stk_str pattern)
{
	bool dot = true;
	while (pattern.n) {
		bool star = pattern.p[0] == '*', left = dot;
		while (pattern.n && pattern.p[0] == '*')
			pattern = stk_str_slice(pattern, 1, pattern.n);
		struct stk_str piece = stk_str_slice(pattern, 0, piece_length(pattern));
		pattern = stk_str_slice(pattern, piece.n, pattern.n);
		/* A star at the end takes all that is left: "." has no slash. */
		if (star && !piece.n)
			return true;
		enum outcome outcome = match_piece(piece, &left);
		if (outcome == MATCHES && left && !pattern.n)
			outcome = DIFFERS;
		if (outcome == DIFFERS && star && dot) {
			left = false; /* the star takes the dot */
			outcome = match_piece(piece, &left);
		}
		if (outcome != MATCHES)
			return outcome == DIFFERS;
		dot = left;
	}
	return true;
}
