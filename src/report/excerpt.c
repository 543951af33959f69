/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See excerpt.h. Columns of a finding are bytes, columns of a terminal are not: the line is
 * laid out piece by piece, and the caret stands where the piece before it ends.
 */
#include "report/excerpt.h"
#include "report/style.h"
#include "report/summary.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

/* Columns of the line number, blanks for a tab, bytes shown before a caret that is far to the
   right. */
enum { GUTTER = 6, TAB = 4, LEAD = 24 };

/* What is shown of a line, and where in it (in columns) the caret starts and how wide it is. */
struct view {
	struct stk_buf text;
	size_t caret, width;
};

/* Appends one byte run of the line as the terminal will show it. */
static void add_visible(struct stk_buf *out, struct stk_str piece)
{
	for (size_t i = 0; i < piece.n;) {
		size_t tab = stk_str_find_byte(stk_str_slice(piece, i, piece.n), '\t');
		size_t end = tab == SIZE_MAX ? piece.n : i + tab;
		stk_utf8_printable(out, stk_str_slice(piece, i, end));
		if (tab != SIZE_MAX)
			stk_buf_repeat(out, ' ', TAB);
		i = tab == SIZE_MAX ? piece.n : end + 1;
	}
}

static void fill(struct view *view, struct stk_str line, size_t from, bool cut, size_t begin, size_t end)
{
	if (from || cut)
		stk_buf_add(&view->text, S("\xe2\x80\xa6"));
	add_visible(&view->text, stk_str_slice(line, from, begin));
	view->caret = stk_utf8_width(stk_buf_str(&view->text));
	add_visible(&view->text, stk_str_slice(line, begin, end));
	view->width = stk_utf8_width(stk_buf_str(&view->text)) - view->caret;
	add_visible(&view->text, stk_str_slice(line, end, line.n));
}

/* The start of the character that ends before this byte. */
static size_t character_before(struct stk_str line, size_t at)
{
	size_t from = at - 1;
	while (from && at - from < 4 && ((unsigned char)line.p[from] & 0xc0) == 0x80)
		from--;
	return from;
}

/* Where to begin so that the caret stands behind so many columns of text, or fewer. */
static size_t begin_before(struct stk_str line, size_t begin, size_t columns)
{
	size_t from = begin;
	STK_BUF character = stk_buf_new(64);
	for (size_t used = 0; from;) {
		size_t next = character_before(line, from);
		stk_buf_clear(&character);
		add_visible(&character, stk_str_slice(line, next, from));
		used += stk_utf8_width(stk_buf_str(&character));
		if (used > columns)
			break;
		from = next;
	}
	return from;
}

/* Of a line in which the caret would stand too far right, what is round the caret: a little before it, or more where
 * little comes behind. */
static struct view lay_out(struct stk_str line, size_t begin, size_t end, size_t room)
{
	struct view view = { .text = stk_buf_new(STK_MIB(1)) };
	/* What may be seen of a line of a megabyte, so that it is not laid out anew for each of its findings. A
	   character of one column is at most four bytes. */
	size_t reach = 4 * room + 256, first = begin > reach ? character_before(line, begin - reach) : 0;
	end = end - begin > reach ? begin + reach : end;
	line = stk_str_slice(line, first, line.n - end > reach ? end + reach : line.n);
	begin -= first;
	end -= first;
	fill(&view, line, 0, first > 0, begin, end);
	if (view.caret + view.width <= room || view.caret <= LEAD)
		return view;
	size_t behind = stk_utf8_width(stk_buf_str(&view.text)) - view.caret;
	size_t before = behind + 1 + LEAD < room ? room - 1 - behind : LEAD;
	stk_buf_clear(&view.text);
	fill(&view, line, begin_before(line, begin, before), first > 0, begin, end);
	return view;
}

static void gutter(struct stk_buf *out, const struct stk_render_options *options, uint32_t line)
{
	STK_BUF text = stk_buf_new(64);
	if (line)
		stk_buf_printf(&text, "%*u \xe2\x94\x82 ", GUTTER, line);
	else
		stk_buf_printf(&text, "%*s \xe2\x94\x82 ", GUTTER, "");
	stk_style_text(out, options, STK_STYLE_DIM, stk_buf_str(&text));
}

void stk_excerpt(struct stk_buf *out, const struct stk_render_options *options, const struct stk_target *target,
		 const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	struct stk_str line = stk_target_line(target, at->line);
	if (!at->line || !stk_str_trim(line).n)
		return;
	size_t begin = at->column ? at->column - 1 : 0;
	if (begin > line.n)
		begin = line.n;
	/* A place of several lines is underlined to the end of its first one, a place without
	   an end for one character. */
	size_t end = at->end_line == at->line && at->end_column > at->column ? at->end_column - 1
		     : at->end_line > at->line				     ? line.n
									     : begin + 1;
	if (end > line.n)
		end = line.n;
	size_t room = options->width > GUTTER + 4 ? options->width - GUTTER - 3 : 1;
	struct view view = lay_out(line, begin, end, room);
	gutter(out, options, at->line);
	STK_BUF shown = stk_buf_new(STK_MIB(1));
	stk_style_cell(&shown, options, STK_STYLE_NONE, stk_buf_str(&view.text), room);
	stk_buf_add(out, stk_str_trim_right(stk_buf_str(&shown)));
	stk_buf_byte(out, '\n');
	if (at->column && view.caret < room) {
		gutter(out, options, 0);
		stk_buf_repeat(out, ' ', view.caret);
		size_t width = view.width ? view.width : 1;
		STK_BUF carets = stk_buf_new(STK_MIB(1));
		stk_buf_repeat(&carets, '^', width > room - view.caret ? room - view.caret : width);
		stk_style_text(out, options, stk_style_of(finding->severity), stk_buf_str(&carets));
		stk_buf_byte(out, '\n');
	}
	stk_buf_free(&view.text);
}
