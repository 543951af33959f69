/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Terminal text: colours by meaning, columns of a given width, and nothing that data could
 * smuggle in. Every text passes stk_utf8_printable here; renderers for terminals append nothing
 * else than these and their own words.
 */

#include "report/format.h"

enum stk_style {
	STK_STYLE_NONE,
	STK_STYLE_BOLD,
	STK_STYLE_DIM,
	STK_STYLE_ACCENT,
	STK_STYLE_CRITICAL,
	STK_STYLE_HIGH,
	STK_STYLE_MEDIUM,
	STK_STYLE_LOW,
	STK_STYLE_GOOD
};

/* The style of a severity. */
enum stk_style stk_style_of(enum stk_severity severity);
/* Appends printable text in a style (plain when colour is off). */
void stk_style_text(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		    struct stk_str text);
/* The same, cut with an ellipsis or padded with spaces to exactly `width` columns. */
void stk_style_cell(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		    struct stk_str text, size_t width);
/* A cell that is a hyperlink where the terminal takes them and url is not empty. */
void stk_style_link(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style,
		    struct stk_str text, struct stk_str url, size_t width);
/* Appends text broken at spaces to lines of at most options->width columns; every line starts with `indent` spaces,
 * and the broken-off ones with `hang` more. */
void stk_style_wrap(struct stk_buf *out, const struct stk_render_options *options, enum stk_style style, size_t indent,
		    size_t hang, struct stk_str text);
