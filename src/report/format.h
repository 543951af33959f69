/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Output formats: one file a renderer, one row in the table of format.c. A renderer sees the
 * report and nothing else: no clock, no files, no environment, so that the same report gives
 * the same bytes.
 *
 * It is called once, after the report was sorted, filtered and concealed (src/cli/finish.c),
 * and appends to a buffer whose ceiling is STK_LIMIT_OUTPUT. It cannot fail. Whatever came from
 * a scanned file passes an escaper of its format on the way: stk_utf8_printable for terminals,
 * report/markup.h for HTML and XML, the JSON writer for JSON.
 */

#include "base/buf.h"
#include "report/report.h"

/* What the terminal and the user's options allow; for files color and links are off. */
struct stk_render_options {
	bool color;	       /* escape sequences allowed */
	bool links;	       /* OSC-8 hyperlinks allowed */
	size_t width;	       /* columns of the terminal; never 0 */
	bool show_suppressed;  /* suppressed findings too, marked as such */
	bool details;	       /* everything about every finding */
	bool like_hadolint;    /* as Hadolint writes it where other readers would rather have something else */
	const char *arguments; /* the command line, for formats that record it */
};

/* Appends the whole document. The report is sorted and filtered. */
typedef void stk_render_fn(const struct stk_report *report, const struct stk_render_options *options,
			   struct stk_buf *out);

struct stk_format {
	const char *name; /* "sarif" */
	const char *help; /* "SARIF 2.1.0, for code scanning" */
	stk_render_fn *render;
};

/* Sorted by name: for --help, completion and the search. */
extern const struct stk_format stk_formats[];
extern const size_t stk_n_formats;
/* The row, or NULL. */
const struct stk_format *stk_format_find(struct stk_str name);
