/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of the largest folders and files of a context, drawn for a terminal. Sizes are
 * decimal (kB is 1000 bytes), as `docker build` prints them.
 */
#include "context/size.h"

#include <stdlib.h>

#include "base/limits.h"
#include "report/style.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { BAR = 12, NAME_LEAST = 20 };

void stk_context_size_text(struct stk_buf *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double value = (double)bytes;
	size_t unit = 0;
	while (value >= 999.95 && unit + 1 < STK_LEN(units)) {
		value /= 1000;
		unit++;
	}
	if (unit == 0)
		stk_buf_printf(out, "%u B", (unsigned)bytes);
	else
		stk_buf_printf(out, "%.1f %s", value, units[unit]);
}

struct tree {
	const struct stk_context *context;
	const struct stk_render_options *how;
	struct stk_buf *out;
	size_t rows;
	unsigned depth;
};

struct numbers {
	uint32_t *v;
	size_t n, cap;
};

static const struct stk_context *sorted; /* qsort has no context of its own; one thread draws */

static int larger(const void *a, const void *b)
{
	const struct stk_context_entry *x = &sorted->entries.v[*(const uint32_t *)a],
				       *y = &sorted->entries.v[*(const uint32_t *)b];
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return stk_str_compare(x->path, y->path);
}

static void draw_bar(struct tree *t, uint64_t size)
{
	uint64_t total = t->context->size ? t->context->size : 1;
	size_t filled = (size_t)((double)size / (double)total * BAR + 0.5);
	for (size_t i = 0; i < BAR; i++)
		stk_style_text(t->out, t->how, i < filled ? STK_STYLE_ACCENT : STK_STYLE_DIM,
			       i < filled ? S("█") : S("░"));
	stk_buf_printf(t->out, " %3.0f %%  ", (double)size * 100 / (double)total);
}

static void draw_entry(struct tree *t, const struct stk_context_entry *entry, unsigned level)
{
	STK_BUF size = stk_buf_new(64);
	struct stk_str name = stk_str_after_last(entry->path, '/');
	stk_context_size_text(&size, entry->size);
	stk_buf_printf(t->out, "  %*s  ", 9, stk_arena_str(t->context->arena, stk_buf_str(&size)).p);
	draw_bar(t, entry->size);
	stk_buf_repeat(t->out, ' ', level * 2);
	stk_style_text(t->out, t->how, entry->type == STK_CONTEXT_DIRECTORY ? STK_STYLE_BOLD : STK_STYLE_NONE, name);
	if (entry->type == STK_CONTEXT_DIRECTORY)
		stk_buf_printf(t->out, "/  %u file%s", entry->files, entry->files == 1 ? "" : "s");
	stk_buf_byte(t->out, '\n');
}

/* The entries [first, last) that stand directly in a folder, the largest ones drawn. */
static void draw_level(struct tree *t, uint32_t first, uint32_t last, unsigned level)
{
	STK_ARENA scratch = { 0 };
	struct numbers list = { 0 };
	for (uint32_t i = first; i < last; i = t->context->entries.v[i].next)
		*STK_PUSH(&scratch, &list) = i;
	sorted = t->context;
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), larger);
	for (size_t i = 0; i < list.n && i < t->rows; i++) {
		const struct stk_context_entry *entry = &t->context->entries.v[list.v[i]];
		draw_entry(t, entry, level);
		/* A folder is opened where it matters: a twentieth of everything. */
		if (entry->type == STK_CONTEXT_DIRECTORY && level + 1 < t->depth &&
		    entry->size >= t->context->size / 20)
			draw_level(t, list.v[i] + 1, entry->next, level + 1);
	}
	if (list.n > t->rows) {
		stk_buf_repeat(t->out, ' ', 2 + 9 + 2 + BAR + 8 + level * 2);
		stk_buf_printf(t->out, "and %zu more\n", list.n - t->rows);
	}
}

void stk_context_tree(const struct stk_context *context, const struct stk_render_options *options, size_t rows,
		      unsigned depth, struct stk_buf *out)
{
	struct tree t = { context, options, out, rows, depth };
	draw_level(&t, 0, (uint32_t)context->entries.n, 0);
}
