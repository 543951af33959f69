/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unified diffs. Equal heads and tails are set aside first; Myers' greedy algorithm works on
 * what is left ("An O(ND) Difference Algorithm and Its Variations", 1986). Its cost grows with
 * the number of changes, which for fixes is small; beyond MOST_CHANGES the middle is shown as
 * one block, which is right too, if long.
 */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "text/edit.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { CONTEXT = 3, MOST_CHANGES = 2000 };

struct lines {
	struct stk_str *v;
	size_t n, cap;
};

/* One line of the result: kept, removed or added, with its number on either side. */
struct step {
	char kind;
	size_t before, after;
};
struct steps {
	struct step *v;
	size_t n, cap;
};

struct diff {
	struct stk_arena arena;
	struct lines before, after;
	struct steps steps;
};

/* Lines with their ends, so that a missing last newline is a difference. */
static void split(struct stk_arena *arena, struct stk_str text, struct lines *out)
{
	while (text.n) {
		size_t n = stk_str_find_byte(text, '\n');
		n = n == SIZE_MAX ? text.n : n + 1;
		*STK_PUSH(arena, out) = stk_str_slice(text, 0, n);
		text = stk_str_slice(text, n, text.n);
	}
}

static void step(struct diff *d, char kind, size_t before, size_t after)
{
	*STK_PUSH(&d->arena, &d->steps) = (struct step){ kind, before, after };
}

/* All of one side out, all of the other in: right for any two texts. */
static void replace_all(struct diff *d, size_t a, size_t a_end, size_t b, size_t b_end)
{
	for (size_t i = a; i < a_end; i++)
		step(d, '-', i, b);
	for (size_t i = b; i < b_end; i++)
		step(d, '+', a_end, i);
}

/* The furthest x on each diagonal after `rounds` changes, kept for the way back. */
struct trace {
	size_t **rounds;
	size_t n;
};

/* For each number of changes, how far one gets on each diagonal k = x - y. Lines [a, a + n) of
   `before` against [b, b + m) of `after`; true when both ends were reached, and the trace then
   leads back. */
static bool furthest(struct diff *d, size_t a, size_t n, size_t b, size_t m, struct trace *trace)
{
	size_t most = n + m < MOST_CHANGES ? n + m : MOST_CHANGES, width = 2 * most + 3;
	size_t *v = STK_NEW(&d->arena, size_t, width), offset = most + 1;
	trace->rounds = STK_NEW(&d->arena, size_t *, most + 1);
	for (size_t round = 0; round <= most; round++) {
		/* Only diagonals -round..round were written: keep those. */
		size_t *kept = STK_NEW(&d->arena, size_t, 2 * round + 3);
		for (size_t i = 0; i < 2 * round + 3; i++)
			kept[i] = v[offset - round - 1 + i];
		trace->rounds[round] = kept;
		trace->n = round;
		for (size_t j = 0; j <= round; j++) {
			size_t k = offset - round + 2 * j; /* diagonal, shifted to be positive */
			/* Down is an added line, right a removed one; from whichever neighbour
			   is further. */
			bool down = j == 0 || (j != round && v[k - 1] < v[k + 1]);
			size_t x = down ? v[k + 1] : v[k - 1] + 1;
			/* y = x - k, where k is shifted by offset. It may wrap below 0 for
			   diagonals that leave the square, which are then beyond m. */
			size_t y = x + offset - k;
			while (x < n && y < m && stk_str_eq(d->before.v[a + x], d->after.v[b + y])) {
				x++;
				y++;
			}
			v[k] = x;
			if (x >= n && y >= m)
				return true;
		}
	}
	return false;
}

/* Walks the trace backwards, collecting steps in reverse. */
static void walk_back(struct diff *d, size_t a, size_t n, size_t b, size_t m, const struct trace *trace)
{
	struct steps back = { 0 };
	int64_t x = (int64_t)n, y = (int64_t)m;
	for (int64_t round = (int64_t)trace->n; round > 0; round--) {
		const size_t *v = trace->rounds[round] + round + 1; /* v[k] for k in -round-1..round+1 */
		int64_t k = x - y;
		bool down = k == -round || (k != round && v[k - 1] < v[k + 1]);
		int64_t from_x = (int64_t)(down ? v[k + 1] : v[k - 1]);
		int64_t from_y = from_x - (down ? k + 1 : k - 1);
		int64_t stop_x = down ? from_x : from_x + 1;
		for (; x > stop_x; x--, y--)
			*STK_PUSH(&d->arena, &back) = (struct step){ ' ', a + (size_t)x - 1, b + (size_t)y - 1 };
		if (down)
			*STK_PUSH(&d->arena, &back) = (struct step){ '+', a + (size_t)from_x, b + (size_t)from_y };
		else
			*STK_PUSH(&d->arena, &back) = (struct step){ '-', a + (size_t)from_x, b + (size_t)from_y };
		x = from_x;
		y = from_y;
	}
	assert(x == 0 && y == 0); /* equal heads were set aside, so the first step is a change */
	for (size_t i = back.n; i-- > 0;)
		*STK_PUSH(&d->arena, &d->steps) = back.v[i];
}

static void compare(struct diff *d)
{
	size_t a = 0, n = d->before.n, m = d->after.n;
	while (a < n && a < m && stk_str_eq(d->before.v[a], d->after.v[a])) {
		step(d, ' ', a, a);
		a++;
	}
	while (n > a && m > a && stk_str_eq(d->before.v[n - 1], d->after.v[m - 1])) {
		n--;
		m--;
	}
	struct trace trace = { 0 };
	if (furthest(d, a, n - a, a, m - a, &trace))
		walk_back(d, a, n - a, a, m - a, &trace);
	else
		replace_all(d, a, n, a, m);
	for (size_t i = 0; n + i < d->before.n; i++)
		step(d, ' ', n + i, m + i);
}

