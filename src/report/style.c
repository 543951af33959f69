/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See style.h. Widths are counted in columns (stk_utf8_width), never in bytes, and escape
 * sequences are added after the counting. Colours are the basic eight, which follow the user's
 * own theme.
 */
#include "report/style.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

static const char *const sequences[] = {
	[STK_STYLE_NONE] = "",		 [STK_STYLE_BOLD] = "\x1b[1m",	      [STK_STYLE_DIM] = "\x1b[2m",
	[STK_STYLE_ACCENT] = "\x1b[36m", [STK_STYLE_CRITICAL] = "\x1b[1;31m", [STK_STYLE_HIGH] = "\x1b[31m",
	[STK_STYLE_MEDIUM] = "\x1b[33m", [STK_STYLE_LOW] = "\x1b[34m",	      [STK_STYLE_GOOD] = "\x1b[32m",
};

enum stk_style stk_style_of(enum stk_severity severity)
{
	static const enum stk_style styles[STK_SEV_COUNT] = {
		[STK_SEV_UNKNOWN] = STK_STYLE_DIM, [STK_SEV_INFO] = STK_STYLE_DIM,
		[STK_SEV_LOW] = STK_STYLE_LOW,	   [STK_SEV_MEDIUM] = STK_STYLE_MEDIUM,
		[STK_SEV_HIGH] = STK_STYLE_HIGH,   [STK_SEV_CRITICAL] = STK_STYLE_CRITICAL,
	};
	return severity < STK_SEV_COUNT ? styles[severity] : STK_STYLE_NONE;
}

static void begin_style(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style)
{
	if (options->color && style != STK_STYLE_NONE)
		stk_buf_add(out, stk_str_from(sequences[style]));
}

static void end_style(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style)
{
	if (options->color && style != STK_STYLE_NONE)
		stk_buf_add(out, S("\x1b[0m"));
}

void stk_style_text(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		    struct stk_str text)
{
	begin_style(out, options, style);
	stk_utf8_printable(out, text);
	end_style(out, options, style);
}

/* The longest start of a printable text that fits in so many columns. */
static struct stk_str fit(struct stk_str text, size_t width)
{
	size_t n = 0, used = 0;
	while (n < text.n) {
		uint32_t c = 0;
		size_t length = stk_utf8_decode(stk_str_slice(text, n, text.n), &c);
		length = length ? length : 1;
		used += stk_utf8_width(stk_str_slice(text, n, n + length));
		if (used > width)
			break;
		n += length;
	}
	return stk_str_slice(text, 0, n);
}

void stk_style_cell(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		    struct stk_str text, size_t width)
{
	stk_style_link(out, options, style, text, S(""), width);
}

void stk_style_link(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		    struct stk_str text, struct stk_str url, size_t width)
{
	STK_BUF printable = stk_buf_new(STK_MIB(1));
	stk_utf8_printable(&printable, text);
	struct stk_str shown = stk_buf_str(&printable);
	size_t used = stk_utf8_width(shown);
	bool link = options->links && url.n, cut = used > width;
	if (cut) {
		shown = fit(shown, width ? width - 1 : 0);
		used = stk_utf8_width(shown) + (width ? 1 : 0);
	}
	begin_style(out, options, style);
	if (link) {
		/* OSC 8: terminals that do not know it show the text alone. */
		stk_buf_add(out, S("\x1b]8;;"));
		stk_utf8_printable(out, url);
		stk_buf_add(out, S("\x1b\\"));
	}
	stk_buf_add(out, shown);
	if (cut && width)
		stk_buf_add(out, S("\xe2\x80\xa6"));
	if (link)
		stk_buf_add(out, S("\x1b]8;;\x1b\\"));
	end_style(out, options, style);
	stk_buf_repeat(out, ' ', width - used);
}

static void wrap_line(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		      size_t indent, size_t hang, struct stk_str line)
{
	size_t column = 0;
	size_t left = indent;
	STK_BUF printable = stk_buf_new(STK_MIB(1));
	for (struct stk_str word; (word = stk_str_cut_word(&line)).n;) {
		stk_buf_clear(&printable);
		stk_utf8_printable(&printable, word);
		size_t width = stk_utf8_width(stk_buf_str(&printable));
		/* A word longer than a line stands alone on one, uncut: it may be a path to
		   copy. */
		if (column && column + 1 + width > options->width) {
			end_style(out, options, style);
			stk_buf_byte(out, '\n');
			column = 0;
			left = indent + hang;
		}
		if (!column) {
			stk_buf_repeat(out, ' ', left);
			begin_style(out, options, style);
			column = left;
		} else {
			stk_buf_byte(out, ' ');
			column++;
		}
		stk_buf_add(out, stk_buf_str(&printable));
		column += width;
	}
	if (column)
		end_style(out, options, style);
	stk_buf_byte(out, '\n');
}

void stk_style_wrap(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style, size_t indent,
		    size_t hang, struct stk_str text)
{
	while (text.n)
		wrap_line(out, options, style, indent, hang, stk_str_cut_line(&text));
}
