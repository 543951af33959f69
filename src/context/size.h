/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Sizes for people, and who contributes most. */

#include "base/buf.h"
#include "context/context.h"
#include "report/format.h"

/* Appends "512 B", "3.4 kB", "1.2 GB": decimal, as docker build prints them. */
void stk_context_size_text(struct stk_buf *out, uint64_t bytes);
/* Appends the folders and files that the most bytes come from, nested, with bars; at most `rows` of a folder, `depth`
 * deep. */
void stk_context_tree(const struct stk_context *context, const struct stk_render_options *options, size_t rows,
		      unsigned depth, struct stk_buf *out);
