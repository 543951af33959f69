/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to patterns (moby/patternmatcher's ignorefile.ReadAll and New), and the two ways of
 * combining them: MatchesUsingParentResults, with which the context is walked, and
 * MatchesOrParentMatches. The steps are moby's, in its order, since trimming and cleaning do
 * not commute: " !a" and "! a" differ from what one would think.
 */
#include "text/dockerignore.h"

#include <string.h>

#include "text/ignore_matcher.h"
#include "text/path.h"
#include "text/utf8.h"
#include "base/banned.h"

/* Where Go's bufio.Scanner gives up. */
enum { LONGEST_LINE = 64 * 1024 };

/* Unicode's White_Space, as Go's strings.TrimSpace has it. */
static bool is_white(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* The length of the last character of s; of a broken byte 1. */
static size_t last_character(struct stk_str s, uint32_t *c)
{
	/* From the end backwards: of all lengths, only the right one decodes to exactly its
	   bytes. */
	for (size_t n = 1; n <= 4 && n <= s.n; n++)
		if (stk_utf8_decode(stk_str_slice(s, s.n - n, s.n), c) == n)
			return n;
	*c = 0xfffd;
	return 1;
}

static struct stk_str trim_white(struct stk_str s)
{
	uint32_t c;
	while (s.n) {
		size_t n = stk_utf8_decode(s, &c);
		if (!n || !is_white(c))
			break;
		s = stk_str_slice(s, n, s.n);
	}
	while (s.n) {
		size_t n = last_character(s, &c);
		if (!is_white(c))
			break;
		s.n -= n;
	}
	return s;
}

int stk_dockerignore_add(struct stk_arena *arena, struct stk_str pattern, uint32_t line, struct stk_dockerignore *out,
			 struct stk_err *err)
{
	struct stk_str source = trim_white(pattern);
	if (!source.n)
		return 0;
	struct stk_str text = stk_path_clean(arena, source);
	bool exception = text.p[0] == '!';
	if (exception && text.n == 1)
		return stk_fail(err, STK_EFORMAT, "illegal exclusion pattern: \"!\"");
	text = stk_str_slice(text, exception, text.n);
	if (!stk_ignore_pattern_valid(text))
		return stk_fail(err, STK_EFORMAT, "syntax error in pattern \"" STK_FMT "\"",
				STK_ARG(stk_str_slice(text, 0, 200)));
	*STK_PUSH(arena, out) = (struct stk_ignore_pattern){ .text = text,
							     .source = source,
							     .exception = exception,
							     .line = line,
							     .matcher = stk_ignore_matcher_new(arena, text) };
	out->exceptions |= exception;
	return 0;
}

/* What ignorefile does to a line before it becomes a pattern: a path from the root loses its slash. */
static struct stk_str normalize(struct stk_arena *arena, struct stk_str line)
{
	bool inverted = line.n && line.p[0] == '!';
	struct stk_str text = inverted ? trim_white(stk_str_slice(line, 1, line.n)) : line;
	if (text.n)
		text = stk_path_clean(arena, text);
	if (text.n > 1 && text.p[0] == '/')
		text = stk_str_slice(text, 1, text.n);
	return inverted ? stk_arena_join(arena, S("!"), text) : text;
}

int stk_dockerignore_read(struct stk_arena *arena, struct stk_str text, struct stk_dockerignore *out,
			  struct stk_err *err)
{
	uint32_t line = 0;
	text = stk_str_strip_prefix(text, S("\xef\xbb\xbf"));
	while (text.n) {
		struct stk_str raw = stk_str_cut_line(&text);
		line++;
		if (raw.n >= LONGEST_LINE)
			return stk_fail(err, STK_EFORMAT, "line %u: longer than 64 KiB", line);
		struct stk_str trimmed = trim_white(raw);
		/* Of the raw line: a "#" behind a blank is no comment but a file's name. */
		if (!trimmed.n || raw.p[0] == '#')
			continue;
		/* A line may give no pattern ("/" alone does not: it becomes "."), and messages
		   show lines as they were written. */
		size_t before = out->n;
		if (stk_dockerignore_add(arena, normalize(arena, trimmed), line, out, err) < 0)
			return stk_within(err, "line %u", line);
		if (out->n > before)
			out->v[before].source = trimmed;
	}
	return 0;
}

static int try_pattern(const struct stk_ignore_pattern *pattern, struct stk_str path, bool *matches,
		       struct stk_err *err)
{
	if (stk_ignore_matcher_try(pattern->matcher, path, matches) == 0)
		return 0;
	stk_fail(err, STK_EFORMAT, "syntax error in pattern \"" STK_FMT "\"",
		 STK_ARG(stk_str_slice(pattern->text, 0, 200)));
	return pattern->line ? stk_within(err, "line %u", pattern->line) : -1;
}

int stk_dockerignore_step(const struct stk_dockerignore *patterns, struct stk_str path, const bool *parent, bool *own,
			  bool *ignored, size_t *decided_by, struct stk_err *err)
{
	bool left_out = false;
	size_t decided = SIZE_MAX;
	for (size_t i = 0; i < patterns->n; i++) {
		const struct stk_ignore_pattern *pattern = &patterns->v[i];
		bool matches = parent && parent[i];
		/* A pattern that cannot change the verdict is not even looked at, and so stays unmatched for what is
		 * below. */
		if (!matches && pattern->exception == left_out && try_pattern(pattern, path, &matches, err) < 0)
			return -1;
		own[i] = matches;
		if (matches) {
			left_out = !pattern->exception;
			decided = i;
		}
	}
	*ignored = left_out;
	if (decided_by)
		*decided_by = decided;
	return 0;
}

/* The end of the next part of path behind from: at a slash, or at the path's end. */
static size_t part_end(struct stk_str path, size_t from)
{
	size_t slash = from < path.n ? stk_str_find_byte(stk_str_slice(path, from, path.n), '/') : SIZE_MAX;
	return slash == SIZE_MAX ? path.n : from + slash;
}

int stk_dockerignore_match(const struct stk_dockerignore *patterns, struct stk_str path, bool *ignored,
			   struct stk_err *err)
{
	STK_ARENA scratch = { 0 };
	/* The folder above and the path itself take turns; more levels need not be kept. */
	bool *sets[2] = { STK_NEW(&scratch, bool, patterns->n), STK_NEW(&scratch, bool, patterns->n) };
	const bool *parent = NULL;
	for (size_t end = part_end(path, 1), turn = 0;; turn ^= 1) {
		if (stk_dockerignore_step(patterns, stk_str_slice(path, 0, end), parent, sets[turn], ignored, NULL,
					  err) < 0)
			return -1;
		if (end >= path.n)
			return 0;
		parent = sets[turn];
		end = part_end(path, end + 1);
	}
}

static int try_with_parents(const struct stk_ignore_pattern *pattern, struct stk_str path, bool *matches,
			    struct stk_err *err)
{
	if (try_pattern(pattern, path, matches, err) < 0)
		return -1;
	for (size_t end = part_end(path, 1); !*matches && end < path.n; end = part_end(path, end + 1))
		if (try_pattern(pattern, stk_str_slice(path, 0, end), matches, err) < 0)
			return -1;
	return 0;
}

int stk_dockerignore_match_last(const struct stk_dockerignore *patterns, struct stk_str path, bool *ignored,
				struct stk_err *err)
{
	bool left_out = false;
	for (size_t i = 0; i < patterns->n; i++) {
		bool matches = false;
		if (patterns->v[i].exception != left_out)
			continue;
		if (try_with_parents(&patterns->v[i], path, &matches, err) < 0)
			return -1;
		if (matches)
			left_out = !left_out;
	}
	*ignored = left_out;
	return 0;
}