/* One line of a hunk, with its sign; colour where the terminal has it. */
static void print_line(struct stk_buf *out, char kind, struct stk_str line, bool color)
{
	if (color && kind != ' ')
		stk_buf_add(out, kind == '+' ? S("\x1b[32m") : S("\x1b[31m"));
	stk_buf_byte(out, kind);
	bool ended = stk_str_ends(line, S("\n"));
	stk_buf_add(out, stk_str_strip_suffix(line, S("\n")));
	if (color && kind != ' ')
		stk_buf_add(out, S("\x1b[0m"));
	stk_buf_byte(out, '\n');
	if (!ended)
		stk_buf_add(out, S("\\ No newline at end of file\n"));
}

/* POSIX diff -u: an empty side names the line before it, and a count of 1 is left out. */
static void print_range(struct stk_buf *out, char sign, size_t first, size_t count)
{
	stk_buf_printf(out, " %c%zu", sign, count ? first + 1 : first);
	if (count != 1)
		stk_buf_printf(out, ",%zu", count);
}

/* Line numbers are those of the first step on each side. */
static void print_hunk(struct stk_buf *out, const struct diff *d, size_t from, size_t to, bool color)
{
	size_t before = 0, after = 0;
	for (size_t i = from; i < to; i++) {
		before += d->steps.v[i].kind != '+';
		after += d->steps.v[i].kind != '-';
	}
	stk_buf_add(out, color ? S("\x1b[36m@@") : S("@@"));
	print_range(out, '-', d->steps.v[from].before, before);
	print_range(out, '+', d->steps.v[from].after, after);
	stk_buf_add(out, color ? S(" @@\x1b[0m\n") : S(" @@\n"));
	for (size_t i = from; i < to; i++) {
		const struct step *s = &d->steps.v[i];
		print_line(out, s->kind, s->kind == '+' ? d->after.v[s->after] : d->before.v[s->before], color);
	}
}

static void print_hunks(struct stk_buf *out, const struct diff *d, bool color)
{
	for (size_t i = 0; i < d->steps.n; i++) {
		if (d->steps.v[i].kind == ' ')
			continue;
		size_t from = i > CONTEXT ? i - CONTEXT : 0, last = i;
		/* Changes closer together than two contexts share a hunk. */
		for (size_t j = i; j < d->steps.n && j <= last + 2 * CONTEXT; j++)
			if (d->steps.v[j].kind != ' ')
				last = j;
		size_t to = last + 1 + CONTEXT < d->steps.n ? last + 1 + CONTEXT : d->steps.n;
		print_hunk(out, d, from, to, color);
		i = to - 1;
	}
}

/* As git writes names that would break a header or drive a terminal, and git apply and patch read them:
   "a/no\033[31m" in quotes, with octal escapes. */
static void print_name(struct stk_buf *out, char side, struct stk_str name)
{
	STK_BUF shown = stk_buf_new(STK_KIB(64));
	stk_utf8_printable(&shown, name);
	/* No quotes for names that show as they are, in whatever script. */
	if (stk_str_eq(stk_buf_str(&shown), name) && !memchr(name.p, '"', name.n) && !memchr(name.p, '\\', name.n)) {
		stk_buf_printf(out, "%c/" STK_FMT, side, STK_ARG(name));
		return;
	}
	stk_buf_printf(out, "\"%c/", side);
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || (unsigned char)name.p[i] >= 0x7f)
			stk_buf_printf(out, "\\%03o", (unsigned char)name.p[i]);
		else
			stk_buf_printf(out, name.p[i] == '"' || name.p[i] == '\\' ? "\\%c" : "%c", name.p[i]);
	stk_buf_byte(out, '"');
}

void stk_diff_unified(struct stk_buf *out, struct stk_str name, struct stk_str before, struct stk_str after, bool color)
{
	if (stk_str_eq(before, after))
		return;
	struct diff d = { 0 };
	split(&d.arena, before, &d.before);
	split(&d.arena, after, &d.after);
	compare(&d);
	/* git apply takes no "./" and nothing absolute. */
	name = stk_str_strip_prefix(stk_str_strip_prefix(name, S("./")), S("/"));
	for (size_t i = 0; i < 2; i++) {
		stk_buf_add(out, color ? S("\x1b[1m") : S(""));
		stk_buf_add(out, i ? S("+++ ") : S("--- "));
		print_name(out, i ? 'b' : 'a', name);
		stk_buf_add(out, color ? S("\x1b[0m\n") : S("\n"));
	}
	print_hunks(out, &d, color);
	stk_arena_free(&d.arena);
}

void stk_diff_lines(struct stk_arena *arena, struct stk_str before, struct stk_str after, uint32_t **lines, size_t *n)
{
	struct diff d = { 0 };
	split(&d.arena, before, &d.before);
	split(&d.arena, after, &d.after);
	compare(&d);
	*n = d.after.n;
	*lines = STK_NEW(arena, uint32_t, d.after.n + 1);
	for (size_t i = 0; i < d.steps.n; i++) {
		const struct step *s = &d.steps.v[i];
		if (s->kind == ' ')
			(*lines)[s->after] = (uint32_t)s->before + 1;
		else if (s->kind == '+')
			(*lines)[s->after] = s->before ? (uint32_t)s->before : 1;
	}
	stk_arena_free(&d.arena);
}
